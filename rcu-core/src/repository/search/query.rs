//! What a search asks for, field by field or as one line of text.

use crate::time::days_in_month;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is known of the person that is looked for: whole, its beginning, or mistyped. At least one of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Search {
    /// A golden id, also one that a merge took in, or `source:record id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Last name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_name: Option<String>,
    /// First name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_name: Option<String>,
    /// Names in any order, a city behind them if need be; used where `last_name` and `first_name` are absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// E-mail address, or what comes before the `@`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Telephone number in any form, mobile or not, or its last figures (four at least).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Loyalty card, or its last characters (four at least).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub loyalty_card: Option<String>,
    /// Postcode, or its first two figures or more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postcode: Option<String>,
    /// City.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// Birth date in any form, or the year.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub birth_date: Option<String>,
    /// The purpose that it is for; without one, those that the role works for. What a purpose may not use finds nobody and
    /// is not shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// People wanted.
    pub most: usize,
    /// Records looked at, at most. Keys that lead to more are left out and named in the answer.
    pub scored: usize,
}

impl Default for Search {
    fn default() -> Self {
        Search {
            id: None,
            last_name: None,
            first_name: None,
            name: None,
            email: None,
            phone: None,
            loyalty_card: None,
            postcode: None,
            city: None,
            birth_date: None,
            purpose: None,
            most: 10,
            scored: 2_000,
        }
    }
}

impl Search {
    /// Reads one line: an e-mail address, a telephone number, a date, a postcode, a card, an id are recognised by their
    /// shape; the other words are names, and perhaps a city.
    ///
    /// # Examples
    /// ```
    /// use rcu_core::repository::Search;
    /// let search = Search::parse("dupont jean 75011 06 12 34 56 78");
    /// assert_eq!(search.name.as_deref(), Some("dupont jean"));
    /// assert_eq!(search.phone.as_deref(), Some("0612345678"));
    /// assert_eq!(search.postcode.as_deref(), Some("75011"));
    /// ```
    pub fn parse(text: &str) -> Search {
        let mut search = Search::default();
        let words: Vec<&str> = text
            .split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '|'))
            .filter(|w| !w.is_empty())
            .collect();
        let mut names: Vec<&str> = Vec::new();
        let mut i = 0;
        while let Some(word) = words.get(i) {
            let rest = words.get(i..).unwrap_or(&[]);
            let (read, used) = recognise(word, rest);
            i += used;
            let slot = match &read {
                Shape::Name => {
                    names.push(word);
                    continue;
                }
                Shape::Email(_) => &mut search.email,
                Shape::Id(_) => &mut search.id,
                Shape::Phone(_) => &mut search.phone,
                Shape::Date(_) => &mut search.birth_date,
                Shape::Postcode(_) => &mut search.postcode,
                Shape::Card(_) => &mut search.loyalty_card,
            };
            // Of two of a kind the first counts.
            let (Shape::Email(t)
            | Shape::Id(t)
            | Shape::Phone(t)
            | Shape::Date(t)
            | Shape::Postcode(t)
            | Shape::Card(t)) = read
            else {
                continue;
            };
            slot.get_or_insert(t);
        }
        if !names.is_empty() {
            search.name = Some(names.join(" "));
        }
        search
    }
}

/// What a word is by its shape.
enum Shape {
    Name,
    Email(String),
    Id(String),
    Phone(String),
    Date(String),
    Postcode(String),
    Card(String),
}

