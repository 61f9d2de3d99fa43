//! Conditions on the other fields of a record or of a golden record: a small typed language, read once, never run as
//! code.
//!
//! ```text
//! country = 'FR' and (updated_at >= 2024-01-01 or source in ('crm', 'web')) and email is known
//! ```

use super::decimal;
use crate::error::did_you_mean;
use crate::field::{CompiledField, FieldIx};
use crate::intern::Pool;
use crate::normalize::Status;
use crate::normalize::{Context, Kind, any};
use crate::records::{FieldColumn, Mark, Record, Records};
use crate::time::Day;
use std::cmp::Ordering;

/// What a comparison looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operand {
    /// A canonical field.
    Field(FieldIx),
    /// The record's source; of a person, each of their sources.
    Source,
    /// The record's date of change.
    UpdatedAt,
    /// Days from the record's date of change to the reference day.
    AgeDays,
    /// Of the value in question: `verified` is not known here, so `ok` or `corrected`.
    Status,
    /// How many records a person has.
    Records,
}

/// How a value is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Check {
    Missing,
    /// Order to a literal; which orders hold.
    Number(Accept, String),
    Day(Accept, Day),
    Text(Accept, String),
    In(Vec<String>),
    StartsWith(String),
    EndsWith(String),
    Contains(String),
}

/// Which of less, equal, greater hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Accept([bool; 3]);

impl Accept {
    fn of(operator: &str) -> Option<Accept> {
        Some(Accept(match operator {
            "=" => [false, true, false],
            "!=" => [true, false, true],
            "<" => [true, false, false],
            "<=" => [true, true, false],
            ">" => [false, false, true],
            ">=" => [false, true, true],
            _ => return None,
        }))
    }

    fn holds(self, order: Ordering) -> bool {
        self.0[(order as i8 + 1) as usize]
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Test {
    on: Operand,
    check: Check,
}

impl Test {
    /// Whether a text fulfils the comparison; a missing one fulfils only `is missing`.
    fn holds(&self, text: Option<&str>) -> bool {
        let Some(text) = text else { return self.check == Check::Missing };
        match &self.check {
            Check::Missing => false,
            Check::Number(accept, n) => accept.holds(decimal::compare(text, n)),
            Check::Day(accept, day) => Day::parse_iso(text).is_some_and(|d| accept.holds(d.cmp(day))),
            Check::Text(accept, t) => accept.holds(text.cmp(t)),
            Check::In(list) => list.iter().any(|t| t == text),
            Check::StartsWith(t) => text.starts_with(t.as_str()),
            Check::EndsWith(t) => text.ends_with(t.as_str()),
            Check::Contains(t) => text.contains(t.as_str()),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Node {
    All(Vec<Node>),
    Any(Vec<Node>),
    Not(Box<Node>),
    Test(usize),
}

impl Node {
    fn holds(&self, test: &dyn Fn(usize) -> bool) -> bool {
        match self {
            Node::All(list) => list.iter().all(|n| n.holds(test)),
            Node::Any(list) => list.iter().any(|n| n.holds(test)),
            Node::Not(n) => !n.holds(test),
            Node::Test(i) => test(*i),
        }
    }
}

/// A condition that was read and found sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    tests: Vec<Test>,
    node: Node,
}

/// What a condition is about, and so which names it may use besides fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// One record.
    Record,
    /// A person's golden record.
    Golden,
}

impl About {
    fn names(self) -> &'static [(&'static str, Operand)] {
        match self {
            About::Record => &[
                ("source", Operand::Source),
                ("updated_at", Operand::UpdatedAt),
                ("age_days", Operand::AgeDays),
                ("status", Operand::Status),
            ],
            About::Golden => &[("source", Operand::Source), ("records", Operand::Records)],
        }
    }
}

/// What names in a condition stand for.
#[derive(Debug, Clone, Copy)]
pub struct Names<'a> {
    /// Canonical fields.
    pub fields: &'a [CompiledField],
    /// Sources by position.
    pub sources: &'a [&'a str],
    /// Conventions by which literals are normalised as the field's values are.
    pub context: &'a Context,
}

