//! The expected outcomes of `domain.md` §3.8, each pair as its row says, in both orders of ids.

use crate::common::{run, simple_plan, table};
use rcu_core::ingest::Input;
use rcu_core::matching::Decision;
use serde_json::json;

const COLUMNS: &[&str] =
    &["civility", "last_name", "first_name", "email", "mobile", "birth_date", "street", "postcode", "city"];

#[derive(Debug, PartialEq, Eq)]
enum Outcome {
    Merge(&'static str),
    Review,
    Household,
    Nothing,
}

/// A record as `field=value` pairs.
fn row(id: &str, text: &str) -> String {
    let value = |c: &str| {
        text.split(';').map(str::trim).find_map(|p| p.strip_prefix(&format!("{c}="))).unwrap_or("").to_owned()
    };
    let cells: Vec<String> = COLUMNS.iter().map(|c| value(c)).collect();
    format!("{id}|2026-01-01|{}", cells.join("|"))
}

fn outcome(a: &str, b: &str, extra_rows: &[String]) -> Outcome {
    let plan = simple_plan(COLUMNS, json!({}));
    let header = format!("id|updated|{}", COLUMNS.join("|"));
    let mut text = format!("{header}\n{}\n{}\n", row("a", a), row("b", b));
    extra_rows.iter().for_each(|r| text.push_str(&format!("{r}\n")));
    let r = run(&plan, &[Input::new("s", table(&text))]);
    let find = |id: &str| r.records.ids.iter().position(|x| x == Some(id)).unwrap();
    let (x, y) = (find("a"), find("b"));
    if r.clusters.of[x] == r.clusters.of[y] {
        let (low, high) = (x.min(y) as u32, x.max(y) as u32);
        let pass = r.links.iter().find(|l| (l.a, l.b) == (low, high) && l.verdict.decision == Decision::Link);
        return Outcome::Merge(pass.map_or("", |l| match l.pass {
            0 => "email",
            1 => "name_address",
            2 => "name_mobile",
            3 => "name_birth",
            _ => "scored",
        }));
    }
    let review = r.links.iter().any(|l| {
        l.verdict.decision == Decision::Review && [l.a as usize, l.b as usize] == [x.min(y), x.max(y)]
    });
    let house = |i: usize| r.households[r.clusters.of[i] as usize];
    if review {
        Outcome::Review
    } else if house(x) == house(y) {
        Outcome::Household
    } else {
        Outcome::Nothing
    }
}

#[test]
fn pairs_end_as_the_specification_says() {
    let m1 = "mobile=06 30 12 45 78";
    let m2 = "mobile=07 68 22 10 45";
    let address = "street=12 rue des Lilas; postcode=69100; city=Villeurbanne";
    let named = |n: &str, more: &str| {
        let (last, first) = n.split_once(' ').unwrap_or((n, ""));
        format!("last_name={last}; first_name={first}; {more}")
    };
    let e = "email=m.dupont@free.fr";
    let cases: Vec<(&str, String, String, Outcome)> = vec![
        (
            "same e-mail, two mobiles",
            named("DUPONT MARIE", &format!("{e}; {m1}")),
            named("DUPONT MARIE", &format!("{e}; {m2}")),
            Outcome::Merge("email"),
        ),
        (
            "a couple sharing a box",
            named("DUPONT MARIE", "email=box@orange.fr"),
            named("DUPONT PAUL", "email=box@orange.fr"),
            Outcome::Household,
        ),
        (
            "a probable marriage",
            named("DUPONT MARIE", &format!("civility=MME; {e}; birth_date=1985-03-12")),
            named("MARTIN MARIE", &format!("civility=MME; {e}; birth_date=1985-03-12")),
            Outcome::Review,
        ),
        (
            "a role address",
            named("ROY PAUL", "email=contact@garage-roy.fr"),
            named("DURAND LUC", "email=contact@garage-roy.fr"),
            Outcome::Nothing,
        ),
        (
            "a dead domain still identifies",
            named("ROY ANNE", "email=anne@voila.fr"),
            named("ROY ANNE", "email=anne@voila.fr"),
            Outcome::Merge("email"),
        ),
        (
            "parent and child of one name",
            named("DUPONT JEAN", &format!("{address}; birth_date=1950-02-01")),
            named("DUPONT JEAN", &format!("{address}; birth_date=1978-05-09")),
            Outcome::Household,
        ),
        (
            "part of a compound first name",
            format!("last_name=DUPONT; first_name=JEAN PIERRE; {address}"),
            named("DUPONT JEAN", address),
            Outcome::Review,
        ),
        ("a nickname", named("DUPONT PHIL", m1), named("DUPONT PHILIPPE", m1), Outcome::Merge("name_mobile")),
        (
            "two first names on one mobile",
            named("DUPONT MARIE", m1),
            named("DUPONT LUC", m1),
            Outcome::Household,
        ),
        (
            "a suspect number is no key",
            named("DUPONT MARIE", "mobile=06 12 34 56 78"),
            "last_name=DUPONT; mobile=06 12 34 56 78".to_owned(),
            Outcome::Nothing,
        ),
        (
            "names that sound alike",
            named("LEFEVRE ANNE", "birth_date=1974-09-27"),
            named("LEFEBVRE ANNE", "birth_date=1974-09-27"),
            Outcome::Review,
        ),
        (
            "one name key",
            "last_name=D'ORMESSON; first_name=JEAN; birth_date=1961-05-04".to_owned(),
            "last_name=DORMESSON; first_name=JEAN; birth_date=1961-05-04".to_owned(),
            Outcome::Merge("name_birth"),
        ),
        (
            "twins",
            named("DUPONT LEA", &format!("{address}; birth_date=2001-05-04")),
            named("DUPONT LEO", &format!("{address}; birth_date=2001-05-04")),
            Outcome::Household,
        ),
        (
            "day and month swapped",
            named("DUPONT CLAIRE", &format!("{e}; birth_date=1985-03-12")),
            named("DUPONT CLAIRE", &format!("{e}; birth_date=1985-12-03")),
            Outcome::Merge("email"),
        ),
    ];
    let mut wrong = Vec::new();
    for (what, a, b, want) in &cases {
        for (x, y) in [(a, b), (b, a)] {
            let got = outcome(x, y, &[]);
            if got != *want {
                wrong.push(format!("{what}: want {want:?}, got {got:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_name_carried_by_many_goes_to_review() {
    let many: Vec<String> = (0..60)
        .map(|i| {
            let day = format!("{}-{:02}-{:02}", 1930 + i, i % 12 + 1, i % 28 + 1);
            row(&format!("x{i:02}"), &format!("last_name=MARTIN; first_name=JEAN; birth_date={day}"))
        })
        .collect();
    let martin = "last_name=MARTIN; first_name=JEAN; birth_date=1925-03-12";
    assert_eq!(outcome(martin, martin, &many), Outcome::Review);
    assert_eq!(outcome(martin, martin, &[]), Outcome::Merge("name_birth"));
}

#[test]
fn a_street_is_read_as_its_record_s_country_writes_it() {
    let columns = &["last_name", "first_name", "street", "postcode", "city", "country"];
    let plan = simple_plan(columns, json!({}));
    let joined = |country: &str| {
        let text = format!(
            "id|updated|{}\na|2026-01-01|DUPONT|MARIE|Rue Haute 8|1050|Ixelles|{country}\n\
             b|2026-01-01|DUPONT|MARIE|8, rue Haute|1050|Ixelles|{country}\n",
            columns.join("|")
        );
        let r = run(&plan, &[Input::new("s", table(&text))]);
        r.clusters.of[0] == r.clusters.of[1]
    };
    assert!(joined("Belgique"), "the number stands last in Belgium");
    assert!(!joined(""), "a French line that ends in a number has none");
}
