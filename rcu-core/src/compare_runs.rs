//! What changed between two runs: links made and broken, people split and merged, revenue and contactable people touched.

use crate::error::Error;
use crate::field::{BUILT_IN, built_in};
use crate::intern::{hash_bytes, mix};
use crate::mask::mask;
use crate::matching::explain::RecordName;
use crate::normalize::Kind;
use crate::table::{Column, Table};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};

/// Links named for one case.
const LINKS_SHOWN: usize = 8;
/// Records named for one person of a case.
const RECORDS_SHOWN: usize = 20;

/// The output tables of one run that are compared, as texts.
#[derive(Debug, Clone, Default)]
pub struct RunTables {
    /// Name of the run, for messages.
    pub name: String,
    /// `source`, `record_id`, `golden_id`.
    pub crosswalk: Table,
    /// `source_a`, `record_id_a`, `source_b`, `record_id_b`, `pass`.
    pub links: Table,
    /// `golden_id` and the golden values.
    pub golden: Table,
    /// `golden_id`, `net_revenue_total`.
    pub aggregates: Table,
}

/// What changed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RunComparison {
    /// The first run.
    pub a: RunSide,
    /// The second.
    pub b: RunSide,
    /// Records in both runs; only they can change their person.
    pub records_in_both: u64,
    /// Records of the first run alone.
    pub records_only_in_a: u64,
    /// Records of the second run alone.
    pub records_only_in_b: u64,
    /// Links of the second run that the first has not, by pass.
    pub links_made: BTreeMap<String, u64>,
    /// Links of the first run that the second has not, by pass.
    pub links_broken: BTreeMap<String, u64>,
    /// Pairs of records that became one person, directly or through others.
    pub pairs_joined: u64,
    /// Pairs of records that are no longer one person.
    pub pairs_parted: u64,
    /// People of the first run whose records are two people or more in the second.
    pub people_split: u64,
    /// People of the second run whose records were two people or more in the first.
    pub people_merged: u64,
    /// People with the same records in both.
    pub people_unchanged: u64,
    /// Groups of people that changed among themselves.
    pub cases: u64,
    /// People of the first run that changed.
    pub touched_in_a: Touched,
    /// People of the second run that changed.
    pub touched_in_b: Touched,
    /// Some cases, picked by the seed and the names of their records.
    pub sample: Vec<Case>,
}

/// One run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct RunSide {
    /// Its name.
    pub name: String,
    /// People found.
    pub people: u64,
    /// Accepted links.
    pub links: u64,
    /// People with an e-mail or mobile and the consent to use it.
    pub contactable: u64,
    /// Net revenue attributed to people, minor units.
    pub revenue_minor: i64,
}

/// People that changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Touched {
    /// How many.
    pub people: u64,
    /// Their records.
    pub records: u64,
    /// Of them, people with an e-mail or mobile and the consent to use it.
    pub contactable: u64,
    /// Their net revenue, minor units.
    pub revenue_minor: i64,
}

/// People that changed among themselves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Case {
    /// `split`, `merged`, or `mixed` when both.
    pub kind: &'static str,
    /// The people before.
    pub before: Vec<PersonView>,
    /// The people after.
    pub after: Vec<PersonView>,
    /// Links that made the difference, the first few.
    pub links: Vec<ChangedLink>,
}

/// One person of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PersonView {
    /// Golden id.
    pub golden_id: String,
    /// The records, the first few.
    pub records: Vec<RecordName>,
    /// How many records there are.
    pub record_count: u64,
    /// Golden values, masked.
    pub values: BTreeMap<String, String>,
    /// Net revenue, minor units.
    pub revenue_minor: i64,
    /// Whether the person may be contacted.
    pub contactable: bool,
}

/// A link made or broken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChangedLink {
    /// Whether the second run has it; else the first had.
    pub made: bool,
    /// The pass.
    pub pass: String,
    /// The first record.
    pub a: RecordName,
    /// The second.
    pub b: RecordName,
}

/// A record as the tables name it.
type Name<'t> = (&'t str, &'t str);
/// Two records by number, and the pass that linked them.
type Linked<'t> = ((u32, u32), &'t str);

