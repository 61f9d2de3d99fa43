#[cfg(feature = "phone-full")]
mod oracle;

use super::*;
use crate::normalize::{self, Kind};
use crate::time::Day;
use proptest::prelude::*;

fn context(region: &str) -> Context {
    Context::new(Country::new(region).unwrap(), Day(20_000))
}

fn value(raw: &str, region: &str) -> Result<String, Vec<Code>> {
    let got = normalize::any(Kind::Phone, raw, &context(region));
    got.value.ok_or(got.codes)
}

#[test]
fn a_number_is_written_from_its_integer() {
    let mut text = String::new();
    write_e164(33_630_124_578, &mut text);
    write_e164(999_999_999_999_999, &mut text);
    write_e164(10_000_000, &mut text);
    assert_eq!(text, "+33630124578+999999999999999+10000000");
}

#[test]
fn countries_are_static_text() {
    assert_eq!(alpha2(*b"FR"), "FR");
    assert_eq!(alpha2(*b"ZZ"), "ZZ");
    assert_eq!(alpha2(*b"AA"), "AA");
}

#[test]
fn parse_gives_the_number_as_an_integer() {
    let parsed = parse("+33 (0)6 30 12 45 78", &context("FR"));
    assert_eq!((parsed.digits, parsed.line_type), (33_630_124_578, LineType::Mobile));
    assert_eq!(parsed.codes.as_slice(), [Code::TrunkZeroRemoved]);
    assert_eq!(parse(" ", &context("FR")).status(), Status::Empty);
    assert_eq!(parse("3949", &context("FR")).digits, 0);
}

#[test]
fn the_others_of_a_cell_are_kept_aside() {
    let got = normalize::any(
        Kind::Phone,
        "3949 99 99 999 ; Port : 06 30 12 45 78 ou 01 45 20 11 22 poste 3",
        &context("FR"),
    );
    assert_eq!(got.value.as_deref(), Some("+33630124578"));
    assert_eq!(got.extra["others"], "3949 99 99 999;+33145201122");
    assert_eq!(got.codes, [Code::LabelRemoved, Code::ExtensionExtracted, Code::MultipleValues]);
}

#[test]
fn a_source_abroad_dials_france_with_its_own_prefix() {
    assert_eq!(value("00 33 6 30 12 45 78", "BE").as_deref(), Ok("+33630124578"));
    assert_eq!(value("+33 6 92 45 12 30", "DE").as_deref(), Ok("+262692451230"));
    assert_eq!(value("0639980011", "RE"), Err(vec![Code::FictionalNumber]));
}

#[cfg(feature = "phone-full")]
#[test]
fn an_overseas_source_has_numbers_that_the_mapping_does_not_name() {
    assert_eq!(value("0598 70 12 34", "GP").as_deref(), Ok("+590598701234"));
    assert_eq!(value("0598 70 12 34", "FR").as_deref(), Ok("+33598701234"));
    assert_eq!(value("0976 01 12 34", "GP").as_deref(), Ok("+33976011234"));
    assert_eq!(value("011 33 6 30 12 45 78", "US").as_deref(), Ok("+33630124578"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_answered(raw in any::<String>(), region in "[A-Z]{2}") {
        let got = normalize::any(Kind::Phone, &raw, &context(&region));
        prop_assert_eq!(got.value.is_some(), matches!(got.status, Status::Ok | Status::Corrected));
    }

    #[test]
    fn an_answer_is_its_own_normal_form(
        raw in "(tel|TEL:|Port\\.)? ?[+(]{0,2}[0-9]{1,4}[-0-9 ./()OlxE;,ou#+'\u{a0}\u{202f}\u{661}]{4,30}",
        region in prop::sample::select(vec!["FR", "RE", "PM", "GP", "MC", "BE", "CH", "IT", "US", "DE", "GB", "BR", "AR", "ZZ"]),
    ) {
        let cx = context(region);
        let first = normalize::any(Kind::Phone, &raw, &cx);
        if let Some(value) = first.value {
            let digits = value.strip_prefix('+').unwrap();
            prop_assert!((8..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()));
            let again = normalize::any(Kind::Phone, &value, &cx);
            prop_assert_eq!(again.value.as_deref(), Some(value.as_str()));
            prop_assert_eq!(again.status, Status::Ok);
            prop_assert_eq!(again.extra.get("line_type"), first.extra.get("line_type"));
        }
    }
}
