//! The kind `person_name`: the parts of a whole name in normal form.
//!
//! The value is `LAST, FIRST MIDDLE` (the order of registers; the comma keeps the split), `LAST, -` for a family name of
//! several words without a given name, or a single word. What a comma or capitals say of the order is believed; the rule of
//! misfiled names is the record's (`level.rs`). Civility, birth name, suffix and nickname are `extra` only.

use super::{Parts, split};
use crate::normalize::name::fold::Folded;
use crate::normalize::name::{fast, key, mojibake, rules};
use crate::normalize::{Code, Context, Output, begin, text};
use crate::reference::names::{Civility, NameTables};

/// Longest family name, and longest given names together, in letters and spaces.
const LONGEST: usize = 80;

/// A name's parts in normal form.
#[derive(Debug, Default)]
struct Person {
    civility: Option<Civility>,
    first: String,
    partner: String,
    middle: String,
    last: String,
    birth: String,
    suffix: Option<&'static str>,
    qualification: String,
    nickname: String,
    commented: bool,
    digits: bool,
    symbols: bool,
    non_latin: bool,
}

/// Whole name. `extra`: `civility`, `first_name`, `partner_first_name` (of a couple), `middle`, `last_name`,
/// `birth_name`, `suffix` (a generation), `qualification` (degrees, functions), `nickname`, `company_name`.
pub fn normalize(raw: &str, cx: &Context, out: &mut Output) {
    read(raw, cx, out);
    // Scripts whose marks and capitals come apart may read otherwise the second time: such a text is nobody's name.
    if !out.text.is_ascii() {
        let mut again = Output::new();
        read(&out.text, cx, &mut again);
        if again.text != out.text {
            out.text.clear();
            out.code(Code::Placeholder);
        }
    }
}

fn read(raw: &str, cx: &Context, out: &mut Output) {
    let tables = &cx.tables.names;
    let repaired = mojibake::repair(raw);
    let Some(clean) = begin(repaired.as_deref().unwrap_or(raw), out, text::is_null_literal_in_name) else {
        return;
    };
    if repaired.is_some() {
        out.code(Code::MojibakeRepaired);
    }
    if rules::encoding_lost(&clean) {
        return out.code(Code::EncodingLost);
    }
    let whole = Folded::of(&clean);
    if whole.letters() == 0 || (whole.letters() < 2 && whole.cased && whole.digits) {
        return out.code(Code::NotAName);
    }
    // `STE, JEAN` is a person: a comma ends the words that a company word may stand before.
    let is_company = |name: &str, whole: &Folded| match name.contains(',') {
        true => name.split(',').any(|part| rules::is_company(part, &Folded::of(part), tables.words())),
        false => rules::is_company(name, whole, tables.words()),
    };
    if is_company(&clean, &whole) {
        out.extra("company_name", clean.trim().to_owned());
        return out.code(Code::CompanyInName);
    }
    if rules::is_nobody(&whole.join(&whole.words), rules::Field::Last, tables.words()) {
        return out.code(Code::Placeholder);
    }
    let mut person = Person::of(&split(&clean, cx), cx);
    let mut value = person.value();
    // The value is a name again, and a word may read otherwise without what stood around it: the normal form is the one
    // that reads as itself. Each round drops or moves a word, so there are no more rounds than words.
    let plain = person.is_plain(&value, tables);
    let words = value.split(' ').count().min(2 * LONGEST);
    for _ in 0..if plain { 0 } else { words + 2 } {
        let mut again = Person::of(&split(&value, cx), cx);
        let next = again.value();
        if next == value {
            break;
        }
        again.inherit(&mut person);
        (person, value) = (again, next);
    }
    // What is left once marks and qualifications are gone may be nobody's name.
    let left = Folded::of(&value);
    let odd = !plain || !value.is_ascii() || value.len() < 3;
    if odd && rules::is_nobody(&left.join(&left.words), rules::Field::Last, tables.words()) {
        return out.code(Code::Placeholder);
    }
    if !plain && is_company(&value, &left) {
        out.extra("company_name", clean.trim().to_owned());
        return out.code(Code::CompanyInName);
    }
    person.report(value, tables, out);
}

