//! Which keys two records share, part by part, and why those that they do not share are not there.

use super::Scene;
use crate::field;
use crate::matching::blocking::{Recipe, each_candidate};
use crate::matching::decide::Part;
use crate::matching::prepare::Prepared;
use crate::records::Record;
use serde::Serialize;

/// What a record holds for one part of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Held {
    /// A value that makes a key.
    Value,
    /// No value.
    Missing,
    /// A placeholder, a suspect number, a role address: a value that makes no key.
    Barred,
    /// A value that too many people share.
    Shared,
}

/// One part of a recipe.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PartView {
    /// The part, as it is written in the configuration.
    pub part: String,
    /// Whether the records have it in common.
    pub common: bool,
    /// What the first record holds.
    pub a: Held,
    /// What the second holds.
    pub b: Held,
}

/// One recipe of a pass.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RecipeView {
    /// Its parts.
    pub parts: Vec<PartView>,
    /// Whether it makes the pair a candidate.
    pub candidate: bool,
    /// Why it does not although all parts are common: `split_block` when the block was over the limit and split between
    /// the two, `window` when a sorted neighbourhood does not reach, `duplicate_free` when both are of one source that
    /// is declared free of duplicates.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kept_apart_by: Option<&'static str>,
}

/// A recipe looked at.
#[derive(Debug, Clone)]
pub(super) struct Met {
    /// For people.
    pub view: RecipeView,
    /// Whether each part is common.
    pub parts: Vec<bool>,
    /// Whether the pair is a candidate by this recipe.
    pub candidate: bool,
    /// Whether something other than its parts keeps the pair from being one.
    pub blocked: bool,
}

/// Looks at every recipe of every pass. A recipe whose parts are all common is walked, so that what split blocks and
/// windows leave out is known exactly.
pub(super) fn look(scene: &Scene, a: Record, b: Record) -> Vec<Vec<Met>> {
    let p = scene.prepared;
    let sources = &p.records.sources;
    let barred_source = sources[a as usize] == sources[b as usize] && p.is_duplicate_free(a);
    let barred_scope = p.scope(a) != p.scope(b);
    scene
        .passes
        .iter()
        .enumerate()
        .map(|(i, pass)| {
            pass.recipes
                .iter()
                .enumerate()
                .map(|(j, parts)| {
                    let recipe = Recipe::new(parts, p);
                    let common: Vec<bool> = (0..parts.len()).map(|k| recipe.part_meets(k, p, a, b)).collect();
                    let all = common.iter().all(|c| *c);
                    let candidate = all && !barred_source && !barred_scope && walked(scene, &recipe, a, b);
                    let kept_apart_by = (all && !candidate).then(|| {
                        if barred_scope {
                            "scope"
                        } else if barred_source {
                            "duplicate_free"
                        } else if recipe.is_sorted() {
                            "window"
                        } else {
                            "split_block"
                        }
                    });
                    let view = RecipeView {
                        parts: (0..parts.len())
                            .map(|k| PartView {
                                part: part_name(scene, i, j, k),
                                common: common[k],
                                a: held(&recipe, k, p, a),
                                b: held(&recipe, k, p, b),
                            })
                            .collect(),
                        candidate,
                        kept_apart_by,
                    };
                    let blocked = barred_source || barred_scope || kept_apart_by.is_some();
                    Met { view, parts: common, candidate, blocked }
                })
                .collect()
        })
        .collect()
}

/// A part as the configuration writes it.
pub(super) fn part_name(scene: &Scene, pass: usize, recipe: usize, part: usize) -> String {
    let written = scene.specs.get(pass).and_then(|s| s.on.recipes().get(recipe)).and_then(|r| r.get(part));
    written.cloned().unwrap_or_default()
}

fn walked(scene: &Scene, recipe: &Recipe, a: Record, b: Record) -> bool {
    let walked = each_candidate(
        recipe,
        scene.prepared,
        scene.judge.spec,
        || false,
        |found, x, y| *found |= (x, y) == (a, b),
    );
    walked.states.into_iter().any(|f| f)
}

/// What a record holds for a part.
fn held(recipe: &Recipe, k: usize, p: &Prepared, r: Record) -> Held {
    let part = recipe.parts[k];
    let mut has = false;
    recipe.each_value(k, p, r, |_| has = true);
    let fields: &[usize] = match part {
        Part::Address => &[field::POSTCODE, field::STREET],
        Part::StreetLine => &[field::STREET],
        Part::NamePair => &[field::LAST_NAME, field::FIRST_NAME],
        Part::LastName | Part::PhonexLast => &[field::LAST_NAME],
        other => &[other.field().unwrap_or(field::LAST_NAME)],
    };
    let filled = |f: usize| p.records.field(f).values(r).next().is_some();
    if has || matches!(part, Part::Sorted(..)) && fields.iter().all(|f| filled(*f)) {
        Held::Value
    } else if !fields.iter().all(|f| filled(*f)) {
        Held::Missing
    } else if fields.iter().any(|f| p.records.field(*f).values(r).any(|(_, m)| m.makes_keys())) {
        // A value that may make a key and makes none was taken out because it is shared; a name without letters and an
        // address without a way make none by themselves.
        if matches!(part, Part::Email | Part::Mobile | Part::Landline | Part::Card) {
            Held::Shared
        } else {
            Held::Barred
        }
    } else {
        Held::Barred
    }
}
