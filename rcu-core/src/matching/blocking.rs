//! Candidate pairs of a pass: every two records with a common key, each pair once, blocks over the limit split and reported.

use super::compare::Evidence;
use super::decide::{CompiledPass, Judge, Part, Verdict};
use super::pass::{Decision, MatchingSpec};
use super::prepare::Prepared;
use crate::field::{self, FieldIx};
use crate::intern::{hash_bytes, mix};
use crate::normalize::phonetic::{phonex_into, soundex_code};
use crate::records::Record;
use crate::time::Day;
use rayon::prelude::*;
use serde::Serialize;

/// An accepted or doubtful pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// The lower record number.
    pub a: Record,
    /// The higher record number.
    pub b: Record,
    /// Position of the pass.
    pub pass: u16,
    /// Decision, score, reason.
    pub verdict: Verdict,
    /// How well each comparison agrees.
    pub evidence: Evidence,
}

/// What a pass did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct PassReport {
    /// Name of the pass.
    pub name: String,
    /// Candidate pairs compared; a pair that two recipes propose counts twice.
    pub candidates: u64,
    /// Pairs linked.
    pub linked: u64,
    /// Pairs left to review.
    pub review: u64,
    /// Pairs refused.
    pub refused: u64,
    /// Blocks over the limit, which were split by a second key.
    pub split_blocks: u64,
    /// Records in the largest block.
    pub largest_block: u64,
    /// Pairs inside split blocks that differ in the second keys too and were not compared.
    pub pairs_not_compared: u64,
}

/// A key recipe ready to run: its parts, and what they make of each distinct value.
#[derive(Debug)]
pub struct Recipe<'r> {
    /// The parts.
    pub parts: &'r [Part],
    tables: Vec<Option<KeyTable>>,
    window: Option<(FieldIx, usize)>,
}

impl<'r> Recipe<'r> {
    /// Computes the keys of distinct values.
    pub fn new(parts: &'r [Part], p: &Prepared) -> Recipe<'r> {
        let window = parts.iter().find_map(|part| match part {
            Part::Sorted(f, n) => Some((*f, usize::from(*n))),
            _ => None,
        });
        Recipe { parts, tables: parts.iter().map(|part| KeyTable::new(*part, p)).collect(), window }
    }

    /// Whether the recipe pairs neighbours in the order of a field rather than records with equal parts.
    pub fn is_sorted(&self) -> bool {
        self.window.is_some()
    }

    /// The values of one part for a record; none when it is missing or barred.
    #[inline]
    pub fn each_value(&self, part: usize, p: &Prepared, r: Record, out: impl FnMut(u64)) {
        values(self.parts[part], self.tables[part].as_ref(), p, r, out);
    }

    /// Whether two records have one part in common. A `sorted` part is common to all.
    pub fn part_meets(&self, part: usize, p: &Prepared, a: Record, b: Record) -> bool {
        parts_meet(self.parts[part], self.tables[part].as_ref(), p, a, b)
    }

    /// Whether two records have all parts in common.
    pub fn meet(&self, p: &Prepared, a: Record, b: Record) -> bool {
        self.parts.iter().zip(&self.tables).all(|(part, table)| parts_meet(*part, table.as_ref(), p, a, b))
    }

    fn with_tables(&self) -> Vec<(Part, Option<&KeyTable>)> {
        self.parts.iter().copied().zip(self.tables.iter().map(Option::as_ref)).collect()
    }
}

/// What a walk over a recipe's blocks met.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BlockCounts {
    /// Pairs with a common key.
    pub candidates: u64,
    /// Blocks over the limit.
    pub split: u64,
    /// Records in the largest block.
    pub largest: u64,
    /// Pairs of split blocks that were not compared.
    pub skipped: u64,
}

impl BlockCounts {
    /// Adds what another walk met.
    pub fn add(&mut self, other: BlockCounts) {
        self.candidates += other.candidates;
        self.split += other.split;
        self.largest = self.largest.max(other.largest);
        self.skipped += other.skipped;
    }
}

