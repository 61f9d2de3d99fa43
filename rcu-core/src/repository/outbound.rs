//! What each subscriber is sent (`domain.md` §6.2): everybody in its view, or what changed since it last acknowledged.
//!
//! Entries of the feed say who changed; the values that are sent are those of today, so a delivery that comes twice, or
//! late, never takes anything back. Whoever is no longer in a view comes as a removal.

use super::feed::{Event, EventKind};
use super::follow::AGREEMENT;
use super::rights::RESTRICTED;
use super::store::{Person, PersonNumber, Store};
use super::{Repository, Table};
use crate::access::{Area, Right, Sight, area_of, masked};
use crate::consent::State;
use crate::error::{Error, did_you_mean};
use crate::field::{self, FieldIx};
use crate::normalize::Kind;
use crate::records::OwnRecord;
use crate::subscriber::{Mode, SubscriberPlan, View};
use crate::table::{Column, TextColumn};
use crate::time::Day;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What happened to a row of a subscriber's table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowEvent {
    /// It is there, in a delivery of everybody.
    Present,
    /// A person who was not there.
    Created,
    /// Other values.
    Updated,
    /// The person took others in: their rows go.
    Merged,
    /// The person was part of another one.
    Unmerged,
    /// The row goes.
    Removed,
}

impl RowEvent {
    /// The word in files.
    pub fn name(self) -> &'static str {
        match self {
            RowEvent::Present => "present",
            RowEvent::Created => "created",
            RowEvent::Updated => "updated",
            RowEvent::Merged => "merged",
            RowEvent::Unmerged => "unmerged",
            RowEvent::Removed => "removed",
        }
    }
}

/// One row for a subscriber.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentRow {
    /// The person.
    pub golden_id: String,
    /// The subscriber's own record that the row is about; only where it is told what to correct.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record_id: Option<String>,
    /// What happened.
    pub event: RowEvent,
    /// Why: `new_person`, `values_changed`, `same_person`, `not_same_person`, `deleted`, `erased`, `restricted`, `left_view`, `no_consent`,
    /// `minor`, `corrections`.
    pub reason: String,
    /// Golden ids that the person took in, whose rows go.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub absorbed: Vec<String>,
    /// Columns that are new or differ; none for a value that is no more. The others stay as they are.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<String, Option<String>>,
}

/// What a subscriber is sent at once.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Outgoing {
    /// The subscriber.
    pub subscriber: String,
    /// Whether it takes the place of all that was sent before.
    pub full: bool,
    /// What the subscriber acknowledges when it has it.
    pub cursor: u64,
    /// Columns of the rows, in order.
    pub columns: Vec<String>,
    /// Rows, by golden id.
    pub rows: Vec<SentRow>,
}

impl Outgoing {
    /// The rows as a table of texts, as [`Sheet`] describes.
    ///
    /// # Errors
    /// Those of [`Table::new`].
    pub fn table(&self) -> Result<Table, Error> {
        let mut sheet = Sheet::new(self.columns.clone());
        self.rows.iter().for_each(|r| sheet.push(r));
        sheet.table()
    }
}

/// Rows for a subscriber as they come, side by side in columns: `golden_id`, `record_id`, `event`, `reason`, `absorbed`,
/// `changed`, then its own. Names in `absorbed` and `changed` are set apart by a blank; a column that is not in `changed`
/// stays as it was.
#[derive(Debug, Clone, Default)]
pub struct Sheet {
    columns: Vec<String>,
    head: [TextColumn; Sheet::HEAD.len()],
    cells: Vec<TextColumn>,
}

