//! Why two records are one person, or wait, or are two: keys, levels, guards, weights, the smallest change that would
//! turn it, and the chain of links between them (`design.md` §2.4).

mod chain;
mod change;
mod keys;
mod text;
mod weigh;

pub use chain::{Chain, ChainLink};
pub use change::{Change, ChangeStep};
pub use keys::{Held, PartView, RecipeView};
pub use weigh::{Unit, Waterfall, WaterfallStep};

use super::blocking::Link;
use super::cluster::{Clusters, cannot_be_one};
use super::compare::{Comparisons, Evidence, MISSING, compare};
use super::decide::{CompiledPass, Judge};
use super::pass::{Decision, Guard, Method, PassSpec};
use super::prepare::Prepared;
use super::ruling::{Answer, Located};
use crate::field::CompiledField;
use crate::intern::{hash_bytes, mix};
use crate::mask::Show;
use crate::records::Record;
use serde::Serialize;

/// What pairs are judged by.
#[derive(Debug, Clone, Copy)]
pub struct Scene<'a> {
    /// The records.
    pub prepared: &'a Prepared<'a>,
    /// Canonical fields.
    pub fields: &'a [CompiledField],
    /// Source names by position.
    pub sources: &'a [&'a str],
    /// Passes as they were written.
    pub specs: &'a [PassSpec],
    /// The same compiled.
    pub passes: &'a [CompiledPass],
    /// Points, thresholds, model.
    pub judge: Judge<'a>,
    /// Names and levels of comparisons.
    pub comparisons: &'a Comparisons,
    /// Decisions of stewards.
    pub rulings: &'a Located,
}

/// A record's name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RecordName {
    /// Its source.
    pub source: String,
    /// Its identifier there.
    pub record_id: String,
}

impl std::fmt::Display for RecordName {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(f, "{}:{}", self.source, self.record_id)
    }
}

/// What became of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Both records are in one cluster.
    OnePerson,
    /// The pair waits for a steward.
    Review,
    /// The records are in two clusters.
    TwoPeople,
}

/// The values of one field, side by side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldView {
    /// The field.
    pub field: String,
    /// Values of the first record, masked unless asked for in clear; those that make no key are followed by why.
    pub a: Vec<String>,
    /// Values of the second.
    pub b: Vec<String>,
    /// Whether the two have a value in common, since masked values may look alike; none when one has no value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub common: Option<bool>,
}

impl FieldView {
    /// `=`, `≠`, or nothing when one side is empty.
    pub fn sign(&self) -> &'static str {
        match self.common {
            Some(true) => "=",
            Some(false) => "≠",
            None => "",
        }
    }
}

/// The level of one comparison.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LevelView {
    /// The comparison.
    pub comparison: String,
    /// How well the records agree; `missing` when one has no value.
    pub level: String,
    /// The best level there is.
    pub best: String,
}

/// A level that a pass asks for and the pair does not reach.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unmet {
    /// The comparison.
    pub comparison: String,
    /// The level found, `missing` for none.
    pub found: String,
    /// The lowest level that links.
    pub links_from: String,
    /// The lowest level that goes to review, when there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reviews_from: Option<String>,
}

/// A guard that refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GuardView {
    /// The guard.
    pub guard: Guard,
    /// What it made of the pair.
    pub decision: Decision,
    /// The comparison or rule that it stands on.
    pub reason: String,
}

/// What one pass makes of the pair.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PassView {
    /// The pass.
    pub pass: String,
    /// How it decides.
    pub method: Method,
    /// Whether the pair is a candidate in it.
    pub candidate: bool,
    /// Its key recipes.
    pub recipes: Vec<RecipeView>,
    /// What it decides of the pair, or would if the pair were a candidate.
    pub decision: Decision,
    /// Points, or match weight in thousandths of a bit when a model decides.
    pub score: i32,
    /// What decided against a link; empty for a link.
    pub reason: String,
    /// Levels asked for and not reached.
    pub unmet: Vec<Unmet>,
    /// Guards that refused.
    pub guards: Vec<GuardView>,
}

