//! Postcodes and communes in one compact file: names front-coded in sorted order, then for every postcode the numbers
//! of its names, official ones first, other labels next, former communes last. `src/reference/postal.rs` reads it.

use crate::gunzip;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

const COMMUNE: u8 = 0;
const LABEL: u8 = 1;
const FORMER: u8 = 2;

pub fn compile(data: &Path, out: &Path) {
    let data = data.join("postal");
    let communes = gunzip(&data.join("communes.csv.gz"));
    let postal = gunzip(&data.join("postal_codes.csv.gz"));
    let mut table = Table { only: only_communes(&postal, &communes), ..Table::default() };
    let additions = std::fs::read_to_string(data.join("additions.csv")).expect("additions.csv is there");
    table.read_postal_codes(&postal);
    table.read_communes(&communes);
    for [code, name, ..] in rows(&additions) {
        table.add(code, &key(name), COMMUNE);
    }
    std::fs::write(out.join("postal.bin"), table.encode()).expect("OUT_DIR is writable");
}

#[derive(Default)]
struct Table {
    /// Kind of each pair; the lowest one wins.
    pairs: BTreeMap<(u32, String), u8>,
    population: BTreeMap<String, u64>,
    /// INSEE code of the commune of a postcode that has one only.
    only: BTreeMap<String, String>,
    /// Postcodes of each commune, by its INSEE code.
    codes: BTreeMap<String, BTreeSet<String>>,
}

/// Postcodes of one commune. The tax office's base (FIMOCT) lists a neighbour for a few of its ways, the communes'
/// list does not, and the other way round: one of the two lists is enough.
fn only_communes(postal: &str, communes: &str) -> BTreeMap<String, String> {
    let mut by_way: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut by_commune: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for [code, insee, ..] in rows(postal) {
        by_way.entry(code).or_default().insert(insee);
    }
    for [insee, _, kind, _, _, codes, _] in rows(communes) {
        if kind == "commune-actuelle" {
            for code in codes.split(' ').filter(|c| !c.is_empty()) {
                by_commune.entry(code).or_default().insert(insee);
            }
        }
    }
    let mut only = BTreeMap::new();
    for list in [by_commune, by_way] {
        for (code, communes) in list {
            if communes.len() == 1 {
                only.extend(communes.iter().map(|insee| (code.to_owned(), (*insee).to_owned())));
            }
        }
    }
    only
}

impl Table {
    fn commune_kind(&self, code: &str, insee: &str) -> u8 {
        if self.only.get(code).is_some_and(|only| only != insee) { LABEL } else { COMMUNE }
    }

    fn add(&mut self, code: &str, name: &str, kind: u8) {
        let code: u32 = code.parse().unwrap_or_else(|_| panic!("postcode {code}"));
        let slot = self.pairs.entry((code, name.to_owned())).or_insert(kind);
        *slot = kind.min(*slot);
    }

    fn read_postal_codes(&mut self, csv: &str) {
        let mut names: BTreeSet<(&str, String)> = BTreeSet::new();
        for [code, _, name, _, ..] in rows(csv) {
            names.insert((code, key(name)));
        }
        for [code, insee, name, label, ..] in rows(csv) {
            let (name, label) = (key(name), key(label));
            self.codes.entry(insee.to_owned()).or_default().insert(code.to_owned());
            // A label that is another commune's name: that one's post office serves some ways of this one.
            let served_by_other = label != name && names.contains(&(code, label.clone()));
            let kind = if served_by_other { LABEL } else { self.commune_kind(code, insee) };
            self.add(code, &name, kind);
            if label != name {
                self.add(code, &label, LABEL);
            }
        }
    }

    fn read_communes(&mut self, csv: &str) {
        for [insee, name, kind, _, population, codes, _] in rows(csv) {
            let name = key(name);
            if !matches!(kind, "commune-actuelle" | "arrondissement-municipal") {
                continue;
            }
            let people: u64 = population.parse().unwrap_or(0);
            let slot = self.population.entry(name.clone()).or_default();
            *slot = if kind == "commune-actuelle" { people.max(*slot) } else { *slot + people };
            for code in codes.split(' ').filter(|c| !c.is_empty()) {
                // Paris as a whole has every one of its postcodes; so have its arrondissements one by one.
                self.add(code, &name, self.commune_kind(code, insee));
                self.codes.entry(insee.to_owned()).or_default().insert(code.to_owned());
            }
        }
        for [_, name, kind, _, _, _, head] in rows(csv) {
            if !matches!(kind, "commune-deleguee" | "commune-associee") {
                continue;
            }
            for code in self.codes.get(head).cloned().unwrap_or_default() {
                self.add(&code, &key(name), FORMER);
            }
        }
    }

