//! The page of one explanation: values, waterfall of weights, what each pass says, what would turn it, the chain.

use super::review::values;
use crate::matching::Decision;
use crate::matching::explain::{Explanation, Held, Outcome, PartView, PassView};
use crate::picture::{escape, page, waterfall};
use std::fmt::Write as _;

/// The page.
pub fn of_explanation(x: &Explanation) -> String {
    let mut t = String::with_capacity(16 * 1024);
    let outcome = match x.outcome {
        Outcome::OnePerson => "one person",
        Outcome::Review => "waits for a steward",
        Outcome::TwoPeople => "two people",
    };
    let title = format!("{} and {}: {outcome}", x.a, x.b);
    let mut because = x.because.clone();
    if let Some(first) = because.get(..1).map(str::to_uppercase) {
        because.replace_range(..1, &first);
    }
    let _ = write!(t, "<h1>{}</h1><p class=\"note\">{}.</p>", escape(&title), escape(&because));
    if let Some(reason) = &x.cannot_be_one {
        let _ = write!(
            t,
            "<p class=\"bad-text\">They cannot be one person, whatever they share: {}.</p>",
            escape(&reason.replace('_', " "))
        );
    }
    values(&mut t, &x.values);
    if let Some(w) = &x.weights {
        let chance = w.match_probability.map(|p| format!(" Probability of one person: {p:.4}."));
        let _ = write!(
            t,
            "<h2>Match weights, in bits</h2><p class=\"note\">One bit more doubles the odds; a missing value adds \
             nothing.{}</p>{}",
            chance.unwrap_or_default(),
            waterfall(w)
        );
    }
    let _ = write!(t, "<h2>Points</h2>{}", waterfall(&x.points));
    t.push_str("<h2>What would turn it</h2>");
    if x.changes.is_empty() {
        t.push_str("<p class=\"note\">No change of one or two comparisons or of one key.</p>");
    } else {
        t.push_str("<table><tr><th>change<th class=\"left\">gives</tr>");
        for c in &x.changes {
            let by = if c.pass.is_empty() { String::new() } else { format!(" by {}", c.pass) };
            let gives = if c.gives == Decision::No { "no link" } else { c.gives.name() };
            let _ = write!(t, "<tr><td>{}<td class=\"left\">{gives}{}</tr>", escape(&c.what), escape(&by));
        }
        t.push_str("</table>");
    }
    chain(&mut t, x);
    t.push_str("<h2>Passes</h2>");
    x.passes.iter().for_each(|p| pass(&mut t, p));
    page(&title, &t)
}

fn chain(t: &mut String, x: &Explanation) {
    let Some(c) = &x.chain else { return };
    t.push_str(
        "<h2>Chain of links</h2><table><tr><th>from<th class=\"left\">to<th class=\"left\">pass<th>score<th class=\"left\">\
         agrees in<th></tr>",
    );
    for (i, l) in c.links.iter().enumerate() {
        let _ = write!(
            t,
            "<tr><td>{}<td class=\"left\">{}<td class=\"left\">{}<td>{}<td class=\"left\">{}<td>{}</tr>",
            escape(&l.a.to_string()),
            escape(&l.b.to_string()),
            escape(&l.pass),
            l.score,
            escape(&l.evidence),
            if i == c.weakest { "weakest" } else { "" }
        );
    }
    let _ = write!(
        t,
        "</table><p class=\"note\">{}</p>",
        if c.only_way {
            "Without the weakest link they would be two people."
        } else {
            "Without the weakest link other links still join them."
        }
    );
}

fn pass(t: &mut String, p: &PassView) {
    let class = match (p.candidate, p.decision) {
        (true, Decision::Link) => "good-text",
        (true, Decision::No) => "bad-text",
        _ => "",
    };
    let verdict = if p.candidate {
        p.decision.name().to_owned()
    } else {
        format!("not compared, would be {}", p.decision.name())
    };
    let why = if p.reason.is_empty() { String::new() } else { format!(" ({})", p.reason.replace('_', " ")) };
    let _ = write!(
        t,
        "<div class=\"pair\"><h3>{}: <span class=\"{class}\">{}{}</span></h3>",
        escape(&p.pass),
        escape(&verdict),
        escape(&why)
    );
    for u in &p.unmet {
        let _ = write!(
            t,
            "<div>{} is {}; it links from {}</div>",
            escape(&u.comparison),
            escape(&u.found),
            escape(&u.links_from)
        );
    }
    for g in &p.guards {
        let _ = write!(t, "<div>a guard on {} gives {}</div>", escape(&g.reason), g.decision.name());
    }
    t.push_str("<p class=\"note\">");
    for r in &p.recipes {
        let parts: Vec<String> = r.parts.iter().map(part).collect();
        let apart = r.kept_apart_by.map(|k| format!("; kept apart by {}", k.replace('_', " ")));
        let _ = write!(
            t,
            "{} {}{}<br>",
            if r.candidate { "✓" } else { "✗" },
            escape(&parts.join(", ")),
            apart.unwrap_or_default()
        );
    }
    t.push_str("</p></div>");
}

fn part(p: &PartView) -> String {
    let state = match (p.common, p.a, p.b) {
        (true, ..) => "equal",
        (_, Held::Missing, _) | (_, _, Held::Missing) => "missing",
        (_, Held::Shared, _) | (_, _, Held::Shared) => "shared by many",
        (_, Held::Barred, _) | (_, _, Held::Barred) => "makes no key",
        _ => "differs",
    };
    format!("{} {state}", p.part)
}
