//! Aggregates from rows to figures: every definition of `domain.md` §5 with its edge cases.

use crate::common::{plan, run, table};
use rcu_core::config::Plan;
use rcu_core::ingest::Input;
use rcu_core::output::{self, OutColumn, OutTable};
use rcu_core::resolve::Resolution;
use serde_json::{Value, json};

/// A plan with customers `c`, transactions `t` with every field that `columns` names, and more of its own.
fn shop(columns: &str, more: Value) -> Plan {
    let fields: serde_json::Map<String, Value> =
        columns.split_whitespace().map(|c| (c.to_owned(), json!(c))).collect();
    let mut config = json!({
        "sources": {
            "c": { "id": "id", "updated_at": "updated", "fields": { "last_name": "last_name" } },
            "t": {
                "family": "transactions", "id": "id", "customer": { "id": "customer", "source": "c" },
                "fields": fields,
            },
        },
    });
    merge(&mut config, more);
    plan(config)
}

fn merge(to: &mut Value, from: Value) {
    match (to, from) {
        (Value::Object(to), Value::Object(from)) => {
            for (k, v) in from {
                merge(to.entry(k).or_insert(Value::Null), v);
            }
        }
        (to, from) => *to = from,
    }
}

/// Customers `names` and the given tables, `SOURCE: rows`.
fn resolve(plan: &Plan, names: &str, tables: &[(&str, &str)]) -> Resolution {
    let mut text = String::from("id|updated|last_name\n");
    for n in names.split_whitespace() {
        text.push_str(&format!("{n}|2026-01-01|{n}\n"));
    }
    let mut inputs = vec![Input::new("c", table(&text))];
    inputs.extend(tables.iter().map(|(source, rows)| Input::new(*source, table(rows))));
    let r = run(plan, &inputs);
    assert!(r.summary.reconciles(), "{:?}", r.summary);
    r
}

fn figure(t: &OutTable, column: &str, row: usize) -> String {
    let decimal = |n: i64, scale: u8| {
        let one = 10i64.pow(scale.into());
        let sign = if n < 0 { "-" } else { "" };
        format!("{sign}{}.{:0w$}", n.abs() / one, n.abs() % one, w = usize::from(scale))
    };
    let day = |n: i32| rcu_core::time::Day(n).to_string();
    match t.column(column).unwrap_or_else(|| panic!("no column {column}")) {
        OutColumn::Text(c) => c.get(row).map(str::to_owned),
        OutColumn::Integer(v) => v[row].map(|n| n.to_string()),
        OutColumn::Decimal(v, scale) => v[row].map(|n| decimal(n, *scale)),
        OutColumn::Day(v) => v[row].map(day),
        OutColumn::Boolean(v) => v[row].map(|b| b.to_string()),
    }
    .unwrap_or_else(|| "null".to_owned())
}

/// The aggregates of the customer of that name.
fn of(plan: &Plan, r: &Resolution, name: &str) -> impl Fn(&str) -> String + use<> {
    let record = (0..r.records.len()).find(|i| r.records.ids.get(*i) == Some(name)).unwrap();
    let (t, row) = (output::table(plan, r, "aggregates").unwrap(), r.clusters.of[record] as usize);
    move |column: &str| figure(&t, column, row)
}