impl Condition {
    /// Reads a condition.
    ///
    /// # Errors
    /// What is wrong and what would be accepted, for the configuration's list of problems.
    pub fn parse(text: &str, about: About, names: &Names) -> Result<Condition, String> {
        let tokens = tokens(text)?;
        let mut p = Parser { tokens: &tokens, at: 0, about, names, tests: Vec::new(), depth: 0 };
        let node = p.any()?;
        match p.peek() {
            None => Ok(Condition { tests: p.tests, node }),
            Some(t) => Err(format!("{t} was not expected; join conditions with `and` or `or`")),
        }
    }

    /// Fields it looks at.
    pub fn fields(&self) -> impl Iterator<Item = FieldIx> + '_ {
        self.tests.iter().filter_map(|t| match t.on {
            Operand::Field(f) => Some(f),
            _ => None,
        })
    }

    /// The condition over records, with what depends on a value alone found once per distinct value.
    pub fn bind<'a>(&'a self, records: &'a Records, sources: &[&str], as_of: Day) -> Bound<'a> {
        let tables = self
            .tests
            .iter()
            .map(|t| match t.on {
                Operand::Field(f) => by_value(t, &records.field(f).pool),
                Operand::Source => sources.iter().map(|s| t.holds(Some(s))).collect(),
                _ => Vec::new(),
            })
            .collect();
        Bound { condition: self, tables, records, as_of }
    }

    /// Whether a golden record fulfils it. `value` gives its texts, `sources` those of its records, one by one.
    pub fn of_golden<'v>(
        &self,
        value: &dyn Fn(FieldIx) -> Option<&'v str>,
        sources: &[&str],
        records: usize,
    ) -> bool {
        self.node.holds(&|i| {
            let t = &self.tests[i];
            match t.on {
                Operand::Field(f) => t.holds(value(f)),
                Operand::Source => sources.iter().any(|s| t.holds(Some(s))),
                Operand::Records => t.holds(Some(&records.to_string())),
                Operand::UpdatedAt | Operand::AgeDays | Operand::Status => false,
            }
        })
    }
}

/// By pool id, whether the value fulfils the comparison; entry 0 is the missing value.
fn by_value(t: &Test, pool: &Pool) -> Vec<bool> {
    std::iter::once(t.holds(None)).chain(pool.iter().map(|(_, text)| t.holds(Some(text)))).collect()
}

/// A condition over the records of a run.
#[derive(Debug)]
pub struct Bound<'a> {
    condition: &'a Condition,
    tables: Vec<Vec<bool>>,
    records: &'a Records,
    as_of: Day,
}

impl Bound<'_> {
    /// Whether a record fulfils it; `mark` is that of the value in question. Of a field with several values any may.
    pub fn holds(&self, record: Record, mark: Mark) -> bool {
        let r = record as usize;
        self.condition.node.holds(&|i| {
            let (t, table) = (&self.condition.tests[i], &self.tables[i]);
            match t.on {
                Operand::Field(f) => holds_field(t, table, self.records.field(f), record),
                Operand::Source => table[usize::from(self.records.sources[r])],
                Operand::UpdatedAt => t.holds(self.records.updated[r].map(|d| d.to_string()).as_deref()),
                Operand::AgeDays => {
                    let age = self.records.updated[r].map(|d| (self.as_of.0 - d.0).to_string());
                    t.holds(age.as_deref())
                }
                Operand::Status => {
                    t.holds(Some(if mark.status() == Status::Corrected { "corrected" } else { "ok" }))
                }
                Operand::Records => false,
            }
        })
    }
}

