//! Every rule by which a golden value is chosen (`domain.md` §4), one test named after each.

use crate::common::{plan, run, table};
use rcu_core::config::{Config, Plan};
use rcu_core::ingest::Input;
use rcu_core::output::{self, OutColumn};
use rcu_core::resolve::Resolution;
use rcu_core::survivorship::Rule;
use serde_json::{Map, Value, json};

const COLUMNS: &[&str] = &[
    "last_name",
    "first_name",
    "email",
    "mobile",
    "birth_date",
    "street",
    "postcode",
    "city",
    "language",
    "consent_email",
    "tier",
    "points",
    "note",
    "seen",
    "flag",
    "amount",
];

/// Three sources of one person: `crm` is trusted most, then `web`, then `till`.
fn config(survivorship: Value) -> Value {
    let fields: Map<String, Value> = COLUMNS
        .iter()
        .map(|c| {
            let with_clear = json!({ "column": c, "clear": ["#VIDE"] });
            ((*c).to_owned(), with_clear)
        })
        .collect();
    let source = |reliability: f64| json!({ "id": "id", "updated_at": "updated", "reliability": reliability, "fields": fields });
    json!({
        "sources": { "crm": source(0.9), "web": source(0.8), "till": source(0.6) },
        "fields": {
            "tier": { "kind": "category" }, "points": { "kind": "integer" }, "note": { "kind": "text" },
            "seen": { "kind": "date" }, "flag": { "kind": "boolean" }, "amount": { "kind": "decimal" },
        },
        "survivorship": survivorship,
    })
}

/// A row `source id day | field=value; …`; what it does not say makes it one person with the others.
fn inputs(rows: &[&str]) -> Vec<Input> {
    let header = format!("id|updated|{}\n", COLUMNS.join("|"));
    ["crm", "till", "web"]
        .iter()
        .map(|source| {
            let mut text = header.clone();
            for row in rows {
                let (head, cells) = row.split_once('|').unwrap_or((row, ""));
                let mut head = head.split_whitespace();
                if head.next() != Some(source) {
                    continue;
                }
                let (id, day) = (head.next().unwrap(), head.next().unwrap_or(""));
                let said = |c: &str| {
                    let mut cells = cells.split(';').filter_map(|p| p.trim().split_once('='));
                    cells.find(|(n, _)| *n == c).map(|(_, v)| v.to_owned())
                };
                let cell = |c: &str| {
                    said(c).unwrap_or_else(|| match c {
                        "last_name" => "DUPONT".into(),
                        "first_name" => "MARIE".into(),
                        "email" => "m.dupont@free.fr".into(),
                        "birth_date" => "1985-03-12".into(),
                        _ => String::new(),
                    })
                };
                let cells: Vec<String> = COLUMNS.iter().map(|c| cell(c)).collect();
                text.push_str(&format!("{id}|{day}|{}\n", cells.join("|")));
            }
            Input::new(*source, table(&text))
        })
        .collect()
}

struct Person {
    plan: Plan,
    r: Resolution,
}

impl Person {
    fn of(survivorship: Value, rows: &[&str]) -> Person {
        let plan = plan(config(survivorship));
        let r = run(&plan, &inputs(rows));
        assert_eq!(r.clusters.len(), 1, "the rows are one person");
        Person { plan, r }
    }

    fn get(&self, field: &str) -> Option<&str> {
        let ix = self.plan.field(field).unwrap();
        self.r.golden.fields[ix].text(&self.r.records, ix, 0)
    }

    /// `source:record rule score` of a field.
    fn why(&self, field: &str) -> String {
        let ix = self.plan.field(field).unwrap();
        let from = self.r.golden.fields[ix].provenance(0).unwrap();
        let record = from.record as usize;
        let source = &self.plan.sources[usize::from(self.r.records.sources[record])].name;
        format!("{source}:{} {} {}", self.r.records.ids.get(record).unwrap(), from.rule.name(), from.score)
    }

    fn beaten(&self, field: &str) -> Vec<&str> {
        let ix = self.plan.field(field).unwrap();
        self.r.golden.others(&self.r.records, ix, 0).map(|(v, _)| v).collect()
    }

    fn table(&self, name: &str) -> Vec<Vec<String>> {
        rows(&output::table(&self.plan, &self.r, name).unwrap())
    }
}

fn rows(t: &output::OutTable) -> Vec<Vec<String>> {
    let cell = |c: &OutColumn, i: usize| match c {
        OutColumn::Text(c) => c.get(i).unwrap_or("").to_owned(),
        OutColumn::Integer(v) => v[i].map_or(String::new(), |n| n.to_string()),
        OutColumn::Day(v) => v[i].map_or(String::new(), |d| rcu_core::time::Day(d).to_string()),
        OutColumn::Boolean(v) => v[i].map_or(String::new(), |b| b.to_string()),
        OutColumn::Decimal(v, _) => v[i].map_or(String::new(), |n| n.to_string()),
    };
    (0..t.rows()).map(|i| t.columns.iter().map(|(_, c)| cell(c, i)).collect()).collect()
}