/// Calls `pair` for every two records with a common key, lower record first. Work is cut into parts, each with a state of
/// its own made by `new`; the states come back in a fixed order.
pub fn each_candidate<T: Send>(
    recipe: &Recipe,
    p: &Prepared,
    spec: &MatchingSpec,
    new: impl Fn() -> T + Sync,
    pair: impl Fn(&mut T, Record, Record) + Sync,
) -> (Vec<T>, BlockCounts) {
    let parts = each_block(
        recipe,
        p,
        || (new(), BlockCounts::default()),
        |(state, counts), members| {
            counts.add(walk_block(recipe, p, spec, members, |a, b| pair(state, a, b)));
        },
    );
    let mut counts = BlockCounts::default();
    let states = parts
        .into_iter()
        .map(|(state, c)| {
            counts.add(c);
            state
        })
        .collect();
    (states, counts)
}

/// Calls `block` with the records of every key that two records or more have, lower records first. Work is cut into
/// parts, each with a state of its own made by `new`; the states come back in a fixed order.
pub fn each_block<T: Send>(
    recipe: &Recipe,
    p: &Prepared,
    new: impl Fn() -> T + Sync,
    block: impl Fn(&mut T, &[Record]) + Sync,
) -> Vec<T> {
    let keyed = keys(recipe, p);
    let blocks: Vec<&[(u64, Record)]> = keyed.chunk_by(|a, b| a.0 == b.0).filter(|b| b.len() > 1).collect();
    blocks
        .par_chunks(256)
        .map(|blocks| {
            let mut state = new();
            let mut members = Vec::new();
            for same in blocks {
                members.clear();
                members.extend(same.iter().map(|(_, r)| *r));
                members.dedup();
                block(&mut state, &members);
            }
            state
        })
        .collect()
}

/// Calls `pair` for every candidate pair inside one block; splits it when it is over the limit.
pub fn walk_block(
    recipe: &Recipe,
    p: &Prepared,
    spec: &MatchingSpec,
    members: &[Record],
    pair: impl FnMut(Record, Record),
) -> BlockCounts {
    let mut walk = Walk { recipe, p, spec, counts: BlockCounts::default(), pair };
    walk.block(members);
    walk.counts
}

/// Runs a pass over all records.
pub fn run(pass: &CompiledPass, position: u16, p: &Prepared, judge: &Judge) -> (Vec<Link>, PassReport) {
    let mut report = PassReport { name: pass.name.clone(), ..PassReport::default() };
    let mut links: Vec<Link> = Vec::new();
    for parts in &pass.recipes {
        let recipe = Recipe::new(parts, p);
        let (found, counts) = each_candidate(
            &recipe,
            p,
            judge.spec,
            || (Vec::new(), 0u64),
            |(links, refused): &mut (Vec<Link>, u64), a, b| {
                let (verdict, evidence) = pass.decide(p, judge, a, b);
                if verdict.decision == Decision::No {
                    *refused += 1;
                } else {
                    links.push(Link { a, b, pass: position, verdict, evidence });
                }
            },
        );
        for (l, refused) in found {
            links.extend(l);
            report.refused += refused;
        }
        report.candidates += counts.candidates;
        report.split_blocks += counts.split;
        report.largest_block = report.largest_block.max(counts.largest);
        report.pairs_not_compared += counts.skipped;
    }
    links.par_sort_unstable_by_key(|l| (l.a, l.b));
    links.dedup_by_key(|l| (l.a, l.b));
    report.linked = links.iter().filter(|l| l.verdict.decision == Decision::Link).count() as u64;
    report.review = links.len() as u64 - report.linked;
    (links, report)
}

struct Walk<'w, 'p, F> {
    recipe: &'w Recipe<'w>,
    p: &'w Prepared<'p>,
    spec: &'w MatchingSpec,
    counts: BlockCounts,
    pair: F,
}

