//! Comparisons of the installation's own: any field, levels from best to worst, each a test on two values.

use super::similarity::{is_close, osa_within};
use crate::error::{Problem, did_you_mean};
use crate::field::{CompiledField, FieldIx};
use crate::intern::hash_bytes;
use crate::normalize::phonetic::{phonex_into, soundex_code};
use crate::records::{Record, Records};
use crate::reference::names::NameTables;
use crate::time::Day;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Level of a missing value: says nothing.
pub const MISSING: u8 = 0;

/// The most comparisons an installation may add.
pub const MAX_CUSTOM: usize = 16;

/// The most levels a comparison may name.
pub const MOST_LEVELS: usize = 12;

/// A comparison of the installation's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ComparisonSpec {
    /// The field whose values are compared. A field with several values agrees as well as its best two do.
    pub field: String,
    /// Tests from best to worst; the first that holds gives the level, none gives `else`. A test is `exact`,
    /// `jaro_winkler(s)`, `osa(n)` (letters more, less, other or swapped), `token_set(s)` (share of words in common),
    /// `contains`, `prefix(n)`, `phonex`, `soundex`, `nickname`, `swapped(other_field)`, `day_month_swapped`,
    /// `date_parts(n)` (at most n of day, month and year differ), `days(n)`, `absolute(x)`, `relative(share)`,
    /// `km(d,longitude_field)` where `field` is the latitude.
    #[schemars(length(min = 1, max = MOST_LEVELS))]
    pub levels: Vec<String>,
    /// Whether a model weighs an exact agreement by how rare the value is.
    #[serde(default)]
    pub term_frequency: bool,
}

/// One test on two values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Test {
    /// The same value.
    Exact,
    /// Jaro–Winkler similarity of at least this.
    JaroWinkler(f64),
    /// Optimal string alignment distance of at most this.
    Osa(u8),
    /// Words in common by words in all (Jaccard) of at least this.
    TokenSet(f64),
    /// One word set inside the other.
    Contains,
    /// The same first characters.
    Prefix(u8),
    /// The same Phonex code.
    Phonex,
    /// The same French Soundex code.
    Soundex,
    /// Usual short forms of one first name.
    Nickname,
    /// Each record holds in this field what the other holds in that one.
    Swapped(FieldIx),
    /// Day and month in each other's place.
    DayMonthSwapped,
    /// At most this many of day, month and year differ.
    DateParts(u8),
    /// At most this many days apart.
    Days(u32),
    /// Numbers at most this far apart.
    Absolute(f64),
    /// Numbers at most this share of the larger one apart.
    Relative(f64),
    /// Places at most this many kilometres apart; the field is the latitude, the other the longitude.
    Km(f64, FieldIx),
}

/// A comparison ready to run.
#[derive(Debug, Clone, PartialEq)]
pub struct CompiledComparison {
    /// Name.
    pub name: String,
    /// The field compared.
    pub field: FieldIx,
    /// Tests from best to worst.
    pub tests: Vec<Test>,
    /// Level names from worst to best; the first is `else`.
    pub levels: Vec<String>,
    /// Whether rare values weigh more.
    pub term_frequency: bool,
}

impl CompiledComparison {
    /// Compiles a comparison; what is wrong is added to `problems`.
    pub fn compile(
        name: &str,
        spec: &ComparisonSpec,
        path: &str,
        fields: &[CompiledField],
        problems: &mut Vec<Problem>,
    ) -> CompiledComparison {
        let position = |n: &str| fields.iter().position(|f| f.name == n);
        let field = position(&spec.field).unwrap_or_else(|| {
            problems.push(Problem::new(format!("{path}.field"), unknown_field(&spec.field, fields)));
            0
        });
        let given = spec.levels.len();
        if !(1..=MOST_LEVELS).contains(&given) {
            let reason = format!("has {given} tests; a comparison has 1 to {MOST_LEVELS}");
            problems.push(Problem::new(format!("{path}.levels"), reason));
        }
        let mut tests = Vec::new();
        for (i, text) in spec.levels.iter().enumerate() {
            match test(text, fields) {
                Ok(t) => tests.push(t),
                Err(reason) => problems.push(Problem::new(format!("{path}.levels[{i}]"), reason)),
            }
        }
        let levels = std::iter::once("else".to_owned()).chain(spec.levels.iter().rev().cloned()).collect();
        CompiledComparison {
            name: name.to_owned(),
            field,
            tests,
            levels,
            term_frequency: spec.term_frequency,
        }
    }
}

