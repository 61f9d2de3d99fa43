//! Laws of the folds: order, merge and un-merge, and agreement with the batch.

use super::*;
use crate::time::{Day, Zone};
use proptest::prelude::*;

fn day(s: &str) -> Day {
    Day::parse_iso(s).unwrap()
}

const AS_OF: &str = "2026-11-21";

fn rules(spec: &AggregateSpec) -> Rules<'_> {
    Rules { spec, custom: &[], as_of: day(AS_OF), zone: Zone::default() }
}

const PLACES: [&str; 7] = ["A", "B", "magasin", "web", "femme", "homme", "chic"];

fn dims(texts: &Texts) -> Vec<Dims> {
    let t = |s: &str| texts.find(s);
    let base = Dims { channel: t("magasin"), brand: t("chic"), ..Dims::default() };
    let sale = [
        Dims { store: t("A"), category: t("femme"), ..base },
        Dims { store: t("B"), category: t("homme"), ..base },
        Dims { channel: t("web"), brand: 0, ..base },
    ];
    sale.into_iter().flat_map(|d| [d, Dims { kind: LineKind::Return, ..d }]).collect()
}

fn line() -> impl Strategy<Value = Line> {
    (1u32..12, 0i32..1500, 0u32..6, 1i64..20_000, 0i64..3_000, 0i64..4, proptest::option::of(0i64..5_000))
        .prop_map(|(ticket, ago, dims, net, discount, quantity, margin)| Line {
            ticket,
            day: Day(day(AS_OF).0 - ago),
            dims,
            net: if dims % 2 == 1 { -net } else { net },
            discount,
            extra: Extra {
                quantity: quantity * 1000,
                margin: margin.unwrap_or(NULL),
                original: if dims % 2 == 1 { ticket } else { 0 },
                ..Extra::default()
            },
        })
}

fn fold(lines: &[Line]) -> CustomerFold {
    let mut f = CustomerFold::default();
    lines.iter().for_each(|l| f.add_line(*l));
    f
}

proptest! {
    #[test]
    fn a_fold_does_not_depend_on_order_and_agrees_with_the_batch(
        lines in proptest::collection::vec(line(), 0..40),
        turn in 0usize..40,
        kept in any::<bool>(),
    ) {
        let texts = Texts::new(PLACES.into_iter());
        let dims = dims(&texts);
        let owned: Vec<(u32, Line)> = lines.iter().map(|l| (0, *l)).collect();
        let facts = Facts::of_lines(texts.clone(), dims.clone(), 1, &owned);
        let spec = AggregateSpec { returned_sales_count: kept, ..AggregateSpec::default() };
        let frame = Frame::new(&facts, rules(&spec));
        let want = of_some(&facts, 1, rules(&spec)).remove(0);
        let mut turned = lines.clone();
        turned.rotate_left(turn.min(lines.len()));
        turned.reverse();
        let one = fold(&turned);
        prop_assert_eq!(&one, &fold(&lines));
        prop_assert_eq!(one.figures(&frame), want.clone());
        prop_assert_eq!(want.appetence_e4.iter().map(|x| x.1).sum::<i64>(), if want.appetence_e4.is_empty() { 0 } else { 10_000 });
        // The same facts cut into two tables and loaded the other way round.
        let (left, right) = owned.split_at(turn.min(owned.len()));
        let mut halves = Facts::of_lines(texts, dims, 1, right);
        let other = Facts::of_lines(facts.texts.clone(), facts.dims.clone(), 1, left);
        let first = halves.extras.len() as u32;
        prop_assume!(other.extras.len() == 1 || first == 1);
        halves.chunks.extend(other.chunks);
        if first == 1 { halves.extras = other.extras; }
        prop_assert_eq!(of_some(&halves, 1, rules(&spec)).remove(0), want);
    }

    #[test]
    fn an_unmerge_takes_a_merge_back(
        mine in proptest::collection::vec(line(), 0..25),
        theirs in proptest::collection::vec(line(), 0..25),
    ) {
        let (a, b) = (fold(&mine), fold(&theirs));
        let mut together = a.clone();
        together.merge(&b);
        let mut all = mine.clone();
        all.extend(&theirs);
        prop_assert_eq!(&together, &fold(&all));
        let mut turned = b.clone();
        turned.merge(&a);
        prop_assert_eq!(&turned, &together);
        prop_assert!(together.unmerge(&b));
        prop_assert_eq!(&together, &a);
        // What is not there cannot be taken away, and nothing is lost by trying.
        let mut stranger = Line { day: Day(-1), ..Line { ticket: 1, day: Day(0), dims: 0, net: 1, discount: 0, extra: Extra::default() } };
        stranger.net = 123;
        prop_assert!(!together.unmerge(&fold(&[stranger])));
        prop_assert_eq!(&together, &a);
    }

    #[test]
    fn some_customers_alone_have_the_figures_they_have_among_all(
        lines in proptest::collection::vec((0u32..5, line()), 0..60),
    ) {
        let texts = Texts::new(PLACES.into_iter());
        let dims = dims(&texts);
        let spec = AggregateSpec::default();
        let all = Facts::of_lines(texts.clone(), dims.clone(), 5, &lines);
        let want = compute(&all, 5, rules(&spec));
        prop_assert!(want.totals.reconciles());
        let scale = Scale::of_population(want.customers.iter().filter_map(|a| a.raw_rfm));
        for c in 0..5u32 {
            let own: Vec<(u32, Line)> = lines.iter().filter(|x| x.0 == c).map(|x| (0, x.1)).collect();
            let few = Facts::of_lines(texts.clone(), dims.clone(), 1, &own);
            let mut got = of_some(&few, 1, rules(&spec)).remove(0);
            if let Some(scale) = &scale {
                score(&mut got, scale, rules(&spec));
            }
            prop_assert_eq!(&got, &want.customers[c as usize]);
        }
    }
}

#[test]
fn rows_of_other_families_merge_and_unmerge_too() {
    let row = |at: i64| Row { day: Day(at as i32), at, cells: &[1, 2, 3] };
    let (mut a, mut b) = (CustomerFold::default(), CustomerFold::default());
    [5, 1, 3].into_iter().for_each(|at| a.add_row(0, row(at)));
    [3, 2].into_iter().for_each(|at| b.add_row(1, row(at)));
    let before = a.clone();
    a.merge(&b);
    assert_ne!(a, before);
    assert!(a.unmerge(&b));
    assert_eq!(a, before);
}

#[test]
fn a_prospect_has_zeros_and_nulls() {
    let spec = AggregateSpec::default();
    let a = of_some(&Facts::default(), 1, rules(&spec)).remove(0);
    assert_eq!((a.revenue_minor, a.visits, a.lifecycle), (0, 0, Lifecycle::Prospect));
    assert_eq!((a.avg_basket_minor, a.last_purchase, a.discount_rate_e4, a.rfm), (None, None, None, None));
}
