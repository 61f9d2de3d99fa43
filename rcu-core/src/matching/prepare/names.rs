//! Names: what is known of each distinct one.

use crate::field::FieldIx;
use crate::intern::Pool;
use crate::normalize::name::{name_key_into, split_suffix, without_particles};
use crate::normalize::phonetic::phonex_into;
use crate::records::Records;
use crate::reference::names::NameTables;

/// What is known of a distinct name.
#[derive(Debug, Clone, Copy, Default)]
pub struct NameInfo {
    /// Letters only, as a number: equal names have equal keys, whether last or first.
    pub key: u32,
    /// The key without particles (DE, LA, …).
    pub bare: u32,
    /// Tokens in [`NameKeys`], sorted; none are kept there for a name of one word, whose token is its key.
    tokens: (u32, u8),
    /// Whether all tokens are single letters.
    pub initials: bool,
    /// First letter.
    pub initial: u8,
}

/// One name column.
#[derive(Debug, Clone)]
pub struct Names<'a> {
    /// Information by id; entry 0 is "no name".
    pub info: Vec<NameInfo>,
    texts: &'a Pool,
}

/// Keys and tokens of all name columns.
#[derive(Debug, Default)]
pub struct NameKeys {
    /// Texts of keys.
    pub texts: Pool,
    tokens: Vec<u32>,
}

impl NameKeys {
    /// Tokens of a name, sorted.
    #[inline]
    pub fn tokens<'n>(&'n self, name: &'n NameInfo) -> &'n [u32] {
        match name.tokens {
            (_, 0) => &[],
            (_, 1) => std::slice::from_ref(&name.key),
            (start, count) => &self.tokens[start as usize..start as usize + usize::from(count)],
        }
    }

    /// What there is to know of each distinct value of a name field.
    pub(super) fn column<'a>(&mut self, records: &'a Records, f: FieldIx, tables: &NameTables) -> Names<'a> {
        let texts = &records.field(f).pool;
        let mut scratch = Scratch::default();
        let mut info = Vec::with_capacity(texts.len());
        info.push(NameInfo::default());
        info.extend(texts.iter().map(|(_, value)| self.name(value, tables, &mut scratch)));
        Names { info, texts }
    }

    fn name(&mut self, value: &str, tables: &NameTables, scratch: &mut Scratch) -> NameInfo {
        // A suffix (FILS, PERE) is kept out of the key; it is compared on its own.
        let (value, _) = split_suffix(value, tables);
        let key = self.key(value, tables, scratch);
        let initial = value.bytes().next().unwrap_or(0);
        if !value.is_empty() && !value.as_bytes().contains(&b' ') {
            // One word: nothing to leave out, nothing to take apart.
            return NameInfo { key, bare: key, tokens: (0, 1), initials: value.len() == 1, initial };
        }
        let mut bare = std::mem::take(&mut scratch.bare);
        bare.clear();
        without_particles(value, tables, &mut bare);
        let bare_key = self.key(&bare, tables, scratch);
        scratch.bare = bare;
        let start = self.tokens.len();
        for word in value.split(' ').filter(|t| !t.is_empty()).take(u8::MAX as usize) {
            let token = self.key(word, tables, scratch);
            self.tokens.push(token);
        }
        self.tokens[start..].sort_unstable();
        let count = (self.tokens.len() - start) as u8;
        if count == 1 {
            // Blanks around one word: its token is the key.
            self.tokens.truncate(start);
        }
        let initials = count > 0 && value.split(' ').all(|t| t.len() == 1);
        NameInfo { key, bare: bare_key, tokens: (start as u32, count), initials, initial }
    }

    fn key(&mut self, value: &str, tables: &NameTables, scratch: &mut Scratch) -> u32 {
        scratch.text.clear();
        name_key_into(value, tables, &mut scratch.text);
        if scratch.text.is_empty() { 0 } else { self.texts.intern(&scratch.text) }
    }
}

#[derive(Debug, Default)]
struct Scratch {
    text: String,
    bare: String,
}

impl Names<'_> {
    /// The name of an id as it is written; empty for 0.
    #[inline]
    pub fn text(&self, id: u32) -> &str {
        self.texts.get(id)
    }
}

/// Phonex codes of name columns as numbers, 0 for none.
#[derive(Debug, Default)]
pub struct Sounds {
    /// Texts of the codes.
    pub texts: Pool,
    /// Code by name, column by column.
    pub of: Vec<Vec<u32>>,
}

impl Sounds {
    /// The codes of each name of some columns; equal codes have one number in all of them.
    pub(super) fn new(columns: &[&Names], tables: &NameTables) -> Sounds {
        let mut texts = Pool::default();
        let mut code = String::new();
        let mut number = |name: &str| {
            code.clear();
            Sounds::code_into(name, tables, &mut code);
            if code.is_empty() { 0 } else { texts.intern(&code) }
        };
        let of = columns
            .iter()
            .map(|names| std::iter::once(0).chain(names.texts.iter().map(|(_, name)| number(name))).collect())
            .collect();
        Sounds { texts, of }
    }

    /// The code of a name as a text; empty for none.
    pub(super) fn code_of(name: &str, tables: &NameTables) -> String {
        let mut code = String::new();
        Sounds::code_into(name, tables, &mut code);
        code
    }

    fn code_into(name: &str, tables: &NameTables, code: &mut String) {
        phonex_into(split_suffix(name, tables).0, code);
    }

    /// The code of a name.
    #[inline]
    pub fn code(&self, column: usize, name: u32) -> u32 {
        self.of[column].get(name as usize).copied().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::Tables;

    #[test]
    fn a_name_of_one_word_is_known_as_any_other() {
        let tables = Tables::embedded();
        let mut keys = NameKeys::default();
        let mut scratch = Scratch::default();
        let mut name = |value: &str| keys.name(value, &tables.names, &mut scratch);
        let (one, glued, fils) = (name("DUPONT"), name("DU PONT"), name("DUPONT FILS"));
        assert_eq!((one.key, one.bare), (glued.key, one.key));
        assert_ne!(glued.bare, glued.key);
        assert_eq!((fils.key, fils.bare), (one.key, one.key));
        let (initial, initials) = (name("J"), name("J P"));
        assert!(initial.initials && initials.initials && !one.initials);
        assert_eq!(keys.tokens(&one), keys.tokens(&fils));
        assert_eq!(keys.tokens(&glued).len(), 2);
        assert_eq!(keys.tokens(&NameInfo::default()), &[] as &[u32]);
    }
}