/// One run, read.
struct Run<'t> {
    /// Person of each record, by number of the record; none when the run lacks it.
    person: Vec<Option<u32>>,
    /// Records of each person.
    members: Vec<Vec<u32>>,
    golden_ids: Vec<&'t str>,
    golden_row: Vec<Option<usize>>,
    revenue: Vec<i64>,
    contactable: Vec<bool>,
    links: Vec<Linked<'t>>,
    golden: &'t Table,
}

/// Compares two runs; `sample` cases are shown, picked by `seed`.
///
/// # Errors
/// [`Error::MissingColumn`] for a column that a table lacks.
pub fn compare_runs(a: &RunTables, b: &RunTables, sample: usize, seed: u64) -> Result<RunComparison, Error> {
    let mut names: Vec<Name> = Vec::new();
    for run in [a, b] {
        let (sources, ids) = (need(run, &run.crosswalk, "source")?, need(run, &run.crosswalk, "record_id")?);
        names.extend((0..run.crosswalk.rows()).filter_map(|i| Some((sources.get(i)?, ids.get(i)?))));
    }
    names.sort_unstable();
    names.dedup();
    let numbers: HashMap<Name, u32> = names.iter().enumerate().map(|(i, n)| (*n, i as u32)).collect();
    let (x, y) = (Run::read(a, &numbers)?, Run::read(b, &numbers)?);
    let both: Vec<(u32, u32, u32)> =
        (0..names.len()).filter_map(|r| Some((x.person[r]?, y.person[r]?, r as u32))).collect();
    let mut cells: Vec<(u32, u32)> = both.iter().map(|(p, q, _)| (*p, *q)).collect();
    cells.sort_unstable();
    let mut met: Vec<((u32, u32), u64)> = Vec::new();
    for same in cells.chunk_by(|a, b| a == b) {
        met.push((same[0], same.len() as u64));
    }
    let mut in_b = vec![0u32; x.members.len()];
    let mut in_a = vec![0u32; y.members.len()];
    let (mut common_a, mut common_b) = (vec![0u64; x.members.len()], vec![0u64; y.members.len()]);
    for ((p, q), n) in &met {
        in_b[*p as usize] += 1;
        in_a[*q as usize] += 1;
        common_a[*p as usize] += n;
        common_b[*q as usize] += n;
    }
    let pairs = |n: &u64| n * n.saturating_sub(1) / 2;
    let kept: u64 = met.iter().map(|(_, n)| pairs(n)).sum();
    let (made, broken) = (missing(&y.links, &x.links), missing(&x.links, &y.links));
    let cases = cases(&met, &in_a, &in_b, x.members.len());
    let by_pass = |links: &[Linked]| {
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        links.iter().for_each(|(_, pass)| *counts.entry((*pass).to_owned()).or_default() += 1);
        counts
    };
    let touched = |run: &Run, side: fn(&People) -> &Vec<u32>| {
        let mut t = Touched::default();
        for p in cases.iter().flat_map(side) {
            t.people += 1;
            t.records += run.members[*p as usize].len() as u64;
            t.contactable += u64::from(run.contactable[*p as usize]);
            t.revenue_minor += run.revenue[*p as usize];
        }
        t
    };
    let one = |in_other: &[u32]| in_other.iter().filter(|n| **n == 1).count() as u64;
    let changed_with_one = cases.iter().flat_map(|c| &c.0).filter(|p| in_b[**p as usize] == 1).count() as u64;
    Ok(RunComparison {
        a: x.side(&a.name),
        b: y.side(&b.name),
        records_in_both: both.len() as u64,
        records_only_in_a: x.records() - both.len() as u64,
        records_only_in_b: y.records() - both.len() as u64,
        links_made: by_pass(&made),
        links_broken: by_pass(&broken),
        pairs_joined: common_b.iter().map(pairs).sum::<u64>() - kept,
        pairs_parted: common_a.iter().map(pairs).sum::<u64>() - kept,
        people_split: in_b.iter().filter(|n| **n > 1).count() as u64,
        people_merged: in_a.iter().filter(|n| **n > 1).count() as u64,
        people_unchanged: one(&in_b) - changed_with_one,
        cases: cases.len() as u64,
        touched_in_a: touched(&x, |c| &c.0),
        touched_in_b: touched(&y, |c| &c.1),
        sample: picked(&cases, &x, &names, sample, seed)
            .map(|c| case(c, &x, &y, &names, &made, &broken))
            .collect(),
    })
}

