//! Closed vocabularies: countries, languages, currencies, and the words that stand around amounts.
//!
//! The tables are text in `data/vocabulary`, compiled by `build/vocabulary.rs` into maps from a written form (upper
//! case, without blanks) to a number; what those numbers mean is written here.

use crate::country::Country;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

/// All vocabularies.
#[derive(Debug)]
pub struct VocabularyTables {
    countries: Lexicon,
    languages: Lexicon,
    currencies: Lexicon,
    amount_words: Lexicon,
}

impl Default for VocabularyTables {
    fn default() -> VocabularyTables {
        VocabularyTables::shipped(&|_| true)
    }
}

impl VocabularyTables {
    /// The shipped vocabularies that `keep` names: `countries`, `languages`; those of amounts are always there.
    pub fn shipped(keep: &dyn Fn(&str) -> bool) -> VocabularyTables {
        macro_rules! compiled {
            ($name:literal) => {
                include_bytes!(concat!(env!("OUT_DIR"), "/", $name, ".fst"))
            };
        }
        let lexicon = |name, bytes| if keep(name) { Lexicon::embedded(bytes) } else { Lexicon::empty() };
        VocabularyTables {
            countries: lexicon("countries", compiled!("countries")),
            languages: lexicon("languages", compiled!("languages")),
            currencies: Lexicon::embedded(compiled!("currencies")),
            amount_words: Lexicon::embedded(compiled!("amount_words")),
        }
    }
}

/// What a written form says of the country.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CountryReading {
    /// This one.
    One([u8; 2]),
    /// Several countries answer to it.
    Ambiguous,
    /// A state that is no more.
    Former,
}

/// What a written form says of the language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LanguageReading {
    /// ISO 639-1 code, small letters.
    pub code: [u8; 2],
    /// Whether the form is a code, and so may open a BCP 47 tag.
    pub is_code: bool,
}

/// A currency as a sign, code or name tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CurrencySign {
    /// The currency meant in this region.
    pub currency: Currency,
    /// Other currencies have the same sign.
    pub shared: bool,
    /// The sign is that of a hundredth: cents, centimes, pence.
    pub hundredth: bool,
}

/// What a word beside an amount says of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AmountWord {
    /// Nothing: price, total, from.
    Label,
    /// The amount is without tax.
    WithoutTax,
    /// The amount is with tax.
    WithTax,
    /// Joins a multiplier to its currency: millions *de* dollars.
    Link,
    /// The amount is multiplied by this power of ten.
    Times(u8),
    /// The same, where the region writes English.
    TimesInEnglish(u8),
}

const SPECIAL: u64 = !0xffff;
const AMBIGUOUS: u64 = 1 << 16;
const IS_CODE: u64 = 1 << 16;
const SHARED: u64 = 1 << 16;
const HUNDREDTH: u64 = 2 << 16;
const OWN: u64 = 0xffff;

impl VocabularyTables {
    /// The country of a written form in upper case without diacritics nor blanks.
    pub fn country(&self, key: &str) -> Option<CountryReading> {
        let value = self.countries.get(key)?;
        Some(match value & SPECIAL {
            0 => CountryReading::One([(value >> 8) as u8, value as u8]),
            AMBIGUOUS => CountryReading::Ambiguous,
            _ => CountryReading::Former,
        })
    }

    /// The language of a written form, in the same shape.
    pub fn language(&self, key: &str) -> Option<LanguageReading> {
        let value = self.languages.get(key)?;
        Some(LanguageReading { code: [(value >> 8) as u8, value as u8], is_code: value & IS_CODE != 0 })
    }

    /// The currency of a written sign, code or name, in a region whose own currency is `own`. `key` is used as a
    /// buffer and comes back unchanged.
    pub fn currency(&self, key: &mut String, own: Currency) -> Option<CurrencySign> {
        let plain = self.currencies.get(key);
        let value = match plain {
            Some(value) if value & SHARED == 0 => value,
            _ => {
                let end = key.len();
                key.push(' ');
                key.push_str(own.code());
                let here = self.currencies.get(key);
                key.truncate(end);
                here.map(|v| v | (plain.unwrap_or(0) & SHARED)).or(plain)?
            }
        };
        let currency = if value & 0xffff == OWN { own } else { Currency((value & 0xff) as u8) };
        Some(CurrencySign { currency, shared: value & SHARED != 0, hundredth: value & HUNDREDTH != 0 })
    }

    /// Whether a sign may stand for a currency, in some region.
    pub fn may_mean(&self, key: &str, currency: Currency) -> bool {
        let is = |value: u64| value & 0xffff == u64::from(currency.0);
        self.currencies.get(key).is_some_and(is)
            || self.currencies.get(&format!("{key} {}", currency.code())).is_some_and(is)
    }

    /// What a word around an amount means.
    pub fn amount_word(&self, key: &str) -> Option<AmountWord> {
        let value = self.amount_words.get(key)?;
        let power = (value >> 8) as u8;
        Some(match value & 0xff {
            0 => AmountWord::Label,
            1 => AmountWord::WithoutTax,
            2 => AmountWord::WithTax,
            3 => AmountWord::Link,
            4 => AmountWord::Times(power),
            _ => AmountWord::TimesInEnglish(power),
        })
    }

    /// Adds a reading of a country: an installation's own spelling. `name` is in upper case without diacritics nor
    /// blanks.
    pub fn add_country(&mut self, name: impl Into<String>, country: Country) {
        let [a, b] = country.bytes();
        self.countries.insert(name, u64::from(a) << 8 | u64::from(b));
    }

