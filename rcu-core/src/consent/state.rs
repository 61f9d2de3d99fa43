//! The state of a consent: what follows from everything a person said, and what remains of it when people are merged.
//!
//! States are in one line from free to restricted, and merging takes the more restricted of two: commutative,
//! associative, idempotent, and never wider than either.

use super::statement::{Statement, Status, Subject};
use crate::time::Day;
use serde::{Deserialize, Serialize};

/// Whether somebody may be contacted for a subject, from the freest to the most restricted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Yes, with proof.
    Granted,
    /// A yes without a date or a proof: no contact.
    Unproven,
    /// Asked, without an answer.
    Unknown,
    /// A yes that is over.
    Expired,
    /// No.
    Denied,
    /// No, after a yes.
    Withdrawn,
}

impl State {
    /// The name in outputs.
    pub fn name(self) -> &'static str {
        match self {
            State::Granted => "granted",
            State::Unproven => "unproven",
            State::Unknown => "unknown",
            State::Expired => "expired",
            State::Denied => "denied",
            State::Withdrawn => "withdrawn",
        }
    }

    /// Whether the person may be contacted.
    pub fn allows(self) -> bool {
        self == State::Granted
    }

    /// What remains when two people who are in these states turn out to be one: the more restricted.
    #[must_use]
    pub fn meet(self, other: State) -> State {
        self.max(other)
    }
}

/// The state of one subject and the statement that it rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Current<'a> {
    /// The state.
    pub state: State,
    /// The statement that decided.
    pub by: &'a Statement,
}

/// The state of `subject` on the day `as_of` after `statements`, in any order; `None` when nobody said anything of it.
///
/// The latest decides, of those that count: a grant counts with a date and a proof only; a refusal always. At equal
/// times, and where a refusal has no date, the more restricted decides. A refusal that leaves purpose, channel or brand
/// blank refuses all of them. A grant is over from its day of expiry on. Statements dated after `as_of` are not yet known.
pub fn current<'a>(
    statements: impl IntoIterator<Item = &'a Statement>,
    subject: &Subject,
    as_of: Day,
) -> Option<Current<'a>> {
    let mut latest: Option<(Moment, Current)> = None;
    // Refusals whose time is unknown, and what counts only where nothing else does.
    let (mut undated, mut weak): (Option<Current>, Option<Current>) = (None, None);
    for s in statements {
        let about = *s.subject == *subject || (s.status.refuses() && s.subject.covers(subject));
        if !about || s.at.is_some_and(|at| at.day > as_of) {
            continue;
        }
        let state = match s.status {
            Status::Withdrawn => State::Withdrawn,
            Status::Denied => State::Denied,
            Status::Expired => State::Expired,
            Status::Unknown => State::Unknown,
            Status::Granted if !s.is_proven() => State::Unproven,
            Status::Granted if s.expires.is_some_and(|d| d <= as_of) => State::Expired,
            Status::Granted => State::Granted,
        };
        let here = Current { state, by: s };
        if s.status != Status::Granted && !s.status.refuses() || state == State::Unproven {
            weak = Some(weak.map_or(here, |w| worse(w, here)));
        } else if let Some(moment) = Moment::of(s) {
            latest = Some(match latest {
                Some((m, c)) if m > moment => (m, c),
                Some((m, c)) if m == moment => (m, worse(c, here)),
                _ => (moment, here),
            });
        } else {
            undated = Some(undated.map_or(here, |u| worse(u, here)));
        }
    }
    match (latest.map(|(_, c)| c), undated) {
        (Some(a), Some(b)) => Some(worse(a, b)),
        (a, b) => a.or(b).or(weak),
    }
}

/// The time at which a statement counts: its local day, then the instant. Of a bare day a refusal counts at its end and a
/// grant at its beginning, so that of a yes and a no of one day the no decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Moment(Day, i64);

impl Moment {
    fn of(s: &Statement) -> Option<Moment> {
        let at = s.at?;
        let bare = if s.status.refuses() { i64::MAX } else { i64::MIN };
        Some(Moment(at.day, at.second.unwrap_or(bare)))
    }
}