impl<F: FnMut(Record, Record)> Walk<'_, '_, F> {
    fn block(&mut self, members: &[Record]) {
        self.counts.largest = self.counts.largest.max(members.len() as u64);
        if let Some((field, window)) = self.recipe.window {
            return self.neighbours(members, field, window);
        }
        if members.len() <= 8 {
            return self.all_pairs(members);
        }
        // Records equal in everything that is compared stand for one another.
        let mut by_content: Vec<(u64, Record)> =
            members.iter().map(|r| (self.p.content[*r as usize], *r)).collect();
        by_content.sort_unstable();
        let mut distinct = Vec::with_capacity(members.len());
        for same in by_content.chunk_by(|a, b| a.0 == b.0) {
            let first = same[0].1;
            distinct.push(first);
            for (_, other) in &same[1..] {
                if self.p.same_content(first, *other) {
                    self.pair(first, *other);
                } else {
                    distinct.push(*other);
                }
            }
        }
        distinct.sort_unstable();
        if distinct.len() <= self.spec.max_block as usize {
            self.all_pairs(&distinct);
        } else {
            self.counts.split += 1;
            self.split(
                &distinct,
                &[Part::FirstName, Part::BirthDate, Part::Field(field::POSTCODE), Part::LastName],
            );
        }
    }

    /// Each record with those next to it in the order of a field's texts (sorted neighbourhood).
    fn neighbours(&mut self, members: &[Record], field: FieldIx, window: usize) {
        let column = self.p.records.field(field);
        let mut sorted: Vec<(&str, Record)> =
            members.iter().filter_map(|r| Some((column.text(*r)?, *r))).collect();
        sorted.sort_unstable();
        for (i, (_, a)) in sorted.iter().enumerate() {
            for (_, b) in &sorted[i + 1..sorted.len().min(i + window)] {
                self.pair(*a.min(b), *a.max(b));
            }
        }
    }

    /// Splits by the first of `by`; what is still too large by the next; at last each record meets its neighbours.
    fn split(&mut self, members: &[Record], by: &[Part]) {
        let n = members.len() as u64;
        if n <= u64::from(self.spec.max_block) {
            return self.all_pairs(members);
        }
        let Some((part, rest)) = by.split_first() else {
            let window = self.spec.max_block as usize / 2;
            for (i, a) in members.iter().enumerate() {
                for b in &members[i + 1..members.len().min(i + 1 + window)] {
                    self.pair(*a, *b);
                }
            }
            let compared: u64 = (0..members.len()).map(|i| (members.len() - 1 - i).min(window) as u64).sum();
            self.counts.skipped += n * (n - 1) / 2 - compared;
            return;
        };
        let mut keyed: Vec<(u64, Record)> = members
            .iter()
            .map(|r| {
                let mut key = 0;
                values(*part, None, self.p, *r, |v| key = v);
                (key, *r)
            })
            .collect();
        keyed.sort_unstable();
        let mut inside = 0;
        let mut group = Vec::new();
        for same in keyed.chunk_by(|a, b| a.0 == b.0) {
            inside += same.len() as u64 * (same.len() as u64 - 1) / 2;
            group.clear();
            group.extend(same.iter().map(|(_, r)| *r));
            self.split(&group, rest);
        }
        self.counts.skipped += n * (n - 1) / 2 - inside;
    }

    fn all_pairs(&mut self, members: &[Record]) {
        for (i, a) in members.iter().enumerate() {
            for b in &members[i + 1..] {
                self.pair(*a, *b);
            }
        }
    }

