//! Country, to ISO 3166-1 alpha-2 (`domain.md` §2.8).

use super::key::{is_nothing, words};
use crate::normalize::text::{fold_upper_into, is_null_literal};
use crate::normalize::{Code, Context, Output, begin};
use crate::reference::vocabulary::CountryReading;

/// Writes the two-letter code of the country that `raw` names in French or English, or by alpha-2, alpha-3, INSEE
/// `99xxx` code or plate letter.
///
/// R `ambiguous_value` for a name of several countries (CONGO), `former_country` for a state that is no more (URSS),
/// `unknown_value` for the rest. `NA` is the word for "nothing", so Namibia is read from its name or `NAM` only.
pub fn normalize(raw: &str, cx: &Context, out: &mut Output) {
    let Some(clean) = begin(raw, out, is_null_literal) else { return };
    // The answer's place serves as the key's buffer.
    write_key(&clean, &mut out.text);
    if is_nothing(out) {
        return;
    }
    let reading = cx.tables.vocabulary.country(&out.text);
    out.text.clear();
    match reading {
        Some(CountryReading::One(code)) => out.text.extend(code.map(char::from)),
        Some(CountryReading::Ambiguous) => out.code(Code::AmbiguousValue),
        Some(CountryReading::Former) => out.code(Code::FormerCountry),
        None => out.code(Code::UnknownValue),
    }
}

/// The words folded and joined; of several words, a leading article and every AND or ET go, ST becomes SAINT.
pub(crate) fn write_key(clean: &str, key: &mut String) {
    let mut rest = words(clean).peekable();
    let several = words(clean).nth(1).is_some();
    while let Some(word) = rest.next() {
        let start = key.len();
        fold_upper_into(word, key);
        if !several {
            return;
        }
        match &key[start..] {
            "ET" | "AND" => key.truncate(start),
            "LE" | "LA" | "LES" | "L" | "THE" if start == 0 && rest.peek().is_some() => key.clear(),
            "ST" => {
                key.truncate(start);
                key.push_str("SAINT");
            }
            "STE" => {
                key.truncate(start);
                key.push_str("SAINTE");
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normalize::{Country, Kind, any, text};
    use crate::time::Day;

    fn context() -> Context {
        Context::new(Country::FR, Day::from_ymd(2026, 11, 21).unwrap())
    }

    #[test]
    fn every_line_of_the_table_is_in_its_own_form_and_read_as_it_says() {
        let cx = context();
        let table = include_str!("../../../data/vocabulary/countries.tsv");
        for line in table.lines().filter(|l| !l.starts_with('#')) {
            let columns: Vec<&str> = line.split('\t').collect();
            for name in columns[2].split('|') {
                let mut key = String::new();
                write_key(&text::clean(name), &mut key);
                assert_eq!(key, name.replace(' ', ""), "{line}");
                let got = any(Kind::Country, name, &cx);
                match columns[0] {
                    "?" => assert_eq!(got.codes, [Code::AmbiguousValue], "{name}"),
                    "!" => assert_eq!(got.codes, [Code::FormerCountry], "{name}"),
                    _ if name == "NA" => assert_eq!(got.codes, [Code::NullLiteral]),
                    code => assert_eq!(got.value.as_deref(), Some(code), "{name}"),
                }
            }
        }
    }
}
