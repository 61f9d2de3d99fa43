//! What people may ask of those who keep their data, and what those owe the law.

use super::Desk;
use super::answer::{Corrected, Done};
use super::word::subject;
use rcu_core::Error;
use rcu_core::repository::{
    Act, Breach, Dossier, Erased, Objection, Portable, Restriction, Retained, Suspended,
};
use rcu_core::table::Table;
use rcu_core::time::Day;
use std::collections::BTreeMap;

impl Desk {
    /// Everything that is kept of a person, for themselves. The log says that it was read.
    ///
    /// # Errors
    /// [`Error::Argument`] for nobody, and for a role that may not; those of the store, here and below.
    pub fn access(&mut self, id: &str, act: &Act) -> Result<Dossier, Error> {
        self.writer()?.access(&subject(id), act)
    }

    /// The rows that the person gave, by source. The log says that they were handed out.
    ///
    /// # Errors
    /// Those of [`Desk::access`].
    pub fn portability(&mut self, id: &str, act: &Act) -> Result<Portable, Error> {
        self.writer()?.portability(&subject(id), act)
    }

    /// Pins what is right, and says which sources have to correct theirs.
    ///
    /// # Errors
    /// [`Error::Argument`] for nobody and for an unknown field.
    pub fn rectify(
        &mut self,
        id: &str,
        field: &str,
        value: Option<&str>,
        act: &Act,
    ) -> Result<Corrected, Error> {
        let done = self.writer()?.rectify(&subject(id), field, value, act)?;
        let (golden_id, corrections) = (done.golden_id, done.corrections);
        Ok(Corrected { done: Done::of(done.applied), golden_id, corrections })
    }

    /// Keeps a person and uses nothing of them: out of matching, exports and reads.
    ///
    /// # Errors
    /// Those of [`Desk::access`].
    pub fn restrict(&mut self, id: &str, act: &Act) -> Result<Restriction, Error> {
        self.writer()?.restrict(&subject(id), act)
    }

    /// Lifts a restriction.
    ///
    /// # Errors
    /// [`Error::Argument`] for somebody who is not restricted.
    pub fn lift_restriction(&mut self, id: &str, act: &Act) -> Result<Done, Error> {
        self.writer()?.lift_restriction(&subject(id), act).map(Done::of)
    }

    /// Who is restricted.
    ///
    /// # Errors
    /// Those of the store.
    pub fn restrictions(&mut self) -> Result<Vec<Suspended>, Error> {
        self.see(|r| r.restrictions())
    }

    /// Withdraws consents at once, with the proof of the person's word.
    ///
    /// # Errors
    /// [`Error::Argument`] for nobody and without a proof.
    pub fn object(&mut self, id: &str, objection: &Objection, act: &Act) -> Result<Done, Error> {
        self.writer()?.object(&subject(id), objection, act).map(Done::of)
    }

    /// Who and what is kept longer than its term; erased when `apply`.
    ///
    /// # Errors
    /// [`Error::Argument`] for a role that may not.
    pub fn retention(&mut self, apply: bool, act: &Act) -> Result<Retained, Error> {
        match apply {
            true => self.writer()?.apply_retention(act),
            false => self.see(|r| r.retention_due()),
        }
    }

    /// Keyed hashes of everybody who was erased, to be kept apart from the backups.
    ///
    /// # Errors
    /// Those of the store.
    pub fn erasures(&mut self) -> Result<Erased, Error> {
        self.see(|r| r.erased())
    }

    /// Tables of people whom nobody can name, for statistics and tests.
    ///
    /// # Errors
    /// [`Error::Argument`] for an extract without a name.
    pub fn pseudonymised(&mut self, extract: &str, act: &Act) -> Result<BTreeMap<String, Table>, Error> {
        self.writer()?.pseudonymised(extract, act)
    }

    /// Whose data were read or handed out from one day to another, both included.
    ///
    /// # Errors
    /// Those of the store.
    pub fn breach(&mut self, from: Day, to: Day, by: Option<&str>) -> Result<Breach, Error> {
        self.see(|r| {
            let zone = r.plan().zone;
            r.breach(zone.instant(from, 0), zone.instant(to, 86_400), by)
        })
    }
}
