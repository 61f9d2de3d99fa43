//! What customers did: transactions and complaints.

use super::day::{self, DayLayout};
use super::dice::{Dice, Weights};
use super::people::{DAYS, FIRST_DAY};
use super::profile::source_index;
use super::sheet::{Kind, Outcome, Output, Sheet};
use super::shops::shop_id;
use super::sources::{amount, numbering};

/// Records by source, in the order of [`super::profile::SOURCES`].
pub type Counts = [usize; 5];

/// A till, shop or site whose customers buy under their own number.
struct Register {
    source: &'static str,
    share: f64,
    prefix: char,
    channel: &'static str,
    has_shop: bool,
    decimal_point: char,
    day_layout: DayLayout,
}

const REGISTERS: [Register; 3] = [
    Register {
        source: "pos",
        share: 0.45,
        prefix: 'P',
        channel: "magasin",
        has_shop: true,
        decimal_point: ',',
        day_layout: DayLayout::Slashes,
    },
    Register {
        source: "web",
        share: 0.30,
        prefix: 'W',
        channel: "web",
        has_shop: false,
        decimal_point: '.',
        day_layout: DayLayout::Iso,
    },
    Register {
        source: "loyalty",
        share: 0.25,
        prefix: 'L',
        channel: "magasin",
        has_shop: true,
        decimal_point: '.',
        day_layout: DayLayout::Iso,
    },
];

/// Writes `transactions`: a heavy-tailed number per customer, 6 % returns (a negative amount), 30 % with a
/// discount, 2 % orphans whose customer number starts with `X` and belongs to nobody.
///
/// # Errors
/// When a file cannot be written.
pub fn write_transactions(
    output: &Output,
    count: usize,
    shops: usize,
    records: &Counts,
    seed: u64,
) -> Outcome<()> {
    const COLUMNS: [(&str, Kind); 9] = [
        ("tx_id", Kind::Text),
        ("source", Kind::Text),
        ("customer_ref", Kind::Text),
        ("store_id", Kind::Text),
        ("tx_date", Kind::Text),
        ("amount", Kind::Text),
        ("discount", Kind::Text),
        ("channel", Kind::Text),
        ("is_return", Kind::Flag),
    ];
    let mut sheet = Sheet::create(output, "transactions", &COLUMNS, b',', false)?;
    for register in &REGISTERS {
        let buyers = records[source_index(register.source)];
        if buyers == 0 {
            continue;
        }
        let mut dice = Dice::new(seed, &format!("transactions {}", register.source));
        let numbering = numbering(register.source, seed);
        let activity = Weights::new((0..buyers).map(|_| dice.pareto(1.8) + 0.15));
        let mut date = String::new();
        for index in 0..(count as f64 * register.share) as usize {
            let customer = numbering.id(activity.draw(&mut dice));
            let orphan = dice.chance(0.02);
            // exp(3.4): thirty euros is the middle of the baskets.
            let cents = (100.0 * dice.normal(3.4, 0.9).exp()).round() as i64;
            let discount = if dice.chance(0.3) { cents * dice.pick(&[10, 20, 30, 50]) / 100 } else { 0 };
            let is_return = dice.chance(0.06);
            date.clear();
            let bought = FIRST_DAY + (f64::from(DAYS) * dice.unit().sqrt()) as i32;
            day::push(&mut date, bought, register.day_layout);
            let shop = dice.below(shops);

            sheet.text(&format!("{}{index:010}", register.prefix));
            sheet.text(register.source);
            sheet.text(&if orphan { format!("X{customer}") } else { customer });
            sheet.text(&if register.has_shop { shop_id(shop) } else { String::new() });
            sheet.text(&date);
            sheet.text(&amount(if is_return { -cents } else { cents }, register.decimal_point));
            sheet.text(&amount(discount, register.decimal_point));
            sheet.text(register.channel);
            sheet.flag(is_return);
            sheet.end_row()?;
        }
    }
    sheet.finish()
}

/// Writes `complaints`: one per fifty records, ten at least, from customers of crm and callcenter.
///
/// # Errors
/// When a file cannot be written.
pub fn write_complaints(output: &Output, records: &Counts, seed: u64) -> Outcome<()> {
    let columns = ["complaint_id", "source", "customer_ref", "opened_at", "reason", "status"];
    let mut sheet =
        Sheet::create(output, "complaints", &columns.map(|name| (name, Kind::Text)), b',', false)?;
    let mut dice = Dice::new(seed, "complaints");
    let listening: Vec<_> =
        ["crm", "callcenter"].into_iter().filter(|source| records[source_index(source)] > 0).collect();
    let count = if listening.is_empty() { 0 } else { (records.iter().sum::<usize>() / 50).max(10) };
    let mut opened = String::new();
    for index in 0..count {
        let source = dice.pick(&listening);
        let customer = dice.below(records[source_index(source)]);
        opened.clear();
        day::push(&mut opened, FIRST_DAY + dice.between(0, DAYS), DayLayout::Iso);
        sheet.text(&format!("R{index:08}"));
        sheet.text(source);
        sheet.text(&numbering(source, seed).id(customer));
        sheet.text(&opened);
        sheet.text(dice.pick(&["livraison", "produit", "facture", "accueil", "autre"]));
        sheet.text(if dice.chance(0.25) { "ouvert" } else { "clos" });
        sheet.end_row()?;
    }
    sheet.finish()
}