/// People before and after that share records with one another.
type People = (Vec<u32>, Vec<u32>);

/// Groups of people that are not the same before and after: components of "has a record in common".
fn cases(met: &[((u32, u32), u64)], in_a: &[u32], in_b: &[u32], before: usize) -> Vec<People> {
    let mut root: Vec<u32> = (0..(before + in_a.len()) as u32).collect();
    fn find(root: &mut [u32], mut i: u32) -> u32 {
        while root[i as usize] != i {
            root[i as usize] = root[root[i as usize] as usize];
            i = root[i as usize];
        }
        i
    }
    let changed: Vec<(u32, u32)> = met
        .iter()
        .map(|(cell, _)| *cell)
        .filter(|(p, q)| in_b[*p as usize] > 1 || in_a[*q as usize] > 1)
        .collect();
    for (p, q) in &changed {
        let (i, j) = (find(&mut root, *p), find(&mut root, before as u32 + *q));
        root[i.max(j) as usize] = i.min(j);
    }
    let mut groups: BTreeMap<u32, People> = BTreeMap::new();
    for (p, q) in &changed {
        let group = groups.entry(find(&mut root, *p)).or_default();
        group.0.push(*p);
        group.1.push(*q);
    }
    let mut cases: Vec<People> = groups.into_values().collect();
    for (before, after) in &mut cases {
        for side in [before, after] {
            side.sort_unstable();
            side.dedup();
        }
    }
    cases
}

/// The cases that come first in an order that the seed and the names of their records decide.
fn picked<'c>(
    cases: &'c [People],
    x: &Run,
    names: &[Name],
    count: usize,
    seed: u64,
) -> impl Iterator<Item = &'c People> {
    let mut ranked: Vec<(u64, usize)> = cases
        .iter()
        .enumerate()
        .map(|(i, c)| {
            let first = c.0.iter().filter_map(|p| x.members[*p as usize].first()).min();
            let (source, id) = first.map_or(("", ""), |r| names[*r as usize]);
            let record = mix(hash_bytes(source.as_bytes()), hash_bytes(id.as_bytes()));
            (mix(seed, record), i)
        })
        .collect();
    ranked.sort_unstable();
    ranked.into_iter().take(count).map(|(_, i)| &cases[i])
}

fn case(c: &People, x: &Run, y: &Run, names: &[Name], made: &[Linked], broken: &[Linked]) -> Case {
    let inside = |run: &Run, people: &[u32], r: u32| {
        run.person[r as usize].is_some_and(|p| people.binary_search(&p).is_ok())
    };
    let links = |all: &[Linked], is_made: bool| -> Vec<ChangedLink> {
        all.iter()
            .filter(|((r, s), _)| inside(x, &c.0, *r) && inside(x, &c.0, *s))
            .take(LINKS_SHOWN)
            .map(|((r, s), pass)| ChangedLink {
                made: is_made,
                pass: (*pass).to_owned(),
                a: named(names[*r as usize]),
                b: named(names[*s as usize]),
            })
            .collect()
    };
    Case {
        kind: match (c.0.len(), c.1.len()) {
            (1, _) => "split",
            (_, 1) => "merged",
            _ => "mixed",
        },
        before: c.0.iter().map(|p| x.view(*p, names)).collect(),
        after: c.1.iter().map(|p| y.view(*p, names)).collect(),
        links: links(made, true).into_iter().chain(links(broken, false)).collect(),
    }
}

fn named((source, id): Name) -> RecordName {
    RecordName { source: source.to_owned(), record_id: id.to_owned() }
}

