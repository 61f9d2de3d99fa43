//! Two names, one person? (`name_pairs_opensanctions`) and the right capitals of a name (`name_case`): reports.
//!
//! A pair of people is "the same" when the comparison levels of `domain.md` §3.3 reach a rung; the rungs are those a
//! pass can ask for. Companies are the same when their keys are equal. The suite was made for screening names of all
//! scripts against lists of people who hide, the engine for customers who give their names: it links on names only
//! beside an address, a birth date or a number.

use crate::suite::{Suite, cases};
use rcu_core::config::{Config, Plan};
use rcu_core::ingest::{Input, load_customers};
use rcu_core::matching::compare::{CLOSE, COMPATIBLE, EQUAL, NICKNAME, PHONETIC, SAME_NAME, compare};
use rcu_core::matching::prepare::Prepared;
use rcu_core::normalize::name::display_case;
use rcu_core::normalize::{Context, Country, Kind, any};
use rcu_core::progress::Silent;
use rcu_core::table::{Column, Table};
use rcu_core::time::Day;
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub fn suites() -> Vec<Suite> {
    let rows = cases("name_pairs_opensanctions");
    let (people, companies): (Vec<Value>, Vec<Value>) =
        rows.into_iter().partition(|row| row["input"]["schema"] == "Person");
    let mut suites = Vec::new();
    let levels = levels(&people);
    for (name, last, first) in [
        ("name_pairs people, equal last and first", SAME_NAME, EQUAL),
        ("name_pairs people, >= phonetic, nickname", PHONETIC, NICKNAME),
        ("name_pairs people, >= phonetic, compatible", PHONETIC, COMPATIBLE),
        ("name_pairs people, >= close, compatible", CLOSE, COMPATIBLE),
    ] {
        let same: Vec<bool> = levels.iter().map(|(l, f)| *l >= last && *f >= first).collect();
        suites.push(pairs(name, &people, &same));
    }
    let cx = context();
    let key = |row: &Value, side: &str| {
        any(Kind::CompanyKey, row["input"][side].as_str().unwrap_or_default(), &cx).value
    };
    let same: Vec<bool> =
        companies.iter().map(|row| key(row, "name1").is_some_and(|a| Some(a) == key(row, "name2"))).collect();
    suites.push(pairs("name_pairs companies, equal key", &companies, &same));
    suites.push(name_case());
    suites
}

fn context() -> Context {
    let region = Country::new("US").unwrap_or(Country::FR);
    Context::new(region, Day::from_ymd(2026, 11, 21).expect("a real day"))
}

/// Levels of last and first name of each pair, as the engine sees two records with these whole names.
fn levels(rows: &[Value]) -> Vec<(u8, u8)> {
    let config = json!({
        "rcu": { "region": "US" },
        "sources": { "s": { "id": "id", "fields": { "name": "name" } } },
    });
    let plan = Config::from_value(config).and_then(|c| Plan::compile(c, context().as_of)).expect("a plan");
    let names: Vec<&str> = rows
        .iter()
        .flat_map(|r| [&r["input"]["name1"], &r["input"]["name2"]])
        .filter_map(Value::as_str)
        .collect();
    // Records are sorted by their ids.
    let ids: Vec<String> = (0..names.len()).map(|i| format!("{i:06}")).collect();
    let column = |texts: Vec<&str>| Column::Plain(texts.into_iter().map(Some).collect());
    let table = Table::new(vec![
        ("id".to_owned(), column(ids.iter().map(String::as_str).collect())),
        ("name".to_owned(), column(names)),
    ])
    .expect("two columns of one length");
    let loaded = load_customers(&plan, &[Input::new("s", table)], &Silent).expect("rows");
    assert_eq!(loaded.records.len(), 2 * rows.len(), "no row is rejected");
    let prepared = Prepared::new(&plan.setting(), &loaded.records);
    (0..rows.len() as u32)
        .map(|i| {
            let evidence = compare(&prepared, 2 * i, 2 * i + 1);
            (evidence.last_name, evidence.first_name)
        })
        .collect()
}

fn pairs(name: &'static str, rows: &[Value], same: &[bool]) -> Suite {
    let mut s = Suite {
        name,
        target: "report",
        cases: rows.len(),
        right: 0,
        wrong: 0,
        set_aside: vec![],
        failures: vec![],
        notes: vec![],
    };
    let (mut both, mut said, mut true_pairs) = (0, 0, 0);
    let mut by_category: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for (row, same) in rows.iter().zip(same) {
        let wanted = row["expected"]["match"] == true;
        let hit = wanted == *same;
        both += usize::from(wanted && *same);
        said += usize::from(*same);
        true_pairs += usize::from(wanted);
        s.right += usize::from(hit);
        s.wrong += usize::from(!hit);
        let note = row["note"].as_str().unwrap_or_default();
        let category = note.split(';').next().unwrap_or_default().trim().to_owned();
        let count =
            by_category.entry(format!("{category} {}", if wanted { "same" } else { "other" })).or_default();
        count.0 += usize::from(hit);
        count.1 += 1;
        if !hit {
            s.failures.push(format!(
                "{} / {}: want {wanted} ({note})",
                row["input"]["name1"], row["input"]["name2"]
            ));
        }
    }
    let share = |n: usize, of: usize| n as f64 * 100.0 / of.max(1) as f64;
    let (precision, recall) = (share(both, said), share(both, true_pairs));
    s.notes
        .push(format!("precision {precision:.1} %, recall {recall:.1} % ({said} said, {true_pairs} true)"));
    let counts: Vec<String> = by_category.iter().map(|(c, (hit, all))| format!("{c} {hit}/{all}")).collect();
    s.notes.push(format!("right by origin: {}", counts.join(", ")));
    s
}

/// The suite's note: French civil use glues no small article to a name.
const ARTICLE: &str =
    "the suite's README: `le Figaro`, `la Poisson`, `du Pont`, `de Legate` are English habits";

fn name_case() -> Suite {
    let mut s = Suite {
        name: "name_case",
        target: "report",
        cases: 0,
        right: 0,
        wrong: 0,
        set_aside: vec![],
        failures: vec![],
        notes: vec![],
    };
    for row in cases("name_case") {
        s.cases += 1;
        let raw = row["input"]["name"].as_str().unwrap_or_default();
        let want = row["expected"].as_str().unwrap_or_default();
        let got = display_case(raw);
        if got == want {
            s.right += 1;
        } else if ["le ", "la ", "du "].iter().any(|article| want.starts_with(article)) {
            s.set_aside.push((raw.to_owned(), ARTICLE));
        } else {
            s.wrong += 1;
            s.failures.push(format!("{raw:?}: want {want:?}, got {got:?}"));
        }
    }
    s
}