/// Says that a field is not there.
pub fn unknown_field(name: &str, fields: &[CompiledField]) -> String {
    let known = fields.iter().map(|f| f.name.as_str());
    let hint = did_you_mean(name, known.clone());
    format!("`{name}` is not a field{hint}; fields are {}", known.collect::<Vec<_>>().join(", "))
}

fn test(text: &str, fields: &[CompiledField]) -> Result<Test, String> {
    const KNOWN: [&str; 16] = [
        "exact",
        "jaro_winkler",
        "osa",
        "token_set",
        "contains",
        "prefix",
        "phonex",
        "soundex",
        "nickname",
        "swapped",
        "day_month_swapped",
        "date_parts",
        "days",
        "absolute",
        "relative",
        "km",
    ];
    let (name, arguments) = match text.strip_suffix(')').and_then(|t| t.split_once('(')) {
        Some((name, inner)) => (name.trim(), inner.split(',').map(str::trim).collect::<Vec<_>>()),
        None => (text.trim(), Vec::new()),
    };
    let number = |low: f64, high: f64| -> Result<f64, String> {
        let given = arguments.first().copied().unwrap_or("");
        match given.parse::<f64>() {
            Ok(x) if (low..=high).contains(&x) => Ok(x),
            _ => Err(format!("`{name}` wants a number from {low} to {high}, as in `{name}({high})`")),
        }
    };
    let field = |i: usize| {
        let given: &str = arguments.get(i).copied().unwrap_or("");
        fields.iter().position(|f| f.name == given).ok_or_else(|| unknown_field(given, fields))
    };
    Ok(match name {
        "exact" => Test::Exact,
        "jaro_winkler" => Test::JaroWinkler(number(0.0, 1.0)?),
        "osa" => Test::Osa(number(1.0, 9.0)? as u8),
        "token_set" => Test::TokenSet(number(0.0, 1.0)?),
        "contains" => Test::Contains,
        "prefix" => Test::Prefix(number(1.0, 255.0)? as u8),
        "phonex" => Test::Phonex,
        "soundex" => Test::Soundex,
        "nickname" => Test::Nickname,
        "swapped" => Test::Swapped(field(0)?),
        "day_month_swapped" => Test::DayMonthSwapped,
        "date_parts" => Test::DateParts(number(1.0, 2.0)? as u8),
        "days" => Test::Days(number(0.0, 100_000.0)? as u32),
        "absolute" => Test::Absolute(number(0.0, 1e15)?),
        "relative" => Test::Relative(number(0.0, 1.0)?),
        "km" => Test::Km(number(0.0, 20_000.0)?, field(1)?),
        other => {
            let hint = did_you_mean(other, KNOWN);
            return Err(format!("`{other}` is not a test{hint}; tests are {}", KNOWN.join(", ")));
        }
    })
}

/// What a comparison's tests need, once per distinct value of its field. Entry 0 is "no value".
#[derive(Debug, Clone, Default)]
pub struct Derived {
    days: Vec<Option<Day>>,
    numbers: Vec<f64>,
    words: Vec<Vec<u64>>,
    phonex: Vec<u64>,
    soundex: Vec<u32>,
}