/// Links of one run that the other has not. Both are sorted by record.
fn missing<'t>(of: &[Linked<'t>], from: &[Linked]) -> Vec<Linked<'t>> {
    of.iter().filter(|(pair, _)| from.binary_search_by_key(pair, |(p, _)| *p).is_err()).copied().collect()
}

impl<'t> Run<'t> {
    fn read(run: &'t RunTables, numbers: &HashMap<Name<'t>, u32>) -> Result<Run<'t>, Error> {
        let of = |table: &'t Table, name: &str| need(run, table, name);
        let (sources, ids) = (of(&run.crosswalk, "source")?, of(&run.crosswalk, "record_id")?);
        let people = of(&run.crosswalk, "golden_id")?;
        let mut person = vec![None; numbers.len()];
        let mut known: HashMap<&str, u32> = HashMap::new();
        let mut golden_ids = Vec::new();
        let mut members: Vec<Vec<u32>> = Vec::new();
        for i in 0..run.crosswalk.rows() {
            let (Some(source), Some(id), Some(golden)) = (sources.get(i), ids.get(i), people.get(i)) else {
                continue;
            };
            let Some(record) = numbers.get(&(source, id)) else { continue };
            let number = *known.entry(golden).or_insert_with(|| {
                golden_ids.push(golden);
                members.push(Vec::new());
                golden_ids.len() as u32 - 1
            });
            person[*record as usize] = Some(number);
            members[number as usize].push(*record);
        }
        members.iter_mut().for_each(|m| m.sort_unstable());
        let mut links = Vec::with_capacity(run.links.rows());
        let (sa, ia) = (of(&run.links, "source_a")?, of(&run.links, "record_id_a")?);
        let (sb, ib) = (of(&run.links, "source_b")?, of(&run.links, "record_id_b")?);
        let passes = of(&run.links, "pass")?;
        for i in 0..run.links.rows() {
            let record = |s: &'t Column, r: &'t Column| numbers.get(&(s.get(i)?, r.get(i)?)).copied();
            if let (Some(a), Some(b)) = (record(sa, ia), record(sb, ib)) {
                links.push(((a.min(b), a.max(b)), passes.get(i).unwrap_or("")));
            }
        }
        links.sort_unstable();
        let n = golden_ids.len();
        let mut r = Run {
            person,
            members,
            golden_ids,
            golden_row: vec![None; n],
            revenue: vec![0; n],
            contactable: vec![false; n],
            links,
            golden: &run.golden,
        };
        let golden = of(&run.golden, "golden_id")?;
        for i in 0..run.golden.rows() {
            if let Some(p) = golden.get(i).and_then(|g| known.get(g)) {
                r.golden_row[*p as usize] = Some(i);
                r.contactable[*p as usize] = is_contactable(&run.golden, i);
            }
        }
        let (ids, revenue) = (of(&run.aggregates, "golden_id")?, of(&run.aggregates, "net_revenue_total")?);
        for i in 0..run.aggregates.rows() {
            if let Some(p) = ids.get(i).and_then(|g| known.get(g)) {
                r.revenue[*p as usize] = revenue.get(i).and_then(minor).unwrap_or(0);
            }
        }
        Ok(r)
    }

    fn records(&self) -> u64 {
        self.members.iter().map(|m| m.len() as u64).sum()
    }

    fn side(&self, name: &str) -> RunSide {
        RunSide {
            name: name.to_owned(),
            people: self.members.len() as u64,
            links: self.links.len() as u64,
            contactable: self.contactable.iter().filter(|c| **c).count() as u64,
            revenue_minor: self.revenue.iter().sum(),
        }
    }

    fn view(&self, person: u32, names: &[Name]) -> PersonView {
        let i = person as usize;
        let mut values = BTreeMap::new();
        if let Some(row) = self.golden_row[i] {
            for name in ["last_name", "first_name", "birth_date", "email", "mobile", "postcode", "city"] {
                if let Some(text) = self.golden.column(name).and_then(|c| c.get(row)) {
                    let kind = built_in(name).map_or(Kind::Text, |f| BUILT_IN[f].kind);
                    values.insert(name.to_owned(), mask(kind, text));
                }
            }
        }
        PersonView {
            golden_id: self.golden_ids[i].to_owned(),
            records: self.members[i].iter().take(RECORDS_SHOWN).map(|r| named(names[*r as usize])).collect(),
            record_count: self.members[i].len() as u64,
            values,
            revenue_minor: self.revenue[i],
            contactable: self.contactable[i],
        }
    }
}

