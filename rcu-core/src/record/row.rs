//! A whole customer row: every mapped value through its kind, then the rules that look across fields (`domain.md` §2.9).
//!
//! One row in, canonical values out. The batch engine, the single-record call and the entry check all use it.

use crate::field::{self, FieldIx};
use crate::normalize::address::whole;
use crate::normalize::{Class, Code, Context, Kind, Output, Status, into, name, person};

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

/// Scratch for one row after another; nothing is allocated once it has grown.
#[derive(Debug, Default)]
pub struct Row {
    values: Vec<Value>,
    used: usize,
    work: Output,
    parts: whole::Parts,
}

impl Row {
    /// A scratch.
    pub fn new() -> Row {
        Row::default()
    }

    /// The canonical values, in the order of the inputs; a field may come several times.
    pub fn values(&self) -> &[Value] {
        &self.values[..self.used]
    }

    /// Normalises a row. `raw` gives the text of each input, `None` for null.
    pub fn normalize<'r, F>(&mut self, inputs: &[(Target, &Context)], mut raw: F)
    where
        F: FnMut(usize) -> Option<&'r str>,
    {
        self.used = 0;
        for (i, (target, cx)) in inputs.iter().enumerate() {
            let text = raw(i).unwrap_or("");
            match target {
                Target::Field(field, kind) => {
                    let v = self.next(*field, i);
                    into(*kind, text, cx, &mut v.out);
                }
                Target::Phone => {
                    let v = self.next(field::LANDLINE, i);
                    into(Kind::Phone, text, cx, &mut v.out);
                    if v.out.get_extra("line_type").is_some_and(is_mobile) {
                        v.field = field::MOBILE;
                    }
                }
                Target::Name => self.whole_name(text, cx, i),
                Target::Address => self.whole_address(text, cx, i),
            }
        }
        if let Some((_, cx)) = inputs.first() {
            self.cross(cx);
        }
    }

    fn next(&mut self, field: FieldIx, input: usize) -> &mut Value {
        if self.used == self.values.len() {
            self.values.push(Value::default());
        }
        let v = &mut self.values[self.used];
        self.used += 1;
        v.field = field;
        v.input = input;
        v.out.reset();
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
            let v = row.next(field, input);
            for t in filled {
                if !v.out.text.is_empty() {
                    v.out.text.push(' ');
                }
                v.out.text.push_str(t);
            }
            // Codes of the whole are counted once, with its first part. A refusal of the whole (no postcode) leaves
            // the parts that could be read.
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
        if !any {
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

    /// The rules across fields.
    fn cross(&mut self, cx: &Context) {
        self.move_misfiled_phones();
        self.names(cx);
    }

    /// A mobile number in the landline column and the other way round.
    fn move_misfiled_phones(&mut self) {
        for v in &mut self.values[..self.used] {
            if v.field != field::MOBILE && v.field != field::LANDLINE {
                continue;
            }
            let Some(line) = v.out.get_extra("line_type") else { continue };
            let right = if is_mobile(line) { field::MOBILE } else { field::LANDLINE };
            // A number that may be either stays where it was written.
            if right != v.field && line != "fixed_or_mobile" {
                v.field = right;
                v.out.code(Code::PhoneTypeSwapped);
            }
        }
    }

    fn names(&mut self, cx: &Context) {
        let find = |s: &Self, f: FieldIx| {
            s.values[..s.used].iter().position(|v| v.field == f && v.out.value().is_some())
        };
        let (last, first) = (find(self, field::LAST_NAME), find(self, field::FIRST_NAME));
        // What a normaliser found besides the name goes to its own field when that one is empty.
        if let Some(l) = last {
            for (key, target) in [("birth_name", field::BIRTH_NAME), ("civility", field::CIVILITY)] {
                let found = self.values[l].out.get_extra(key).map(str::to_owned);
                if let (Some(text), None) = (found, find(self, target)) {
                    let input = self.values[l].input;
                    let v = self.next(target, input);
                    v.out.text.push_str(&text);
                }
            }
        }
        let (Some(l), Some(f)) = (last, first) else { return };
        if person::swap_if_misfiled(&self.values[l].out.text, &self.values[f].out.text, &cx.tables.names) {
            let (a, b) = if l < f { (l, f) } else { (f, l) };
            let (head, tail) = self.values.split_at_mut(b);
            std::mem::swap(&mut head[a].out, &mut tail[0].out);
            head[a].out.code(Code::NameSwapped);
            tail[0].out.code(Code::NameSwapped);
        }
        for i in [l, f] {
            if let (_, Some(suffix)) = name::split_suffix(&self.values[i].out.text, &cx.tables.names)
                && find(self, field::SUFFIX).is_none()
            {
                let input = self.values[i].input;
                let v = self.next(field::SUFFIX, input);
                v.out.text.push_str(suffix);
            }
        }
    }
}

fn is_mobile(line_type: &str) -> bool {
    line_type == "mobile"
}
