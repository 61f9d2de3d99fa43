//! Extracts for statistics and tests in which nobody is named (`domain.md` §7.7): keyed pseudonyms of the extract's own,
//! dates of each person shifted by days of their own, values made general, direct identifiers gone.

use super::super::evaluate::rows_of;
use super::super::facts::keys_of;
use super::super::log::{Act, Action, hex, keyed};
use super::super::standing::KeptFact;
use super::super::store::{Person, Store};
use super::super::{Repository, secret};
use crate::access::Right;
use crate::error::Error;
use crate::facts::read_rows;
use crate::field;
use crate::normalize::Kind;
use crate::privacy::LEAST_PEOPLE;
use crate::table::{Column, Table, TextColumn};
use crate::time::Day;
use std::collections::{BTreeMap, BTreeSet};

/// Days by which dates of a person are shifted at most, in either direction.
const SHIFT_DAYS: i32 = 182;
/// Identifiers that are of things, not of people.
const OF_THINGS: [&str; 2] = ["store", "product"];

type Row = BTreeMap<String, String>;

impl<S: Store> Repository<S> {
    /// Tables of an extract: `people`, and one for each family of facts. Pseudonyms and shifts are made with the secret and
    /// the extract's name: the same extract again has the same ones, two extracts have none in common. Birth years and
    /// departments that fewer than five people share are left out.
    ///
    /// # Errors
    /// [`Error::Argument`] for an empty name, without a secret, or when the role may not; those of the store.
    pub fn pseudonymised(&mut self, extract: &str, act: &Act) -> Result<BTreeMap<String, Table>, Error> {
        self.must(Right::Export)?;
        secret::check(&self.store, &self.secret)?;
        let refuse = |argument: &str, reason: &str| Error::Argument {
            argument: argument.into(),
            reason: reason.into(),
        };
        if self.secret.is_empty() {
            return Err(refuse("secret", "is needed to make pseudonyms that nobody can make again"));
        }
        if extract.trim().is_empty() {
            return Err(refuse("extract", "is empty; give it a name: pseudonyms are of one extract only"));
        }
        let mut all: Vec<Person> = Vec::new();
        self.store.each_person(&mut |_, p| all.push(p))?;
        let mut tables: BTreeMap<String, Vec<Row>> = BTreeMap::new();
        let mut people: Vec<Row> = Vec::new();
        for person in &all {
            let (pseudonym, days) = self.disguise(extract, &person.golden_id);
            people.push(self.general(person, &pseudonym, days)?);
            for fact in self.facts_of(person)? {
                if let Some((family, row)) = self.general_fact(&fact, &pseudonym, days)? {
                    tables.entry(family).or_default().push(row);
                }
            }
        }
        hide_few(&mut people, &["department", "birth_year"], "birth_year");
        hide_few(&mut people, &["department"], "department");
        hide_few(&mut people, &["birth_year"], "birth_year");
        tables.insert("people".to_owned(), people);
        self.note(act, Action::Export, format!("pseudonymised extract {extract}, {} people", all.len()))?;
        let mut out = BTreeMap::new();
        for (name, mut rows) in tables {
            // In the order of pseudonyms, which tells nothing.
            rows.sort_by(|a, b| (a.get("pseudonym"), a).cmp(&(b.get("pseudonym"), b)));
            out.insert(name, table(&rows)?);
        }
        Ok(out)
    }

    /// A person's pseudonym in an extract, and the days by which dates are shifted.
    fn disguise(&self, extract: &str, golden_id: &str) -> (String, i32) {
        let part = |what: &str| {
            keyed(&self.secret, [what.as_bytes(), extract.trim().as_bytes(), golden_id.as_bytes()])
                .unwrap_or_default()
        };
        let pseudonym: String = hex(part("pseudonym")).chars().take(20).collect();
        let [a, b, c, d, ..] = part("shift");
        let span = 2 * SHIFT_DAYS as u32;
        let days = (u32::from_le_bytes([a, b, c, d]) % span) as i32 - SHIFT_DAYS;
        // Never by nothing.
        (format!("p{pseudonym}"), if days >= 0 { days + 1 } else { days })
    }

    fn general(&self, person: &Person, pseudonym: &str, days: i32) -> Result<Row, Error> {
        let text = |f: usize| person.values.iter().find(|v| v.field == f).map(|v| v.text.as_str());
        let mut row = Row::from([("pseudonym".to_owned(), pseudonym.to_owned())]);
        let mut put = |name: &str, value: Option<String>| {
            row.extend(value.filter(|v| !v.is_empty()).map(|v| (name.to_owned(), v)));
        };
        put("civility", text(field::CIVILITY).map(str::to_owned));
        put("birth_year", text(field::BIRTH_DATE).and_then(|d| d.get(..4)).map(str::to_owned));
        put("department", text(field::POSTCODE).and_then(department));
        put("country", text(field::COUNTRY).map(str::to_owned));
        put("language", text(field::LANGUAGE).map(str::to_owned));
        put("records", Some(person.members.len().to_string()));
        let mut figures = self.figures(&person.golden_id)?.unwrap_or_default();
        // Days up to a day that everybody knows would give the shift away.
        figures.remove("recency_days");
        for (name, value) in figures {
            put(&name, Some(shifted(&value, days)));
        }
        Ok(row)
    }

