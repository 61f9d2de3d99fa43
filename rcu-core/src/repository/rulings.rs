//! Decisions of stewards, found by the records that they are about.

use crate::matching::ruling::{Answer, RecordRef, Ruling, Rulings};
use std::collections::{BTreeMap, BTreeSet};

/// All decisions that stand.
#[derive(Debug, Clone, Default)]
pub struct Book {
    by_pair: BTreeMap<(RecordRef, RecordRef), Ruling>,
    by_record: BTreeMap<RecordRef, BTreeSet<RecordRef>>,
}

impl Book {
    /// Of decisions that stand.
    pub fn new(rulings: impl IntoIterator<Item = Ruling>) -> Book {
        let mut book = Book::default();
        rulings.into_iter().for_each(|r| book.put(r));
        book
    }

    /// Keeps a decision in place of the one on its pair. Its lower record comes first.
    pub fn put(&mut self, ruling: Ruling) {
        let (a, b) = (ruling.a.clone(), ruling.b.clone());
        self.by_record.entry(a.clone()).or_default().insert(b.clone());
        self.by_record.entry(b.clone()).or_default().insert(a.clone());
        self.by_pair.insert((a, b), ruling);
    }

    /// Takes the decision on a pair back, lower record first.
    pub fn remove(&mut self, a: &RecordRef, b: &RecordRef) -> Option<Ruling> {
        for (x, y) in [(a, b), (b, a)] {
            if let Some(others) = self.by_record.get_mut(x) {
                others.remove(y);
                if others.is_empty() {
                    self.by_record.remove(x);
                }
            }
        }
        self.by_pair.remove(&(a.clone(), b.clone()))
    }

    /// Gives a record another identifier in every decision. Gives the records that those decisions are about.
    pub fn rename(&mut self, old: &RecordRef, new: &str) -> Vec<RecordRef> {
        let of: Vec<Ruling> = self.of(old).cloned().collect();
        let to = RecordRef { source: old.source.clone(), record_id: new.trim().to_owned() };
        let mut about = Vec::new();
        for mut r in of {
            self.remove(&r.a, &r.b);
            for side in [&mut r.a, &mut r.b] {
                if side == old {
                    *side = to.clone();
                }
            }
            if r.b < r.a {
                std::mem::swap(&mut r.a, &mut r.b);
            }
            about.extend([r.a.clone(), r.b.clone()]);
            // What was decided on this record and one that had the new identifier before says nothing of one record.
            if r.a != r.b {
                self.put(r);
            }
        }
        about
    }

    /// Pairs that another book has no decision on.
    pub fn pairs_without<'b>(&'b self, other: &'b Book) -> impl Iterator<Item = (RecordRef, RecordRef)> + 'b {
        self.by_pair.keys().filter(|pair| !other.by_pair.contains_key(pair)).cloned()
    }

    /// The decision on a pair, lower record first.
    pub fn get(&self, a: &RecordRef, b: &RecordRef) -> Option<&Ruling> {
        self.by_pair.get(&(a.clone(), b.clone()))
    }

    /// Whether nothing is decided.
    pub fn is_empty(&self) -> bool {
        self.by_pair.is_empty()
    }

    /// Every decision, by pair.
    pub fn iter(&self) -> impl Iterator<Item = &Ruling> {
        self.by_pair.values()
    }

    /// Decisions on a record.
    pub fn of<'b>(&'b self, r: &'b RecordRef) -> impl Iterator<Item = &'b Ruling> {
        self.by_record.get(r).into_iter().flatten().filter_map(move |other| {
            let (a, b) = if r <= other { (r, other) } else { (other, r) };
            self.get(a, b)
        })
    }

    /// Whether a record is kept apart from another one.
    pub fn keeps_apart(&self, r: &RecordRef) -> bool {
        self.of(r).any(|x| matches!(x.answer, Answer::Different | Answer::Household))
    }

    /// Decisions on any of some records.
    pub fn among(&self, records: impl IntoIterator<Item = RecordRef>) -> Rulings {
        let mut rulings = Rulings::default();
        if !self.by_pair.is_empty() {
            for r in records {
                self.of(&r).for_each(|x| rulings.add(x.clone()));
            }
        }
        rulings
    }

    /// Whether two records that must not be one person are joined by other decisions, directly or through others.
    pub fn contradicts(&self, a: &RecordRef) -> bool {
        let mut one: BTreeSet<&RecordRef> = BTreeSet::new();
        let mut to_do = vec![a];
        while let Some(r) = to_do.pop() {
            let Some((known, others)) = self.by_record.get_key_value(r) else { continue };
            if one.insert(known) {
                let same = |other: &&RecordRef| {
                    let (x, y) = if known <= *other { (known, *other) } else { (*other, known) };
                    self.get(x, y).is_some_and(|x| x.answer == Answer::Same)
                };
                to_do.extend(others.iter().filter(same));
            }
        }
        let apart = |x: &&Ruling| matches!(x.answer, Answer::Different | Answer::Household);
        one.iter().any(|r| self.of(r).filter(apart).any(|x| one.contains(&x.a) && one.contains(&x.b)))
    }
}
