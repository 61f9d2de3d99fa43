//! Candidate pairs of a pass: every two records with a common key, each pair once, blocks over the limit split and reported.

use super::decide::{CompiledPass, Part, Verdict};
use super::pass::{Decision, MatchingSpec};
use super::prepare::Prepared;
use crate::field;
use crate::intern::{hash_bytes, mix};
use crate::records::Record;
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

/// Runs a pass over all records.
pub fn run(pass: &CompiledPass, position: u16, p: &Prepared, spec: &MatchingSpec) -> (Vec<Link>, PassReport) {
    let mut report = PassReport { name: pass.name.clone(), ..PassReport::default() };
    let mut links: Vec<Link> = Vec::new();
    for recipe in &pass.recipes {
        let keyed = keys(recipe, p);
        let blocks: Vec<&[(u64, Record)]> =
            keyed.chunk_by(|a, b| a.0 == b.0).filter(|b| b.len() > 1).collect();
        let parts: Vec<Work> = blocks
            .par_chunks(256)
            .map(|blocks| {
                let mut work = Work {
                    pass,
                    position,
                    recipe,
                    p,
                    spec,
                    links: Vec::new(),
                    report: PassReport::default(),
                };
                let mut members = Vec::new();
                for block in blocks {
                    members.clear();
                    members.extend(block.iter().map(|(_, r)| *r));
                    members.dedup();
                    work.block(&members);
                }
                work
            })
            .collect();
        for w in parts {
            links.extend(w.links);
            report.candidates += w.report.candidates;
            report.refused += w.report.refused;
            report.split_blocks += w.report.split_blocks;
            report.largest_block = report.largest_block.max(w.report.largest_block);
            report.pairs_not_compared += w.report.pairs_not_compared;
        }
    }
    links.par_sort_unstable_by_key(|l| (l.a, l.b));
    links.dedup_by_key(|l| (l.a, l.b));
    report.linked = links.iter().filter(|l| l.verdict.decision == Decision::Link).count() as u64;
    report.review = links.len() as u64 - report.linked;
    (links, report)
}

struct Work<'w, 'p> {
    pass: &'w CompiledPass,
    position: u16,
    recipe: &'w [Part],
    p: &'w Prepared<'p>,
    spec: &'w MatchingSpec,
    links: Vec<Link>,
    report: PassReport,
}

impl Work<'_, '_> {
    fn block(&mut self, members: &[Record]) {
        self.report.largest_block = self.report.largest_block.max(members.len() as u64);
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
            self.report.split_blocks += 1;
            self.split(
                &distinct,
                &[Part::FirstName, Part::BirthDate, Part::Field(field::POSTCODE), Part::LastName],
            );
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
            self.report.pairs_not_compared += n * (n - 1) / 2 - compared;
            return;
        };
        let mut keyed: Vec<(u64, Record)> = members
            .iter()
            .map(|r| {
                let mut key = 0;
                values(*part, self.p, *r, |v| key = v);
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
        self.report.pairs_not_compared += n * (n - 1) / 2 - inside;
    }

    fn all_pairs(&mut self, members: &[Record]) {
        for (i, a) in members.iter().enumerate() {
            for b in &members[i + 1..] {
                self.pair(*a, *b);
            }
        }
    }

    fn pair(&mut self, a: Record, b: Record) {
        // Keys are hashes of their parts, so the parts themselves decide.
        if !self.recipe.iter().all(|part| parts_meet(*part, self.p, a, b)) {
            return;
        }
        self.report.candidates += 1;
        let (verdict, _) = self.pass.decide(self.p, self.spec, a, b);
        if verdict.decision == Decision::No {
            self.report.refused += 1;
        } else {
            self.links.push(Link { a, b, pass: self.position, verdict });
        }
    }
}

/// (key, record) of every record that has all parts, sorted.
fn keys(recipe: &[Part], p: &Prepared) -> Vec<(u64, Record)> {
    let n = p.records.len();
    let mut keyed: Vec<(u64, Record)> = (0..n as Record)
        .into_par_iter()
        .fold(Vec::new, |mut out, r| {
            combine(recipe, p, r, 0, &mut |key| out.push((key, r)));
            out
        })
        .reduce(Vec::new, |mut a, mut b| {
            a.append(&mut b);
            a
        });
    keyed.par_sort_unstable();
    keyed
}

fn combine(recipe: &[Part], p: &Prepared, r: Record, so_far: u64, out: &mut impl FnMut(u64)) {
    match recipe.split_first() {
        None => out(so_far),
        Some((part, rest)) => {
            // Few records have several values, so they are gathered in a small array.
            let mut found = [0u64; 8];
            let mut count = 0;
            values(*part, p, r, |v| {
                if count < found.len() && !found[..count].contains(&v) {
                    found[count] = v;
                    count += 1;
                }
            });
            for v in &found[..count] {
                combine(rest, p, r, mix(so_far, *v), &mut *out);
            }
        }
    }
}

fn parts_meet(part: Part, p: &Prepared, a: Record, b: Record) -> bool {
    let mut of_a = [0u64; 8];
    let mut n = 0;
    values(part, p, a, |v| {
        if n < 8 {
            of_a[n] = v;
            n += 1;
        }
    });
    let mut met = false;
    values(part, p, b, |v| met |= of_a[..n].contains(&v));
    met
}

/// The values of a part for a record; none when it is missing or makes no key.
fn values(part: Part, p: &Prepared, r: Record, mut out: impl FnMut(u64)) {
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
        Part::Prefix(f, n) => {
            let column = p.records.field(f);
            for (id, mark) in column.values(r) {
                let text = column.pool.get(id);
                let end = text.char_indices().nth(usize::from(n)).map_or(text.len(), |(at, _)| at);
                if mark.makes_keys() {
                    some(hash_bytes(&text.as_bytes()[..end]) | 1);
                }
            }
        }
    }
}