    fn pair(&mut self, a: Record, b: Record) {
        // Two records of a source without duplicates are never one person: no candidates.
        let sources = &self.p.records.sources;
        if sources[a as usize] == sources[b as usize] && self.p.is_duplicate_free(a) {
            return;
        }
        // Keys are hashes of their parts, so the parts themselves decide.
        let parts = self.recipe.parts.iter().zip(&self.recipe.tables);
        for (part, table) in parts {
            if !parts_meet(*part, table.as_ref(), self.p, a, b) {
                return;
            }
        }
        self.counts.candidates += 1;
        (self.pair)(a, b);
    }
}

/// Keys of each distinct value of a field, for parts that are made from texts. Entry 0 is "no value".
#[derive(Debug)]
struct KeyTable {
    field: FieldIx,
    starts: Vec<u32>,
    keys: Vec<u64>,
}

impl KeyTable {
    fn new(part: Part, p: &Prepared) -> Option<KeyTable> {
        let field = match part {
            Part::Prefix(f, _) | Part::Suffix(f, _) | Part::Phonex(f) | Part::Soundex(f) | Part::Token(f) => {
                f
            }
            Part::Qgram(f, _) | Part::Year(f) | Part::MonthDay(f) | Part::First(f) => f,
            _ => return None,
        };
        let mut table = KeyTable { field, starts: vec![0, 0], keys: Vec::new() };
        let mut code = String::new();
        for (_, text) in p.records.field(field).pool.iter() {
            text_keys(part, text, &mut code, &mut table.keys);
            table.starts.push(table.keys.len() as u32);
        }
        Some(table)
    }

    fn of(&self, id: u32) -> &[u64] {
        let i = id as usize;
        match (self.starts.get(i), self.starts.get(i + 1)) {
            (Some(s), Some(e)) => &self.keys[*s as usize..*e as usize],
            _ => &[],
        }
    }
}

/// Keys that a part makes of a text.
fn text_keys(part: Part, text: &str, code: &mut String, out: &mut Vec<u64>) {
    let start = out.len();
    let mut put = |t: &str| out.push(hash_bytes(t.as_bytes()) | 1);
    let cut = |n: u8| text.char_indices().nth(usize::from(n)).map_or(text.len(), |(at, _)| at);
    match part {
        Part::Prefix(_, n) => put(&text[..cut(n)]),
        Part::First(_) => put(&text[..cut(1)]),
        Part::Suffix(_, n) => {
            let from =
                text.char_indices().rev().nth(usize::from(n.saturating_sub(1))).map_or(0, |(at, _)| at);
            put(&text[from..]);
        }
        Part::Phonex(_) => {
            code.clear();
            phonex_into(&text.to_uppercase(), code);
            if !code.is_empty() {
                put(code);
            }
        }
        Part::Soundex(_) => {
            let soundex = soundex_code(&text.to_uppercase());
            if soundex != 0 {
                out.push(u64::from(soundex) << 1 | 1);
            }
        }
        Part::Token(_) => text.split_whitespace().for_each(put),
        Part::Qgram(_, n) => {
            let marks: Vec<usize> =
                text.char_indices().map(|(at, _)| at).chain(std::iter::once(text.len())).collect();
            let n = usize::from(n);
            if marks.len() <= n {
                put(text);
            } else {
                marks.windows(n + 1).for_each(|w| put(&text[w[0]..w[n]]));
            }
        }
        Part::Year(_) | Part::MonthDay(_) => {
            if let Some(day) = Day::parse_iso(text) {
                let (y, m, d) = day.ymd();
                out.push(match part {
                    Part::Year(_) => (y as u64) << 1 | 1,
                    _ => u64::from(m * 100 + d) << 1 | 1,
                });
            }
        }
        _ => {}
    }
    out[start..].sort_unstable();
    let mut kept = start;
    for i in start..out.len() {
        if i == start || out[i] != out[kept - 1] {
            out[kept] = out[i];
            kept += 1;
        }
    }
    out.truncate(kept);
}

