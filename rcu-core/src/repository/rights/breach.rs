//! Breach aid (`domain.md` §7.7): whom and what a set of accesses touched, as the log tells it.

use super::super::Repository;
use super::super::log::Action;
use super::super::store::Store;
use crate::access::{RolePlan, Sight, area_of};
use crate::error::Error;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What accesses of a span of time touched.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Breach {
    /// Entries of the log that are of it: reads, exports, dossiers.
    pub entries: u64,
    /// People whose page or dossier was read, by golden id.
    pub subjects: BTreeMap<String, Exposed>,
    /// What was handed out whole: everybody who was kept then is concerned.
    pub handed_out: Vec<HandedOut>,
    /// Entries that are too old to say who did what to whom.
    pub bare: u64,
}

/// What of a person was read.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Exposed {
    /// How often.
    pub times: u64,
    /// Who did.
    pub by: BTreeSet<String>,
    /// As which role.
    pub roles: BTreeSet<String>,
    /// For which purposes, where one was named.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub purposes: BTreeSet<String>,
    /// Fields that were read in clear.
    pub clear: BTreeSet<String>,
    /// Fields that were read under a mask.
    pub masked: BTreeSet<String>,
    /// The golden id that leads to the person today; none when nobody is left.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub today: Option<String>,
}

/// Something that was handed out.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct HandedOut {
    /// When, as `YYYY-MM-DDTHH:MM:SSZ`.
    pub at: String,
    /// Who did.
    pub by: String,
    /// What.
    pub what: String,
}

impl<S: Store> Repository<S> {
    /// Whom and what was read and handed out between two moments (the first included, the second not), by somebody or by
    /// anybody. Fields are those that the role sees by the configuration of today; a dossier holds all of them.
    ///
    /// # Errors
    /// Those of the store.
    pub fn breach(&self, from: i64, until: i64, by: Option<&str>) -> Result<Breach, Error> {
        let mut breach = Breach::default();
        let mut next = 1;
        loop {
            let entries = self.store.entries(next, 1000)?;
            let Some(last) = entries.last() else { break };
            next = last.number + 1;
            for e in entries {
                let is_access = matches!(e.action, Action::Read | Action::Access | Action::Export);
                // Who did it is not told of a bare entry: it may have been anybody.
                let is_by = |b| b == e.act.by || e.is_bare();
                let is_meant = e.act.at >= from && e.act.at < until && by.is_none_or(is_by);
                if !is_access || !is_meant {
                    continue;
                }
                breach.entries += 1;
                if e.is_bare() {
                    breach.bare += 1;
                    continue;
                }
                if e.action == Action::Export {
                    let (at, what) = (super::object::instant(e.act.at), e.about);
                    breach.handed_out.push(HandedOut { at, by: e.act.by, what });
                    continue;
                }
                let (id, role) = e.about.split_once(" as ").unwrap_or((&e.about, ""));
                let (role, purpose) = match role.rsplit_once(" for ") {
                    Some((role, purpose)) => (role, Some(purpose)),
                    None => (role, None),
                };
                let id = id.split(' ').next().unwrap_or_default().to_owned();
                let exposed = breach.subjects.entry(id).or_default();
                exposed.times += 1;
                exposed.by.insert(e.act.by);
                self.exposed(role, purpose, exposed);
            }
        }
        for (id, exposed) in &mut breach.subjects {
            exposed.today = self.person(id)?.map(|p| p.golden_id);
        }
        Ok(breach)
    }

    /// Adds the fields that a role sees for a purpose; without a role, or one that is no more, all of them in clear.
    fn exposed(&self, role: &str, purpose: Option<&str>, exposed: &mut Exposed) {
        // A purpose that is no more closes nothing.
        let reading = |r: &RolePlan| self.plan.reading(r, purpose).unwrap_or_else(|_| r.clone());
        let plan = self.plan.roles.get(role).map(reading);
        exposed.purposes.extend(purpose.map(str::to_owned));
        if !role.is_empty() {
            exposed.roles.insert(role.to_owned());
        }
        for (ix, f) in self.plan.fields.iter().enumerate() {
            match plan.as_ref().map_or(Sight::Clear, |r| r.sees_field(&f.name, area_of(ix, f.kind))) {
                Sight::Clear | Sight::Consented => exposed.clear.insert(f.name.clone()),
                Sight::Masked => exposed.masked.insert(f.name.clone()),
                Sight::Hidden => false,
            };
        }
    }
}