/// Whether a golden record has an e-mail or a mobile together with the consent to use it.
fn is_contactable(golden: &Table, row: usize) -> bool {
    let value = |name: &str| golden.column(name).and_then(|c| c.get(row));
    let may = |channel: &str, consent: &str| value(channel).is_some() && value(consent) == Some("granted");
    may("email", "consent_email") || may("mobile", "consent_sms")
}

/// An amount with two decimals at most, in minor units.
fn minor(text: &str) -> Option<i64> {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |d| (-1, d));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let cents: i64 = format!("{part:0<2}").get(..2)?.parse().ok()?;
    Some(sign * (whole.parse::<i64>().ok()?.checked_mul(100)?.checked_add(cents)?))
}

fn need<'t>(run: &RunTables, table: &'t Table, name: &str) -> Result<&'t Column, Error> {
    table.column(name).ok_or_else(|| Error::MissingColumn {
        source_name: run.name.clone(),
        column: name.to_owned(),
        present: table.names().join(", "),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(header: &[&str], rows: &[&[&str]]) -> Table {
        let columns = header.iter().enumerate().map(|(i, name)| {
            let cells = rows.iter().map(|r| Some(r[i]).filter(|c| !c.is_empty()));
            ((*name).to_owned(), Column::Plain(cells.collect()))
        });
        Table::new(columns.collect()).unwrap()
    }

    /// A run from (record, person) and links (record, record, pass); revenue is 10 cents a record.
    fn run(name: &str, people: &[(&str, &str)], links: &[(&str, &str, &str)]) -> RunTables {
        let crosswalk: Vec<[&str; 3]> = people.iter().map(|(r, g)| ["s", *r, *g]).collect();
        let crosswalk: Vec<&[&str]> = crosswalk.iter().map(<[&str; 3]>::as_slice).collect();
        let links: Vec<[&str; 5]> = links.iter().map(|(a, b, p)| ["s", *a, "s", *b, *p]).collect();
        let links: Vec<&[&str]> = links.iter().map(<[&str; 5]>::as_slice).collect();
        let mut ids: Vec<&str> = people.iter().map(|(_, g)| *g).collect();
        ids.sort_unstable();
        ids.dedup();
        let revenue: Vec<String> =
            ids.iter().map(|g| format!("0.{}", people.iter().filter(|(_, h)| g == h).count() * 10)).collect();
        let golden: Vec<[&str; 4]> = ids.iter().map(|g| [*g, "DUPONT", "a@free.fr", "granted"]).collect();
        let golden: Vec<&[&str]> = golden.iter().map(<[&str; 4]>::as_slice).collect();
        let aggregates: Vec<[&str; 2]> = ids.iter().zip(&revenue).map(|(g, r)| [*g, r.as_str()]).collect();
        let aggregates: Vec<&[&str]> = aggregates.iter().map(<[&str; 2]>::as_slice).collect();
        RunTables {
            name: name.to_owned(),
            crosswalk: table(&["source", "record_id", "golden_id"], &crosswalk),
            links: table(&["source_a", "record_id_a", "source_b", "record_id_b", "pass"], &links),
            golden: table(&["golden_id", "last_name", "email", "consent_email"], &golden),
            aggregates: table(&["golden_id", "net_revenue_total"], &aggregates),
        }
    }

    #[test]
    fn splits_merges_and_money_are_counted() {
        // p splits in two, q and r merge, t stays; one record is gone and one is new.
        let a = run(
            "a",
            &[("1", "p"), ("2", "p"), ("3", "q"), ("4", "r"), ("5", "t"), ("6", "t"), ("7", "u")],
            &[("1", "2", "email"), ("5", "6", "email")],
        );
        let b = run(
            "b",
            &[("1", "p"), ("2", "x"), ("3", "q"), ("4", "q"), ("5", "t"), ("6", "t"), ("8", "v")],
            &[("4", "3", "name"), ("5", "6", "mobile")],
        );
        let c = compare_runs(&a, &b, 10, 0).unwrap();
        assert_eq!((c.records_in_both, c.records_only_in_a, c.records_only_in_b), (6, 1, 1));
        assert_eq!((c.people_split, c.people_merged, c.people_unchanged, c.cases), (1, 1, 1, 2));
        assert_eq!((c.pairs_joined, c.pairs_parted), (1, 1));
        assert_eq!(c.links_made, BTreeMap::from([("name".to_owned(), 1)]));
        assert_eq!(c.links_broken, BTreeMap::from([("email".to_owned(), 1)]));
        let touched = Touched { people: 3, records: 4, contactable: 3, revenue_minor: 40 };
        assert_eq!((c.touched_in_a, c.touched_in_b), (touched, touched));
        let mut kinds: Vec<&str> = c.sample.iter().map(|s| s.kind).collect();
        kinds.sort_unstable();
        assert_eq!(kinds, ["merged", "split"]);
        let split = c.sample.iter().find(|s| s.kind == "split").unwrap();
        assert_eq!((split.links[0].made, split.links[0].pass.as_str()), (false, "email"));
        assert_eq!(split.before[0].values["last_name"], "D***");
    }

    #[test]
    fn a_run_and_itself_differ_in_nothing() {
        let a = run("a", &[("1", "p"), ("2", "p"), ("3", "q")], &[("1", "2", "email")]);
        let c = compare_runs(&a, &a, 10, 0).unwrap();
        assert_eq!((c.cases, c.people_unchanged, c.pairs_joined, c.pairs_parted), (0, 2, 0, 0));
        assert!(c.links_made.is_empty() && c.links_broken.is_empty() && c.sample.is_empty());
    }

    #[test]
    fn turning_the_comparison_round_turns_the_answer_round() {
        let a = run("a", &[("1", "p"), ("2", "p"), ("3", "q"), ("4", "q")], &[]);
        let b = run("b", &[("1", "p"), ("2", "q"), ("3", "q"), ("4", "r")], &[]);
        let (c, d) = (compare_runs(&a, &b, 1, 0).unwrap(), compare_runs(&b, &a, 1, 0).unwrap());
        assert_eq!((c.people_split, c.people_merged), (d.people_merged, d.people_split));
        assert_eq!((c.pairs_joined, c.touched_in_a), (d.pairs_parted, d.touched_in_b));
        assert_eq!(c.sample[0].kind, "mixed");
    }

    #[test]
    fn the_seed_decides_the_sample_and_nothing_else_does() {
        let people: Vec<(String, String)> = (0..40).map(|i| (i.to_string(), format!("g{}", i / 2))).collect();
        let of = |order: &[usize], apart: bool| {
            let rows: Vec<(&str, &str)> = order
                .iter()
                .map(|i| {
                    (people[*i].0.as_str(), if apart { people[*i].0.as_str() } else { people[*i].1.as_str() })
                })
                .collect();
            run("r", &rows, &[])
        };
        let (up, down): (Vec<usize>, Vec<usize>) = ((0..40).collect(), (0..40).rev().collect());
        let sample = |order: &[usize], seed| {
            let c = compare_runs(&of(order, false), &of(order, true), 3, seed).unwrap();
            assert_eq!(c.cases, 20);
            c.sample.into_iter().map(|s| s.before[0].golden_id.clone()).collect::<Vec<_>>()
        };
        assert_eq!(sample(&up, 1), sample(&down, 1));
        assert_ne!(sample(&up, 1), sample(&up, 2));
    }

    #[test]
    fn amounts_are_read_to_the_cent() {
        let all = [("12.34", 1234), ("-0.5", -50), ("7", 700), ("0.05", 5)];
        assert!(all.iter().all(|(t, m)| minor(t) == Some(*m)));
        assert_eq!((minor(""), minor("x")), (None, None));
    }
}
