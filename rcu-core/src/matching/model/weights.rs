//! A model made ready for one set of records: weights as integers, term frequencies as powers of two.

use super::bits::{class, milli_log2};
use super::{Frequency, Model, ModelSpec};
use crate::field::{self, FieldIx};
use crate::intern::Pool;
use crate::matching::compare::{Comparisons, Evidence, MISSING, at};
use crate::matching::decide::Verdict;
use crate::matching::pass::Decision;
use crate::matching::population::Population;
use crate::matching::prepare::{Multi, Prepared};
use crate::records::Record;
use rayon::prelude::*;

/// Weights in thousandths of a bit.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Weights {
    comparisons: Vec<Weighted>,
    prior: i32,
    prior_here: i32,
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
    /// log2 of m of the best level, when rare values weigh more.
    exact_m: i32,
    /// Weight of u by record, as thousandths of log2(records / count of its value); empty without term frequency.
    rarity: Vec<i32>,
}

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
        for c in &model.comparisons {
            let Some(position) = comparisons.position(&c.name) else { continue };
            let by_level = std::iter::once(0)
                .chain(c.levels.iter().map(|l| milli_log2(l.m) - milli_log2(l.u)))
                .collect();
            let rarity = match c.term_frequency {
                Some(Frequency::Share) => rarity(p, position, 0),
                Some(Frequency::Count) => rarity(p, position, model.smallest_population),
                None => Vec::new(),
            };
            let exact_m = c.levels.last().map_or(0, |l| milli_log2(l.m));
            weighted.push(Weighted { position, by_level, exact_m, rarity });
        }
        let milli = |bits: f64| (bits.clamp(-1e6, 1e6) * 1000.0).round() as i32;
        // Expected pairs of one person over all pairs: k n / (n (n - 1) / 2).
        let prior = |records: u64| {
            milli_log2(2.0 * model.matches_per_record.max(1e-6)) - 1000 * class(records.max(2))
        };
        Weights {
            comparisons: weighted,
            prior: prior(n.max(model.smallest_population)),
            prior_here: prior(n),
            link_at: milli(spec.link_at_bits.unwrap_or(model.link_at_bits)),
            review_at: milli(spec.review_at_bits.unwrap_or(model.review_at_bits)),
        }
    }

    /// Weight of the prior, thousandths of a bit.
    pub fn prior(&self) -> i32 {
        self.prior
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
        self.comparisons.iter().fold(self.prior, |sum, w| sum + w.of(e.level(w.position), a, b))
    }

    /// The same with the prior of the records at hand, however few: negative when the pair is more likely two people.
    #[inline]
    pub fn weight_here(&self, e: &Evidence, a: Record, b: Record) -> i32 {
        self.weight(e, a, b) - self.prior + self.prior_here
    }

    /// What each comparison adds, in the model's order.
    pub fn shares(&self, e: &Evidence, a: Record, b: Record) -> Vec<Share> {
        self.comparisons
            .iter()
            .map(|w| {
                let level = e.level(w.position);
                Share { comparison: w.position, level, weight: w.of(level, a, b) }
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
    fn of(&self, level: u8, a: Record, b: Record) -> i32 {
        if level == MISSING {
            return 0;
        }
        let best = usize::from(level) + 1 == self.by_level.len();
        if best && !self.rarity.is_empty() {
            // Two values may count as equal without being the same text; the more frequent one decides.
            return self.exact_m + self.rarity[a as usize].min(self.rarity[b as usize]);
        }
        self.by_level.get(usize::from(level)).copied().unwrap_or(0)
    }
}

/// The number by which a comparison knows a record's value; 0 for none.
#[inline]
fn value_of(p: &Prepared, position: usize, r: Record) -> u64 {
    let i = r as usize;
    let first = |mut values: Box<dyn Iterator<Item = u32> + '_>| values.next().unwrap_or(0).into();
    match position {
        at::LAST_NAME => p.last.info[p.last.of[i] as usize].key.into(),
        at::FIRST_NAME => p.first.info[p.first.of[i] as usize].key.into(),
        at::EMAIL => first(Box::new(p.email.of(r))),
        at::MOBILE => first(Box::new(p.mobile.of(r))),
        at::LANDLINE => first(Box::new(p.landline.of(r))),
        at::LOYALTY_CARD => first(Box::new(p.card.of(r))),
        at::ADDRESS => p.address(r),
        own => match own.checked_sub(at::CUSTOM).and_then(|i| p.custom.get(i)) {
            Some(c) => p.records.field(c.field).id(r).into(),
            None => 0,
        },
    }
}

/// The text by which a comparison with term frequency knows a record's value: what is counted over a larger set.
pub fn value_key(p: &Prepared, position: usize, r: Record) -> Option<String> {
    let i = r as usize;
    let text = |pool: &Pool, id: u32| (id != 0).then(|| pool.get(id).to_owned());
    let contact = |field: FieldIx, values: &Multi| text(&p.records.field(field).pool, values.of(r).next()?);
    match position {
        at::LAST_NAME => text(&p.keys, p.last.info[p.last.of[i] as usize].key),
        at::FIRST_NAME => text(&p.keys, p.first.info[p.first.of[i] as usize].key),
        at::EMAIL => text(&p.email_keys, p.email.of(r).next()?),
        at::MOBILE => contact(field::MOBILE, &p.mobile),
        at::LANDLINE => contact(field::LANDLINE, &p.landline),
        at::LOYALTY_CARD => contact(field::LOYALTY_CARD, &p.card),
        at::ADDRESS if p.address(r) == 0 => None,
        at::ADDRESS => {
            let postcode = p.records.field(field::POSTCODE).pool.get(p.postcode[i]);
            Some(format!("{postcode}\u{1f}{}", p.street_keys.get(p.street[i])))
        }
        own => {
            let column = p.records.field(p.custom.get(own.checked_sub(at::CUSTOM)?)?.field);
            text(&column.pool, column.id(r))
        }
    }
}

/// log2(records / count of the value) by record, in thousandths, with both taken down to powers of two. `at_least` is the
/// smallest number of records to reckon with.
fn rarity(p: &Prepared, position: usize, at_least: u64) -> Vec<i32> {
    if let Some(population) = p.population {
        let all = class(population.valued(position).max(at_least));
        let bits = |key: String| (all - class(population.carriers(position, &key).max(1))).max(0);
        return (0..p.records.len() as Record)
            .map(|r| value_key(p, position, r).map_or(0, |key| 1000 * bits(key)))
            .collect();
    }
    let mut values: Vec<(u64, Record)> = (0..p.records.len() as Record)
        .map(|r| (value_of(p, position, r), r))
        .filter(|(v, _)| *v != 0)
        .collect();
    values.par_sort_unstable();
    let all = class((values.len() as u64).max(at_least));
    let mut rarity = vec![0; p.records.len()];
    for same in values.chunk_by(|a, b| a.0 == b.0) {
        let bits = (all - class(same.len() as u64)).max(0);
        same.iter().for_each(|(_, r)| rarity[*r as usize] = 1000 * bits);
    }
    rarity
}
