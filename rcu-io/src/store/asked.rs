//! What the core asks of a store, answered from the file.

use super::index::{self, Count, InBlock, MOST_RECORDS};
use super::{Head, SqliteStore, books, facts, feed, links, people, records, restricted, total};
use rcu_core::Error;
use rcu_core::matching::ruling::{RecordRef, Ruling};
use rcu_core::records::OwnRecord;
use rcu_core::repository::{
    Aside, Counted, Entry, Event, Kept, KeptFact, KeptLink, Move, Named, Ordinal, Person, PersonNumber,
    Space, Standing, Store, Tombstone,
};
use rcu_core::survivorship::Lock;

impl Store for SqliteStore {
    fn begin(&mut self) -> Result<(), Error> {
        let begun = self.begin_change(false);
        self.said(begun)
    }

    fn begin_load(&mut self) -> Result<(), Error> {
        let begun = self.begin_change(true);
        self.said(begun)
    }

    fn commit(&mut self) -> Result<(), Error> {
        let done = self.commit_change();
        self.said(done)
    }

    fn roll_back(&mut self) {
        // SQLite has rolled back already when the disk was full.
        if !self.db.is_autocommit() {
            drop(self.db.execute_batch("ROLLBACK"));
        }
        let head = self.head.get_mut();
        if let Some(before) = self.before.take() {
            head.state = before;
        }
        head.blocks.forget();
        head.clues.forget();
        head.counts.forget();
        head.of_facts.forget();
        head.of_people.forget();
        if std::mem::take(&mut head.astray) {
            // The file is as it was before; a file that cannot be read now says so at the next reading.
            if let Ok(before) = Head::read(&self.db, &self.options) {
                *head = before;
            }
        }
        self.names.forget_reasons();
        self.pages.forget();
        self.recent.clear();
        self.ended();
    }

    fn next_change(&mut self) -> Result<u64, Error> {
        let state = &mut self.head.get_mut().state;
        state.changes += 1;
        Ok(state.changes)
    }

    fn find(&self, source: u16, id: &str) -> Result<Option<Ordinal>, Error> {
        self.said(records::find(&self.db, &self.names, source, id, false))
    }

    fn find_ever(&self, source: u16, id: &str) -> Result<Option<Ordinal>, Error> {
        self.said(records::find(&self.db, &self.names, source, id, true))
    }

    fn name_of(&self, ordinal: Ordinal) -> Result<Option<(u16, String)>, Error> {
        self.said(records::name_of(&self.db, &self.names, ordinal))
    }

    fn ids_of_source(&self, source: u16) -> Result<Vec<String>, Error> {
        self.said(records::ids_of_source(&self.db, &self.names, source))
    }

    fn record(&self, ordinal: Ordinal) -> Result<Option<Kept>, Error> {
        self.said(records::record(&self.db, &self.names, ordinal))
    }

    fn values(&self, ordinal: Ordinal) -> Result<Option<OwnRecord>, Error> {
        self.said(self.recent.values.get(ordinal, || records::values(&self.db, &self.names, ordinal)))
    }

    fn each_record(&self, each: &mut dyn FnMut(Ordinal, Kept)) -> Result<(), Error> {
        self.said(records::each(&self.db, &self.names, each))
    }

    fn put_record(&mut self, ordinal: Option<Ordinal>, kept: &Kept) -> Result<Ordinal, Error> {
        let known = match ordinal {
            Some(number) => {
                self.said(records::free_name(&self.db, &self.names, number, kept))?;
                Some(number)
            }
            None if self.load => None,
            None => self.find_ever(kept.record.source, &kept.record.id)?,
        };
        let state = &mut self.head.get_mut().state;
        let number = match known {
            Some(number) => number,
            None if state.record == MOST_RECORDS => {
                let limit = MOST_RECORDS.to_string();
                return Err(Error::TooLarge { what: "the number of records".into(), limit });
            }
            None => {
                state.record += 1;
                state.record
            }
        };
        self.recent.values.forget(number);
        self.said(records::put(&self.db, &self.names, number, kept, known.is_none()))?;
        Ok(number)
    }

