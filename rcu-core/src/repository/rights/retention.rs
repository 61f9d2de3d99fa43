//! Terms of retention (`domain.md` §7.4): who and what is due, said first and done when asked. The clock is the person's
//! last contact: what they bought, asked, answered, clicked or visited; not what was sent to them, nor an e-mail opened.

use super::super::log::{self, Act, Action};
use super::super::store::{Ordinal, PersonNumber, Store};
use super::super::{Change, Erasure, Repository};
use super::accounts::Accounts;
use super::contacts::{CONTACTS, value_of};
use super::object::Objection;
use crate::access::Right;
use crate::consent::{State, Status};
use crate::error::Error;
use crate::matching::ruling::RecordRef;
use crate::time::Day;
use serde::Serialize;
use std::collections::BTreeMap;

/// What is done about something that is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Remedy {
    /// The person is erased; sales that accounts need stay without them.
    Erase,
    /// The person is told that their account is idle and when it ends; `until` is that day. Doing it takes note that they
    /// were listed, by which they may be erased then.
    Warn,
    /// Consents to prospecting are over; the person stays.
    StopProspecting,
    /// The row is taken out.
    Remove,
    /// Entries of the log no longer say who did what to whom.
    Thin,
}

/// Somebody or something whose term is over.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Due {
    /// What would be done.
    pub remedy: Remedy,
    /// The rule, as in the configuration.
    pub rule: String,
    /// The golden id of the person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub golden_id: Option<String>,
    /// The row, when it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row: Option<RecordRef>,
    /// Last contact of the person, or date of the row, `YYYY-MM-DD`.
    pub since: String,
    /// First day on which the term is over.
    pub until: String,
}

/// What a run of retention found, and did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Retained {
    /// Whether it was done, and not only listed.
    pub applied: bool,
    /// Everything that is due, people first.
    pub due: Vec<Due>,
    /// People of whom nothing has a date, so that no term can be judged.
    pub undated: Vec<String>,
    /// What was erased.
    pub erasures: Vec<Erasure>,
}

/// Months as a day's arithmetic takes them.
fn months(n: u32) -> i32 {
    i32::try_from(n).unwrap_or(i32::MAX / 12).min(12_000)
}

impl<S: Store> Repository<S> {
    /// Everybody and everything whose term is over on the repository's day. Nothing is done.
    ///
    /// # Errors
    /// Those of the store.
    pub fn retention_due(&self) -> Result<Retained, Error> {
        self.due_and_ending().map(|(found, _)| found)
    }

    /// The same with the last contacts that rows tell of which are due.
    fn due_and_ending(&self) -> Result<(Retained, BTreeMap<PersonNumber, Day>), Error> {
        self.must(Right::Erase)?;
        let terms = &self.plan.config.retention;
        let today = self.plan.as_of;
        let over = |since: Day, months: u32| -> Option<Day> {
            let until = since.add_months(self::months(months));
            (months > 0 && until <= today).then_some(until)
        };
        let mut found = Retained::default();
        let contacts = self.contacts(&mut |source, id, day, values| {
            let term =
                self.plan.config.retention.of_row(&source.spec.family, &|name| value_of(values, name))?;
            let until = over(day, term.months)?;
            let row = RecordRef { source: source.name.clone(), record_id: id.to_owned() };
            let (since, until) = (day.to_string(), until.to_string());
            Some(Due {
                remedy: Remedy::Remove,
                rule: term.rule,
                golden_id: None,
                row: Some(row),
                since,
                until,
            })
        })?;
        found.due.extend(contacts.due);
        let noted = self.store.meta(CONTACTS)?.is_some();
        let mut people: Vec<(Vec<String>, PersonNumber, Vec<Ordinal>)> = Vec::new();
        self.store.each_person(&mut |n, p| {
            let ids = std::iter::once(p.golden_id).chain(p.aliases);
            people.push((ids.collect(), n, p.members));
        })?;
        for (ids, number, members) in people {
            let contact = contacts.of.get(&number).copied().unwrap_or_default();
            let before = if noted { self.noted_contact(&ids)? } else { None };
            let Some(golden_id) = ids.into_iter().next() else { continue };
            let last = match contact.last.max(before) {
                Some(day) => Some(day),
                None => self.first_known(&members)?,
            };
            let Some(since) = last else {
                found.undated.push(golden_id);
                continue;
            };
            let due = |remedy, rule: &str, until: Day| Due {
                remedy,
                rule: rule.to_owned(),
                golden_id: Some(golden_id.clone()),
                row: None,
                since: since.to_string(),
                until: until.to_string(),
            };
            // Evidence of a contract outlasts the account.
            let accounts = if contact.bought { Accounts::None } else { self.accounts(&members)? };
            let (rule, months) = match accounts {
                _ if contact.bought => ("contracts_months", terms.contracts_months),
                Accounts::All if terms.accounts_months > 0 => ("accounts_months", terms.accounts_months),
                _ => ("prospects_months", terms.prospects_months),
            };
            let standing = self.store.standing(number)?.unwrap_or_default();
            // The proof of an opposition is kept for its own term.
            let opposed = standing.consents.iter().any(|c| {
                let no = [State::Withdrawn.name(), State::Denied.name()].contains(&c.state.as_str());
                let date = Day::parse_iso(&c.date);
                no && date.is_some_and(|d| over(d, terms.oppositions_months).is_none())
            });
            if accounts != Accounts::None && months > 0 && !opposed {
                let end = since.add_months(self::months(months));
                let lead = self::months(terms.accounts_warning_months);
                match self.warned_on(&golden_id, since)? {
                    Some(day) => {
                        let end = end.max(day.add_months(lead));
                        found.due.extend((end <= today).then(|| due(Remedy::Erase, rule, end)));
                    }
                    None if end.add_months(-lead) <= today => {
                        found.due.push(due(Remedy::Warn, rule, end.max(today.add_months(lead))));
                    }
                    None => {}
                }
            } else if let (Some(until), false) = (over(since, months), opposed) {
                found.due.push(due(Remedy::Erase, rule, until));
            } else if let (true, Some(until)) = (contact.bought, over(since, terms.customers_months)) {
                let open = standing.consents.iter().any(|c| {
                    let prospecting = self.plan.purposes.all.get(&c.purpose).is_some_and(|p| p.prospecting);
                    prospecting && c.state == State::Granted.name()
                });
                if open {
                    found.due.push(due(Remedy::StopProspecting, "customers_months", until));
                }
            }
        }
        if let Some((_, first)) = self.old_log()? {
            let since = Day(first.div_euclid(86_400) as i32);
            found.due.extend(over(since, terms.logs_months).map(|until| Due {
                remedy: Remedy::Thin,
                rule: "logs_months".to_owned(),
                golden_id: None,
                row: None,
                since: since.to_string(),
                until: until.to_string(),
            }));
        }
        found.due.sort();
        found.undated.sort();
        Ok((found, contacts.ending))
    }

