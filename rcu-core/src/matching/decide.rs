//! A pass compiled, and what it makes of a candidate pair: link, review or no, with a score and a reason.

use super::compare::{
    self, CLOSE, COMPARISONS, COMPATIBLE, CONFLICT, Comparisons, EQUAL, Evidence, MISSING, PHONETIC, SAME,
};
use super::model::Weights;
use super::pass::{CompareSpec, Decision, Guard, MatchingSpec, Method, PassSpec, PointsSpec, Refusal};
use super::prepare::Prepared;
use crate::error::{Problem, did_you_mean};
use crate::field::{self, CompiledField, FieldIx};
use crate::normalize::Kind;
use crate::records::Record;

/// One part of a key recipe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Letters of the last names, in use and at birth.
    LastName,
    /// Letters of the first name.
    FirstName,
    /// Letters of last and first name in either order.
    NamePair,
    /// Phonetic code of the last names.
    PhonexLast,
    /// Phonetic code of the first name.
    PhonexFirst,
    /// First letter of the first name.
    Initial,
    /// E-mail key.
    Email,
    /// Mobile number.
    Mobile,
    /// Other number.
    Landline,
    /// Loyalty card.
    Card,
    /// Birth day.
    BirthDate,
    /// Birth year.
    BirthYear,
    /// Birth month and day.
    BirthMonthDay,
    /// Postcode, number and way.
    Address,
    /// Number and way.
    StreetLine,
    /// The way without its number.
    Way,
    /// The company that a contact belongs to, by its id or its name.
    Employer,
    /// The same for records that name no person.
    Account,
    /// A company's name without legal form and articles.
    CompanyKey(FieldIx),
    /// The domain of an e-mail address, unless it is a public provider's.
    Domain(FieldIx),
    /// Any field as it is.
    Field(FieldIx),
    /// The first characters of a field.
    Prefix(FieldIx, u8),
    /// The last characters of a field.
    Suffix(FieldIx, u8),
    /// The first character of a field.
    First(FieldIx),
    /// Phonex code of a field.
    Phonex(FieldIx),
    /// French Soundex code of a field.
    Soundex(FieldIx),
    /// Each word of a field.
    Token(FieldIx),
    /// Each run of that many characters of a field.
    Qgram(FieldIx, u8),
    /// Year of a date field.
    Year(FieldIx),
    /// Month and day of a date field.
    MonthDay(FieldIx),
    /// No key: of the records with the same other parts, those near each other in the order of the field.
    Sorted(FieldIx, u16),
}

impl Part {
    /// The field that the part reads, when it is one field.
    pub fn field(self) -> Option<FieldIx> {
        Some(match self {
            Part::Field(f) | Part::First(f) | Part::Phonex(f) | Part::Soundex(f) | Part::Token(f) => f,
            Part::Prefix(f, _) | Part::Suffix(f, _) | Part::Qgram(f, _) => f,
            Part::Year(f) | Part::MonthDay(f) | Part::Sorted(f, _) => f,
            Part::CompanyKey(f) | Part::Domain(f) => f,
            Part::Employer | Part::Account => field::COMPANY_NAME,
            Part::Way => field::STREET,
            Part::LastName | Part::PhonexLast => field::LAST_NAME,
            Part::FirstName | Part::PhonexFirst | Part::Initial => field::FIRST_NAME,
            Part::Email => field::EMAIL,
            Part::Mobile => field::MOBILE,
            Part::Landline => field::LANDLINE,
            Part::Card => field::LOYALTY_CARD,
            Part::BirthDate | Part::BirthYear | Part::BirthMonthDay => field::BIRTH_DATE,
            Part::Address | Part::StreetLine | Part::NamePair => return None,
        })
    }

