//! Pages of the people of a repository.

use super::{View360, Viewer, index_facts};
use crate::access::{Closed, RolePlan};
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
    view_for_purpose(repository, id, role, None)
}

/// The same read for a purpose: what the purpose may not use is left out; none when that is all. Without a purpose, the
/// role reads for those that it works for.
///
/// # Errors
/// Those of [`view_for`]; [`Error::Argument`] for a purpose that is unknown or not the role's.
pub fn view_for_purpose<S: Store>(
    repository: &Repository<S>,
    id: &str,
    role: &str,
    purpose: Option<&str>,
) -> Result<Option<View360>, Error> {
    let role = repository.reader(role, purpose)?;
    let Some(mut view) = page(repository, id)? else { return Ok(None) };
    let plan = repository.plan();
    if role.sees_a_part() {
        let Some(part) = repository.part_of(&view.golden_id, &role)? else { return Ok(None) };
        let named: Option<RecordRef> = id.trim().split_once([':', '/']).and_then(|(source, record_id)| {
            plan.source(source.trim())?;
            Some(RecordRef { source: source.trim().into(), record_id: record_id.trim().into() })
        });
        if named.is_some_and(|r| !part.records.contains(&r)) {
            return Ok(None);
        }
        // What the person did says its own source what it is for, whichever record it names.
        let of_brands = role.clone().reading(None, Closed::default());
        let named = repository.part_of(&view.golden_id, &of_brands)?.map(|p| p.records).unwrap_or_default();
        let facts = repository.rows_of_records(&view.golden_id, &named)?;
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
    /// Leaves what some records know: those of the brands of a role, as far as its purposes may use them.
    fn limit(&mut self, role: &RolePlan, part: &Part, facts: &BTreeSet<(String, String)>, plan: &Plan) {
        let own = |source: &str, record_id: &str| {
            part.records.contains(&RecordRef { source: source.to_owned(), record_id: record_id.to_owned() })
        };
        let named = |text: &str| text.split_once(':').is_some_and(|(source, id)| own(source, id));
        let held = |field: &str, value: &Option<String>| match (plan.field(field), value) {
            (Some(ix), Some(text)) => part.values.contains(&(ix, text.clone())),
            _ => false,
        };
        let closed = |source: &str, field: &str| match (plan.source(source), plan.field(field)) {
            (Some(source), Some(field)) => role.closed.has(source as u16, field),
            _ => false,
        };
        let closed_rows =
            |source: &str| plan.source(source).is_some_and(|s| role.closed.has_source(s as u16));
        self.records.retain(|r| own(&r.source, &r.record_id));
        self.identity.retain(|v| held(&v.field, &v.value));
        self.contacts.retain(|v| held(&v.field, &v.value));
        self.consents.retain(|c| c.brand.is_empty() || role.sees_record_of(Some(&c.brand), None));
        for c in &mut self.consents {
            c.statements.retain(|s| s.record.as_deref().is_some_and(named) && !closed_rows(&s.source));
        }
        let mut all_facts = true;
        for rows in self.facts.values_mut() {
            let before = rows.len();
            rows.retain(|f| !closed_rows(&f.source) && facts.contains(&(f.source.clone(), f.id.clone())));
            all_facts &= rows.len() == before;
        }
        self.facts.retain(|_, rows| !rows.is_empty());
        self.provenance.retain(|o| own(&o.source, &o.record_id) && !closed(&o.source, &o.field));
        for o in &mut self.provenance {
            o.beat.retain(|b| own(&b.source, &b.record_id) && !closed(&b.source, &o.field));
        }
        if let Some(history) = &mut self.history {
            history.links.retain(|l| named(&l.a) && named(&l.b));
            // They name other people's records, of whatever brand.
            history.doubts.clear();
            history.locks.retain(|l| l.value.is_none() || held(&l.field, &l.value));
        }
        if !part.whole || !all_facts {
            // Made of all of them together.
            self.aggregates.clear();
        }
        if !part.whole {
            self.household = None;
            self.history = None;
        }
    }
}
