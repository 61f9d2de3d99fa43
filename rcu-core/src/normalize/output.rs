//! What a normaliser writes into: one reusable buffer on the columnar path, owned values on the scalar one.

use super::code::{Code, Codes, Status};
use serde::Serialize;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Where a normaliser puts its answer. Reused from value to value, so the columnar path allocates nothing.
#[derive(Debug, Default, Clone)]
pub struct Output {
    /// The normalised text; meaningful only when the status is `ok` or `corrected`.
    pub text: String,
    codes: Codes,
    extra: Vec<(&'static str, Cow<'static, str>)>,
    empty: bool,
}

impl Output {
    /// An output with nothing in it.
    pub fn new() -> Output {
        Output::default()
    }

    /// Makes it ready for the next value.
    #[inline]
    pub fn reset(&mut self) {
        self.text.clear();
        self.codes.clear();
        self.extra.clear();
        self.empty = false;
    }

    /// Notes a code. A reject code makes the value null whatever else is written.
    #[inline]
    pub fn code(&mut self, code: Code) {
        self.codes.push(code);
    }

    /// Says that nothing was there.
    #[inline]
    pub fn set_empty(&mut self) {
        self.empty = true;
    }

    /// Ready for the next value, which is blank.
    #[inline]
    pub(crate) fn make_empty(&mut self) {
        self.reset();
        self.empty = true;
    }

    /// Adds a side value (`extension`, `line_type`, `currency`, …); a repeated key is replaced.
    #[inline]
    pub fn extra(&mut self, key: &'static str, value: impl Into<Cow<'static, str>>) {
        let value = value.into();
        match self.extra.iter_mut().find(|(k, _)| *k == key) {
            Some(slot) => slot.1 = value,
            None => self.extra.push((key, value)),
        }
    }

    /// A side value noted so far.
    pub fn get_extra(&self, key: &str) -> Option<&str> {
        self.extra.iter().find(|(k, _)| *k == key).map(|(_, v)| v.as_ref())
    }

    /// The side values, in the order they were noted.
    pub fn extras(&self) -> &[(&'static str, Cow<'static, str>)] {
        &self.extra
    }

    /// Codes in the order of the steps.
    #[inline]
    pub fn codes(&self) -> &Codes {
        &self.codes
    }

    /// The codes, for a reader that hands them on.
    #[inline]
    pub(super) fn codes_mut(&mut self) -> &mut Codes {
        &mut self.codes
    }

    /// `empty`, or what the codes say.
    #[inline]
    pub fn status(&self) -> Status {
        if self.empty { Status::Empty } else { self.codes.status() }
    }

    /// The normalised value, or `None` when the status is `rejected` or `empty`.
    #[inline]
    pub fn value(&self) -> Option<&str> {
        match self.status() {
            Status::Ok | Status::Corrected => Some(&self.text),
            _ => None,
        }
    }

    /// An owned copy for callers outside the columnar path.
    pub fn to_normalized(&self) -> Normalized {
        Normalized {
            value: self.value().map(str::to_owned),
            status: self.status(),
            codes: self.codes.as_slice().to_vec(),
            extra: self.extra.iter().map(|(k, v)| ((*k).to_owned(), v.clone().into_owned())).collect(),
        }
    }
}

/// One normalised value, as every language sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Normalized {
    /// The value in its normal form; null when rejected or empty.
    pub value: Option<String>,
    /// `ok`, `corrected`, `rejected` or `empty`.
    pub status: Status,
    /// Codes of the closed registry, in the order of the steps.
    pub codes: Vec<Code>,
    /// Side values: `extension`, `line_type`, `country`, `currency`, `birth_name`, …
    pub extra: BTreeMap<String, String>,
}
