//! Embedded reference tables. The data live in `rcu-core/data` and are compiled by `build/`; nothing here is code
//! that knows a rule. Every table can be extended or replaced when the program runs.

pub mod email;
pub mod internal;
pub mod names;
pub mod postal;
pub mod street;
pub mod vocabulary;
mod words;

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
}

impl Tables {
    /// The tables compiled into the library, made once and shared.
    pub fn embedded() -> Arc<Tables> {
        static TABLES: OnceLock<Arc<Tables>> = OnceLock::new();
        TABLES.get_or_init(|| Arc::new(Tables::default())).clone()
    }
}