    /// Does what is due, and writes it into the log: people are erased as by request, consents end, old rows go, and who is
    /// to be warned is taken as told.
    ///
    /// # Errors
    /// [`Error::Argument`] without a secret, which erasing needs, or when the role may not; those of the store. What was
    /// done before an error stays done.
    pub fn apply_retention(&mut self, act: &Act) -> Result<Retained, Error> {
        let (mut found, ending) = self.due_and_ending()?;
        let of = |remedy: Remedy, found: &Retained| -> Vec<Due> {
            found.due.iter().filter(|d| d.remedy == remedy).cloned().collect()
        };
        let ids: Vec<String> = of(Remedy::Erase, &found).into_iter().filter_map(|d| d.golden_id).collect();
        if !ids.is_empty() {
            found.erasures = self.erase_all(&ids, act)?;
        }
        let warnings = of(Remedy::Warn, &found);
        if !warnings.is_empty() || !ending.is_empty() {
            self.store.begin()?;
            let noted = self.note_contacts(&ending).and_then(|()| self.take_warnings(&warnings, act));
            let done = noted.and_then(|()| self.store.commit());
            if done.is_err() {
                self.store.roll_back();
            }
            done?;
        }
        let stopped = of(Remedy::StopProspecting, &found);
        for id in stopped.iter().filter_map(|d| d.golden_id.clone()) {
            let Some(person) = self.person(&id)? else { continue };
            let proof = "term of retention".to_owned();
            let over = Objection { proof, ..Objection::default() };
            let about = format!("{id}, prospecting is over");
            self.state(&person, &over, Status::Expired, act, (Action::Retention, about))?;
        }
        let rows: Vec<RecordRef> = of(Remedy::Remove, &found).into_iter().filter_map(|d| d.row).collect();
        let removed = rows.len();
        if !rows.is_empty() {
            self.apply(Change { deletes: rows, act: act.clone(), ..Change::default() })?;
        }
        let thinned = self.thin_log(act)?;
        let about = format!(
            "{} people erased, {} to be warned, {} no longer solicited, {removed} rows, {thinned} entries of the log",
            ids.len(),
            warnings.len(),
            stopped.len()
        );
        self.note(act, Action::Retention, about)?;
        found.applied = true;
        Ok(found)
    }

    /// The moment before which entries of the log are too old; none when they are kept for ever.
    fn log_term(&self) -> Option<i64> {
        let term = self.plan.config.retention.logs_months;
        // A day is over when its term is: the first moment of the day after it.
        (term > 0).then(|| (i64::from(self.plan.as_of.add_months(-months(term)).0) + 1) * 86_400)
    }

    fn old_log(&self) -> Result<Option<(u64, i64)>, Error> {
        self.log_term().map_or(Ok(None), |before| log::thinnable(&self.store, before))
    }

    fn thin_log(&mut self, act: &Act) -> Result<u64, Error> {
        let Some(before) = self.log_term() else { return Ok(0) };
        self.store.begin()?;
        let thinned = log::thin(&mut self.store, &self.secret, before, act).and_then(|n| {
            self.store.commit()?;
            Ok(n)
        });
        if thinned.is_err() {
            self.store.roll_back();
        }
        thinned
    }
}
