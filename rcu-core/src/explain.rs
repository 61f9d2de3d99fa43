//! Why two records of a run are one person, wait in review, or are two.

use crate::config::Plan;
use crate::error::{Error, did_you_mean};
use crate::mask::Show;
use crate::matching::explain::Explanation;
use crate::matching::model::Weights;
use crate::matching::prepare::Prepared;
use crate::records::{Record, RecordIndex, Records};
use crate::resolve::{People, Resolution, in_scene, weigh};

/// Explains two records of a run, each named by its source and its id there. Values are masked unless `show` says
/// otherwise.
///
/// What comparing needs is computed anew from the records of the run, which takes about as long as reading them did.
///
/// # Errors
/// [`Error::UnknownSource`] for a source that the plan does not declare, [`Error::Argument`] for a record that was not
/// loaded or when both are the same.
pub fn explain(
    plan: &Plan,
    run: &Resolution,
    a: (&str, &str),
    b: (&str, &str),
    show: Show,
) -> Result<Explanation, Error> {
    let (x, y) = both(plan, &run.records, a, b)?;
    let prepared = Prepared::new(&plan.setting(), &run.records);
    let weights: Option<Weights> = run.model.as_ref().map(|m| weigh(plan, m, &prepared));
    let rulings = plan.rulings.locate(&RecordIndex::new(&run.records), &plan.source_names());
    Ok(in_scene(plan, &prepared, weights.as_ref(), &rulings, |scene| {
        scene.explain(x, y, &run.links, &run.clusters, show)
    }))
}

/// The same when people were found in prepared records and nothing else was computed.
///
/// # Errors
/// See [`explain`].
pub fn explain_people(
    plan: &Plan,
    prepared: &Prepared,
    people: &People,
    a: (&str, &str),
    b: (&str, &str),
    show: Show,
) -> Result<Explanation, Error> {
    let (x, y) = both(plan, prepared.records, a, b)?;
    Ok(in_scene(plan, prepared, people.weights.as_ref(), &people.rulings, |scene| {
        scene.explain(x, y, &people.links, &people.clusters, show)
    }))
}

fn both(plan: &Plan, records: &Records, a: (&str, &str), b: (&str, &str)) -> Result<(Record, Record), Error> {
    let (x, y) = (find(plan, records, "a", a)?, find(plan, records, "b", b)?);
    if x == y {
        let reason = "is the same record as `a`; name two records".to_owned();
        return Err(Error::Argument { argument: "b".to_owned(), reason });
    }
    Ok((x, y))
}

fn find(plan: &Plan, records: &Records, argument: &str, (source, id): (&str, &str)) -> Result<Record, Error> {
    let Some(position) = plan.source(source) else {
        let names = plan.source_names();
        let hint = did_you_mean(source, names.iter().copied());
        return Err(Error::UnknownSource {
            source_name: source.to_owned(),
            declared: format!("{}{hint}", names.join(", ")),
        });
    };
    let found = (0..records.len()).find(|r| {
        usize::from(records.sources[*r]) == position && records.ids.get(*r).is_some_and(|x| x == id)
    });
    found.map(|r| r as Record).ok_or_else(|| Error::Argument {
        argument: argument.to_owned(),
        reason: format!(
            "source `{source}` has no record of that id among those loaded; rejected rows are listed apart"
        ),
    })
}