fn check(of: impl Fn(&str) -> String, want: &[(&str, &str)]) {
    let wrong: Vec<String> = want
        .iter()
        .filter(|(column, value)| of(column) != *value)
        .map(|(column, value)| format!("{column}: want {value}, got {}", of(column)))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// `domain.md` §5.7.
const WORKED: &str = "id|customer|date|store|channel|gross|discount|amount|status
    T1|x|2026-03-10|A|magasin|100.00|10.00|90.00|
    T2|x|2026-03-10|A|magasin|20.00|10.00|10.00|
    T3|x|2026-06-01|B|magasin|50.00|0.00|50.00|
    T4|x|2026-06-05|B|magasin|||-50.00|
    T5|x|2026-07-14T22:30Z|A|magasin|40.00|0.00|40.00|
    T6|x|2026-08-01||web|60.00|6.00|54.00|
    T7|x|2026-08-02|A|magasin|500.00|0.00|500.00|cancelled
    T8|x|2025-11-21|B|magasin|30.00|0.00|30.00|";

#[test]
fn worked_example_of_the_specification() {
    let p = shop("date store channel gross discount amount status", json!({}));
    let r = resolve(&p, "x", &[("t", WORKED)]);
    check(
        of(&p, &r, "x"),
        &[
            ("net_revenue", "194.00"),
            ("net_revenue_total", "224.00"),
            ("purchase_count", "5"),
            ("visits", "3"),
            ("avg_basket", "38.80"),
            ("discount_rate", "0.0963"),
            ("discount_rate_unweighted", "0.1400"),
            ("return_rate", "0.2000"),
            ("value_36m", "224.00"),
            ("margin", "null"),
            ("favourite_store", "A"),
            ("favourite_channel", "magasin"),
            ("last_purchase_date", "2026-08-01"),
            ("first_purchase_date", "2025-11-21"),
            ("recency_days", "112"),
            ("lifecycle", "active"),
            ("reactivated", "false"),
            ("status", "customer"),
            ("rfm", "null"),
            ("priority_care", "false"),
        ],
    );
    assert_eq!(r.summary.revenue.excluded_minor, 50_000);
    assert_eq!(r.summary.revenue.attributed_minor, 22_400);
}

#[test]
fn order_of_rows_tables_and_threads_changes_nothing() {
    let p = shop("date store channel gross discount amount status", json!({}));
    let want = resolve(&p, "x", &[("t", WORKED)]);
    let lines: Vec<&str> = WORKED.lines().collect();
    for cut in 1..lines.len() {
        let mut rows: Vec<&str> = lines[1..].to_vec();
        rows.rotate_left(cut);
        rows.reverse();
        let (left, right) = rows.split_at(cut.min(rows.len()));
        let of = |rows: &[&str]| format!("{}\n{}", lines[0], rows.join("\n"));
        let (left, right) = (of(left), of(right));
        let got = resolve(&p, "x", &[("t", &left), ("t", &right)]);
        assert_eq!(output::table(&p, &got, "aggregates"), output::table(&p, &want, "aggregates"));
        assert_eq!(got.summary.revenue, want.summary.revenue);
    }
}

#[test]
fn net_revenue_may_be_negative_and_returns_count_at_their_own_date() {
    let rows = "id|customer|date|amount|original_ticket
        1|x|2025-10-01|80.00|
        2|x|2026-02-01|-80.00|1
        3|y|2025-10-01|30.00|
        4|y|2025-10-02|-30.00|nowhere";
    let p = shop("date amount original_ticket", json!({}));
    let r = resolve(&p, "x y", &[("t", rows)]);
    check(
        of(&p, &r, "x"),
        &[("net_revenue", "-80.00"), ("net_revenue_total", "0.00"), ("purchase_count", "0")],
    );
    check(of(&p, &r, "x"), &[("avg_basket", "null"), ("return_rate", "null"), ("discount_rate", "null")]);
    // The fully returned sale still sets the dates, and by option it does not.
    check(of(&p, &r, "x"), &[("last_purchase_date", "2025-10-01"), ("lifecycle", "dormant")]);
    let p = shop("date amount original_ticket", json!({ "aggregates": { "returned_sales_count": false } }));
    let r = resolve(&p, "x y", &[("t", rows)]);
    check(of(&p, &r, "x"), &[("last_purchase_date", "null"), ("lifecycle", "prospect")]);
    check(of(&p, &r, "y"), &[("last_purchase_date", "2025-10-01")]);
    // By option a return counts on the day of its sale; where that is not known it is counted.
    let p = shop("date amount original_ticket", json!({ "aggregates": { "returns_at": "sale_date" } }));
    let r = resolve(&p, "x y", &[("t", rows)]);
    check(of(&p, &r, "x"), &[("net_revenue", "0.00"), ("net_revenue_total", "0.00")]);
    assert_eq!(r.summary.revenue.returns_without_sale, 1);
    let rows = "id|customer|date|amount|original_date
        2|x|2026-02-01|-80.00|2025-10-01";
    let p = shop("date amount original_date", json!({ "aggregates": { "returns_at": "sale_date" } }));
    let r = resolve(&p, "x", &[("t", rows)]);
    check(of(&p, &r, "x"), &[("net_revenue", "0.00"), ("net_revenue_total", "-80.00")]);
    assert_eq!(r.summary.revenue.returns_without_sale, 0);
}

#[test]
fn purchases_are_tickets_with_a_sale_line_of_positive_quantity() {
    let rows = "id|customer|date|ticket|kind|amount|quantity|store|channel
        1|x|2026-03-01|k1|vente|10.00|1|A|magasin
        2|x|2026-03-01|k1|vente|20.00|2|A|magasin
        3|x|2026-03-02|k2|échange|-15.00|-1|A|magasin
        4|x|2026-03-02|k2|échange|18.00|1|A|magasin
        5|x|2026-03-03|k3|retour|18.00|1|B|magasin
        6|x|2026-03-04|k4|vente|5.00|0|B|magasin
        7|x|2026-03-01|k5|vente|7.00|1|A|magasin
        8|x|2026-03-01|k6|vente|7.00|1|B|magasin
        9|x|2026-03-01|k7|vente|7.00|1|B|web";
    let p = shop("date ticket kind amount quantity store channel", json!({}));
    let r = resolve(&p, "x", &[("t", rows)]);
    check(
        of(&p, &r, "x"),
        &[
            // k1, k2 (an exchange with a sale line), k5, k6, k7; not the return, not the line of quantity 0.
            ("purchase_count", "5"),
            // A on the 1st (k1 and k5) and 2nd, B on the 1st; the web order is none.
            ("visits", "3"),
            ("net_revenue", "41.00"),
            // 2 returned of 1 + 2 + 1 + 1 + 1 + 1 sold.
            ("return_rate", "0.2857"),
            ("favourite_store", "A"),
        ],
    );
}

#[test]
fn a_ticket_after_midnight_belongs_to_the_day_of_its_store() {
    let rows = "id|customer|date|amount|store
        1|x|2026-01-14T23:30:00Z|1.00|PARIS
        2|y|2026-11-21T23:30:00Z|1.00|PARIS
        3|z|2026-01-15T02:30:00Z|1.00|FORT
        4|u|2026-01-14T20:30:00Z|1.00|RUN
        5|v|2026-01-14 23:59:59|1.00|RUN
        6|w|2026-01-14T13:30:00Z|1.00|NOU";
    let stores = "id|postcode|zone
        PARIS|75008|
        FORT|97200|
        RUN|97400|
        NOU||Pacific/Noumea";
    let p = shop(
        "date amount store",
        json!({ "sources": { "s": {
            "family": "stores", "id": "id", "fields": { "postcode": "postcode", "timezone": "zone" },
        } } }),
    );
    let r = resolve(&p, "x y z u v w", &[("t", rows), ("s", stores)]);
    for (customer, date) in [
        ("x", "2026-01-15"),
        ("y", "null"),
        ("z", "2026-01-14"),
        ("u", "2026-01-15"),
        ("v", "2026-01-14"),
        ("w", "2026-01-15"),
    ] {
        assert_eq!(of(&p, &r, customer)("last_purchase_date"), date, "{customer}");
    }
    let future: Vec<_> = r.rejects.iter().filter(|x| x.code == "future_date").collect();
    assert_eq!(future.len(), 1, "00:30 of the day after the reference day");
}

#[test]
fn discount_rates_weigh_by_money_or_by_ticket() {
    let rows = "id|customer|date|ticket|gross|discount|amount
        1|x|2026-03-01|a|100.00|10.00|90.00
        2|x|2026-03-02|b|20.00|10.00|10.00
        3|y|2026-03-01|c|30.00|30.00|0.00
        4|y|2026-03-01|d|0.00||0.00
        5|z|2026-03-01|e|0.00||0.00
        6|u|2026-03-01|f|50.00||-50.00";
    let p = shop("date ticket gross discount amount", json!({}));
    let r = resolve(&p, "x y z u", &[("t", rows)]);
    check(of(&p, &r, "x"), &[("discount_rate", "0.1667"), ("discount_rate_unweighted", "0.3000")]);
    // A free line counts whole; a ticket of nothing is skipped.
    check(of(&p, &r, "y"), &[("discount_rate", "1.0000"), ("discount_rate_unweighted", "1.0000")]);
    check(of(&p, &r, "z"), &[("discount_rate", "null"), ("discount_rate_unweighted", "null")]);
    check(of(&p, &r, "u"), &[("discount_rate", "null"), ("purchase_count", "0")]);
}

#[test]
fn favourite_store_ties_fall_by_revenue_then_day_then_code() {
    let rows = "id|customer|date|store|channel|amount
        1|x|2026-03-01|A|magasin|10.00
        2|x|2026-03-02|B|magasin|11.00
        3|y|2026-03-01|A|magasin|10.00
        4|y|2026-03-02|B|magasin|10.00
        5|z|2026-03-01|B|magasin|10.00
        6|z|2026-03-01|A|magasin|10.00
        7|u|2026-03-01||web|10.00
        8|v|2024-11-21|A|magasin|10.00
        9|v|2024-11-22|B|magasin|10.00";
    let p = shop("date store channel amount", json!({}));
    let r = resolve(&p, "x y z u v", &[("t", rows)]);
    for (customer, store) in [("x", "B"), ("y", "B"), ("z", "A"), ("u", "null"), ("v", "B")] {
        assert_eq!(of(&p, &r, customer)("favourite_store"), store, "{customer}");
    }
}

#[test]
fn gift_cards_deposits_and_shipping_are_left_out() {
    let rows = "id|customer|date|kind|amount
        1|x|2026-03-01|vente|10.00
        2|x|2026-03-01|carte cadeau|50.00
        3|x|2026-03-01|Acompte|20.00
        4|x|2026-03-01|frais de port|4.90
        5|x|2026-03-01|bizarre|1.00";
    let p = shop("date kind amount", json!({}));
    let r = resolve(&p, "x", &[("t", rows)]);
    check(of(&p, &r, "x"), &[("net_revenue", "10.00")]);
    let t = &r.summary.sources["t"];
    assert_eq!((t.read, t.loaded, t.excluded, t.rejected), (5, 1, 3, 1));
    assert_eq!(r.summary.revenue.excluded_minor, 7_490);
    let p = shop("date kind amount", json!({ "aggregates": { "excluded_kinds": ["gift_card"] } }));
    let r = resolve(&p, "x", &[("t", rows)]);
    check(of(&p, &r, "x"), &[("net_revenue", "34.90")]);
}

#[test]
fn amounts_without_vat_are_rounded_line_by_line() {
    let rows = "id|customer|date|amount|gross|vat_rate|tax
        1|x|2026-03-01|10.00|10.00||
        2|x|2026-03-01|10.00|10.00||
        3|x|2026-03-01|9.99|9.99|5,5 %|
        4|y|2026-03-01|10.00|10.00|20|HT";
    let p = shop("date amount gross vat_rate tax", json!({ "aggregates": { "tax": "ht" } }));
    let r = resolve(&p, "x y", &[("t", rows)]);
    // 8.33 + 8.33 + 9.47: the sum is not rounded again.
    check(of(&p, &r, "x"), &[("net_revenue", "26.13")]);
    check(of(&p, &r, "y"), &[("net_revenue", "10.00")]);
    let p = shop("date amount gross vat_rate tax", json!({}));
    let r = resolve(&p, "x y", &[("t", rows)]);
    check(of(&p, &r, "x"), &[("net_revenue", "29.99")]);
    check(of(&p, &r, "y"), &[("net_revenue", "12.00")]);
}

#[test]
fn foreign_money_takes_the_rate_of_its_day_or_is_left_out() {
    let rows = "id|customer|date|amount|currency
        1|x|2026-03-02|10.00|USD
        2|x|2026-03-02|$ 10.05|
        3|x|2026-03-03|10.00|USD
        4|x|2026-03-02|1000|JPY
        5|x|2026-03-02|1.00|
        6|x|2026-03-02|1.00|XXX";
    let rates = "id|day|code|rate
        1|2026-03-02|USD|0.9
        2|2026-03-02|usd|0.9
        3|2026-03-02|JPY|0.0061
        4|2026-03-02|GBP|";
    let source = json!({ "family": "rates", "id": "id", "fields": { "date": "day", "currency": "code", "rate": "rate" } });
    let p = shop("date amount currency", json!({ "sources": { "r": source } }));
    let r = resolve(&p, "x", &[("t", rows), ("r", rates)]);
    // 9.00 + 9.05 (9.045) + 6.10 + 1.00
    check(of(&p, &r, "x"), &[("net_revenue", "25.15")]);
    assert_eq!(r.summary.revenue.fx_missing, 2);
    let t = &r.summary.sources["t"];
    assert_eq!((t.loaded, t.excluded), (4, 2));
    assert_eq!(r.summary.sources["r"].rejected, 1);
    let p = shop(
        "date amount currency",
        json!({ "sources": { "r": source }, "aggregates": { "fx_max_age_days": 3 } }),
    );
    let r = resolve(&p, "x", &[("t", rows), ("r", rates)]);
    check(of(&p, &r, "x"), &[("net_revenue", "34.15")]);
    assert_eq!(r.summary.revenue.fx_missing, 1);
}

#[test]
fn margins_come_from_margins_or_costs_and_cover_thirty_six_months() {
    let rows = "id|customer|date|amount|margin|cost
        1|x|2026-03-01|120.00||60.00
        2|x|2026-03-02|-60.00||30.00
        3|x|2026-03-03|12.00|5.00|
        4|x|2023-11-21|500.00|400.00|
        5|y|2026-03-03|12.00||";
    let p = shop("date amount margin cost", json!({}));
    let r = resolve(&p, "x y", &[("t", rows)]);
    // (100 − 60) − (50 − 30) + 5
    check(of(&p, &r, "x"), &[("margin", "25.00"), ("value_36m", "72.00")]);
    check(of(&p, &r, "y"), &[("margin", "null"), ("value_36m", "12.00")]);
}

#[test]
fn appetence_shares_the_positive_revenue_of_categories() {
    let rows = "id|customer|date|amount|category|product
        1|x|2026-03-01|10.00|femme|
        2|x|2026-03-02|10.00|homme|
        3|x|2026-03-03|10.00||P1
        4|x|2026-03-04|5.00|bijou|
        5|x|2026-03-05|-6.00|bijou|
        6|x|2024-11-21|99.00|vieux|
        7|y|2026-03-04|5.00||P2";
    let products = "id|cat
        P1|enfant";
    let p = shop(
        "date amount category product",
        json!({ "sources": { "p": { "family": "products", "id": "id", "fields": { "category": "cat" } } } }),
    );
    let r = resolve(&p, "x y", &[("t", rows), ("p", products)]);
    let want = r#"{"enfant":0.3334,"femme":0.3333,"homme":0.3333}"#;
    check(of(&p, &r, "x"), &[("appetence", want)]);
    check(of(&p, &r, "y"), &[("appetence", "null")]);
    let relation = &r.summary.relations["transactions.product → products"];
    assert_eq!((relation.references, relation.orphans, relation.missing), (2, 1, 1));
    let missing = output::table(&p, &r, "missing_references").unwrap();
    assert_eq!(figure(&missing, "missing_id", 0), "P2");
}

#[test]
fn rfm_scores_follow_the_formula() {
    let purchases = [1, 1, 1, 1, 1, 1, 2, 2, 3, 10];
    let mut rows = String::from("id|customer|date|amount\n");
    let mut names = String::new();
    for (c, n) in purchases.into_iter().enumerate() {
        names.push_str(&format!("k{c} "));
        for i in 0..n {
            rows.push_str(&format!("{c}-{i}|k{c}|2026-03-{:02}|{}.00\n", c + 1, 10 + c));
        }
    }
    let p = shop("date amount", json!({}));
    let r = resolve(&p, &names, &[("t", &rows)]);
    let f: String = (0..10).map(|c| of(&p, &r, &format!("k{c}"))("rfm").as_bytes()[1] as char).collect();
    assert_eq!(f, "1111114455");
    check(of(&p, &r, "k9"), &[("rfm", "555"), ("rfm_segment", "champions")]);
    check(of(&p, &r, "k0"), &[("rfm", "111"), ("rfm_segment", "lost")]);
    let thresholds = json!({ "aggregates": { "rfm_thresholds": {
        "recency_days": [365, 180, 90, 30], "frequency": [2, 3, 5, 10], "monetary_minor": [1500, 2000, 5000, 10000],
    } } });
    let p = shop("date amount", thresholds);
    let r = resolve(&p, "k9 k0", &[("t", &rows)]);
    check(of(&p, &r, "k9"), &[("rfm", "255")]);
    check(of(&p, &r, "k0"), &[("rfm", "211")]);
}

#[test]
fn a_reactivated_customer_came_back_within_ninety_days() {
    let rows = "id|customer|date|amount
        1|x|2024-08-30|10.00
        2|x|2026-08-31|10.00
        3|y|2024-08-31|10.00
        4|y|2026-08-31|10.00
        5|z|2020-01-01|10.00
        6|z|2026-08-22|10.00
        7|u|2020-01-01|10.00
        8|u|2026-08-23|10.00
        9|v|2026-08-23|10.00";
    let p = shop("date amount", json!({}));
    let r = resolve(&p, "x y z u v", &[("t", rows)]);
    for (customer, want) in [("x", "true"), ("y", "false"), ("z", "false"), ("u", "true"), ("v", "false")] {
        assert_eq!(of(&p, &r, customer)("reactivated"), want, "{customer}");
    }
}

#[test]
fn one_person_has_a_profile_in_each_brand_and_company() {
    let rows = "id|customer|date|amount|brand|company
        1|x|2026-03-01|10.00|Chic|SA1
        2|x|2022-03-01|20.00|Sport|SA2
        3|y|2026-03-01|30.00|Chic|SA1
        4|z|2026-03-01|30.00|Sport|SA2";
    let p = shop("date amount brand company", json!({}));
    let r = resolve(&p, "x y z", &[("t", rows)]);
    check(
        of(&p, &r, "x"),
        &[
            ("status_by_brand", r#"{"Chic":"customer","Sport":"former"}"#),
            ("status_by_company", r#"{"SA1":"customer","SA2":"former"}"#),
            ("status", "customer"),
        ],
    );
    check(of(&p, &r, "y"), &[("status_by_company", r#"{"SA1":"customer","SA2":"prospect"}"#)]);
    let profiles = output::table(&p, &r, "profiles").unwrap();
    assert_eq!(profiles.rows(), 8);
    let all: Vec<String> = (0..8)
        .map(|i| {
            ["dimension", "name", "lifecycle", "net_revenue_total"].map(|c| figure(&profiles, c, i)).join(" ")
        })
        .collect();
    assert!(all.contains(&"brand Sport lost 20.00".to_owned()), "{all:?}");
    assert!(all.contains(&"company SA1 active 10.00".to_owned()), "{all:?}");
}

#[test]
fn rfm_by_brand_scores_among_the_customers_of_the_brand() {
    let mut rows = String::from("id|customer|date|amount|brand\n");
    let names: Vec<String> = (0..6).map(|c| format!("k{c}")).collect();
    for (c, n) in names.iter().enumerate() {
        rows.push_str(&format!("a{c}|{n}|2026-03-0{}|{}.00|Chic\n", c + 1, 10 + c));
        if c < 4 {
            rows.push_str(&format!("b{c}|{n}|2026-03-0{}|{}.00|Sport\n", c + 1, 10 + c));
        }
    }
    let p = shop("date amount brand", json!({ "aggregates": { "rfm_by_brand": true } }));
    let r = resolve(&p, &names.join(" "), &[("t", &rows)]);
    let profiles = output::table(&p, &r, "profiles").unwrap();
    let of = |brand: &str| -> Vec<String> {
        (0..profiles.rows())
            .filter(|i| figure(&profiles, "name", *i) == brand)
            .map(|i| figure(&profiles, "rfm", i))
            .collect()
    };
    let mut chic = of("Chic");
    chic.sort();
    assert_eq!(chic, ["111", "111", "212", "313", "414", "515"]);
    assert!(of("Sport").iter().all(|s| s == "null"), "four customers have no quintiles");
}

const COMPLAINTS: &str = "id|customer|opened|closed|status
    1|x|2026-11-01||ouvert
    2|x|2026-01-01|2026-01-11|clos
    3|x|2025-11-21|2025-11-26|
    4|y|2026-11-01||résolu
    5|z|2026-11-01||ouvert
    6|x|2027-01-01||ouvert
    7|nobody|2026-11-01||ouvert";

fn complaints() -> Value {
    json!({
        "family": "complaints", "id": "id", "customer": { "id": "customer", "source": "c" },
        "fields": { "opened_at": "opened", "closed_at": "closed", "status": "status" },
    })
}

#[test]
fn complaints_and_a_thousand_euros_give_priority() {
    let rows = "id|customer|date|amount
        1|x|2020-03-01|1000.01
        2|y|2020-03-01|1000.01
        3|z|2020-03-01|1000.00";
    let p = shop("date amount", json!({ "sources": { "k": complaints() } }));
    let r = resolve(&p, "x y z", &[("t", rows), ("k", COMPLAINTS)]);
    check(
        of(&p, &r, "x"),
        &[
            ("complaints_open", "1"),
            ("complaints_12m", "2"),
            ("last_complaint_date", "2026-11-01"),
            ("mean_resolution_days", "7.50"),
            ("unhappy", "true"),
            ("priority_care", "true"),
        ],
    );
    check(of(&p, &r, "y"), &[("complaints_open", "0"), ("unhappy", "false"), ("priority_care", "false")]);
    check(of(&p, &r, "z"), &[("unhappy", "true"), ("priority_care", "false")]);
    let k = &r.summary.sources["k"];
    assert_eq!((k.read, k.loaded, k.rejected), (7, 6, 1));
    let orphans = output::table(&p, &r, "orphans").unwrap();
    assert_eq!((orphans.rows(), figure(&orphans, "family", 0)), (1, "complaints".to_owned()));
}

#[test]
fn bad_ratings_make_unhappy_for_ninety_days() {
    let reviews = "id|customer|day|rating|nps
        1|x|2026-11-01|2|
        2|x|2026-10-01|4,5|9
        3|x|2026-10-01||7
        4|y|2026-08-24||6
        5|z|2026-08-23||6
        6|u|2026-11-01|2.1|7
        7|u|2025-11-21|1|";
    let source = json!({
        "family": "reviews", "id": "id", "customer": { "id": "customer", "source": "c" },
        "fields": { "date": "day", "rating": "rating", "nps": "nps" },
    });
    let p = shop("date amount", json!({ "sources": { "v": source } }));
    let r = resolve(&p, "x y z u", &[("v", reviews)]);
    check(
        of(&p, &r, "x"),
        &[("unhappy", "true"), ("nps_last", "7"), ("rating_avg_12m", "3.25"), ("reviews_12m", "3")],
    );
    check(of(&p, &r, "y"), &[("unhappy", "true")]);
    check(of(&p, &r, "z"), &[("unhappy", "false"), ("rating_avg_12m", "null")]);
    check(of(&p, &r, "u"), &[("unhappy", "false"), ("rating_avg_12m", "2.10"), ("reviews_12m", "1")]);
}

fn events() -> Value {
    json!({
        "family": "interactions", "id": "id", "customer": { "id": "customer", "source": "c" },
        "fields": {
            "date": "at", "type": "type", "channel": "channel", "visitor": "visitor", "cart": "cart",
            "value": "value", "items": "items", "consent": "consent",
        },
    })
}

#[test]
fn web_and_newsletter_figures_count_consented_events() {
    let rows = "id|customer|at|type|channel|visitor|cart|value|items|consent
        1|x|2026-11-20T10:00:00Z|page_view|web|v1||||oui
        2|x|2026-11-20T10:30:00Z|page_view|web|v1||||oui
        3|x|2026-11-20T11:00:01Z|page_view|web|v1||||oui
        4|x|2026-11-20T11:00:02Z|page_view|web|v1||||non
        5|x|2026-11-20T11:00:03Z|page_view|web|v1||||
        6|x|2026-10-22T11:00:00Z|page_view|web|v1||||oui
        7|x|2026-11-01T09:00:00Z|newsletter_click|||||| oui
        8|x|2026-11-01T08:59:00Z|newsletter_open||||||oui
        9|x|2026-11-01T08:00:00Z|email_sent||||||
        10|x|2026-10-01T08:00:00Z|sms_sent||||||
        11|x|2026-11-19T10:00:00Z|cart|web|v1|p1|59.90|2|oui
        12|x|2026-11-19T10:05:00Z|cart|web|v1|p1|89.90|3|oui
        13|y|2026-11-19T10:00:00Z|cart|web|v2|p2|10.00|1|oui
        14|y|2026-11-20T09:59:00Z|order|web|v2|p2|||
        15|z|2026-11-19T10:00:00Z|cart|web|v3|p3|10.00|1|oui
        16|u|2026-11-19T10:00:00Z|cart|web|v4|p4|10.00|1|oui
        17|u|2026-11-19T10:01:00Z|cart|web|v4|p4|0|0|oui
        18|w|2026-11-21T10:00:00Z|cart|web|v5|p5|10.00|1|oui
        19|x|2026-11-10T08:00:00Z|appel|phone|||||
        20||2026-11-18T08:00:00Z|page_view|web|v1||||oui";
    let sales = "id|customer|date|amount
        1|z|2026-11-20T09:00:00Z|10.00";
    let p = shop("date amount", json!({ "sources": { "e": events() } }));
    let r = resolve(&p, "x y z u w", &[("t", sales), ("e", rows)]);
    check(
        of(&p, &r, "x"),
        &[
            // 10:00–10:30 is one session, 11:00:01 another; 18 and 19 November; 22 October is outside.
            ("sessions_30d", "4"),
            ("pages_30d", "4"),
            ("last_visit", "2026-11-20"),
            ("newsletter_clicks_90d", "1"),
            ("opens_90d", "1"),
            ("contacts_30d", "1"),
            ("last_contact", r#"{"email":"2026-11-01","sms":"2026-10-01"}"#),
            ("abandoned_cart", "true"),
            ("abandoned_cart_value", "89.90"),
            ("abandoned_cart_items", "3.000"),
            ("favourite_channel", "web"),
            ("lifecycle", "prospect"),
        ],
    );
    for (customer, abandoned) in [("y", "false"), ("z", "false"), ("u", "false"), ("w", "false")] {
        assert_eq!(of(&p, &r, customer)("abandoned_cart"), abandoned, "{customer}");
    }
    let e = &r.summary.sources["e"];
    assert_eq!((e.loaded, e.excluded), (18, 2));
    assert_eq!(r.summary.attached_events, 1);
}

#[test]
fn loyalty_points_add_up() {
    let rows = "id|customer|day|points
        1|x|2026-01-01|100
        2|x|2026-02-01|-30,5";
    let source = json!({
        "family": "loyalty", "id": "id", "customer": { "id": "customer", "source": "c" },
        "fields": { "date": "day", "points": "points" },
    });
    let p = shop("date amount", json!({ "sources": { "l": source } }));
    let r = resolve(&p, "x y", &[("l", rows)]);
    check(of(&p, &r, "x"), &[("loyalty_points", "69.500")]);
    check(of(&p, &r, "y"), &[("loyalty_points", "null")]);
}

#[test]
fn a_fact_delivered_twice_counts_once() {
    let head = "id|customer|date|amount|maj|status\n";
    let rows = [
        "1|x|2026-03-01|10.00|2026-03-01|",
        "1|x|2026-03-01|10.00|2026-03-01|",
        "2|x|2026-03-01|20.00|2026-03-01|",
        "2|x|2026-03-01|25.00|2026-03-02|",
        "3|x|2026-03-01|40.00|2026-03-01|",
        "3|x|2026-03-01|41.00|2026-03-01|",
        "4|x|2026-03-01|80.00|2026-03-01|",
        "4|x|2026-03-01|80.00|2026-03-09|cancelled",
        "5|gone|2026-03-01|7.00|2026-03-01|",
        "5|gone|2026-03-01|7.00|2026-03-01|",
    ];
    let p = shop("date amount status", json!({ "sources": { "t": { "updated_at": "maj" } } }));
    for turn in 0..rows.len() {
        let mut turned = rows;
        turned.rotate_left(turn);
        let (left, right) = turned.split_at(turn);
        let (left, right) = (format!("{head}{}", left.join("\n")), format!("{head}{}", right.join("\n")));
        let r = resolve(&p, "x", &[("t", &left), ("t", &right)]);
        // 10 once, the later 25, the larger 41; ticket 4 was cancelled later.
        check(of(&p, &r, "x"), &[("net_revenue", "76.00")]);
        let t = &r.summary.sources["t"];
        assert_eq!((t.read, t.loaded, t.rejected, t.excluded), (10, 4, 3, 3));
        let code = |c: &str| r.rejects.iter().filter(|x| x.code == c).count();
        assert_eq!((code("duplicate_delivery"), code("duplicate_id"), code("status_excluded")), (2, 3, 1));
        assert_eq!(r.summary.revenue.orphan_lines, 1);
    }
}

#[test]
fn an_orphan_finds_its_customer_when_the_record_arrives() {
    let rows = "id|customer|date|amount
        1|x|2026-03-01|10.00
        2|late|2026-03-01|32.10
        3||2026-03-01|5.00";
    let p = shop("date amount", json!({}));
    let r = resolve(&p, "x", &[("t", rows)]);
    let v = &r.summary.revenue;
    assert_eq!((v.attributed_minor, v.orphans_minor, v.anonymous_minor), (1_000, 3_210, 500));
    let orphans = output::table(&p, &r, "orphans").unwrap();
    let row = ["family", "source", "fact_id", "customer_source", "customer_id", "date", "net"]
        .map(|c| figure(&orphans, c, 0));
    assert_eq!((orphans.rows(), row.join(" ")), (1, "transactions t 2 c late 2026-03-01 32.10".to_owned()));
    let r = resolve(&p, "x late", &[("t", rows)]);
    check(of(&p, &r, "late"), &[("net_revenue", "32.10")]);
    assert_eq!((r.summary.orphan_facts, r.summary.revenue.attributed_minor), (0, 4_210));
}

#[test]
fn aggregates_of_the_installations_own() {
    let rows = "id|customer|date|ticket|amount|channel|brand|quantity|product
        1|x|2026-11-01|k1|10.00|web|Chic|1|P1
        2|x|2026-11-01|k1|20.00|Web|Chic|2|P2
        3|x|2026-10-01|k2|40.00|magasin|Sport|1|P1
        4|x|2026-10-01|k2|-5.00|magasin|Sport|1|P1
        5|x|2025-01-01|k3|80.00|web|Sport|1|P3";
    let p = shop(
        "date ticket amount channel brand quantity product",
        json!({ "aggregates": { "custom": {
            "web_90d": { "measure": "sum(amount)", "filter": { "channel": "WEB" }, "window": "90 days" },
            "tickets": { "measure": "distinct(ticket)", "filter": { "kind": "sale" } },
            "lines_by_brand": { "measure": "count", "by": "brand" },
            "spent_by_brand": { "measure": "sum(amount)", "by": "brand", "window": "12 months" },
            "largest": { "measure": "max(amount)", "filter": { "amount": { "from": 0, "below": 80 } } },
            "smallest": { "measure": "min(amount)" },
            "mean": { "measure": "avg(amount)", "filter": { "kind": "sale" }, "window": { "from": "2026-01-01", "until": "2026-11-01" } },
            "first_web": { "measure": "min(date)", "filter": { "channel": ["web", "app"] } },
            "articles": { "measure": "distinct(product)", "filter": { "product": { "not": ["p3"] } } },
            "pieces": { "measure": "sum(quantity)" },
            "none": { "measure": "avg(amount)", "filter": { "channel": "phone" } },
        } } }),
    );
    let r = resolve(&p, "x y", &[("t", rows)]);
    check(
        of(&p, &r, "x"),
        &[
            ("web_90d", "30.00"),
            ("tickets", "3"),
            ("lines_by_brand", r#"{"Chic":2,"Sport":3}"#),
            ("spent_by_brand", r#"{"Chic":30.00,"Sport":35.00}"#),
            ("largest", "40.00"),
            ("smallest", "-5.00"),
            ("mean", "40.00"),
            ("first_web", "2025-01-01"),
            ("articles", "2"),
            ("pieces", "6.000"),
            ("none", "null"),
        ],
    );
    check(
        of(&p, &r, "y"),
        &[("web_90d", "0.00"), ("tickets", "0"), ("lines_by_brand", "null"), ("smallest", "null")],
    );
}

#[test]
fn a_declared_family_loads_relates_and_aggregates() {
    let visits = "ref|customer|at|shop|minutes|contract
        1|x|2026-11-01|S1|30|c1
        2|x|2026-11-02|S9|40|c2
        3|y|2026-11-03|S1|50|c2
        4|ghost|2026-11-03|S1|50|c3
        5|x|2026-11-02|S9|40|c2";
    let stores = "id
        S1";
    let more = |orphans: &str| {
        json!({
            "families": { "visits": {
                "fields": { "at": "date", "shop": "identifier", "minutes": "integer", "contract": "identifier" },
                "date": "at", "key": ["contract"],
                "relations": [{ "field": "shop", "to": "stores", "orphans": orphans, "cardinality": "one_to_one" }],
            } },
            "sources": {
                "s": { "family": "stores", "id": "id", "fields": {} },
                "v": {
                    "family": "visits", "id": "ref", "customer": { "id": "customer", "source": "c" },
                    "fields": { "at": "at", "shop": "shop", "minutes": "minutes", "contract": "contract" },
                },
            },
            "aggregates": { "custom": {
                "minutes": { "measure": "sum(minutes)", "family": "visits", "by": "shop", "window": "30 days" },
                "visited": { "measure": "count", "family": "visits", "filter": { "minutes": { "above": 30 } } },
            } },
        })
    };
    let p = shop("date amount", more("list"));
    let r = resolve(&p, "x y", &[("v", visits), ("s", stores)]);
    // Contract c2 came three times: the latest, of y, counts.
    check(of(&p, &r, "x"), &[("minutes", r#"{"S1":30}"#), ("visited", "0")]);
    check(of(&p, &r, "y"), &[("minutes", r#"{"S1":50}"#), ("visited", "1")]);
    let v = &r.summary.sources["v"];
    assert_eq!((v.loaded, v.rejected, v.excluded), (3, 2, 0));
    assert_eq!(r.summary.orphan_facts, 1);
    let relation = &r.summary.relations["visits.shop → stores"];
    assert_eq!((relation.references, relation.orphans, relation.over_cardinality), (3, 0, 2));
    let p = shop("date amount", more("reject"));
    let r = resolve(&p, "x y", &[("v", visits), ("s", stores)]);
    assert_eq!(r.rejects.iter().filter(|x| x.code == "unknown_reference").count(), 2);
}

#[test]
fn amounts_that_could_exceed_64_bits_are_refused() {
    let p = shop("date amount", json!({}));
    let r = resolve(
        &p,
        "x",
        &[(
            "t",
            "id|customer|date|amount\n1|x|2026-03-01|10000000000000,01\n2|x|2026-03-01|10000000000000,00",
        )],
    );
    assert_eq!(r.rejects[0].code, "amount_too_large");
    check(of(&p, &r, "x"), &[("net_revenue", "10000000000000.00")]);
}

#[test]
fn problems_of_families_and_currencies_name_their_place() {
    let config = json!({
        "rcu": { "timezone": "Europe/Paris" },
        "aggregates": { "currency": "JPY", "custom": { "visits": { "measure": "count" } } },
        "sources": {
            "c": { "id": "id", "fields": { "last_name": "n" } },
            "t": { "family": "transaction", "id": "id", "timezone": "Europe/Pari" },
            "u": { "family": "transactions", "id": "id", "customer": { "id": "c", "source": "c" }, "fields": { "datte": "d" } },
        },
    });
    let config = rcu_core::config::Config::from_value(config).unwrap();
    let e = Plan::compile(config, crate::common::today()).unwrap_err().to_string();
    for (place, word) in [
        ("sources.t.family", "did you mean `transactions`"),
        ("sources.t.timezone", "did you mean `Europe/Paris`"),
        ("sources.u.fields.datte", "did you mean `date`"),
        ("sources.u.fields.date", "is missing"),
        ("sources.u.fields.amount", "is missing"),
        ("aggregates.currency", "two decimals"),
        ("aggregates.custom.visits", "shipped aggregate"),
    ] {
        assert!(e.lines().any(|l| l.contains(place) && l.contains(word)), "{place} {word}\n{e}");
    }
}

/// Frequency, recency and monetary value of the CDNOW sample against the summary that others made of it.
#[test]
fn cdnow_customers_have_the_figures_of_the_published_summary() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/cdnow");
    let sample = std::fs::read_to_string(folder.join("CDNOW_sample.txt")).unwrap();
    let summary =
        std::fs::read_to_string(folder.join("cdnow_customers_summary_with_transactions.csv")).unwrap();
    let mut rows = String::from("id|customer|date|quantity|amount\n");
    for (i, line) in sample.lines().enumerate() {
        let f: Vec<&str> = line.split_whitespace().collect();
        rows.push_str(&format!("{i}|{}|{}|{}|{}\n", f[1], f[2], f[3], f[4]));
    }
    let want: Vec<Vec<&str>> = summary.lines().skip(1).map(|l| l.split(',').collect()).collect();
    let names: Vec<String> = want.iter().map(|w| format!("{:0>4}", w[0])).collect();
    let p = shop(
        "date quantity amount",
        json!({ "rcu": { "as_of": "1997-09-30" }, "aggregates": { "custom": {
            "days": { "measure": "distinct(date)" },
            "by_day": { "measure": "sum(amount)", "by": "date" },
        } } }),
    );
    let r = resolve(&p, &names.join(" "), &[("t", &rows)]);
    assert_eq!((r.clusters.len(), want.len()), (2357, 2357));
    let t = output::table(&p, &r, "aggregates").unwrap();
    let day = |text: &str| rcu_core::time::Day::parse_iso(text).unwrap().0;
    // Hundredths of weeks, half up.
    let weeks = |days: i32| (i64::from(days) * 200 + 7) / 14;
    let e2 = |text: &str| {
        let (whole, part) = text.split_once('.').unwrap_or((text, ""));
        whole.parse::<i64>().unwrap() * 100 + format!("{part:0<2}").parse::<i64>().unwrap()
    };
    let mut seen = 0;
    for (w, name) in want.iter().zip(&names) {
        let record = (0..r.records.len()).find(|i| r.records.ids.get(*i) == Some(name)).unwrap();
        let row = r.clusters.of[record] as usize;
        let f = |column: &str| figure(&t, column, row);
        let (first, last) = (day(&f("first_purchase_date")), day(&f("last_purchase_date")));
        let frequency = f("days").parse::<i64>().unwrap() - 1;
        assert_eq!(frequency, w[1].parse::<i64>().unwrap(), "frequency of {name}");
        assert_eq!(weeks(last - first), e2(w[2]), "recency of {name}");
        assert_eq!(weeks(day("1997-09-30") - first), e2(w[3]), "age of {name}");
        assert_eq!(f("recency_days"), (day("1997-09-30") - last).to_string());
        let by_day: Value = serde_json::from_str(&f("by_day")).unwrap();
        let sums: Vec<i64> = by_day.as_object().unwrap().values().map(|v| e2(&v.to_string())).collect();
        assert_eq!(sums.iter().sum::<i64>(), e2(&f("net_revenue_total")));
        // The first purchase day is no repeat. The summary is rounded to the cent from binary floats.
        let repeats: i64 = sums[1..].iter().sum();
        let off = (2 * (e2(w[4]) * frequency - repeats)).abs();
        assert!(off <= frequency, "monetary value of {name}: {repeats} / {frequency} against {}", w[4]);
        seen += 1;
    }
    assert_eq!(seen, 2357);
    assert_eq!(r.summary.sources["t"].read, 6919);
}

mod laws {
    use super::*;
    use proptest::prelude::*;

    fn row() -> impl Strategy<Value = String> {
        let pick = |v: &'static [&'static str]| proptest::sample::select(v);
        (
            0u32..25,
            pick(&["x", "y", "z", "gone", ""]),
            pick(&["2026-11-20", "2026-11-20T23:30Z", "2025-11-21", "2022-01-31", "2027-01-01", "bad"]),
            -5_000i64..9_000,
            pick(&["", "", "", "cancelled"]),
            pick(&["vente", "retour", "frais de port", "échange"]),
            pick(&["A", "B", ""]),
            pick(&["", "2026-01-01", "2026-01-02"]),
        )
            .prop_map(|(id, customer, date, cents, status, kind, store, changed)| {
                let sign = if cents < 0 { "-" } else { "" };
                let amount = format!("{sign}{}.{:02}", cents.abs() / 100, cents.abs() % 100);
                format!("{id}|{customer}|{date}|{amount}|{status}|{kind}|{store}|{changed}")
            })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(150))]

        /// Order of rows, cut into tables, repeats: one result; and every cent is somewhere.
        #[test]
        fn the_set_of_facts_decides(
            rows in proptest::collection::vec(row(), 1..40),
            order in any::<u64>(),
            cut in 0usize..40,
        ) {
            let p = shop("date amount status kind store", json!({ "sources": { "t": { "updated_at": "changed" } } }));
            let head = "id|customer|date|amount|status|kind|store|changed";
            let text = |rows: &[&String]| {
                rows.iter().fold(head.to_owned(), |t, r| t + "\n" + r.as_str())
            };
            let all: Vec<&String> = rows.iter().collect();
            let want = resolve(&p, "x y z", &[("t", &text(&all))]);
            let mut turned = all.clone();
            turned.sort_by_key(|r| r.bytes().fold(order, |h, b| (h ^ u64::from(b)).wrapping_mul(0x9E37_79B9_7F4A_7C15)));
            let (left, right) = turned.split_at(cut.min(turned.len()));
            let three = rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap();
            let got = three.install(|| resolve(&p, "x y z", &[("t", &text(left)), ("t", &text(right))]));
            for name in ["aggregates", "orphans", "profiles", "missing_references"] {
                prop_assert_eq!(output::table(&p, &got, name), output::table(&p, &want, name));
            }
            prop_assert_eq!(&got.summary.revenue, &want.summary.revenue);
            prop_assert_eq!(&got.summary.sources, &want.summary.sources);
            // A second delivery of everything changes no figure.
            let again = resolve(&p, "x y z", &[("t", &text(&all)), ("t", &text(&turned))]);
            prop_assert_eq!(output::table(&p, &again, "aggregates"), output::table(&p, &want, "aggregates"));

            let v = &want.summary.revenue;
            let totals: i64 = want.aggregates.customers.iter().map(|a| a.revenue_total_minor).sum();
            prop_assert_eq!(totals, v.attributed_minor);
            prop_assert_eq!(v.attributed_minor + v.orphans_minor + v.anonymous_minor, v.revenue_in_minor);
            let listed: i64 = want.orphans.iter().filter_map(|o| o.net_minor).sum();
            prop_assert_eq!(listed, v.orphans_minor);
        }
    }
}

/// Offsets of every zone of the table against those of the IANA database (2025b), by instant.
#[test]
fn zones_agree_with_the_time_zone_database() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/zones.csv");
    let (mut checked, mut wrong) = (0, Vec::new());
    for line in std::fs::read_to_string(path).unwrap().lines().skip(1) {
        let f: Vec<&str> = line.split(',').collect();
        let zone = rcu_core::time::Zone::named(f[0]).unwrap();
        let (instant, offset): (i64, i64) = (f[1].parse().unwrap(), f[2].parse().unwrap());
        if zone.offset_seconds(instant) != offset {
            wrong.push(line.to_owned());
        }
        checked += 1;
    }
    assert!(wrong.is_empty(), "{} of {checked}: {:?}", wrong.len(), &wrong[..wrong.len().min(5)]);
    assert!(checked > 2000 && rcu_core::time::Zone::names().count() > 60);
}
