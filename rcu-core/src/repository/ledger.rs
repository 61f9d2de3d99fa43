//! Rows and money by what they count for: kept totals, so that revenue reconciles to the cent at any moment.

use super::standing::{Tally, Whose};
use super::store::{Counted, Store};
use crate::aggregate::Totals;
use crate::config::{Family, Plan};
use crate::error::Error;
use std::collections::BTreeMap;

/// What is to be counted, in one go at the end.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    counts: BTreeMap<(Counted, Whose), i64>,
    /// Minor units. Kept as texts: sums of money are larger than any count.
    money: BTreeMap<Whose, i128>,
}

/// Under which name the sum of lines is kept.
fn money_of(whose: Whose) -> String {
    format!("revenue/{}", whose.name())
}

fn money<S: Store>(store: &S, whose: Whose) -> Result<i128, Error> {
    Ok(store.meta(&money_of(whose))?.and_then(|text| text.parse().ok()).unwrap_or(0))
}

impl Ledger {
    /// Counts a row so many times more.
    pub fn count(&mut self, plan: &Plan, source: u16, tally: Tally, times: i64) {
        *self.counts.entry((Counted::Rows, tally.whose)).or_default() += times;
        if plan.sources.get(usize::from(source)).is_some_and(|s| s.family == Family::Transactions) {
            *self.counts.entry((Counted::Lines, tally.whose)).or_default() += times;
            *self.money.entry(tally.whose).or_default() += i128::from(times) * i128::from(tally.net_minor);
        }
    }

    /// Counts a row for another one than it was counted for.
    pub fn recount(&mut self, plan: &Plan, source: u16, old: Tally, new: Tally) {
        self.count(plan, source, old, -1);
        self.count(plan, source, new, 1);
    }

    /// Writes everything.
    pub fn close<S: Store>(self, store: &mut S) -> Result<(), Error> {
        for ((counted, whose), more) in self.counts.into_iter().filter(|(_, more)| *more != 0) {
            store.add(counted, whose.name(), more)?;
        }
        for (whose, more) in self.money.into_iter().filter(|(_, more)| *more != 0) {
            let sum = money(&*store, whose)? + more;
            store.put_meta(&money_of(whose), &sum.to_string())?;
        }
        Ok(())
    }
}

/// Forgets all sums of money: they are made anew.
pub(super) fn clear<S: Store>(store: &mut S) -> Result<(), Error> {
    for whose in Whose::ALL {
        store.put_meta(&money_of(whose), "0")?;
    }
    Ok(())
}

/// Kept totals.
pub(super) fn totals<S: Store>(store: &S) -> Result<Totals, Error> {
    let sum = |whose: Whose| -> Result<i64, Error> {
        Ok(money(store, whose)?.clamp(i64::MIN.into(), i64::MAX.into()) as i64)
    };
    let attributed_minor = sum(Whose::Customer)?;
    let orphans_minor = sum(Whose::Orphan)?;
    let anonymous_minor = sum(Whose::Anonymous)?;
    Ok(Totals {
        revenue_in_minor: attributed_minor.saturating_add(orphans_minor).saturating_add(anonymous_minor),
        attributed_minor,
        orphans_minor,
        anonymous_minor,
        excluded_minor: sum(Whose::LeftOut)?,
        orphan_lines: store.count(Counted::Lines, Whose::Orphan.name())?,
        anonymous_lines: store.count(Counted::Lines, Whose::Anonymous.name())?,
        fx_missing: store.count(Counted::Lines, Whose::NoRate.name())?,
        returns_without_sale: 0,
    })
}
