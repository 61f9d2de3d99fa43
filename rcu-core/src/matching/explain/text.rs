//! An explanation in words, for a terminal.

use super::{ChainLink, Explanation, Held, Outcome, PassView, RecipeView, Unit, Waterfall};
use crate::matching::pass::Decision;
use crate::matching::ruling::Answer;
use std::fmt::Write as _;

/// One sentence: what became of the pair and what decided. `pass` made the link or the review item that was kept.
pub(super) fn because(x: &Explanation, pass: Option<String>) -> String {
    match x.steward {
        Some(Answer::Same) => return "a steward joined them".to_owned(),
        Some(Answer::Different) => return "a steward keeps them apart".to_owned(),
        Some(Answer::Household) => {
            return "a steward said that they are two people of one household".to_owned();
        }
        Some(Answer::Later) | None => {}
    }
    if let Some(refused) = &x.refused {
        let pass = pass.unwrap_or_default();
        let why = match &refused.pair {
            Some((a, b)) => format!("{a} and {b} cannot be one person ({})", spoken(&refused.reason)),
            None => "the two groups taken together are more likely two people".to_owned(),
        };
        return format!("pass {pass} links them, but not their clusters: {why}");
    }
    match (x.outcome, pass) {
        (Outcome::OnePerson, Some(pass)) => format!("pass {pass} links them"),
        (Outcome::OnePerson, None) => match x.chain.as_ref().map(|c| c.links.len()) {
            Some(n) => format!("no pass links them directly; {n} links lead from one to the other"),
            None => "they are in one cluster".to_owned(),
        },
        (Outcome::Review, pass) => {
            let pass = pass.unwrap_or_default();
            let view = x.passes.iter().find(|p| p.pass == pass);
            let reason = view.map(|p| spoken(&p.reason)).unwrap_or_default();
            format!("pass {pass} leaves them to a steward because of {reason}")
        }
        (Outcome::TwoPeople, _) => {
            let candidates: Vec<&PassView> = x.passes.iter().filter(|p| p.candidate).collect();
            if candidates.is_empty() {
                return "they share no key of any pass, so they were never compared".to_owned();
            }
            let said: Vec<String> =
                candidates.iter().map(|p| format!("{} ({})", p.pass, spoken(&p.reason))).collect();
            format!("compared by {}; none links them", said.join(", "))
        }
    }
}

/// The whole explanation.
pub(super) fn of(x: &Explanation) -> String {
    let mut t = String::new();
    let outcome = match x.outcome {
        Outcome::OnePerson => "one person",
        Outcome::Review => "waits for a steward",
        Outcome::TwoPeople => "two people",
    };
    let _ = writeln!(t, "{} and {}: {outcome}\n{}.", x.a, x.b, x.because);
    if let Some(reason) = &x.cannot_be_one {
        let _ = writeln!(t, "They cannot be one person, whatever they share: {}.", spoken(reason));
    }
    values(&mut t, x);
    t.push_str("\nHow well they agree\n");
    for c in x.comparisons.iter().filter(|c| c.level != "missing") {
        let _ = writeln!(t, "  {:<16} {:<16} (best: {})", c.comparison, c.level, c.best);
    }
    t.push_str("\nPasses\n");
    x.passes.iter().for_each(|p| pass(&mut t, p));
    if let Some(w) = &x.weights {
        waterfall(&mut t, "Match weights", w);
    }
    waterfall(&mut t, "Points", &x.points);
    changes(&mut t, x);
    if let Some(c) = &x.chain {
        t.push_str("\nChain of links\n");
        for (i, l) in c.links.iter().enumerate() {
            let ChainLink { a, b, pass, score, evidence } = l;
            let mark = if i == c.weakest { "  <- weakest" } else { "" };
            let _ = writeln!(t, "  {a} - {b}  {pass} {score}{mark}\n    {evidence}");
        }
        t.push_str(if c.only_way {
            "  Without the weakest link they would be two people.\n"
        } else {
            "  Without the weakest link other links still join them.\n"
        });
    }
    t
}

fn values(t: &mut String, x: &Explanation) {
    let shown = |v: &[String]| if v.is_empty() { "-".to_owned() } else { v.join(", ") };
    let width = x.values.iter().map(|v| shown(&v.a).chars().count()).max().unwrap_or(0).min(48);
    t.push('\n');
    for v in &x.values {
        let (a, b) = (shown(&v.a), shown(&v.b));
        let _ = writeln!(t, "  {:<16} {a:<width$}  {:<2}{b}", v.field, v.sign());
    }
}

