//! Key recipes that would find more: which of a catalogue of recipes pair records that no pass compares and that the
//! model finds likely to be one person, and at what cost.
//!
//! Everything is estimated from a sample of records, the first in an order that a hash of their ids decides. Each sampled
//! record is paired with all records that share a key with it; a pair counts half from each side.

use super::blocking::Recipe;
use super::cluster::conflict;
use super::compare::compare;
use super::decide::{CompiledPass, Part, part};
use super::model::Weights;
use super::model::bits::probability;
use super::prepare::Prepared;
use crate::field::{self, BUILT_IN, CompiledField, FieldIx};
use crate::intern::{hash_bytes, mix};
use crate::normalize::Kind;
use crate::records::Record;
use rayon::prelude::*;
use serde::Serialize;
use std::sync::atomic::{AtomicU32, Ordering};

/// Forms of fields that recipes are made of, at most.
const FORMS: usize = 24;
/// Keys of sampled records, all recipes together.
const KEYS: usize = 2_000_000;
/// Records sampled at least.
const RECORDS: usize = 1_000;
/// Pairs weighed for one recipe, about; and at first glance, which drops the recipes that promise nothing.
const WEIGHED: u64 = 20_000;
const GLIMPSED: u64 = 1_000;
/// A recipe is worth its cost when one of so many of its new candidates is one person.
const WORTH: f64 = 200.0;
/// Of recipes worth their cost, that is best which finds most after paying one match for so many candidates.
const PRICE: f64 = 20.0;
/// Recipes proposed at most.
const PROPOSED: usize = 8;
/// Values of one part of a record that are looked at.
const VALUES: usize = 8;

/// Recipes worth adding.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Proposals {
    /// Recipes of the catalogue that were tried.
    pub recipes_tried: u64,
    /// Records sampled.
    pub records_sampled: u64,
    /// Records in all.
    pub records: u64,
    /// Recipes, best first; each is judged by what it adds to those before it.
    pub recipes: Vec<ProposedRecipe>,
}

/// A recipe that would find more.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ProposedRecipe {
    /// Its parts, as the configuration writes them.
    pub recipe: Vec<String>,
    /// Candidate pairs it would make, estimated.
    pub candidates: u64,
    /// Those that no pass and no earlier proposal compares, estimated.
    pub new_candidates: u64,
    /// Pairs of one person that the model expects among the new ones.
    pub expected_matches: f64,
}

/// One form of a field.
struct Form {
    written: String,
    part: Part,
    /// Fields it reads: two forms of one field make no recipe.
    fields: Vec<FieldIx>,
}

/// A recipe of the catalogue: one form or two.
#[derive(Clone, Copy)]
struct Tried {
    first: usize,
    second: Option<usize>,
}

