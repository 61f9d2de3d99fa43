//! Commands that change what is kept.

use super::super::Outcome;
use super::super::base::print_json;
use super::{Place, record, say, told};
use clap::Args as ClapArgs;
use rcu_core::Error;
use rcu_core::ingest::Input;
use rcu_core::matching::ruling::{Answer, Ruling};
use rcu_core::progress::Progress;
use rcu_core::repository::{Applied, Change, Delivery};
use rcu_core::survivorship::{Lock as ValueLock, LockKind};
use rcu_io::clock::today;
use rcu_io::show::n;
use rcu_io::{config, read, repo};
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
        let secret = self.place.secret_file();
        repo::make_secret(&secret)?;
        repo::open(plan, file, self.place.secret()?, self.place.options())?;
        if self.place.base.json {
            print_json(&serde_json::json!({ "store": file, "secret_file": secret }));
        } else {
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
        let mut repository = self.place.open()?;
        let bar = self.place.base.bar();
        bar.stage("read", 0);
        let folder = self.place.base.folder(&self.place.config);
        let inputs = read::read_others(repository.plan(), &folder, &[])?;
        let applied = repository.load(inputs, &self.place.act(), &bar)?;
        bar.finish();
        let people = applied.effect.after.len() as u64;
        if self.place.base.json {
            let mut told = told(&applied);
            told["people"] = people.into();
            print_json(&told);
        } else {
            say(&applied);
            println!("{} people", n(people));
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
    /// Each file holds all records of its source: those that it does not have were deleted there. Of customer sources.
    #[arg(long)]
    full: bool,
    /// With --full: delete what is missing even when it is more than a fifth of the records.
    #[arg(long, requires = "full")]
    confirm: bool,
}

impl Apply {
    pub fn run(&self) -> Result<Outcome, Error> {
        let mut repository = self.place.open()?;
        let bar = self.place.base.bar();
        bar.stage("read", 0);
        let inputs = self.inputs(repository.plan())?;
        if !self.full {
            let change = Change { rows: inputs, act: self.place.act(), ..Change::default() };
            return finish(&self.place, &repository.apply(change)?);
        }
        let mut sources: Vec<String> = inputs.iter().map(|i| i.source.clone()).collect();
        sources.sort_unstable();
        sources.dedup();
        let mut outcome = Outcome::Fine;
        let mut all = Vec::new();
        for source in sources {
            let rows: Vec<Input> = inputs.iter().filter(|i| i.source == source).cloned().collect();
            let (confirmed, act) = (self.confirm, self.place.act());
            let delivery =
                Delivery { source: source.clone(), rows, full: true, confirmed, act, ..Delivery::default() };
            let done = repository.deliver(delivery)?;
            if done.suspended || done.withheld {
                outcome = Outcome::Findings;
            }
            if self.place.base.json {
                let mut told = told(&done.applied);
                told["source"] = source.into();
                told["suspended"] = done.suspended.into();
                told["missing"] = done.missing.into();
                told["withheld"] = done.withheld.into();
                all.push(told);
                continue;
            }
            if done.suspended {
                println!(
                    "{source}: {} of {} rows are at fault; nothing was applied",
                    n(done.rejected),
                    n(done.read)
                );
            }
            say(&done.applied);
            if done.withheld {
                println!(
                    "{source}: {} records are missing in the file, too many to delete unasked; see --confirm",
                    n(done.missing)
                );
            }
        }
        if self.place.base.json {
            print_json(&all);
        }
        Ok(outcome)
    }

    fn inputs(&self, plan: &rcu_core::config::Plan) -> Result<Vec<Input>, Error> {
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
        let change = Change { deletes: deletes?, act: self.place.act(), ..Change::default() };
        let applied = self.place.open()?.apply(change)?;
        finish(&self.place, &applied)
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
        let renamed = vec![(record("SOURCE:ID", &self.record)?, self.to.clone())];
        let change = Change { renamed, act: self.place.act(), ..Change::default() };
        let applied = self.place.open()?.apply(change)?;
        finish(&self.place, &applied)
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
        let mut change = Change { act: self.place.act(), ..Change::default() };
        if self.answer == "cancel" {
            change.cancelled.push((a, b));
        } else {
            let answer = Answer::from_name(&self.answer).ok_or_else(|| Error::Argument {
                argument: "ANSWER".into(),
                reason: format!("`{}` is none of same, different, household, later, cancel", self.answer),
            })?;
            let (author, comment) = (self.place.by.clone(), self.place.reason.clone());
            change.decisions.push(Ruling { a, b, date: Some(today()), answer, author, comment });
        }
        let applied = self.place.open()?.apply(change)?;
        finish(&self.place, &applied)
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
        let mut lock = ValueLock {
            field: self.field.clone(),
            kind,
            value,
            author: self.place.by.clone(),
            reason: self.place.reason.clone(),
            date: Some(today().to_string()),
            ..ValueLock::default()
        };
        match record("ID", &self.id) {
            Ok(r) => (lock.source, lock.record_id) = (Some(r.source), Some(r.record_id)),
            Err(_) => lock.golden_id = Some(self.id.clone()),
        }
        let mut change = Change { act: self.place.act(), ..Change::default() };
        if self.off {
            change.unlocked.push(lock)
        } else {
            change.locks.push(lock)
        }
        let applied = self.place.open()?.apply(change)?;
        finish(&self.place, &applied)
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
        let day = self.day.as_deref().map(|d| config::day("--day", d)).transpose()?.unwrap_or_else(today);
        let applied = self.place.open()?.refresh(day, &self.place.act())?;
        finish(&self.place, &applied)
    }
}

fn finish(place: &Place, applied: &Applied) -> Result<Outcome, Error> {
    if place.base.json {
        print_json(&told(applied));
    } else {
        say(applied);
    }
    Ok(Outcome::Fine)
}
