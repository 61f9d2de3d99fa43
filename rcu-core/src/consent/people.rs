//! The consents of every person, from the statements of their records.

use super::spec::{Across, ConsentPlan};
use super::state::{State, current};
use super::statement::{Statement, Status, Subject, When};
use crate::matching::cluster::Clusters;
use crate::records::{Record, Records};
use crate::time::Day;
use rayon::prelude::*;
use std::sync::Arc;

/// A statement with the record that made it. A statement stays with its record for ever, so that an un-merge gives each
/// person their own back.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Said {
    /// The record.
    pub record: Record,
    /// Position of the source that the statement came from.
    pub source: u16,
    /// What it said.
    pub statement: Statement,
}

/// The state of one subject of one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonConsent {
    /// The person.
    pub cluster: u32,
    /// Purpose, channel, brand.
    pub subject: Arc<Subject>,
    /// The state of all records together.
    pub state: State,
    /// The statement that decided.
    pub by: Said,
    /// Statements about it.
    pub statements: u32,
}

/// The consents of a run.
#[derive(Debug, Clone, Default)]
pub struct Consents {
    /// Statements of the rows of the family `consents`, by record. Those of customers' columns are found when asked for.
    pub said: Vec<Said>,
    /// States, by person and subject.
    pub people: Vec<PersonConsent>,
}

impl Consents {
    /// The states of every person on the day `as_of`. The order of `said` does not matter.
    pub fn new(
        plan: &ConsentPlan,
        mut said: Vec<Said>,
        records: &Records,
        clusters: &Clusters,
        as_of: Day,
    ) -> Consents {
        said.par_sort_unstable();
        said.dedup();
        let mut consents = Consents { said, people: Vec::new() };
        if consents.said.is_empty() && plan.columns.iter().all(|c| records.field(c.field).slots.is_empty()) {
            return consents;
        }
        const RUN: usize = 1 << 12;
        let runs: Vec<Vec<PersonConsent>> = (0..clusters.len().div_ceil(RUN))
            .into_par_iter()
            .map(|run| {
                let (mut all, mut people) = (Vec::new(), Vec::new());
                for c in run * RUN..((run + 1) * RUN).min(clusters.len()) {
                    all.clear();
                    for r in clusters.members(c) {
                        consents.of_record(plan, records, *r, &mut all);
                    }
                    of_person(plan.across, c as u32, &all, as_of, &mut people);
                }
                people
            })
            .collect();
        consents.people = runs.into_iter().flatten().collect();
        consents
    }

    /// The states of one person.
    pub fn of(&self, cluster: u32) -> &[PersonConsent] {
        let from = self.people.partition_point(|p| p.cluster < cluster);
        let to = self.people.partition_point(|p| p.cluster <= cluster);
        &self.people[from..to]
    }

    /// Adds the statements of one record in their order: those of its columns, and those of its rows.
    pub fn of_record(&self, plan: &ConsentPlan, records: &Records, r: Record, out: &mut Vec<Said>) {
        let start = out.len();
        for column in &plan.columns {
            let values = records.field(column.field);
            for status in values.values(r).filter_map(|(id, _)| Status::of(values.pool.get(id))) {
                let day = match column.date {
                    Some(f) => records.field(f).text(r).and_then(Day::parse_iso),
                    None => records.updated[r as usize],
                };
                let source = records.sources[r as usize];
                let mut statement = Statement::new(column.subject.clone(), status, day.map(When::day));
                let written = column.proof.and_then(|f| records.field(f).text(r)).map(Arc::from);
                let vouched = plan.proven.get(usize::from(source)).copied().unwrap_or(false);
                statement.proof = written.or_else(|| vouched.then(|| plan.vouched.clone()));
                out.push(Said { record: r, source, statement });
            }
        }
        let from = self.said.partition_point(|s| s.record < r);
        out.extend(self.said[from..].iter().take_while(|s| s.record == r).cloned());
        out[start..].sort_unstable();
    }
}