/// Proposes recipes beside those of `passes`. A recipe with more candidates than `budget` is not looked at.
pub fn propose(
    p: &Prepared,
    fields: &[CompiledField],
    passes: &[CompiledPass],
    sources: &[&str],
    model: &Weights,
    budget: u64,
) -> Proposals {
    let forms = forms(p, fields);
    let catalogue = catalogue(&forms, passes);
    let order = by_hash(p, sources);
    let n = order.len();
    let sample = &order[..n.min((KEYS / catalogue.len().max(1)).max(RECORDS))];
    let mut proposals = Proposals {
        recipes_tried: catalogue.len() as u64,
        records_sampled: sample.len() as u64,
        records: n as u64,
        recipes: Vec::new(),
    };
    if sample.is_empty() || catalogue.is_empty() {
        return proposals;
    }
    let parts: Vec<[Part; 1]> = forms.iter().map(|f| [f.part]).collect();
    let single: Vec<Recipe> = parts.iter().map(|f| Recipe::new(f, p)).collect();
    let mut joined: Vec<Joined> = catalogue.iter().map(|t| Joined::new(*t, &single, p, sample)).collect();
    count(&joined, &single, p);
    let scale = n as f64 / 2.0;
    joined.retain_mut(|j| {
        j.choose(sample.len());
        j.candidates = (j.pairs_of_all() as f64 / sample.len() as f64 * scale).round() as u64;
        j.candidates > 0 && j.candidates <= budget
    });
    let known_parts: Vec<&[Part]> =
        passes.iter().flat_map(|pass| pass.recipes.iter().map(Vec::as_slice)).collect();
    let known: Vec<Recipe> = known_parts.iter().map(|k| Recipe::new(k, p)).collect();
    let hits = hits(&joined, &single, p);
    let weigh = |pairs: &[(u32, Record, Record)]| -> Vec<(Record, Record, f64)> {
        pairs
            .par_iter()
            .map(|(_, a, b)| (*a, *b))
            .filter(|(a, b)| {
                is_eligible(p, *a, *b) && !known.iter().any(|k| !k.is_sorted() && k.meet(p, *a, *b))
            })
            .map(|(a, b)| (a, b, chance(p, model, a, b)))
            .collect()
    };
    let mut open: Vec<Open> = joined
        .iter()
        .zip(hits)
        .filter_map(|(j, pairs)| {
            // Pairs are in the order of the sample, so a glance at its first records is a part of the whole.
            let glance = pairs.partition_point(|(place, ..)| (*place as usize) < j.glimpsed);
            let seen = weigh(&pairs[..glance]);
            let promise: f64 = seen.iter().map(|(_, _, chance)| chance).sum();
            if glance < pairs.len() && promise * 2.0 * WORTH < seen.len() as f64 {
                return None;
            }
            let new = weigh(&pairs);
            Some(Open { joined: j, new, scale: scale / j.sampled.max(1) as f64 })
        })
        .collect();
    while proposals.recipes.len() < PROPOSED {
        let ranks: Vec<f64> = open.iter().map(|o| o.gain(PRICE)).collect();
        let worth = (0..open.len()).filter(|i| open[*i].gain(WORTH) >= 1.0);
        let best = worth.max_by(|x, y| ranks[*x].total_cmp(&ranks[*y]).then(y.cmp(x)));
        let Some(best) = best else { break };
        let chosen = open.swap_remove(best);
        // Catalogue order decides between equals, so it must survive the removal.
        open.sort_by_key(|o| (o.joined.tried.first, o.joined.tried.second));
        let tried = chosen.joined.tried;
        proposals.recipes.push(ProposedRecipe {
            recipe: tried.forms().map(|f| forms[f].written.clone()).collect(),
            candidates: chosen.joined.candidates,
            new_candidates: (chosen.new.len() as f64 * chosen.scale).round() as u64,
            expected_matches: (chosen.expected() * 10.0).round() / 10.0,
        });
        let covers = |a: Record, b: Record| tried.forms().all(|f| single[f].meet(p, a, b));
        for o in &mut open {
            o.new.retain(|(a, b, _)| !covers(*a, *b));
        }
    }
    proposals
}

impl Tried {
    fn forms(self) -> impl Iterator<Item = usize> {
        std::iter::once(self.first).chain(self.second)
    }
}

/// A recipe whose new pairs are weighed.
struct Open<'j> {
    joined: &'j Joined,
    /// New pairs of sampled records with the chance of one person.
    new: Vec<(Record, Record, f64)>,
    /// What one of them stands for.
    scale: f64,
}

impl Open<'_> {
    fn expected(&self) -> f64 {
        // Summed in the order of the pairs, which the set of records decides.
        self.new.iter().map(|(_, _, chance)| chance).sum::<f64>() * self.scale
    }

    /// Expected matches less one for so many candidates.
    fn gain(&self, candidates: f64) -> f64 {
        self.expected() - self.new.len() as f64 * self.scale / candidates
    }
}

/// Forms of the fields that hold values.
fn forms(p: &Prepared, fields: &[CompiledField]) -> Vec<Form> {
    let mut written: Vec<(String, Vec<FieldIx>)> = Vec::new();
    let mut add = |texts: &[&str], on: &[FieldIx]| {
        if on.iter().all(|f| p.records.field(*f).pool.len() > 2) {
            written.extend(texts.iter().map(|t| ((*t).to_owned(), on.to_vec())));
        }
    };
    add(&["last_name", "phonex(last_name)", "prefix(last_name,3)"], &[field::LAST_NAME]);
    add(&["first_name", "phonex(first_name)", "initial(first_name)"], &[field::FIRST_NAME]);
    add(&["name_pair"], &[field::LAST_NAME, field::FIRST_NAME]);
    add(&["birth_date", "year(birth_date)", "month_day(birth_date)"], &[field::BIRTH_DATE]);
    add(&["email"], &[field::EMAIL]);
    add(&["mobile"], &[field::MOBILE]);
    add(&["landline"], &[field::LANDLINE]);
    add(&["loyalty_card"], &[field::LOYALTY_CARD]);
    add(&["street_line"], &[field::STREET]);
    add(&["postcode"], &[field::POSTCODE]);
    add(&["city"], &[field::CITY]);
    for f in [field::SIRET, field::SIREN, field::COMPANY_NAME] {
        add(&[BUILT_IN[f].name], &[f]);
    }
    for (f, own) in fields.iter().enumerate().skip(BUILT_IN.len()) {
        let name = own.name.as_str();
        let with = |function: &str| format!("{function}({name})");
        let cut = |function: &str| format!("{function}({name},4)");
        let texts = match own.kind {
            Kind::Date | Kind::BirthDate => vec![name.to_owned(), with("year"), with("month_day")],
            Kind::LastName | Kind::FirstName | Kind::Text | Kind::PersonName => {
                vec![name.to_owned(), with("phonex"), cut("prefix")]
            }
            Kind::Identifier => vec![name.to_owned(), cut("prefix"), cut("suffix")],
            _ => vec![name.to_owned()],
        };
        add(&texts.iter().map(String::as_str).collect::<Vec<_>>(), &[f]);
    }
    written
        .into_iter()
        .filter_map(|(text, on)| Some(Form { part: part(&text, fields).ok()?, written: text, fields: on }))
        .take(FORMS)
        .collect()
}