    fn general_fact(
        &self,
        fact: &KeptFact,
        pseudonym: &str,
        days: i32,
    ) -> Result<Option<(String, Row)>, Error> {
        let Some(source) = self.plan.sources.get(usize::from(fact.source)) else { return Ok(None) };
        if keys_of(&self.plan, fact)?.owner.is_none() {
            return Ok(None);
        }
        let input = rows_of(source, std::iter::once(fact.cells.as_slice()))?;
        let values = read_rows(&self.plan, source, &input)?.into_iter().next().unwrap_or_default();
        let mut row = Row::from([
            ("pseudonym".to_owned(), pseudonym.to_owned()),
            ("source".to_owned(), source.name.clone()),
        ]);
        for (name, kind, value) in values {
            let told = match kind {
                Kind::Date | Kind::BirthDate => Some(shifted(&value, days)),
                Kind::Identifier if OF_THINGS.contains(&name.as_str()) => Some(value),
                Kind::Amount
                | Kind::Decimal
                | Kind::Integer
                | Kind::Boolean
                | Kind::Category
                | Kind::Consent
                | Kind::Country
                | Kind::Language => Some(value),
                Kind::Postcode => department(&value),
                _ => None,
            };
            row.extend(told.map(|t| (name, t)));
        }
        Ok(Some((source.spec.family.clone(), row)))
    }
}

/// The department of a French postcode: two characters, three overseas.
fn department(postcode: &str) -> Option<String> {
    let digits = if postcode.starts_with("97") || postcode.starts_with("98") { 3 } else { 2 };
    let is_postcode = postcode.len() == 5 && postcode.bytes().all(|b| b.is_ascii_digit());
    postcode.get(..digits).filter(|_| is_postcode).map(str::to_owned)
}

/// Every day in a text moved, and no time of day after one.
fn shifted(value: &str, days: i32) -> String {
    let (mut out, mut rest) = (String::with_capacity(value.len()), value);
    while let Some(c) = rest.chars().next() {
        match rest.get(..10).filter(|t| t.as_bytes()[4] == b'-').and_then(Day::parse_iso) {
            Some(day) => {
                out.push_str(&Day(day.0.saturating_add(days)).to_string());
                rest = &rest[10..];
                if rest.starts_with(['T', ' ']) && rest[1..].starts_with(|c: char| c.is_ascii_digit()) {
                    let end = rest[1..].find(|c: char| !(c.is_ascii_digit() || ":.+-Z".contains(c)));
                    rest = end.map_or("", |e| &rest[1 + e..]);
                }
            }
            None => {
                out.push(c);
                rest = &rest[c.len_utf8()..];
            }
        }
    }
    out
}

/// Takes a value out of rows that too few share in some columns together.
fn hide_few(rows: &mut [Row], shared: &[&str], hidden: &str) {
    let key = |row: &Row| -> Vec<Option<String>> { shared.iter().map(|c| row.get(*c).cloned()).collect() };
    let mut sizes: BTreeMap<Vec<Option<String>>, u64> = BTreeMap::new();
    rows.iter().for_each(|r| *sizes.entry(key(r)).or_default() += 1);
    for row in rows {
        if sizes.get(&key(row)).is_some_and(|n| *n < LEAST_PEOPLE) {
            row.remove(hidden);
        }
    }
}

fn table(rows: &[Row]) -> Result<Table, Error> {
    let mut names: BTreeSet<&String> = rows.iter().flat_map(BTreeMap::keys).collect();
    let first = "pseudonym".to_owned();
    names.remove(&first);
    let columns = std::iter::once(&first).chain(names).map(|name| {
        let texts: TextColumn = rows.iter().map(|r| r.get(name).map(String::as_str)).collect();
        (name.clone(), Column::Plain(texts))
    });
    Table::new(columns.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_become_general() {
        assert_eq!(department("75008").as_deref(), Some("75"));
        assert_eq!(department("97400").as_deref(), Some("974"));
        assert_eq!(department("SW1A 1AA"), None);
        assert_eq!(shifted("2026-03-10", -10), "2026-02-28");
        assert_eq!(shifted("2026-03-10T12:00:00", 1), "2026-03-11");
        assert_eq!(shifted("a1234-5678", 5), "a1234-5678");
        assert_eq!(
            shifted(r#"{"sms":"2026-03-10T12:00:00Z","é":"2026-03-11"}"#, 1),
            r#"{"sms":"2026-03-11","é":"2026-03-12"}"#
        );
    }
}
