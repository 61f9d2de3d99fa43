use super::*;
use crate::normalize::{Country, Kind, any};
use proptest::prelude::*;

fn context() -> Context {
    Context::new(Country::FR, Day::from_ymd(2026, 11, 21).unwrap())
}

fn text(kind: Kind, raw: &str, cx: &Context) -> (Option<String>, Vec<Code>) {
    let got = any(kind, raw, cx);
    (got.value, got.codes)
}

#[test]
fn typed_entries_agree_with_the_text() {
    let cx = context();
    for raw in ["12/03/1985", "1985-03-12T00:00:00", "12 mars 85", "31118", "31/02/1985", "", "N/A", "soon"] {
        for (kind, entry) in [
            (Kind::Date, parse_day as fn(&str, &Context, &mut Codes) -> _),
            (Kind::BirthDate, parse_birth_day),
        ] {
            let mut codes = Codes::new();
            let day: Option<Day> = entry(raw, &cx, &mut codes);
            let got = any(kind, raw, &cx);
            assert_eq!(day.map(|d| d.to_string()), got.value, "{raw}");
            assert_eq!(codes.as_slice(), got.codes, "{raw}");
        }
    }
}

#[test]
fn a_source_of_the_united_states_writes_the_month_first() {
    let cx = Context::new(Country::new("US").unwrap(), Day::from_ymd(2026, 11, 21).unwrap());
    assert_eq!(text(Kind::Date, "03/12/1985", &cx), (Some("1985-03-12".into()), vec![]));
    assert_eq!(text(Kind::Date, "25/03/1985", &cx), (Some("1985-03-25".into()), vec![Code::DayMonthSwapped]));
}

#[test]
fn a_refused_part_of_a_date_keeps_its_year() {
    let cx = context();
    for raw in ["1985", "03/1985", "1985-03", "mars 1985", "00/00/1985", "1985-03-00"] {
        let got = any(Kind::BirthDate, raw, &cx);
        assert_eq!(got.codes, [Code::PartialDate], "{raw}");
        assert_eq!(got.extra.get("year").map(String::as_str), Some("1985"), "{raw}");
    }
}

proptest! {
    #[test]
    fn any_text_is_survived_and_values_are_stable(
        raw in "\\PC{0,30}|[0-9/. :TZ+-]{4,26}|[0-9]{1,2} [a-zéû]{3,9}\\.? [0-9]{2,4}( [0-9]{1,2}[h:][0-9]{2}( ?[ap]m)?)?",
        birth in prop::bool::ANY,
    ) {
        let cx = context();
        let kind = if birth { Kind::BirthDate } else { Kind::Date };
        let (value, codes) = text(kind, &raw, &cx);
        if let Some(value) = value {
            let (again, again_codes) = text(kind, &value, &cx);
            prop_assert_eq!(again, Some(value));
            prop_assert!(again_codes.iter().all(|c| codes.contains(c)), "{:?} {:?}", codes, again_codes);
        }
    }

    #[test]
    fn a_day_is_read_in_every_dress(number in -40_000i32..60_000) {
        let cx = context();
        let day = Day(number);
        let (y, m, d) = day.ymd();
        let named = ["janvier", "février", "mars", "avr.", "mai", "juin", "juil.", "août", "Sept.", "oct", "nov", "déc."];
        let month = named[m as usize - 1];
        let dresses = [
            format!("{d:02}/{m:02}/{y}"), format!("{d}/{m}/{y}"), format!("{d:02}.{m:02}.{y}"), format!("{d}-{m}-{y}"),
            format!("{d:02} {m:02} {y}"), format!("{y}-{m:02}-{d:02}"), format!("{y}/{m}/{d}"), format!("{d:02}{m:02}{y}"),
            format!("{d} {month} {y}"), format!("{month} {d}, {y}"), format!("{y} {month} {d}"), format!("{d}-{month}-{y}"),
            format!(" {d:02} / {m:02} / {y} "),
        ];
        let placeholder = matches!((y, m, d), (1899, 12, 30 | 31) | (1900 | 1970, 1, 1));
        for dress in dresses {
            let mut codes = Codes::new();
            let got = parse_day(&dress, &cx, &mut codes);
            prop_assert_eq!(got, (!placeholder).then_some(day), "{}", dress);
            if !placeholder {
                prop_assert!(codes.is_empty(), "{} {:?}", dress, codes);
            }
        }
    }
}
