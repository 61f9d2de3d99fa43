//! Events of a visitor nobody knew yet, given to the person who was known later (`domain.md` §5.6).

use crate::aggregate::families::{INTERACTIONS, position};
use crate::aggregate::{FactTable, NULL, Owner};
use std::collections::HashMap;

const VISITOR: usize = position(INTERACTIONS, "visitor");
const CONSENT: usize = position(INTERACTIONS, "consent");

/// How far back an identification reaches.
const BACK_FILL_SECONDS: i64 = 30 * 86_400;

/// Gives anonymous events with a granted consent to the last person that the same visitor was known as before, or, for
/// at most 30 days back, to the first one after. `sources` names each row's source: visitors of two are not the same.
pub(super) fn visitors(table: &mut FactTable, sources: &[u16], granted: u32) -> u64 {
    let mut known: HashMap<(u16, i64), Vec<(i64, u32)>> = HashMap::new();
    for (i, source) in sources.iter().enumerate().take(table.rows()) {
        let r = table.row(i);
        if let (Owner::Customer(c), Some(visitor)) = (table.owners[i], r.some(VISITOR)) {
            known.entry((*source, visitor)).or_default().push((r.at, c));
        }
    }
    known.values_mut().for_each(|v| v.sort_unstable());
    let mut attached = 0;
    for (i, source) in sources.iter().enumerate().take(table.rows()) {
        let r = table.row(i);
        let Some(visitor) = r.some(VISITOR).filter(|_| table.owners[i] == Owner::Anonymous) else { continue };
        if granted == 0 || r.get(CONSENT) != i64::from(granted) || r.at == NULL {
            continue;
        }
        let Some(times) = known.get(&(*source, visitor)) else { continue };
        let after = times.partition_point(|(at, _)| *at <= r.at);
        let before = after.checked_sub(1).map(|j| times[j].1);
        let soon = times.get(after).filter(|(at, _)| at - r.at <= BACK_FILL_SECONDS).map(|x| x.1);
        if let Some(customer) = before.or(soon) {
            table.owners[i] = Owner::Customer(customer);
            attached += 1;
        }
    }
    attached
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aggregate::CellType;
    use crate::time::Day;

    #[test]
    fn anonymous_events_follow_the_identification_and_reach_thirty_days_back() {
        let day = 86_400;
        // (visitor, owner, instant, consent: 7 is "granted")
        let events = [
            (1, Owner::Customer(4), 100 * day, 7),
            (1, Owner::Anonymous, 70 * day, 7),
            (1, Owner::Anonymous, 70 * day - 1, 7),
            (1, Owner::Anonymous, 105 * day, 7),
            (1, Owner::Customer(5), 110 * day, 7),
            (1, Owner::Anonymous, 120 * day, 7),
            (1, Owner::Anonymous, 121 * day, 0),
            (2, Owner::Anonymous, 121 * day, 7),
        ];
        let columns = INTERACTIONS.iter().map(|(n, k)| ((*n).to_owned(), CellType::of(*k))).collect();
        let mut t = FactTable { family: "interactions".into(), columns, ..FactTable::default() };
        for (visitor, owner, at, consent) in events {
            t.owners.push(owner);
            t.days.push(Day((at / day) as i32));
            t.instants.push(at);
            let mut cells = vec![NULL; INTERACTIONS.len()];
            (cells[VISITOR], cells[CONSENT]) = (visitor, consent);
            t.cells.extend(cells);
        }
        assert_eq!(visitors(&mut t, &[0; 8], 7), 3);
        let c = Owner::Customer;
        let a = Owner::Anonymous;
        assert_eq!(t.owners, [c(4), c(4), a, c(4), c(5), c(5), a, a]);
    }
}