    fn encode(&self) -> Vec<u8> {
        let names: BTreeSet<&str> = self.pairs.keys().map(|(_, name)| name.as_str()).collect();
        let number: BTreeMap<&str, u16> = names
            .iter()
            .enumerate()
            .map(|(i, n)| (*n, u16::try_from(i).expect("at most 65536 names")))
            .collect();
        let mut to = Vec::new();
        to.extend((names.len() as u32).to_le_bytes());
        let mut previous = "";
        for name in &names {
            let shared = name.bytes().zip(previous.bytes()).take_while(|(a, b)| a == b).count();
            to.push(shared as u8);
            to.push((name.len() - shared) as u8);
            to.extend(&name.as_bytes()[shared..]);
            // Size of the commune as the number of bits of its population.
            let people = self.population.get(*name).copied().unwrap_or(0);
            to.push((64 - people.leading_zeros()) as u8);
            previous = name;
        }
        let mut by_code: BTreeMap<u32, [Vec<u16>; 3]> = BTreeMap::new();
        for ((code, name), kind) in &self.pairs {
            by_code.entry(*code).or_default()[*kind as usize].push(number[name.as_str()]);
        }
        to.extend((by_code.len() as u32).to_le_bytes());
        let mut previous = 0;
        for (code, kinds) in &by_code {
            to.extend(((code - previous) as u16).to_le_bytes());
            previous = *code;
            for numbers in kinds {
                to.push(u8::try_from(numbers.len()).expect("at most 255 names of a kind for a postcode"));
            }
            for number in kinds.iter().flatten() {
                to.extend(number.to_le_bytes());
            }
        }
        to
    }
}

/// Rows of a CSV without quotes, up to seven cells, heading and remarks left out.
fn rows(csv: &str) -> impl Iterator<Item = [&str; 7]> {
    csv.lines().filter(|l| !l.is_empty() && !l.starts_with('#')).skip(1).map(|line| {
        assert!(!line.contains('"'), "quoted cell: {line}");
        let mut row = [""; 7];
        for (cell, text) in row.iter_mut().zip(line.split(',')) {
            *cell = text;
        }
        row
    })
}

/// The normal form of a locality (`domain.md` §2.5, `city`): what the city normaliser makes of it, which a test checks.
fn key(name: &str) -> String {
    let mut folded = String::new();
    for c in name.chars() {
        match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' => folded.push(c.to_ascii_uppercase()),
            'à'..='å' | 'À'..='Å' => folded.push('A'),
            'ç' | 'Ç' => folded.push('C'),
            'è'..='ë' | 'È'..='Ë' => folded.push('E'),
            'ì'..='ï' | 'Ì'..='Ï' => folded.push('I'),
            'ñ' | 'Ñ' => folded.push('N'),
            'ò'..='ö' | 'Ò'..='Ö' | 'ō' => folded.push('O'),
            'ù'..='ü' | 'Ù'..='Ü' => folded.push('U'),
            'ÿ' | 'Ÿ' => folded.push('Y'),
            'œ' | 'Œ' => folded.push_str("OE"),
            'æ' | 'Æ' => folded.push_str("AE"),
            ' ' | '-' | '\'' | '’' | '(' | ')' | '/' | '.' => folded.push(if c == '(' { '(' } else { ' ' }),
            _ => panic!("a letter without a fold: {c} in {name}"),
        }
    }
    // ROCHELLE (LA)
    if let Some((head, article)) = folded.split_once('(') {
        folded = format!("{article} {head}");
    }
    let mut words: Vec<&str> = folded.split(' ').filter(|w| !w.is_empty()).collect();
    if matches!(words[..], ["PARIS" | "LYON" | "MARSEILLE", second, ..] if second.starts_with(|c: char| c.is_ascii_digit()))
    {
        words.truncate(1);
    }
    while words.len() > 1 && words[words.len() - 1].bytes().all(|b| b.is_ascii_digit()) {
        words.pop();
    }
    // The base knows no office; where a label is one, its town is what counts.
    if words.len() > 1 && words[words.len() - 1] == "CEDEX" {
        words.pop();
    }
    let last = words.len() - 1;
    for word in &mut words[..last] {
        match *word {
            "ST" => *word = "SAINT",
            "STE" => *word = "SAINTE",
            _ => {}
        }
    }
    words.join(" ")
}
