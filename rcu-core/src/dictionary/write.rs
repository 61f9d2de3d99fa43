//! The model as Mermaid, Markdown, CSV.

use super::{FieldEntry, Many, Model};
use crate::error::{Error, did_you_mean};
use std::fmt::Write as _;

const HEADS: [&str; 12] = [
    "entity",
    "field",
    "type",
    "status",
    "mapped",
    "excluded",
    "reliability",
    "rule",
    "passes",
    "refers_to",
    "sensitivity",
    "masks",
];

/// Forms that a model is written in.
pub const FORMATS: &[&str] = &["mermaid", "markdown", "json", "csv"];

impl Model {
    /// The model in one of [`FORMATS`].
    ///
    /// # Errors
    /// [`Error::Argument`] naming `argument` for another word.
    pub fn write(&self, argument: &str, format: &str) -> Result<String, Error> {
        Ok(match format {
            "mermaid" => self.mermaid(),
            "markdown" => self.markdown(),
            "csv" => self.csv(),
            "json" => serde_json::to_string_pretty(self).unwrap_or_default(),
            other => {
                let hint = did_you_mean(other, FORMATS.iter().copied());
                let reason = format!("`{other}` is not known{hint}; formats are {}", FORMATS.join(", "));
                return Err(Error::Argument { argument: argument.to_owned(), reason });
            }
        })
    }

    /// An entity–relationship diagram for Mermaid. Of customers and golden records the fields that no source feeds are
    /// left out.
    pub fn mermaid(&self) -> String {
        let mut t = String::from("erDiagram\n");
        for r in &self.relations {
            let ends = match r.cardinality {
                Many::ManyToOne => "}o--||",
                Many::ManyToMaybeOne => "}o--o|",
                Many::OneToOne => "|o--||",
            };
            let _ = writeln!(t, "  {} {ends} {} : \"{}\"", word(&r.from), word(&r.to), quoted(&r.by));
        }
        for e in &self.entities {
            let _ = writeln!(t, "  {} {{", word(&e.name));
            for f in self.fields.iter().filter(|f| f.entity == e.name && self.is_drawn(f)) {
                let key = match (
                    f.status == "key" || f.rule == "stable id of the person",
                    f.refers_to.is_empty(),
                ) {
                    (true, _) => " PK",
                    (false, false) => " FK",
                    _ => "",
                };
                let _ = writeln!(t, "    {} {}{key}", f.kind, word(&f.field));
            }
            t.push_str("  }\n");
        }
        t
    }

    fn is_drawn(&self, f: &FieldEntry) -> bool {
        let fed = |entity: &str| {
            self.fields.iter().any(|x| x.entity == entity && x.field == f.field && x.status == "mapped")
        };
        match f.entity.as_str() {
            "golden_records" => f.field.ends_with("_id") || fed("customers"),
            _ => f.status != "unmapped",
        }
    }

    /// The model and the dictionary as a document.
    pub fn markdown(&self) -> String {
        let mut t = String::from("# Conceptual model\n\n```mermaid\n");
        t.push_str(&self.mermaid());
        t.push_str("```\n\n## Entities\n\n| entity | meaning | sources |\n| --- | --- | --- |\n");
        for e in &self.entities {
            let sources = e.sources.iter().map(|s| {
                let more: Vec<String> = [
                    s.owner.as_ref().map(|o| format!("owner {o}")),
                    s.cadence.clone(),
                    (!s.purposes.is_empty()).then(|| format!("for {}", s.purposes.join(", "))),
                ]
                .into_iter()
                .flatten()
                .collect();
                if more.is_empty() { s.name.clone() } else { format!("{} ({})", s.name, more.join("; ")) }
            });
            let sources =
                if e.derived { "made by a run".to_owned() } else { sources.collect::<Vec<_>>().join(", ") };
            row(&mut t, &[&e.name, &e.description, &sources]);
        }
        t.push_str("\n## Relations\n\n| from | to | by | cardinality | rows that point at none |\n| --- | --- | --- | --- | --- |\n");
        for r in &self.relations {
            row(&mut t, &[&r.from, &r.to, &r.by, r.cardinality.name(), r.orphans]);
        }
        t.push_str("\n## Data dictionary\n\n");
        row(&mut t, &HEADS);
        row(&mut t, &["---"; HEADS.len()]);
        for f in &self.fields {
            let cells = cells(f);
            row(&mut t, &cells.each_ref().map(String::as_str));
        }
        t
    }

    /// The dictionary as CSV, lists separated by `; `.
    pub fn csv(&self) -> String {
        let mut t = HEADS.join(",") + "\n";
        for f in &self.fields {
            let cells = cells(f).map(|c| match c.contains([',', '"', '\n', '\r']) {
                true => format!("\"{}\"", c.replace('"', "\"\"")),
                false => c,
            });
            t.push_str(&cells.join(","));
            t.push('\n');
        }
        t
    }
}

fn cells(f: &FieldEntry) -> [String; HEADS.len()] {
    let list = |l: &[String]| l.join("; ");
    [
        f.entity.clone(),
        f.field.clone(),
        f.kind.to_owned(),
        f.status.to_owned(),
        list(&f.mapped),
        list(&f.excluded),
        list(&f.reliability),
        f.rule.clone(),
        list(&f.passes),
        list(&f.refers_to),
        f.sensitivity.to_owned(),
        list(&f.masks),
    ]
}

fn row(t: &mut String, cells: &[&str]) {
    t.push('|');
    for cell in cells {
        let _ = write!(t, " {} |", cell.replace('|', "\\|").replace('\n', " "));
    }
    t.push('\n');
}

/// A name as Mermaid takes it: letters, digits and `_`.
fn word(name: &str) -> String {
    let plain: String = name.chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect();
    if plain.starts_with(|c: char| c.is_alphabetic()) { plain } else { format!("_{plain}") }
}

/// A text between quotes, which Mermaid has no way to escape.
fn quoted(text: &str) -> String {
    text.replace(['"', '\n', '\r'], " ")
}
