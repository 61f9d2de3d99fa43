//! Links and review pairs in the file.

use super::failure::{Failure, Outcome};
use super::names::Names;
use rcu_core::matching::Decision;
use rcu_core::matching::blocking::Link;
use rcu_core::matching::compare::Evidence;
use rcu_core::matching::decide::Verdict;
use rcu_core::repository::{KeptLink, Ordinal};
use rusqlite::{Connection, Row, params};

const DECISIONS: [Decision; 3] = [Decision::No, Decision::Review, Decision::Link];

/// Links of a record, by the other one.
pub(super) fn of(db: &Connection, names: &Names, ordinal: Ordinal) -> Outcome<Vec<KeptLink>> {
    const BOTH: &str = "SELECT a, b, pass, decision, score, reason, refused, evidence FROM link WHERE a = ?1 \
        UNION ALL SELECT a, b, pass, decision, score, reason, refused, evidence FROM link WHERE b = ?1";
    let mut statement = db.prepare_cached(BOTH)?;
    let mut rows = statement.query([ordinal])?;
    let mut links = Vec::new();
    while let Some(row) = rows.next()? {
        links.push(read(db, names, row)?);
    }
    links.sort_by_key(|l| if l.a == ordinal { l.b } else { l.a });
    Ok(links)
}

fn read(db: &Connection, names: &Names, row: &Row) -> Outcome<KeptLink> {
    let damaged = || Failure::Damaged("a link");
    let decision = *DECISIONS.get(usize::from(row.get::<_, u8>(3)?)).ok_or_else(damaged)?;
    let pass: u32 = row.get(2)?;
    let pass = match pass == u32::from(Link::STEWARD) {
        true => Link::STEWARD,
        // A pass that the plan does not have: no position of the plan.
        false => names.passes.to_plan(pass).unwrap_or(1 << 15 | pass) as u16,
    };
    let refused: Option<u32> = row.get(6)?;
    let verdict = Verdict { decision, score: row.get(4)?, reason: names.reason(db, row.get(5)?)? };
    let evidence = row.get_ref(7)?.as_blob().ok().and_then(evidence).ok_or_else(damaged)?;
    Ok(KeptLink {
        a: row.get(0)?,
        b: row.get(1)?,
        link: Link { a: 0, b: 0, pass, verdict, evidence },
        refused: refused.map(|r| names.reason(db, r)).transpose()?,
    })
}

pub(super) fn put(db: &Connection, names: &Names, l: &KeptLink) -> Outcome<()> {
    let Link { pass, verdict, evidence, .. } = l.link;
    let decision = DECISIONS.iter().position(|d| *d == verdict.decision).unwrap_or(0) as u8;
    let reason = names.number_of_reason(db, verdict.reason)?;
    let refused = l.refused.map(|r| names.number_of_reason(db, r)).transpose()?;
    db.prepare_cached(
        "INSERT OR REPLACE INTO link (a, b, pass, decision, score, reason, refused, evidence) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute(params![
        l.a,
        l.b,
        names.passes.to_file(usize::from(pass)),
        decision,
        verdict.score,
        reason,
        refused,
        levels(&evidence)
    ])?;
    Ok(())
}

pub(super) fn remove(db: &Connection, a: Ordinal, b: Ordinal) -> Outcome<()> {
    let mut statement = db.prepare_cached("DELETE FROM link WHERE a = ?1 AND b = ?2")?;
    statement.execute([a, b])?;
    statement.execute([b, a])?;
    Ok(())
}

/// Levels in the order of comparisons. The installation's own come last; those at the end that are equal are written
/// once.
fn levels(e: &Evidence) -> Vec<u8> {
    let mut levels = vec![
        e.last_name,
        e.first_name,
        e.birth_date,
        e.gender,
        e.suffix,
        e.email,
        e.mobile,
        e.landline,
        e.loyalty_card,
        e.address,
    ];
    levels.extend_from_slice(&e.custom);
    while levels.len() > 11 && levels[levels.len() - 1] == levels[levels.len() - 2] {
        levels.pop();
    }
    levels
}

fn evidence(levels: &[u8]) -> Option<Evidence> {
    let (first, own) = levels.split_at_checked(10)?;
    let mut e = Evidence {
        last_name: first[0],
        first_name: first[1],
        birth_date: first[2],
        gender: first[3],
        suffix: first[4],
        email: first[5],
        mobile: first[6],
        landline: first[7],
        loyalty_card: first[8],
        address: first[9],
        ..Evidence::default()
    };
    e.custom.fill(*own.last()?);
    e.custom.get_mut(..own.len())?.copy_from_slice(own);
    Some(e)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_come_back_as_they_were() {
        let mut e = Evidence { last_name: 3, address: 7, ..Evidence::default() };
        for (position, level) in [(0, 0), (0, 255), (3, 2), (15, 9), (14, 9)] {
            e.custom[position] = level;
            assert_eq!(evidence(&levels(&e)), Some(e));
        }
        assert_eq!(levels(&Evidence::default()).len(), 11);
        assert_eq!(evidence(&[1, 2]), None);
    }
}
