//! Tables of companies and of the persons in them.

use super::{Linked, OutColumn, OutTable, golden_columns, links, source_column, sources_of, text};
use crate::company::{Companies, Origin};
use crate::config::Plan;
use crate::field::{self, BUILT_IN, FieldIx, RARE_FIELDS};
use crate::records::{FieldColumn, Record, Records};
use crate::resolve::Resolution;
use crate::survivorship::{Golden, GoldenField};
use crate::table::{Column, TextColumn};
use crate::time::Day;
use std::collections::BTreeSet;

/// Fields of a company's golden record, in output order; those of the installation's own come after.
const SHOWN: &[FieldIx] = &[
    field::COMPANY_NAME,
    field::SIREN,
    field::SIRET,
    field::VAT,
    field::EMAIL,
    field::MOBILE,
    field::LANDLINE,
    field::ADDRESS_EXTRA,
    field::STREET,
    field::POSTCODE,
    field::CITY,
    field::COUNTRY,
    field::CREATED_AT,
];

/// One of [`super::COMPANY_TABLES`].
pub(super) fn table(plan: &Plan, r: &Resolution, name: &str) -> Option<OutTable> {
    let fields = plan.fields.len();
    let none = Companies {
        records: Records { fields: vec![FieldColumn::default(); fields], ..Records::default() },
        golden: Golden { fields: vec![GoldenField::default(); fields], ..Golden::default() },
        ..Companies::default()
    };
    let found = r.companies.as_ref().unwrap_or(&none);
    let linked = || Linked {
        records: &found.records,
        links: &found.links,
        clusters: &found.clusters,
        comparisons: &r.comparisons,
        passes: &plan.company_passes,
        ids: &found.ids,
        id: "company_id",
    };
    Some(match name {
        "companies" => companies(plan, found),
        "company_crosswalk" => crosswalk(plan, r, found),
        "contacts" => contacts(plan, r, found),
        "company_links" => links(plan, &linked(), "company_links"),
        "company_review" => links(plan, &linked(), "company_review"),
        _ => return None,
    })
}

fn ids(found: &Companies) -> OutColumn {
    text(found.ids.iter().map(|id| Some(id.as_str())))
}

fn group_ids(found: &Companies, companies: impl Iterator<Item = usize>) -> OutColumn {
    let groups: Vec<String> = companies.map(|c| found.group_id(c)).collect();
    OutColumn::Text(Column::Plain(groups.iter().map(|g| Some(g.as_str())).collect::<TextColumn>()))
}

/// One row per company: its best values, its legal unit, how many records and contacts it has.
fn companies(plan: &Plan, found: &Companies) -> OutTable {
    let n = found.clusters.len();
    let mut people = vec![0i64; n];
    found.contacts.iter().for_each(|c| people[c.company as usize] += 1);
    let is_account = |r: &Record| matches!(found.origins[*r as usize], Origin::Account(_));
    let records =
        |of: &dyn Fn(usize) -> usize| OutColumn::Integer((0..n).map(|c| Some(of(c) as i64)).collect());
    let mut columns = vec![
        ("company_id".to_owned(), ids(found)),
        ("group_id".to_owned(), group_ids(found, 0..n)),
        ("records".to_owned(), records(&|c| found.clusters.members(c).len())),
        (
            "accounts".to_owned(),
            records(&|c| found.clusters.members(c).iter().filter(|r| is_account(r)).count()),
        ),
        ("contact_records".to_owned(), OutColumn::Integer(people.into_iter().map(Some).collect())),
        ("sources".to_owned(), sources_of(plan, &found.records, &found.clusters)),
    ];
    let own = BUILT_IN.len()..plan.fields.len();
    let rare = RARE_FIELDS.iter().copied().filter(|f| !SHOWN.contains(f) && plan.maps(*f));
    for ix in SHOWN.iter().copied().chain(rare).chain(own) {
        golden_columns(&plan.fields[ix], ix, &found.golden, &found.records, n, &mut columns);
    }
    OutTable { name: "companies", columns }
}

/// One row per record that speaks of a company: accounts, and rows of customers, those that name an account with the
/// company of that account.
fn crosswalk(plan: &Plan, r: &Resolution, found: &Companies) -> OutTable {
    let mut rows: Vec<(u16, Option<&str>, usize)> = Vec::with_capacity(found.records.len());
    for (i, origin) in found.origins.iter().enumerate() {
        if matches!(origin, Origin::Account(_)) {
            rows.push((found.records.sources[i], found.records.ids.get(i), found.clusters.of[i] as usize));
        }
    }
    for c in &found.contacts {
        let i = c.person as usize;
        rows.push((r.records.sources[i], r.records.ids.get(i), c.company as usize));
    }
    rows.sort_unstable();
    OutTable {
        name: "company_crosswalk",
        columns: vec![
            ("source".into(), source_column(plan, rows.iter().map(|x| Some(x.0)))),
            ("record_id".into(), text(rows.iter().map(|x| x.1))),
            ("company_id".into(), text(rows.iter().map(|x| Some(found.ids[x.2].as_str())))),
            ("group_id".into(), group_ids(found, rows.iter().map(|x| x.2))),
        ],
    }
}

/// One row per person, company, role, days and source.
fn contacts(plan: &Plan, r: &Resolution, found: &Companies) -> OutTable {
    type Row<'a> = (u32, u32, Option<&'a str>, Option<Day>, Option<Day>, u16);
    let named = |p: Record| {
        [field::LAST_NAME, field::FIRST_NAME, field::ROLE].iter().any(|f| r.records.field(*f).id(p) != 0)
    };
    let rows: BTreeSet<Row> = found
        .contacts
        .iter()
        .filter(|c| named(c.person))
        .map(|c| {
            let text = |f: FieldIx| r.records.field(f).text(c.person);
            let day = |f: FieldIx| text(f).and_then(Day::parse_iso);
            (
                r.clusters.of[c.person as usize],
                c.company,
                text(field::ROLE),
                day(field::ROLE_SINCE),
                day(field::ROLE_UNTIL),
                r.records.sources[c.person as usize],
            )
        })
        .collect();
    OutTable {
        name: "contacts",
        columns: vec![
            ("golden_id".into(), text(rows.iter().map(|x| Some(r.golden_ids[x.0 as usize].as_str())))),
            ("company_id".into(), text(rows.iter().map(|x| Some(found.ids[x.1 as usize].as_str())))),
            ("group_id".into(), group_ids(found, rows.iter().map(|x| x.1 as usize))),
            ("role".into(), text(rows.iter().map(|x| x.2))),
            ("since".into(), OutColumn::Day(rows.iter().map(|x| x.3.map(|d| d.0)).collect())),
            ("until".into(), OutColumn::Day(rows.iter().map(|x| x.4.map(|d| d.0)).collect())),
            ("source".into(), source_column(plan, rows.iter().map(|x| Some(x.5)))),
        ],
    }
}
