//! `rcu repo`: a repository kept in a file.

mod feed;
mod keep;
mod read;
mod rights;
mod write;

use super::Outcome;
use super::base::Base;
use clap::{Args as ClapArgs, Subcommand};
use rcu_core::Error;
use rcu_core::access::Right;
use rcu_core::config::Plan;
use rcu_core::repository::Act;
use rcu_io::desk::{self, Desk, Done, Opening, Secret};
use rcu_io::show::n;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

/// Options of `rcu repo`.
#[derive(Debug, ClapArgs)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Make an empty repository and its secret.
    Init(write::Init),
    /// Load a first base from the files of the configuration, as a batch.
    Load(write::Load),
    /// Apply rows of files, of every source or of some; a full file also says which records are no more.
    Apply(write::Apply),
    /// Delete records that their source deleted.
    Delete(write::Delete),
    /// Give a record the identifier that its source gave it; it stays who it is.
    Rename(write::Rename),
    /// Keep, or take back, a steward's decision on a pair of records.
    Decide(write::Decide),
    /// Pin, ignore or clear a value of a golden record, or take that back.
    Lock(write::LockArgs),
    /// Bring ages, periods and consents to another day.
    Refresh(write::Refresh),
    /// What changed since a consumer last said that it has everything, as JSON Lines.
    Changes(read::Changes),
    /// Bring a subscriber what changed, or everybody: as a file, or to a command.
    Feed(feed::Feed),
    /// Say what an upsert of one row would do: whom it would join, and why. Nothing is written.
    Match(feed::Match),
    /// Find people by whatever is known of them, before another record is made.
    Search(read::SearchArgs),
    /// Everything known of one person, as a role sees it.
    Show(read::Show),
    /// What became of a golden id, or who a record was at a moment.
    History(read::HistoryArgs),
    /// Build everything anew from the kept rows and compare; check the log and the file.
    Verify(read::Verify),
    /// What was done, by whom, when and why.
    Log(read::LogArgs),
    /// Write the tables of golden records and of who is who as Parquet.
    Export(read::Export),
    /// Erase a person: every record, its history, what was told of it; then look for the values in the file's bytes.
    Erase(keep::Erase),
    /// Lift an erasure, with the proof that the person came back.
    Readmit(keep::Readmit),
    /// What is kept of a person, in plain language, JSON and HTML, for that person.
    Access(rights::Access),
    /// What a person provided, as JSON and CSV, to take along.
    Portability(rights::Portability),
    /// Pin what a person corrects; sources that hold another value are told or named.
    Rectify(rights::Rectify),
    /// Keep a person and use nothing of them, or lift that; without a person, list them.
    Restrict(rights::Restrict),
    /// Keep a person's objection to prospecting, in force at once.
    Object(rights::Object),
    /// Who and what is kept too long; with --apply, erase and take out.
    Retention(rights::Retention),
    /// List who was erased, as keyed hashes, to be done again after a restore.
    Erasures(rights::Erasures),
    /// The record of processing activities, from the configuration.
    Processing(rights::Processing),
    /// Write tables in which nobody is named, for statistics and tests.
    Pseudonymise(rights::Pseudonymise),
    /// Whom and what reads and exports of some days touched.
    Breach(rights::Breach),
    /// Apply other rules to everything that is kept; a dry run says what they would change.
    Migrate(keep::Migrate),
    /// Write a copy of the repository while it is in use.
    Backup(keep::Backup),
    /// Put a backup in the place of the repository, once it was found undamaged.
    Restore(keep::Restore),
}

/// Which repository, and who asks.
#[derive(Debug, ClapArgs)]
pub struct Place {
    /// The configuration: TOML, YAML or JSON by its ending.
    config: PathBuf,
    /// The file that the repository is kept in.
    #[arg(long, value_name = "FILE", default_value = "rcu.db")]
    store: PathBuf,
    /// The file with the secret of this installation; by default the store's name with `.secret`.
    #[arg(long, value_name = "FILE", env = "RCU_SECRET_FILE")]
    secret_file: Option<PathBuf>,
    /// Who does it, for the log.
    #[arg(long, env = "USER", default_value = "unknown", hide_env_values = true)]
    by: String,
    /// Why, for the log: a ticket, a request.
    #[arg(long, default_value = "")]
    reason: String,
    /// Act as a role: what it may not do is refused, what it may not see is left out.
    #[arg(long = "as", value_name = "ROLE")]
    acting: Option<String>,
    /// Seconds to wait for another program that writes.
    #[arg(long, default_value_t = 5)]
    wait: u64,
    #[command(flatten)]
    pub base: Base,
}

impl Place {
    fn opening(&self) -> Opening {
        Opening {
            secret: self.secret_file.clone().map_or(Secret::Beside, Secret::File),
            wait: Duration::from_secs(self.wait),
            role: self.acting.clone(),
            ..Opening::of(&self.store)
        }
    }

    /// The repository, to write.
    fn open(&self) -> Result<Desk, Error> {
        Desk::open(self.base.plan(&self.config)?, self.opening())
    }

