//! The smallest change that would turn a decision, found by trying: each comparison at each other level, each key that
//! lacks one part, and two comparisons at once when no single change is enough.

use super::Scene;
use super::keys::{Met, part_name};
use crate::matching::cluster::conflict;
use crate::matching::compare::{CONFLICT, Evidence, MISSING, at};
use crate::matching::decide::{CompiledPass, Part};
use crate::matching::pass::{Decision, Method};
use crate::matching::ruling::Answer;
use crate::records::Record;
use serde::Serialize;

/// How many changes are named.
const NAMED: usize = 6;

/// One comparison at another level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChangeStep {
    /// The comparison.
    pub comparison: String,
    /// Its level now, `missing` when one record has no value.
    pub from: String,
    /// The level that would do.
    pub to: String,
}

/// A change that would turn the decision. It says what the passes would decide; the cluster step comes after them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// In words.
    pub what: String,
    /// Comparisons that change.
    pub steps: Vec<ChangeStep>,
    /// A part of a key that the records would have to share, when no comparison tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// What the pair would become.
    pub gives: Decision,
    /// The pass that would decide so.
    pub pass: String,
    /// Half steps between levels; a missing value lies half a step above the worst level.
    pub size: u32,
}

/// A supposition: comparisons at other levels, or a key part in common.
struct Supposed<'s> {
    e: Evidence,
    changed: &'s [usize],
    key: Option<(usize, usize)>,
}

/// Changes that turn the decision, smallest first: towards a link for a pair that is none, away from it for one that is.
pub(super) fn smallest(scene: &Scene, e: &Evidence, a: Record, b: Record, met: &[Vec<Met>]) -> Vec<Change> {
    // What a steward decided no change of the records turns.
    if matches!(scene.steward(a, b), Some(Answer::Same | Answer::Different | Answer::Household)) {
        return Vec::new();
    }
    let trial = Trial { scene, a, b, met, twins: scene.passes.iter().map(by_levels).collect() };
    let (now, _) = trial.decide(&Supposed { e: *e, changed: &[], key: None });
    let singles = trial.single_steps(e, now);
    let mut found: Vec<Change> = Vec::new();
    let mut best: Vec<(usize, Decision)> = Vec::new();
    for (c, level, size) in &singles {
        let (gives, pass) = trial.decide(&Supposed { e: e.with(*c, *level), changed: &[*c], key: None });
        // Of one comparison, the smallest change that gives a decision is enough.
        if turns(now, gives) && !best.iter().any(|(d, g)| d == c && *g >= gives) {
            best.push((*c, gives));
            found.push(trial.change(e, &[(*c, *level)], gives, pass, *size));
        }
    }
    if now != Decision::Link {
        found.extend(trial.keys(e, now));
    }
    if now != Decision::Link && !found.iter().any(|f| f.gives == Decision::Link) {
        found.extend(trial.doubles(e, &singles));
    }
    found.sort_by(|x, y| (x.size, y.gives, &x.what).cmp(&(y.size, x.gives, &y.what)));
    found.truncate(NAMED);
    found
}

/// Whether a decision is the other way: up to a link or a review, or down from a link.
fn turns(now: Decision, gives: Decision) -> bool {
    if now == Decision::Link { gives < now } else { gives > now }
}

/// The pass with its levels and guards alone, whatever decides in it.
fn by_levels(pass: &CompiledPass) -> CompiledPass {
    CompiledPass { method: Method::Levels, recipes: Vec::new(), ..pass.clone() }
}

struct Trial<'t> {
    scene: &'t Scene<'t>,
    a: Record,
    b: Record,
    met: &'t [Vec<Met>],
    twins: Vec<CompiledPass>,
}

