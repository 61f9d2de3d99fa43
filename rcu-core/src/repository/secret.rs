//! The secret of an installation: whether the one at hand is that of the store.

use super::Repository;
use super::log::{hex, keyed};
use super::rulings::Book;
use super::store::Store;
use crate::config::Plan;
use crate::error::Error;
use crate::matching::ruling::Ruling;

/// Under which name the check value is kept: a keyed hash of nothing that anybody has.
pub(super) const CHECK: &str = "secret_check";

fn value(secret: &[u8]) -> String {
    keyed(secret, [&b"rcu: is this the secret of the store?"[..]]).map_or_else(String::new, hex)
}

/// Whether a check value is that of a secret.
pub(super) fn is_of(secret: &[u8], check: &str) -> bool {
    check == value(secret)
}

fn refused(reason: &str) -> Error {
    Error::Argument { argument: "secret".into(), reason: reason.to_owned() }
}

/// Refuses a secret that is not the store's; none is refused where nothing keyed can be right without one.
pub(super) fn check<S: Store>(store: &S, secret: &[u8]) -> Result<(), Error> {
    match store.meta(CHECK)? {
        None => Ok(()),
        Some(_) if secret.is_empty() => Err(refused(
            "is missing: this repository is kept with one, which seals its log; open it with that one",
        )),
        Some(kept) if kept == value(secret) => Ok(()),
        Some(_) => Err(refused(
            "is not the one that this repository was made with; with another one neither its log nor the marks of \
             erased people can be read, so nothing was done",
        )),
    }
}

/// The same; with the first secret that a store sees, its check value is kept.
pub(super) fn hold<S: Store>(store: &mut S, secret: &[u8]) -> Result<(), Error> {
    if !secret.is_empty() && store.meta(CHECK)?.is_none() {
        return store.put_meta(CHECK, &value(secret));
    }
    check(store, secret)
}

impl<S: Store> Repository<S> {
    /// As [`Repository::open`], with the secret of this installation from the start: a wrong one is refused here.
    ///
    /// # Errors
    /// [`Error::Argument`] for a secret that is not that of the store; those of [`Repository::open`].
    pub fn open_with(plan: Plan, store: S, secret: impl Into<Vec<u8>>) -> Result<Repository<S>, Error> {
        let secret = secret.into();
        check(&store, &secret)?;
        let mut repository = Repository::look_at(plan, store)?.with_secret(secret);
        repository.take_decisions()?;
        Ok(repository)
    }

    /// Adds decisions that the plan names on pairs that the store has none on.
    pub(super) fn take_decisions(&mut self) -> Result<(), Error> {
        let missing = |r: &&Ruling| self.book.get(&r.a, &r.b).is_none();
        let decisions: Vec<Ruling> = self.plan.rulings.iter().filter(missing).cloned().collect();
        match decisions.is_empty() {
            true => Ok(()),
            false => self.apply(super::Change { decisions, ..super::Change::default() }).map(drop),
        }
    }

    /// What a store keeps, without anything being added to it.
    pub(super) fn look_at(plan: Plan, store: S) -> Result<Repository<S>, Error> {
        let plan = plan.kept();
        super::check_plan(&plan)?;
        if let Some(made_by) = store.meta(super::RULES)?
            && made_by != super::rules::number(&plan)
        {
            let reason = "differs from the rules that the repository was built with (or the version of rcu does); \
                          see what would change with a dry run of `migrate`, then migrate";
            return Err(Error::Argument { argument: "config".into(), reason: reason.into() });
        }
        let book = Book::new(store.rulings()?);
        let (wanted, plan) = (plan.as_of, super::refresh::on_kept_day(plan, &store)?);
        let mut repository = Repository {
            plan,
            store,
            book,
            secret: Vec::new(),
            locked: Vec::new(),
            wanted,
            role: None,
            known_rows: false,
        };
        repository.take_locks()?;
        Ok(repository)
    }
}

#[cfg(test)]
mod tests {
    use super::super::MemoryStore;
    use super::*;

    #[test]
    fn the_first_secret_is_that_of_the_store() {
        let mut store = MemoryStore::default();
        hold(&mut store, b"").unwrap();
        assert!(check(&store, b"any").is_ok(), "nothing keyed is there yet");
        hold(&mut store, b"the secret").unwrap();
        assert!(hold(&mut store, b"the secret").is_ok());
        let wrong = hold(&mut store, b"another").unwrap_err().to_string();
        assert!(wrong.contains("not the one"), "{wrong}");
        assert!(check(&store, b"").unwrap_err().to_string().contains("missing"));
    }
}