    fn remove_record(&mut self, ordinal: Ordinal) -> Result<(), Error> {
        self.recent.values.forget(ordinal);
        self.recent.person_of.forget(ordinal);
        self.said(records::remove(&self.db, ordinal))
    }

    fn forget_record(&mut self, ordinal: Ordinal) -> Result<(), Error> {
        self.recent.values.forget(ordinal);
        self.recent.person_of.forget(ordinal);
        self.said(records::forget(&self.db, ordinal))
    }

    fn clear_derived(&mut self) -> Result<(), Error> {
        self.recent.clear();
        let head = self.head.get_mut();
        head.astray = true;
        let cleared = head
            .blocks
            .clear(&self.db)
            .and_then(|()| head.clues.clear(&self.db))
            .and_then(|()| head.counts.clear(&self.db))
            .and_then(|()| head.of_facts.clear(&self.db))
            .and_then(|()| head.of_people.clear(&self.db))
            .and_then(|()| Ok(self.db.execute_batch("DELETE FROM link; DELETE FROM tally")?));
        self.said(cleared)
    }

    fn count(&self, counted: Counted, value: &str) -> Result<u64, Error> {
        if let Some(kind) = books::listed(counted) {
            return self.said(books::tally(&self.db, kind, value));
        }
        let entry = Count::new(counted, value, 0);
        self.said(
            self.recent.counts.get(index::Entry::id(&entry), || {
                self.indexed(|head| total(head, &self.db, &self.pages, entry))
            }),
        )
    }

    fn add(&mut self, counted: Counted, value: &str, more: i64) -> Result<(u64, u64), Error> {
        let added = self.add_count(counted, value, more);
        self.said(added)
    }

    fn links(&self, ordinal: Ordinal) -> Result<Vec<KeptLink>, Error> {
        self.said(self.recent.links.get(ordinal, || links::of(&self.db, &self.names, ordinal)))
    }

    fn put_link(&mut self, link: &KeptLink) -> Result<(), Error> {
        self.recent.links.forget(link.a);
        self.recent.links.forget(link.b);
        self.said(links::put(&self.db, &self.names, link))
    }

    fn remove_link(&mut self, a: Ordinal, b: Ordinal) -> Result<(), Error> {
        self.recent.links.forget(a);
        self.recent.links.forget(b);
        self.said(links::remove(&self.db, a, b))
    }

    fn rulings(&self) -> Result<Vec<Ruling>, Error> {
        self.said(feed::rulings(&self.db))
    }

    fn put_ruling(&mut self, ruling: &Ruling) -> Result<(), Error> {
        self.said(feed::put_ruling(&self.db, ruling))
    }

    fn remove_ruling(&mut self, a: &RecordRef, b: &RecordRef) -> Result<(), Error> {
        self.said(feed::remove_ruling(&self.db, a, b))
    }

    fn person_of(&self, ordinal: Ordinal) -> Result<Option<PersonNumber>, Error> {
        self.said(self.recent.person_of.get(ordinal, || people::of(&self.db, ordinal)))
    }

    fn person(&self, person: PersonNumber) -> Result<Option<Person>, Error> {
        self.said(self.recent.people.get(person, || people::get(&self.db, &self.names, person)))
    }

    fn each_person(&self, each: &mut dyn FnMut(PersonNumber, Person)) -> Result<(), Error> {
        self.said(people::each(&self.db, &self.names, each))
    }

    fn put_person(&mut self, number: Option<PersonNumber>, person: &Person) -> Result<PersonNumber, Error> {
        let state = &mut self.head.get_mut().state;
        let number = number.unwrap_or_else(|| {
            state.person += 1;
            state.person
        });
        self.recent.people.forget(number);
        person.members.iter().for_each(|m| self.recent.person_of.forget(*m));
        self.said(people::put(&self.db, &self.names, number, person))?;
        Ok(number)
    }

    fn remove_person(&mut self, number: PersonNumber) -> Result<(), Error> {
        self.recent.people.forget(number);
        let members = self.said(people::remove(&self.db, number))?;
        members.into_iter().for_each(|m| self.recent.person_of.forget(m));
        Ok(())
    }

