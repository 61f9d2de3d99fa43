//! The shared suites of French addresses.

use crate::suite::{Suite, cases};
use rcu_core::normalize::address::shorten::shorten;
use rcu_core::normalize::address::whole::{Parts, split};
use rcu_core::normalize::text::fold_upper;
use rcu_core::normalize::{Code, Context, Country, Kind, any};
use rcu_core::time::Day;
use serde_json::Value;

pub fn suites() -> Vec<Suite> {
    let cx = Context::new(Country::FR, Day::from_ymd(2026, 11, 21).expect("a day"));
    for suite in ["address_fr_geocoder_tester", "address_fr_rnvp_lines", "address_fr_addok"] {
        stable(suite, &cx);
    }
    vec![geocoder(&cx), rnvp(&cx), normadresse(&cx), addok(&cx)]
}

/// Written again, an address stays as it is: on every text of a suite.
fn stable(suite: &str, cx: &Context) {
    for case in cases(suite) {
        let raw = text(&case["input"], "text");
        for kind in [Kind::Address, Kind::Street, Kind::City, Kind::AddrKey, Kind::AddrKey2] {
            let once = any(kind, raw, cx);
            // A shortened line is the one exception: its key is stable instead.
            if once.codes.contains(&Code::LineShortened) {
                continue;
            }
            if let Some(once) = once.value {
                let twice = any(kind, &once, cx).value;
                assert_eq!(twice.as_deref(), Some(once.as_str()), "{suite}: {} {raw:?}", kind.name());
            }
        }
    }
}

fn empty(name: &'static str, target: &'static str) -> Suite {
    Suite {
        name,
        target,
        cases: 0,
        right: 0,
        wrong: 0,
        set_aside: Vec::new(),
        failures: Vec::new(),
        notes: Vec::new(),
    }
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or("")
}

/// Capitals and digits, one blank between words.
fn plain(raw: &str) -> String {
    let folded: String = fold_upper(raw).chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    folded.split(' ').filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ")
}

fn value(kind: Kind, raw: &str, cx: &Context) -> String {
    any(kind, raw, cx).value.unwrap_or_default()
}

fn without_cedex(city: &str) -> &str {
    city.split(" CEDEX").next().unwrap_or(city)
}

/// The way without its number.
fn way(parts: &Parts) -> String {
    let mut words = parts.street().split(' ').skip(usize::from(!parts.number().is_empty())).peekable();
    if parts.extension().len() > 1 {
        words.next();
    }
    words.collect::<Vec<_>>().join(" ")
}

/// Parts that stand in the text, one by one.
fn geocoder(cx: &Context) -> Suite {
    let mut suite = empty("address_fr_geocoder_tester", ">= 92 %, aim 97 (parts)");
    for case in cases("address_fr_geocoder_tester") {
        let raw = text(&case["input"], "text");
        let parts = split(raw, cx);
        let expected = &case["expected"];
        for key in expected["in_query"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            suite.cases += 1;
            let want = text(expected, key);
            let right = match key {
                "housenumber" => {
                    let head = plain(&value(Kind::Street, want, cx)).replace(' ', "");
                    head == format!("{}{}", parts.number(), parts.extension())
                }
                "street" => {
                    let number = format!("{} {}", parts.number(), parts.extension());
                    value(Kind::Street, &format!("{number} {want}"), cx) == parts.street()
                        || value(Kind::Street, want, cx) == way(&parts)
                }
                "city" => value(Kind::City, want, cx) == without_cedex(parts.city()),
                "postcode" => want == parts.postcode(),
                // The name of the place: a way with or without its number, a building, a locality.
                "name" => {
                    let line = value(Kind::Street, want, cx);
                    let found = [parts.street(), &way(&parts), parts.building(), parts.special()];
                    found.contains(&line.as_str()) || value(Kind::City, want, cx) == parts.city()
                }
                _ => false,
            };
            if right {
                suite.right += 1;
            } else {
                suite.wrong += 1;
                suite.failures.push(format!("{key} {raw:?} wants {want:?}: {}", show(&parts)));
            }
        }
    }
    suite
}