    /// Refuses what the role may not do.
    fn must(&self, plan: &Plan, right: Right) -> Result<(), Error> {
        self.acting.as_ref().map_or(Ok(()), |role| plan.role("--as", role)?.must(right))
    }

    /// The role that something is shown to.
    fn shown_to(&self, named: &Option<String>, otherwise: &str) -> String {
        named.as_ref().or(self.acting.as_ref()).cloned().unwrap_or_else(|| otherwise.to_owned())
    }

    fn config(&self) -> &std::path::Path {
        &self.config
    }

    /// The repository, to read.
    fn look(&self) -> Result<Desk, Error> {
        Desk::open(self.base.plan(&self.config)?, Opening { read_only: true, ..self.opening() })
    }

    fn act(&self) -> Act {
        desk::act(&self.by, &self.reason)
    }
}

impl Args {
    /// Whether the answer is JSON.
    pub fn json(&self) -> bool {
        self.place().base.json
    }

    fn place(&self) -> &Place {
        match &self.what {
            What::Init(a) => &a.place,
            What::Load(a) => &a.place,
            What::Apply(a) => &a.place,
            What::Delete(a) => &a.place,
            What::Rename(a) => &a.place,
            What::Decide(a) => &a.place,
            What::Lock(a) => &a.place,
            What::Refresh(a) => &a.place,
            What::Changes(a) => &a.place,
            What::Feed(a) => &a.place,
            What::Match(a) => &a.place,
            What::Search(a) => &a.place,
            What::Show(a) => &a.place,
            What::History(a) => &a.place,
            What::Verify(a) => &a.place,
            What::Log(a) => &a.place,
            What::Export(a) => &a.place,
            What::Erase(a) => &a.place,
            What::Readmit(a) => &a.place,
            What::Access(a) => &a.place,
            What::Portability(a) => &a.place,
            What::Rectify(a) => &a.place,
            What::Restrict(a) => &a.place,
            What::Object(a) => &a.place,
            What::Retention(a) => &a.place,
            What::Erasures(a) => &a.place,
            What::Processing(a) => &a.place,
            What::Pseudonymise(a) => &a.place,
            What::Breach(a) => &a.place,
            What::Migrate(a) => &a.place,
            What::Backup(a) => &a.place,
            What::Restore(a) => &a.place,
        }
    }
}

pub fn run(args: &Args) -> Result<Outcome, Error> {
    match &args.what {
        What::Init(a) => a.run(),
        What::Load(a) => a.run(),
        What::Apply(a) => a.run(),
        What::Delete(a) => a.run(),
        What::Rename(a) => a.run(),
        What::Decide(a) => a.run(),
        What::Lock(a) => a.run(),
        What::Refresh(a) => a.run(),
        What::Changes(a) => a.run(),
        What::Feed(a) => a.run(),
        What::Match(a) => a.run(),
        What::Search(a) => a.run(),
        What::Show(a) => a.run(),
        What::History(a) => a.run(),
        What::Verify(a) => a.run(),
        What::Log(a) => a.run(),
        What::Export(a) => a.run(),
        What::Erase(a) => a.run(),
        What::Readmit(a) => a.run(),
        What::Access(a) => a.run(),
        What::Portability(a) => a.run(),
        What::Rectify(a) => a.run(),
        What::Restrict(a) => a.run(),
        What::Object(a) => a.run(),
        What::Retention(a) => a.run(),
        What::Erasures(a) => a.run(),
        What::Processing(a) => a.run(),
        What::Pseudonymise(a) => a.run(),
        What::Breach(a) => a.run(),
        What::Migrate(a) => a.run(),
        What::Backup(a) => a.run(),
        What::Restore(a) => a.run(),
    }
}

/// What became of a change.
fn say(done: &Done) {
    let (r, f) = (done.records, done.facts);
    println!(
        "change {}: records {} new, {} changed, {} gone; facts {} new, {} changed, {} gone",
        done.change,
        n(r.new),
        n(r.changed),
        n(r.gone),
        n(f.new),
        n(f.changed),
        n(f.gone)
    );
    if !done.feed.is_empty() {
        let list: Vec<String> = done.feed.iter().map(|(k, c)| format!("{} {}", n(*c), word(k))).collect();
        println!("people: {}", list.join(", "));
    }
    let mut codes: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    for r in &done.rejects {
        *codes.entry((r.source.as_str(), r.code)).or_default() += 1;
    }
    for ((source, code), count) in codes {
        println!("{} rows of {source} not kept: {code}", n(count));
    }
    for r in done.rejects.iter().filter(|r| !r.excluded).take(20) {
        let file = if r.file.is_empty() { String::new() } else { format!(" in {}", r.file) };
        println!("  {} line {}{file}: {} ({})", r.source, r.line, r.reason, r.code);
    }
}

/// The word that stands for a value in JSON.
fn word(value: &impl serde::Serialize) -> String {
    let value = serde_json::to_value(value).ok();
    value.and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}
