//! Commands that read what is kept.

use super::super::Outcome;
use super::super::base::{print_json, write_page};
use super::{Place, word};
use clap::Args as ClapArgs;
use rcu_core::Error;
use rcu_core::report;
use rcu_core::repository::Search;
use rcu_io::config;
use rcu_io::show::n;
use std::path::PathBuf;

/// Options of `rcu repo changes`.
#[derive(Debug, ClapArgs)]
pub struct Changes {
    #[command(flatten)]
    pub place: Place,
    /// Who asks; each consumer has its own place in the feed.
    #[arg(long)]
    consumer: String,
    /// At most so many entries.
    #[arg(long, default_value_t = 1000)]
    most: usize,
    /// Say that everything up to this cursor is there, before asking for more.
    #[arg(long, value_name = "CURSOR")]
    ack: Option<u64>,
}

impl Changes {
    pub fn run(&self) -> Result<Outcome, Error> {
        let entries = match self.ack {
            Some(cursor) => {
                let mut repository = self.place.open()?;
                repository.acknowledge(&self.consumer, cursor)?;
                repository.changes(&self.consumer, self.most)?
            }
            None => self.place.look()?.changes(&self.consumer, self.most)?,
        };
        for e in entries {
            println!("{}", serde_json::to_string(&e).unwrap_or_default());
        }
        Ok(Outcome::Fine)
    }
}

/// Options of `rcu repo search`.
#[derive(Debug, ClapArgs)]
pub struct SearchArgs {
    #[command(flatten)]
    pub place: Place,
    /// What is known of the person: names, e-mail, telephone, card, postcode, city, birth date, golden id, in any order,
    /// partial or mistyped.
    #[arg(required = true, value_name = "WORD")]
    words: Vec<String>,
    /// Show what a role sees; a field that it may not read finds nobody. By default that of --as, else store.
    #[arg(long, value_name = "ROLE")]
    role: Option<String>,
    /// Read for this purpose: what it may not use finds nobody and is not shown.
    #[arg(long, value_name = "PURPOSE")]
    purpose: Option<String>,
}

impl SearchArgs {
    pub fn run(&self) -> Result<Outcome, Error> {
        let role = self.place.shown_to(&self.role, "store");
        let search = Search { purpose: self.purpose.clone(), ..Search::parse(&self.words.join(" ")) };
        let found = self.place.look()?.search(&search, Some(&role))?;
        let outcome = if found.hits.is_empty() { Outcome::Findings } else { Outcome::Fine };
        if self.place.base.json {
            print_json(&found);
            return Ok(outcome);
        }
        for hit in &found.hits {
            let wanted = ["last_name", "first_name", "birth_date", "email", "mobile", "postcode", "city"];
            let values: Vec<&str> = wanted
                .iter()
                .filter_map(|f| hit.values.iter().find(|v| v.field == *f)?.value.as_deref())
                .collect();
            println!("{:>4}  {}  {}", hit.score, hit.golden_id, values.join("  "));
        }
        match (found.hits.len(), found.more) {
            (0, _) => println!("nobody"),
            (_, 0) => {}
            (_, more) => println!("and {} more", n(more)),
        }
        for i in &found.ignored {
            println!("{} was not looked for: {}", word(&i.clue), i.why);
        }
        if !found.cut.is_empty() {
            println!("some of it leads to too many people; say more to search among all");
        }
        Ok(outcome)
    }
}

/// Options of `rcu repo show`.
#[derive(Debug, ClapArgs)]
pub struct Show {
    #[command(flatten)]
    pub place: Place,
    /// The person: a golden id, also one that was taken in, or a record as SOURCE:ID.
    id: String,
    /// Show what a role sees (admin, steward, dpo, marketing, sales, service, store, finance, product, bi, auditor, or one
    /// of `roles`). By default that of --as, else admin.
    #[arg(long, value_name = "ROLE")]
    role: Option<String>,
    /// Read for this purpose: what it may not use is left out. The log says so.
    #[arg(long, value_name = "PURPOSE")]
    purpose: Option<String>,
    /// Write the page as HTML.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
}