/// Why the cluster step kept a link from being made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RefusalView {
    /// `birth_date`, `twins`, `suffix`, `siret`, `duplicate_free`, `first_name`, `steward`; `weight` when the model speaks
    /// against joining the two groups.
    pub reason: String,
    /// A record of the first person and one of the second that cannot be one person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pair: Option<(RecordName, RecordName)>,
}

/// Why two records are one person, or not.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explanation {
    /// The first record: the lower one in (source, id) order.
    pub a: RecordName,
    /// The second.
    pub b: RecordName,
    /// What became of them.
    pub outcome: Outcome,
    /// The same in one sentence.
    pub because: String,
    /// Values side by side.
    pub values: Vec<FieldView>,
    /// Levels of all comparisons with a value on either side.
    pub comparisons: Vec<LevelView>,
    /// What each pass makes of the pair.
    pub passes: Vec<PassView>,
    /// Points of each comparison.
    pub points: Waterfall,
    /// Match weights of each comparison, when there is a model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weights: Option<Waterfall>,
    /// What a steward decided of the pair.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub steward: Option<Answer>,
    /// Why the two records cannot be one person whatever they share, when they cannot.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cannot_be_one: Option<String>,
    /// Why the cluster step refused their link, when it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<RefusalView>,
    /// The smallest changes that would turn the decision, smallest first.
    pub changes: Vec<Change>,
    /// The links between them when they are one person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chain: Option<Chain>,
}

impl Explanation {
    /// The explanation for a terminal.
    pub fn text(&self) -> String {
        text::of(self)
    }
}