impl Person {
    fn of(parts: &Parts, cx: &Context) -> Person {
        let tables = &cx.tables.names;
        let mut p = Person { civility: civility(&parts.title, tables), ..Person::default() };
        let (given, partner) = couple(&parts.given);
        p.first = p.fold(given);
        p.partner = p.fold(partner);
        p.middle = p.fold(&parts.middle);
        p.last = p.fold(&parts.family);
        p.birth = p.fold(&parts.maiden);
        p.nickname = p.fold(&parts.nickname);
        p.read_nickname(parts.bracketed, cx);
        p.join_compound(tables);
        if !p.partner.is_empty() {
            p.civility = Some(Civility::Couple);
        }
        for word in parts.suffix.split([' ', ',']).filter(|w| !w.is_empty()) {
            let folded = text::fold_upper(word).replace('.', "");
            match key::suffix_form(&folded) {
                Some(s) if p.suffix.is_none() => p.suffix = Some(s),
                _ => {
                    if !p.qualification.is_empty() {
                        p.qualification.push(' ');
                    }
                    p.qualification.push_str(&folded);
                }
            }
        }
        p
    }

    fn fold(&mut self, written: &str) -> String {
        if written.is_empty() {
            return String::new();
        }
        let folded = Folded::of(&text::clean(written));
        self.digits |= folded.digits;
        self.symbols |= folded.symbols;
        self.non_latin |= folded.non_latin;
        folded.join(&folded.words)
    }

    /// `dit Jeannot` is a nickname, `(pro)` a comment (`domain.md` §2.3): what stands in brackets has to be a name.
    fn read_nickname(&mut self, bracketed: bool, cx: &Context) {
        let tables = &cx.tables.names;
        let said = ["DIT ", "DITE ", "ALIAS ", "AKA ", "SURNOMME ", "SURNOMMEE "]
            .iter()
            .find_map(|w| self.nickname.strip_prefix(w));
        if let Some(name) = said {
            self.nickname = name.to_owned();
        } else if bracketed && super::is_french(cx.region) {
            let first = self.nickname.split(' ').next().unwrap_or("");
            if !tables.is_first_name(&self.nickname)
                && !tables.is_first_name(first)
                && !tables.is_nickname(first)
            {
                self.nickname.clear();
                self.commented = true;
            }
        }
    }

    /// `Jean Pierre` without its hyphen is one first name when it is listed as one.
    fn join_compound(&mut self, tables: &NameTables) {
        let mut best = 0;
        let whole = format!("{} {}", self.first, self.middle);
        let ends = whole.match_indices(' ').map(|(i, _)| i).chain([whole.len()]);
        for end in ends.filter(|e| *e > self.first.len()) {
            if !self.middle.is_empty() && tables.is_first_name(whole.get(..end).unwrap_or("")) {
                best = end;
            }
        }
        if best > 0 {
            self.first = whole.get(..best).unwrap_or("").to_owned();
            self.middle = whole.get(best..).unwrap_or("").trim().to_owned();
        }
    }

    /// Whether every word of the value is a name and nothing else, so that it reads as itself.
    fn is_plain(&self, value: &str, tables: &NameTables) -> bool {
        !self.last.is_empty()
            && !self.first.is_empty()
            && value.is_ascii()
            && value.split([',', ' ']).all(|w| w.is_empty() || (w.len() > 1 && tables.words().flags(w) == 0))
    }

    fn value(&self) -> String {
        let mut given = self.first.clone();
        if !self.middle.is_empty() {
            if !given.is_empty() {
                given.push(' ');
            }
            given.push_str(&self.middle);
        }
        match (self.last.is_empty(), given.is_empty()) {
            (true, _) => given,
            (false, true) if self.last.contains(' ') => format!("{}, -", self.last),
            (false, true) => self.last.clone(),
            (false, false) => format!("{}, {given}", self.last),
        }
    }

    /// Takes over what the first reading found around the name.
    fn inherit(&mut self, from: &mut Person) {
        self.civility = self.civility.or(from.civility);
        self.suffix = self.suffix.or(from.suffix);
        self.commented |= from.commented;
        self.digits |= from.digits;
        self.symbols |= from.symbols;
        for (mine, theirs) in [
            (&mut self.partner, &mut from.partner),
            (&mut self.birth, &mut from.birth),
            (&mut self.qualification, &mut from.qualification),
            (&mut self.nickname, &mut from.nickname),
        ] {
            if mine.is_empty() {
                std::mem::swap(mine, theirs);
            }
        }
    }