impl Show {
    pub fn run(&self) -> Result<Outcome, Error> {
        let role = self.place.shown_to(&self.role, "admin");
        let view = self.place.open()?.view360(&self.id, &role, self.purpose.as_deref(), &self.place.act())?;
        if let Some(path) = &self.html {
            write_page(path, &report::of_person(&view))?;
        }
        if self.place.base.json {
            print_json(&view);
        } else if self.html.is_none() {
            print!("{}", view.text());
        }
        Ok(Outcome::Fine)
    }
}

/// Options of `rcu repo history`.
#[derive(Debug, ClapArgs)]
pub struct HistoryArgs {
    #[command(flatten)]
    pub place: Place,
    /// A golden id, or a record as SOURCE:ID.
    id: String,
    /// Who it was at the end of this day, YYYY-MM-DD.
    #[arg(long, value_name = "DAY")]
    at: Option<String>,
}

impl HistoryArgs {
    pub fn run(&self) -> Result<Outcome, Error> {
        let mut desk = self.place.look()?;
        if let Some(day) = &self.at {
            let then = desk.records_at(&self.id, config::day("--at", day)?)?;
            if self.place.base.json {
                print_json(&then);
            } else {
                match &then.golden_id {
                    Some(id) if !then.records.is_empty() => println!("{id} on {day}:"),
                    _ => println!("nobody on {day}"),
                }
                then.records.iter().for_each(|r| println!("  {}:{}", r.source, r.record_id));
            }
            return Ok(Outcome::Fine);
        }
        let history = desk.history(&self.id)?;
        if self.place.base.json {
            print_json(&history);
            return Ok(Outcome::Fine);
        }
        match &history.leads_to {
            Some(id) if *id == history.golden_id => println!("{id}, since change {}", history.born),
            Some(id) => println!("{} leads to {id}", history.golden_id),
            None => println!("{}: nobody is left", history.golden_id),
        }
        for p in &history.passages {
            let to = p.golden_id.as_deref().unwrap_or("(gone)");
            println!("change {:>6}  {}:{} -> {to}", p.change, p.record.source, p.record.record_id);
        }
        Ok(Outcome::Fine)
    }
}

/// Options of `rcu repo verify`.
#[derive(Debug, ClapArgs)]
pub struct Verify {
    #[command(flatten)]
    pub place: Place,
}

impl Verify {
    pub fn run(&self) -> Result<Outcome, Error> {
        let v = self.place.look()?.verify()?;
        if self.place.base.json {
            print_json(&v);
        } else {
            println!(
                "{} records, {} people, {} links, {} facts built anew: {}",
                n(v.records),
                n(v.people),
                n(v.links),
                n(v.facts),
                if v.findings.is_empty() {
                    "all as kept".to_owned()
                } else {
                    format!("{} places differ", v.findings.len())
                }
            );
            v.findings.iter().for_each(|f| println!("  {}: {}", f.what, f.place));
            match v.broken_log {
                None => println!("the log is whole"),
                Some(number) => println!("the log was altered at entry {number}"),
            }
        }
        Ok(if v.clean { Outcome::Fine } else { Outcome::Findings })
    }
}

/// Options of `rcu repo log`.
#[derive(Debug, ClapArgs)]
pub struct LogArgs {
    #[command(flatten)]
    pub place: Place,
    /// From this entry on.
    #[arg(long, default_value_t = 1)]
    from: u64,
    /// At most so many entries.
    #[arg(long, default_value_t = 100)]
    most: usize,
}

impl LogArgs {
    pub fn run(&self) -> Result<Outcome, Error> {
        for e in self.place.look()?.log(self.from, self.most)? {
            println!("{}", serde_json::to_string(&e).unwrap_or_default());
        }
        Ok(Outcome::Fine)
    }
}

/// Options of `rcu repo export`.
#[derive(Debug, ClapArgs)]
pub struct Export {
    #[command(flatten)]
    pub place: Place,
    /// Folder for the tables; made when it is not there.
    #[arg(long)]
    out: PathBuf,
}

impl Export {
    pub fn run(&self) -> Result<Outcome, Error> {
        let exported = self.place.open()?.export(&self.out, &self.place.act())?;
        if self.place.base.json {
            print_json(&exported);
        } else {
            let files: Vec<&str> = exported.files.keys().map(String::as_str).collect();
            println!("{} in {}", files.join(" and "), self.out.display());
        }
        Ok(Outcome::Fine)
    }
}
