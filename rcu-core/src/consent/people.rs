//! The consents of every person, from the statements of their records.

use super::spec::{Across, ConsentPlan};
use super::state::{State, current};
use super::statement::{Statement, Status, Subject, When};
use crate::matching::cluster::Clusters;
use crate::records::{Record, Records};
use crate::time::Day;
use rayon::prelude::*;

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
    pub subject: Subject,
    /// The state of all records together.
    pub state: State,
    /// Position in [`Consents::said`] of the statement that decided.
    pub by: usize,
    /// Statements about it.
    pub statements: u32,
}

/// The consents of a run.
#[derive(Debug, Clone, Default)]
pub struct Consents {
    /// All statements, by record.
    pub said: Vec<Said>,
    /// States, by person and subject.
    pub people: Vec<PersonConsent>,
}

impl Consents {
    /// The states of one person.
    pub fn of(&self, cluster: u32) -> &[PersonConsent] {
        let from = self.people.partition_point(|p| p.cluster < cluster);
        let to = self.people.partition_point(|p| p.cluster <= cluster);
        &self.people[from..to]
    }

    /// The statements of one record.
    pub fn of_record(&self, record: Record) -> &[Said] {
        let from = self.said.partition_point(|s| s.record < record);
        let to = self.said.partition_point(|s| s.record <= record);
        &self.said[from..to]
    }
}

/// The statements that the columns of customer records stand for.
pub fn of_records(plan: &ConsentPlan, records: &Records) -> Vec<Said> {
    let mut said = Vec::new();
    for column in &plan.columns {
        let values = records.field(column.field);
        let day = |r: Record| match column.date {
            Some(f) => records.field(f).text(r).and_then(Day::parse_iso),
            None => records.updated[r as usize],
        };
        for r in 0..records.len() as Record {
            for status in values.values(r).filter_map(|(id, _)| Status::of(values.pool.get(id))) {
                let source = records.sources[r as usize];
                let mut statement = Statement::new(column.subject.clone(), status, day(r).map(When::day));
                let proof = column.proof.and_then(|f| records.field(f).text(r)).map(str::to_owned);
                let vouched = plan.proven.get(usize::from(source)).copied().unwrap_or(false);
                statement.proof = proof.or_else(|| vouched.then(|| "held by the source".to_owned()));
                said.push(Said { record: r, source, statement });
            }
        }
    }
    said
}

/// The state of every subject of every person on the day `as_of`. The order of `said` does not matter.
pub fn of_people(plan: &ConsentPlan, mut said: Vec<Said>, clusters: &Clusters, as_of: Day) -> Consents {
    said.par_sort_unstable();
    said.dedup();
    let mut by_person: Vec<(u32, usize)> =
        said.iter().enumerate().map(|(i, s)| (clusters.of[s.record as usize], i)).collect();
    by_person.par_sort_unstable();
    let groups: Vec<&[(u32, usize)]> = by_person.chunk_by(|a, b| a.0 == b.0).collect();
    let people = groups.par_iter().flat_map_iter(|group| of_person(plan.across, &said, group, as_of)).collect();
    Consents { said, people }
}

/// The states of the person whose statements are `group`, subjects in order.
fn of_person(across: Across, said: &[Said], group: &[(u32, usize)], as_of: Day) -> Vec<PersonConsent> {
    let mut subjects: Vec<&Subject> = group.iter().map(|(_, i)| &said[*i].statement.subject).collect();
    subjects.sort_unstable();
    subjects.dedup();
    // What decides alone: the statements of each record, or all of them.
    let parts: Vec<&[(u32, usize)]> = match across {
        Across::MostRestrictive => group.chunk_by(|a, b| said[a.1].record == said[b.1].record).collect(),
        Across::Latest => vec![group],
    };
    let mut states = Vec::with_capacity(subjects.len());
    for subject in subjects {
        let mut decided: Option<(State, usize)> = None;
        for part in &parts {
            let statements = part.iter().map(|(_, i)| &said[*i].statement);
            let Some(c) = current(statements, subject, as_of) else { continue };
            // The statement that decided, by its place: the first of those that are equal.
            let by = part.iter().map(|(_, i)| *i).find(|i| said[*i].statement == *c.by).unwrap_or(0);
            decided = Some(match decided {
                Some((state, before)) if state.meet(c.state) == state => (state, before),
                _ => (c.state, by),
            });
        }
        if let Some((state, by)) = decided {
            let about = group.iter().filter(|(_, i)| said[*i].statement.subject == *subject).count();
            states.push(PersonConsent {
                cluster: group[0].0,
                subject: subject.clone(),
                state,
                by,
                statements: about as u32,
            });
        }
    }
    states
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
        let subject = Subject::new("marketing", channel, "");
        let mut statement = Statement::new(subject, status, Some(When::day(Day(day))));
        statement.proof = Some("form".into());
        Said { record, source: 0, statement }
    }

    fn states(across: Across, said: &[Said], of: &[u32]) -> Vec<(u32, String, State)> {
        let plan = ConsentPlan { across, ..ConsentPlan::default() };
        let c = of_people(&plan, said.to_vec(), &clusters(of), Day(100));
        c.people.into_iter().map(|p| (p.cluster, p.subject.channel, p.state)).collect()
    }

    #[test]
    fn a_merge_takes_the_most_restricted_and_an_unmerge_gives_back() {
        let all = [said(0, "email", Status::Denied, 1), said(1, "email", Status::Granted, 9), said(1, "sms", Status::Granted, 9)];
        let merged = states(Across::MostRestrictive, &all, &[0, 0]);
        assert_eq!(merged, [(0, "email".into(), State::Denied), (0, "sms".into(), State::Granted)]);
        let apart = states(Across::MostRestrictive, &all, &[0, 1]);
        assert_eq!(apart, [(0, "email".into(), State::Denied), (1, "email".into(), State::Granted), (1, "sms".into(), State::Granted)]);
        assert_eq!(states(Across::Latest, &all, &[0, 0])[0].2, State::Granted);
    }

    #[test]
    fn one_record_may_say_yes_again() {
        let all = [said(0, "email", Status::Withdrawn, 1), said(0, "email", Status::Granted, 9)];
        assert_eq!(states(Across::MostRestrictive, &all, &[0])[0].2, State::Granted);
    }

    fn any_said() -> impl Strategy<Value = Said> {
        let status = proptest::sample::select(&[Status::Granted, Status::Denied, Status::Withdrawn, Status::Expired][..]);
        let channel = proptest::sample::select(&["email", "sms", ""][..]);
        (0u32..4, channel, status, 90..110i32, any::<bool>()).prop_map(|(r, c, s, d, proof)| {
            let mut said = said(r, c, s, d);
            if !proof {
                said.statement.proof = None;
            }
            said
        })
    }

    proptest! {
        /// Whoever is merged with whom: nobody becomes more contactable than one of their records was, and what a record
        /// alone allows comes back when it stands alone again.
        #[test]
        fn a_merge_never_widens(all in proptest::collection::vec(any_said(), 0..12), of in proptest::sample::select(&[[0u32, 0, 0, 0], [0, 0, 1, 1], [0, 1, 1, 1], [0, 0, 0, 1]][..])) {
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