impl Derived {
    /// Computes what `comparison` needs.
    pub fn new(comparison: &CompiledComparison, records: &Records) -> Derived {
        let pool = &records.field(comparison.field).pool;
        let texts = || (0..pool.len() as u32).map(|id| pool.get(id));
        let wants = |f: fn(&Test) -> bool| comparison.tests.iter().any(f);
        let mut d = Derived::default();
        if wants(|t| matches!(t, Test::DayMonthSwapped | Test::DateParts(_) | Test::Days(_))) {
            d.days = texts().map(Day::parse_iso).collect();
        }
        if wants(|t| matches!(t, Test::Absolute(_) | Test::Relative(_) | Test::Km(..))) {
            d.numbers = texts().map(|t| t.trim().parse().unwrap_or(f64::NAN)).collect();
        }
        if wants(|t| matches!(t, Test::TokenSet(_) | Test::Contains)) {
            d.words = texts().map(words).collect();
        }
        if wants(|t| matches!(t, Test::Phonex)) {
            let mut code = String::new();
            d.phonex = texts()
                .map(|t| {
                    code.clear();
                    phonex_into(&t.to_uppercase(), &mut code);
                    if code.is_empty() { 0 } else { hash_bytes(code.as_bytes()) | 1 }
                })
                .collect();
        }
        if wants(|t| matches!(t, Test::Soundex)) {
            d.soundex = texts().map(|t| soundex_code(&t.to_uppercase())).collect();
        }
        d
    }
}

/// Words of a text as sorted, distinct numbers.
fn words(text: &str) -> Vec<u64> {
    let mut w: Vec<u64> = text.split_whitespace().map(|t| hash_bytes(t.as_bytes())).collect();
    w.sort_unstable();
    w.dedup();
    w
}

/// The level of two records: [`MISSING`], 1 for `else`, then one more for each better test.
pub fn level(
    c: &CompiledComparison,
    d: &Derived,
    records: &Records,
    names: &NameTables,
    a: Record,
    b: Record,
) -> u8 {
    let column = records.field(c.field);
    if column.slots.len() == 1 {
        let (x, y) = (column.id(a), column.id(b));
        if x == 0 || y == 0 {
            return MISSING;
        }
        return of_values(c, d, records, names, (a, x), (b, y));
    }
    let mut best = MISSING;
    for (x, _) in column.values(a) {
        for (y, _) in column.values(b) {
            best = best.max(of_values(c, d, records, names, (a, x), (b, y)));
        }
    }
    best
}

fn of_values(
    c: &CompiledComparison,
    d: &Derived,
    records: &Records,
    names: &NameTables,
    (a, x): (Record, u32),
    (b, y): (Record, u32),
) -> u8 {
    let pool = &records.field(c.field).pool;
    let count = c.tests.len();
    for (i, test) in c.tests.iter().enumerate() {
        let holds = match *test {
            Test::Exact => x == y,
            Test::JaroWinkler(s) => x == y || is_close(pool.get(x), pool.get(y), s),
            Test::Osa(n) => x == y || osa_within(pool.get(x), pool.get(y), usize::from(n)).is_some(),
            Test::TokenSet(s) => {
                let (p, q) = (&d.words[x as usize], &d.words[y as usize]);
                let common = p.iter().filter(|w| q.binary_search(w).is_ok()).count();
                let all = p.len() + q.len() - common;
                all > 0 && common as f64 >= s * all as f64
            }
            Test::Contains => {
                let (p, q) = (&d.words[x as usize], &d.words[y as usize]);
                let (small, large) = if p.len() <= q.len() { (p, q) } else { (q, p) };
                !small.is_empty() && small.iter().all(|w| large.binary_search(w).is_ok())
            }
            Test::Prefix(n) => {
                let (p, q) = (pool.get(x).chars(), pool.get(y).chars());
                p.take(n.into()).eq(q.take(n.into()))
            }
            Test::Phonex => d.phonex[x as usize] != 0 && d.phonex[x as usize] == d.phonex[y as usize],
            Test::Soundex => d.soundex[x as usize] != 0 && d.soundex[x as usize] == d.soundex[y as usize],
            Test::Nickname => names.are_nicknames(pool.get(x), pool.get(y)),
            Test::Swapped(other) => {
                let other = records.field(other);
                let (Some(p), Some(q)) = (other.text(a), other.text(b)) else { continue };
                pool.get(x) == q && pool.get(y) == p
            }
            Test::DayMonthSwapped => match (d.days[x as usize], d.days[y as usize]) {
                (Some(p), Some(q)) => {
                    let ((yp, mp, dp), (yq, mq, dq)) = (p.ymd(), q.ymd());
                    yp == yq && mp == dq && dp == mq
                }
                _ => false,
            },
            Test::DateParts(n) => match (d.days[x as usize], d.days[y as usize]) {
                (Some(p), Some(q)) => {
                    let ((yp, mp, dp), (yq, mq, dq)) = (p.ymd(), q.ymd());
                    u8::from(yp != yq) + u8::from(mp != mq) + u8::from(dp != dq) <= n
                }
                _ => false,
            },
            Test::Days(n) => match (d.days[x as usize], d.days[y as usize]) {
                (Some(p), Some(q)) => p.0.abs_diff(q.0) <= n,
                _ => false,
            },
            Test::Absolute(limit) => (d.numbers[x as usize] - d.numbers[y as usize]).abs() <= limit,
            Test::Relative(share) => {
                let (p, q) = (d.numbers[x as usize], d.numbers[y as usize]);
                (p - q).abs() <= share * p.abs().max(q.abs())
            }
            Test::Km(limit, longitude) => {
                let longitude =
                    |r: Record| records.field(longitude).text(r).and_then(|t| t.parse::<f64>().ok());
                match (longitude(a), longitude(b)) {
                    (Some(p), Some(q)) => {
                        flat_km((d.numbers[x as usize], p), (d.numbers[y as usize], q)) <= limit
                    }
                    _ => false,
                }
            }
        };
        if holds {
            return (count - i + 1) as u8;
        }
    }
    1
}