    /// Adds a name of a language, in the same shape.
    pub fn add_language(&mut self, name: impl Into<String>, code: [u8; 2]) {
        let code = code.map(|c| u64::from(c.to_ascii_lowercase()));
        self.languages.insert(name, code[0] << 8 | code[1]);
    }

    /// Adds a sign of a currency, in the same shape.
    pub fn add_currency_sign(&mut self, sign: impl Into<String>, currency: Currency) {
        self.currencies.insert(sign, u64::from(currency.0));
    }

    /// Adds a word that says nothing of the amount beside it.
    pub fn add_amount_label(&mut self, word: impl Into<String>) {
        self.amount_words.insert(word, 0);
    }

    /// Readings and bytes of each compiled table.
    pub fn sizes(&self) -> [(&'static str, usize, usize); 4] {
        [
            ("countries", &self.countries),
            ("languages", &self.languages),
            ("currencies", &self.currencies),
            ("amount_words", &self.amount_words),
        ]
        .map(|(name, lexicon)| (name, lexicon.len(), lexicon.size_bytes()))
    }
}

/// A currency of ISO 4217, those that the euro replaced included.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency(u8);

struct Entry {
    code: &'static str,
    digits: u8,
    legacy: bool,
}

include!(concat!(env!("OUT_DIR"), "/currencies.rs"));

impl Currency {
    /// The euro: the first line of the table.
    pub const EUR: Currency = Currency(0);
    /// The United States dollar: the second.
    pub const USD: Currency = Currency(1);
    /// The pound sterling: the third.
    pub const GBP: Currency = Currency(2);
    /// The French franc: the fourth.
    pub const FRF: Currency = Currency(3);
    /// The Swiss franc: the fifth.
    pub const CHF: Currency = Currency(4);

    fn entry(self) -> &'static Entry {
        CURRENCIES.get(usize::from(self.0)).unwrap_or(&CURRENCIES[0])
    }

    /// The currency of a three-letter code in capitals.
    pub fn from_code(code: &str) -> Option<Currency> {
        CURRENCIES.iter().position(|e| e.code == code).map(|i| Currency(i as u8))
    }

    /// The currency usual in a country; the euro where none is known.
    #[inline]
    pub fn of_region(region: Country) -> Currency {
        let [a, b] = region.bytes().map(|c| usize::from(c.wrapping_sub(b'A')));
        Currency(CURRENCY_OF_REGION.get(a * 26 + b).copied().unwrap_or(0))
    }

    /// Three-letter code.
    #[inline]
    pub fn code(self) -> &'static str {
        self.entry().code
    }

    /// Number of decimals of its amounts: 2 for the euro, 0 for the yen.
    #[inline]
    pub fn minor_digits(self) -> u32 {
        u32::from(self.entry().digits)
    }

    /// Whether the euro has replaced it.
    #[inline]
    pub fn is_legacy(self) -> bool {
        self.entry().legacy
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// A map from written forms to numbers: the compiled one, and what an installation adds.
struct Lexicon {
    compiled: Option<fst::Map<Cow<'static, [u8]>>>,
    added: BTreeMap<String, u64>,
}

impl Lexicon {
    fn embedded(compiled: &'static [u8]) -> Lexicon {
        Lexicon { compiled: fst::Map::new(Cow::Borrowed(compiled)).ok(), added: BTreeMap::new() }
    }

    fn empty() -> Lexicon {
        Lexicon { compiled: None, added: BTreeMap::new() }
    }

    #[inline]
    fn get(&self, key: &str) -> Option<u64> {
        if !self.added.is_empty()
            && let Some(value) = self.added.get(key)
        {
            return Some(*value);
        }
        self.compiled.as_ref()?.get(key)
    }

    fn insert(&mut self, key: impl Into<String>, value: u64) {
        self.added.insert(key.into(), value);
    }

    fn len(&self) -> usize {
        self.compiled.as_ref().map_or(0, fst::Map::len)
    }

    fn size_bytes(&self) -> usize {
        self.compiled.as_ref().map_or(0, |m| m.as_fst().as_bytes().len())
    }
}

impl fmt::Debug for Lexicon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lexicon").field("compiled", &self.len()).field("added", &self.added).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constants_name_the_first_lines_of_the_table() {
        let codes =
            [Currency::EUR, Currency::USD, Currency::GBP, Currency::FRF, Currency::CHF].map(Currency::code);
        assert_eq!(codes, ["EUR", "USD", "GBP", "FRF", "CHF"]);
        assert_eq!(Currency::from_code("JPY").map(Currency::minor_digits), Some(0));
    }

    #[test]
    fn a_shared_sign_means_the_region_s_own_currency() {
        let tables = VocabularyTables::default();
        let read = |sign: &str, region: &str| {
            let own = Currency::of_region(Country::new(region).unwrap());
            tables.currency(&mut sign.to_owned(), own).map(|s| s.currency.code())
        };
        assert_eq!(read("$", "FR"), Some("USD"));
        assert_eq!(read("$", "CA"), Some("CAD"));
        assert_eq!(read("FR", "CH"), Some("CHF"));
        assert_eq!(read("FR", "FR"), Some("FRF"));
        assert_eq!(read("L", "FR"), None);
        assert_eq!(read("L", "HN"), Some("HNL"));
        assert_eq!(read("CENTIMES", "FR"), Some("EUR"));
    }

    #[test]
    fn an_installation_adds_its_own_readings() {
        let mut tables = VocabularyTables::default();
        assert_eq!(tables.country("METROPOLE"), None);
        tables.add_country("METROPOLE", Country::FR);
        assert_eq!(tables.country("METROPOLE"), Some(CountryReading::One(*b"FR")));
    }
}
