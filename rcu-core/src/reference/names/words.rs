//! Words that stand in name fields without being names: civilities, placeholders, company words, titles, suffixes.

use super::map::NameMap;
use super::{Civility, lines};

/// What a word may be; several at once.
pub(crate) mod word {
    /// Stands in front of a name and is not part of it.
    pub const TITLE: u32 = 1;
    /// A title that is also a name.
    pub const TITLE_SURNAME: u32 = 1 << 1;
    /// A title said before the given name.
    pub const TITLE_GIVEN: u32 = 1 << 2;
    /// Tells two persons of one name apart.
    pub const GENERATION: u32 = 1 << 3;
    /// A roman numeral that is also an initial.
    pub const NUMERAL: u32 = 1 << 4;
    /// A degree, order or function behind a name.
    pub const CREDENTIAL: u32 = 1 << 5;
    /// A credential that is also a name.
    pub const DUAL: u32 = 1 << 6;
    /// Opens a family name.
    pub const PARTICLE: u32 = 1 << 7;
    /// A particle that is never a given name.
    pub const NEVER_GIVEN: u32 = 1 << 8;
    /// Joins its neighbours.
    pub const CONJUNCTION: u32 = 1 << 9;
    /// Half of a given name.
    pub const BOUND: u32 = 1 << 10;
    /// The birth name follows.
    pub const BIRTH: u32 = 1 << 11;
    /// The usage name follows.
    pub const MARRIED: u32 = 1 << 12;
    /// A particle of the key rules (`domain.md` §2.3), which are fewer than those of whole names.
    pub const KEY_PARTICLE: u32 = 1 << 13;
    /// Makes a name a company.
    pub const COMPANY: u32 = 1 << 14;
    /// A civility or title that is removed in front of a name.
    pub const LEADING: u32 = 1 << 15;
    /// A credential behind any name where the given name comes first by custom.
    pub const WESTERN: u32 = 1 << 16;
    /// A particle that may be a given name where the given name comes first by custom.
    pub const WESTERN_GIVEN: u32 = 1 << 17;
}

/// The word lists, extensible at run time.
#[derive(Debug, Clone)]
pub struct Words {
    flags: NameMap<u32>,
    civilities: NameMap<Civility>,
    placeholders: NameMap<()>,
    triggers: Triggers,
}

impl Words {
    /// The shipped lists that `keep` names; titles, particles and suffixes are always there.
    pub(super) fn shipped(keep: &dyn Fn(&str) -> bool) -> Words {
        let mut words = Words {
            flags: NameMap::default(),
            civilities: NameMap::default(),
            placeholders: NameMap::default(),
            triggers: Triggers::default(),
        };
        for line in lines(include_str!("../../../data/names/person_words.txt")) {
            let (kind, list) = line.split_once(':').unwrap_or((line, ""));
            let flag = match kind {
                "title" => word::TITLE,
                "title-surname" => word::TITLE_SURNAME | word::TITLE,
                "title-given" => word::TITLE_GIVEN | word::TITLE,
                "generation" => word::GENERATION,
                "numeral" => word::NUMERAL,
                "credential" => word::CREDENTIAL,
                "dual" => word::DUAL | word::CREDENTIAL,
                "western" => word::WESTERN,
                "western-given" => word::WESTERN_GIVEN,
                "particle" => word::PARTICLE,
                "never-given" => word::NEVER_GIVEN | word::PARTICLE,
                "conjunction" => word::CONJUNCTION,
                "bound" => word::BOUND,
                "birth" => word::BIRTH,
                "married" => word::MARRIED,
                _ => 0,
            };
            for w in list.split_ascii_whitespace() {
                words.flag(w, flag);
            }
        }
        for line in lines(include_str!("../../../data/names/civilities.csv")).filter(|_| keep("titles")) {
            let mut fields = line.split(',');
            if let (Some(w), Some(code), Some(leading)) = (fields.next(), fields.next(), fields.next())
                && let Some(civility) = Civility::from_code(code)
            {
                words.add_civility(w, civility, leading == "1");
            }
        }
        for w in
            lines(include_str!("../../../data/names/placeholders.txt")).filter(|_| keep("placeholder_names"))
        {
            words.add_placeholder(w);
        }
        for w in
            lines(include_str!("../../../data/names/company_words.txt")).filter(|_| keep("company_words"))
        {
            words.add_company_word(w);
        }
        for w in lines(include_str!("../../../data/names/particles.txt")) {
            words.flag(w, word::KEY_PARTICLE);
        }
        // Words that the rules of name fields look at by themselves.
        for w in ["STE", "NEE", "NE", "EPOUSE", "EP", "EPSE", "VEUVE", "VVE", "NULL", "NAN"] {
            words.triggers.insert(w);
        }
        words
    }

    /// Kinds of a folded word, as bits of [`word`].
    #[inline]
    pub(crate) fn flags(&self, w: &str) -> u32 {
        self.flags.get(w).copied().unwrap_or(0)
    }

