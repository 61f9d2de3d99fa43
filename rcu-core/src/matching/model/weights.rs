//! A model made ready for one set of records: weights as integers, term frequencies as powers of two.

use super::bits::{class, milli_log2};
use super::{Frequency, Model, ModelSpec};
use crate::field::{self, FieldIx};
use crate::intern::Pool;
use crate::matching::compare::{Comparisons, Evidence, MISSING, at};
use crate::matching::comparison::MOST_LEVELS;
use crate::matching::decide::Verdict;
use crate::matching::pass::Decision;
use crate::matching::population::Population;
use crate::matching::prepare::{Prepared, counts, counts_of};
use crate::records::Record;

/// Weights in thousandths of a bit.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Weights {
    comparisons: Vec<Weighted>,
    /// How rare the values of a record are, side by side, for the comparisons that weigh it: whole bits of
    /// log2(records / count of the value).
    rarity: Vec<u8>,
    /// Bytes of a record there.
    rare: usize,
    /// Prior of the records at hand, brought up to the smallest population, and as they are; by scope when identity
    /// ends at brands, else one.
    priors: Vec<(i32, i32)>,
    /// Position in `priors` by record; empty when there is one.
    scope: Vec<u32>,
    link_at: i32,
    review_at: i32,
}

/// One comparison's weights.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Weighted {
    /// Position in [`Comparisons`].
    position: usize,
    /// Weight by level; entry 0 is the missing value.
    by_level: Vec<i32>,
    /// Weight by level of a pair, to which the rarity of the value is added on the best level: there log2 of m alone.
    of_pair: [i32; LEVELS],
    /// The best level.
    best: u8,
    /// Position among the comparisons whose values' rarity weighs; none without term frequency.
    rarity: Option<usize>,
}

/// Levels that a table of weights has room for: those that a comparison may name, `else`, and the missing value.
const LEVELS: usize = (MOST_LEVELS + 2).next_power_of_two();

/// One comparison's share in a pair's weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    /// Position in [`Comparisons`].
    pub comparison: usize,
    /// Its level.
    pub level: u8,
    /// Its weight, thousandths of a bit.
    pub weight: i32,
}

impl Weights {
    /// Makes a model ready for `p`. Comparisons that the configuration does not know weigh nothing.
    pub fn new(model: &Model, spec: &ModelSpec, comparisons: &Comparisons, p: &Prepared) -> Weights {
        let n = p.population.map_or(p.records.len() as u64, Population::records);
        let mut weighted = Vec::new();
        let mut rarities: Vec<Vec<u8>> = Vec::new();
        for c in &model.comparisons {
            let Some(position) = comparisons.position(&c.name) else { continue };
            let by_level: Vec<i32> = std::iter::once(0)
                .chain(c.levels.iter().map(|l| milli_log2(l.m) - milli_log2(l.u)))
                .collect();
            let rarity = c.term_frequency.map(|frequency| {
                rarities.push(match frequency {
                    Frequency::Share => rarity(p, position, 0),
                    Frequency::Count => rarity(p, position, model.smallest_population),
                });
                rarities.len() - 1
            });
            let best = c.levels.len().min(LEVELS - 1);
            let mut of_pair = [0; LEVELS];
            of_pair.iter_mut().zip(&by_level).for_each(|(of, weight)| *of = *weight);
            if let (Some(level), Some(_)) = (c.levels.last(), rarity) {
                of_pair[best] = milli_log2(level.m);
            }
            weighted.push(Weighted { position, by_level, of_pair, best: best as u8, rarity });
        }
        let milli = |bits: f64| (bits.clamp(-1e6, 1e6) * 1000.0).round() as i32;
        // Expected pairs of one person over all pairs: k n / (n (n - 1) / 2).
        let prior = |records: u64| {
            milli_log2(2.0 * model.matches_per_record.max(1e-6)) - 1000 * class(records.max(2))
        };
        let mut sizes = vec![0u64; p.scopes().iter().max().map_or(1, |s| *s as usize + 1)];
        match p.scopes() {
            [] => sizes[0] = n,
            scopes => scopes.iter().for_each(|s| sizes[*s as usize] += 1),
        }
        let priors = sizes.iter().map(|n| (prior((*n).max(model.smallest_population)), prior(*n))).collect();
        // A row as long as a power of two lies in one line of a core's cache.
        let rare = if rarities.is_empty() { 0 } else { rarities.len().next_power_of_two() };
        let mut rarity = vec![0; p.records.len() * rare];
        for (i, column) in rarities.into_iter().enumerate() {
            rarity.iter_mut().skip(i).step_by(rare).zip(column).for_each(|(of, bits)| *of = bits);
        }
        Weights {
            comparisons: weighted,
            rarity,
            rare,
            priors,
            scope: p.scopes().to_vec(),
            link_at: milli(spec.link_at_bits.unwrap_or(model.link_at_bits)),
            review_at: milli(spec.review_at_bits.unwrap_or(model.review_at_bits)),
        }
    }