fn show(p: &Parts) -> String {
    format!(
        "L2 {:?} L3 {:?} L4 {:?} L5 {:?} {:?} {:?}",
        p.inside(),
        p.building(),
        p.street(),
        p.special(),
        p.postcode(),
        p.city()
    )
}

fn rnvp(cx: &Context) -> Suite {
    let mut suite = empty("address_fr_rnvp_lines", ">= 98 %");
    for case in cases("address_fr_rnvp_lines") {
        suite.cases += 1;
        let raw = text(&case["input"], "text");
        let lines = value(Kind::Address, raw, cx);
        let (before, last) = lines.rsplit_once('\n').unwrap_or(("", &lines));
        let (line4, line6) = (text(&case["expected"], "line4"), text(&case["expected"], "line6"));
        // The number's extension, where it is glued; La Poste's label of the town.
        let glued = glued_extension(line4);
        let spaced = glued.map(|at| format!("{} {}", &line4[..at], &line4[at..]));
        let same6 = last == line6 || last == spelled(line6);
        let zero = line6.split(' ').next().is_some_and(|c| c.len() == 4);
        let same6_zero = zero && last == format!("0{}", spelled(line6));
        if line4 == before && same6 {
            suite.right += 1;
        } else if spaced.as_deref() == Some(before) && (same6 || same6_zero) {
            suite.set_aside.push((text(&case, "id").to_owned(), "2.5 street: `12bis` -> `12 BIS`"));
        } else if line4 == before && same6_zero {
            suite.set_aside.push((
                text(&case, "id").to_owned(),
                "2.5 postcode: 4 digits whose zero-padded form starts 01-09 -> leading_zero_restored",
            ));
        } else {
            suite.wrong += 1;
            suite.failures.push(format!("{raw:?} wants {line4:?} / {line6:?}: {lines:?}"));
        }
    }
    suite
}

/// Where BIS, TER or QUATER is glued to the number.
fn glued_extension(line: &str) -> Option<usize> {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let suffix = line[digits..].split(' ').next()?;
    (digits > 0 && matches!(suffix, "BIS" | "TER" | "QUATER" | "QUINQUIES")).then_some(digits)
}

/// SAINT in full, as `domain.md` writes it.
fn spelled(line: &str) -> String {
    let full = |w| match w {
        "ST" => "SAINT",
        "STE" => "SAINTE",
        w => w,
    };
    line.split(' ').map(full).collect::<Vec<_>>().join(" ")
}

fn normadresse(cx: &Context) -> Suite {
    let mut suite = empty("address_fr_normadresse", ">= 80 % (acceptable)");
    let mut exact = 0;
    let mut differing = Vec::new();
    for case in cases("address_fr_normadresse") {
        suite.cases += 1;
        let raw = plain(text(&case["input"], "text"));
        let max = case["input"]["max_length"].as_u64().unwrap_or(32) as usize;
        let got = shorten(&raw, max, &cx.tables.street).text;
        let want = case["expected"].as_str().unwrap_or("");
        exact += usize::from(got == want);
        // Acceptable: it fits, keeps the last word, and every word is the line's own, its initial, or a listed
        // abbreviation of it.
        let last = |s: &str| s.rsplit(' ').next().unwrap_or("").to_owned();
        let acceptable =
            got.len() <= max && last(&got) == last(&raw) && got.split(' ').all(|w| listed(w, &raw, cx));
        if got == want || acceptable {
            suite.right += 1;
            if got != want {
                differing.push(format!("acceptable {raw:?} wants {want:?}: {got:?}"));
            }
        } else {
            suite.wrong += 1;
            suite.failures.push(format!("{raw:?} wants {want:?}: {got:?}"));
        }
    }
    suite.notes.push(format!("{exact} of {} exactly equal", suite.cases));
    suite.failures.extend(differing);
    suite
}

