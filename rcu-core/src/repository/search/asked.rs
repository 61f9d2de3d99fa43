//! A search made ready: normalised, cut to what the role may look for, names read in every order that makes sense.

use super::keys::{Form, figures, forms, mailbox};
use super::query::Search;
use crate::access::{Area, RolePlan, Sight, area_of};
use crate::config::Plan;
use crate::field::{self, CompiledField, FieldIx};
use crate::normalize::{Context, Kind, Output, into};
use schemars::JsonSchema;
use serde::Serialize;

/// What is asked of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Clue {
    /// A golden id or the identifier of a record.
    Id,
    /// E-mail address.
    Email,
    /// Telephone number.
    Phone,
    /// Loyalty card.
    LoyaltyCard,
    /// Birth date.
    BirthDate,
    /// Last name, in use or at birth.
    LastName,
    /// First name.
    FirstName,
    /// Postcode.
    Postcode,
    /// City.
    City,
}

impl Clue {
    /// Fields that may hold it.
    pub(super) fn fields(self) -> &'static [FieldIx] {
        match self {
            Clue::Id => &[],
            Clue::Email => &[field::EMAIL],
            Clue::Phone => &[field::MOBILE, field::LANDLINE],
            Clue::LoyaltyCard => &[field::LOYALTY_CARD],
            Clue::BirthDate => &[field::BIRTH_DATE],
            Clue::LastName => &[field::LAST_NAME, field::BIRTH_NAME],
            Clue::FirstName => &[field::FIRST_NAME],
            Clue::Postcode => &[field::POSTCODE],
            Clue::City => &[field::CITY],
        }
    }
}

/// How a role may match a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sees {
    /// Not at all.
    Nothing,
    /// By the whole value only: it sees the value under a mask.
    Whole,
    /// By any part.
    Any,
}

/// What a role sees of every field.
#[derive(Debug, Clone)]
pub(super) struct Eyes {
    fields: Vec<Sees>,
    pub records: Sees,
}

impl Eyes {
    pub fn new(plan: &Plan, role: Option<&RolePlan>) -> Eyes {
        let sees = |sight: Sight| match sight {
            Sight::Hidden => Sees::Nothing,
            Sight::Masked | Sight::Consented => Sees::Whole,
            Sight::Clear => Sees::Any,
        };
        let of = |(ix, f): (usize, &CompiledField)| {
            role.map_or(Sees::Any, |r| sees(r.sees_field(&f.name, area_of(ix, f.kind))))
        };
        Eyes {
            fields: plan.fields.iter().enumerate().map(of).collect(),
            records: role.map_or(Sees::Any, |r| sees(r.sees(Area::Records))),
        }
    }

    pub fn on(&self, f: FieldIx) -> Sees {
        self.fields.get(f).copied().unwrap_or(Sees::Nothing)
    }

    /// The best of a clue's fields.
    pub fn best(&self, clue: Clue) -> Sees {
        clue.fields().iter().map(|f| self.on(*f)).max().unwrap_or(Sees::Nothing)
    }

    /// Whether every field of a clue is clear.
    pub fn clear(&self, clue: Clue) -> bool {
        clue.fields().iter().all(|f| self.on(*f) == Sees::Any)
    }
}

/// A name that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name {
    /// As normalised, words apart.
    pub text: String,
    /// The whole first.
    pub forms: Vec<Form>,
}

