//! Commands that change what is kept.

use super::super::Outcome;
use super::super::base::print_json;
use super::{Place, say};
use clap::Args as ClapArgs;
use rcu_core::Error;
use rcu_core::config::Plan;
use rcu_core::ingest::Input;
use rcu_core::progress::Progress;
use rcu_core::survivorship::LockKind;
use rcu_io::desk::{Desk, Done, Made, Opening, record};
use rcu_io::show::n;
use rcu_io::{config, read};
use std::path::PathBuf;

/// Options of `rcu repo init`.
#[derive(Debug, ClapArgs)]
pub struct Init {
    #[command(flatten)]
    pub place: Place,
}

impl Init {
    pub fn run(&self) -> Result<Outcome, Error> {
        let plan = self.place.base.plan(&self.place.config)?;
        let file = &self.place.store;
        if file.exists() {
            let place = format!("repository `{}`", file.display());
            return Err(Error::Io { place, reason: "is there already; it was not touched".into() });
        }
        let opening = Opening { create: true, ..self.place.opening() };
        let made = Made { store: file.clone(), secret_file: opening.secret.file(file) };
        Desk::open(plan, opening)?;
        if self.place.base.json {
            print_json(&made);
        } else {
            let secret = made.secret_file.unwrap_or_default();
            println!(
                "{} is ready; its secret is {}: keep a copy, and not beside the backups",
                file.display(),
                secret.display()
            );
        }
        Ok(Outcome::Fine)
    }
}

/// Options of `rcu repo load`.
#[derive(Debug, ClapArgs)]
pub struct Load {
    #[command(flatten)]
    pub place: Place,
}

impl Load {
    pub fn run(&self) -> Result<Outcome, Error> {
        let mut desk = self.place.open()?;
        let bar = self.place.base.bar();
        bar.stage("read", 0);
        let folder = self.place.base.folder(&self.place.config);
        let inputs = read::read_others(desk.plan(), &folder, &[])?;
        let loaded = desk.load(inputs, &self.place.act(), &bar)?;
        bar.finish();
        if self.place.base.json {
            print_json(&loaded);
        } else {
            say(&loaded.done);
            println!("{} people", n(loaded.people));
        }
        Ok(Outcome::Fine)
    }
}

/// Options of `rcu repo apply`.
#[derive(Debug, ClapArgs)]
pub struct Apply {
    #[command(flatten)]
    pub place: Place,
    /// A source and the file of its rows, `SOURCE=FILE`; may be given several times. Without it, the files that the
    /// configuration names.
    #[arg(long = "rows", value_name = "SOURCE=FILE")]
    rows: Vec<String>,
    /// Each file holds all rows of its source: those that it does not have were deleted there. Statements of consent are
    /// kept.
    #[arg(long)]
    full: bool,
    /// With --full: delete what is missing even when it is more than a fifth of the rows.
    #[arg(long, requires = "full")]
    confirm: bool,
}

impl Apply {
    pub fn run(&self) -> Result<Outcome, Error> {
        let mut desk = self.place.open()?;
        let bar = self.place.base.bar();
        bar.stage("read", 0);
        let inputs = self.inputs(desk.plan())?;
        let act = self.place.act();
        if !self.full {
            return finish(&self.place, &desk.upsert(inputs, &act)?);
        }
        let mut sources: Vec<String> = inputs.iter().map(|i| i.source.clone()).collect();
        sources.sort_unstable();
        sources.dedup();
        let mut all = Vec::new();
        for source in sources {
            let rows: Vec<Input> = inputs.iter().filter(|i| i.source == source).cloned().collect();
            all.push(desk.deliver(&source, rows, self.confirm, &act)?);
        }
        if self.place.base.json {
            print_json(&all);
        } else {
            for d in &all {
                if d.suspended {
                    let (bad, read) = (n(d.rejected), n(d.read));
                    println!("{}: {bad} of {read} rows are at fault; nothing was applied", d.source);
                }
                say(&d.done);
                if d.withheld {
                    println!(
                        "{}: {} rows are missing in the file, too many to delete unasked; see --confirm",
                        d.source,
                        n(d.missing)
                    );
                }
            }
        }
        let fine = !all.iter().any(|d| d.suspended || d.withheld);
        Ok(if fine { Outcome::Fine } else { Outcome::Findings })
    }