    /// Weight of the prior for a record's pairs, thousandths of a bit.
    #[inline]
    pub fn prior(&self, r: Record) -> i32 {
        self.priors_of(r).0
    }

    #[inline]
    fn priors_of(&self, r: Record) -> (i32, i32) {
        let scope = self.scope.get(r as usize).copied().unwrap_or(0);
        self.priors.get(scope as usize).copied().unwrap_or_default()
    }

    /// Weight from which a pair is linked, thousandths of a bit.
    pub fn link_at(&self) -> i32 {
        self.link_at
    }

    /// Weight from which a pair goes to review, thousandths of a bit.
    pub fn review_at(&self) -> i32 {
        self.review_at
    }

    /// The same weights with thresholds of the caller's, thousandths of a bit.
    pub fn with_thresholds(&self, link_at: i32, review_at: i32) -> Weights {
        Weights { link_at, review_at, ..self.clone() }
    }

    /// What the level of a comparison weighs on average, whatever the value; 0 when the comparison does not weigh.
    pub fn of_level(&self, comparison: usize, level: u8) -> i32 {
        let weighted = self.comparisons.iter().find(|w| w.position == comparison);
        weighted.and_then(|w| w.by_level.get(usize::from(level))).copied().unwrap_or(0)
    }

    /// Match weight of a pair, prior included, in thousandths of a bit.
    #[inline]
    pub fn weight(&self, e: &Evidence, a: Record, b: Record) -> i32 {
        let levels = e.levels();
        let rarest = self.rarest(a, b);
        self.comparisons.iter().fold(self.prior(a), |sum, w| {
            sum + w.of(levels.get(w.position).copied().unwrap_or(MISSING), &rarest)
        })
    }

    /// Bits of rarity of the values of two records. Two values may count as equal without being the same text; the more
    /// frequent one decides.
    #[inline]
    fn rarest(&self, a: Record, b: Record) -> impl Fn(usize) -> i32 + '_ {
        let row = |r: Record| &self.rarity[r as usize * self.rare..][..self.rare];
        let (x, y) = (row(a), row(b));
        move |i| i32::from(x[i].min(y[i]))
    }

    /// Reads what a record's pairs will be weighed by.
    #[inline]
    pub(in crate::matching) fn touch(&self, r: Record) -> u8 {
        self.rarity.get(r as usize * self.rare).copied().unwrap_or(0)
    }

    /// The same with the prior of the records at hand, however few: negative when the pair is more likely two people.
    #[inline]
    pub fn weight_here(&self, e: &Evidence, a: Record, b: Record) -> i32 {
        let (prior, here) = self.priors_of(a);
        self.weight(e, a, b) - prior + here
    }

    /// What each comparison adds, in the model's order.
    pub fn shares(&self, e: &Evidence, a: Record, b: Record) -> Vec<Share> {
        let rarest = self.rarest(a, b);
        self.comparisons
            .iter()
            .map(|w| {
                let level = e.level(w.position);
                Share { comparison: w.position, level, weight: w.of(level, &rarest) }
            })
            .collect()
    }

    /// Link, review or no for a weight.
    #[inline]
    pub fn decide(&self, weight: i32) -> Verdict {
        if weight >= self.link_at {
            Verdict { decision: Decision::Link, score: weight, reason: "" }
        } else if weight >= self.review_at {
            Verdict { decision: Decision::Review, score: weight, reason: "weight" }
        } else {
            Verdict { decision: Decision::No, score: weight, reason: "weight" }
        }
    }
}

impl Weighted {
    #[inline]
    fn of(&self, level: u8, rarest: impl Fn(usize) -> i32) -> i32 {
        let weight = self.of_pair[usize::from(level) % LEVELS];
        match self.rarity {
            // Which level it is is chance to a processor: no branch.
            Some(i) => weight + i32::from((level == self.best) & (level != MISSING)) * 1000 * rarest(i),
            None => weight,
        }
    }
}

