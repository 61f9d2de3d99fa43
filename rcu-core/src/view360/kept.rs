//! Pages of the people of a repository.

use super::{View360, Viewer, index_facts};
use crate::access::RolePlan;
use crate::config::Plan;
use crate::error::Error;
use crate::matching::ruling::RecordRef;
use crate::repository::{Part, Repository, Store};
use std::collections::BTreeSet;

/// Everything known of one person of a repository, found by a golden id, also of one that was taken in, or by a record
/// written as `source:record id`; none when there is nobody. It is clear and whole: show it by [`view_for`].
///
/// # Errors
/// [`Error::UnknownSource`]; [`Error::Argument`] when the role that the repository is used as does not see everything;
/// those of the store.
pub fn view_of_kept<S: Store>(repository: &Repository<S>, id: &str) -> Result<Option<View360>, Error> {
    if let Some(role) = repository.role() {
        return view_for(repository, id, &role.name);
    }
    page(repository, id)
}

fn page<S: Store>(repository: &Repository<S>, id: &str) -> Result<Option<View360>, Error> {
    let Some(portrait) = repository.portrait(id)? else { return Ok(None) };
    let (plan, run) = (repository.plan(), &portrait.run);
    let facts = index_facts(plan, run, &portrait.inputs)?;
    let viewer = Viewer::new(plan, run).with_facts(&portrait.inputs, &facts);
    viewer.view(&portrait.golden_id).map(Some)
}

/// The same as a role sees it: under its masks, and of people whom its brands know, what these know of them; none when
/// they know nothing.
///
/// # Errors
/// [`Error::UnknownSource`]; [`Error::Argument`] for an unknown role, and one that may not read or sees more than the role
/// that the repository is used as; those of the store.
pub fn view_for<S: Store>(
    repository: &Repository<S>,
    id: &str,
    role: &str,
) -> Result<Option<View360>, Error> {
    let role = repository.reader(role)?;
    let Some(mut view) = page(repository, id)? else { return Ok(None) };
    let plan = repository.plan();
    if role.is_limited() {
        let Some(part) = repository.part_of(&view.golden_id, &role)? else { return Ok(None) };
        let named: Option<RecordRef> = id.trim().split_once([':', '/']).and_then(|(source, record_id)| {
            plan.source(source.trim())?;
            Some(RecordRef { source: source.trim().into(), record_id: record_id.trim().into() })
        });
        if named.is_some_and(|r| !part.records.contains(&r)) {
            return Ok(None);
        }
        let facts = repository.rows_of_records(&view.golden_id, &part.records)?;
        view.limit(&role, &part, &facts, plan);
        if let Some(household) = &mut view.household {
            let mut others = Vec::new();
            for other in std::mem::take(&mut household.others) {
                if repository.part_of(&other, &role)?.is_some() {
                    others.push(other);
                }
            }
            household.others = others;
        }
    }
    Ok(Some(view.for_role(&role, plan)))
}

impl View360 {
    /// Leaves what some records know: those of the brands of a role.
    fn limit(&mut self, role: &RolePlan, part: &Part, facts: &BTreeSet<(String, String)>, plan: &Plan) {
        let own = |source: &str, record_id: &str| {
            part.records.contains(&RecordRef { source: source.to_owned(), record_id: record_id.to_owned() })
        };
        let named = |text: &str| text.split_once(':').is_some_and(|(source, id)| own(source, id));
        let held = |field: &str, value: &Option<String>| match (plan.field(field), value) {
            (Some(ix), Some(text)) => part.values.contains(&(ix, text.clone())),
            _ => false,
        };
        self.records.retain(|r| own(&r.source, &r.record_id));
        self.identity.retain(|v| held(&v.field, &v.value));
        self.contacts.retain(|v| held(&v.field, &v.value));
        self.consents.retain(|c| c.brand.is_empty() || role.sees_record_of(Some(&c.brand), None));
        for c in &mut self.consents {
            c.statements.retain(|s| s.record.as_deref().is_some_and(named));
        }
        for rows in self.facts.values_mut() {
            rows.retain(|f| facts.contains(&(f.source.clone(), f.id.clone())));
        }
        self.facts.retain(|_, rows| !rows.is_empty());
        self.provenance.retain(|o| own(&o.source, &o.record_id));
        for o in &mut self.provenance {
            o.beat.retain(|b| own(&b.source, &b.record_id));
        }
        if let Some(history) = &mut self.history {
            history.links.retain(|l| named(&l.a) && named(&l.b));
            // They name other people's records, of whatever brand.
            history.doubts.clear();
        }
        if !part.whole {
            // Made of all records together.
            self.aggregates.clear();
            self.household = None;
            self.history = None;
        }
    }
}
