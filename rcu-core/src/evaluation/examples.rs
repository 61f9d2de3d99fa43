//! Missed and wrong pairs by what agrees in them, with one masked example each.

use super::pairs::Truth;
use crate::mask::Show;
use crate::matching::blocking::Recipe;
use crate::matching::compare::compare;
use crate::matching::explain::{FieldView, RecordName, Scene, pair_hash};
use crate::matching::pass::Decision;
use crate::records::Record;
use crate::resolve::People;
use serde::Serialize;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Pairs looked at, at most, on each side.
const PAIRS: u64 = 5_000_000;

/// What went wrong, most frequent first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Examples {
    /// Pairs of one person in two clusters.
    pub missed: Vec<Pattern>,
    /// Pairs of two people in one cluster.
    pub wrong: Vec<Pattern>,
    /// Whether there were more pairs than were looked at.
    pub cut: bool,
}

/// Pairs with the same evidence and the same fate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Pattern {
    /// Levels of the comparisons, as `comparison=level`.
    pub evidence: String,
    /// What became of them: `no common key`, a pass with its decision and reason, or the cluster step.
    pub fate: String,
    /// How many there are.
    pub pairs: u64,
    /// The records of one of them, picked by their ids.
    pub a: RecordName,
    /// See `a`.
    pub b: RecordName,
    /// Their values, masked.
    pub values: Vec<FieldView>,
}

/// A pattern's count, and its pair with the lowest hash.
type Seen = BTreeMap<(String, String), (u64, (u64, Record, Record))>;

/// Up to `count` patterns of missed and of wrong pairs.
pub(super) fn of(scene: &Scene, truth: &Truth, people: &People, count: usize) -> Examples {
    let fates = Fates::new(scene, people);
    let of = &people.clusters.of;
    let together = |a: Record, b: Record| of[a as usize] == of[b as usize];
    let (mut missed, mut wrong) = (Seen::new(), Seen::new());
    let mut left = PAIRS;
    truth.each_true_pair(|a, b| {
        if !together(a, b) && left > 0 {
            left -= 1;
            fates.see(&mut missed, a, b);
        }
    });
    let mut cut = left == 0;
    left = PAIRS;
    for c in 0..people.clusters.len() {
        let members = people.clusters.members(c);
        for (i, a) in members.iter().enumerate() {
            for b in &members[i + 1..] {
                if left == 0 {
                    cut = true;
                    break;
                }
                left -= 1;
                if truth.same(*a, *b) == Some(false) {
                    fates.see(&mut wrong, *a, *b);
                }
            }
        }
    }
    let first = |seen: Seen| {
        let mut all: Vec<_> = seen.into_iter().collect();
        all.sort_by(|x, y| (Reverse(x.1.0), &x.0).cmp(&(Reverse(y.1.0), &y.0)));
        all.truncate(count);
        all.into_iter()
            .map(|((evidence, fate), (pairs, (_, a, b)))| Pattern {
                evidence,
                fate,
                pairs,
                a: scene.name(a),
                b: scene.name(b),
                values: scene.values(a, b, Show::Masked),
            })
            .collect()
    };
    Examples { missed: first(missed), wrong: first(wrong), cut }
}

/// Says what became of a pair.
struct Fates<'f> {
    scene: &'f Scene<'f>,
    together: &'f [u32],
    refused: BTreeMap<(Record, Record), &'static str>,
    recipes: Vec<Vec<Recipe<'f>>>,
}

impl<'f> Fates<'f> {
    fn new(scene: &'f Scene<'f>, people: &'f People) -> Fates<'f> {
        let p = scene.prepared;
        let of = |parts: &'f Vec<_>| Recipe::new(parts, p);
        Fates {
            scene,
            together: &people.clusters.of,
            refused: people.clusters.refused.iter().map(|r| ((r.link.a, r.link.b), r.reason)).collect(),
            recipes: scene.passes.iter().map(|pass| pass.recipes.iter().map(of).collect()).collect(),
        }
    }

    fn see(&self, seen: &mut Seen, a: Record, b: Record) {
        let evidence = compare(self.scene.prepared, a, b).describe(self.scene.comparisons);
        let hash = pair_hash(self.scene, a, b);
        let entry = seen.entry((evidence, self.fate(a, b))).or_insert((0, (hash, a, b)));
        entry.0 += 1;
        entry.1 = entry.1.min((hash, a, b));
    }

    fn fate(&self, a: Record, b: Record) -> String {
        let p = self.scene.prepared;
        if let Some(reason) = self.refused.get(&(a, b)) {
            return format!("linked, but their clusters were refused ({reason})");
        }
        let e = compare(p, a, b);
        let mut best: Option<(Decision, String)> = None;
        for (pass, recipes) in self.scene.passes.iter().zip(&self.recipes) {
            if recipes.iter().any(|r| !r.is_sorted() && r.meet(p, a, b)) {
                let verdict = pass.judge(p, &self.scene.judge, &e, a, b);
                if best.as_ref().is_none_or(|(d, _)| verdict.decision > *d) {
                    let reason = if verdict.reason.is_empty() {
                        String::new()
                    } else {
                        format!(" ({})", verdict.reason)
                    };
                    best = Some((
                        verdict.decision,
                        format!("{}: {}{reason}", pass.name, verdict.decision.name()),
                    ));
                }
            }
        }
        let joined = self.together[a as usize] == self.together[b as usize];
        match best {
            Some((Decision::Link, said)) => said,
            Some((_, said)) if joined => format!("joined by other records; {said}"),
            None if joined => "joined by other records; no common key".to_owned(),
            Some((_, said)) => said,
            None => "no common key".to_owned(),
        }
    }
}
