//! Facts that were delivered more than once: each counts once, whatever the order of rows, files and threads.

use super::part::{Part, PartFacts};
use super::refused::Refusal;
use crate::aggregate::Packed;
use crate::intern::hash_bytes;
use crate::table::Column;
use rayon::prelude::*;
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// A row: number of the table and of the row in it.
type Place = (u32, u32);

/// Leaves one row of each identifier: the latest, and of equally late ones the largest by content. The texts of all
/// parts must have common ids.
pub(super) fn keep_one(parts: &mut [Part], scopes: &[u64]) {
    let mut of_scope: BTreeMap<u64, Vec<u32>> = BTreeMap::new();
    for (i, scope) in scopes.iter().enumerate() {
        of_scope.entry(*scope).or_default().push(i as u32);
    }
    let mut verdicts: Vec<(Place, Refusal)> = Vec::new();
    {
        let parts = &*parts;
        let columns: Vec<Option<&Column>> = parts.iter().map(Part::id_column).collect();
        let ids = Ids { parts, columns };
        for members in of_scope.values() {
            if !ids.ascending(members) {
                let groups = ids.groups(members);
                verdicts.par_extend(groups.into_par_iter().flat_map_iter(|g| judge(parts, g)));
            }
        }
    }
    for ((part, row), why) in verdicts {
        let part = &mut parts[part as usize];
        part.fates[row as usize] = Some(why);
        if let PartFacts::Sales(s) = &mut part.facts {
            s.lines[row as usize].owner = Packed::LEFT_OUT;
        }
    }
}

struct Ids<'p, 'a> {
    parts: &'p [Part<'a>],
    columns: Vec<Option<&'p Column>>,
}

impl<'p> Ids<'p, '_> {
    /// Identifier of a row that may be loaded.
    #[inline]
    fn get(&self, part: u32, row: usize) -> Option<&'p str> {
        let p = &self.parts[part as usize];
        if p.fates[row].is_some_and(|f| !f.is_excluded()) {
            return None;
        }
        p.id(self.columns[part as usize], row)
    }

    /// Whether the identifiers come in a few ascending runs that do not overlap, which proves that none comes twice.
    fn ascending(&self, members: &[u32]) -> bool {
        const MOST_RUNS: usize = 16;
        let runs: Option<Vec<Vec<(&str, &str)>>> = members
            .par_iter()
            .map(|part| {
                let mut runs: Vec<(&str, &str)> = Vec::new();
                for row in 0..self.parts[*part as usize].fates.len() {
                    let Some(id) = self.get(*part, row) else { continue };
                    if let Some(run) = runs.last_mut()
                        && run.1 < id
                    {
                        run.1 = id;
                    } else if runs.len() == MOST_RUNS {
                        return None;
                    } else {
                        runs.push((id, id));
                    }
                }
                Some(runs)
            })
            .collect();
        let Some(runs) = runs else { return false };
        let mut runs: Vec<(&str, &str)> = runs.into_iter().flatten().collect();
        runs.sort_unstable();
        runs.windows(2).all(|w| w[0].1 < w[1].0)
    }

    /// Rows with one identifier, for each that comes more than once.
    fn groups(&self, members: &[u32]) -> Vec<Vec<Place>> {
        const BUCKETS: usize = 256;
        type Entry = (u64, u32, u32);
        let scattered: Vec<Vec<Vec<Entry>>> = members
            .par_iter()
            .map(|part| {
                let rows = self.parts[*part as usize].fates.len();
                let mut buckets: Vec<Vec<Entry>> =
                    (0..BUCKETS).map(|_| Vec::with_capacity(rows / BUCKETS + rows / BUCKETS / 4)).collect();
                for row in 0..rows {
                    if let Some(id) = self.get(*part, row) {
                        let hash = hash_bytes(id.as_bytes());
                        buckets[(hash >> 56) as usize].push((hash, *part, row as u32));
                    }
                }
                buckets
            })
            .collect();
        (0..BUCKETS)
            .into_par_iter()
            .flat_map_iter(|b| {
                let mut all: Vec<Entry> = scattered.iter().flat_map(|s| s[b].iter().copied()).collect();
                all.sort_unstable();
                let mut groups = Vec::new();
                for same in all.chunk_by(|x, y| x.0 == y.0).filter(|s| s.len() > 1) {
                    // Equal hashes are looked at byte by byte.
                    let mut texts: Vec<(&str, Place)> = same
                        .iter()
                        .filter_map(|(_, part, row)| Some((self.get(*part, *row as usize)?, (*part, *row))))
                        .collect();
                    texts.sort_unstable();
                    let repeated = texts.chunk_by(|x, y| x.0 == y.0).filter(|g| g.len() > 1);
                    groups.extend(repeated.map(|g| g.iter().map(|x| x.1).collect::<Vec<_>>()));
                }
                groups
            })
            .collect()
    }
}