/// Kilometres between two places (latitude, longitude in degrees), on a sphere of 6 371 km flattened around their mean
/// latitude: within 0.5 % up to some hundred kilometres. The cosine is a series, so that its bits are the same everywhere.
fn flat_km(p: (f64, f64), q: (f64, f64)) -> f64 {
    const RADIUS_KM: f64 = 6371.0;
    let radians = |d: f64| d * std::f64::consts::PI / 180.0;
    let m = radians((p.0 + q.0) / 2.0);
    let m2 = m * m;
    // Taylor series of the cosine to the 12th power: an error below 1e-7 for |m| up to a quarter turn.
    let terms =
        [1.0, -1.0 / 2.0, 1.0 / 24.0, -1.0 / 720.0, 1.0 / 40_320.0, -1.0 / 3_628_800.0, 1.0 / 479_001_600.0];
    let cosine = terms.iter().rev().fold(0.0, |sum, t| sum * m2 + t);
    let mut turn = (p.1 - q.1).abs();
    if turn > 180.0 {
        turn = 360.0 - turn;
    }
    let (x, y) = (radians(turn) * cosine, radians(p.0 - q.0));
    RADIUS_KM * (x * x + y * y).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kilometres_between_towns() {
        // Paris and Lyon: 392 km on the great circle.
        let d = flat_km((48.8566, 2.3522), (45.7640, 4.8357));
        assert!((d - 392.0).abs() < 2.0, "{d}");
        assert!(flat_km((0.0, 179.9), (0.0, -179.9)) < 23.0);
    }

    #[test]
    fn a_wrong_test_is_said_with_the_nearest_word() {
        let e = test("jaro_winckler(0.9)", &[]).unwrap_err();
        assert!(e.contains("did you mean `jaro_winkler`"), "{e}");
        assert!(test("osa(0)", &[]).unwrap_err().contains("from 1 to 9"));
        assert!(test("km(3)", &[]).unwrap_err().contains("not a field"));
        assert_eq!(test("jaro_winkler(0.9)", &[]), Ok(Test::JaroWinkler(0.9)));
    }

    #[test]
    fn a_comparison_has_as_many_levels_as_weights_have_room_for() {
        let problems = |levels: usize| {
            let levels = (0..levels).map(|i| format!("absolute({i})")).collect();
            let spec = ComparisonSpec { field: "age".to_owned(), levels, term_frequency: false };
            let mut problems = Vec::new();
            CompiledComparison::compile("age", &spec, "matching.comparisons.age", &[], &mut problems);
            problems.iter().filter(|p| p.path == "matching.comparisons.age.levels").count()
        };
        assert_eq!([0, 1, MOST_LEVELS, MOST_LEVELS + 1].map(problems), [1, 0, 0, 1]);
    }
}
