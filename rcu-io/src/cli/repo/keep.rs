//! Commands for whoever answers for the repository: erasure, other rules, copies.

use super::super::Outcome;
use super::super::base::print_json;
use super::{Place, record};
use clap::Args as ClapArgs;
use rcu_core::Error;
use rcu_core::access::Right;
use rcu_core::repository::{Repository, Subject};
use rcu_io::repo;
use rcu_io::show::n;
use rcu_io::store::SqliteStore;
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
        let mut repository = self.place.open()?;
        let subject = match record("ID", &self.id) {
            Ok(r) => Subject::Record(r),
            Err(_) => Subject::GoldenId(self.id.clone()),
        };
        if !self.yes {
            let person = match &subject {
                Subject::Record(r) => repository.person_of(r)?,
                Subject::GoldenId(id) => repository.person(id)?,
            };
            let Some(person) = person else {
                let reason = "names nobody who is kept".into();
                return Err(Error::Argument { argument: "id".into(), reason });
            };
            let facts = repository.facts_of(&person)?.len();
            println!(
                "{} with {} records and {facts} facts would be erased; say --yes to do it",
                person.golden_id,
                person.members.len()
            );
            return Ok(Outcome::Findings);
        }
        let erasure = repository.erase(&subject, &self.place.act())?;
        let files = repo::files_of(&self.place.store);
        let traces = repo::scan(&repository, &files, &erasure.values)?;
        if self.place.base.json {
            print_json(&serde_json::json!({ "erasure": erasure, "traces": traces }));
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
        Ok(if traces.left == 0 && erasure.unswept.is_none() { Outcome::Fine } else { Outcome::Findings })
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
            print_json(&serde_json::json!({ "lifted": lifted }));
        } else {
            println!("{lifted} tombstones of erasure {} are lifted", self.erasure);
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
        self.place.there()?;
        let plan = self.place.base.plan(&self.place.config)?;
        self.place.must(&plan, Right::Update)?;
        let store = SqliteStore::open(&self.place.store, &plan, self.place.options())?;
        let bar = self.place.base.bar();
        let act = self.place.act();
        let (_, m) = Repository::migrate(plan, store, self.place.secret()?, &act, self.dry_run, &bar)?;
        bar.finish();
        if self.place.base.json {
            print_json(&serde_json::json!({ "migration": m, "sample": m.sample, "rejects": m.rejects }));
            return Ok(Outcome::Fine);
        }
        let would = if m.dry_run { "would become" } else { "became" };
        println!(
            "{} records, {} with other values; {} people {would} {}",
            n(m.records.1),
            n(m.changed_records),
            n(m.people.0),
            n(m.people.1)
        );
        for (kind, count) in &m.events {
            let name = serde_json::to_value(kind).ok().and_then(|v| v.as_str().map(str::to_owned));
            println!("{:>12} {}", name.unwrap_or_default(), n(*count));
        }
        m.values.iter().for_each(|(field, count)| println!("  {field}: {} golden values", n(*count)));
        if !m.rejects.is_empty() {
            println!("{} rows are not kept under the new rules", n(m.rejects.len() as u64));
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
        let repository = self.place.look()?;
        repository.must_see_all()?;
        repository.store().backup(&self.to)?;
        if !self.place.base.json {
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
        let done = repo::restore(
            &plan,
            &self.from,
            &self.place.store,
            lists?,
            || self.place.secret(),
            &self.place.options(),
            &self.place.act(),
        )?;
        let people: usize = done.replayed.iter().map(|r| r.done.len()).sum();
        if self.place.base.json {
            print_json(&done);
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
