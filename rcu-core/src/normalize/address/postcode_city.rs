//! A postcode and a locality checked against each other (`domain.md` §2.5, `postcode_city`).

use super::fold::Folded;
use super::postcode::{self, department};
use super::similar::jaro_winkler;
use super::{city, is_empty, is_french, is_null};
use crate::normalize::{Code, Context, Country, Output, Status};
use crate::reference::postal::{NameId, NameKind, PostalTables, Row};

/// How a postcode and a locality go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The locality is one of the postcode's communes, labels or former communes.
    Known,
    /// The postcode is not in the base, or the locality is a CEDEX office: the department agrees.
    Cedex,
    /// One commune of the postcode is written almost so.
    Repaired(NameId),
    /// The locality was blank and the postcode has one commune.
    Inferred(NameId),
    /// Nothing of that.
    Mismatch,
}

/// Least Jaro–Winkler similarity of a locality that is taken for a slip of the pen.
pub const REPAIR_SIMILARITY: f64 = 0.90;

/// Checks a normalised French postcode (`75008`) against a normalised locality (`PARIS`, may end in `CEDEX 08`; empty
/// when it is not known).
///
/// # Examples
/// ```
/// use rcu_core::normalize::address::postcode_city::{check, Outcome};
/// use rcu_core::reference::postal::PostalTables;
/// let base = PostalTables::default();
/// assert_eq!(check("75008", "PARIS", &base), Outcome::Known);
/// assert_eq!(check("69003", "PARIS", &base), Outcome::Mismatch);
/// ```
pub fn check(postcode: &str, city: &str, base: &PostalTables) -> Outcome {
    let Some(code) = postcode::parse_french(postcode) else { return Outcome::Mismatch };
    let rows = base.rows(code);
    if city.is_empty() {
        return infer(rows);
    }
    let (town, cedex) = split_cedex(city);
    if base.has_name(rows, town) {
        return if cedex { Outcome::Cedex } else { Outcome::Known };
    }
    if cedex || rows.is_empty() {
        // Offices have labels of their own (PARIS LA DEFENSE CEDEX): only a commune of elsewhere contradicts.
        let agrees = match base.name(town) {
            Some(name) => base.codes_of(name).any(|c| department(c) == department(code)),
            None => cedex && !rows.iter().any(|row| is_near(row, town, base)),
        };
        if agrees {
            return Outcome::Cedex;
        }
    }
    repair(rows, town, base)
}

/// The town of a locality, and whether CEDEX follows it.
pub(super) fn split_cedex(city: &str) -> (&str, bool) {
    let is_cedex = |at: &usize| {
        let rest = city.as_bytes().get(at + 1..).unwrap_or(&[]);
        rest.strip_prefix(b"CEDEX").is_some_and(|r| matches!(r.first(), None | Some(b' ')))
    };
    let blanks = city.bytes().enumerate().filter(|(_, b)| *b == b' ').map(|(at, _)| at);
    match blanks.into_iter().find(is_cedex) {
        Some(at) => (city.get(..at).unwrap_or(city), true),
        None => (city, false),
    }
}

fn infer(rows: &[Row]) -> Outcome {
    let mut communes = rows.iter().filter(|row| row.kind == NameKind::Commune);
    match (communes.next(), communes.next()) {
        (Some(only), None) => Outcome::Inferred(only.name),
        _ => Outcome::Mismatch,
    }
}

fn is_near(row: &Row, town: &str, base: &PostalTables) -> bool {
    similarity(base.text(row.name), town).is_some()
}

/// Jaro–Winkler similarity when it reaches [`REPAIR_SIMILARITY`].
fn similarity(name: &str, town: &str) -> Option<f64> {
    if name.is_ascii() && town.is_ascii() && !may_be_near(name.as_bytes(), town.as_bytes()) {
        return None;
    }
    Some(jaro_winkler(name, town)).filter(|s| *s >= REPAIR_SIMILARITY)
}

/// Whether two names can be so near. That takes a Jaro similarity of 5/6, which for m letters in common is at most
/// (m/a + m/b + 1) / 3; and each kind of letter that only one of them has costs it one at least.
fn may_be_near(a: &[u8], b: &[u8]) -> bool {
    let kinds = |s: &[u8]| s.iter().fold(0u64, |kinds, b| kinds | 1 << (b & 63));
    let (in_a, in_b) = (kinds(a), kinds(b));
    let alone = |own: u64, other: u64| (own & !other).count_ones() as usize;
    let common = (a.len() - alone(in_a, in_b)).min(b.len() - alone(in_b, in_a));
    2 * common * (a.len() + b.len()) >= 3 * a.len() * b.len()
}

/// The nearest name of the postcode, when it is near enough and no other is as near.
fn repair(rows: &[Row], town: &str, base: &PostalTables) -> Outcome {
    let mut best: Option<(f64, NameId)> = None;
    let mut tie = false;
    for row in rows {
        let Some(similarity) = similarity(base.text(row.name), town) else { continue };
        match best {
            Some((s, _)) if similarity < s => {}
            Some((s, _)) if similarity == s => tie = true,
            _ => {
                best = Some((similarity, row.name));
                tie = false;
            }
        }
    }
    match best {
        Some((_, name)) if !tie => Outcome::Repaired(name),
        _ => Outcome::Mismatch,
    }
}