    /// The built-in comparisons that two records with this part in common cannot fail.
    pub fn comparisons(self) -> &'static [usize] {
        match self {
            Part::LastName | Part::PhonexLast => &[compare::at::LAST_NAME],
            Part::FirstName | Part::PhonexFirst | Part::Initial => &[compare::at::FIRST_NAME],
            Part::NamePair => &[compare::at::LAST_NAME, compare::at::FIRST_NAME],
            Part::Email => &[compare::at::EMAIL],
            Part::Mobile => &[compare::at::MOBILE],
            Part::Landline => &[compare::at::LANDLINE],
            Part::Card => &[compare::at::LOYALTY_CARD],
            Part::BirthDate | Part::BirthYear | Part::BirthMonthDay => &[compare::at::BIRTH_DATE],
            Part::Address | Part::StreetLine => &[compare::at::ADDRESS],
            Part::Employer | Part::Account | Part::Domain(_) | Part::CompanyKey(_) | Part::Way => &[],
            other => match other.field() {
                Some(field::LAST_NAME) => &[compare::at::LAST_NAME],
                Some(field::FIRST_NAME) => &[compare::at::FIRST_NAME],
                Some(field::BIRTH_DATE) => &[compare::at::BIRTH_DATE],
                Some(field::POSTCODE | field::STREET | field::CITY) => &[compare::at::ADDRESS],
                _ => &[],
            },
        }
    }
}

/// What a comparison must reach, compiled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Requirement {
    /// Position in [`Comparisons`].
    pub comparison: usize,
    /// Lowest level that links.
    pub link: u8,
    /// Lowest level that goes to review; [`u8::MAX`] for none.
    pub review: u8,
    /// Whether a missing value refuses.
    pub required: bool,
}

/// A pass ready to run.
#[derive(Debug, Clone, PartialEq)]
pub struct CompiledPass {
    /// Name.
    pub name: String,
    /// Key recipes.
    pub recipes: Vec<Vec<Part>>,
    /// Levels asked for.
    pub compare: Vec<Requirement>,
    /// Guards with the decision they give when it is not the usual one.
    pub guards: Vec<(Guard, Option<Refusal>)>,
    /// How candidates are decided.
    pub method: Method,
}

/// What decisions depend on besides the pass and the records.
#[derive(Debug, Clone, Copy)]
pub struct Judge<'j> {
    /// Caps, points and thresholds.
    pub spec: &'j MatchingSpec,
    /// The model, when a pass asks for one.
    pub model: Option<&'j Weights>,
}

/// What a pass makes of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// Link, review or no.
    pub decision: Decision,
    /// Points of the pair; match weight in thousandths of a bit when a model decided.
    pub score: i32,
    /// The comparison or guard that decided against a link; empty for a link.
    pub reason: &'static str,
}