    fn named(&self, golden_id: &str) -> Result<Option<Named>, Error> {
        self.said(people::named(&self.db, golden_id))
    }

    fn put_named(&mut self, named: &Named) -> Result<(), Error> {
        self.said(people::put_named(&self.db, named))
    }

    fn moves(&self, ordinal: Ordinal) -> Result<Vec<Move>, Error> {
        self.said(people::moves(&self.db, ordinal))
    }

    fn add_move(&mut self, ordinal: Ordinal, moved: &Move) -> Result<(), Error> {
        self.said(people::add_move(&self.db, ordinal, moved))
    }

    fn ever_had(&self, golden_id: &str) -> Result<Vec<Ordinal>, Error> {
        self.said(people::ever_had(&self.db, golden_id))
    }

    fn locks(&self) -> Result<Vec<Lock>, Error> {
        self.said(books::locks(&self.db))
    }

    fn put_lock(&mut self, lock: &Lock) -> Result<(), Error> {
        self.said(books::put_lock(&self.db, lock))
    }

    fn remove_lock(&mut self, lock: &Lock) -> Result<(), Error> {
        self.said(books::remove_lock(&self.db, lock))
    }

    fn add_entry(&mut self, entry: &Entry) -> Result<(), Error> {
        self.said(books::add_entry(&self.db, entry))
    }

    fn replace_entry(&mut self, entry: &Entry) -> Result<(), Error> {
        self.said(books::replace_entry(&self.db, entry))
    }

    fn entries(&self, from: u64, most: usize) -> Result<Vec<Entry>, Error> {
        self.said(books::entries(&self.db, from, most))
    }

    fn entry_at(&self, at: i64) -> Result<Option<Entry>, Error> {
        self.said(books::entry_at(&self.db, at))
    }

    fn entry_of(&self, change: u64) -> Result<Option<Entry>, Error> {
        self.said(books::entry_of(&self.db, change))
    }

    fn meta(&self, name: &str) -> Result<Option<String>, Error> {
        self.said(books::meta(&self.db, name))
    }

    fn put_meta(&mut self, name: &str, value: &str) -> Result<(), Error> {
        self.said(books::put_meta(&self.db, name, value))
    }

    fn tombstone(&self, hash: &[u8; 32]) -> Result<Option<Tombstone>, Error> {
        self.said(books::tombstone(&self.db, hash))
    }

    fn put_tombstone(&mut self, hash: &[u8; 32], tombstone: &Tombstone) -> Result<(), Error> {
        self.said(books::put_tombstone(&self.db, hash, tombstone))
    }

    fn lift_tombstones(&mut self, erasure: u64) -> Result<u64, Error> {
        self.said(books::lift_tombstones(&self.db, erasure))
    }

    fn each_tombstone(&self, each: &mut dyn FnMut([u8; 32], Tombstone)) -> Result<(), Error> {
        self.said(books::each_tombstone(&self.db, each))
    }

    fn aside(&self, is_fact: bool, source: u16, id: &str) -> Result<Option<Aside>, Error> {
        self.said(restricted::get(&self.db, &self.names, is_fact, source, id))
    }

    fn asides_of(&self, golden_id: &str) -> Result<Vec<Aside>, Error> {
        self.said(restricted::of(&self.db, &self.names, golden_id))
    }

    fn each_aside(&self, each: &mut dyn FnMut(Aside)) -> Result<(), Error> {
        self.said(restricted::each(&self.db, &self.names, each))
    }

    fn put_aside(&mut self, aside: &Aside) -> Result<(), Error> {
        self.said(restricted::put(&self.db, &self.names, aside))
    }

    fn remove_aside(&mut self, is_fact: bool, source: u16, id: &str) -> Result<(), Error> {
        self.said(restricted::remove(&self.db, &self.names, is_fact, source, id))
    }

    fn find_fact(&self, source: u16, key: &str) -> Result<Option<Ordinal>, Error> {
        self.said(facts::find(&self.db, &self.names, source, key))
    }

    fn fact(&self, ordinal: Ordinal) -> Result<Option<KeptFact>, Error> {
        self.said(facts::get(&self.db, &self.names, ordinal))
    }

