//! Commands for whoever answers for the repository: erasure, other rules, copies.

use super::super::Outcome;
use super::super::base::print_json;
use super::{Place, word};
use clap::Args as ClapArgs;
use rcu_core::Error;
use rcu_core::access::Right;
use rcu_io::desk::Desk;
use rcu_io::repo;
use rcu_io::show::n;
use std::path::PathBuf;

/// Options of `rcu repo erase`.
#[derive(Debug, ClapArgs)]
pub struct Erase {
    #[command(flatten)]
    pub place: Place,
    /// The person: a golden id, or a record as SOURCE:ID.
    id: String,
    /// Erase; without it, only say what would be erased.
    #[arg(long)]
    yes: bool,
}

impl Erase {
    pub fn run(&self) -> Result<Outcome, Error> {
        if !self.yes {
            let doomed = self.place.look()?.doomed(&self.id)?;
            if self.place.base.json {
                print_json(&doomed);
            } else {
                println!(
                    "{} with {} records and {} facts would be erased; say --yes to do it",
                    doomed.golden_id, doomed.records, doomed.facts
                );
            }
            return Ok(Outcome::Findings);
        }
        let erased = self.place.open()?.erase(&self.id, &self.place.act())?;
        let (erasure, traces) = (&erased.erasure, &erased.traces);
        if self.place.base.json {
            print_json(&erased);
        } else {
            println!("erasure {}: {}", erasure.number, erasure.golden_ids.join(", "));
            erasure.places.iter().for_each(|(place, count)| println!("{:>14} {}", place, n(*count)));
            let bytes: u64 = traces.bytes.values().sum();
            println!(
                "{} values looked for in {} bytes: {} left, {} are other people's too",
                n(traces.values as u64),
                n(bytes),
                traces.left,
                traces.of_others
            );
        }
        if let (Some(why), false) = (&erasure.unswept, self.place.base.json) {
            println!("the file could not be rewritten yet, the next erasure does it: {why}");
        }
        Ok(if erased.is_complete() { Outcome::Fine } else { Outcome::Findings })
    }
}

/// Options of `rcu repo readmit`.
#[derive(Debug, ClapArgs)]
pub struct Readmit {
    #[command(flatten)]
    pub place: Place,
    /// The number of the erasure.
    erasure: u64,
    /// The reference of the proof that the person came back.
    #[arg(long)]
    proof: String,
}

impl Readmit {
    pub fn run(&self) -> Result<Outcome, Error> {
        let lifted = self.place.open()?.readmit(self.erasure, &self.proof, &self.place.act())?;
        if self.place.base.json {
            print_json(&lifted);
        } else {
            println!("{} tombstones of erasure {} are lifted", lifted.lifted, self.erasure);
        }
        Ok(Outcome::Fine)
    }
}

/// Options of `rcu repo migrate`.
#[derive(Debug, ClapArgs)]
pub struct Migrate {
    #[command(flatten)]
    pub place: Place,
    /// Say what would change, and change nothing.
    #[arg(long)]
    dry_run: bool,
}

impl Migrate {
    pub fn run(&self) -> Result<Outcome, Error> {
        let plan = self.place.base.plan(&self.place.config)?;
        self.place.must(&plan, Right::Update)?;
        let bar = self.place.base.bar();
        let (_, migrated) = Desk::migrate(plan, self.place.opening(), &self.place.act(), self.dry_run, &bar)?;
        bar.finish();
        if self.place.base.json {
            print_json(&migrated);
            return Ok(Outcome::Fine);
        }
        let m = &migrated.migration;
        let would = if m.dry_run { "would become" } else { "became" };
        println!(
            "{} records, {} with other values; {} people {would} {}",
            n(m.records.1),
            n(m.changed_records),
            n(m.people.0),
            n(m.people.1)
        );
        for (kind, count) in &m.events {
            println!("{:>12} {}", word(kind), n(*count));
        }
        m.values.iter().for_each(|(field, count)| println!("  {field}: {} golden values", n(*count)));
        if !migrated.rejects.is_empty() {
            println!("{} rows are not kept under the new rules", n(migrated.rejects.len() as u64));
        }
        Ok(Outcome::Fine)
    }
}

/// Options of `rcu repo backup`.
#[derive(Debug, ClapArgs)]
pub struct Backup {
    #[command(flatten)]
    pub place: Place,
    /// The file to write.
    to: PathBuf,
}

impl Backup {
    pub fn run(&self) -> Result<Outcome, Error> {
        let copied = self.place.look()?.backup(&self.to)?;
        if self.place.base.json {
            print_json(&copied);
        } else {
            println!("{} is a copy of {}", self.to.display(), self.place.store.display());
        }
        Ok(Outcome::Fine)
    }
}

/// Options of `rcu repo restore`.
#[derive(Debug, ClapArgs)]
pub struct Restore {
    #[command(flatten)]
    pub place: Place,
    /// The backup.
    from: PathBuf,
    /// A list of erasures kept apart (`rcu repo erasures`), to be done again; may be given several times. Those of the
    /// repository that is replaced are done again in any case.
    #[arg(long, value_name = "FILE")]
    replay: Vec<PathBuf>,
}

impl Restore {
    pub fn run(&self) -> Result<Outcome, Error> {
        let plan = self.place.base.plan(&self.place.config)?;
        self.place.must(&plan, Right::Erase)?;
        let lists: Result<Vec<_>, Error> = self.replay.iter().map(|f| repo::read_erased(f)).collect();
        let opening = self.place.opening();
        let copied = Desk::restore(&plan, &opening, &self.from, lists?, &self.place.act())?;
        let done = &copied.restored;
        let people: usize = done.replayed.iter().map(|r| r.done.len()).sum();
        if self.place.base.json {
            print_json(&copied);
        } else {
            println!("{} is what {} holds", self.place.store.display(), self.from.display());
            if !done.replayed.is_empty() {
                println!("{} people who were erased since are erased again", n(people as u64));
            }
            if let Some(why) = &done.unread {
                println!("whom the replaced repository had erased could not be read ({why}); see --replay");
            }
        }
        // Whoever it had erased may be back.
        let blind = done.unread.is_some() && self.replay.is_empty();
        Ok(if blind { Outcome::Findings } else { Outcome::Fine })
    }
}