/// Single forms and pairs of forms of different fields, without those that an existing recipe already covers.
fn catalogue(forms: &[Form], passes: &[CompiledPass]) -> Vec<Tried> {
    let covered = |t: &Tried| {
        let parts: Vec<Part> = t.forms().map(|f| forms[f].part).collect();
        passes.iter().flat_map(|pass| &pass.recipes).any(|known| known.iter().all(|k| parts.contains(k)))
    };
    let mut all = Vec::new();
    for first in 0..forms.len() {
        all.push(Tried { first, second: None });
        for second in first + 1..forms.len() {
            if !forms[first].fields.iter().any(|f| forms[second].fields.contains(f)) {
                all.push(Tried { first, second: Some(second) });
            }
        }
    }
    all.retain(|t| !covered(t));
    all
}

/// Records in the order of a hash of their names.
fn by_hash(p: &Prepared, sources: &[&str]) -> Vec<Record> {
    let mut order: Vec<(u64, Record)> = (0..p.records.len() as Record)
        .map(|r| {
            let id = p.records.ids.get(r as usize).unwrap_or("");
            let source = sources.get(usize::from(p.records.sources[r as usize])).copied().unwrap_or("");
            (mix(hash_bytes(source.as_bytes()), hash_bytes(id.as_bytes())), r)
        })
        .collect();
    order.sort_unstable();
    order.into_iter().map(|(_, r)| r).collect()
}

/// Values of the forms of one record.
struct Values {
    of: Vec<Vec<u64>>,
}

impl Values {
    fn fill(&mut self, which: impl Iterator<Item = usize>, single: &[Recipe], p: &Prepared, r: Record) {
        self.of.resize_with(single.len(), Vec::new);
        for f in which {
            let values = &mut self.of[f];
            values.clear();
            single[f].each_value(0, p, r, |v| {
                if values.len() < VALUES && !values.contains(&v) {
                    values.push(v);
                }
            });
        }
    }

    fn keys(&self, t: Tried, mut out: impl FnMut(u64)) {
        for x in &self.of[t.first] {
            match t.second {
                None => out(mix(*x, 1)),
                Some(second) => self.of[second].iter().for_each(|y| out(mix(*x, *y))),
            }
        }
    }
}

/// The keys of sampled records under one recipe.
struct Joined {
    tried: Tried,
    /// (key, place in the sample), sorted.
    keys: Vec<(u64, u32, Record)>,
    /// Records that have the key, at the place of its first entry.
    counts: Vec<AtomicU32>,
    /// Bits of keys that may be there.
    filter: Vec<u64>,
    /// Records of the sample whose pairs are weighed; and those of the first glance.
    sampled: usize,
    glimpsed: usize,
    /// Estimated candidates.
    candidates: u64,
}

const FILTER_BITS: u32 = 16;

impl Joined {
    fn new(tried: Tried, single: &[Recipe], p: &Prepared, sample: &[Record]) -> Joined {
        let mut values = Values { of: Vec::new() };
        let mut keys = Vec::new();
        for (place, r) in sample.iter().enumerate() {
            values.fill(tried.forms(), single, p, *r);
            values.keys(tried, |key| keys.push((key, place as u32, *r)));
        }
        keys.sort_unstable();
        keys.dedup();
        let mut filter = vec![0u64; 1 << (FILTER_BITS - 6)];
        for (key, ..) in &keys {
            let bit = (key >> (64 - FILTER_BITS)) as usize;
            filter[bit / 64] |= 1 << (bit % 64);
        }
        let counts = keys.iter().map(|_| AtomicU32::new(0)).collect();
        Joined { tried, keys, counts, filter, sampled: 0, glimpsed: 0, candidates: 0 }
    }

