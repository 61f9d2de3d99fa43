//! A dossier in plain language, for the person that it is about.

use super::access::{Dossier, RowHeld};
use crate::privacy::Term;

impl Dossier {
    /// What it says, as titles and lines.
    pub fn sections(&self) -> Vec<(String, Vec<String>)> {
        let mut all: Vec<(String, Vec<String>)> = Vec::new();
        let mut add = |title: &str, lines: Vec<String>| {
            if !lines.is_empty() {
                all.push((title.to_owned(), lines));
            }
        };
        let state = match self.restricted {
            true => "Your data are frozen: they are kept, and used for nothing.".to_owned(),
            false => format!("{} records of our systems are taken to be yours.", self.records.len()),
        };
        let mut about =
            vec![format!("You are kept under the number {}, on {}.", self.golden_id, self.as_of), state];
        if !self.aliases.is_empty() {
            about.push(format!("You were also known as {}.", self.aliases.join(", ")));
        }
        if !self.household.is_empty() {
            about.push(format!("You are counted in the household {}.", self.household));
        }
        add("About you", about);
        let values = self.values.iter().map(|v| {
            format!(
                "{}: {} (from {}, record {}, rule {}; used for {})",
                v.field,
                v.value,
                v.source,
                v.record_id,
                v.rule,
                list(&v.purposes)
            )
        });
        add("What we hold to be right", values.collect());
        add("Your records, as each system sent them", self.records.iter().map(row).collect());
        add("What you did or said, as each system sent it", self.facts.iter().map(row).collect());
        let consents = self.consents.iter().map(|c| {
            let date =
                if c.date.is_empty() { "without a date".to_owned() } else { format!("since {}", c.date) };
            let proof = if c.proof.is_empty() { "no proof".to_owned() } else { format!("proof {}", c.proof) };
            format!("{}: {} {date}, said to {}, {proof}", c.name(), c.state, c.said_by)
        });
        add("What you agreed to and refused", consents.collect());
        add(
            "What we compute from it",
            self.figures.iter().map(|(name, value)| format!("{name}: {value}")).collect(),
        );
        let links = self.links.iter().map(|l| {
            let by = if l.evidence.is_empty() { String::new() } else { format!(", because {}", l.evidence) };
            format!("{} and {}: {} by {}, score {}{by}", l.a, l.b, l.decision, l.pass, l.score)
        });
        let mut links: Vec<String> = links.collect();
        if self.doubts > 0 {
            links.push(format!("{} pairs with other people's records are in doubt.", self.doubts));
        }
        add("Why these records are taken to be one person", links);
        add("What our staff decided", self.decisions.clone());
        let recipients = self.recipients.iter().map(|r| {
            let what: Vec<&str> = r.fields.iter().chain(&r.figures).map(String::as_str).collect();
            let today = if r.today { "you are in it today" } else { "you are not in it today" };
            format!("{}, for {}: {}; {today}", r.name, r.purpose, what.join(", "))
        });
        add("Who receives it", recipients.collect());
        let purposes = self.purposes.iter().map(|p| {
            let basis = p.basis.map_or("no basis declared", |b| b.name());
            format!("{} ({}): {}", p.name, basis.replace('_', " "), p.text)
        });
        add("What for, and on which basis", purposes.collect());
        add("How long, from your last contact", self.retention.iter().map(term).collect());
        let history = self.history.iter().map(|p| {
            let to = p.golden_id.as_deref().unwrap_or("nobody");
            format!("change {}: {}:{} became {to}", p.change, p.record.source, p.record.record_id)
        });
        add("How your records came together", history.collect());
        let acts = self.acts.iter().map(|(at, action)| {
            let word = serde_json::to_value(action).ok().and_then(|v| v.as_str().map(str::to_owned));
            format!("{at}: {}", word.unwrap_or_default())
        });
        add("What was done with your data, as far as it names you", acts.collect());
        all
    }

    /// What it says, as lines of text.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for (title, lines) in self.sections() {
            text.push_str(&title);
            text.push('\n');
            for line in lines {
                text.push_str("  ");
                text.push_str(&line);
                text.push('\n');
            }
            text.push('\n');
        }
        text
    }
}

fn list(names: &std::collections::BTreeSet<String>) -> String {
    names.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
}

fn term(t: &Term) -> String {
    let rule = t.rule.replace('_', " ").replace(" months", "");
    match t.months {
        0 => format!("{rule}: for ever"),
        months => format!("{rule}: {months} months"),
    }
}

fn row(r: &RowHeld) -> String {
    let cells: Vec<String> = r.delivered.iter().map(|(name, text)| format!("{name} = {text}")).collect();
    let kept = r.retention.as_ref().map_or(String::new(), |t| format!("; kept for {}", term(t)));
    format!("{} {}: {} (used for {}{kept})", r.source, r.id, cells.join(", "), list(&r.purposes))
}
