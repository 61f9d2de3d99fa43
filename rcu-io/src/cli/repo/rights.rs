//! Commands for what people may ask of those who keep their data, and for what those owe the law.

use super::super::Outcome;
use super::super::base::{print_json, write_page};
use super::{Place, say, word};
use clap::Args as ClapArgs;
use rcu_core::Error;
use rcu_core::dictionary::{processing, processing_csv, processing_text};
use rcu_core::report;
use rcu_core::repository::Objection;
use rcu_io::config;
use rcu_io::show::n;
use rcu_io::write::{write_csv, write_parquet_texts, write_text};
use std::path::{Path, PathBuf};

fn folder(dir: &Path) -> Result<(), Error> {
    std::fs::create_dir_all(dir)
        .map_err(|e| Error::Io { place: format!("folder `{}`", dir.display()), reason: e.to_string() })
}

/// Options of `rcu repo access`.
#[derive(Debug, ClapArgs)]
pub struct Access {
    #[command(flatten)]
    pub place: Place,
    /// The person: a golden id, or a record as SOURCE:ID.
    id: String,
    /// Folder for `access.txt`, `access.json` and `access.html`; made when it is not there. Without it, print.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

impl Access {
    pub fn run(&self) -> Result<Outcome, Error> {
        let dossier = self.place.open()?.access(&self.id, &self.place.act())?;
        let Some(dir) = &self.out else {
            match self.place.base.json {
                true => print_json(&dossier),
                false => print!("{}", dossier.text()),
            }
            return Ok(Outcome::Fine);
        };
        folder(dir)?;
        let json = serde_json::to_string_pretty(&dossier).unwrap_or_default();
        write_text("access.txt", &dossier.text(), dir)?;
        write_text("access.json", &(json + "\n"), dir)?;
        write_page(&dir.join("access.html"), &report::of_dossier(&dossier))?;
        match self.place.base.json {
            true => print_json(&serde_json::json!({ "golden_id": dossier.golden_id, "out": dir })),
            false => println!("what is kept of {} is in {}", dossier.golden_id, dir.display()),
        }
        Ok(Outcome::Fine)
    }
}

/// Options of `rcu repo portability`.
#[derive(Debug, ClapArgs)]
pub struct Portability {
    #[command(flatten)]
    pub place: Place,
    /// The person: a golden id, or a record as SOURCE:ID.
    id: String,
    /// Folder for `portability.json` and a CSV file of each source; made when it is not there.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

impl Portability {
    pub fn run(&self) -> Result<Outcome, Error> {
        let portable = self.place.open()?.portability(&self.id, &self.place.act())?;
        folder(&self.out)?;
        let json = serde_json::to_string_pretty(&portable.objects()).unwrap_or_default();
        write_text("portability.json", &(json + "\n"), &self.out)?;
        let mut rows = 0;
        for (source, table) in &portable.rows {
            write_csv(source, table, &self.out)?;
            rows += table.rows();
        }
        match self.place.base.json {
            true => print_json(&serde_json::json!({ "golden_id": portable.golden_id, "rows": rows })),
            false => println!("{} rows of {} in {}", n(rows as u64), portable.golden_id, self.out.display()),
        }
        Ok(Outcome::Fine)
    }
}

/// Options of `rcu repo rectify`.
#[derive(Debug, ClapArgs)]
pub struct Rectify {
    #[command(flatten)]
    pub place: Place,
    /// The person: a golden id, or a record as SOURCE:ID.
    id: String,
    /// The field.
    field: String,
    /// What is right.
    #[arg(required_unless_present = "none")]
    value: Option<String>,
    /// There is no value.
    #[arg(long, conflicts_with = "value")]
    none: bool,
}

impl Rectify {
    pub fn run(&self) -> Result<Outcome, Error> {
        let value = self.value.as_deref();
        let done = self.place.open()?.rectify(&self.id, &self.field, value, &self.place.act())?;
        if self.place.base.json {
            print_json(&done);
            return Ok(Outcome::Fine);
        }
        say(&done.done);
        for c in &done.corrections {
            match &c.told_by {
                Some(by) => println!("{}:{} has to be corrected; `{by}` tells it", c.source, c.record_id),
                None => println!("{}:{} has to be corrected; nobody tells it", c.source, c.record_id),
            }
        }
        Ok(Outcome::Fine)
    }
}

/// Options of `rcu repo restrict`.
#[derive(Debug, ClapArgs)]
pub struct Restrict {
    #[command(flatten)]
    pub place: Place,
    /// The person: a golden id, or a record as SOURCE:ID. Without one, list who is restricted.
    id: Option<String>,
    /// Lift the restriction instead.
    #[arg(long, requires = "id")]
    lift: bool,
}

impl Restrict {
    pub fn run(&self) -> Result<Outcome, Error> {
        let json = self.place.base.json;
        let Some(id) = &self.id else {
            let all = self.place.look()?.restrictions()?;
            if json {
                print_json(&all);
            } else {
                all.iter()
                    .for_each(|s| println!("{}  {} records, {} facts", s.golden_id, s.records, s.facts));
                if all.is_empty() {
                    println!("nobody");
                }
            }
            return Ok(Outcome::Fine);
        };
        let (mut desk, act) = (self.place.open()?, self.place.act());
        if self.lift {
            let done = desk.lift_restriction(id, &act)?;
            match json {
                true => print_json(&done),
                false => say(&done),
            }
            return Ok(Outcome::Fine);
        }
        let done = desk.restrict(id, &act)?;
        if json {
            print_json(&done);
        } else {
            let (records, facts) = (n(done.records), n(done.facts));
            println!("{} is kept and not used: {records} records, {facts} facts", done.golden_id);
        }
        Ok(Outcome::Fine)
    }
}

/// Options of `rcu repo object`.
#[derive(Debug, ClapArgs)]
pub struct Object {
    #[command(flatten)]
    pub place: Place,
    /// The person: a golden id, or a record as SOURCE:ID.
    id: String,
    /// The reference of what the person said: letter, call, form.
    #[arg(long)]
    proof: String,
    /// A channel; may be given several times. Without it, all.
    #[arg(long = "channel")]
    channels: Vec<String>,
    /// A purpose; may be given several times. Without it, all of prospecting.
    #[arg(long = "purpose")]
    purposes: Vec<String>,
    /// A brand; without it, all.
    #[arg(long, default_value = "")]
    brand: String,
}

impl Object {
    pub fn run(&self) -> Result<Outcome, Error> {
        let objection = Objection {
            channels: self.channels.clone(),
            purposes: self.purposes.clone(),
            brand: self.brand.clone(),
            proof: self.proof.clone(),
        };
        let done = self.place.open()?.object(&self.id, &objection, &self.place.act())?;
        match self.place.base.json {
            true => print_json(&done),
            false => say(&done),
        }
        Ok(Outcome::Fine)
    }
}

/// Options of `rcu repo retention`.
#[derive(Debug, ClapArgs)]
pub struct Retention {
    #[command(flatten)]
    pub place: Place,
    /// Do it; without it, only say who and what is due.
    #[arg(long)]
    apply: bool,
}

impl Retention {
    pub fn run(&self) -> Result<Outcome, Error> {
        let found = match self.apply {
            true => self.place.open()?.retention(true, &self.place.act())?,
            false => self.place.look()?.retention(false, &self.place.act())?,
        };
        // What is due and was not done is a finding.
        let outcome = if found.applied || found.due.is_empty() { Outcome::Fine } else { Outcome::Findings };
        if self.place.base.json {
            print_json(&found);
            return Ok(outcome);
        }
        for d in &found.due {
            let what = match (&d.golden_id, &d.row) {
                (Some(id), _) => id.clone(),
                (None, Some(r)) => format!("{}:{}", r.source, r.record_id),
                _ => "the log".to_owned(),
            };
            println!("{:<17} {what}  {} since {}, due {}", word(&d.remedy), d.rule, d.since, d.until);
        }
        let verb = if found.applied { "done" } else { "due; --apply does it" };
        println!("{} {verb}", n(found.due.len() as u64));
        if !found.undated.is_empty() {
            println!("of {} people nothing has a date", n(found.undated.len() as u64));
        }
        Ok(outcome)
    }
}

/// Options of `rcu repo erasures`.
#[derive(Debug, ClapArgs)]
pub struct Erasures {
    #[command(flatten)]
    pub place: Place,
    /// The file to write; without it, print. Keep it apart from the backups.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl Erasures {
    pub fn run(&self) -> Result<Outcome, Error> {
        let list = self.place.look()?.erasures()?;
        let Some(path) = &self.out else {
            print_json(&list);
            return Ok(Outcome::Fine);
        };
        rcu_io::repo::write_erased(path, &list)?;
        if !self.place.base.json {
            println!("{} marks of erased people in {}", n(list.tombstones.len() as u64), path.display());
        }
        Ok(Outcome::Fine)
    }
}

/// Options of `rcu repo processing`.
#[derive(Debug, ClapArgs)]
pub struct Processing {
    #[command(flatten)]
    pub place: Place,
    /// The form: text, json or csv.
    #[arg(long, default_value = "text", value_parser = ["text", "json", "csv"])]
    format: String,
}

impl Processing {
    pub fn run(&self) -> Result<Outcome, Error> {
        let all = processing(&self.place.base.plan(self.place.config())?);
        match self.format.as_str() {
            _ if self.place.base.json => print_json(&all),
            "json" => print_json(&all),
            "csv" => print!("{}", processing_csv(&all)),
            _ => print!("{}", processing_text(&all)),
        }
        Ok(Outcome::Fine)
    }
}

/// Options of `rcu repo pseudonymise`.
#[derive(Debug, ClapArgs)]
pub struct Pseudonymise {
    #[command(flatten)]
    pub place: Place,
    /// Folder for the tables; made when it is not there. Or a name with an ending, `.csv` or `.parquet`, that each table's
    /// is put into: `bi.parquet` gives `bi.people.parquet`.
    #[arg(long, value_name = "PATH")]
    out: PathBuf,
    /// The form: csv or parquet. By default that of the ending, else csv.
    #[arg(long, value_parser = ["csv", "parquet"])]
    format: Option<String>,
    /// The name of the extract: pseudonyms are of one extract only, and the same when it is made again.
    #[arg(long, value_name = "NAME")]
    extract: String,
}

impl Pseudonymise {
    pub fn run(&self) -> Result<Outcome, Error> {
        let ending = self.out.extension().map(|e| e.to_string_lossy().to_lowercase());
        let is_named = !self.out.is_dir() && matches!(ending.as_deref(), Some("csv" | "parquet" | "pq"));
        let (dir, stem) = match self.out.file_stem() {
            Some(stem) if is_named => {
                (self.out.parent().unwrap_or(Path::new("")), format!("{}.", stem.to_string_lossy()))
            }
            _ => (self.out.as_path(), String::new()),
        };
        let form = self.format.as_deref().or(ending.as_deref().filter(|_| is_named));
        let is_parquet = matches!(form, Some("parquet" | "pq"));
        let tables = self.place.open()?.pseudonymised(&self.extract, &self.place.act())?;
        if !dir.as_os_str().is_empty() {
            folder(dir)?;
        }
        let mut rows = serde_json::Map::new();
        for (name, table) in &tables {
            let file = format!("{stem}{name}");
            match is_parquet {
                true => write_parquet_texts(&file, table, dir)?,
                false => write_csv(&file, table, dir)?,
            }
            rows.insert(name.clone(), table.rows().into());
        }
        if self.place.base.json {
            print_json(&rows);
        } else {
            rows.iter().for_each(|(name, count)| println!("{name:>14} {count} rows"));
            println!("in {}; nobody is named", dir.display());
        }
        Ok(Outcome::Fine)
    }
}

/// Options of `rcu repo breach`.
#[derive(Debug, ClapArgs)]
pub struct Breach {
    #[command(flatten)]
    pub place: Place,
    /// The first day, YYYY-MM-DD.
    #[arg(long, value_name = "DAY")]
    from: String,
    /// The last day, YYYY-MM-DD.
    #[arg(long, value_name = "DAY")]
    to: String,
    /// Who read; without it, anybody.
    #[arg(long, value_name = "WHO")]
    who: Option<String>,
}

impl Breach {
    pub fn run(&self) -> Result<Outcome, Error> {
        let (from, to) = (config::day("--from", &self.from)?, config::day("--to", &self.to)?);
        let breach = self.place.look()?.breach(from, to, self.who.as_deref())?;
        let outcome = if breach.entries == 0 { Outcome::Fine } else { Outcome::Findings };
        if self.place.base.json {
            print_json(&breach);
            return Ok(outcome);
        }
        for (id, e) in &breach.subjects {
            let list = |names: &std::collections::BTreeSet<String>| {
                names.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
            };
            println!("{id}  read {} times by {}", e.times, list(&e.by));
            println!("  in clear: {}", list(&e.clear));
            if !e.masked.is_empty() {
                println!("  masked: {}", list(&e.masked));
            }
        }
        breach.handed_out.iter().for_each(|h| println!("{}  {} handed out: {}", h.at, h.by, h.what));
        println!("{} entries of the log, {} people", n(breach.entries), n(breach.subjects.len() as u64));
        if breach.bare > 0 {
            println!("{} of them too old to say who read whom", n(breach.bare));
        }
        Ok(outcome)
    }
}
