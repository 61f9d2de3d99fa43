//! The page of an evaluation: figures in all and by pass, threshold charts, examples of mistakes.

use super::review::values;
use crate::evaluation::{Estimate, Evaluation, PairCounts, Pattern, ThresholdChart};
use crate::matching::explain::Unit;
use crate::matching::labels::Judged;
use crate::picture::{Line, chart, count, escape, page};
use std::fmt::Write as _;

/// The page.
pub fn of_evaluation(e: &Evaluation) -> String {
    let mut t = String::with_capacity(32 * 1024);
    let title = format!("How right {} people from {} records are", count(e.people), count(e.records));
    let _ = write!(t, "<h1>{title}</h1>");
    if let Some(l) = &e.labels {
        let _ = write!(
            t,
            "<p class=\"note\">Labels name {} records ({} of them were not loaded) and {} pairs of one person.</p>",
            count(l.records),
            count(l.records_not_loaded),
            count(l.true_pairs)
        );
    }
    if let Some(q) = &e.quality {
        t.push_str("<h2>In all</h2><table><tr><th>measure<th>precision<th>recall<th>F1</tr>");
        row(&mut t, "pairs", q.pairwise());
        if let Some(b) = q.b_cubed() {
            row(&mut t, "B-cubed", b);
        }
        t.push_str("</table>");
    }
    if let Some(r) = &e.reachable {
        let _ = write!(
            t,
            "<p class=\"note\">{} of {} true pairs share a key of some pass ({:.4}); the rest is only found through other \
             records.</p>",
            count(r.with_a_key),
            count(r.true_pairs),
            r.share
        );
    }
    passes(&mut t, e);
    e.thresholds.iter().for_each(|c| thresholds(&mut t, c));
    if let Some(estimate) = &e.estimate {
        expected(&mut t, estimate);
    }
    if let Some(x) = &e.examples {
        patterns(&mut t, "Missed pairs", &x.missed);
        patterns(&mut t, "Wrong pairs", &x.wrong);
        if x.cut {
            t.push_str("<p class=\"note\">There are more pairs than were looked at.</p>");
        }
    }
    page(&title, &t)
}

fn row(t: &mut String, name: &str, (precision, recall, f1): (f64, f64, f64)) {
    let _ = write!(t, "<tr><td>{}<td>{precision:.4}<td>{recall:.4}<td>{f1:.4}</tr>", escape(name));
}

fn passes(t: &mut String, e: &Evaluation) {
    if e.passes.is_empty() {
        return;
    }
    t.push_str(
        "<h2>Pass by pass</h2><p class=\"note\">Precision, recall and F1 over pairs: of each pass alone, and of it with \
         all before it. Links and review pairs are counted as right / wrong / unknown to the labels.</p><div \
         class=\"scroll\"><table><tr><th>pass<th>precision<th>recall<th>F1<th>precision so far<th>recall so far<th>F1 so \
         far<th>links<th>review</tr>",
    );
    let triple = |j: &Judged| {
        let (p, r, f) = j.pairwise();
        format!("<td>{p:.4}<td>{r:.4}<td>{f:.4}")
    };
    let counts =
        |c: &PairCounts| format!("{} / {} / {}", count(c.same), count(c.different), count(c.unknown));
    for p in &e.passes {
        let _ = write!(
            t,
            "<tr><td>{}{}{}<td>{}<td>{}</tr>",
            escape(&p.pass),
            triple(&p.alone),
            triple(&p.cumulative),
            counts(&p.links),
            counts(&p.review)
        );
    }
    t.push_str("</table></div>");
}

fn thresholds(t: &mut String, c: &ThresholdChart) {
    let (what, unit) = match c.unit {
        Unit::Points => ("points", 1),
        Unit::ThousandthsOfABit => ("match weight in bits", 1000),
    };
    let line = |name: &str, of: fn(&crate::evaluation::ThresholdPoint) -> f64| Line {
        name: name.to_owned(),
        points: c.points.iter().map(|p| (i64::from(p.at), of(p))).collect(),
    };
    let lines = [line("precision", |p| p.precision), line("recall", |p| p.recall), line("F1", |p| p.f1)];
    let write = |v: i64| if unit == 1 { v.to_string() } else { format!("{:.1}", v as f64 / 1000.0) };
    let by = if c.by == "labels" {
        "by the labels; recall is of all pairs of one person"
    } else {
        "by the model's own chances; recall is of those among the candidates"
    };
    let _ = write!(
        t,
        "<h2>Thresholds: {what}</h2><p class=\"note\">Pair by pair, before people are made, {by}. The highest F1 is {:.4} \
         at {}.</p>{}",
        c.best.f1,
        write(i64::from(c.best.at)),
        chart(what, &lines, &[(i64::from(c.link_at), "link")], write)
    );
}

fn expected(t: &mut String, e: &Estimate) {
    t.push_str("<h2>What the model expects without labels</h2><table><tr><th>measure<th>precision<th>recall<th>F1</tr>");
    row(t, "candidate pairs", (e.precision, e.recall, e.f1));
    t.push_str("</table><ul class=\"note\">");
    for a in &e.assumptions {
        let _ = write!(t, "<li>{}</li>", escape(a));
    }
    t.push_str("</ul>");
}

fn patterns(t: &mut String, title: &str, patterns: &[Pattern]) {
    let _ = write!(t, "<h2>{title}</h2>");
    if patterns.is_empty() {
        t.push_str("<p class=\"note\">None.</p>");
    }
    for p in patterns {
        let _ = write!(
            t,
            "<div class=\"pair\"><h3>{} pairs: {}</h3><p class=\"note\">{}</p><p>For one, {} and {}:</p>",
            count(p.pairs),
            escape(&p.fate),
            escape(&p.evidence),
            escape(&p.a.to_string()),
            escape(&p.b.to_string())
        );
        values(t, &p.values);
        t.push_str("</div>");
    }
}