/// The number by which a comparison knows a record's value; 0 for none.
#[inline]
fn value_of(p: &Prepared, position: usize, r: Record) -> u32 {
    let face = &p.faces[r as usize];
    match position {
        at::LAST_NAME => face.last_key,
        at::FIRST_NAME => face.first_key,
        at::EMAIL => face.email,
        at::MOBILE => face.mobile,
        at::LANDLINE => face.landline,
        at::LOYALTY_CARD => face.card,
        at::ADDRESS => p.addresses()[r as usize],
        own => match own.checked_sub(at::CUSTOM).and_then(|i| p.custom.get(i)) {
            Some(c) => p.records.field(c.field).id(r),
            None => 0,
        },
    }
}

/// The text by which a comparison with term frequency knows a record's value: what is counted over a larger set.
pub fn value_key(p: &Prepared, position: usize, r: Record) -> Option<String> {
    let face = &p.faces[r as usize];
    let text = |pool: &Pool, id: u32| (id != 0).then(|| pool.get(id).to_owned());
    let contact = |f: FieldIx, value: u32| (value != 0).then(|| p.contact_text(f, value).to_owned());
    match position {
        at::LAST_NAME => text(&p.keys.texts, face.last_key),
        at::FIRST_NAME => text(&p.keys.texts, face.first_key),
        at::EMAIL => contact(field::EMAIL, face.email),
        at::MOBILE => contact(field::MOBILE, face.mobile),
        at::LANDLINE => contact(field::LANDLINE, face.landline),
        at::LOYALTY_CARD => contact(field::LOYALTY_CARD, face.card),
        at::ADDRESS if p.address(r) == 0 => None,
        at::ADDRESS => {
            let postcode = p.records.field(field::POSTCODE).pool.get(face.postcode);
            Some(format!("{postcode}\u{1f}{}", p.streets.text(face.street)))
        }
        own => {
            let column = p.records.field(p.custom.get(own.checked_sub(at::CUSTOM)?)?.field);
            text(&column.pool, column.id(r))
        }
    }
}

/// log2(records / count of the value) by record, with both taken down to powers of two. `at_least` is the smallest number
/// of records to reckon with.
fn rarity(p: &Prepared, position: usize, at_least: u64) -> Vec<u8> {
    let n = p.records.len();
    let bits = |all: i32, count: u64| (all - class(count.max(1))).clamp(0, u8::MAX.into()) as u8;
    if let Some(population) = p.population {
        let all = class(population.valued(position).max(at_least));
        let bits = |key: String| bits(all, population.carriers(position, &key));
        return (0..n as Record).map(|r| value_key(p, position, r).map_or(0, bits)).collect();
    }
    if p.scopes().is_empty() {
        let values: Vec<u32> = (0..n as Record).map(|r| value_of(p, position, r)).collect();
        let bound = values.iter().max().map_or(1, |v| *v as usize + 1);
        let count = counts_of(n, bound, |r| values[r as usize]);
        let with_value = count.iter().filter(|c| **c != 0).count() as u64;
        let all = class(with_value.max(at_least));
        return count.into_iter().map(|c| if c == 0 { 0 } else { bits(all, c.into()) }).collect();
    }
    let count = counts(n, |r| match value_of(p, position, r) {
        0 => 0,
        v => p.scoped(r, v.into()),
    });
    let mut with_value = vec![0u64; p.scopes().iter().max().map_or(1, |s| *s as usize + 1)];
    for r in (0..n).filter(|r| count[*r] != 0) {
        with_value[p.scope(r as Record) as usize] += 1;
    }
    let all: Vec<i32> = with_value.into_iter().map(|n| class(n.max(at_least))).collect();
    let bits = |(r, c): (usize, u32)| {
        if c == 0 { 0 } else { bits(all[p.scope(r as Record) as usize], c.into()) }
    };
    count.into_iter().enumerate().map(bits).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_level_of_every_comparison_has_a_weight_of_its_own() {
        let built_in = Comparisons::new(&[]);
        let levels = (0..built_in.names().count()).map(|position| built_in.levels(position).len());
        let most = levels.chain([MOST_LEVELS + 1]).max();
        assert!(most.is_some_and(|most| most < LEVELS), "and one for the missing value");
    }
}