fn holds_field(t: &Test, table: &[bool], column: &FieldColumn, record: Record) -> bool {
    let mut values = column.values(record).map(|(id, _)| id).peekable();
    if values.peek().is_none() {
        return table[0];
    }
    t.check != Check::Missing && values.any(|id| table[id as usize])
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Word(String),
    Text(String),
    Sign(&'static str),
}

impl std::fmt::Display for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Token::Word(w) => write!(f, "`{w}`"),
            Token::Text(_) => write!(f, "the text in quotes"),
            Token::Sign(s) => write!(f, "`{s}`"),
        }
    }
}

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    const SIGNS: [&str; 9] = ["!=", "<=", ">=", "=", "<", ">", "(", ")", ","];
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while let Some(c) = rest.chars().next() {
        if c == '\'' {
            let mut value = String::new();
            let mut chars = rest.char_indices().skip(1).peekable();
            let end = loop {
                match chars.next() {
                    None => return Err("a text is not closed; end it with '".into()),
                    // Two quotes stand for one.
                    Some((_, '\'')) if chars.peek().is_some_and(|(_, c)| *c == '\'') => {
                        chars.next();
                        value.push('\'');
                    }
                    Some((i, '\'')) => break i + 1,
                    Some((_, c)) => value.push(c),
                }
            };
            found.push(Token::Text(value));
            rest = rest[end..].trim_start();
        } else if let Some(sign) = SIGNS.iter().find(|s| rest.starts_with(**s)) {
            found.push(Token::Sign(sign));
            rest = rest[sign.len()..].trim_start();
        } else {
            let end = rest.find(|c: char| c.is_whitespace() || "!=<>(),'".contains(c)).unwrap_or(rest.len());
            if end == 0 {
                return Err(format!("`{c}` was not expected; comparisons are =, !=, <, <=, >, >="));
            }
            found.push(Token::Word(rest[..end].to_owned()));
            rest = rest[end..].trim_start();
        }
    }
    Ok(found)
}

struct Parser<'a> {
    tokens: &'a [Token],
    at: usize,
    about: About,
    names: &'a Names<'a>,
    tests: Vec<Test>,
    depth: u32,
}

/// Brackets and `not` within each other.
const DEEPEST: u32 = 64;