    fn inputs(&self, plan: &Plan) -> Result<Vec<Input>, Error> {
        if self.rows.is_empty() {
            return read::read_sources(plan, &self.place.base.folder(&self.place.config));
        }
        let mut inputs = Vec::new();
        for given in &self.rows {
            let Some((name, file)) = given.split_once('=') else {
                let reason = format!("`{given}` is not SOURCE=FILE");
                return Err(Error::Argument { argument: "--rows".into(), reason });
            };
            let Some(position) = plan.source(name) else {
                let declared = plan.source_names().join(", ");
                return Err(Error::UnknownSource { source_name: name.to_owned(), declared });
            };
            inputs.push(read::read_file(&plan.sources[position], &PathBuf::from(file))?);
        }
        Ok(inputs)
    }
}

/// Options of `rcu repo delete`.
#[derive(Debug, ClapArgs)]
pub struct Delete {
    #[command(flatten)]
    pub place: Place,
    /// Records or facts, as SOURCE:ID.
    #[arg(required = true, value_name = "SOURCE:ID")]
    records: Vec<String>,
}

impl Delete {
    pub fn run(&self) -> Result<Outcome, Error> {
        let deletes: Result<Vec<_>, Error> = self.records.iter().map(|r| record("SOURCE:ID", r)).collect();
        let deletes = deletes?;
        finish(&self.place, &self.place.open()?.delete(deletes, &self.place.act())?)
    }
}

/// Options of `rcu repo rename`.
#[derive(Debug, ClapArgs)]
pub struct Rename {
    #[command(flatten)]
    pub place: Place,
    /// The record, as SOURCE:ID.
    #[arg(value_name = "SOURCE:ID")]
    record: String,
    /// Its new identifier in that source.
    to: String,
}

impl Rename {
    pub fn run(&self) -> Result<Outcome, Error> {
        let record = record("SOURCE:ID", &self.record)?;
        finish(&self.place, &self.place.open()?.rename(record, &self.to, &self.place.act())?)
    }
}

/// Options of `rcu repo decide`.
#[derive(Debug, ClapArgs)]
pub struct Decide {
    #[command(flatten)]
    pub place: Place,
    /// One record, as SOURCE:ID.
    #[arg(value_name = "SOURCE:ID")]
    a: String,
    /// The other record, as SOURCE:ID.
    #[arg(value_name = "SOURCE:ID")]
    b: String,
    /// `same`, `different`, `household`, `later`, or `cancel` to take a decision back.
    answer: String,
}

impl Decide {
    pub fn run(&self) -> Result<Outcome, Error> {
        let (a, b) = (record("A", &self.a)?, record("B", &self.b)?);
        finish(&self.place, &self.place.open()?.decide(a, b, &self.answer, &self.place.act())?)
    }
}

/// Options of `rcu repo lock`.
#[derive(Debug, ClapArgs)]
pub struct LockArgs {
    #[command(flatten)]
    pub place: Place,
    /// The person: a golden id, or one of their records as SOURCE:ID, which the lock then follows.
    id: String,
    /// The field.
    field: String,
    /// Pin this value, whatever the sources say.
    #[arg(long, group = "kind")]
    pin: Option<String>,
    /// Never take this value.
    #[arg(long, group = "kind")]
    ignore: Option<String>,
    /// There is no value, whatever the sources say.
    #[arg(long, group = "kind")]
    clear: bool,
    /// Take the lock back instead.
    #[arg(long)]
    off: bool,
}

impl LockArgs {
    pub fn run(&self) -> Result<Outcome, Error> {
        let (kind, value) = match (&self.pin, &self.ignore, self.clear) {
            (Some(v), _, _) => (LockKind::Pin, Some(v.clone())),
            (_, Some(v), _) => (LockKind::Ignore, Some(v.clone())),
            (_, _, true) => (LockKind::Clear, None),
            _ => {
                let reason = "is missing: --pin VALUE, --ignore VALUE or --clear".into();
                return Err(Error::Argument { argument: "lock".into(), reason });
            }
        };
        let (mut desk, act) = (self.place.open()?, self.place.act());
        let done = match self.off {
            true => desk.unlock(&self.id, &self.field, kind, value, &act)?,
            false => desk.lock(&self.id, &self.field, kind, value, &act)?,
        };
        finish(&self.place, &done)
    }
}

/// Options of `rcu repo refresh`.
#[derive(Debug, ClapArgs)]
pub struct Refresh {
    #[command(flatten)]
    pub place: Place,
    /// The day, YYYY-MM-DD; by default today.
    #[arg(long)]
    day: Option<String>,
}

impl Refresh {
    pub fn run(&self) -> Result<Outcome, Error> {
        let day = self.day.as_deref().map(|d| config::day("--day", d)).transpose()?;
        finish(&self.place, &self.place.open()?.refresh(day, &self.place.act())?)
    }
}

fn finish(place: &Place, done: &Done) -> Result<Outcome, Error> {
    if place.base.json {
        print_json(done);
    } else {
        say(done);
    }
    Ok(Outcome::Fine)
}
