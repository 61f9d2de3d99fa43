//! What is known of names: which are first names and of whom, which are family names, which first names are one name
//! said otherwise, and the words that are no name at all.
//!
//! Names are given in the form the normalisers write: A–Z and single spaces (`JEAN PIERRE`). The lists are data files
//! of `rcu-core/data/names`, compiled in; an installation adds its own with the `add_*` functions.

mod compiled;
pub(crate) mod hash;
mod map;
mod words;

pub use words::Words;
pub(crate) use words::{Triggers, word};

use map::NameMap;

/// A civility, as the normal form of `civility` writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Civility {
    /// `M`
    M,
    /// `MME`
    Mme,
    /// Mademoiselle, which becomes `MME`.
    Mlle,
    /// `DR`
    Dr,
    /// `PR`
    Pr,
    /// `ME`
    Me,
    /// `COUPLE`
    Couple,
}

impl Civility {
    /// The normal form; *Mademoiselle* is `MME` since the administration dropped it in 2012.
    pub fn as_str(self) -> &'static str {
        match self {
            Civility::M => "M",
            Civility::Mme | Civility::Mlle => "MME",
            Civility::Dr => "DR",
            Civility::Pr => "PR",
            Civility::Me => "ME",
            Civility::Couple => "COUPLE",
        }
    }

    /// The civility of a code: a normal form, or `MLLE`.
    pub fn from_code(code: &str) -> Option<Civility> {
        Some(match code {
            "M" => Civility::M,
            "MME" => Civility::Mme,
            "MLLE" => Civility::Mlle,
            "DR" => Civility::Dr,
            "PR" => Civility::Pr,
            "ME" => Civility::Me,
            "COUPLE" => Civility::Couple,
            _ => return None,
        })
    }

    /// The gender that a civility proves; a title or a couple proves none.
    pub fn gender(self) -> Option<Gender> {
        match self {
            Civility::M => Some(Gender::M),
            Civility::Mme | Civility::Mlle => Some(Gender::F),
            _ => None,
        }
    }
}

/// Gender, as far as a file tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Gender {
    /// Man.
    M,
    /// Woman.
    F,
}

/// Whose first name it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FirstNameSex {
    /// Given to men, or to so few women that it hints at a man.
    M,
    /// Given to women, or to so few men that it hints at a woman.
    F,
    /// Of the epicene list, or given to both in numbers of one order.
    Both,
}

/// How usual a name is in France, each as `-log2` of its share: 7 is one in 128, 20 one in a million; 0 = not listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rarity {
    /// Among first names, of men.
    pub first_m: u8,
    /// Among first names, of women.
    pub first_f: u8,
    /// Among family names.
    pub last: u8,
    /// A family name of more than 500 births from 1891 to 2000.
    pub usual_last: bool,
}

impl Rarity {
    /// Rarity among first names of either sex, 0 when it is none.
    #[inline]
    pub fn first(self) -> u8 {
        match (self.first_m, self.first_f) {
            (0, r) | (r, 0) => r,
            (m, f) => m.min(f),
        }
    }
}

/// A first name given to both sexes is one sex's when it is at least 2^3 times as usual there.
const SEX_RATIO_LOG2: u8 = 3;

/// The same where a record is to be flagged for it.
const CLEAR_RATIO_LOG2: u8 = 5;

/// First and family names, nicknames, and the words that names are mixed with.
#[derive(Debug, Clone)]
pub struct NameTables {
    /// Whether the compiled first names, and family names, are asked.
    compiled: (bool, bool),
    added: NameMap<Rarity>,
    epicene: NameMap<()>,
    nicknames: NameMap<Vec<u16>>,
    groups: u16,
    words: Words,
}

impl Default for NameTables {
    fn default() -> NameTables {
        NameTables::shipped(&|_| true)
    }
}

/// The lines of a data file that hold data.
fn lines(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#'))
}

impl NameTables {
    /// The shipped lists that `keep` names: `first_names`, `last_names`, `epicene`, `nicknames`, `titles`,
    /// `placeholder_names`, `company_words`.
    pub fn shipped(keep: &dyn Fn(&str) -> bool) -> NameTables {
        let mut tables = NameTables {
            compiled: (keep("first_names"), keep("last_names")),
            added: NameMap::default(),
            epicene: NameMap::default(),
            nicknames: NameMap::default(),
            groups: 0,
            words: Words::shipped(keep),
        };
        for name in lines(include_str!("../../../data/names/epicene.txt")).filter(|_| keep("epicene")) {
            tables.add_epicene(name);
        }
        for group in lines(include_str!("../../../data/names/nicknames.txt")).filter(|_| keep("nicknames")) {
            tables.add_nicknames(&group.split('/').collect::<Vec<_>>());
        }
        tables
    }

