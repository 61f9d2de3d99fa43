//! How well each source keeps its customers.
//!
//! # What is filled in, by source
//! | | pos | web | crm | loyalty | callcenter |
//! | --- | --- | --- | --- | --- | --- |
//! | share of the records | 34 % | 25 % | 15 % | 20 % | 6 % |
//! | e-mail | 52 % | 98.5 % | 80 % | 70 % | 52 % |
//! | mobile | 72 % | 78 % | 78 % | 82 % | 86 % |
//! | landline | 12 % | 5 % | 25 % | 18 % | 30 % |
//! | address | 58 % | 86 % | 90 % | 92 % | 62 % |
//! | birth date | 38 % | 28 % | 55 % | 90 % | 12 % |
//!
//! # What is wrong in it, by source (`--noise X` multiplies these rates)
//! | | pos | web | crm | loyalty | callcenter |
//! | --- | --- | --- | --- | --- | --- |
//! | slip in the surname | 3.5 % | 1.2 % | 2.5 % | 3.5 % | 6 % |
//! | slip in the given name | 3.5 % | 1.2 % | 2.5 % | 3 % | 5 % |
//! | slip in the e-mail's local part; as often in its domain | 2 % | 0.8 % | 1.5 % | 3 % | 3.5 % |
//! | slip in the mobile | 1 % | 0.8 % | 1 % | 1.2 % | 1.2 % |
//! | slip in the street | 5 % | 3 % | 4.5 % | 5 % | 6 % |
//! | slip in the birth date | 1.5 % | 0.8 % | 1.5 % | 2 % | 2.5 % |
//! | the shop's landline for the customer's | 1.2 % | 0.1 % | 0.1 % | 0.1 % | 0.4 % |
//! | the shop's e-mail | 0.8 % | 0.1 % | 0.6 % | 0.6 % | 0.1 % |
//! | an e-mail that says there is none | 1.2 % | 0.05 % | 0.6 % | 1 % | 0.05 % |
//! | an invented mobile (0600000000) | 1.5 % | 0.3 % | 0.3 % | 0.8 % | 0.6 % |
//! | an invented birth date (1900-01-01) | 3 % | 0.5 % | 3 % | 3 % | 0.5 % |
//! | only the initial of the given name | 3 % | 0.2 % | 1.5 % | 0.2 % | 2 % |
//! | surname and given name swapped | 1.8 % | 0.6 % | 1 % | 1.2 % | 3 % |
//! | INCONNU, CLIENT, TEST for a name | 1 % | 0.15 % | 0.15 % | 0.15 % | 0.4 % |
//! | UTF-8 read as Windows-1252 in both names | | | 0.8 % | | |
//!
//! # The same in every source
//! | what | rate | by noise |
//! | --- | --- | --- |
//! | birth name of a woman in place of her surname | 6 % | yes |
//! | compound surname, compound given name: joined, cut or spaced otherwise | 35 % | up to 1 |
//! | short form of the given name (Fred) | 3 % | yes |
//! | the second e-mail of those who have one (28 %) | 35 % | |
//! | e-mail in capitals | 10 %, pos 45 % | |
//! | space before the e-mail | 1 % | |
//! | leading article of the street's name dropped | 4 % | yes |
//! | `Saint`, `Général`, `Docteur` shortened in the street | 25 % | |
//! | house number another one; missing | 2 %; 2 % | yes |
//! | city in capitals, with `ST` for `SAINT`; in capitals | 22 %; 12 % | |
//! | city: a slip; `CEDEX` after it | 1.5 %; 0.6 % | slip only |
//! | fourth digit of the postal code another one | 1 % | yes |
//! | second address line (flat, building, floor) | 18 % of the addresses | |
//! | title of the other sex; no title | 2 %; 6 % | |
//!
//! Loyalty writes 12 % of the birth years with two digits and loses the leading zero of every postal code.

use super::slips::Origin;