impl CompiledPass {
    /// Compiles a pass; what is wrong is added to `problems`.
    pub fn compile(
        spec: &PassSpec,
        path: &str,
        fields: &[CompiledField],
        comparisons: &Comparisons,
        problems: &mut Vec<Problem>,
    ) -> CompiledPass {
        let mut recipes = Vec::new();
        for (i, recipe) in spec.on.recipes().iter().enumerate() {
            let several = spec.on.recipes().len() > 1;
            let mut parts = Vec::new();
            for (j, text) in recipe.iter().enumerate() {
                match part(text, fields) {
                    Ok(p) => parts.push(p),
                    Err(reason) => {
                        let at =
                            if several { format!("{path}.on[{i}][{j}]") } else { format!("{path}.on[{j}]") };
                        problems.push(Problem::new(at, reason));
                    }
                }
            }
            if recipe.is_empty() {
                problems.push(Problem::new(
                    format!("{path}.on[{i}]"),
                    "is empty; every record would meet every other",
                ));
            }
            recipes.push(parts);
        }
        if spec.on.recipes().is_empty() {
            problems.push(Problem::new(format!("{path}.on"), "is empty; name at least one key"));
        }
        let mut requirements = Vec::new();
        for (name, wanted) in &spec.compare {
            let at = format!("{path}.compare.{name}");
            let Some(comparison) = comparisons.position(name) else {
                let known = comparisons.names();
                let hint = did_you_mean(name, known.clone());
                let listed = known.collect::<Vec<_>>().join(", ");
                problems
                    .push(Problem::new(at, format!("is not a comparison{hint}; comparisons are {listed}")));
                continue;
            };
            let levels = comparisons.levels(comparison);
            let mut level = |text: &str, at: String| {
                levels.iter().position(|l| *l == text).map(|i| i as u8 + 1).or_else(|| {
                    let hint = did_you_mean(text, levels.iter().map(String::as_str));
                    let reason =
                        format!("`{text}` is not a level of {name}{hint}; levels are {}", levels.join(", "));
                    problems.push(Problem::new(at, reason));
                    None
                })
            };
            let (link, review, required) = match wanted {
                CompareSpec::Link(l) => (level(l, at), None, false),
                CompareSpec::Levels(l) => (
                    level(&l.link, format!("{at}.link")),
                    l.review.as_ref().and_then(|r| level(r, format!("{at}.review"))),
                    l.required,
                ),
            };
            if let Some(link) = link {
                requirements.push(Requirement {
                    comparison,
                    link,
                    review: review.unwrap_or(u8::MAX),
                    required,
                });
            }
        }
        CompiledPass {
            name: spec.name.clone(),
            recipes,
            compare: requirements,
            guards: spec.guards.iter().map(|g| g.parts()).collect(),
            method: spec.decide,
        }
    }

    /// Decides a pair. `a` is the lower record number.
    pub fn decide(&self, p: &Prepared, judge: &Judge, a: Record, b: Record) -> (Verdict, Evidence) {
        let e = compare::compare(p, a, b);
        (self.judge(p, judge, &e, a, b), e)
    }

    /// Decides a pair whose evidence is known.
    pub fn judge(&self, p: &Prepared, judge: &Judge, e: &Evidence, a: Record, b: Record) -> Verdict {
        self.judge_with(&mut None, p, judge, e, a, b)
    }

    /// The same with the pair's points, which are the same for every pass, added up once.
    pub(super) fn judge_with(
        &self,
        known: &mut Option<i32>,
        p: &Prepared,
        judge: &Judge,
        e: &Evidence,
        a: Record,
        b: Record,
    ) -> Verdict {
        let spec = judge.spec;
        let mut score = || *known.get_or_insert_with(|| points(p, e, &spec.points, a, b));
        match self.method {
            Method::Levels => Verdict { score: score(), ..self.by_levels(p, spec, e, a, b) },
            Method::Review => {
                let verdict = self.by_levels(p, spec, e, a, b);
                match verdict.decision {
                    Decision::Link => Verdict { decision: Decision::Review, score: score(), reason: "hint" },
                    _ => Verdict { score: score(), ..verdict },
                }
            }
            Method::Points => by_points(p, spec, e, score(), a, b),
            Method::Model => self.by_model(p, judge, e, a, b),
        }
    }

    /// Whether the pass refuses a pair for its first names alone, when they are in conflict and last names are on this
    /// level.
    pub(super) fn refuses_first_names(&self, last_name: u8) -> bool {
        let says_no = |then: &Option<Refusal>| *then != Some(Refusal::Review);
        let required = |r: &Requirement| {
            r.comparison == compare::at::FIRST_NAME && r.link > CONFLICT && r.review > CONFLICT
        };
        self.method == Method::Points
            || self.compare.iter().any(required)
            || self.guards.iter().any(|(guard, then)| match guard {
                Guard::NamesConfirmed => says_no(then),
                Guard::NamesCompatible => says_no(then) && last_name != CONFLICT,
                _ => false,
            })
    }