impl Scene<'_> {
    /// A record's name.
    pub fn name(&self, r: Record) -> RecordName {
        let records = self.prepared.records;
        let source = self.sources.get(usize::from(records.sources[r as usize])).copied().unwrap_or("");
        RecordName {
            source: source.to_owned(),
            record_id: records.ids.get(r as usize).unwrap_or("").to_owned(),
        }
    }

    fn pass_name(&self, position: u16) -> String {
        if position == Link::STEWARD {
            return "steward".to_owned();
        }
        self.passes.get(usize::from(position)).map_or_else(String::new, |p| p.name.clone())
    }

    /// A level's name; `missing` for none.
    pub fn level_name(&self, comparison: usize, level: u8) -> String {
        match level {
            MISSING => "missing".to_owned(),
            l => self.comparisons.levels(comparison).get(usize::from(l) - 1).cloned().unwrap_or_default(),
        }
    }

    /// Values of two records side by side, fields without any left out.
    pub fn values(&self, a: Record, b: Record, show: Show) -> Vec<FieldView> {
        let of = |f: usize, r: Record| -> Vec<String> {
            let column = self.prepared.records.field(f);
            let mut values = Vec::new();
            for (slot, s) in column.slots.iter().enumerate() {
                let (id, mark) = (s.ids[r as usize], s.marks[r as usize]);
                if id == 0 {
                    continue;
                }
                let shown = show.value(&self.fields[f], column.pool.get(id));
                values.push(match (mark.makes_keys(), self.prepared.is_usable(f, slot, r)) {
                    (false, _) => format!("{shown} (makes no key)"),
                    (true, false) => format!("{shown} (shared by many)"),
                    _ => shown,
                });
            }
            values
        };
        let common = |f: usize| {
            let column = self.prepared.records.field(f);
            let held = |r: Record| column.values(r).map(|(id, _)| id);
            (held(a).next().is_some() && held(b).next().is_some())
                .then(|| held(a).any(|x| held(b).any(|y| x == y)))
        };
        (0..self.fields.len())
            .map(|f| FieldView {
                field: self.fields[f].name.clone(),
                a: of(f, a),
                b: of(f, b),
                common: common(f),
            })
            .filter(|v| !(v.a.is_empty() && v.b.is_empty()))
            .collect()
    }

    /// Levels of all comparisons with a value on both sides, and of those that some record could have had.
    fn levels(&self, e: &Evidence) -> Vec<LevelView> {
        (0..self.comparisons.0.len())
            .map(|c| LevelView {
                comparison: self.comparisons.0[c].0.clone(),
                level: self.level_name(c, e.level(c)),
                best: self.comparisons.levels(c).last().cloned().unwrap_or_default(),
            })
            .collect()
    }

    /// Explains a pair. `links` are those of the run, review pairs among them, and `clusters` what they made.
    pub fn explain(
        &self,
        a: Record,
        b: Record,
        links: &[Link],
        clusters: &Clusters,
        show: Show,
    ) -> Explanation {
        let (a, b) = (a.min(b), a.max(b));
        let p = self.prepared;
        let e = compare(p, a, b);
        let met = keys::look(self, a, b);
        let passes: Vec<PassView> = (0..self.passes.len()).map(|i| self.pass(i, &e, a, b, &met[i])).collect();
        let together = clusters.of[a as usize] == clusters.of[b as usize];
        let refused = clusters
            .refused
            .iter()
            .find(|r| (r.link.a, r.link.b) == (a, b))
            .map(|r| RefusalView { reason: r.reason.to_owned(), pair: self.opponents(a, b, clusters) });
        let kept = links.iter().find(|l| (l.a, l.b) == (a, b));
        let chain = together.then(|| chain::between(self, a, b, links, clusters)).flatten();
        let outcome = if together {
            Outcome::OnePerson
        } else if refused.is_some() || kept.is_some_and(|l| l.verdict.decision == Decision::Review) {
            Outcome::Review
        } else {
            Outcome::TwoPeople
        };
        let mut explanation = Explanation {
            a: self.name(a),
            b: self.name(b),
            outcome,
            because: String::new(),
            values: self.values(a, b, show),
            comparisons: self.levels(&e),
            passes,
            points: self.points(&e, a, b),
            weights: self.weights(&e, a, b),
            steward: self.steward(a, b),
            cannot_be_one: cannot_be_one(p, a, b).map(str::to_owned),
            refused,
            changes: change::smallest(self, &e, a, b, &met),
            chain,
        };
        explanation.because = text::because(&explanation, kept.map(|l| self.pass_name(l.pass)));
        explanation
    }

    /// What a steward decided of a pair.
    fn steward(&self, a: Record, b: Record) -> Option<Answer> {
        let has = |pairs: &[(Record, Record)]| pairs.binary_search(&(a, b)).is_ok();
        if has(&self.rulings.same) {
            Some(Answer::Same)
        } else if has(&self.rulings.household) {
            Some(Answer::Household)
        } else if has(&self.rulings.apart) {
            Some(Answer::Different)
        } else {
            has(&self.rulings.later).then_some(Answer::Later)
        }
    }

    fn pass(&self, i: usize, e: &Evidence, a: Record, b: Record, met: &[keys::Met]) -> PassView {
        let pass = &self.passes[i];
        let verdict = pass.judge(self.prepared, &self.judge, e, a, b);
        let level = |c: usize, l: u8| self.level_name(c, l);
        let unmet = pass
            .compare
            .iter()
            .filter(|r| match e.level(r.comparison) {
                MISSING => r.required,
                l => l < r.link,
            })
            .map(|r| Unmet {
                comparison: self.comparisons.0[r.comparison].0.clone(),
                found: level(r.comparison, e.level(r.comparison)),
                links_from: level(r.comparison, r.link),
                reviews_from: (r.review != u8::MAX).then(|| level(r.comparison, r.review)),
            });
        // Each guard is asked alone, with no levels to reach, so that all that refuse are named.
        let guards = pass.guards.iter().filter_map(|guard| {
            let alone = CompiledPass {
                name: String::new(),
                recipes: Vec::new(),
                compare: Vec::new(),
                guards: vec![*guard],
                method: Method::Levels,
            };
            let bare = CompiledPass { guards: Vec::new(), ..alone.clone() };
            let with = alone.judge(self.prepared, &self.judge, e, a, b);
            let without = bare.judge(self.prepared, &self.judge, e, a, b);
            (with.decision < without.decision).then(|| GuardView {
                guard: guard.0,
                decision: with.decision,
                reason: with.reason.to_owned(),
            })
        });
        let asks_levels = pass.method != Method::Points;
        PassView {
            pass: pass.name.clone(),
            method: pass.method,
            candidate: met.iter().any(|m| m.candidate),
            recipes: met.iter().map(|m| m.view.clone()).collect(),
            decision: verdict.decision,
            score: verdict.score,
            reason: verdict.reason.to_owned(),
            unmet: if asks_levels { unmet.collect() } else { Vec::new() },
            guards: if asks_levels { guards.collect() } else { Vec::new() },
        }
    }

    /// A record of each cluster that cannot be one person with the other.
    fn opponents(&self, a: Record, b: Record, clusters: &Clusters) -> Option<(RecordName, RecordName)> {
        let members = |r: Record| clusters.members(clusters.of[r as usize] as usize);
        members(a).iter().find_map(|x| {
            members(b)
                .iter()
                .find(|y| self.rulings.are_apart(*x, **y) || cannot_be_one(self.prepared, *x, **y).is_some())
                .map(|y| (self.name(*x), self.name(*y)))
        })
    }
}