/// One way to read the names.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Reading {
    pub last: Option<Name>,
    pub first: Option<Name>,
    /// A city found among the names.
    pub city: Option<String>,
    /// Against what was said: last name for first name.
    pub swapped: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mail {
    /// Key of a whole address; none for a part.
    pub key: Option<String>,
    pub text: String,
    pub mailbox: String,
    pub domain: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Number {
    /// The normal form of a whole number.
    pub whole: Option<String>,
    /// Its figures, without the zero or the country's prefix of a French number.
    pub figures: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Born {
    Day(String),
    Year(String),
}

/// A search made ready.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub readings: Vec<Reading>,
    pub email: Option<Mail>,
    pub phone: Option<Number>,
    pub card: Option<String>,
    pub born: Option<Born>,
    pub postcode: Option<String>,
    pub city: Option<String>,
    pub eyes: Eyes,
    /// What was asked and could not be looked for, and why.
    pub ignored: Vec<(Clue, &'static str)>,
}

/// The most ways of reading names.
const READINGS: usize = 8;

impl Asked {
    pub fn new(plan: &Plan, search: &Search, eyes: Eyes) -> Asked {
        let cx = plan.setting().context;
        let mut asked = Asked {
            readings: Vec::new(),
            email: None,
            phone: None,
            card: None,
            born: None,
            postcode: None,
            city: None,
            eyes,
            ignored: Vec::new(),
        };
        let mut out = Output::new();
        let mut normal = |f: FieldIx, raw: &str| -> Option<String> {
            into(plan.fields.get(f)?.kind, raw, &cx, &mut out);
            out.value().map(str::to_owned)
        };
        if let Some(raw) = asked.given(Clue::Email, search.email.as_deref()) {
            let whole = normal(field::EMAIL, raw).filter(|v| v.contains('@'));
            let text = whole.clone().unwrap_or_else(|| raw.to_lowercase());
            let (local, domain) = mailbox(&text);
            let domain = domain.to_owned();
            let key = whole.map(|v| {
                let mut key = String::new();
                crate::normalize::email::key_into(&v, &mut key);
                key
            });
            let mail = Mail { key, mailbox: local, domain, text };
            asked.email =
                asked.long_enough(Clue::Email, mail.key.is_some(), mail.mailbox.len(), 3).then_some(mail);
        }
        if let Some(raw) = asked.given(Clue::Phone, search.phone.as_deref()) {
            let whole = normal(field::MOBILE, raw);
            let text = whole.as_deref().unwrap_or(raw);
            let mut digits: String = text.chars().filter(char::is_ascii_digit).collect();
            for prefix in ["0033", "33", "0"] {
                if let Some(rest) = digits.strip_prefix(prefix)
                    && (prefix == "0" || rest.len() >= 9)
                {
                    digits = rest.to_owned();
                    break;
                }
            }
            let number = Number { whole, figures: digits };
            let long = asked.long_enough(Clue::Phone, number.whole.is_some(), number.figures.len(), 4);
            asked.phone = long.then_some(number);
        }
        if let Some(raw) = asked.given(Clue::LoyaltyCard, search.loyalty_card.as_deref()) {
            let whole = normal(field::LOYALTY_CARD, raw);
            let text = figures(&whole.clone().unwrap_or_else(|| raw.to_uppercase()));
            // Every card may be whole: sources have their own lengths.
            let long = asked.long_enough(Clue::LoyaltyCard, true, text.len(), 4);
            asked.card = long.then_some(text);
        }
        if let Some(raw) = asked.given(Clue::BirthDate, search.birth_date.as_deref()) {
            let year = raw.len() == 4 && raw.bytes().all(|b| b.is_ascii_digit());
            let born = match normal(field::BIRTH_DATE, raw) {
                Some(day) if !year => Some(Born::Day(day)),
                _ if year => Some(Born::Year(raw.to_owned())),
                _ => None,
            };
            match &born {
                None => asked.ignored.push((Clue::BirthDate, "not_a_date")),
                Some(Born::Year(_)) if !asked.eyes.clear(Clue::BirthDate) => {
                    asked.ignored.push((Clue::BirthDate, "masked"));
                }
                Some(_) => asked.born = born,
            }
        }
        if let Some(raw) = asked.given(Clue::Postcode, search.postcode.as_deref()) {
            let whole = normal(field::POSTCODE, raw);
            let is_whole = whole.is_some();
            let text = whole.unwrap_or_else(|| figures(raw).to_uppercase());
            let long = asked.long_enough(Clue::Postcode, is_whole, text.len(), 2);
            asked.postcode = long.then_some(text);
        }
        if let Some(raw) = asked.given(Clue::City, search.city.as_deref()) {
            asked.city = normal(field::CITY, raw);
        }
        asked.read_names(&cx, search);
        asked
    }

    /// A clue that is there and that the role may look for.
    fn given<'s>(&mut self, clue: Clue, raw: Option<&'s str>) -> Option<&'s str> {
        let raw = raw.map(str::trim).filter(|t| !t.is_empty())?;
        if self.eyes.best(clue) == Sees::Nothing {
            self.ignored.push((clue, "hidden"));
            return None;
        }
        Some(raw)
    }

    /// Whether a clue says enough. A part of a value may only be looked for where the value is clear.
    fn long_enough(&mut self, clue: Clue, whole: bool, characters: usize, least: usize) -> bool {
        if whole {
            return true;
        }
        let why = if !self.eyes.clear(clue) { "masked" } else { "too_short" };
        let enough = self.eyes.clear(clue) && characters >= least;
        if !enough {
            self.ignored.push((clue, why));
        }
        enough
    }

    fn read_names(&mut self, cx: &Context, search: &Search) {
        let mut out = Output::new();
        let mut name = |kind: Kind, raw: &str| -> Option<Name> {
            into(kind, raw, cx, &mut out);
            let text = out.value()?.to_owned();
            let forms = forms(&text, &cx.tables.names);
            (!forms.is_empty()).then_some(Name { text, forms })
        };
        let last = self.given(Clue::LastName, search.last_name.as_deref()).map(str::to_owned);
        let first = self.given(Clue::FirstName, search.first_name.as_deref()).map(str::to_owned);
        let both_absent = search.last_name.is_none() && search.first_name.is_none();
        let line = search.name.as_deref().map(str::trim).filter(|t| !t.is_empty() && both_absent);
        let mut readings: Vec<Reading> = Vec::new();
        if last.is_some() || first.is_some() {
            let mut read = |l: Option<&String>, f: Option<&String>, swapped: bool| Reading {
                last: l.and_then(|t| name(Kind::LastName, t)),
                first: f.and_then(|t| name(Kind::FirstName, t)),
                city: None,
                swapped,
            };
            readings.push(read(last.as_ref(), first.as_ref(), false));
            readings.push(read(first.as_ref(), last.as_ref(), true));
        } else if let Some(text) = line {
            into(Kind::PersonName, text, cx, &mut out);
            let part = |key: &str| out.get_extra(key).filter(|t| !t.is_empty()).map(str::to_owned);
            let mut ways = vec![(part("last_name"), part("first_name"), None)];
            let mut plain = Output::new();
            into(Kind::LastName, text, cx, &mut plain);
            let words: Vec<&str> = plain.value().unwrap_or("").split_whitespace().collect();
            ways.extend(splits(&words).map(|(l, f)| (l, f, None)));
            // The last words may be a city.
            for k in 1..words.len() {
                let city = words[k..].join(" ");
                if cx.tables.postal.name(&city).is_some() {
                    ways.extend(splits(&words[..k]).take(2).map(|(l, f)| (l, f, Some(city.clone()))));
                }
            }
            let mut name = |kind: Kind, raw: &str| -> Option<Name> {
                into(kind, raw, cx, &mut plain);
                let text = plain.value()?.to_owned();
                let forms = forms(&text, &cx.tables.names);
                (!forms.is_empty()).then_some(Name { text, forms })
            };
            for (l, f, city) in ways {
                let reading = Reading {
                    last: l.and_then(|t| name(Kind::LastName, &t)),
                    first: f.and_then(|t| name(Kind::FirstName, &t)),
                    city: city.filter(|_| self.eyes.best(Clue::City) != Sees::Nothing),
                    swapped: false,
                };
                let some = reading.last.is_some() || reading.first.is_some();
                if some && !readings.contains(&reading) && readings.len() < READINGS {
                    readings.push(reading);
                }
            }
        }
        for clue in [Clue::LastName, Clue::FirstName] {
            if self.eyes.best(clue) == Sees::Nothing {
                let mut there = false;
                for r in &mut readings {
                    let slot = if clue == Clue::LastName { &mut r.last } else { &mut r.first };
                    there |= slot.take().is_some();
                }
                if there {
                    self.ignored.push((clue, "hidden"));
                }
            }
        }
        readings.retain(|r| r.last.is_some() || r.first.is_some());
        readings.dedup();
        self.readings = if readings.is_empty() { vec![Reading::default()] } else { readings };
    }

    /// Whether anything is asked.
    pub fn is_empty(&self) -> bool {
        let named = self.readings.iter().any(|r| r.last.is_some() || r.first.is_some());
        let more = self.postcode.is_some() || self.city.is_some();
        !named && !more && !self.identifies()
    }

    /// Whether something is asked that few people have in common.
    pub fn identifies(&self) -> bool {
        self.email.is_some() || self.phone.is_some() || self.card.is_some() || self.born.is_some()
    }
}

/// Last and first name of some words, in French order and in the other; words of each stay together.
fn splits<'w>(words: &'w [&'w str]) -> impl Iterator<Item = (Option<String>, Option<String>)> + 'w {
    let text = |w: &[&str]| (!w.is_empty()).then(|| w.join(" "));
    let n = words.len();
    let cuts = (1..n.max(1)).filter(move |k| n <= 3 || *k == 1 || *k + 1 == n);
    let both = cuts.flat_map(move |k| {
        let (a, b) = words.split_at(k);
        [(text(a), text(b)), (text(b), text(a))]
    });
    let alone = (n == 1).then(|| [(text(words), None), (None, text(words))]).into_iter().flatten();
    let whole = (n > 1).then(|| (text(words), None));
    alone.chain(both).chain(whole)
}
