//! A whole customer row: every mapped value through its kind, then the rules that look across fields (`domain.md` §2.9).
//!
//! One row in, canonical values out. The batch engine, the single-record call and the entry check all use it.

use super::cross;
use crate::field::{self, FieldIx};
use crate::normalize::address::whole::{self, Part};
use crate::normalize::{Class, Code, Context, Kind, Output, Status, into};
use crate::reference::internal::InternalContacts;
use std::sync::Arc;

/// Where a raw value of a row goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// A canonical field of that kind.
    Field(FieldIx, Kind),
    /// A telephone number that may be a mobile or not.
    Phone,
    /// A whole person's name.
    Name,
    /// A whole address.
    Address,
}

/// One canonical value of the row.
#[derive(Debug, Clone, Default)]
pub struct Value {
    /// The field.
    pub field: FieldIx,
    /// Value, status, codes, side values.
    pub out: Output,
    /// Position of the raw value in the row's inputs.
    pub input: usize,
}

/// Values of the row that each stand and are no whole together: a postcode and a locality that do not go together, an
/// address without one of them. They stay, the whole is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedWhole {
    /// The kind that they are together.
    pub kind: Kind,
    /// Their positions in [`Row::values`].
    pub values: Vec<usize>,
    /// Why.
    pub code: Code,
}

/// Scratch for one row after another; nothing is allocated once it has grown.
#[derive(Debug, Default)]
pub struct Row {
    values: Vec<Value>,
    used: usize,
    pub(super) refused: Vec<RefusedWhole>,
    /// What whole addresses lack, by input.
    missing: Vec<(usize, Code)>,
    pub(super) work: Output,
    pub(super) key: String,
    pub(super) internal: Option<Arc<InternalContacts>>,
    /// The postcode has the shape of the source's country and not of the one that the record names.
    pub(super) contradicted: bool,
    parts: whole::Parts,
}

impl Row {
    /// A scratch.
    pub fn new() -> Row {
        Row::default()
    }

    /// A scratch that flags these contacts too, besides those of the tables.
    pub fn flagging(internal: Arc<InternalContacts>) -> Row {
        Row { internal: Some(internal).filter(|i| !i.is_empty()), ..Row::default() }
    }

    /// The canonical values, in the order of the inputs; those that a rule moved to another field come after the
    /// others. A field may come several times.
    pub fn values(&self) -> &[Value] {
        self.values.get(..self.used).unwrap_or(&[])
    }

    /// Values that are no whole together.
    pub fn refused(&self) -> &[RefusedWhole] {
        &self.refused
    }

    pub(super) fn values_mut(&mut self) -> &mut [Value] {
        self.values.get_mut(..self.used).unwrap_or(&mut [])
    }

    /// Gives a value to another field, behind the values that are there.
    pub(super) fn refile(&mut self, at: usize, field: FieldIx) -> Option<&mut Value> {
        let behind = self.values_mut().get_mut(at..)?;
        behind.rotate_left(1);
        let v = behind.last_mut()?;
        v.field = field;
        Some(v)
    }

    /// Takes a value out of the row.
    pub(super) fn remove(&mut self, at: usize) {
        if self.refile(at, 0).is_some() {
            self.used -= 1;
        }
    }

    /// Normalises a row. `raw` gives the text of each input, `None` for null.
    pub fn normalize<'r, F>(&mut self, inputs: &[(Target, &Context)], mut raw: F)
    where
        F: FnMut(usize) -> Option<&'r str>,
    {
        self.used = 0;
        self.refused.clear();
        self.missing.clear();
        self.contradicted = false;
        // An address is read under the country that the record names, where it can be.
        let abroad = cross::abroad(self, inputs, &mut raw);
        for (i, (target, cx)) in inputs.iter().enumerate() {
            let text = raw(i).unwrap_or("");
            let cx = match &abroad {
                Some(abroad) if is_address(*target) => abroad,
                _ => cx,
            };
            match target {
                Target::Field(field, kind) => {
                    let v = self.place(*field, i);
                    match text {
                        // A third of a usual row; every kind says the same of it.
                        "" => v.out.make_empty(),
                        text => into(*kind, text, cx, &mut v.out),
                    }
                }
                Target::Phone => {
                    let v = self.place(field::LANDLINE, i);
                    into(Kind::Phone, text, cx, &mut v.out);
                    if v.out.get_extra("line_type") == Some("mobile") {
                        v.field = field::MOBILE;
                    }
                }
                Target::Name => self.whole_name(text, cx, i),
                Target::Address => self.whole_address(text, cx, i),
            }
        }
        if let Some((_, cx)) = inputs.first() {
            cross::apply(self, cx, inputs, raw);
        }
        self.refuse_incomplete();
    }

    /// Refuses the addresses that lack a postcode or a locality which no other value of the row gives either.
    fn refuse_incomplete(&mut self) {
        for (input, code) in std::mem::take(&mut self.missing) {
            let lacked = if code == Code::MissingPostcode { field::POSTCODE } else { field::CITY };
            if self.values().iter().any(|v| v.field == lacked && v.out.value().is_some()) {
                continue;
            }
            let of = |v: &Value| v.input == input && v.out.value().is_some();
            let values = (0..self.used).filter(|i| self.values().get(*i).is_some_and(of)).collect();
            self.refused.push(RefusedWhole { kind: Kind::Address, values, code });
        }
    }