    /// How many names the compiled table holds, and in how many bytes.
    pub const fn compiled_size() -> (usize, usize) {
        compiled::size()
    }

    /// How usual `name` is as a first name and as a family name.
    #[inline]
    pub fn rarity(&self, name: &str) -> Rarity {
        if !self.added.is_empty()
            && let Some(r) = self.added.get(name)
        {
            return *r;
        }
        let r = compiled::rarity(name);
        match self.compiled {
            (true, true) => r,
            (first, last) => Rarity {
                first_m: if first { r.first_m } else { 0 },
                first_f: if first { r.first_f } else { 0 },
                last: if last { r.last } else { 0 },
                usual_last: last && r.usual_last,
            },
        }
    }

    /// Whether more than 100 births from 1900 to 2018 had this first name, alone or as a compound (`JEAN PIERRE`).
    #[inline]
    pub fn is_first_name(&self, name: &str) -> bool {
        self.rarity(name).first() != 0
    }

    /// Whether more than 100 births from 1891 to 2000 had this family name.
    #[inline]
    pub fn is_last_name(&self, name: &str) -> bool {
        self.rarity(name).last != 0
    }

    /// Whether more than 500 births had this family name. The rarer names of the list hold nearly every given name
    /// (SYLVIE, NATHALIE), so a rule that asks "is it a surname at all" asks this.
    #[inline]
    pub fn is_usual_last_name(&self, name: &str) -> bool {
        self.rarity(name).usual_last
    }

    /// The sex of a first name: a hint, never a proof (`domain.md` §2.3); `None` when it is not listed.
    ///
    /// A compound that is not listed has the sex of its first part (MARIE and JEAN decide: JEAN MARIE is a man).
    pub fn sex(&self, name: &str) -> Option<FirstNameSex> {
        if self.epicene.contains_key(name) {
            return Some(FirstNameSex::Both);
        }
        let r = self.rarity(name);
        match (r.first_m, r.first_f) {
            (0, 0) => self.sex(name.split_once(' ')?.0),
            (_, 0) => Some(FirstNameSex::M),
            (0, _) => Some(FirstNameSex::F),
            (m, f) if m + SEX_RATIO_LOG2 <= f => Some(FirstNameSex::M),
            (m, f) if f + SEX_RATIO_LOG2 <= m => Some(FirstNameSex::F),
            _ => Some(FirstNameSex::Both),
        }
    }

    /// Whether a first name is surely not of that gender: given to the other sex alone, or at least 2^5 times as often,
    /// and not epicene. A compound that is not listed is judged by its first part, a single letter never.
    pub fn contradicts(&self, name: &str, gender: Gender) -> bool {
        self.contradicts_at(name, self.rarity(name), gender)
    }

    /// The same where the name's rarity is known already.
    pub(crate) fn contradicts_at(&self, name: &str, r: Rarity, gender: Gender) -> bool {
        let (own, other) = match gender {
            Gender::M => (r.first_m, r.first_f),
            Gender::F => (r.first_f, r.first_m),
        };
        match (own, other) {
            _ if name.len() < 2 => false,
            (0, 0) => name.split_once(' ').is_some_and(|(head, _)| self.contradicts(head, gender)),
            (_, 0) => false,
            (0, _) => !self.epicene.contains_key(name),
            (own, other) => other + CLEAR_RATIO_LOG2 <= own && !self.epicene.contains_key(name),
        }
    }

    /// Whether the first name is of the epicene list, and so no evidence against a gender.
    #[inline]
    pub fn is_epicene(&self, name: &str) -> bool {
        self.epicene.contains_key(name)
    }

    /// Whether two first names are one name said or spelt otherwise (PHILIPPE and PHIL). Symmetric, not transitive;
    /// a name is no nickname of itself.
    pub fn are_nicknames(&self, a: &str, b: &str) -> bool {
        a != b
            && match (self.nicknames.get(a), self.nicknames.get(b)) {
                (Some(x), Some(y)) => x.iter().any(|group| y.contains(group)),
                _ => false,
            }
    }

    /// Whether a name is of the table of equivalent first names.
    #[inline]
    pub fn is_nickname(&self, name: &str) -> bool {
        self.nicknames.contains_key(name)
    }

    /// Whether `a` and `b` are two different names of the list, and so never one name mistyped (PAUL and PAULE).
    /// Equivalent names are not different.
    pub fn distinct_first_names(&self, a: &str, b: &str) -> bool {
        a != b && self.is_first_name(a) && self.is_first_name(b) && !self.are_nicknames(a, b)
    }

    /// The words that stand around names, and those that are no names.
    #[inline]
    pub fn words(&self) -> &Words {
        &self.words
    }

    /// The same, to extend.
    pub fn words_mut(&mut self) -> &mut Words {
        &mut self.words
    }