/// (key, record) of every record that has all parts, sorted.
fn keys(recipe: &Recipe, p: &Prepared) -> Vec<(u64, Record)> {
    let n = p.records.len();
    let parts = recipe.with_tables();
    let mut keyed: Vec<(u64, Record)> = (0..n as Record)
        .into_par_iter()
        .fold(Vec::new, |mut out, r| {
            combine(&parts, p, r, 0, &mut |key| out.push((key, r)));
            out
        })
        .reduce(Vec::new, |mut a, mut b| {
            a.append(&mut b);
            a
        });
    keyed.par_sort_unstable();
    keyed
}

/// Every combination of the parts' values; a combination met twice is dropped when blocks are read.
fn combine(
    recipe: &[(Part, Option<&KeyTable>)],
    p: &Prepared,
    r: Record,
    so_far: u64,
    out: &mut dyn FnMut(u64),
) {
    match recipe.split_first() {
        None => out(so_far),
        Some(((Part::Sorted(..), _), rest)) => combine(rest, p, r, mix(so_far, 1), out),
        Some(((part, table), rest)) => {
            values(*part, *table, p, r, |v| combine(rest, p, r, mix(so_far, v), &mut *out));
        }
    }
}

fn parts_meet(part: Part, table: Option<&KeyTable>, p: &Prepared, a: Record, b: Record) -> bool {
    if matches!(part, Part::Sorted(..)) {
        return true;
    }
    let mut met = false;
    values(part, table, p, a, |v| {
        if !met {
            values(part, table, p, b, |w| met |= v == w);
        }
    });
    met
}

/// The values of a part for a record; none when it is missing or makes no key.
fn values(part: Part, table: Option<&KeyTable>, p: &Prepared, r: Record, mut out: impl FnMut(u64)) {
    let i = r as usize;
    let mut some = |v: u64| {
        if v != 0 {
            out(v);
        }
    };
    let last = &p.last.info[p.last.of[i] as usize];
    let birth_name = &p.birth_name.info[p.birth_name.of[i] as usize];
    let first = &p.first.info[p.first.of[i] as usize];
    match part {
        Part::LastName => {
            some(last.key.into());
            if birth_name.key != last.key {
                some(birth_name.key.into());
            }
        }
        Part::PhonexLast => {
            some(last.phonex.into());
            if birth_name.phonex != last.phonex {
                some(birth_name.phonex.into());
            }
        }
        Part::FirstName => some(first.key.into()),
        Part::PhonexFirst => some(first.phonex.into()),
        Part::Initial => some(first.initial.into()),
        Part::NamePair => {
            let (x, y) = (last.key.min(first.key), last.key.max(first.key));
            if x != 0 {
                some(u64::from(x) << 32 | u64::from(y));
            }
        }
        Part::Email => p.email.of(r).for_each(|v| some(v.into())),
        Part::Mobile => p.mobile.of(r).for_each(|v| some(v.into())),
        Part::Landline => p.landline.of(r).for_each(|v| some(v.into())),
        Part::Card => p.card.of(r).for_each(|v| some(v.into())),
        Part::BirthDate | Part::BirthYear | Part::BirthMonthDay => {
            if let (Some(day), true) = (p.birth[i], p.birth_key[i]) {
                let (y, m, d) = day.ymd();
                some(match part {
                    Part::BirthYear => y as u64,
                    Part::BirthMonthDay => u64::from(m * 100 + d),
                    _ => y as u64 * 10_000 + u64::from(m * 100 + d),
                });
            }
        }
        Part::Address => some(p.address(r)),
        Part::StreetLine => some(p.street[i].into()),
        Part::Field(f) => {
            for (id, mark) in p.records.field(f).values(r) {
                if mark.makes_keys() {
                    some(id.into());
                }
            }
        }
        _ => {
            let Some(table) = table else { return };
            for (id, mark) in p.records.field(table.field).values(r) {
                if mark.makes_keys() {
                    table.of(id).iter().for_each(|k| some(*k));
                }
            }
        }
    }
}
