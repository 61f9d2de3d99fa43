//! The page of one person.

use crate::picture::{escape, page};
use crate::view360::{View360, cell};
use std::fmt::Write as _;

/// The page. It shows what `view` holds: give it one made for a role, [`View360::for_role`].
pub fn of_person(view: &View360) -> String {
    let mut t = String::with_capacity(16 * 1024);
    let title = format!("Person {}", view.golden_id);
    let role = view.role.as_ref().map_or(String::new(), |r| format!(", as seen by {r}"));
    let purpose = view.purpose.as_ref().map_or(String::new(), |p| format!(", for {p}"));
    let _ = write!(
        t,
        "<h1>{}</h1><p class=\"note\">Reference day {}{}.</p>",
        escape(&title),
        view.as_of,
        escape(&(role + &purpose))
    );
    let rows = view.identity.iter().map(|v| vec![v.field.clone(), shown(&v.value)]);
    table(&mut t, "Identity", &["field", "value"], rows);
    let rows = view.contacts.iter().map(|c| {
        vec![c.field.clone(), c.rank.to_string(), shown(&c.value), score(c.score), text(&c.updated_at)]
    });
    table(&mut t, "Contacts", &["field", "rank", "value", "score", "date"], rows);
    let rows = view.consents.iter().map(|c| {
        let said = c.statements.iter().map(|s| {
            let proof = s.proof.as_deref().map_or(String::new(), |p| format!(", proof {p}"));
            format!("{} {} ({}{proof})", text(&s.date), s.status.name(), s.source)
        });
        vec![c.subject(), c.state.to_owned(), said.collect::<Vec<_>>().join("; ")]
    });
    table(&mut t, "Consents", &["purpose, channel, brand", "state", "statements"], rows);
    for (family, facts) in &view.facts {
        let mut names: Vec<&str> = Vec::new();
        for name in facts.iter().flat_map(|f| f.values.keys()) {
            if !names.contains(&name.as_str()) {
                names.push(name);
            }
        }
        let heads: Vec<&str> = ["fact"].into_iter().chain(names.iter().copied()).collect();
        let rows = facts.iter().map(|f| {
            let cells = names.iter().map(|n| f.values.get(*n).map_or(String::new(), cell));
            std::iter::once(format!("{}:{}", f.source, f.id)).chain(cells).collect()
        });
        table(&mut t, &format!("{family} ({})", facts.len()), &heads, rows);
    }
    let rows = view.aggregates.iter().map(|(n, v)| vec![n.clone(), cell(v)]);
    table(&mut t, "Aggregates", &["name", "value"], rows);
    if let Some(h) = &view.household {
        let rows = std::iter::once(vec![h.id.clone(), h.others.join(", ")]);
        table(&mut t, "Household", &["household", "others in it"], rows);
    }
    let rows = view.records.iter().map(|r| vec![r.source.clone(), r.record_id.clone(), text(&r.updated_at)]);
    table(&mut t, "Records", &["source", "record", "date"], rows);
    let rows = view.provenance.iter().map(|o| {
        let beat = o
            .beat
            .iter()
            .map(|b| format!("{} ({}:{} {})", shown(&b.value), b.source, b.record_id, score(b.score)));
        let lock = o.author.as_ref().map_or(String::new(), |a| format!(" by {a}: {}", text(&o.reason)));
        vec![
            o.field.clone(),
            format!("{}:{}", o.source, o.record_id),
            text(&o.updated_at),
            format!("{}{lock}", o.rule),
            score(o.score),
            beat.collect::<Vec<_>>().join("; "),
        ]
    });
    table(&mut t, "Provenance", &["field", "record", "date", "rule", "score", "beat"], rows);
    if let Some(h) = &view.history {
        let links = h
            .links
            .iter()
            .map(|l| [&l.a, &l.b, &l.pass, &l.score.to_string(), &l.evidence].map(String::from).to_vec());
        table(&mut t, "Links", &["record", "record", "pass", "score", "agrees in"], links);
        let doubts = h.doubts.iter().map(|d| {
            [&d.own, &d.other, &d.golden_id, &d.reason, &d.score.to_string()].map(String::from).to_vec()
        });
        table(&mut t, "Doubts", &["record", "record", "of", "reason", "score"], doubts);
        let locks = h.locks.iter().map(|l| {
            vec![
                l.field.clone(),
                l.kind.to_owned(),
                shown(&l.value),
                l.state.to_owned(),
                l.author.clone(),
                l.reason.clone(),
            ]
        });
        table(&mut t, "Locks", &["field", "kind", "value", "state", "author", "reason"], locks);
    }
    page(&title, &t)
}

/// A table under its title; nothing when there is no row.
fn table(t: &mut String, title: &str, heads: &[&str], rows: impl Iterator<Item = Vec<String>>) {
    let mut rows = rows.peekable();
    if rows.peek().is_none() {
        return;
    }
    let _ = write!(t, "<h2>{}</h2><div class=\"scroll\"><table><tr>", escape(title));
    for head in heads {
        let _ = write!(t, "<th class=\"left\">{}", escape(head));
    }
    t.push_str("</tr>");
    for row in rows {
        t.push_str("<tr>");
        for cell in row {
            let _ = write!(t, "<td class=\"left\">{}", escape(&cell));
        }
        t.push_str("</tr>");
    }
    t.push_str("</table></div>");
}

fn text(value: &Option<String>) -> String {
    value.clone().unwrap_or_default()
}

fn shown(value: &Option<String>) -> String {
    value.clone().unwrap_or_else(|| "***".to_owned())
}

fn score(thousandths: u16) -> String {
    format!("{}.{:03}", thousandths / 1000, thousandths % 1000)
}
