//! Embedded reference tables. The data live in `rcu-core/data` and are compiled by `build/`; nothing here is code
//! that knows a rule. Every table can be extended or replaced when the program runs.

pub mod email;
pub mod internal;
pub mod inventory;
pub mod names;
pub mod postal;
pub mod street;
pub mod vocabulary;
mod words;

pub use inventory::{ShippedTable, inventory, versions};

use serde::Serialize;
use std::sync::{Arc, OnceLock};

/// All tables a normaliser may look at.
#[derive(Debug, Default)]
pub struct Tables {
    /// Providers, typing slips, disposable domains, placeholder locals.
    pub email: email::EmailTables,
    /// Contacts of the installation's own staff and shops, and its closed establishments.
    pub internal: internal::InternalContacts,
    /// First and last names, nicknames, epicene names, civilities, placeholders.
    pub names: names::NameTables,
    /// Postcodes and communes.
    pub postal: postal::PostalTables,
    /// Way types, titles and their abbreviations.
    pub street: street::StreetTables,
    /// Countries, languages, currencies, words around amounts.
    pub vocabulary: vocabulary::VocabularyTables,
    /// The installation's own lists that went into these tables.
    pub own: Vec<OwnList>,
}

/// An installation's own list, as its configuration declares it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct OwnList {
    /// Name of the list: `email_providers`, `postcodes`, ….
    pub name: &'static str,
    /// Its version.
    pub version: Option<String>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// How many entries it has.
    pub entries: usize,
    /// Whether it takes the place of the shipped list.
    pub replaces: bool,
}

impl Tables {
    /// The tables compiled into the library, made once and shared.
    pub fn embedded() -> Arc<Tables> {
        static TABLES: OnceLock<Arc<Tables>> = OnceLock::new();
        TABLES.get_or_init(|| Arc::new(Tables::default())).clone()
    }
}