    fn keys_of_source(&self, source: u16) -> Result<Vec<String>, Error> {
        self.said(facts::keys_of_source(&self.db, &self.names, source))
    }

    fn each_fact(&self, each: &mut dyn FnMut(Ordinal, KeptFact)) -> Result<(), Error> {
        self.said(facts::each(&self.db, &self.names, each))
    }

    fn put_fact(&mut self, ordinal: Option<Ordinal>, fact: &KeptFact) -> Result<Ordinal, Error> {
        let state = &mut self.head.get_mut().state;
        let number = ordinal.unwrap_or_else(|| {
            state.fact += 1;
            state.fact
        });
        self.said(facts::put(&self.db, &self.names, number, fact))?;
        Ok(number)
    }

    fn remove_fact(&mut self, ordinal: Ordinal) -> Result<(), Error> {
        self.said(facts::remove(&self.db, ordinal))
    }

    fn keyed(&self, space: Space, key: u64) -> Result<Vec<u32>, Error> {
        let (low, high) = InBlock::of(key);
        let read = || {
            let found = self.indexed(|head| head.of(space).between(&self.db, &self.pages, low, high))?;
            Ok(found.into_iter().map(InBlock::record).collect())
        };
        self.said(self.recent.keyed.get((space, key), read))
    }

    fn keyed_between(&self, space: Space, low: u64, high: u64) -> Result<Vec<(u64, u32)>, Error> {
        let ((low, _), (_, high)) = (InBlock::of(low), InBlock::of(high));
        let found = self.indexed(|head| head.of(space).between(&self.db, &self.pages, low, high));
        Ok(self.said(found)?.into_iter().map(|e| (e.key, e.record())).collect())
    }

    fn add_keyed(&mut self, space: Space, number: u32, keys: &[u64]) -> Result<(), Error> {
        for key in keys {
            self.recent.keyed.change((space, *key), |block| {
                if let Err(at) = block.binary_search(&number) {
                    block.insert(at, number);
                }
            });
        }
        let load = self.load;
        let index = self.head.get_mut().of_mut(space);
        let entries = keys.iter().map(|k| InBlock::new(*k, number, true));
        match load {
            true => entries.for_each(|e| index.put_load(e)),
            false => entries.for_each(|e| index.put(e)),
        }
        Ok(())
    }

    fn remove_keyed(&mut self, space: Space, number: u32, keys: &[u64]) -> Result<(), Error> {
        for key in keys {
            self.recent.keyed.change((space, *key), |block| block.retain(|o| *o != number));
        }
        let index = self.head.get_mut().of_mut(space);
        keys.iter().for_each(|k| index.put(InBlock::new(*k, number, false)));
        Ok(())
    }

    fn standing(&self, person: PersonNumber) -> Result<Option<Standing>, Error> {
        self.said(people::standing(&self.db, person))
    }

    fn put_standing(&mut self, person: PersonNumber, standing: Option<&Standing>) -> Result<(), Error> {
        self.said(people::put_standing(&self.db, person, standing))
    }

    fn blank_events(&mut self, golden_ids: &[String]) -> Result<u64, Error> {
        self.said(feed::blank(&self.db, golden_ids))
    }

    fn scrub(&mut self, keys: &[u64]) -> Result<(), Error> {
        let purged = self.purge(keys);
        if purged.is_err() {
            self.roll_back();
        }
        self.said(purged)?;
        self.sweep()
    }

    fn add_events(&mut self, mut events: Vec<Event>) -> Result<Vec<Event>, Error> {
        for e in &mut events {
            let state = &mut self.head.get_mut().state;
            state.event += 1;
            e.cursor = state.event;
            self.said(feed::add(&self.db, e))?;
        }
        Ok(events)
    }

    fn events(&self, after: u64, most: usize) -> Result<Vec<Event>, Error> {
        self.said(feed::after(&self.db, after, most))
    }

    fn acknowledged(&self, consumer: &str) -> Result<u64, Error> {
        self.said(feed::acknowledged(&self.db, consumer))
    }

    fn acknowledge(&mut self, consumer: &str, cursor: u64) -> Result<(), Error> {
        self.said(feed::acknowledge(&self.db, consumer, cursor))
    }
}