/// In which letters a source writes names and addresses.
#[derive(Clone, Copy, PartialEq)]
pub enum Letters {
    /// Capitals without accents.
    Capitals,
    /// As the language has it.
    Proper,
    /// Surname in capitals, the rest as the language has it.
    CapitalSurname,
    /// As the customer types.
    AsTyped,
    /// Surname and address in capitals, given name as the language has it.
    CapitalsButFirst,
}

/// The rates of one source; the tables at the head of this module give them in words.
pub struct Source {
    /// File name and prefix of its record ids.
    pub name: &'static str,
    /// Of all records.
    pub share: f64,
    /// Between the fields of its CSV file.
    pub separator: u8,
    /// Its CSV file is in Windows-1252, else in UTF-8.
    pub cp1252: bool,
    /// Letters of its names.
    pub letters: Letters,
    /// Where its mistakes come from.
    pub origin: Origin,
    /// E-mail, mobile, landline, address, birth date.
    pub fill: [f64; 5],
    /// What is wrong in it.
    pub wrong: Wrong,
    /// Weights of the layouts, in the order of `phone::LAYOUTS`.
    pub phone_layouts: [f64; 8],
    /// Street type abbreviated.
    pub short_street_type: f64,
    /// E-mail in capitals.
    pub capital_mail: f64,
}

/// Rates of what is wrong, before `--noise`.
#[derive(Clone, Copy)]
pub struct Wrong {
    /// Slip in the surname.
    pub last: f64,
    /// Slip in the given name.
    pub first: f64,
    /// Slip in the local part of the e-mail; as often in its domain.
    pub mail: f64,
    /// Slip in the mobile.
    pub mobile: f64,
    /// Slip in the street.
    pub street: f64,
    /// Slip in the birth date.
    pub birth: f64,
    /// The shop's landline.
    pub shop_landline: f64,
    /// The shop's e-mail.
    pub shop_mail: f64,
    /// An e-mail that says there is none.
    pub no_mail: f64,
    /// An invented mobile.
    pub invented_mobile: f64,
    /// An invented birth date.
    pub invented_birth: f64,
    /// Only the initial of the given name.
    pub initial: f64,
    /// Surname and given name swapped.
    pub swapped: f64,
    /// A word for a name.
    pub no_name: f64,
    /// UTF-8 read as Windows-1252.
    pub misread: f64,
}

