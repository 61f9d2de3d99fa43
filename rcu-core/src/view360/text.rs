//! The page as lines for a terminal.

use super::view::View360;
use serde_json::Value;
use std::fmt::Write as _;

impl View360 {
    /// The page as lines of text.
    pub fn text(&self) -> String {
        let mut t = String::new();
        let role = self.role.as_ref().map_or(String::new(), |r| format!(", as seen by {r}"));
        let purpose = self.purpose.as_ref().map_or(String::new(), |p| format!(", for {p}"));
        let _ = writeln!(t, "{} on {}{role}{purpose}", self.golden_id, self.as_of);
        let section = |t: &mut String, title: &str, lines: &[String]| {
            if !lines.is_empty() {
                let _ = writeln!(t, "\n{title}");
                lines.iter().for_each(|l| {
                    let _ = writeln!(t, "  {}", l.trim_end());
                });
            }
        };
        let lines: Vec<String> =
            self.identity.iter().map(|v| format!("{:<16} {}", v.field, shown(&v.value))).collect();
        section(&mut t, "identity", &lines);
        let lines: Vec<String> = self
            .contacts
            .iter()
            .map(|c| {
                let when = c.updated_at.as_deref().unwrap_or("");
                format!(
                    "{:<16} {} {:<28} {:>5} {when}",
                    c.field,
                    c.rank,
                    shown(&c.value),
                    thousandths(c.score)
                )
            })
            .collect();
        section(&mut t, "contacts: rank, value, score, date", &lines);
        let lines: Vec<String> = self
            .consents
            .iter()
            .map(|c| {
                let last = c.statements.iter().filter_map(|s| s.date.as_deref()).max().unwrap_or("");
                format!("{:<32} {:<10} {last}", c.subject(), c.state)
            })
            .collect();
        section(&mut t, "consents: purpose/channel/brand, state, last statement", &lines);
        for (family, facts) in &self.facts {
            let lines: Vec<String> = facts
                .iter()
                .map(|f| {
                    let values = f.values.iter().filter(|(_, v)| !v.is_null());
                    let values: Vec<String> = values.map(|(n, v)| format!("{n}={}", cell(v))).collect();
                    format!("{}:{} {}", f.source, f.id, values.join(" "))
                })
                .collect();
            section(&mut t, &format!("{family} ({})", facts.len()), &lines);
        }
        let lines: Vec<String> =
            self.aggregates.iter().map(|(n, v)| format!("{n:<28} {}", cell(v))).collect();
        section(&mut t, "aggregates", &lines);
        if let Some(h) = &self.household {
            let with = if h.others.is_empty() {
                "alone".to_owned()
            } else {
                format!("with {}", h.others.join(", "))
            };
            section(&mut t, "household", &[format!("{} {with}", h.id)]);
        }
        let lines: Vec<String> = self
            .records
            .iter()
            .map(|r| format!("{}:{} {}", r.source, r.record_id, r.updated_at.as_deref().unwrap_or("")))
            .collect();
        section(&mut t, "records", &lines);
        let mut lines = Vec::new();
        for o in &self.provenance {
            let when = o.updated_at.as_deref().unwrap_or("");
            lines.push(format!(
                "{:<16} {}:{} {when} by {} {}",
                o.field,
                o.source,
                o.record_id,
                o.rule,
                thousandths(o.score)
            ));
            if let Some(author) = &o.author {
                lines.push(format!(
                    "{:<16}   locked by {author}: {}",
                    "",
                    o.reason.as_deref().unwrap_or("…")
                ));
            }
            lines.extend(o.beat.iter().map(|b| {
                format!(
                    "{:<16}   beat {} of {}:{} {}",
                    "",
                    shown(&b.value),
                    b.source,
                    b.record_id,
                    thousandths(b.score)
                )
            }));
        }
        section(&mut t, "provenance", &lines);
        if let Some(h) = &self.history {
            let mut lines: Vec<String> = Vec::new();
            lines.extend(
                h.links
                    .iter()
                    .map(|l| format!("{} and {} linked by {} {} {}", l.a, l.b, l.pass, l.score, l.evidence)),
            );
            lines.extend(h.doubts.iter().map(|d| {
                format!("{} and {} of {} in doubt: {} {}", d.own, d.other, d.golden_id, d.reason, d.score)
            }));
            lines.extend(h.locks.iter().map(|l| {
                format!(
                    "{} {} {} ({}) by {}: {}",
                    l.kind,
                    l.field,
                    shown(&l.value),
                    l.state,
                    l.author,
                    l.reason
                )
            }));
            section(&mut t, "history", &lines);
        }
        t
    }
}

fn shown(value: &Option<String>) -> &str {
    value.as_deref().unwrap_or("***")
}

fn thousandths(score: u16) -> String {
    format!("{}.{:03}", score / 1000, score % 1000)
}

/// A value as text; of a text without its quotes.
pub(crate) fn cell(value: &Value) -> String {
    match value {
        Value::Null => "***".to_owned(),
        Value::String(s) => s.clone(),
        other => other.to_string(),
    }
}