fn pass(t: &mut String, p: &PassView) {
    let verdict = match (p.candidate, p.decision) {
        (true, d) => d.name().to_owned(),
        (false, d) => format!("not compared (would be: {})", d.name()),
    };
    let why = if p.reason.is_empty() { String::new() } else { format!(", {}", spoken(&p.reason)) };
    let _ = writeln!(t, "  {}: {verdict}{why}", p.pass);
    for r in &p.recipes {
        let _ = writeln!(t, "    {} {}", if r.candidate { "key " } else { "no  " }, recipe(r));
    }
    for u in &p.unmet {
        let review =
            u.reviews_from.as_ref().map(|r| format!(", goes to review from {r}")).unwrap_or_default();
        let _ = writeln!(t, "    {} is {}: links from {}{review}", u.comparison, u.found, u.links_from);
    }
    for g in &p.guards {
        let guard = serde_json::to_value(g.guard).ok();
        let guard = guard.as_ref().and_then(|v| v.as_str()).unwrap_or("");
        let _ = writeln!(t, "    guard {guard}: {} ({})", g.decision.name(), spoken(&g.reason));
    }
}

fn recipe(r: &RecipeView) -> String {
    let parts: Vec<String> = r
        .parts
        .iter()
        .map(|p| {
            let state = match (p.common, p.a, p.b) {
                (true, ..) => "equal".to_owned(),
                (false, Held::Value, Held::Value) => "differs".to_owned(),
                (false, a, b) if a == b => format!("{} in both", held(a)),
                (false, a, Held::Value) => format!("{} in the first", held(a)),
                (false, Held::Value, b) => format!("{} in the second", held(b)),
                (false, a, b) => format!("{} in the first, {} in the second", held(a), held(b)),
            };
            format!("{} {state}", p.part)
        })
        .collect();
    let apart = match r.kept_apart_by {
        Some("split_block") => "; the block was over the limit and split between them",
        Some("window") => "; too far apart in the sorted order",
        Some("duplicate_free") => "; both are of a source that is declared free of duplicates",
        _ => "",
    };
    format!("{}{apart}", parts.join(", "))
}

fn held(h: Held) -> &'static str {
    match h {
        Held::Value => "there",
        Held::Missing => "missing",
        Held::Barred => "makes no key",
        Held::Shared => "shared by many",
    }
}

fn waterfall(t: &mut String, title: &str, w: &Waterfall) {
    let n = |x: i32| match w.unit {
        Unit::Points => format!("{x:+}"),
        Unit::ThousandthsOfABit => bits(x),
    };
    let _ = writeln!(t, "\n{title}");
    if w.unit == Unit::ThousandthsOfABit {
        let _ = writeln!(t, "  {:<34} {:>9}", "prior", n(w.prior));
    }
    for s in &w.steps {
        let _ = writeln!(t, "  {:<16} {:<17} {:>9}", s.comparison, s.level, n(s.weight));
    }
    let chance = w.match_probability.map(|p| format!(" (probability {p:.4})")).unwrap_or_default();
    let _ = writeln!(
        t,
        "  {:<34} {:>9}  link from {}, review from {}{chance}",
        "total",
        n(w.total),
        n(w.link_at),
        n(w.review_at)
    );
}

/// Thousandths of a bit as bits.
fn bits(milli: i32) -> String {
    let sign = if milli < 0 { '-' } else { '+' };
    let m = milli.unsigned_abs();
    format!("{sign}{}.{:03}", m / 1000, m % 1000)
}

fn changes(t: &mut String, x: &Explanation) {
    let linked = x.passes.iter().any(|p| p.candidate && p.decision == Decision::Link);
    t.push_str("\nWhat would turn it\n");
    if x.changes.is_empty() {
        t.push_str(match x.steward {
            None | Some(Answer::Later) => "  no change of one or two comparisons or of one key\n",
            Some(_) => "  another decision of the steward\n",
        });
    }
    for c in &x.changes {
        let to = match c.gives {
            Decision::No => "no link".to_owned(),
            d => format!("{} by {}", d.name(), c.pass),
        };
        let _ = writeln!(t, "  {}: {to}", c.what);
    }
    if linked && x.outcome == Outcome::OnePerson {
        t.push_str("  (the pair alone; other links of the cluster stay)\n");
    }
}

fn spoken(name: &str) -> String {
    name.replace('_', " ")
}