impl Parser<'_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn next(&mut self, wanted: &str) -> Result<Token, String> {
        let t =
            self.tokens.get(self.at).cloned().ok_or_else(|| format!("it ends where {wanted} is wanted"))?;
        self.at += 1;
        Ok(t)
    }

    fn word(&mut self, word: &str) -> bool {
        let here = matches!(self.peek(), Some(Token::Word(w)) if w.eq_ignore_ascii_case(word));
        self.at += usize::from(here);
        here
    }

    fn any(&mut self) -> Result<Node, String> {
        let mut list = vec![self.all()?];
        while self.word("or") {
            list.push(self.all()?);
        }
        Ok(if list.len() == 1 { list.remove(0) } else { Node::Any(list) })
    }

    fn all(&mut self) -> Result<Node, String> {
        let mut list = vec![self.one()?];
        while self.word("and") {
            list.push(self.one()?);
        }
        Ok(if list.len() == 1 { list.remove(0) } else { Node::All(list) })
    }

    fn one(&mut self) -> Result<Node, String> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(format!("has more than {DEEPEST} brackets within each other"));
        }
        let node = if self.word("not") {
            Node::Not(Box::new(self.one()?))
        } else if self.peek() == Some(&Token::Sign("(")) {
            self.at += 1;
            let node = self.any()?;
            match self.next("`)`")? {
                Token::Sign(")") => node,
                t => return Err(format!("{t} stands where `)` is wanted")),
            }
        } else {
            self.comparison()?
        };
        self.depth -= 1;
        Ok(node)
    }

    fn comparison(&mut self) -> Result<Node, String> {
        let (on, kind) = match self.next("a field")? {
            Token::Word(name) => self.operand(&name)?,
            t => return Err(format!("{t} stands where a field is wanted")),
        };
        let (negated, check) = match self.next("a comparison")? {
            Token::Sign(sign) => match Accept::of(sign) {
                Some(accept) => (false, self.literal(accept, sign, on, kind)?),
                None => return Err(format!("`{sign}` stands where a comparison is wanted")),
            },
            Token::Word(w) if w.eq_ignore_ascii_case("is") => self.is()?,
            Token::Word(w) if w.eq_ignore_ascii_case("in") => (false, self.list(on, kind)?),
            Token::Word(w) if w.eq_ignore_ascii_case("not") && self.word("in") => {
                (true, self.list(on, kind)?)
            }
            Token::Word(w) => (false, self.part(&w)?),
            t => return Err(format!("{t} stands where a comparison is wanted")),
        };
        self.tests.push(Test { on, check });
        let test = Node::Test(self.tests.len() - 1);
        if !negated {
            return Ok(test);
        }
        // `not in` of a missing value does not hold either.
        self.tests.push(Test { on, check: Check::Missing });
        let known = Node::Not(Box::new(Node::Test(self.tests.len() - 1)));
        Ok(Node::All(vec![known, Node::Not(Box::new(test))]))
    }

    fn operand(&self, name: &str) -> Result<(Operand, Kind), String> {
        let special = self.about.names();
        if let Some((_, on)) = special.iter().find(|(n, _)| *n == name) {
            let kind = match on {
                Operand::UpdatedAt => Kind::Date,
                Operand::AgeDays | Operand::Records => Kind::Integer,
                _ => Kind::Text,
            };
            return Ok((*on, kind));
        }
        let fields = self.names.fields;
        match fields.iter().position(|f| f.name == name) {
            Some(f) => Ok((Operand::Field(f), fields[f].kind)),
            None => {
                let known = fields.iter().map(|f| f.name.as_str()).chain(special.iter().map(|(n, _)| *n));
                let hint = did_you_mean(name, known.clone());
                let listed = known.collect::<Vec<_>>().join(", ");
                Err(format!("`{name}` is not a field{hint}; names are {listed}"))
            }
        }
    }

    fn is(&mut self) -> Result<(bool, Check), String> {
        let not = self.word("not");
        let missing = self.word("missing") || self.word("null");
        if !missing && !self.word("known") {
            return Err("`is` wants `missing` or `known`".into());
        }
        // `known` is the negation of `missing`, and says nothing of a missing value besides.
        if missing != not { Ok((false, Check::Missing)) } else { Ok((true, Check::Missing)) }
    }

    fn value(&mut self, on: Operand, kind: Kind) -> Result<String, String> {
        let raw = match self.next("a value")? {
            Token::Word(w) => {
                let bare = w.bytes().all(|b| b.is_ascii_digit() || b == b'-' || b == b'.');
                if !bare && w != "true" && w != "false" {
                    return Err(format!("`{w}` is no value; write texts in quotes, as '{w}'"));
                }
                w
            }
            Token::Text(t) => t,
            t => return Err(format!("{t} stands where a value is wanted")),
        };
        match on {
            Operand::Source => {
                if !self.names.sources.contains(&raw.as_str()) {
                    let hint = did_you_mean(&raw, self.names.sources.iter().copied());
                    return Err(format!("source `{raw}` is not declared{hint}"));
                }
                Ok(raw)
            }
            Operand::Status if !["ok", "corrected"].contains(&raw.as_str()) => {
                Err(format!("`{raw}` is not a status of a surviving value; use 'ok' or 'corrected'"))
            }
            Operand::Field(f) => {
                let name = &self.names.fields[f].name;
                any(kind, &raw, self.names.context)
                    .value
                    .ok_or_else(|| format!("the value given for `{name}` is not a {}", kind.name()))
            }
            _ => Ok(raw),
        }
    }

    fn literal(&mut self, accept: Accept, sign: &str, on: Operand, kind: Kind) -> Result<Check, String> {
        let value = self.value(on, kind)?;
        Ok(match kind {
            Kind::Date | Kind::BirthDate => match Day::parse_iso(&value) {
                Some(day) => Check::Day(accept, day),
                None => return Err("a date is compared with something else; write it as 2024-01-31".into()),
            },
            Kind::Integer | Kind::Decimal | Kind::Amount | Kind::AmountMinor => {
                if decimal::sum(std::iter::once(value.as_str())).is_none() {
                    return Err("a number is compared with something else; write it as 12.5".into());
                }
                Check::Number(accept, value)
            }
            _ if !matches!(sign, "=" | "!=") => {
                return Err(format!("`{sign}` compares dates and numbers only; use `=`, `!=`, `in`"));
            }
            _ => Check::Text(accept, value),
        })
    }

    fn list(&mut self, on: Operand, kind: Kind) -> Result<Check, String> {
        if self.next("`(`")? != Token::Sign("(") {
            return Err("`in` wants values in brackets, as in ('a', 'b')".into());
        }
        let mut list = Vec::new();
        loop {
            list.push(self.value(on, kind)?);
            match self.next("`)`")? {
                Token::Sign(")") => return Ok(Check::In(list)),
                Token::Sign(",") => {}
                t => return Err(format!("{t} stands where `,` or `)` is wanted")),
            }
        }
    }

    fn part(&mut self, word: &str) -> Result<Check, String> {
        let make: fn(String) -> Check = match word.to_ascii_lowercase().as_str() {
            "starts_with" => Check::StartsWith,
            "ends_with" => Check::EndsWith,
            "contains" => Check::Contains,
            _ => {
                let known = ["is", "in", "not in", "starts_with", "ends_with", "contains"];
                let hint = did_you_mean(word, known);
                let listed = known.join(", ");
                return Err(format!("`{word}` is no comparison{hint}; use =, !=, <, <=, >, >=, {listed}"));
            }
        };
        match self.next("a text in quotes")? {
            Token::Text(t) => Ok(make(t)),
            t => Err(format!("{t} stands where a text in quotes is wanted")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::{BUILT_IN, CITY, COUNTRY, CREATED_AT};
    use crate::normalize::Country;

    fn fields() -> Vec<CompiledField> {
        let own = |name: &str, kind| CompiledField { name: name.to_owned(), kind, contact: false };
        let built_in = BUILT_IN.iter().map(|f| own(f.name, f.kind));
        built_in.chain([own("points", Kind::Integer), own("vip", Kind::Boolean)]).collect()
    }

    fn parse(text: &str, about: About) -> Result<Condition, String> {
        let context = Context::new(Country::FR, Day(20_000));
        let fields = fields();
        Condition::parse(text, about, &Names { fields: &fields, sources: &["crm", "web"], context: &context })
    }

    fn holds(text: &str, values: &[(FieldIx, &'static str)]) -> bool {
        let of = |f: FieldIx| values.iter().find(|(g, _)| *g == f).map(|(_, t)| *t);
        parse(text, About::Golden).unwrap().of_golden(&of, &["crm"], 3)
    }

    #[test]
    fn compares_by_the_kind_of_the_field() {
        let points = BUILT_IN.len();
        let person = [(CITY, "PARIS"), (COUNTRY, "FR"), (CREATED_AT, "2024-05-01"), (points, "20")];
        for (text, want) in [
            ("city = 'PARIS'", true),
            ("city = 'Paris'", true),
            ("city != 'PARIS'", false),
            ("city in ('LYON', 'PARIS')", true),
            ("city not in ('LYON', 'PARIS')", false),
            ("city starts_with 'PAR' and city ends_with 'IS' and city contains 'ARI'", true),
            ("created_at >= 2024-05-01 and created_at < '02/05/2024'", true),
            ("points > 9 and points <= 20", true),
            ("not points > 9 or country = 'BE'", false),
            ("not (points > 9 or country = 'BE')", false),
            ("email is missing", true),
            ("city is missing or email is known", false),
            ("city is not missing and email is not known", true),
            ("source = 'crm' and records >= 3 and source != 'web'", true),
            ("records > 10", false),
        ] {
            assert_eq!(holds(text, &person), want, "{text}");
        }
    }

    #[test]
    fn a_missing_value_fulfils_no_comparison() {
        for text in
            ["city = 'PARIS'", "city != 'PARIS'", "city not in ('PARIS')", "points < 5", "vip = false"]
        {
            assert!(!holds(text, &[]), "{text}");
        }
    }

    #[test]
    fn says_what_is_wrong() {
        for (text, word) in [
            ("ctiy = 'x'", "did you mean `city`"),
            ("city > 'x'", "dates and numbers only"),
            ("points = 'many'", "is not a integer"),
            ("created_at = 'soon'", "is not a date"),
            ("city = PARIS", "in quotes"),
            ("city = 'PARIS", "not closed"),
            ("city = ", "it ends"),
            ("(city = 'x'", "it ends"),
            ("city = 'x' city = 'y'", "was not expected"),
            ("source = 'crn'", "did you mean `crm`"),
            ("city like 'x'", "no comparison"),
            ("", "it ends"),
            ("updated_at > 2024-01-01", "is not a field"),
        ] {
            let got = parse(text, About::Golden).unwrap_err();
            assert!(got.contains(word), "{text}: {got}");
        }
        assert!(parse(&"(".repeat(100_000), About::Golden).is_err());
        assert!(parse(&"not ".repeat(100_000), About::Golden).is_err());
        assert!(parse("updated_at > 2024-01-01 and age_days < 30 and status = 'ok'", About::Record).is_ok());
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text in "([a-z_]{1,6}|[=<>!(),']|'[a-z]{0,3}'|city|and|or|not|is|in|missing| ){0,20}") {
            let _ = parse(&text, About::Golden);
            let _ = parse(&text, About::Record);
        }
    }
}