/// The more restricted of two; of equal ones the statement that comes first in its own order, so that the order in which
/// they were read does not show.
fn worse<'a>(a: Current<'a>, b: Current<'a>) -> Current<'a> {
    match a.state.cmp(&b.state) {
        std::cmp::Ordering::Greater => a,
        std::cmp::Ordering::Less => b,
        std::cmp::Ordering::Equal => {
            if a.by <= b.by {
                a
            } else {
                b
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::statement::When;
    use super::*;
    use proptest::prelude::*;
    use std::sync::Arc;

    fn subject() -> Subject {
        Subject::new("marketing", "email", "")
    }

    fn said(status: Status, day: Option<i32>, proof: bool) -> Statement {
        let mut s = Statement::new(Arc::new(subject()), status, day.map(|d| When::day(Day(d))));
        s.proof = proof.then(|| "form 7".into());
        s
    }

    fn state(all: &[Statement]) -> Option<State> {
        current(all, &subject(), Day(100)).map(|c| c.state)
    }

    const GRANT: Status = Status::Granted;

    #[test]
    fn the_latest_proven_statement_decides() {
        assert_eq!(state(&[]), None);
        assert_eq!(
            state(&[said(Status::Denied, Some(1), false), said(GRANT, Some(5), true)]),
            Some(State::Granted)
        );
        assert_eq!(
            state(&[said(GRANT, Some(1), true), said(Status::Denied, Some(5), false)]),
            Some(State::Denied)
        );
    }

    #[test]
    fn a_grant_without_proof_or_date_is_unproven() {
        assert_eq!(state(&[said(GRANT, Some(5), false)]), Some(State::Unproven));
        assert_eq!(state(&[said(GRANT, None, true)]), Some(State::Unproven));
        assert_eq!(state(&[said(GRANT, Some(1), true), said(GRANT, Some(5), false)]), Some(State::Granted));
        assert_eq!(
            state(&[said(Status::Denied, Some(1), false), said(GRANT, Some(5), false)]),
            Some(State::Denied)
        );
        assert_eq!(state(&[said(Status::Unknown, Some(5), false)]), Some(State::Unknown));
    }

    #[test]
    fn a_withdrawal_beats_any_older_grant_and_any_of_its_day() {
        assert_eq!(
            state(&[said(GRANT, Some(5), true), said(Status::Withdrawn, Some(6), false)]),
            Some(State::Withdrawn)
        );
        assert_eq!(
            state(&[said(GRANT, Some(5), true), said(Status::Withdrawn, Some(5), false)]),
            Some(State::Withdrawn)
        );
        assert_eq!(
            state(&[said(GRANT, Some(5), true), said(Status::Withdrawn, None, false)]),
            Some(State::Withdrawn)
        );
        assert_eq!(
            state(&[said(GRANT, Some(6), true), said(Status::Withdrawn, Some(5), false)]),
            Some(State::Granted),
            "said yes again"
        );
        let mut at_noon = said(GRANT, Some(5), true);
        at_noon.at = Some(When { day: Day(5), second: Some(5 * 86_400 + 12 * 3600) });
        assert_eq!(state(&[at_noon, said(Status::Withdrawn, Some(5), false)]), Some(State::Withdrawn));
    }

    #[test]
    fn a_grant_ends_and_the_future_is_not_known() {
        let mut grant = said(GRANT, Some(5), true);
        grant.expires = Some(Day(100));
        assert_eq!(state(std::slice::from_ref(&grant)), Some(State::Expired));
        grant.expires = Some(Day(101));
        assert_eq!(state(&[grant]), Some(State::Granted));
        assert_eq!(state(&[said(GRANT, Some(101), true)]), None);
    }

    #[test]
    fn nothing_is_inherited_but_a_blank_refusal() {
        let mut other = said(GRANT, Some(5), true);
        other.subject = Arc::new(Subject::new("marketing", "email", "maison b"));
        assert_eq!(state(std::slice::from_ref(&other)), None);
        let mut refusal = said(Status::Withdrawn, Some(6), false);
        refusal.subject = Arc::new(Subject::new("", "email", ""));
        assert_eq!(
            current([&other, &refusal], &other.subject, Day(100)).map(|c| c.state),
            Some(State::Withdrawn)
        );
        refusal.status = GRANT;
        assert_eq!(current([&refusal], &other.subject, Day(100)), None, "a blank grant grants nothing else");
    }

    fn any_state() -> impl Strategy<Value = State> {
        proptest::sample::select(
            &[
                State::Granted,
                State::Unproven,
                State::Unknown,
                State::Expired,
                State::Denied,
                State::Withdrawn,
            ][..],
        )
    }

    fn any_statement() -> impl Strategy<Value = Statement> {
        let status = proptest::sample::select(
            &[
                Status::Granted,
                Status::Granted,
                Status::Denied,
                Status::Withdrawn,
                Status::Expired,
                Status::Unknown,
            ][..],
        );
        (status, proptest::option::of(90..104i32), any::<bool>(), proptest::option::of(95..104i32)).prop_map(
            |(status, day, proof, expires)| {
                let mut s = said(status, day, proof);
                s.expires = expires.map(Day);
                s
            },
        )
    }

    proptest! {
        #[test]
        fn states_are_a_lattice(a in any_state(), b in any_state(), c in any_state()) {
            prop_assert_eq!(a.meet(b), b.meet(a));
            prop_assert_eq!(a.meet(b).meet(c), a.meet(b.meet(c)));
            prop_assert_eq!(a.meet(a), a);
            let merged = a.meet(b);
            prop_assert!(merged >= a && merged >= b, "never wider than either");
            prop_assert!(!merged.allows() || (a.allows() && b.allows()));
        }

        #[test]
        fn the_order_of_statements_does_not_show(mut all in proptest::collection::vec(any_statement(), 0..8), turn in 0usize..8) {
            let before = current(&all, &subject(), Day(100)).map(|c| (c.state, c.by.clone()));
            let n = all.len().max(1);
            all.rotate_left(turn % n);
            prop_assert_eq!(current(&all, &subject(), Day(100)).map(|c| (c.state, c.by.clone())), before.clone());
            all.extend(all.clone());
            prop_assert_eq!(current(&all, &subject(), Day(100)).map(|c| (c.state, c.by.clone())), before);
        }

        /// Another refusal never makes a person more contactable, and nobody is without a proven grant.
        #[test]
        fn a_refusal_never_frees(all in proptest::collection::vec(any_statement(), 0..8), day in proptest::option::of(90..104i32)) {
            let allowed = |s: &[Statement]| state(s).is_some_and(State::allows);
            let mut more = all.clone();
            more.push(said(Status::Withdrawn, day, false));
            prop_assert!(allowed(&all) || !allowed(&more));
            prop_assert!(!allowed(&all) || all.iter().any(Statement::is_proven));
        }
    }
}
