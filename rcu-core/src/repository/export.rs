//! What is handed out whole, and what the log says of reading.

use super::Repository;
use super::log::{self, Act, Action, Entry};
use super::store::{Person, PersonNumber, Store};
use crate::access::{Area, Right, Sight, area_of, masked};
use crate::error::Error;
use crate::field;
use crate::normalize::Kind;
use crate::output::{OutColumn, OutTable};
use crate::table::{Column, TextColumn};
use crate::time::Day;

impl<S: Store> Repository<S> {
    /// The tables `golden`, one row per person in the order of golden ids, and `crosswalk`, one row per record in the order
    /// of sources and identifiers. A role gets what it sees, masks included; identifiers that it does not see in clear are
    /// left out.
    ///
    /// # Errors
    /// [`Error::Argument`] when the role may not; those of the store.
    pub fn tables(&self) -> Result<[OutTable; 2], Error> {
        self.must(Right::Export)?;
        let role = self.eyes(None, None)?;
        let mut people: Vec<(PersonNumber, Person)> = Vec::new();
        self.store.each_person(&mut |n, p| people.push((n, p)))?;
        if let Some(role) = role.as_ref().filter(|r| r.sees_a_part()) {
            let mut seen = Vec::new();
            for (n, p) in people {
                seen.extend(self.within(Some(role), &p)?.map(|p| (n, p)));
            }
            people = seen;
        }
        let sight = |area: Area| role.as_ref().map_or(Sight::Clear, |r| r.sees(area));
        people.sort_by(|a, b| a.1.golden_id.cmp(&b.1.golden_id));
        let mut homes: Vec<String> = Vec::with_capacity(people.len());
        let mut rows: Vec<(u16, String, usize)> = Vec::new();
        for (at, (number, person)) in people.iter().enumerate() {
            let home = self.store.standing(*number)?.unwrap_or_default().household;
            homes.push(if sight(Area::Household) == Sight::Clear { home } else { String::new() });
            for o in &person.members {
                if sight(Area::Records) == Sight::Clear {
                    rows.extend(self.store.name_of(*o)?.map(|(source, id)| (source, id, at)));
                }
            }
        }
        rows.sort_unstable();
        let text = |all: TextColumn| OutColumn::Text(Column::Plain(all));
        let mut columns = vec![
            ("golden_id".to_owned(), text(people.iter().map(|(_, p)| Some(p.golden_id.as_str())).collect())),
            ("household_id".to_owned(), text(homes.iter().map(|h| Some(h.as_str())).collect())),
            (
                "records".to_owned(),
                OutColumn::Integer(people.iter().map(|(_, p)| Some(p.members.len() as i64)).collect()),
            ),
        ];
        for (ix, f) in self.plan.fields.iter().enumerate() {
            if field::ROLE_FIELDS.contains(&ix) || (field::RARE_FIELDS.contains(&ix) && !self.plan.maps(ix)) {
                continue;
            }
            let value = |p: &Person| -> Option<usize> { p.values.iter().position(|v| v.field == ix) };
            let texts = people.iter().map(|(_, p)| value(p).map(|i| p.values[i].text.as_str()));
            let area = area_of(ix, f.kind);
            let seen = role.as_ref().map_or(Sight::Clear, |r| r.sees_field(&f.name, area));
            let column = match f.kind {
                _ if seen == Sight::Hidden => continue,
                _ if seen != Sight::Clear => {
                    let shown: Vec<Option<String>> =
                        texts.map(|t| t.and_then(|t| masked(area, f.kind, t))).collect();
                    text(shown.iter().map(Option::as_deref).collect())
                }
                Kind::BirthDate | Kind::Date => {
                    OutColumn::Day(texts.map(|t| t.and_then(Day::parse_iso).map(|d| d.0)).collect())
                }
                _ => text(texts.collect()),
            };
            columns.push((f.name.clone(), column));
        }
        let golden = OutTable { name: "golden", columns };
        let name = |source: u16| self.plan.sources.get(usize::from(source)).map(|s| s.name.as_str());
        let columns = vec![
            ("source".to_owned(), text(rows.iter().map(|(s, _, _)| name(*s)).collect())),
            ("record_id".to_owned(), text(rows.iter().map(|(_, id, _)| Some(id.as_str())).collect())),
            (
                "golden_id".to_owned(),
                text(rows.iter().map(|(_, _, at)| Some(people[*at].1.golden_id.as_str())).collect()),
            ),
            (
                "household_id".to_owned(),
                text(rows.iter().map(|(_, _, at)| Some(homes[*at].as_str())).collect()),
            ),
        ];
        Ok([golden, OutTable { name: "crosswalk", columns }])
    }

    /// Writes into the log that someone read a person as a role sees them, and for which purpose, if for one.
    ///
    /// # Errors
    /// Those of the store.
    pub fn note_read(
        &mut self,
        golden_id: &str,
        role: &str,
        purpose: Option<&str>,
        act: &Act,
    ) -> Result<Entry, Error> {
        let purpose = purpose.map_or(String::new(), |p| format!(" for {p}"));
        self.note(act, Action::Read, format!("{golden_id} as {role}{purpose}"))
    }

    /// Writes into the log that something was handed out. `what` names it and holds no value of anybody.
    ///
    /// # Errors
    /// Those of the store.
    pub fn note_export(&mut self, what: &str, act: &Act) -> Result<Entry, Error> {
        self.note(act, Action::Export, what.to_owned())
    }

    pub(super) fn note(&mut self, act: &Act, action: Action, about: String) -> Result<Entry, Error> {
        let change = self.store.entry_at(i64::MAX)?.map_or(0, |e| e.change);
        let entry = Entry::new(act, action, change, about, String::new(), String::new());
        self.store.begin()?;
        let done = log::write(&mut self.store, &self.secret, entry).and_then(|entry| {
            self.store.commit()?;
            Ok(entry)
        });
        if done.is_err() {
            self.store.roll_back();
        }
        done
    }
}