    /// By match weight; a guard that trips lowers the decision.
    fn by_model(&self, p: &Prepared, judge: &Judge, e: &Evidence, a: Record, b: Record) -> Verdict {
        let Some(model) = judge.model else {
            return Verdict { decision: Decision::No, score: 0, reason: "no_model" };
        };
        let score = model.weight(e, a, b);
        let mut verdict = model.decide(score);
        if verdict.decision != Decision::No {
            let guarded = self.by_levels(p, judge.spec, e, a, b);
            if guarded.decision < verdict.decision {
                verdict = guarded;
            }
        }
        Verdict { score, ..verdict }
    }

    fn by_levels(&self, p: &Prepared, spec: &MatchingSpec, e: &Evidence, a: Record, b: Record) -> Verdict {
        let mut worst = Verdict { decision: Decision::Link, score: 0, reason: "" };
        let mut lower = |decision: Decision, reason: &'static str| {
            if decision < worst.decision {
                worst = Verdict { decision, score: 0, reason };
            }
        };
        if e.suffix == CONFLICT {
            lower(Decision::No, "suffix");
        }
        if is_marriage(p, e, a, b) {
            // Another last name at the same contact, birth date and first name: left to the steward.
            lower(Decision::Review, "marriage");
            return worst;
        }
        for r in &self.compare {
            let level = e.level(r.comparison);
            let name = COMPARISONS.get(r.comparison).map_or("comparison", |(n, _)| n);
            if level == MISSING {
                if r.required {
                    lower(Decision::No, name);
                }
            } else if level < r.link {
                lower(if level >= r.review { Decision::Review } else { Decision::No }, name);
            }
        }
        for (guard, then) in &self.guards {
            if let Some((usual, reason)) = trips(*guard, p, spec, e, a, b) {
                let decision = match then.unwrap_or(usual) {
                    Refusal::No => Decision::No,
                    Refusal::Review => Decision::Review,
                };
                lower(decision, reason);
            }
        }
        worst
    }
}

fn by_points(p: &Prepared, spec: &MatchingSpec, e: &Evidence, score: i32, a: Record, b: Record) -> Verdict {
    let verdict = |decision, reason| Verdict { decision, score, reason };
    if e.suffix == CONFLICT {
        return verdict(Decision::No, "suffix");
    }
    if is_marriage(p, e, a, b) {
        return verdict(Decision::Review, "marriage");
    }
    // The names must not both speak against one person, whatever else they share: that is a household.
    if e.first_name == CONFLICT {
        return verdict(Decision::No, "first_name");
    }
    if score >= spec.link_at {
        verdict(Decision::Link, "")
    } else if score >= spec.review_at {
        verdict(Decision::Review, "score")
    } else {
        verdict(Decision::No, "score")
    }
}

/// Different last names with the same first name, birth date and e-mail or mobile, and nobody says it is a man. With a
/// second contact or the address it is one person, whatever the name.
fn is_marriage(p: &Prepared, e: &Evidence, a: Record, b: Record) -> bool {
    let male = |r: Record| p.faces[r as usize].is_male();
    e.last_name == CONFLICT
        && e.first_name == EQUAL
        && e.birth_date == EQUAL
        && (e.email == SAME) != (e.mobile == SAME)
        && e.address != EQUAL
        && !male(a)
        && !male(b)
}