    fn report(self, value: String, tables: &NameTables, out: &mut Output) {
        if self.commented {
            out.code(Code::CommentRemoved);
        }
        if self.digits {
            out.code(Code::DigitsRemoved);
        }
        if self.symbols {
            out.code(Code::CharSubstituted);
        }
        if self.civility == Some(Civility::Couple) {
            out.code(Code::Couple);
        }
        if let Some(c) = self.civility {
            out.code(Code::CivilityExtracted);
            out.extra("civility", c.as_str());
        }
        if !self.birth.is_empty() {
            out.code(Code::BirthNameExtracted);
        }
        if self.non_latin {
            out.code(Code::NonLatin);
        }
        if !self.first.is_empty() && self.first.is_ascii() && self.first.split(' ').all(|w| w.len() == 1) {
            out.code(Code::Initials);
        }
        let words = tables.words();
        let nobody = |s: &str| rules::is_nobody(s, rules::Field::Last, words);
        let (last, given) = value.split_once(", ").unwrap_or((&value, "-"));
        let folded = Folded::of(&value);
        if value.is_empty()
            || nobody(&folded.join(&folded.words))
            || (nobody(last) && (given == "-" || nobody(given)))
        {
            return out.code(Code::Placeholder);
        }
        if value.len() == 1 {
            return out.code(Code::TooShort);
        }
        if last.chars().count() > LONGEST || given.chars().count() > LONGEST {
            return out.code(Code::TooLong);
        }
        let in_last = of_field(last, rules::Field::Last, tables);
        let in_first =
            if given == "-" { String::new() } else { of_field(given, rules::Field::First, tables) };
        // `L, XXX`: two parts, none of which is a name.
        if in_last.is_empty() && in_first.is_empty() {
            let letter = value.chars().count() == 1;
            return out.code(if letter { Code::TooShort } else { Code::Placeholder });
        }
        for (name, part) in [
            ("first_name", self.first),
            ("partner_first_name", self.partner),
            ("middle", self.middle),
            ("last_name", self.last),
            ("birth_name", self.birth),
            ("qualification", self.qualification),
            ("nickname", self.nickname),
        ] {
            // A part is what its own field would make of it, or nothing: a family name of one letter, a word for nobody
            // (`domain.md` §2.3).
            let field = match name {
                "last_name" | "birth_name" => Some(rules::Field::Last),
                "first_name" => Some(rules::Field::First),
                _ => None,
            };
            let part = match field {
                Some(rules::Field::First) => match of_field(&part, rules::Field::First, tables) {
                    // The first of several given names may be none: `XXX Jean`, `00 Jean`.
                    refused if refused.is_empty() => in_first.clone(),
                    read => read,
                },
                Some(field) => of_field(&part, field, tables),
                None => part,
            };
            if !part.is_empty() {
                out.extra(name, part);
            }
        }
        if let Some(s) = self.suffix {
            out.extra("suffix", s);
        }
        out.text.push_str(&value);
    }
}

/// A name as its own field would write it; empty when it would be refused.
fn of_field(name: &str, field: rules::Field, tables: &NameTables) -> String {
    let mut out = Output::new();
    if !fast::write(name, tables.words().triggers(), &mut out.text) {
        rules::normalize(name, field, tables, &mut out);
    }
    out.value().unwrap_or_default().to_owned()
}

/// The civility among titles: a couple, else the one that tells a gender, else the first.
fn civility(title: &str, tables: &NameTables) -> Option<Civility> {
    let mut found: Option<Civility> = None;
    for t in title.split(' ').filter(|t| !t.is_empty()) {
        let key = text::fold_upper(t).replace('.', "");
        let key = match key.as_str() {
            "PROF" | "PROFESSOR" | "PROFESSEURE" => "PR",
            "DOCTOR" | "DOCTORESSE" => "DR",
            "MESSIEURS" | "MM" => "M",
            other => other,
        };
        let Some(c) = tables.words().civility(key) else { continue };
        found = match (found, found.and_then(Civility::gender), c.gender()) {
            (Some(_), Some(a), Some(b)) if a != b => Some(Civility::Couple),
            (None, _, _) | (Some(_), None, Some(_)) => Some(c),
            (kept, _, _) => kept,
        };
    }
    found
}

/// The two given names of a couple: `John & Jill`.
fn couple(given: &str) -> (&str, &str) {
    for joint in [" & ", " + ", " et ", " ET ", " Et ", " and ", " AND ", " And ", " und ", " ou "] {
        if let Some((a, b)) = given.split_once(joint) {
            return (a, b);
        }
    }
    (given, "")
}