/// The five sources.
pub const SOURCES: [Source; 5] = [
    Source {
        name: "pos",
        share: 0.34,
        separator: b';',
        cp1252: true,
        letters: Letters::Capitals,
        origin: Origin::Typing,
        fill: [0.52, 0.72, 0.12, 0.58, 0.38],
        wrong: Wrong {
            last: 0.035,
            first: 0.035,
            mail: 0.020,
            mobile: 0.010,
            street: 0.050,
            birth: 0.015,
            shop_landline: 0.012,
            shop_mail: 0.008,
            no_mail: 0.012,
            invented_mobile: 0.015,
            invented_birth: 0.03,
            initial: 0.03,
            swapped: 0.018,
            no_name: 0.010,
            misread: 0.0,
        },
        phone_layouts: [0.55, 0.15, 0.20, 0.02, 0.0, 0.02, 0.06, 0.0],
        short_street_type: 0.55,
        capital_mail: 0.45,
    },
    Source {
        name: "web",
        share: 0.25,
        separator: b',',
        cp1252: false,
        letters: Letters::AsTyped,
        origin: Origin::Typing,
        fill: [0.985, 0.78, 0.05, 0.86, 0.28],
        wrong: Wrong {
            last: 0.012,
            first: 0.012,
            mail: 0.008,
            mobile: 0.008,
            street: 0.030,
            birth: 0.008,
            shop_landline: 0.001,
            shop_mail: 0.001,
            no_mail: 0.0005,
            invented_mobile: 0.003,
            invented_birth: 0.005,
            initial: 0.002,
            swapped: 0.006,
            no_name: 0.0015,
            misread: 0.0,
        },
        phone_layouts: [0.45, 0.15, 0.02, 0.25, 0.08, 0.02, 0.01, 0.02],
        short_street_type: 0.25,
        capital_mail: 0.10,
    },
    Source {
        name: "crm",
        share: 0.15,
        separator: b',',
        cp1252: true,
        letters: Letters::Proper,
        origin: Origin::Typing,
        fill: [0.80, 0.78, 0.25, 0.90, 0.55],
        wrong: Wrong {
            last: 0.025,
            first: 0.025,
            mail: 0.015,
            mobile: 0.010,
            street: 0.045,
            birth: 0.015,
            shop_landline: 0.001,
            shop_mail: 0.006,
            no_mail: 0.006,
            invented_mobile: 0.003,
            invented_birth: 0.03,
            initial: 0.015,
            swapped: 0.010,
            no_name: 0.0015,
            misread: 0.008,
        },
        phone_layouts: [0.25, 0.30, 0.25, 0.08, 0.08, 0.02, 0.0, 0.02],
        short_street_type: 0.30,
        capital_mail: 0.10,
    },
    Source {
        name: "loyalty",
        share: 0.20,
        separator: b';',
        cp1252: false,
        letters: Letters::CapitalSurname,
        origin: Origin::Form,
        fill: [0.70, 0.82, 0.18, 0.92, 0.90],
        wrong: Wrong {
            last: 0.035,
            first: 0.030,
            mail: 0.030,
            mobile: 0.012,
            street: 0.050,
            birth: 0.020,
            shop_landline: 0.001,
            shop_mail: 0.006,
            no_mail: 0.010,
            invented_mobile: 0.008,
            invented_birth: 0.03,
            initial: 0.002,
            swapped: 0.012,
            no_name: 0.0015,
            misread: 0.0,
        },
        phone_layouts: [0.70, 0.05, 0.05, 0.0, 0.0, 0.0, 0.20, 0.0],
        short_street_type: 0.35,
        capital_mail: 0.10,
    },
    Source {
        name: "callcenter",
        share: 0.06,
        separator: b',',
        cp1252: false,
        letters: Letters::CapitalsButFirst,
        origin: Origin::Call,
        fill: [0.52, 0.86, 0.30, 0.62, 0.12],
        wrong: Wrong {
            last: 0.060,
            first: 0.050,
            mail: 0.035,
            mobile: 0.012,
            street: 0.060,
            birth: 0.025,
            shop_landline: 0.004,
            shop_mail: 0.001,
            no_mail: 0.0005,
            invented_mobile: 0.006,
            invented_birth: 0.005,
            initial: 0.02,
            swapped: 0.03,
            no_name: 0.004,
            misread: 0.0,
        },
        phone_layouts: [0.30, 0.40, 0.10, 0.10, 0.05, 0.03, 0.0, 0.02],
        short_street_type: 0.40,
        capital_mail: 0.10,
    },
];

impl Wrong {
    /// The rates after `--noise`.
    #[must_use]
    pub fn times(self, noise: f64) -> Self {
        Self {
            last: self.last * noise,
            first: self.first * noise,
            mail: self.mail * noise,
            mobile: self.mobile * noise,
            street: self.street * noise,
            birth: self.birth * noise,
            shop_landline: self.shop_landline * noise,
            shop_mail: self.shop_mail * noise,
            no_mail: self.no_mail * noise,
            invented_mobile: self.invented_mobile * noise,
            invented_birth: self.invented_birth * noise,
            initial: self.initial * noise,
            swapped: self.swapped * noise,
            no_name: self.no_name * noise,
            misread: self.misread * noise,
        }
    }
}

/// Index into [`SOURCES`] of a file name; panics on any other name.
#[must_use]
pub fn source_index(name: &str) -> usize {
    SOURCES.iter().position(|source| source.name == name).expect("the name of a source")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_and_layouts_sum_to_one() {
        let share: f64 = SOURCES.iter().map(|source| source.share).sum();
        assert!((share - 1.0).abs() < 1e-9);
        for source in &SOURCES {
            let sum: f64 = source.phone_layouts.iter().sum();
            assert!((sum - 1.0).abs() < 1e-9, "{}", source.name);
        }
    }
}