impl Sheet {
    /// The columns that every subscriber has.
    pub const HEAD: [&'static str; 6] = ["golden_id", "record_id", "event", "reason", "absorbed", "changed"];

    /// An empty one with a subscriber's own columns ([`Repository::columns`]).
    pub fn new(columns: Vec<String>) -> Sheet {
        let cells = columns.iter().map(|_| TextColumn::new()).collect();
        Sheet { columns, head: Default::default(), cells }
    }

    /// Adds a row.
    pub fn push(&mut self, row: &SentRow) {
        let list = |texts: Vec<&str>| (!texts.is_empty()).then(|| texts.join(" "));
        let [golden_id, record_id, event, reason, absorbed, changed] = &mut self.head;
        golden_id.push(Some(&row.golden_id));
        record_id.push(row.record_id.as_deref());
        event.push(Some(row.event.name()));
        reason.push(Some(&row.reason));
        absorbed.push(list(row.absorbed.iter().map(String::as_str).collect()).as_deref());
        changed.push(list(row.values.keys().map(String::as_str).collect()).as_deref());
        for (name, column) in self.columns.iter().zip(&mut self.cells) {
            column.push(row.values.get(name).and_then(Option::as_deref));
        }
    }

    /// The table.
    ///
    /// # Errors
    /// Those of [`Table::new`].
    pub fn table(self) -> Result<Table, Error> {
        let head = Sheet::HEAD.iter().map(|n| (*n).to_owned()).zip(self.head);
        let all = head.chain(self.columns.into_iter().zip(self.cells));
        Table::new(all.map(|(name, column)| (name, Column::Plain(column))).collect())
    }
}

/// What a subscriber has after some deliveries: its own table, and the proof that deliveries say everything.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Mirror {
    /// Values by golden id, own record (empty for none) and column.
    pub rows: BTreeMap<String, BTreeMap<String, BTreeMap<String, String>>>,
}

impl Mirror {
    /// Takes a delivery in; one that was taken in before changes nothing more.
    pub fn take(&mut self, delivery: &Outgoing) {
        if delivery.full {
            self.rows.clear();
        }
        for row in &delivery.rows {
            row.absorbed.iter().for_each(|id| drop(self.rows.remove(id)));
            if row.event == RowEvent::Removed {
                self.rows.remove(&row.golden_id);
                continue;
            }
            let of_person = self.rows.entry(row.golden_id.clone()).or_default();
            let own = of_person.entry(row.record_id.clone().unwrap_or_default()).or_default();
            for (column, value) in &row.values {
                match value {
                    Some(text) => own.insert(column.clone(), text.clone()),
                    None => own.remove(column),
                };
            }
        }
    }
}

/// Below this age nobody is prospected (`domain.md` §7.7).
pub(super) const PROSPECTED_FROM: i32 = 15;
/// The purpose of a consent by which a holder of parental authority allows it.
const PARENTAL_AUTHORITY: &str = "parental_authority";
/// Channels of an audience, each with a column that says whether it is open.
const CHANNELS: [(&str, &str); 4] = [
    ("email", "contactable_email"),
    ("sms", "contactable_sms"),
    ("phone", "contactable_phone"),
    ("post", "contactable_post"),
];
/// The column of the subscriber's own records.
const RECORDS: &str = "records";

/// A person in a view, or why not.
enum Seen {
    In(BTreeMap<String, Option<String>>),
    Out(&'static str),
}

/// What the feed says of a golden id since a cursor.
struct Touch {
    kind: EventKind,
    fields: BTreeSet<String>,
    /// All columns have to be sent.
    whole: bool,
    /// Nobody but the subscriber changed it.
    own: bool,
}

impl<S: Store> Repository<S> {
    /// A subscriber of the plan by its name.
    ///
    /// # Errors
    /// [`Error::Argument`] when there is none of that name.
    pub fn subscriber(&self, name: &str) -> Result<&SubscriberPlan, Error> {
        self.plan.subscribers.get(name).ok_or_else(|| {
            let known = || self.plan.subscribers.keys().map(String::as_str);
            let hint = did_you_mean(name, known());
            let listed = known().collect::<Vec<_>>().join(", ");
            let reason = format!("`{name}` is not a subscriber{hint}; subscribers are {listed}");
            Error::Argument { argument: "subscriber".into(), reason }
        })
    }