fn trips(
    guard: Guard,
    p: &Prepared,
    spec: &MatchingSpec,
    e: &Evidence,
    a: Record,
    b: Record,
) -> Option<(Refusal, &'static str)> {
    match guard {
        Guard::NamesCompatible => match (e.last_name, e.first_name) {
            // Two first names under one last name are a couple or parent and child at one address.
            (_, CONFLICT) if e.last_name != CONFLICT => Some((Refusal::No, "first_name")),
            (CONFLICT, _) => Some((Refusal::Review, "last_name")),
            _ => None,
        },
        Guard::BirthDate => (e.birth_date == CONFLICT).then_some((Refusal::Review, "birth_date")),
        Guard::Gender => {
            let epicene = |r: Record| {
                let name = p.records.field(field::FIRST_NAME).pool.get(p.faces[r as usize].first);
                p.name_tables().is_epicene(name)
            };
            (e.gender == CONFLICT && !epicene(a) && !epicene(b)).then_some((Refusal::Review, "gender"))
        }
        Guard::NamesConfirmed => {
            let contacts =
                [e.email, e.mobile, e.landline, e.loyalty_card].iter().filter(|l| **l == SAME).count();
            let places = usize::from(e.address == EQUAL);
            let own = e.email == SAME || e.mobile == SAME || e.loyalty_card == SAME;
            match (e.last_name, e.first_name) {
                (_, CONFLICT) => Some((Refusal::No, "first_name")),
                (_, COMPATIBLE) if !own => Some((Refusal::Review, "first_name")),
                (CONFLICT, _) if contacts + places < 2 => Some((Refusal::Review, "last_name")),
                (CLOSE | PHONETIC, _) if contacts + places == 0 => Some((Refusal::Review, "last_name")),
                _ => None,
            }
        }
        Guard::AddressNumber => {
            // What a means of contact says needs no house number.
            if e.email == SAME || e.mobile == SAME {
                return None;
            }
            let numbered = |r: Record| p.faces[r as usize].numbered();
            (!numbered(a) || !numbered(b)).then_some((Refusal::Review, "address_number"))
        }
        Guard::CommonName => {
            let common = || p.name_count(a) > spec.common_name || p.name_count(b) > spec.common_name;
            let other = e.email == SAME || e.mobile == SAME || e.landline == SAME || e.address > CONFLICT;
            let department = || {
                let of = |r: Record| {
                    let code = p.records.field(field::POSTCODE).text(r)?;
                    code.get(..2).map(str::to_owned)
                };
                of(a).is_some() && of(a) == of(b)
            };
            (!other && !department() && common()).then_some((Refusal::Review, "common_name"))
        }
        Guard::Employer => {
            let of = |r: Record| p.records.employer.id(r);
            (of(a) != 0 && of(b) != 0 && of(a) != of(b)).then_some((Refusal::Review, "employer"))
        }
        Guard::Establishment => p.other_establishment(a, b).map(|reason| (Refusal::No, reason)),
        Guard::SeveralEstablishments => {
            let several = |r: Record| p.establishments.get(r as usize).is_some_and(|n| *n > 1);
            let siret = p.records.field(field::SIRET);
            let both = siret.id(a) != 0 && siret.id(b) != 0;
            (!both && (several(a) || several(b))).then_some((Refusal::Review, "several_establishments"))
        }
        Guard::BirthName => {
            let key = |r: Record| p.birth_name.info[p.faces[r as usize].birth_name as usize].key;
            (key(a) != 0 && key(b) != 0 && key(a) != key(b)).then_some((Refusal::Review, "birth_name"))
        }
    }
}

/// Sum of the points of all levels (`domain.md` §3.4).
pub fn points(p: &Prepared, e: &Evidence, w: &PointsSpec, a: Record, b: Record) -> i32 {
    let last = match e.last_name {
        CONFLICT if is_marriage(p, e, a, b) => w.last_name_marriage,
        level => by_level(
            level,
            [
                0,
                w.last_name_conflict,
                w.last_name_close,
                w.last_name_phonetic,
                w.last_name_included,
                w.last_name_equal,
            ],
        ),
    };
    let first = by_level(
        e.first_name,
        [0, w.first_name_conflict, w.first_name_compatible, w.first_name_nickname, w.first_name_equal],
    );
    let birth = by_level(
        e.birth_date,
        [0, w.birth_date_conflict, w.birth_date_one_component, w.birth_date_swapped, w.birth_date_equal],
    );
    let address = by_level(e.address, [0, 0, w.postcode, w.street, w.address]);
    let gender = i32::from(e.gender == CONFLICT) * w.gender_conflict;
    let suffix = i32::from(e.suffix == CONFLICT) * w.suffix_conflict;
    let same = |level: u8, points: i32| i32::from(level == SAME) * points;
    last + first
        + birth
        + address
        + gender
        + suffix
        + same(e.email, w.email)
        + same(e.mobile, w.mobile)
        + same(e.landline, w.landline)
        + same(e.loyalty_card, w.loyalty_card)
}

