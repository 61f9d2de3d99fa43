//! Golden values that stewards lock in a kept repository: pinned, ignored, cleared.

use super::{Change, Repository, Store};
use crate::error::Error;
use crate::matching::ruling::RecordRef;
use crate::survivorship::{Lock, LockPlan};

/// Locks after a change.
#[derive(Default)]
pub(super) struct Locking {
    /// All locks that stand, those of the configuration among them.
    pub plans: Vec<LockPlan>,
    /// Locks to keep and to take away.
    pub put: Vec<Lock>,
    pub gone: Vec<Lock>,
    /// The records that they follow.
    pub about: Vec<RecordRef>,
}

/// Whether two locks are on the same value of the same field of the same record.
pub(super) fn same(a: &Lock, b: &Lock) -> bool {
    let place = |l: &Lock| (l.source.clone(), l.record_id.clone(), l.field.clone(), l.kind);
    place(a) == place(b) && a.value == b.value
}

fn follows(lock: &Lock) -> Option<RecordRef> {
    Some(RecordRef { source: lock.source.clone()?, record_id: lock.record_id.clone()? })
}

impl<S: Store> Repository<S> {
    /// Locks of stewards that stand, those of the configuration left out.
    ///
    /// # Errors
    /// Those of the store.
    pub fn locks(&self) -> Result<Vec<Lock>, Error> {
        self.store.locks()
    }

    /// What the locks of a change come to. A lock on a golden id follows the first record of the person from then on.
    pub(super) fn locking(&self, change: &Change) -> Result<Locking, Error> {
        let mut locking = Locking { gone: change.unlocked.clone(), ..Locking::default() };
        for lock in &mut locking.gone {
            self.anchor(lock)?;
        }
        for lock in &change.locks {
            let mut lock = lock.clone();
            self.anchor(&mut lock)?;
            locking.put.push(lock);
        }
        let mut all = self.store.locks()?;
        for (old, new) in &change.renamed {
            for lock in all.iter().filter(|l| follows(l).as_ref() == Some(old)) {
                locking.gone.push(lock.clone());
                locking.put.push(Lock { record_id: Some(new.trim().to_owned()), ..lock.clone() });
            }
        }
        let over = |l: &Lock| locking.put.iter().chain(&locking.gone).any(|x| same(x, l));
        all.retain(|l| !over(l));
        all.extend(locking.put.iter().cloned());
        locking.about = locking.put.iter().chain(&locking.gone).filter_map(follows).collect();
        locking.plans = self.compiled(&all)?;
        Ok(locking)
    }

    /// Locks of the configuration, and these.
    pub(super) fn compiled(&self, locks: &[Lock]) -> Result<Vec<LockPlan>, Error> {
        let kept = |l: &&LockPlan| !self.locked.contains(&l.lock) && !locks.contains(&l.lock);
        let of_config = self.plan.survivorship.locks.iter().filter(kept);
        let mut plans: Vec<LockPlan> = of_config.cloned().collect();
        let (sources, context) = (self.plan.source_names(), self.plan.setting().context);
        let mut problems = Vec::new();
        for lock in locks {
            plans.extend(LockPlan::compile(
                lock,
                "lock",
                &self.plan.fields,
                &sources,
                &context,
                &mut problems,
            ));
        }
        match problems.is_empty() {
            true => Ok(plans),
            false => Err(Error::Config { problems }),
        }
    }

    fn anchor(&self, lock: &mut Lock) -> Result<(), Error> {
        let Some(id) = &lock.golden_id else { return Ok(()) };
        let first = self.person(id)?.and_then(|p| p.members.first().copied());
        let Some(record) = first.map(|o| self.reference(o)).transpose()?.flatten() else {
            let reason = format!("golden id {id} names nobody who is kept");
            return Err(Error::Argument { argument: "lock".into(), reason });
        };
        (lock.golden_id, lock.source, lock.record_id) = (None, Some(record.source), Some(record.record_id));
        Ok(())
    }
}