/// The golden value of one field under one rule.
fn value(field: &str, rule: Value, rows: &[&str]) -> Option<String> {
    let mut fields = Map::new();
    fields.insert(field.to_owned(), rule);
    Person::of(json!({ "fields": fields }), rows).get(field).map(str::to_owned)
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

const TIERS: [&str; 3] =
    ["crm 1 2024-01-01|tier=SILVER", "web 2 2026-01-01|tier=GOLD", "till 3 2020-01-01|tier=BASIC"];

/// §4.2, to the digit: two mobiles of Mme DUPONT, one of them verified by SMS.
#[test]
fn the_worked_example_of_the_specification() {
    let mut c = config(json!({ "verified": { "mobile": "flag = true" } }));
    c["sources"]["web"]["reliability"] = json!({ "default": 0.8, "mobile": 0.9 });
    let rows =
        ["till 1 2024-03-10|mobile=06 30 12 45 78", "web 2 2025-09-02|mobile=07 68 22 10 45; flag=oui"];
    let resolved = |c: Value, rows: &[&str]| {
        let plan = plan(c);
        let r = run(&plan, &inputs(rows));
        Person { plan, r }
    };
    let p = resolved(c.clone(), &rows);
    assert_eq!(p.get("mobile"), Some("+33768221045"));
    assert_eq!(p.why("mobile"), "web:2 score 799");
    let alternatives = p.table("alternatives");
    let secondary = alternatives.iter().find(|r| r[1] == "mobile").unwrap();
    assert_eq!(
        secondary[2..],
        ["2", "+33630124578", "till", "1", "2024-03-10", "586", "true"].map(String::from)
    );
    // The web number is reported wrong: the till's comes back.
    c["survivorship"]["locks"] = json!([{
        "source": "web", "record_id": "2", "field": "mobile", "kind": "ignore", "value": "0768221045",
        "author": "steward", "reason": "wrong number",
    }]);
    assert_eq!(resolved(c.clone(), &rows).get("mobile"), Some("+33630124578"));
    c["survivorship"] =
        json!({ "fields": { "mobile": "source_priority" }, "source_priority": ["till", "web"] });
    assert_eq!(resolved(c, &rows).get("mobile"), Some("+33630124578"));
}

#[test]
fn source_priority() {
    let rule = json!("source_priority");
    let mut c = json!({ "fields": { "tier": rule }, "source_priority": ["till", "web"] });
    assert_eq!(Person::of(c.clone(), &TIERS).get("tier"), Some("BASIC"));
    // A field may have an order of its own.
    c["fields"]["tier"] = json!({ "rule": "source_priority", "sources": ["web"] });
    assert_eq!(Person::of(c, &TIERS).get("tier"), Some("GOLD"));
}

#[test]
fn main_source() {
    let rule = json!({ "rule": "main_source", "source": "till" });
    assert_eq!(value("tier", rule.clone(), &TIERS), some("BASIC"));
    assert_eq!(value("tier", rule.clone(), &TIERS[..2]), None, "no other source supplies it");
    let with_fallback = json!({ "rule": "main_source", "source": "till", "otherwise": "most_recent" });
    assert_eq!(value("tier", with_fallback, &TIERS[..2]), some("GOLD"));
    let two = ["till 1 2020-01-01|tier=OLD", "till 2 2021-01-01|tier=NEW", "crm 3 2026-01-01|tier=X"];
    let chain = json!({ "rule": ["main_source", "most_recent"], "source": "till" });
    assert_eq!(value("tier", chain, &two), some("NEW"));
}

#[test]
fn most_reliable_with_a_manual_override() {
    let rule = json!({ "tier": "most_reliable" });
    let p = Person::of(json!({ "fields": rule }), &TIERS);
    assert_eq!(p.get("tier"), Some("SILVER"));
    let by_hand = json!([{ "source": "till", "field": "tier", "reliability": 0.95, "reason": "audit of March", "author": "a.b" }]);
    let p = Person::of(json!({ "fields": rule, "reliability": by_hand }), &TIERS);
    assert_eq!((p.get("tier"), p.get("note")), (Some("BASIC"), None));
    assert_eq!(p.beaten("tier"), ["SILVER", "GOLD"]);
}

#[test]
fn trust_decays_linearly_and_exponentially() {
    // At 2026-11-21: crm is 1055 days old, web 324, till 2516.
    let trust = |crm: Value| json!({ "fields": { "tier": "trust" }, "trust": { "crm": { "default": crm } } });
    let p = Person::of(trust(json!({ "max": 0.9, "min": 0.1, "period_days": 3650 })), &TIERS);
    assert_eq!(p.get("tier"), Some("GOLD"), "0.9 − 0.8 × 1055/3650 = 0.669 against 0.8");
    let p = Person::of(trust(json!({ "max": 1.0, "min": 0.5, "period_days": 3650 })), &TIERS);
    assert_eq!(p.get("tier"), Some("SILVER"), "1 − 0.5 × 1055/3650 = 0.855");
    let halves = json!({ "max": 1.0, "min": 0.5, "period_days": 3650, "decay": "exponential" });
    assert_eq!(Person::of(trust(halves), &TIERS).get("tier"), Some("SILVER"), "0.5 + 0.5 × 2^−0.289 = 0.909");
    let quick = json!({ "max": 1.0, "min": 0.2, "period_days": 300, "decay": "exponential" });
    assert_eq!(Person::of(trust(quick), &TIERS).get("tier"), Some("GOLD"), "0.2 + 0.8 × 2^−3.5 = 0.27");
}

#[test]
fn most_recent() {
    assert_eq!(value("tier", json!("most_recent"), &TIERS), some("GOLD"));
    let undated = ["crm 1|tier=A", "till 2 1990-01-01|tier=B"];
    assert_eq!(
        value("tier", json!("most_recent"), &undated),
        some("B"),
        "a value without a date is the oldest"
    );
}

#[test]
fn most_recent_by_another_field() {
    let rows = [
        "crm 1 2026-01-01|tier=A; seen=2020-01-01",
        "web 2 2020-01-01|tier=B; seen=2025-01-01",
        "till 3 2026-06-01|tier=C",
    ];
    let rule = json!({ "rule": "most_recent", "by": "seen" });
    assert_eq!(value("tier", rule, &rows), some("B"));
    let version = ["crm 1 2026-01-01|tier=A; points=9", "web 2 2020-01-01|tier=B; points=10"];
    assert_eq!(value("tier", json!({ "rule": "most_recent", "by": "points" }), &version), some("B"));
    assert_eq!(value("tier", json!({ "rule": "first_known", "by": "points" }), &version), some("A"));
}

#[test]
fn first_known() {
    assert_eq!(value("tier", json!("first_known"), &TIERS), some("BASIC"));
    let undated = ["crm 1|tier=A", "till 2 1990-01-01|tier=B"];
    assert_eq!(value("tier", json!("first_known"), &undated), some("B"));
}

#[test]
fn most_frequent_by_record_and_by_source() {
    let rows = ["till 1|tier=A", "till 2|tier=A", "till 3|tier=A", "web 4|tier=B", "crm 5|tier=B"];
    assert_eq!(value("tier", json!("most_frequent"), &rows), some("A"));
    assert_eq!(value("tier", json!("most_frequent_sources"), &rows), some("B"));
}

#[test]
fn unanimous_or_null() {
    assert_eq!(
        value("tier", json!("unanimous"), &["crm 1|tier=A", "web 2|tier=A", "till 3|tier="]),
        some("A")
    );
    assert_eq!(value("tier", json!("unanimous"), &TIERS), None);
    assert_eq!(value("tier", json!({ "rule": "unanimous", "otherwise": "max" }), &TIERS), some("SILVER"));
}

#[test]
fn longest_and_shortest() {
    let rows = ["crm 1|note=été à la mer", "web 2|note=a long note of it", "till 3|note=ça"];
    assert_eq!(value("note", json!("longest"), &rows), some("a long note of it"));
    assert_eq!(value("note", json!("shortest"), &rows), some("ça"), "characters count, not bytes");
}

#[test]
fn min_max_sum_and_count() {
    let rows = [
        "crm 1|points=9; amount=0.10; seen=2020-01-02",
        "web 2|points=10; amount=0.2; seen=2019-12-31",
        "till 3|points=-3; amount=0.2",
    ];
    assert_eq!(value("points", json!("min"), &rows), some("-3"));
    assert_eq!(value("points", json!("max"), &rows), some("10"));
    assert_eq!(value("seen", json!("min"), &rows), some("2019-12-31"));
    assert_eq!(value("points", json!("sum"), &rows), some("16"));
    assert_eq!(value("amount", json!("sum"), &rows), some("0.5"));
    assert_eq!(value("amount", json!("count"), &rows), some("3"));
    assert_eq!(value("amount", json!("count_distinct"), &rows), some("2"));
    let p = Person::of(json!({ "fields": { "points": "sum" } }), &rows);
    assert_eq!((p.why("points").as_str(), p.beaten("points").len()), ("crm:1 sum 930", 0));
}

#[test]
fn best_quality_prefers_verified_then_clean_then_corrected() {
    // A telephone with an O for a 0 is corrected.
    let rows = [
        "crm 1 2026-01-01|mobile=O6 30 12 45 78",
        "web 2 2020-01-01|mobile=0768221045",
        "till 3 2019-01-01|mobile=0612233445; flag=true",
    ];
    assert_eq!(value("mobile", json!("best_quality"), &rows), some("+33768221045"));
    let verified = json!({ "fields": { "mobile": "best_quality" }, "verified": { "mobile": "flag = true" } });
    assert_eq!(Person::of(verified, &rows).get("mobile"), Some("+33612233445"));
}

#[test]
fn valid_first() {
    let rows = ["crm 1 2026-01-01|mobile=O6 30 12 45 78", "web 2 2020-01-01|mobile=0768221045"];
    assert_eq!(value("mobile", json!(["valid_first", "most_recent"]), &rows), some("+33768221045"));
    assert_eq!(value("mobile", json!("most_recent"), &rows), some("+33630124578"));
}

#[test]
fn most_complete() {
    let rows = ["crm 1|note=abc", "till 3|note=abcdef"];
    assert_eq!(value("note", json!("most_complete"), &rows), some("abcdef"));
}

#[test]
fn value_ranking() {
    let rule = json!({ "rule": "ranking", "values": ["PLATINUM", "GOLD", "SILVER"] });
    assert_eq!(value("tier", rule, &TIERS), some("GOLD"));
    let rule = json!({ "rule": "ranking", "values": ["BASIC"] });
    assert_eq!(value("tier", rule, &TIERS), some("BASIC"));
}

#[test]
fn expression_on_other_fields() {
    let rows = [
        "crm 1 2026-01-01|tier=A; city=LYON",
        "web 2 2020-01-01|tier=B; city=PARIS; points=20",
        "till 3 2024-01-01|tier=C; city=PARIS; points=3",
    ];
    let rule = |prefer: &str| json!({ "rule": ["expression", "most_recent"], "prefer": prefer });
    assert_eq!(value("tier", rule("city = 'Paris'"), &rows), some("C"));
    assert_eq!(value("tier", rule("city = 'Paris' and points > 9"), &rows), some("B"));
    assert_eq!(value("tier", rule("source = 'crm' or age_days > 10000"), &rows), some("A"));
    assert_eq!(value("tier", rule("city = 'NICE'"), &rows), some("A"), "nobody is preferred");
}

#[test]
fn only_values_that_fulfil_a_condition() {
    let rule = |only: &str| json!({ "rule": "most_recent", "where": only });
    assert_eq!(value("tier", rule("updated_at < 2026-01-01"), &TIERS), some("SILVER"));
    assert_eq!(value("tier", rule("updated_at < 2019-01-01"), &TIERS), None);
    let rows = ["crm 1 2026-01-01|mobile=O6 30 12 45 78", "web 2 2020-01-01|mobile=0768221045"];
    assert_eq!(value("mobile", rule("status = 'ok'"), &rows), some("+33768221045"));
}

#[test]
fn union() {
    let p = Person::of(json!({ "fields": { "tier": "union" } }), &TIERS);
    assert_eq!((p.get("tier"), p.beaten("tier").len()), (Some("SILVER | GOLD | BASIC"), 0));
    assert_eq!(value("tier", json!({ "rule": "union", "separator": "," }), &TIERS[..2]), some("SILVER,GOLD"));
}

#[test]
fn concatenation() {
    let rows = ["crm 1 2026-01-01|note=late", "web 2 2020-01-01|note=early", "till 3 2024-01-01|note=early"];
    assert_eq!(value("note", json!(["concatenate", "first_known"]), &rows), some("early late"));
    let rule = json!({ "rule": ["concatenate", "most_recent"], "separator": " / " });
    assert_eq!(value("note", rule, &rows), some("late / early"));
}

#[test]
fn fill_only() {
    let rule = json!({ "rule": "most_recent", "fill_only": ["web"] });
    assert_eq!(value("tier", rule.clone(), &TIERS), some("SILVER"));
    assert_eq!(value("tier", rule, &TIERS[1..2]), some("GOLD"));
}

#[test]
fn follow_another_fields_winner() {
    let rows = [
        "crm 1 2020-01-01|tier=A; points=1",
        "web 2 2026-01-01|tier=B; points=2",
        "till 3 2026-06-01|points=3",
    ];
    let rules = |otherwise: Value| json!({ "fields": { "tier": "most_recent", "points": { "follow": "tier", "otherwise": otherwise } } });
    let p = Person::of(rules(Value::Null), &rows);
    assert_eq!(
        (p.get("tier"), p.get("points"), p.why("points").as_str()),
        (Some("B"), Some("2"), "web:2 follow 900")
    );
    // The winner has no such value.
    let none = ["crm 1 2020-01-01|tier=A; points=1", "web 2 2026-01-01|tier=B"];
    assert_eq!(Person::of(rules(Value::Null), &none).get("points"), None);
    assert_eq!(Person::of(rules(json!("score")), &none).get("points"), Some("1"));
}

#[test]
fn a_group_comes_from_one_record() {
    let rows = [
        "crm 1 2026-01-01|street=1 rue A; postcode=75001; city=PARIS",
        "web 2 2020-01-01|street=2 rue B; postcode=69001; city=LYON; note=x",
    ];
    let p = Person::of(json!({}), &rows);
    assert_eq!(
        [p.get("street"), p.get("postcode"), p.get("city")],
        [Some("1 RUE A"), Some("75001"), Some("PARIS")]
    );
    let group = |fill: bool| json!({ "groups": { "g": { "fields": ["tier", "note", "points"], "needs": ["tier"], "rule": "most_recent", "fill": fill } } });
    let rows = [
        "crm 1 2026-01-01|tier=A",
        "web 2 2020-01-01|tier=B; note=of b; points=2",
        "till 3 2010-01-01|tier=C; points=3",
        "till 4 2026-02-02|note=no tier",
    ];
    let p = Person::of(group(false), &rows);
    assert_eq!([p.get("tier"), p.get("note"), p.get("points")], [Some("A"), None, None]);
    let p = Person::of(group(true), &rows);
    assert_eq!([p.get("tier"), p.get("note"), p.get("points")], [Some("A"), Some("of b"), Some("2")]);
    assert_eq!(p.why("note"), "web:2 most_recent 900");
}

#[test]
fn rule_by_condition() {
    let rule = json!({
        "rule": "most_recent",
        "cases": [
            { "when": "city = 'PARIS' and source = 'till'", "rule": { "rule": "main_source", "source": "till" } },
            { "when": "records > 5", "rule": "min" },
        ],
        "otherwise": "max",
    });
    assert_eq!(value("tier", rule.clone(), &TIERS), some("GOLD"), "no case holds");
    let paris = |rows: &[&str]| -> Vec<String> {
        rows.iter().map(|r| format!("{r}; postcode=75001; city=PARIS")).collect()
    };
    let with = paris(&TIERS);
    let with: Vec<&str> = with.iter().map(String::as_str).collect();
    assert_eq!(value("tier", rule.clone(), &with), some("BASIC"));
    let till_says_nothing = [with[0], with[1], "till 3 2020-01-01|postcode=75001; city=PARIS"];
    assert_eq!(
        value("tier", rule, &till_says_nothing),
        some("SILVER"),
        "the case gives nothing, the fallback decides"
    );
}

#[test]
fn fallback_chain() {
    let rule = json!({ "rule": "main_source", "source": "till", "otherwise": { "rule": "unanimous", "otherwise": ["max"] } });
    assert_eq!(value("tier", rule.clone(), &TIERS), some("BASIC"));
    assert_eq!(value("tier", rule.clone(), &["crm 1|tier=A", "web 2|tier=A"]), some("A"));
    assert_eq!(value("tier", rule, &TIERS[..2]), some("SILVER"));
}

#[test]
fn default_by_kind_and_for_all() {
    let p = Person::of(
        json!({ "default": "first_known", "kinds": { "category": "most_recent" } }),
        &[
            "crm 1 2020-01-01|tier=A; note=a; mobile=0630124578",
            "web 2 2026-01-01|tier=B; note=b; mobile=0768221045",
        ],
    );
    assert_eq!([p.get("tier"), p.get("note"), p.get("mobile")], [Some("B"), Some("a"), Some("+33630124578")]);
}

#[test]
fn any_true_all_true_and_most_restrictive() {
    let rows = [
        "crm 1|flag=oui; consent_email=O",
        "web 2|flag=non; consent_email=N",
        "till 3|flag=non; consent_email=DESABONNE",
    ];
    assert_eq!(value("flag", json!("any_true"), &rows), some("true"));
    assert_eq!(value("flag", json!("all_true"), &rows), some("false"));
    assert_eq!(value("flag", json!("all_true"), &rows[..1]), some("true"));
    assert_eq!(value("consent_email", json!("most_restrictive"), &rows), some("withdrawn"));
    assert_eq!(value("consent_email", json!("most_restrictive"), &rows[..2]), some("denied"));
}

#[test]
fn first_and_last_by_source_and_id() {
    assert_eq!(value("tier", json!("first"), &TIERS), some("SILVER"));
    assert_eq!(value("tier", json!("last"), &TIERS), some("GOLD"), "crm, till, web");
}

#[test]
fn score() {
    let p = Person::of(json!({ "fields": { "tier": "score" } }), &TIERS);
    // 0.4 × 0.9 + 0.3 × 0.9 + 0.3 for a value that does not age.
    assert_eq!((p.get("tier"), p.why("tier").as_str()), (Some("SILVER"), "crm:1 score 930"));
}

#[test]
fn ties_fall_to_quality_reliability_date_priority_and_the_smallest_record() {
    let rule = || json!("min");
    let one = |a: &str, b: &str| {
        let p = Person::of(json!({ "fields": { "mobile": rule() } }), &[a, b]);
        p.why("mobile").split(' ').next().unwrap().to_owned()
    };
    let m = "mobile=0630124578";
    assert_eq!(one("crm 1|mobile=O630124578", &format!("till 2|{m}")), "till:2", "quality");
    assert_eq!(
        one(&format!("crm 1 2001-01-01|{m}"), &format!("till 2 2026-01-01|{m}")),
        "crm:1",
        "reliability"
    );
    assert_eq!(
        one(&format!("till 1 2001-01-01|{m}"), &format!("till 2 2026-01-01|{m}")),
        "till:2",
        "event date"
    );
    assert_eq!(
        one(&format!("till 2 2001-01-01|{m}"), &format!("till 1 2001-01-01|{m}")),
        "till:1",
        "smallest id"
    );
    let mut c = config(json!({ "fields": { "mobile": "min" }, "source_priority": ["web", "crm"] }));
    c["sources"]["web"]["reliability"] = json!(0.9);
    let plan = plan(c);
    let r = run(&plan, &inputs(&[&format!("crm 1|{m}"), &format!("web 2|{m}")]));
    let from = Person { plan, r }.why("mobile");
    assert!(from.starts_with("web:2"), "source priority: {from}");
}

#[test]
fn rejected_values_and_nulls_never_survive() {
    let rows = ["crm 1 2026-06-01|mobile=0600000000; tier=", "till 2 2019-01-01|mobile=0630124578; tier=OLD"];
    for rule in ["most_recent", "most_reliable", "score", "first"] {
        assert_eq!(value("mobile", json!(rule), &rows), some("+33630124578"), "{rule}");
        assert_eq!(value("tier", json!(rule), &rows), some("OLD"), "{rule}");
    }
}

#[test]
fn a_master_source_clears_what_is_not_younger() {
    let rule = || json!("score");
    let cleared = "web 9 2024-01-01|tier=#VIDE";
    assert_eq!(value("tier", rule(), &["crm 1 2023-01-01|tier=A", cleared]), None);
    assert_eq!(value("tier", rule(), &["crm 1|tier=A", cleared]), None, "what has no date is not younger");
    assert_eq!(
        value("tier", rule(), &["crm 1 2023-01-01|tier=A", "till 2 2025-01-01|tier=B", cleared]),
        some("B")
    );
    assert_eq!(
        value("tier", rule(), &["crm 1 2026-01-01|tier=A", "web 9|tier=#VIDE"]),
        None,
        "an erasure without a date is one of everything"
    );
    assert_eq!(
        value("tier", rule(), &["crm 1 2023-01-01|tier=A", "web 9 2024-01-01|tier="]),
        some("A"),
        "a blank is no erasure"
    );
    // Of a group, clearing what it needs clears it whole.
    let p = Person::of(
        json!({}),
        &["crm 1 2023-01-01|street=1 rue A; postcode=75001; city=PARIS", "web 2 2024-01-01|postcode=#VIDE"],
    );
    assert_eq!([p.get("street"), p.get("city")], [None, None]);
}

fn lock(more: Value) -> Value {
    let mut l = json!({ "source": "crm", "record_id": "1", "field": "tier", "author": "steward", "reason": "called her" });
    l.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    l
}

fn locked(locks: Value) -> Person {
    Person::of(json!({ "locks": locks }), &TIERS)
}

/// Column of the table `locks`, in its order.
fn column(p: &Person, name: &str) -> Vec<String> {
    let t = output::table(&p.plan, &p.r, "locks").unwrap();
    let at = t.columns.iter().position(|(n, _)| n == name).unwrap();
    rows(&t).into_iter().map(|r| r[at].clone()).collect()
}

#[test]
fn lock_pins_a_value() {
    let p = locked(json!([lock(json!({ "value": "VIP", "date": "2026-06-01" }))]));
    assert_eq!((p.get("tier"), p.why("tier").as_str()), (Some("VIP"), "crm:1 locked 1000"));
    assert_eq!(p.beaten("tier"), ["SILVER", "GOLD", "BASIC"]);
    let provenance = p.table("provenance");
    let row = provenance.iter().find(|r| r[1] == "tier").unwrap();
    assert_eq!(
        row[2..],
        ["crm", "1", "2026-06-01", "locked", "1000", "3", "steward", "called her"].map(String::from)
    );
    // A value that a record has is that record's.
    let p = locked(json!([lock(json!({ "value": "GOLD" }))]));
    assert_eq!((p.why("tier").as_str(), p.beaten("tier")), ("web:2 locked 1000", vec!["SILVER", "BASIC"]));
}

#[test]
fn lock_clears_a_value() {
    let p = locked(json!([lock(json!({ "kind": "clear" }))]));
    assert_eq!(p.get("tier"), None);
    assert_eq!(column(&p, "sources_say"), ["SILVER"]);
}

#[test]
fn lock_ignores_a_value() {
    let p = locked(json!([
        lock(json!({ "kind": "ignore", "value": "SILVER" })),
        lock(json!({ "kind": "ignore", "value": "GOLD" }))
    ]));
    assert_eq!((p.get("tier"), p.beaten("tier").len()), (Some("BASIC"), 0));
    let p = Person::of(
        json!({ "locks": [lock(json!({ "field": "city", "kind": "ignore", "value": "LYON" }))] }),
        &[
            "crm 1 2026-01-01|street=1 rue A; postcode=69001; city=LYON",
            "web 2|street=2 rue B; postcode=75001; city=PARIS",
        ],
    );
    assert_eq!(p.get("street"), Some("2 RUE B"), "a group never mixes two records");
}

#[test]
fn lock_holds_until_the_source_changes() {
    let with = |more: Value| {
        let mut more = more;
        more["value"] = json!("VIP");
        more["until_change"] = json!(true);
        locked(json!([lock(more)]))
    };
    // The record of crm is of 2024-01-01 and says SILVER.
    for (more, want, state) in [
        (json!({ "date": "2024-06-01" }), "VIP", "in_force"),
        (json!({ "date": "2023-06-01" }), "SILVER", "lifted"),
        (json!({ "was": "SILVER" }), "VIP", "in_force"),
        (json!({ "was": "BRONZE" }), "SILVER", "lifted"),
    ] {
        let p = with(more);
        assert_eq!((p.get("tier"), column(&p, "state")[0].as_str()), (Some(want), state));
    }
}

#[test]
fn lock_expires() {
    for (more, want, state) in [
        (json!({ "expires": "2026-11-22" }), "VIP", "in_force"),
        (json!({ "expires": "2026-11-21" }), "SILVER", "expired"),
        (json!({ "date": "2026-11-22" }), "SILVER", "future"),
    ] {
        let mut more = more;
        more["value"] = json!("VIP");
        let p = locked(json!([lock(more)]));
        assert_eq!((p.get("tier"), column(&p, "state")[0].as_str()), (Some(want), state));
        assert_eq!(
            (column(&p, "author")[0].as_str(), column(&p, "reason")[0].as_str()),
            ("steward", "called her")
        );
    }
}

#[test]
fn lock_divergence_is_reported_after_ninety_days() {
    let p = locked(json!([lock(json!({ "value": "VIP", "date": "2026-08-23" }))]));
    assert_eq!(
        (column(&p, "diverging_days"), column(&p, "alert")),
        (vec!["90".to_owned()], vec!["true".to_owned()])
    );
    let p = locked(json!([lock(json!({ "value": "VIP", "date": "2026-08-24" }))]));
    assert_eq!(
        (column(&p, "diverging_days"), column(&p, "alert")),
        (vec!["89".to_owned()], vec!["false".to_owned()])
    );
    let p = locked(json!([lock(json!({ "value": "SILVER" }))]));
    assert_eq!(
        (column(&p, "diverging_days"), column(&p, "alert")),
        (vec![String::new()], vec!["false".to_owned()])
    );
}

#[test]
fn the_latest_lock_decides_whatever_their_order() {
    let a = lock(json!({ "value": "A", "date": "2026-01-01" }));
    let b = lock(json!({ "value": "B", "date": "2026-02-01", "source": "web", "record_id": "2" }));
    for locks in [json!([a.clone(), b.clone()]), json!([b, a])] {
        let p = locked(locks);
        assert_eq!(
            (p.get("tier"), column(&p, "state")),
            (Some("B"), vec!["in_force".to_owned(), "overruled".to_owned()])
        );
    }
}

/// A merge brings the lock along, an un-merge leaves it with its record; a golden id that was absorbed still names it.
#[test]
fn a_lock_follows_its_record() {
    let together = ["crm 1 2024-01-01|tier=A", "till 2 2025-01-01|tier=B"];
    let apart =
        ["crm 1 2024-01-01|tier=A", "till 2 2025-01-01|tier=B; email=x@free.fr; birth_date=1961-01-01"];
    let of_till = rcu_core::identity::id_of_record("till", "2");
    for locks in [
        json!([lock(json!({ "source": "till", "record_id": "2", "value": "VIP" }))]),
        json!([{ "golden_id": of_till, "field": "tier", "value": "VIP", "author": "s", "reason": "r" }]),
    ] {
        let plan = plan(config(json!({ "locks": locks })));
        let tier = plan.field("tier").unwrap();
        let tiers = |rows: &[&str]| -> Vec<String> {
            let r = run(&plan, &inputs(rows));
            (0..r.clusters.len())
                .map(|c| r.golden.fields[tier].text(&r.records, tier, c).unwrap().to_owned())
                .collect()
        };
        assert_eq!(tiers(&together), ["VIP"]);
        assert_eq!(tiers(&apart), ["A", "VIP"]);
        let gone = run(&plan, &inputs(&together[..1]));
        assert_eq!(gone.golden.locks[0].state.name(), "not_found");
    }
}

#[test]
fn everything_wrong_is_said_at_once() {
    let c = config(json!({
        "fields": {
            "tier": { "rule": "main_source", "by": "seen" },
            "note": { "rule": "ranking" },
            "points": { "follow": "amount" },
            "amount": { "rule": "score", "cases": [{ "when": "points > 'x'", "rule": "max" }, { "when": "points > 1", "rule": "max" }] },
            "seen": "sum",
            "flag": ["score", "union"],
            "email": { "rule": "most_recent", "by": "mobile", "where": "sauce = 'crm'" },
        },
        "groups": { "names": { "fields": ["last_name", "first_name"], "rule": "union" } },
        "kinds": { "fone": "score" },
        "trust": { "tell": { "default": { "max": 0.1, "min": 0.5, "period_days": 10 } } },
        "reliability": [{ "source": "crm", "field": "teir", "reliability": 0.4, "reason": "" }],
        "verified": { "mobile": "flag =" },
        "locks": [
            { "field": "teir", "author": "", "reason": "x", "value": "a", "date": "soon" },
            { "golden_id": "g", "field": "consent_email", "author": "a", "reason": "x", "value": "granted" },
            { "golden_id": "g", "field": "mobile", "author": "a", "reason": "x", "value": "ask reception" },
        ],
    }));
    let e = Plan::compile(Config::from_value(c).unwrap(), crate::common::today()).unwrap_err();
    let said: Vec<String> = e.problems().iter().map(|p| format!("{}: {}", p.path, p.reason)).collect();
    for (path, word) in [
        ("survivorship.fields.tier.source", "is missing"),
        ("survivorship.fields.tier.by", "does not name"),
        ("survivorship.fields.note.values", "is missing"),
        ("survivorship.fields.amount.cases[0].when", "is not a integer"),
        ("survivorship.fields", "in a circle"),
        ("survivorship.fields.seen", "adds numbers"),
        ("survivorship.fields.flag", "must come first"),
        ("survivorship.fields.email.by", "dates or numbers"),
        ("survivorship.fields.email.where", "did you mean `source`"),
        ("survivorship.groups.names.rule", "cannot be combined"),
        ("survivorship.kinds.fone", "did you mean `phone`"),
        ("survivorship.trust.tell", "did you mean `till`"),
        ("survivorship.trust.tell.default.min", "above"),
        ("survivorship.reliability[0].field", "did you mean `tier`"),
        ("survivorship.reliability[0].reason", "is missing"),
        ("survivorship.verified.mobile", "it ends"),
        ("survivorship.locks[0].field", "did you mean `tier`"),
        ("survivorship.locks[0].author", "is missing"),
        ("survivorship.locks[0].date", "calendar day"),
        ("survivorship.locks[0]", "either by `golden_id`"),
        ("survivorship.locks[1]", "widen a consent"),
        ("survivorship.locks[2].value", "is not a phone"),
    ] {
        assert!(
            said.iter().any(|s| s.starts_with(&format!("{path}: ")) && s.contains(word)),
            "{path}: {word} in\n{}",
            said.join("\n")
        );
    }
    assert!(!e.to_string().contains("reception"), "no personal value in a message");
}

#[test]
fn every_value_names_its_rule() {
    let p = Person::of(json!({}), &TIERS);
    assert_eq!(
        p.r.golden.fields[p.plan.field("last_name").unwrap()].provenance(0).unwrap().rule,
        Rule::MostReliable
    );
    assert_eq!(p.r.golden.fields[p.plan.field("email").unwrap()].provenance(0).unwrap().rule, Rule::Score);
}
