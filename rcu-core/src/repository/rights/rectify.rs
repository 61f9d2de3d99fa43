//! Rectification (GDPR art. 16): a value that the person corrects is pinned, and told to the sources that hold another.

use super::super::erase::Subject;
use super::super::log::{Act, Action};
use super::super::store::Store;
use super::super::{Applied, Change, Repository};
use crate::access::Right;
use crate::error::{Error, did_you_mean};
use crate::subscriber::View;
use crate::survivorship::{Lock, LockKind};
use serde::Serialize;

/// What became of a rectification.
#[derive(Debug, Clone, Default)]
pub struct Rectified {
    /// The change.
    pub applied: Applied,
    /// The person.
    pub golden_id: String,
    /// Records that hold another value, whose sources have to correct theirs.
    pub corrections: Vec<Correction>,
}

/// A record whose source has to correct it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Correction {
    /// The source.
    pub source: String,
    /// The record.
    pub record_id: String,
    /// The subscriber that tells the source, a view `source_feedback` of it; none: somebody has to tell it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub told_by: Option<String>,
}

impl<S: Store> Repository<S> {
    /// Pins a golden value at the person's request, or pins that there is none. It survives whatever sources send;
    /// sources that have a view `source_feedback` are told, and those that have none are named.
    ///
    /// # Errors
    /// [`Error::Argument`] when nobody is meant, for a field that is not one, or the role may not; [`Error::Config`] for a
    /// value that the field does not take; those of the store.
    pub fn rectify(
        &mut self,
        subject: &Subject,
        field: &str,
        value: Option<&str>,
        act: &Act,
    ) -> Result<Rectified, Error> {
        self.must(Right::Update)?;
        let golden_id = self.meant(subject)?.golden_id;
        let Some(ix) = self.plan.field(field) else {
            let names = self.plan.fields.iter().map(|f| f.name.as_str());
            let hint = did_you_mean(field, names);
            let reason = format!("`{field}` is not a field{hint}");
            return Err(Error::Argument { argument: "field".into(), reason });
        };
        let lock = Lock {
            golden_id: Some(golden_id.clone()),
            field: field.to_owned(),
            kind: if value.is_some() { LockKind::Pin } else { LockKind::Clear },
            value: value.map(str::to_owned),
            author: act.by.clone(),
            reason: act.reason.clone(),
            date: Some(self.plan.zone.day_of(act.at).min(self.plan.as_of).to_string()),
            ..Lock::default()
        };
        let applied = self.apply(Change { locks: vec![lock], act: act.clone(), ..Change::default() })?;
        let person = self.meant(&Subject::GoldenId(golden_id))?;
        let golden = person.values.iter().find(|v| v.field == ix).map(|v| v.text.as_str());
        let mut corrections = Vec::new();
        for o in &person.members {
            let Some(record) = self.store.record(*o)?.map(|k| k.record) else { continue };
            let own: Vec<&str> =
                record.values.iter().filter(|v| v.field == ix).map(|v| v.text.as_str()).collect();
            let right = golden.map_or(own.is_empty(), |g| own.contains(&g));
            if !right {
                let tells = self.plan.subscribers.values().find(|s| {
                    s.view == View::SourceFeedback
                        && s.source == Some(record.source)
                        && s.fields.iter().any(|(f, _)| *f == ix)
                });
                let r = self.named_record(&record);
                let told_by = tells.map(|s| s.name.clone());
                corrections.push(Correction { source: r.source, record_id: r.record_id, told_by });
            }
        }
        corrections.sort();
        let golden_id = person.golden_id;
        self.note(
            act,
            Action::Rectify,
            format!("{golden_id}, {field}, {} records to correct", corrections.len()),
        )?;
        Ok(Rectified { applied, golden_id, corrections })
    }
}