    /// Place of the first entry of a key.
    #[inline]
    fn find(&self, key: u64) -> Option<usize> {
        let bit = (key >> (64 - FILTER_BITS)) as usize;
        if self.filter[bit / 64] >> (bit % 64) & 1 == 0 {
            return None;
        }
        let at = self.keys.partition_point(|(k, ..)| *k < key);
        self.keys.get(at).is_some_and(|(k, ..)| *k == key).then_some(at)
    }

    /// Other records that each entry's record meets.
    fn others(&self) -> impl Iterator<Item = (u32, u64)> + '_ {
        let mut first = 0;
        self.keys.iter().enumerate().map(move |(i, (key, place, _))| {
            if self.keys[first].0 != *key {
                first = i;
            }
            (*place, u64::from(self.counts[first].load(Ordering::Relaxed)).saturating_sub(1))
        })
    }

    fn pairs_of_all(&self) -> u64 {
        self.others().map(|(_, n)| n).sum()
    }

    /// Takes as many records of the sample as give about [`WEIGHED`] and [`GLIMPSED`] pairs, one at least.
    fn choose(&mut self, sample: usize) {
        let mut by_place = vec![0u64; sample];
        self.others().for_each(|(place, n)| by_place[place as usize] += n);
        let up_to = |pairs: u64| {
            let mut sum = 0;
            let past = by_place.iter().position(|n| {
                sum += n;
                sum > pairs
            });
            past.map_or(sample, |at| at.max(1))
        };
        self.sampled = up_to(WEIGHED);
        self.glimpsed = up_to(GLIMPSED);
    }
}

const CHUNK: usize = 4096;

/// Counts the records that have each sampled key.
fn count(joined: &[Joined], single: &[Recipe], p: &Prepared) {
    let n = p.records.len();
    (0..n.div_ceil(CHUNK)).into_par_iter().for_each(|c| {
        let mut values = Values { of: Vec::new() };
        for r in c * CHUNK..n.min((c + 1) * CHUNK) {
            values.fill(0..single.len(), single, p, r as Record);
            for j in joined {
                values.keys(j.tried, |key| {
                    if let Some(at) = j.find(key) {
                        j.counts[at].fetch_add(1, Ordering::Relaxed);
                    }
                });
            }
        }
    });
}

/// Pairs of the sampled records with all others, by recipe: place in the sample, the sampled record, the other.
fn hits(joined: &[Joined], single: &[Recipe], p: &Prepared) -> Vec<Vec<(u32, Record, Record)>> {
    let n = p.records.len();
    let parts: Vec<Vec<(u32, u32, Record, Record)>> = (0..n.div_ceil(CHUNK))
        .into_par_iter()
        .map(|c| {
            let mut values = Values { of: Vec::new() };
            let mut out = Vec::new();
            for r in c * CHUNK..n.min((c + 1) * CHUNK) {
                values.fill(0..single.len(), single, p, r as Record);
                for (i, j) in joined.iter().enumerate() {
                    values.keys(j.tried, |key| {
                        let Some(at) = j.find(key) else { return };
                        for (_, place, s) in j.keys[at..]
                            .iter()
                            .take_while(|(k, ..)| *k == key)
                            .filter(|(_, place, s)| (*place as usize) < j.sampled && *s as usize != r)
                        {
                            out.push((i as u32, *place, *s, r as Record));
                        }
                    });
                }
            }
            out
        })
        .collect();
    let mut by_recipe = vec![Vec::new(); joined.len()];
    for (i, place, s, r) in parts.into_iter().flatten() {
        by_recipe[i as usize].push((place, s, r));
    }
    for pairs in &mut by_recipe {
        // Two common keys make one pair; a pair found from both its ends counts twice, as the scale asks.
        pairs.sort_unstable();
        pairs.dedup();
    }
    by_recipe
}

fn is_eligible(p: &Prepared, a: Record, b: Record) -> bool {
    p.records.sources[a as usize] != p.records.sources[b as usize] || !p.is_duplicate_free(a)
}

/// Chance of one person by the model, with the prior of the records at hand; none for what cannot be one.
fn chance(p: &Prepared, model: &Weights, a: Record, b: Record) -> f64 {
    let (a, b) = (a.min(b), a.max(b));
    let e = compare(p, a, b);
    if conflict(p, &e, a, b).is_some() { 0.0 } else { probability(model.weight_here(&e, a, b)) }
}
