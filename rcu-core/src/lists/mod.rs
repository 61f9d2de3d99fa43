//! An installation's own rule lists: providers, slips, placeholders, abbreviations, names, places, contacts of its
//! staff. They are added to the shipped ones, or take their place, without a line of code (`domain.md` §2.9).
//!
//! The core reads no file: whoever reads the configuration puts the text of a named file beside its name
//! ([`ListsSpec::files`]).

mod compile;
mod read;

pub use compile::tables;

use crate::error::Problem;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Words: a plain list, or a table that also names a file, a version and an owner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum WordList {
    /// The words.
    Words(Vec<String>),
    /// The words with what is known of the list.
    Sheet(WordSheet),
}

/// A list of words with its file, version and owner.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct WordSheet {
    /// The words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
    /// A file with one entry a line, relative to the configuration; lines that begin with `#` are remarks, and so is
    /// what follows a first `,`, `;` or tab.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Version of the list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Who answers for the list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Take the place of the shipped list instead of adding to it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub replace: bool,
    /// Text of the file, from whoever reads files.
    #[serde(skip)]
    pub text: Option<String>,
}

/// Pairs: a plain table, or one that also names a file, a version and an owner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum PairList {
    /// The pairs with what is known of the list.
    Sheet(PairSheet),
    /// The pairs.
    Pairs(BTreeMap<String, String>),
}

/// A list of pairs with its file, version and owner.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PairSheet {
    /// The pairs. Several right sides are parted by `|`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<String, String>,
    /// A file with one pair a line, the sides parted by `,`, `;` or tab, relative to the configuration; lines that
    /// begin with `#` are remarks. A left side may come several times.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Version of the list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Who answers for the list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Take the place of the shipped list instead of adding to it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub replace: bool,
    /// Text of the file, from whoever reads files.
    #[serde(skip)]
    pub text: Option<String>,
}

/// A file that a list names, and where its text goes.
#[derive(Debug)]
pub struct ListFile<'a> {
    /// Path in the configuration, for messages: `lists.postcodes.file`.
    pub at: String,
    /// The file, relative to the configuration.
    pub file: &'a str,
    /// Where its text goes.
    pub text: &'a mut Option<String>,
}

macro_rules! lists {
    ($($(#[$doc:meta])* $name:ident: $type:ident),+ $(,)?) => {
        /// The installation's own lists, each beside the shipped one.
        #[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields, default)]
        pub struct ListsSpec {
            $($(#[$doc])* #[serde(skip_serializing_if = "Option::is_none")] pub $name: Option<$type>),+
        }

        impl ListsSpec {
            /// Names of all lists.
            pub const NAMES: &'static [&'static str] = &[$(stringify!($name)),+];

            /// The files that the lists name.
            pub fn files(&mut self) -> Vec<ListFile<'_>> {
                let mut files = Vec::new();
                $(if let Some($type::Sheet(sheet)) = &mut self.$name
                    && let Some(file) = &sheet.file
                {
                    let at = concat!("lists.", stringify!($name), ".file").to_owned();
                    files.push(ListFile { at, file, text: &mut sheet.text });
                })+
                files
            }

            /// Every list that is there, read into entries.
            fn entries(&self, problems: &mut Vec<Problem>) -> Vec<read::List> {
                let mut lists = Vec::new();
                $(if let Some(list) = &self.$name {
                    lists.push(read::List::of(stringify!($name), list, problems));
                })+
                lists
            }
        }
    };
}

lists! {
    /// Providers' domains, to which slips are repaired: `mutuelle.fr`.
    email_providers: WordList,
    /// Slips in a provider's name and the name: `gmial = "gmail"`.
    email_typos: PairList,
    /// Slips in a TLD and the TLD: `con = "com"`.
    email_tld_typos: PairList,
    /// Real domains, which are never repaired and never suspected.
    known_domains: WordList,
    /// Domains of throw-away addresses, with all below them.
    disposable_domains: WordList,
    /// Domains typed to fill the field.
    placeholder_domains: WordList,
    /// Domains whose mail no longer arrives.
    dead_domains: WordList,
    /// Old brands whose mail still arrives.
    legacy_domains: WordList,
    /// Local parts of functions, not of persons: `contact`.
    role_addresses: WordList,
    /// Local parts of mailboxes that nobody reads.
    noreply_addresses: WordList,
    /// Local parts typed to fill the field.
    placeholder_addresses: WordList,
    /// Names that stand for nobody: `CLIENT COMPTOIR`.
    placeholder_names: WordList,
    /// Words that make a name a company: `TRANSPORTS`.
    company_words: WordList,
    /// First names and whose they are: `M`, `F` or `MF`.
    first_names: PairList,
    /// Family names.
    last_names: WordList,
    /// First names of both sexes, which prove no gender.
    epicene: WordList,
    /// A short form and the first names it stands for: `FIFI = "PHILIPPE|SOPHIE"`.
    nicknames: PairList,
    /// Civilities and titles in front of names, and what they are: `M`, `MME`, `DR`, `PR`, `ME`, `COUPLE`.
    titles: PairList,
    /// Abbreviated types of ways and the type in full: `STRD = "STRADA"`.
    street_abbreviations: PairList,
    /// Abbreviated titles of persons in names of ways: `SGT = "SERGENT"`.
    street_titles: PairList,
    /// Other abbreviations in names of ways: `PTE = "PETITE"`.
    street_words: PairList,
    /// Postcodes and their localities: `75380 = "PARIS"`.
    cities: PairList,
    /// Names of countries and their ISO code: `METROPOLE = "FR"`.
    countries: PairList,
    /// Names of languages and their ISO code.
    languages: PairList,
    /// Addresses of staff and shops, or whole domains (`@maison.fr`): flagged `internal_contact`, never a key.
    internal_emails: WordList,
    /// Telephone numbers of staff and shops, likewise.
    internal_phones: WordList,
    /// SIRET of establishments that are closed: a warning at entry.
    closed_establishments: WordList,
}

/// A problem with a word that should be one of a few.
fn unknown_word(at: &str, found: &str, known: &[&str]) -> Problem {
    Problem::new(at, format!("`{found}` is not known; use one of {}", known.join(", ")))
}