/// Whether a word of a shortened line comes from the line by a listed abbreviation.
fn listed(word: &str, line: &str, cx: &Context) -> bool {
    let tables = &cx.tables.street;
    let role = tables.word(word);
    let long = tables.way_read(role).map(|w| &w.long).or(tables.title_read(role).map(|t| &t.long));
    let padded = format!(" {line} ");
    padded.contains(&format!(" {word} "))
        || (word.len() == 1 && padded.contains(&format!(" {word}")))
        || long.is_some_and(|l| padded.contains(&format!(" {l} ")))
}

fn addok(cx: &Context) -> Suite {
    let mut suite = empty("address_fr_addok", ">= 80 %");
    for case in cases("address_fr_addok") {
        suite.cases += 1;
        let raw = text(&case["input"], "text");
        let operation = text(&case["input"], "operation");
        let want = match &case["expected"] {
            Value::String(s) => plain(s),
            Value::Array(a) => plain(&a.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" ")),
            _ => String::new(),
        };
        let parts = split(raw, cx);
        let street = value(Kind::Street, raw, cx);
        let place = parts.special().strip_prefix("LIEU DIT ").unwrap_or(match parts.special() {
            s if s.starts_with("BP ") || s.starts_with("CS ") || s.starts_with("TSA ") => "",
            s => s,
        });
        let join =
            |list: &[&str]| list.iter().filter(|s| !s.is_empty()).copied().collect::<Vec<_>>().join(" ");
        let town = without_cedex(parts.city());
        // The origin writes streets as they stand; ours are spelled out.
        let spell = |s: &str| {
            let code = |w: &&str| w.len() == 5 && w.bytes().all(|b| b.is_ascii_digit());
            let at = s.split(' ').find(code).and_then(|c| s.find(c)).unwrap_or(s.len());
            format!("{} {}", plain(&value(Kind::Street, &s[..at], cx)), &s[at..])
        };
        let got = match operation {
            "clean_query" => join(&[parts.building(), parts.street(), place, parts.postcode(), town]),
            "extract_address" => join(&[parts.street(), place, parts.postcode(), town]),
            "match_housenumber" => join(&[parts.number(), parts.extension()]),
            _ => street,
        };
        // The arrondissement behind the town, which ours leaves out.
        let want = match want.rsplit_once(' ') {
            Some((head, last))
                if ["PARIS", "LYON", "MARSEILLE"].iter().any(|t| head.ends_with(t))
                    && last.bytes().all(|b| b.is_ascii_digit()) =>
            {
                head.to_owned()
            }
            _ => want,
        };
        let compact = |s: &str| s.replace(' ', "");
        let ordinal = |s: &str| {
            // BIS as B, TER as T, QUATER as Q: the origin's short forms.
            let digits = s.bytes().take_while(u8::is_ascii_digit).count();
            s.get(..digits + usize::from(s.len() > digits)).unwrap_or(s).to_owned()
        };
        let right = compact(&got) == compact(&want)
            || compact(&got) == compact(&spell(&want))
            || (operation == "fold_ordinal" && ordinal(&compact(&got)) == compact(&want));
        if right {
            suite.right += 1;
        } else if raw.trim() == "0" {
            suite
                .set_aside
                .push((text(&case, "id").to_owned(), "2.5 street: `0` dropped, number_zero_removed"));
        } else if raw.to_uppercase().contains("CEDEX")
            && !parts.postcode().is_empty()
            && !want.contains(parts.postcode())
        {
            suite
                .set_aside
                .push((text(&case, "id").to_owned(), "2.5 city: `CEDEX` kept; the postcode stays whole"));
        } else {
            suite.wrong += 1;
            suite.failures.push(format!("{operation} {raw:?} wants {want:?}: {got:?}; {}", show(&parts)));
        }
    }
    suite
}