    pub(super) fn next(&mut self, field: FieldIx, input: usize) -> &mut Value {
        let v = self.place(field, input);
        v.out.reset();
        v
    }

    /// The next value, which still holds what an earlier row left: for a normaliser, which begins with a reset.
    #[inline]
    fn place(&mut self, field: FieldIx, input: usize) -> &mut Value {
        if self.used == self.values.len() {
            self.values.push(Value::default());
        }
        let v = &mut self.values[self.used];
        self.used += 1;
        v.field = field;
        v.input = input;
        v
    }

    fn whole_name(&mut self, text: &str, cx: &Context, input: usize) {
        let mut work = std::mem::take(&mut self.work);
        into(Kind::PersonName, text, cx, &mut work);
        self.spread(
            &work,
            input,
            &[
                ("civility", field::CIVILITY),
                ("last_name", field::LAST_NAME),
                ("first_name", field::FIRST_NAME),
                ("birth_name", field::BIRTH_NAME),
                ("suffix", field::SUFFIX),
            ],
        );
        self.work = work;
    }

    fn whole_address(&mut self, text: &str, cx: &Context, input: usize) {
        let mut parts = std::mem::take(&mut self.parts);
        whole::split_into(text, cx, &mut parts);
        let mut any = false;
        let mut put = |row: &mut Row, field: FieldIx, texts: &[&str]| {
            let mut filled = texts.iter().filter(|t| !t.is_empty()).peekable();
            if filled.peek().is_none() {
                return;
            }
            // The country may be a column of its own too.
            let said =
                |v: &Value| v.field == field::COUNTRY && Some(v.out.text.as_str()) == texts.first().copied();
            if field == field::COUNTRY && row.values().iter().any(said) {
                return;
            }
            let v = row.next(field, input);
            for t in filled {
                if !v.out.text.is_empty() {
                    v.out.text.push(' ');
                }
                v.out.text.push_str(t);
            }
            // Codes of the whole are counted once, with its first part that stands.
            if !any {
                let kept = parts.codes().iter().filter(|c| c.class() != Class::Reject);
                kept.for_each(|c| v.out.code(*c));
            }
            any = true;
        };
        put(self, field::STREET, &[parts.street()]);
        put(self, field::ADDRESS_EXTRA, &[parts.inside(), parts.building(), parts.special()]);
        put(self, field::POSTCODE, &[parts.postcode()]);
        put(self, field::CITY, &[parts.city()]);
        put(self, field::COUNTRY, &[parts.country().as_ref().map_or("", |c| c.as_str())]);
        // A part that was there and is refused is a refused value of its field; the others stand.
        for (part, code) in parts.refusals() {
            let field = match part {
                Part::Street => field::STREET,
                Part::Inside | Part::Building | Part::Special => field::ADDRESS_EXTRA,
                Part::Postcode => field::POSTCODE,
                Part::City => field::CITY,
            };
            self.next(field, input).out.code(*code);
        }
        if any {
            self.missing.extend(parts.missing(cx).map(|code| (input, code)));
        } else if parts.refusals().is_empty() {
            let v = self.next(field::STREET, input);
            into(Kind::Address, text, cx, &mut v.out);
        }
        self.parts = parts;
    }

    /// Puts the parts of a composite value into their fields, each with the codes of the whole.
    fn spread(&mut self, whole: &Output, input: usize, parts: &[(&str, FieldIx)]) {
        let mut any = false;
        for (key, field) in parts {
            if let Some(text) = whole.get_extra(key).filter(|t| !t.is_empty()) {
                any = true;
                let v = self.next(*field, input);
                v.out.text.push_str(text);
                if whole.status() == Status::Corrected {
                    whole.codes().as_slice().iter().for_each(|c| v.out.code(*c));
                }
            }
        }
        if !any {
            // Nothing could be read: the first part carries the outcome, so that it is counted.
            let v = self.next(parts[1].1, input);
            v.out = whole.clone();
        }
    }
}

fn is_address(target: Target) -> bool {
    match target {
        Target::Address => true,
        Target::Field(f, _) => {
            matches!(f, field::STREET | field::POSTCODE | field::CITY | field::ADDRESS_EXTRA)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normalize::Country;
    use crate::time::Day;

    /// A row does not ask the kinds about blank cells.
    #[test]
    fn every_kind_says_the_same_of_a_blank_cell() {
        let cx = Context::new(Country::FR, Day(20_000));
        for kind in Kind::ALL {
            let mut row = Row::new();
            // A scratch that held something before.
            row.normalize(&[(Target::Field(0, *kind), &cx)], |_| Some("?!x 0612"));
            row.normalize(&[(Target::Field(0, *kind), &cx)], |_| Some(""));
            let (mut asked, mut out) = (Output::new(), Output::new());
            into(*kind, "", &cx, &mut asked);
            if let Some(value) = row.values().first() {
                out = value.out.clone();
            }
            assert_eq!(out.to_normalized(), asked.to_normalized(), "{kind:?}");
            assert_eq!((out.status(), out.text.as_str()), (Status::Empty, ""), "{kind:?}");
        }
    }
}