    /// Civility of a folded word or phrase without dots.
    #[inline]
    pub fn civility(&self, w: &str) -> Option<Civility> {
        self.civilities.get(w).copied()
    }

    /// Whether a whole folded value stands for nobody: of the list, or one letter three times or more.
    pub fn is_placeholder(&self, value: &str) -> bool {
        let b = value.as_bytes();
        self.placeholders.contains_key(value)
            || (b.len() >= 3 && b.iter().all(|x| *x == b[0] && x.is_ascii_alphabetic()))
    }

    /// Whether a folded word makes a name a company.
    #[inline]
    pub fn is_company_word(&self, w: &str) -> bool {
        self.flags(w) & word::COMPANY != 0
    }

    /// Whether a folded word is a particle of the key rules.
    #[inline]
    pub fn is_particle(&self, w: &str) -> bool {
        self.flags(w) & word::KEY_PARTICLE != 0
    }

    /// Words that send a name field to the full rules.
    #[inline]
    pub(crate) fn triggers(&self) -> &Triggers {
        &self.triggers
    }

    /// Adds a civility; `leading` when it is also removed in front of a name.
    pub fn add_civility(&mut self, w: &str, civility: Civility, leading: bool) {
        self.civilities.insert(w.into(), civility);
        if leading {
            self.flag(w, word::LEADING);
            self.triggers.insert(w);
        }
    }

    /// Adds a value that stands for nobody.
    pub fn add_placeholder(&mut self, value: &str) {
        for w in value.split(' ') {
            self.triggers.insert(w);
        }
        self.placeholders.insert(value.into(), ());
    }

    /// Adds a word that makes a name a company.
    pub fn add_company_word(&mut self, w: &str) {
        self.flag(w, word::COMPANY);
        self.triggers.insert(w);
    }

    fn flag(&mut self, w: &str, flag: u32) {
        *self.flags.entry(w.into()).or_insert(0) |= flag;
    }
}

/// A set of words asked by the last eight letters packed into a number, so the pass that writes a name can ask it for
/// nothing. A longer word that only ends alike is taken for a member; the full rules then find out.
#[derive(Debug, Clone, Default)]
pub(crate) struct Triggers {
    /// Power-of-two open addressing; 0 is free. At most half full.
    slots: Vec<u64>,
    len: usize,
}

impl Triggers {
    /// The packed form: the last eight bytes, big-endian.
    pub fn pack(w: &str) -> u64 {
        w.bytes().fold(0, |k, b| k << 8 | u64::from(b))
    }

    #[inline]
    fn slot(&self, key: u64) -> usize {
        let mask = self.slots.len().wrapping_sub(1);
        (key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40) as usize & mask
    }

    /// Whether a packed word is of the set.
    #[inline]
    pub fn contains(&self, key: u64) -> bool {
        let mut i = self.slot(key);
        loop {
            match self.slots.get(i) {
                Some(0) | None => return false,
                Some(k) if *k == key => return true,
                Some(_) => i = (i + 1) & (self.slots.len() - 1),
            }
        }
    }

    fn insert(&mut self, w: &str) {
        let key = Triggers::pack(w);
        if key == 0 || self.contains(key) {
            return;
        }
        if 2 * (self.len + 1) > self.slots.len() {
            let old = std::mem::take(&mut self.slots);
            self.slots = vec![0; (old.len() * 2).max(512)];
            old.into_iter().filter(|k| *k != 0).for_each(|k| self.place(k));
        }
        self.place(key);
        self.len += 1;
    }

    fn place(&mut self, key: u64) {
        let mut i = self.slot(key);
        while self.slots.get(i).is_some_and(|k| *k != 0) {
            i = (i + 1) & (self.slots.len() - 1);
        }
        if let Some(s) = self.slots.get_mut(i) {
            *s = key;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn triggers_hold_every_word_and_grow() {
        let mut t = Triggers::default();
        assert!(!t.contains(Triggers::pack("A")));
        let words: Vec<String> = (0..2000).map(|i| format!("W{i}")).collect();
        for w in &words {
            t.insert(w);
        }
        assert!(words.iter().all(|w| t.contains(Triggers::pack(w))));
        assert!(!t.contains(Triggers::pack("DUPONT")));
    }

    #[test]
    fn everyday_names_trigger_nothing() {
        let words = Words::shipped(&|_| true);
        for n in ["DUPONT", "MARTIN", "MARIE", "BERNARD", "LEFEBVRE", "JEAN", "DE", "LA", "LE"] {
            assert!(!words.triggers().contains(Triggers::pack(n)), "{n}");
        }
        for n in ["MME", "SARL", "ETABLISSEMENTS", "INCONNU", "NEE", "M", "N"] {
            assert!(words.triggers().contains(Triggers::pack(n)), "{n}");
        }
    }
}