    /// Everybody in a subscriber's view, by golden id, one row at a time. Gives the cursor to acknowledge.
    ///
    /// # Errors
    /// [`Error::Argument`] for an unknown subscriber; those of the store.
    pub fn export_each(&self, subscriber: &str, each: &mut dyn FnMut(SentRow)) -> Result<u64, Error> {
        let s = self.subscriber(subscriber)?;
        self.may_take(s)?;
        let cursor = self.last_cursor()?;
        let mut people: Vec<(String, PersonNumber)> = Vec::new();
        self.store.each_person(&mut |n, p| people.push((p.golden_id, n)))?;
        people.sort_unstable();
        for (_, n) in people {
            let Some(person) = self.store.person(n)? else { continue };
            if s.view == View::SourceFeedback {
                self.corrections(s, &person)?.into_iter().for_each(&mut *each);
            } else if let Seen::In(values) = self.seen(s, &person)? {
                each(SentRow {
                    golden_id: person.golden_id,
                    record_id: None,
                    event: RowEvent::Present,
                    reason: String::new(),
                    absorbed: Vec::new(),
                    values,
                });
            }
        }
        Ok(cursor)
    }

    /// Everybody in a subscriber's view.
    ///
    /// # Errors
    /// Those of [`Repository::export_each`].
    pub fn export(&self, subscriber: &str) -> Result<Outgoing, Error> {
        let columns = self.columns(subscriber)?;
        let mut rows = Vec::new();
        let cursor = self.export_each(subscriber, &mut |row| rows.push(row))?;
        Ok(Outgoing { subscriber: subscriber.to_owned(), full: true, cursor, columns, rows })
    }

    /// Whether a subscriber is sent everybody next: it takes everybody each time, or never acknowledged anything.
    ///
    /// # Errors
    /// [`Error::Argument`] for an unknown subscriber; those of the store.
    pub fn takes_everybody(&self, subscriber: &str) -> Result<bool, Error> {
        Ok(self.subscriber(subscriber)?.mode == Mode::Full
            || self.store.acknowledged(subscriber)? == 0 && self.store.meta(&taken(subscriber))?.is_none())
    }

    /// What a subscriber has not acknowledged, from at most so many entries of the feed. One that never acknowledged
    /// anything, or that takes everybody each time, gets everybody.
    ///
    /// # Errors
    /// Those of [`Repository::export_each`].
    pub fn outgoing(&self, subscriber: &str, most: usize) -> Result<Outgoing, Error> {
        let s = self.subscriber(subscriber)?;
        self.may_take(s)?;
        let after = self.store.acknowledged(subscriber)?;
        if self.takes_everybody(subscriber)? {
            return self.export(subscriber);
        }
        let events = self.store.events(after, most)?;
        let cursor = events.last().map_or(after, |e| e.cursor);
        let rows = self.rows_for(s, &events)?;
        let columns = self.columns_of(s);
        Ok(Outgoing { subscriber: subscriber.to_owned(), full: false, cursor, columns, rows })
    }