/// Adds the states of the person who made the statements `all`, which stand by record; subjects in order.
fn of_person(across: Across, cluster: u32, all: &[Said], as_of: Day, out: &mut Vec<PersonConsent>) {
    let mut subjects: Vec<&Arc<Subject>> = all.iter().map(|s| &s.statement.subject).collect();
    subjects.sort_unstable();
    subjects.dedup();
    // What decides alone: the statements of each record, or all of them.
    let parts: Vec<&[Said]> = match across {
        Across::MostRestrictive => all.chunk_by(|a, b| a.record == b.record).collect(),
        Across::Latest => vec![all],
    };
    for subject in subjects {
        let mut decided: Option<(State, &Said)> = None;
        for part in &parts {
            let Some(c) = current(part.iter().map(|s| &s.statement), subject, as_of) else { continue };
            // Of equal statements the first record's stands for them.
            let Some(by) = part.iter().find(|s| s.statement == *c.by) else { continue };
            decided = Some(match decided {
                Some((state, before)) if state.meet(c.state) == state => (state, before),
                _ => (c.state, by),
            });
        }
        if let Some((state, by)) = decided {
            out.push(PersonConsent {
                cluster,
                subject: subject.clone(),
                state,
                by: by.clone(),
                statements: all.iter().filter(|s| s.statement.subject == *subject).count() as u32,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn clusters(of: &[u32]) -> Clusters {
        let n = of.iter().max().map_or(0, |m| m + 1);
        let mut c = Clusters { of: of.to_vec(), starts: vec![0], ..Clusters::default() };
        for k in 0..n {
            c.members.extend((0..of.len() as u32).filter(|r| of[*r as usize] == k));
            c.starts.push(c.members.len() as u32);
        }
        c
    }

    fn said(record: Record, channel: &str, status: Status, day: i32) -> Said {
        let subject = Arc::new(Subject::new("marketing", channel, ""));
        let mut statement = Statement::new(subject, status, Some(When::day(Day(day))));
        statement.proof = Some("form".into());
        Said { record, source: 0, statement }
    }

    fn states(across: Across, said: &[Said], of: &[u32]) -> Vec<(u32, String, State)> {
        let plan = ConsentPlan { across, ..ConsentPlan::default() };
        let c = Consents::new(&plan, said.to_vec(), &Records::default(), &clusters(of), Day(100));
        c.people.iter().map(|p| (p.cluster, p.subject.channel.clone(), p.state)).collect()
    }

    #[test]
    fn a_merge_takes_the_most_restricted_and_an_unmerge_gives_back() {
        let all = [
            said(0, "email", Status::Denied, 1),
            said(1, "email", Status::Granted, 9),
            said(1, "sms", Status::Granted, 9),
        ];
        let merged = states(Across::MostRestrictive, &all, &[0, 0]);
        assert_eq!(merged, [(0, "email".into(), State::Denied), (0, "sms".into(), State::Granted)]);
        let apart = states(Across::MostRestrictive, &all, &[0, 1]);
        let own = [(1, "email".into(), State::Granted), (1, "sms".into(), State::Granted)];
        assert_eq!((&apart[0], &apart[1..]), (&(0, "email".into(), State::Denied), &own[..]));
        assert_eq!(states(Across::Latest, &all, &[0, 0])[0].2, State::Granted);
    }

    #[test]
    fn one_record_may_say_yes_again() {
        let all = [said(0, "email", Status::Withdrawn, 1), said(0, "email", Status::Granted, 9)];
        assert_eq!(states(Across::MostRestrictive, &all, &[0])[0].2, State::Granted);
    }

    fn any_said() -> impl Strategy<Value = Said> {
        let statuses = &[Status::Granted, Status::Denied, Status::Withdrawn, Status::Expired][..];
        let status = proptest::sample::select(statuses);
        let channel = proptest::sample::select(&["email", "sms", ""][..]);
        (0u32..4, channel, status, 90..110i32, any::<bool>()).prop_map(|(r, c, s, d, proof)| {
            let mut said = said(r, c, s, d);
            if !proof {
                said.statement.proof = None;
            }
            said
        })
    }

    const MERGES: &[[u32; 4]] = &[[0, 0, 0, 0], [0, 0, 1, 1], [0, 1, 1, 1], [0, 0, 0, 1]];

    proptest! {
        /// Whoever is merged with whom: nobody becomes more contactable than one of their records was, and what a record
        /// alone allows comes back when it stands alone again.
        #[test]
        fn a_merge_never_widens(
            all in proptest::collection::vec(any_said(), 0..12),
            of in proptest::sample::select(MERGES),
        ) {
            let alone = states(Across::MostRestrictive, &all, &[0, 1, 2, 3]);
            let merged = states(Across::MostRestrictive, &all, &of);
            for (record, channel, state) in &alone {
                let cluster = of[*record as usize];
                let together = merged.iter().find(|(c, ch, _)| *c == cluster && ch == channel).unwrap();
                prop_assert!(together.2 >= *state, "{together:?} is wider than {state:?}");
            }
            let mut turned = all.clone();
            turned.reverse();
            prop_assert_eq!(states(Across::MostRestrictive, &turned, &of), merged);
            prop_assert_eq!(states(Across::MostRestrictive, &all, &[0, 1, 2, 3]), alone);
        }
    }
}