/// `points` by level, those of the missing value first.
fn by_level<const N: usize>(level: u8, points: [i32; N]) -> i32 {
    points.get(usize::from(level)).copied().unwrap_or(0)
}

/// Reads a part of a key recipe.
///
/// # Errors
/// What is wrong with the text and what would be accepted.
pub fn part(text: &str, fields: &[CompiledField]) -> Result<Part, String> {
    let position = |n: &str| fields.iter().position(|f| f.name == n);
    if let Some((function, inner)) = text.strip_suffix(')').and_then(|t| t.split_once('(')) {
        const KNOWN: [&str; 12] = [
            "phonex",
            "soundex",
            "initial",
            "prefix",
            "suffix",
            "token",
            "qgram",
            "year",
            "month_day",
            "sorted",
            "company_key",
            "domain",
        ];
        let function = function.trim();
        if !KNOWN.contains(&function) {
            let hint = did_you_mean(function, KNOWN);
            return Err(format!("`{function}` is not a function{hint}; functions are {}", KNOWN.join(", ")));
        }
        let mut args = inner.split(',').map(str::trim);
        let name = args.next().unwrap_or("");
        let f = position(name).ok_or_else(|| unknown(name, fields))?;
        let number = |max: u16| -> Result<u16, String> {
            let given = args.clone().next().unwrap_or("");
            match given.parse::<u16>() {
                Ok(n) if n > 0 && n <= max => Ok(n),
                _ => {
                    Err(format!("`{function}` wants a number from 1 to {max}, as in `{function}({name},3)`"))
                }
            }
        };
        let is_date = matches!(fields[f].kind, Kind::Date | Kind::BirthDate);
        return Ok(match function {
            "phonex" if f == field::LAST_NAME => Part::PhonexLast,
            "phonex" if f == field::FIRST_NAME => Part::PhonexFirst,
            "phonex" => Part::Phonex(f),
            "soundex" => Part::Soundex(f),
            "initial" if f == field::FIRST_NAME => Part::Initial,
            "initial" => Part::First(f),
            "prefix" => Part::Prefix(f, number(255)? as u8),
            "suffix" => Part::Suffix(f, number(255)? as u8),
            "token" => Part::Token(f),
            "company_key" => Part::CompanyKey(f),
            "domain" => Part::Domain(f),
            "qgram" => Part::Qgram(f, number(16)? as u8),
            "sorted" => Part::Sorted(f, number(1000)?),
            _ if !is_date => return Err(format!("`{function}` takes a date; `{name}` is none")),
            "year" if f == field::BIRTH_DATE => Part::BirthYear,
            "year" => Part::Year(f),
            _ if f == field::BIRTH_DATE => Part::BirthMonthDay,
            _ => Part::MonthDay(f),
        });
    }
    Ok(match text {
        "last_name" => Part::LastName,
        "first_name" => Part::FirstName,
        "name_pair" => Part::NamePair,
        "email" => Part::Email,
        "mobile" => Part::Mobile,
        "landline" => Part::Landline,
        "loyalty_card" => Part::Card,
        "birth_date" => Part::BirthDate,
        "address" => Part::Address,
        "street_line" => Part::StreetLine,
        "way" => Part::Way,
        "employer" => Part::Employer,
        "account" => Part::Account,
        other => Part::Field(position(other).ok_or_else(|| unknown(other, fields))?),
    })
}

fn unknown(name: &str, fields: &[CompiledField]) -> String {
    let known = fields.iter().map(|f| f.name.as_str()).chain([
        "address",
        "street_line",
        "way",
        "name_pair",
        "employer",
        "account",
    ]);
    let hint = did_you_mean(name, known.clone());
    format!("`{name}` is not a field{hint}; fields are {}", known.collect::<Vec<_>>().join(", "))
}
