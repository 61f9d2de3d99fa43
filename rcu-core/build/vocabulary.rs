//! Countries, languages, currencies and the words around amounts: from the tables of `data/vocabulary` to maps from
//! a written form, without its blanks, to what it means. `src/reference/vocabulary.rs` reads the same encodings.

use super::write_map;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

/// A country's reading stands for several countries, or for a state that is no more.
const AMBIGUOUS: u64 = 1 << 16;
const FORMER: u64 = 2 << 16;
/// A language's reading is a code rather than a name, so it may open a BCP 47 tag.
const IS_CODE: u64 = 1 << 16;
/// A currency's sign is also another currency's; it stands for hundredths.
const SHARED: u64 = 1 << 16;
const HUNDREDTH: u64 = 2 << 16;
/// No currency: the region's own.
const OWN: u64 = 0xffff;

pub fn compile(data: &Path, out: &Path) {
    let read = |name: &str| {
        let path = data.join("vocabulary").join(name);
        std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
    };
    let countries = read("countries.tsv");
    let currencies = read("currencies.tsv");
    write_map(out, "countries.fst", country_readings(&countries));
    write_map(out, "languages.fst", language_readings(&read("languages.tsv")));
    write_map(out, "currencies.fst", currency_signs(&currencies));
    write_map(out, "amount_words.fst", amount_words(&read("amount_words.tsv")));
    std::fs::write(out.join("currencies.rs"), currency_list(&currencies, &countries))
        .expect("OUT_DIR is writable");
}

fn rows(text: &str) -> impl Iterator<Item = Vec<&str>> {
    text.lines().filter(|l| !l.starts_with('#') && !l.is_empty()).map(|l| l.split('\t').collect())
}

fn key(written: &str) -> String {
    written.replace(' ', "")
}

fn pair(code: &str) -> u64 {
    let b = code.as_bytes();
    u64::from(b[0]) << 8 | u64::from(b[1])
}

fn country_readings(text: &str) -> Vec<(String, u64)> {
    let mut pairs = Vec::new();
    for row in rows(text) {
        let value = match row[0] {
            "?" => AMBIGUOUS,
            "!" => FORMER,
            code => pair(code),
        };
        pairs.extend(row[2].split('|').map(|name| (key(name), value)));
    }
    pairs
}

fn language_readings(text: &str) -> Vec<(String, u64)> {
    let mut pairs = Vec::new();
    for row in rows(text) {
        pairs.extend(row[1].split('|').map(|code| (key(code), pair(row[0]) | IS_CODE)));
        let names = row[2].split('|').filter(|n| !n.is_empty());
        pairs.extend(names.map(|name| (key(name), pair(row[0]))));
    }
    // A name that is also a code (LAO) keeps the code's meaning for tags.
    let mut merged: BTreeMap<String, u64> = BTreeMap::new();
    for (k, v) in pairs {
        *merged.entry(k).or_insert(v) |= v & IS_CODE;
    }
    merged.into_iter().collect()
}

/// Positions of the currencies in the order of the file, which is that of precedence.
fn positions(text: &str) -> BTreeMap<&str, u64> {
    let codes = rows(text).filter(|r| r[1] != "100").map(|r| r[0]);
    codes.enumerate().map(|(i, code)| (code, i as u64)).collect()
}

/// `sign` to the first currency that has it; `sign CODE` for every other and for those read in their region only.
fn currency_signs(text: &str) -> Vec<(String, u64)> {
    let at = positions(text);
    let mut signs: BTreeMap<String, u64> = BTreeMap::new();
    for row in rows(text) {
        let hundredth = row[1] == "100";
        let value = at.get(row[0]).copied().unwrap_or(OWN) | if hundredth { HUNDREDTH } else { 0 };
        for sign in row[3].split('|') {
            if let Some(local) = sign.strip_prefix('~') {
                signs.insert(format!("{local} {}", row[0]), value);
            } else if let Some(first) = signs.get_mut(sign) {
                *first |= SHARED;
                signs.insert(format!("{sign} {}", row[0]), value);
            } else {
                signs.insert(sign.to_owned(), value);
            }
        }
    }
    signs.into_iter().collect()
}

/// Low byte: what the word is; above it, the power of ten that it multiplies by.
fn amount_words(text: &str) -> Vec<(String, u64)> {
    let mut pairs = Vec::new();
    for row in rows(text) {
        let value = match row[0] {
            "label" => 0,
            "ht" => 1,
            "ttc" => 2,
            "link" => 3,
            number => {
                let (kind, number) = number.strip_prefix("en:").map_or((4, number), |n| (5, n));
                kind | (number.len() as u64 - 1) << 8
            }
        };
        pairs.extend(row[1].split('|').map(|word| (key(word), value)));
    }
    pairs
}

/// Rust source: the currencies in order, and the position of the currency of each pair of letters.
fn currency_list(currencies: &str, countries: &str) -> String {
    let at = positions(currencies);
    let mut source = String::from("static CURRENCIES: &[Entry] = &[\n");
    for row in rows(currencies).filter(|r| r[1] != "100") {
        let (code, digits, legacy) = (row[0], row[1], row[2] == "legacy");
        let _ = writeln!(source, "    Entry {{ code: {code:?}, digits: {digits}, legacy: {legacy} }},");
    }
    let mut regions = [0u8; 26 * 26];
    for row in rows(countries).filter(|r| r[1] != "-") {
        let b = row[0].as_bytes();
        let slot = usize::from(b[0] - b'A') * 26 + usize::from(b[1] - b'A');
        regions[slot] = u8::try_from(at[row[1]]).expect("fewer than 256 currencies");
    }
    let _ = writeln!(source, "];\nstatic CURRENCY_OF_REGION: [u8; 676] = {regions:?};");
    source
}