/// The shape of the first of some words, and how many of them it takes.
fn recognise(word: &str, words: &[&str]) -> (Shape, usize) {
    let digits = |w: &str| w.chars().filter(char::is_ascii_digit).collect::<String>();
    if word.contains('@') {
        return (Shape::Email(word.to_owned()), 1);
    }
    if is_golden_id(word) || word.split_once(':').is_some_and(|(s, id)| !s.is_empty() && !id.is_empty()) {
        return (Shape::Id(word.to_owned()), 1);
    }
    let numeric = |w: &&&str| {
        w.contains(|c: char| c.is_ascii_digit())
            && w.chars().all(|c| c.is_ascii_digit() || matches!(c, '+' | '.' | '-' | '/' | '(' | ')'))
    };
    let run: Vec<&str> = words.iter().take_while(numeric).copied().collect();
    let Some(first) = run.first() else {
        let figures = digits(word).len();
        // A card may have letters; a name has no figures.
        let card = figures >= 3 && word.len() >= 6 && word.chars().all(|c| c.is_ascii_alphanumeric());
        return if card { (Shape::Card(word.to_owned()), 1) } else { (Shape::Name, 1) };
    };
    if is_date(first) {
        return (Shape::Date((*first).to_owned()), 1);
    }
    if let [d, m, y, ..] = run.as_slice()
        && y.len() == 4
        && is_date(&format!("{d}/{m}/{y}"))
    {
        return (Shape::Date(format!("{d}/{m}/{y}")), 3);
    }
    let mut number = String::new();
    for (n, part) in run.iter().enumerate() {
        number.push_str(&digits(part));
        let abroad = first.starts_with('+') || first.starts_with("00");
        let ends = run.get(n + 1).is_none();
        let whole = match abroad {
            true => number.len() >= 11 && (ends || number.trim_start_matches("00").len() >= 11),
            false => number.len() == 10 && number.starts_with('0'),
        };
        if whole {
            let plus = if first.starts_with('+') { "+" } else { "" };
            return (Shape::Phone(format!("{plus}{number}")), n + 1);
        }
    }
    let own = digits(first);
    let shape = match own.len() {
        1..=3 | 5 => Shape::Postcode(own),
        4 if matches!(own.as_bytes(), [b'1', b'9', ..] | [b'2', b'0', ..]) => Shape::Date(own),
        8 if is_date(&format!("{}/{}/{}", &own[..2], &own[2..4], &own[4..])) => Shape::Date(own),
        8 if is_date(&format!("{}/{}/{}", &own[6..], &own[4..6], &own[..4])) => Shape::Date(own),
        4 | 6..=9 => Shape::Phone(own),
        10 | 11 if own.starts_with('0') => Shape::Phone(own),
        _ => Shape::Card(own),
    };
    (shape, 1)
}

/// `g` and sixteen letters or digits, some of them digits.
fn is_golden_id(word: &str) -> bool {
    let rest = word.strip_prefix('g').unwrap_or("");
    rest.len() == 16
        && rest.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_lowercase())
        && rest.bytes().any(|b| b.is_ascii_digit())
}

/// Three numbers that are a day, the year first or last.
fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split(['/', '-', '.']).collect();
    let [a, b, c] = parts.as_slice() else { return false };
    let number = |t: &str| t.parse::<u32>().ok();
    let (y, m, d) = if a.len() == 4 { (a, b, c) } else { (c, b, a) };
    let (Some(year), Some(month), Some(day)) = (number(y), number(m), number(d)) else { return false };
    let year_shape = y.len() == 4 && (1850..2100).contains(&year) || y.len() == 2 && text.contains('/');
    let days = |m: u32| if (1..=12).contains(&m) { days_in_month(2000, m) } else { 0 };
    // Day and month may stand in the American order.
    year_shape
        && m.len() <= 2
        && d.len() <= 2
        && ((1..=days(month)).contains(&day) || (1..=days(day)).contains(&month))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Vec<(&'static str, String)> {
        let s = Search::parse(text);
        [
            ("id", s.id),
            ("name", s.name),
            ("email", s.email),
            ("phone", s.phone),
            ("card", s.loyalty_card),
            ("cp", s.postcode),
            ("born", s.birth_date),
        ]
        .into_iter()
        .filter_map(|(what, text)| Some((what, text?)))
        .collect()
    }

    #[test]
    fn a_line_is_read_by_the_shapes_of_its_words() {
        for (text, want) in [
            ("dupont jean 75011 06 12 34 56 78", "name=dupont jean phone=0612345678 cp=75011"),
            ("06.12.34.56.78, M. Le Goff", "name=M. Le Goff phone=0612345678"),
            ("+33 6 12 34 56 78 dupont", "name=dupont phone=+33612345678"),
            ("0033612345678", "phone=0033612345678"),
            ("jean.dupont@free.fr 12/03/1970", "email=jean.dupont@free.fr born=12/03/1970"),
            ("dupont 12 03 1970", "name=dupont born=12/03/1970"),
            ("dupont 1970-03-12 paris", "name=dupont paris born=1970-03-12"),
            ("dupont 12031970", "name=dupont born=12031970"),
            ("dupont 1970", "name=dupont born=1970"),
            ("2900278135080", "card=2900278135080"),
            ("FID00123", "card=FID00123"),
            ("till:C0042", "id=till:C0042"),
            ("g0123456789abcdef", "id=g0123456789abcdef"),
            ("5678", "phone=5678"),
            ("martin 75", "name=martin cp=75"),
            ("612345678", "phone=612345678"),
            ("75011 0612345678", "phone=0612345678 cp=75011"),
            ("", ""),
        ] {
            let found: Vec<String> = told(text).into_iter().map(|(k, v)| format!("{k}={v}")).collect();
            assert_eq!(found.join(" "), want, "{text}");
        }
    }

    #[test]
    fn no_text_panics() {
        for text in ["+", "0", "@", ":", "//", "12/", "é12", "(((", "1 2 3 4 5 6 7 8 9", "٣٤", "99999999"]
        {
            told(text);
        }
    }
}