/// What becomes of the rows of one identifier that are not the one to keep.
fn judge(parts: &[Part], mut group: Vec<Place>) -> Vec<(Place, Refusal)> {
    let later = |x: &Place, y: &Place| date(parts, *x).cmp(&date(parts, *y));
    group.sort_by(|x, y| later(y, x).then_with(|| content(parts, *y, *x)));
    let kept = group[0];
    group[1..]
        .iter()
        .map(|place| {
            let why = match (content(parts, *place, kept), later(place, &kept)) {
                (Ordering::Equal, Ordering::Equal) => Refusal::RepeatedDelivery,
                (_, Ordering::Less) => Refusal::RepeatedOlder,
                _ => Refusal::RepeatedId,
            };
            (*place, why)
        })
        .collect()
}

/// Date of last change, then the instant of the fact itself.
fn date(parts: &[Part], (part, row): Place) -> (Option<crate::time::Day>, crate::time::Day, i64) {
    let (p, row) = (&parts[part as usize], row as usize);
    let updated = p.updated.get(row).copied().flatten();
    match &p.facts {
        PartFacts::Sales(s) => {
            let l = &s.lines[row];
            (updated, l.day, s.extras[l.extra as usize].at)
        }
        PartFacts::Rows(r) => (updated, r.days[row], r.instants[row]),
    }
}

/// Content in an order of its own, so that the row that is kept does not depend on where it stood.
fn content(parts: &[Part], x: Place, y: Place) -> Ordering {
    let (p, q) = (&parts[x.0 as usize], &parts[y.0 as usize]);
    let (i, j) = (x.1 as usize, y.1 as usize);
    let orphan = |p: &'_ Part, row: usize| -> Option<(Option<u16>, Box<str>)> {
        let at = p.orphans.binary_search_by_key(&(row as u32), |o| o.0).ok()?;
        Some((p.orphans[at].1, p.orphans[at].2.clone()))
    };
    let facts = match (&p.facts, &q.facts) {
        (PartFacts::Sales(s), PartFacts::Sales(t)) => {
            let (l, m) = (&s.lines[i], &t.lines[j]);
            let (e, f) = (&s.extras[l.extra as usize], &t.extras[m.extra as usize]);
            let figures =
                |l: &Packed, e: &crate::aggregate::Extra| (l.net, l.discount, e.quantity, e.margin, l.owner);
            let numbers = figures(l, e).cmp(&figures(m, f));
            let ticket =
                |s: &'_ super::part::Sales, id: u32| s.tickets.as_ref().map(|t| t.get(id).to_owned());
            numbers
                .then_with(|| s.dims.all.get(l.dims as usize).cmp(&t.dims.all.get(m.dims as usize)))
                .then_with(|| ticket(s, l.ticket).cmp(&ticket(t, m.ticket)))
                .then_with(|| ticket(s, e.original).cmp(&ticket(t, f.original)))
        }
        (PartFacts::Rows(r), PartFacts::Rows(t)) => {
            let cells = |r: &'_ super::part::Rows, row: usize| -> Vec<i64> {
                let n = r.types.len();
                r.cells[row * n..(row + 1) * n].to_vec()
            };
            r.owners[i].cmp(&t.owners[j]).then_with(|| cells(r, i).cmp(&cells(t, j)))
        }
        (PartFacts::Sales(_), PartFacts::Rows(_)) => Ordering::Less,
        (PartFacts::Rows(_), PartFacts::Sales(_)) => Ordering::Greater,
    };
    facts.then_with(|| p.fates[i].cmp(&q.fates[j])).then_with(|| orphan(p, i).cmp(&orphan(q, j)))
}