    /// Adds a first name, as usual as one of about a thousand births.
    pub fn add_first_name(&mut self, name: &str, sex: FirstNameSex) {
        const ADDED: u8 = 16;
        let mut r = self.rarity(name);
        if sex != FirstNameSex::F && r.first_m == 0 {
            r.first_m = ADDED;
        }
        if sex != FirstNameSex::M && r.first_f == 0 {
            r.first_f = ADDED;
        }
        self.added.insert(name.into(), r);
    }

    /// Adds a family name, as usual as one of about a thousand births.
    pub fn add_last_name(&mut self, name: &str) {
        let mut r = self.rarity(name);
        r.last = if r.last == 0 { 16 } else { r.last };
        r.usual_last = true;
        self.added.insert(name.into(), r);
    }

    /// Adds a first name to the epicene list.
    pub fn add_epicene(&mut self, name: &str) {
        self.epicene.insert(name.into(), ());
    }

    /// Declares first names to be one name, each the nickname of every other.
    pub fn add_nicknames(&mut self, group: &[&str]) {
        let id = self.groups;
        self.groups = self.groups.saturating_add(1);
        for name in group {
            self.nicknames.entry((*name).into()).or_default().push(id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_hold_what_they_should() {
        let t = NameTables::default();
        for n in ["MARIE", "JEAN PIERRE", "JULIEN", "SYLVIE", "MOHAMED"] {
            assert!(t.is_first_name(n), "{n}");
        }
        for n in ["DUPONT", "DURAND", "NGUYEN", "LEFEBVRE", "", "XQZ", "DE GAULLE"] {
            assert!(!t.is_first_name(n), "{n}");
        }
        for n in ["DUPONT", "MARTIN", "NGUYEN", "LE GALL"] {
            assert!(t.is_last_name(n) && t.is_usual_last_name(n), "{n}");
        }
        assert!(t.is_last_name("SYLVIE") && !t.is_usual_last_name("SYLVIE"));
        assert_eq!(t.rarity("MARTIN").last, 7, "0.585 % is one in 171");
    }

    #[test]
    fn the_hash_is_frozen() {
        assert_eq!(hash::frozen(b""), 0x8b85_9aef_fa59_a4fc);
        assert_eq!(hash::frozen(b"JEAN PIERRE"), 0x595f_e54d_3028_7d60);
    }

    #[test]
    fn sex_is_a_hint_from_both_columns() {
        let t = NameTables::default();
        assert_eq!(t.sex("PAUL"), Some(FirstNameSex::M));
        assert_eq!(t.sex("MARIE"), Some(FirstNameSex::F), "some men are called Marie");
        assert_eq!(t.sex("JEAN"), Some(FirstNameSex::M));
        assert_eq!(t.sex("DOMINIQUE"), Some(FirstNameSex::Both));
        assert_eq!(t.sex("JEAN BAPTISTEXX"), Some(FirstNameSex::M));
        assert_eq!(t.sex("DUPONT"), None);
    }

    #[test]
    fn nicknames_go_both_ways_but_not_on() {
        let t = NameTables::default();
        assert!(t.are_nicknames("PHILIPPE", "PHIL") && t.are_nicknames("PHIL", "PHILIPPE"));
        assert!(t.are_nicknames("MOHAMMAD", "MUHAMMAD"));
        assert!(t.are_nicknames("PATRICK", "PAT") && t.are_nicknames("PAT", "PATRICIA"));
        assert!(!t.are_nicknames("PATRICK", "PATRICIA") && !t.are_nicknames("FREDERIC", "FREDERIQUE"));
        assert!(!t.are_nicknames("PHIL", "PHIL"));
    }

    #[test]
    fn different_names_of_the_list_are_distinct() {
        let t = NameTables::default();
        for (a, b) in [("MARTIN", "MARTINE"), ("PAUL", "PAULE"), ("JEAN", "JEANNE"), ("MARIE", "MARION")] {
            assert!(t.distinct_first_names(a, b), "{a} {b}");
        }
        assert!(!t.distinct_first_names("MARIE", "MARRIE"), "the second is no name");
        assert!(!t.distinct_first_names("SARA", "SARAH"), "one name, two spellings");
    }

    #[test]
    fn an_installation_adds_its_own() {
        let mut t = NameTables::default();
        assert!(!t.is_first_name("ZZYZX"));
        t.add_first_name("ZZYZX", FirstNameSex::F);
        t.add_last_name("ZZYZX");
        t.add_nicknames(&["ZZYZX", "ZIZI"]);
        assert_eq!(t.sex("ZZYZX"), Some(FirstNameSex::F));
        assert!(t.is_usual_last_name("ZZYZX") && t.are_nicknames("ZIZI", "ZZYZX"));
    }
}