    fn rows_for(&self, s: &SubscriberPlan, events: &[Event]) -> Result<Vec<SentRow>, Error> {
        let own_name = s.source.and_then(|p| self.plan.sources.get(usize::from(p))).map(|p| p.name.as_str());
        let mut touched: BTreeMap<String, Touch> = BTreeMap::new();
        for e in events.iter().filter(|e| e.reason != AGREEMENT || s.view == View::SourceFeedback) {
            let own = own_name.is_some_and(|n| e.sources.iter().all(|x| x == n) && !e.sources.is_empty());
            let own = own && matches!(e.kind, EventKind::Created | EventKind::Updated);
            let new = || Touch { kind: e.kind, fields: BTreeSet::new(), whole: false, own: true };
            let t = touched.entry(e.golden_id.clone()).or_insert_with(new);
            t.fields.extend(e.values.keys().chain(e.figures.keys()).cloned());
            // Whose consents changed may be seen in other fields.
            t.whole |= !e.consents.is_empty();
            t.whole |= matches!(e.kind, EventKind::Created | EventKind::Unmerged);
            t.own &= own;
            for other in &e.others {
                // Whoever was taken in may be on their own again.
                let t = touched.entry(other.clone()).or_insert_with(new);
                (t.whole, t.own) = (true, false);
            }
        }
        let mut live: BTreeMap<String, Person> = BTreeMap::new();
        let mut absorbed: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut rows = Vec::new();
        for id in touched.keys() {
            match self.person(id)? {
                Some(p) if p.golden_id == *id => drop(live.insert(id.clone(), p)),
                Some(p) if touched.contains_key(&p.golden_id) => {
                    absorbed.entry(p.golden_id).or_default().push(id.clone());
                }
                // The entry that says into whom is still to come.
                Some(_) => rows.push(removed(id, "same_person")),
                None => {
                    let erased = self.store.named(id)?.is_some_and(|n| n.erased);
                    let restricted = || Ok::<_, Error>(!self.store.asides_of(id)?.is_empty());
                    let reason = match erased {
                        true => "erased",
                        false if self.store.meta(RESTRICTED)?.is_some() && restricted()? => RESTRICTED,
                        false => "deleted",
                    };
                    rows.push(removed(id, reason));
                }
            }
        }
        let gates: Vec<&str> =
            s.filter.iter().filter_map(|c| self.plan.fields.get(c.field)).map(|f| f.name.as_str()).collect();
        for (id, person) in live {
            let Some(t) = touched.get(&id) else { continue };
            let absorbed = absorbed.remove(&id).unwrap_or_default();
            if s.view == View::SourceFeedback {
                rows.extend(absorbed.iter().map(|a| removed(a, "same_person")));
                rows.push(removed(&id, "corrections"));
                rows.extend(self.corrections(s, &person)?);
                continue;
            }
            let gated = s.view.is_audience()
                || s.role.is_limited()
                || t.fields.iter().any(|f| gates.contains(&f.as_str()));
            let mut values = match self.seen(s, &person)? {
                Seen::In(values) => values,
                Seen::Out(why) => {
                    if t.whole || gated || !absorbed.is_empty() {
                        rows.push(removed(&id, why));
                    }
                    rows.extend(absorbed.iter().map(|a| removed(a, "same_person")));
                    continue;
                }
            };
            if !t.whole && !gated {
                values.retain(|name, _| t.fields.contains(name) || name == RECORDS);
            }
            if t.own {
                self.drop_echo(s, &person, &t.fields, &mut values)?;
            }
            if values.is_empty() && absorbed.is_empty() {
                continue;
            }
            let (event, reason) = match t.kind {
                _ if !absorbed.is_empty() => (RowEvent::Merged, "same_person"),
                EventKind::Created => (RowEvent::Created, "new_person"),
                EventKind::Unmerged => (RowEvent::Unmerged, "not_same_person"),
                EventKind::Merged if t.whole => (RowEvent::Unmerged, "not_same_person"),
                _ => (RowEvent::Updated, "values_changed"),
            };
            rows.push(SentRow {
                golden_id: id,
                record_id: None,
                event,
                reason: reason.into(),
                absorbed,
                values,
            });
        }
        // A removal of a person's corrections stays before the new ones.
        rows.sort_by(|a, b| a.golden_id.cmp(&b.golden_id));
        Ok(rows)
    }

    /// Takes out what the subscriber itself sent: values of its own records.
    fn drop_echo(
        &self,
        s: &SubscriberPlan,
        person: &Person,
        told: &BTreeSet<String>,
        values: &mut BTreeMap<String, Option<String>>,
    ) -> Result<(), Error> {
        // Figures are those of somebody without facts until the feed says otherwise.
        values.retain(|name, _| !s.figures.contains(name) || told.contains(name));
        for v in &person.values {
            let Some(f) = self.plan.fields.get(v.field) else { continue };
            if values.contains_key(&f.name) && self.store.record(v.from)?.map(|k| k.record.source) == s.source
            {
                values.remove(&f.name);
            }
        }
        values.remove(RECORDS);
        // Of a new person nothing is known that was not sent.
        if values.values().all(Option::is_none) {
            values.clear();
        }
        Ok(())
    }

    /// Refuses to hand out what another role is sent: it may see more than the role that the repository is used as.
    fn may_take(&self, s: &SubscriberPlan) -> Result<(), Error> {
        self.must(Right::Export)?;
        match &self.role {
            Some(role) if role.name != s.role.name => self.must_see_all(),
            _ => Ok(()),
        }
    }

    /// Whether a person is in a subscriber's view today.
    pub(super) fn is_in_view(&self, s: &SubscriberPlan, person: &Person) -> Result<bool, Error> {
        Ok(matches!(self.seen(s, person)?, Seen::In(_)))
    }