/// `75008 PARIS` of `75008|Paris`, of `75008 Paris` or of `Paris 75008`.
pub fn normalize(raw: &str, cx: &Context, out: &mut Output) {
    let mut buf = Folded::new();
    let folded = buf.fold(raw);
    if is_empty(folded, out) {
        return;
    }
    let (code, name) = match folded.split_once('|') {
        Some((code, name)) => (code.trim_ascii(), name.trim_ascii()),
        None => split(folded, cx.region),
    };
    let blank = |s: &str| s.is_empty() || is_null(s);
    if blank(code) {
        if blank(name) {
            return out.set_empty();
        }
        return out.code(Code::MissingPostcode);
    }
    postcode::write(code, cx.region, out);
    if out.codes().status() == Status::Rejected {
        return;
    }
    let at = out.text.len();
    out.text.push(' ');
    if !blank(name) {
        city::write(name, cx.region, out);
        if out.codes().status() == Status::Rejected {
            return;
        }
    }
    if is_french(cx.region) {
        settle(at, &cx.tables.postal, out);
    } else if blank(name) {
        out.code(Code::MissingCity);
    } else {
        out.code(Code::ForeignUnchecked);
    }
}

/// Checks `postcode city` in `out.text`, the blank at `at`, and writes what comes of it.
fn settle(at: usize, base: &PostalTables, out: &mut Output) {
    let (code, name) = out.text.split_at_checked(at).unwrap_or_default();
    let name = name.trim_start();
    let (town, cedex) = split_cedex(name);
    let town = town.len();
    let had_cedex = cedex;
    match check(code, name, base) {
        Outcome::Known => {}
        Outcome::Cedex => {
            if !had_cedex {
                out.code(Code::Cedex);
            }
        }
        Outcome::Repaired(id) => {
            out.text.replace_range(at + 1..at + 1 + town, base.text(id));
            out.code(Code::CityRepaired);
        }
        Outcome::Inferred(id) => {
            out.text.push_str(base.text(id));
            out.code(Code::CityInferred);
        }
        Outcome::Mismatch => out.code(Code::PostcodeCityMismatch),
    }
}

/// Postcode and locality of a text without a bar: the postcode stands first, or last.
fn split(folded: &str, region: Country) -> (&str, &str) {
    let mut scratch = Output::new();
    let mut reads = |part: &str| {
        scratch.reset();
        postcode::write(part, region, &mut scratch);
        scratch.value().is_some()
    };
    let blanks = || folded.match_indices([' ', '\n', ',']).map(|(i, _)| i);
    for at in blanks().take(3).chain([folded.len()]) {
        if let Some((head, tail)) = folded.split_at_checked(at)
            && reads(head)
        {
            return (head, tail.trim_matches([' ', '\n', ',', '-']));
        }
    }
    for at in blanks().rev().take(2) {
        if let Some((head, tail)) = folded.split_at_checked(at)
            && reads(tail.trim_matches([' ', '\n', ',']))
        {
            return (tail.trim_matches([' ', '\n', ',']), head.trim_matches([' ', '\n', ',', '-']));
        }
    }
    // No postcode that can be read: a text that begins with digits is one that is wrong.
    if folded.starts_with(|c: char| c.is_ascii_digit()) { (folded, "") } else { ("", folded) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normalize::{self, Class, Kind};
    use crate::time::Day;
    use proptest::prelude::*;

    #[test]
    fn names_of_the_base_are_in_normal_form_and_known() {
        let cx = Context::new(Country::FR, Day(20_000));
        let base = &cx.tables.postal;
        let mut out = Output::new();
        for (name, text) in base.all_names() {
            // The commune of Aucun (65) is a word for "nothing" first.
            if text == "AUCUN" {
                continue;
            }
            out.reset();
            city::normalize(text, &cx, &mut out);
            assert_eq!(out.value(), Some(text));
            for code in base.codes_of(name) {
                assert_eq!(check(&format!("{code:05}"), text, base), Outcome::Known, "{code} {text}");
            }
        }
    }

    proptest! {
        #[test]
        fn a_name_that_is_not_looked_at_is_not_near(
            a in "[A-H ]{2,14}", at in 0usize..14, put in "[A-K]{0,3}", drop in 0usize..3
        ) {
            let at = at.min(a.len());
            let b = format!("{}{put}{}", &a[..at], &a[(at + drop).min(a.len())..]);
            let near = jaro_winkler(&a, &b) >= REPAIR_SIMILARITY;
            prop_assert!(!near || may_be_near(a.as_bytes(), b.as_bytes()), "{a:?} {b:?}");
        }

        #[test]
        fn no_text_panics_and_the_output_is_stable(
            raw in prop_oneof![
                any::<String>(),
                "(F-)?(59000|69003|75 ?008|01200|1400|62407|98000)[| ,](Lile|Lille|Paris 8|Lyon Cedex 3|St Denis|Bethune|Monaco|)",
            ],
            region in prop::sample::select(vec!["FR", "BE", "GB", "MC"]),
        ) {
            let cx = Context::new(Country::new(region).unwrap(), Day(20_000));
            let once = normalize::any(Kind::PostcodeCity, &raw, &cx);
            if let Some(value) = &once.value {
                let twice = normalize::any(Kind::PostcodeCity, value, &cx);
                prop_assert_eq!(twice.value.as_ref(), Some(value));
                prop_assert!(twice.codes.iter().all(|c| once.codes.contains(c) && c.class() == Class::Inform));
            }
        }
    }
}