/// A pair that waits in review, as a report shows it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReviewSample {
    /// The first record.
    pub a: RecordName,
    /// The second.
    pub b: RecordName,
    /// The pass that proposed it.
    pub pass: String,
    /// Why it waits.
    pub reason: String,
    /// Values side by side, masked.
    pub values: Vec<FieldView>,
    /// Weights of the pass that proposed it: bits when a model decided, else points.
    pub waterfall: Waterfall,
}

/// Up to `count` pairs that wait in review, each reason at least once while there is room, picked by their record ids.
pub fn sample_review(scene: &Scene, links: &[Link], clusters: &Clusters, count: usize) -> Vec<ReviewSample> {
    let waiting = links
        .iter()
        .filter(|l| {
            l.verdict.decision == Decision::Review && clusters.of[l.a as usize] != clusters.of[l.b as usize]
        })
        .map(|l| (*l, l.verdict.reason))
        .chain(clusters.refused.iter().map(|r| (r.link, r.reason)));
    let mut ranked: Vec<(u64, Link, &str)> =
        waiting.map(|(l, reason)| (pair_hash(scene, l.a, l.b), l, reason)).collect();
    ranked.sort_unstable_by_key(|(hash, l, _)| (*hash, l.a, l.b));
    // The first of each reason comes before all seconds.
    let mut seen: std::collections::BTreeMap<&str, u32> = std::collections::BTreeMap::new();
    let mut picked: Vec<(u32, u64, Link, &str)> = ranked
        .into_iter()
        .map(|(hash, l, reason)| {
            let turn = seen.entry(reason).or_default();
            *turn += 1;
            (*turn, hash, l, reason)
        })
        .collect();
    picked.sort_unstable_by_key(|(turn, hash, l, _)| (*turn, *hash, l.a, l.b));
    picked
        .into_iter()
        .take(count)
        .map(|(_, _, l, reason)| {
            let by_model = scene.passes.get(usize::from(l.pass)).is_some_and(|p| p.method == Method::Model);
            let weights = if by_model { scene.weights(&l.evidence, l.a, l.b) } else { None };
            ReviewSample {
                a: scene.name(l.a),
                b: scene.name(l.b),
                pass: scene.pass_name(l.pass),
                reason: reason.to_owned(),
                values: scene.values(l.a, l.b, Show::Masked),
                waterfall: weights.unwrap_or_else(|| scene.points(&l.evidence, l.a, l.b)),
            }
        })
        .collect()
}

/// A number for a pair that its record ids alone decide: an order for samples.
pub fn pair_hash(scene: &Scene, a: Record, b: Record) -> u64 {
    let one = |r: Record| {
        let records = scene.prepared.records;
        let id = records.ids.get(r as usize).unwrap_or("");
        let source = scene.sources.get(usize::from(records.sources[r as usize])).copied().unwrap_or("");
        mix(hash_bytes(source.as_bytes()), hash_bytes(id.as_bytes()))
    };
    mix(one(a), one(b))
}