    /// A person as a subscriber sees them.
    fn seen(&self, s: &SubscriberPlan, person: &Person) -> Result<Seen, Error> {
        let Some(part) = self.within(Some(&s.role), person)? else { return Ok(Seen::Out("left_view")) };
        // Figures are of all records together.
        let is_whole = part.members.len() == person.members.len();
        let person = &part;
        let text = |f: FieldIx| person.values.iter().find(|v| v.field == f).map(|v| v.text.as_str());
        if !s.filter.iter().all(|c| c.holds(text(c.field))) {
            return Ok(Seen::Out("left_view"));
        }
        let consented = s.fields.iter().any(|(_, sight)| *sight == Sight::Consented);
        let mut open: Vec<&str> = Vec::new();
        if s.view.is_audience() || consented {
            let has = |fields: &[FieldIx]| fields.iter().any(|f| text(*f).is_some());
            let agreed = self.agreed(&s.purpose, person)?;
            let reach = |channel: &str| match channel {
                "email" => has(&[field::EMAIL]),
                "sms" => has(&[field::MOBILE]),
                "phone" => has(&[field::MOBILE, field::LANDLINE]),
                _ => has(&[field::STREET]) && has(&[field::POSTCODE]),
            };
            let is_open = |c: &&str| agreed.contains(*c) && reach(c);
            open.extend(CHANNELS.iter().map(|(channel, _)| *channel).filter(is_open));
        }
        if s.view.is_audience() {
            let born = text(field::BIRTH_DATE).and_then(Day::parse_iso);
            if born.is_some_and(|d| d.age_on(self.plan.as_of) < PROSPECTED_FROM) {
                // By the channels that a holder of parental authority agreed to.
                let allowed = self.agreed(PARENTAL_AUTHORITY, person)?;
                open.retain(|c| allowed.contains(*c) || allowed.contains(""));
                if open.is_empty() {
                    return Ok(Seen::Out("minor"));
                }
            }
            if open.is_empty() {
                return Ok(Seen::Out("no_consent"));
            }
        }
        let mut values: BTreeMap<String, Option<String>> = BTreeMap::new();
        for (ix, sight) in &s.fields {
            let Some(f) = self.plan.fields.get(*ix) else { continue };
            let agreed = match f.kind {
                Kind::Email => open.contains(&"email"),
                Kind::Phone => open.contains(&"phone") || *ix == field::MOBILE && open.contains(&"sms"),
                _ => false,
            };
            let value = text(*ix).and_then(|t| match sight {
                Sight::Clear => Some(t.to_owned()),
                Sight::Consented => agreed.then(|| t.to_owned()),
                Sight::Masked => masked(area_of(*ix, f.kind), f.kind, t),
                Sight::Hidden => None,
            });
            values.insert(f.name.clone(), value);
        }
        if s.view.is_audience() {
            for (channel, column) in CHANNELS {
                values.insert(column.to_owned(), Some(open.contains(&channel).to_string()));
            }
        }
        if !s.figures.is_empty() && is_whole {
            // Scores are those among all people of this moment.
            let mut known = self.figures(&person.golden_id)?.unwrap_or_default();
            for figure in &s.figures {
                values.insert(figure.clone(), known.remove(figure));
            }
        }
        if s.records != Sight::Hidden {
            let ids = self.own_records(s, person)?;
            let shown = ids.into_iter().map(|(r, _)| match s.records {
                Sight::Clear => r,
                _ => masked(Area::Card, Kind::LoyaltyCard, &r).unwrap_or_default(),
            });
            let shown: Vec<String> = shown.collect();
            values.insert(RECORDS.to_owned(), (!shown.is_empty()).then(|| shown.join(" ")));
        }
        Ok(Seen::In(values))
    }

