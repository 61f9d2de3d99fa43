//! Online accounts that are idle (`domain.md` §7.4): who has one, and who was listed to be warned before it ends.

use super::super::Repository;
use super::super::log::{self, Act, Action, Entry};
use super::super::store::{Ordinal, Store};
use super::contacts::last_contact;
use super::retention::Due;
use crate::error::Error;
use crate::time::Day;

/// Which of a person's records are online accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Accounts {
    None,
    Some,
    All,
}

/// Name in the store of what says that somebody was listed to be warned: since when they are idle, and on which day.
fn warned(golden_id: &str) -> String {
    format!("warned {golden_id}")
}

/// Takes out what is noted of people who were erased.
pub(in super::super) fn forget_notes<S: Store>(store: &mut S, golden_ids: &[String]) -> Result<(), Error> {
    for name in golden_ids.iter().flat_map(|id| [warned(id), last_contact(id)]) {
        if store.meta(&name)?.is_some_and(|said| !said.is_empty()) {
            store.put_meta(&name, "")?;
        }
    }
    Ok(())
}

impl<S: Store> Repository<S> {
    /// Which of some records are online accounts.
    pub(super) fn accounts(&self, members: &[Ordinal]) -> Result<Accounts, Error> {
        if !self.plan.has_accounts() {
            return Ok(Accounts::None);
        }
        let mut accounts = 0;
        for o in members {
            let source = self.store.name_of(*o)?.and_then(|(s, _)| self.plan.sources.get(usize::from(s)));
            accounts += usize::from(source.is_some_and(|s| s.spec.accounts));
        }
        Ok(match accounts {
            0 => Accounts::None,
            n if n == members.len() => Accounts::All,
            _ => Accounts::Some,
        })
    }

    /// The day on which somebody was listed to be warned; none when they did something since.
    pub(super) fn warned_on(&self, golden_id: &str, since: Day) -> Result<Option<Day>, Error> {
        let said = self.store.meta(&warned(golden_id))?;
        let days = said.as_deref().and_then(|text| text.split_once(' '));
        Ok(days.filter(|(idle, _)| *idle == since.to_string()).and_then(|(_, on)| Day::parse_iso(on)))
    }

    /// Takes note that people were listed to be warned.
    pub(super) fn take_warnings(&mut self, listed: &[Due], act: &Act) -> Result<(), Error> {
        let change = self.store.entry_at(i64::MAX)?.map_or(0, |e| e.change);
        let today = self.plan.as_of;
        for due in listed {
            let Some(id) = &due.golden_id else { continue };
            self.store.put_meta(&warned(id), &format!("{} {today}", due.since))?;
            let about = format!("{id}, to be warned: idle since {}, ends {}", due.since, due.until);
            let entry = Entry::new(act, Action::Retention, change, about, String::new(), String::new());
            log::write(&mut self.store, &self.secret, entry)?;
        }
        Ok(())
    }
}