impl Trial<'_> {
    /// Other levels of every comparison with their size, smallest first: better ones and "no value" in place of a
    /// conflict for a pair that is not linked, worse ones for a pair that is.
    fn single_steps(&self, e: &Evidence, decision: Decision) -> Vec<(usize, u8, u32)> {
        let useful = |now: u8, level: u8| match decision {
            Decision::Link => now != MISSING && level < now,
            _ => level > now || level == MISSING && now == CONFLICT,
        };
        let position = |level: u8| if level == MISSING { 3 } else { 2 * u32::from(level) };
        let mut steps = Vec::new();
        for c in 0..self.scene.comparisons.0.len() {
            let now = e.level(c);
            for level in 0..=self.scene.comparisons.levels(c).len() as u8 {
                if useful(now, level) {
                    steps.push((c, level, position(level).abs_diff(position(now))));
                }
            }
        }
        steps.sort_unstable_by_key(|(c, level, size)| (*size, *c, *level));
        steps
    }

    /// The best decision of all passes in which the pair would be a candidate, and the pass.
    fn decide(&self, s: &Supposed) -> (Decision, usize) {
        let mut best = (Decision::No, 0);
        for (i, recipes) in self.met.iter().enumerate() {
            let candidate = recipes.iter().enumerate().any(|(j, m)| self.meets(i, j, m, s));
            if candidate {
                let decision = self.judge(i, s);
                if decision > best.0 {
                    best = (decision, i);
                }
            }
        }
        // What cannot be one person is not joined; the refused link waits in review.
        if best.0 == Decision::Link && conflict(self.scene.prepared, &s.e, self.a, self.b).is_some() {
            best.0 = Decision::Review;
        }
        best
    }

    fn judge(&self, i: usize, s: &Supposed) -> Decision {
        let (p, judge, pass) = (self.scene.prepared, &self.scene.judge, &self.scene.passes[i]);
        let (a, b) = (self.a, self.b);
        let Some(model) = judge.model.filter(|_| pass.method == Method::Model) else {
            return pass.judge(p, judge, &s.e, a, b).decision;
        };
        // A value that is not there has no rarity: a supposed level weighs what it weighs on average.
        let own: i32 = model
            .shares(&s.e, a, b)
            .iter()
            .filter(|share| s.changed.contains(&share.comparison))
            .map(|share| model.of_level(share.comparison, share.level) - share.weight)
            .sum();
        let decision = model.decide(model.weight(&s.e, a, b) + own).decision;
        decision.min(self.twins[i].judge(p, judge, &s.e, a, b).decision)
    }

    /// Whether a recipe would make the pair a candidate.
    fn meets(&self, pass: usize, recipe: usize, m: &Met, s: &Supposed) -> bool {
        if s.changed.is_empty() && s.key.is_none() {
            return m.candidate;
        }
        if m.blocked {
            return false;
        }
        let parts = &self.scene.passes[pass].recipes[recipe];
        parts.iter().zip(&m.parts).enumerate().all(|(k, (part, common))| {
            s.key == Some((pass, recipe)) && !common && self.lacks_one(m) == Some(k)
                || self.part(*part, *common, s)
        })
    }

    /// Whether a part would be common, as far as comparisons tell.
    fn part(&self, part: Part, common: bool, s: &Supposed) -> bool {
        let touched = self.comparisons_of(part).into_iter().filter(|c| s.changed.contains(c));
        let best = |c: usize| usize::from(s.e.level(c)) == self.scene.comparisons.levels(c).len();
        let mut common = common;
        for c in touched {
            common = if part == Part::NamePair {
                best(at::LAST_NAME) && best(at::FIRST_NAME)
            } else if best(c) {
                true
            } else if is_exact(part) || s.e.level(c) <= 1 {
                false
            } else {
                common
            };
        }
        common
    }

    /// The comparisons that tell whether a part is common.
    fn comparisons_of(&self, part: Part) -> Vec<usize> {
        let own =
            self.scene.prepared.custom.iter().enumerate().filter(|(_, c)| part.field() == Some(c.field));
        let own = own.map(|(i, _)| at::CUSTOM + i);
        part.comparisons().iter().copied().chain(own).collect()
    }

    /// The only part that a recipe lacks.
    fn lacks_one(&self, m: &Met) -> Option<usize> {
        let mut lacking = m.parts.iter().enumerate().filter(|(_, c)| !**c).map(|(k, _)| k);
        lacking.next().filter(|_| lacking.next().is_none())
    }

    /// Keys that lack one part which no change of a comparison brings.
    fn keys(&self, e: &Evidence, now: Decision) -> Vec<Change> {
        let mut found: Vec<Change> = Vec::new();
        for (i, recipes) in self.met.iter().enumerate() {
            for (j, m) in recipes.iter().enumerate() {
                let Some(k) = self.lacks_one(m) else { continue };
                let part = self.scene.passes[i].recipes[j][k];
                let told = is_exact(part)
                    && self
                        .comparisons_of(part)
                        .iter()
                        .any(|c| usize::from(e.level(*c)) < self.scene.comparisons.levels(*c).len());
                if told {
                    continue;
                }
                let (gives, pass) = self.decide(&Supposed { e: *e, changed: &[], key: Some((i, j)) });
                let name = part_name(self.scene, i, j, k);
                if turns(now, gives) && !found.iter().any(|f| f.key.as_ref() == Some(&name)) {
                    found.push(Change {
                        what: format!("the same {}", spoken(&name)),
                        steps: Vec::new(),
                        key: Some(name),
                        gives,
                        pass: self.scene.pass_name(pass as u16),
                        size: 2,
                    });
                }
            }
        }
        found
    }

    /// Two comparisons at once that give a link; the three smallest, of two comparisons the smallest.
    fn doubles(&self, e: &Evidence, singles: &[(usize, u8, u32)]) -> Vec<Change> {
        let mut pairs = Vec::new();
        for (n, x) in singles.iter().enumerate() {
            for y in &singles[n + 1..] {
                if x.0 != y.0 {
                    pairs.push((x.2 + y.2, x.0, x.1, y.0, y.1));
                }
            }
        }
        pairs.sort_unstable();
        let mut found: Vec<(usize, usize, Change)> = Vec::new();
        for (size, c, level, d, other) in pairs {
            if found.len() == 3 {
                break;
            }
            let (x, y) = (c.min(d), c.max(d));
            if found.iter().any(|(p, q, _)| (*p, *q) == (x, y)) {
                continue;
            }
            let e2 = e.with(c, level).with(d, other);
            let (gives, pass) = self.decide(&Supposed { e: e2, changed: &[c, d], key: None });
            if gives == Decision::Link {
                found.push((x, y, self.change(e, &[(c, level), (d, other)], gives, pass, size)));
            }
        }
        found.into_iter().map(|(_, _, change)| change).collect()
    }

    fn change(&self, e: &Evidence, steps: &[(usize, u8)], gives: Decision, pass: usize, size: u32) -> Change {
        let mut steps = steps.to_vec();
        steps.sort_unstable();
        let words: Vec<String> = steps.iter().map(|(c, level)| self.words(*c, e.level(*c), *level)).collect();
        let view = |(c, level): &(usize, u8)| ChangeStep {
            comparison: self.scene.comparisons.0[*c].0.clone(),
            from: self.scene.level_name(*c, e.level(*c)),
            to: self.scene.level_name(*c, *level),
        };
        Change {
            what: words.join(" and "),
            steps: steps.iter().map(view).collect(),
            key: None,
            gives,
            pass: if gives == Decision::No { String::new() } else { self.scene.pass_name(pass as u16) },
            size,
        }
    }

    fn words(&self, c: usize, from: u8, to: u8) -> String {
        let name = spoken(&self.scene.comparisons.0[c].0);
        let count = self.scene.comparisons.levels(c).len();
        let level = spoken(&self.scene.level_name(c, to));
        let best = usize::from(to) == count;
        if to == MISSING {
            format!("no {name} on one side")
        } else if count == 2 {
            if best { format!("a common {name}") } else { format!("another {name}") }
        } else if from != MISSING && to < from {
            format!("{name} only {level}")
        } else if best {
            format!("{name} {level}")
        } else {
            format!("{name} at least {level}")
        }
    }
}

/// Parts that are common exactly when their comparison is at its best level.
fn is_exact(part: Part) -> bool {
    matches!(
        part,
        Part::LastName
            | Part::FirstName
            | Part::NamePair
            | Part::Email
            | Part::Mobile
            | Part::Landline
            | Part::Card
            | Part::BirthDate
            | Part::Address
            | Part::Field(_)
    )
}

fn spoken(name: &str) -> String {
    name.replace('_', " ")
}