    /// Channels that a person agreed to for a purpose, in every brand that they spoke of.
    fn agreed(&self, purpose: &str, person: &Person) -> Result<BTreeSet<String>, Error> {
        let consents = self.standing(&person.golden_id)?.unwrap_or_default().consents;
        let mut agreed: BTreeMap<String, bool> = BTreeMap::new();
        for c in consents.into_iter().filter(|c| c.purpose == purpose) {
            *agreed.entry(c.channel).or_insert(true) &= c.state == State::Granted.name();
        }
        Ok(agreed.into_iter().filter(|(_, yes)| *yes).map(|(channel, _)| channel).collect())
    }

    /// The person's records in the subscriber's source, the one to keep first: the first of the order of records.
    fn own_records(&self, s: &SubscriberPlan, person: &Person) -> Result<Vec<(String, OwnRecord)>, Error> {
        let mut own = Vec::new();
        let Some(source) = s.source else { return Ok(own) };
        for o in &person.members {
            let record = self.store.record(*o)?.map(|k| k.record).filter(|r| r.source == source);
            own.extend(record.map(|r| (r.id.clone(), r)));
        }
        Ok(own)
    }

    /// Where the golden values are not those of the subscriber's own records.
    fn corrections(&self, s: &SubscriberPlan, person: &Person) -> Result<Vec<SentRow>, Error> {
        let Some(person) = &self.within(Some(&s.role), person)? else { return Ok(Vec::new()) };
        let Seen::In(golden) = self.seen(s, person)? else { return Ok(Vec::new()) };
        let mut rows = Vec::new();
        for (record_id, record) in self.own_records(s, person)? {
            let mut values: BTreeMap<String, Option<String>> = BTreeMap::new();
            for (ix, _) in &s.fields {
                let Some(f) = self.plan.fields.get(*ix) else { continue };
                let own = record.values.iter().any(|v| {
                    v.field == *ix && person.values.iter().any(|g| g.field == *ix && g.text == v.text)
                });
                if let (false, Some(Some(value))) = (own, golden.get(&f.name)) {
                    values.insert(f.name.clone(), Some(value.clone()));
                }
            }
            if !values.is_empty() {
                rows.push(SentRow {
                    golden_id: person.golden_id.clone(),
                    record_id: Some(record_id),
                    event: RowEvent::Present,
                    reason: "corrections".into(),
                    absorbed: Vec::new(),
                    values,
                });
            }
        }
        Ok(rows)
    }

    /// Columns of a subscriber's rows, in order.
    ///
    /// # Errors
    /// [`Error::Argument`] for an unknown subscriber.
    pub fn columns(&self, subscriber: &str) -> Result<Vec<String>, Error> {
        Ok(self.columns_of(self.subscriber(subscriber)?))
    }

    fn columns_of(&self, s: &SubscriberPlan) -> Vec<String> {
        let fields = s.fields.iter().filter_map(|(ix, _)| Some(self.plan.fields.get(*ix)?.name.clone()));
        let mut columns: Vec<String> = fields.collect();
        if s.view.is_audience() {
            columns.extend(CHANNELS.iter().map(|(_, column)| (*column).to_owned()));
        }
        if s.records != Sight::Hidden && s.view != View::SourceFeedback {
            columns.push(RECORDS.to_owned());
        }
        columns.extend(s.figures.iter().cloned());
        columns
    }

    /// The cursor of the last entry of the feed; 0 when there is none.
    fn last_cursor(&self) -> Result<u64, Error> {
        let beyond = |c: u64| self.store.events(c, 1).map(|e| e.is_empty());
        let mut high = 1u64;
        while !beyond(high)? {
            high = high.saturating_mul(2);
        }
        let mut low = 0;
        // Nothing is beyond `high`; find the least cursor of which that is so.
        while low < high {
            let middle = low + (high - low) / 2;
            match beyond(middle)? {
                true => high = middle,
                false => low = middle + 1,
            }
        }
        Ok(low)
    }
}

/// Name in the store of what says that a subscriber has everybody of before the first entry of the feed.
pub(super) fn taken(subscriber: &str) -> String {
    format!("taken {subscriber}")
}

fn removed(golden_id: &str, reason: &str) -> SentRow {
    SentRow {
        golden_id: golden_id.to_owned(),
        record_id: None,
        event: RowEvent::Removed,
        reason: reason.to_owned(),
        absorbed: Vec::new(),
        values: BTreeMap::new(),
    }
}
