//! What a key recipe costs, known before anything is compared: its candidate pairs, counted from the sizes of its
//! blocks, and the key values that make most of them.

use super::blocking::{BlockCounts, Recipe, each_block, walk_block};
use super::decide::Part;
use super::pass::MatchingSpec;
use super::prepare::Prepared;
use crate::field::{self, CompiledField, FieldIx};
use crate::mask::Show;
use crate::records::Record;
use serde::Serialize;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Key values listed for each recipe.
const COSTLIEST: usize = 10;

/// What a recipe costs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RecipeCost {
    /// Its parts.
    pub recipe: Vec<String>,
    /// Candidate pairs.
    pub candidates: u64,
    /// Key values that two records or more have.
    pub blocks: u64,
    /// Records of the most frequent one.
    pub largest_block: u64,
    /// Blocks over the limit, which will be split by a second key.
    pub split_blocks: u64,
    /// Pairs of split blocks that will not be compared.
    pub pairs_not_compared: u64,
    /// The key values with most pairs, most first.
    pub costliest: Vec<KeyCost>,
}

/// One key value and its pairs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeyCost {
    /// The value of each part, masked.
    pub value: String,
    /// Records that have it.
    pub records: u64,
    /// Candidate pairs among them.
    pub pairs: u64,
}

/// A block as it is ranked: most pairs first, then the lowest records.
type Ranked = (Reverse<u64>, Record, Record, u64);

/// Counts the candidates of a recipe. `written` are its parts as the configuration writes them.
pub fn of_recipe(
    parts: &[Part],
    written: &[String],
    fields: &[CompiledField],
    p: &Prepared,
    spec: &MatchingSpec,
) -> RecipeCost {
    let recipe = Recipe::new(parts, p);
    let states = each_block(
        &recipe,
        p,
        || (BlockCounts::default(), 0u64, Vec::<Ranked>::new()),
        |(counts, blocks, costliest), members| {
            let own = of_block(&recipe, p, spec, members);
            counts.add(own);
            if own.candidates > 0 {
                *blocks += 1;
                costliest.push((Reverse(own.candidates), members[0], members[1], members.len() as u64));
                if costliest.len() > 8 * COSTLIEST {
                    keep_first(costliest);
                }
            }
        },
    );
    let mut counts = BlockCounts::default();
    let (mut blocks, mut costliest) = (0, Vec::new());
    for (c, b, most) in states {
        counts.add(c);
        blocks += b;
        costliest.extend(most);
    }
    keep_first(&mut costliest);
    RecipeCost {
        recipe: written.to_vec(),
        candidates: counts.candidates,
        blocks,
        largest_block: counts.largest,
        split_blocks: counts.split,
        pairs_not_compared: counts.skipped,
        costliest: costliest
            .into_iter()
            .map(|(pairs, a, b, records)| KeyCost {
                value: value_of(parts, fields, p, a, b),
                records,
                pairs: pairs.0,
            })
            .collect(),
    }
}

fn keep_first(ranked: &mut Vec<Ranked>) {
    ranked.sort_unstable();
    ranked.truncate(COSTLIEST);
}

/// Candidates inside a block, from its size. Blocks that are split, windows over a sorted field and the rare block where
/// two keys share a hash are walked instead, without comparing.
pub fn of_block(recipe: &Recipe, p: &Prepared, spec: &MatchingSpec, members: &[Record]) -> BlockCounts {
    let one_key = members.windows(2).all(|w| recipe.meet(p, w[0], w[1]));
    if recipe.is_sorted() || members.len() > spec.max_block as usize || !one_key {
        return walk_block(recipe, p, spec, members, |_, _| {});
    }
    let pairs = |n: u64| n * n.saturating_sub(1) / 2;
    // Records equal in content stand for one another, as they do when they are compared.
    let same = members.iter().filter(|r| p.stand_in[**r as usize] != **r).count() as u64;
    let distinct = members.len() as u64 - same;
    let mut by_source: BTreeMap<u16, u64> = BTreeMap::new();
    for r in members.iter().filter(|r| p.is_duplicate_free(**r)) {
        *by_source.entry(p.records.sources[*r as usize]).or_default() += 1;
    }
    let barred: u64 = by_source.values().map(|n| pairs(*n)).sum();
    BlockCounts {
        candidates: same + pairs(distinct) - barred,
        split: 0,
        largest: members.len() as u64,
        skipped: 0,
    }
}

/// The key value that two records share, masked, part by part.
fn value_of(parts: &[Part], fields: &[CompiledField], p: &Prepared, a: Record, b: Record) -> String {
    let shown = |f: FieldIx| -> String {
        let column = p.records.field(f);
        let common = column.values(a).find(|(x, _)| column.values(b).any(|(y, _)| *x == y));
        let id = common.or_else(|| column.values(a).next()).map_or(0, |(id, _)| id);
        Show::Masked.value(&fields[f], column.pool.get(id))
    };
    let texts: Vec<String> = parts
        .iter()
        .map(|part| match part {
            Part::NamePair => format!("{} {}", shown(field::LAST_NAME), shown(field::FIRST_NAME)),
            Part::Address => format!("{} {}", shown(field::POSTCODE), shown(field::CITY)),
            Part::StreetLine => shown(field::STREET),
            Part::BirthMonthDay | Part::MonthDay(_) => "**-**".to_owned(),
            Part::Sorted(..) => "any".to_owned(),
            other => other.field().map(shown).unwrap_or_default(),
        })
        .collect();
    texts.join(" + ")
}
