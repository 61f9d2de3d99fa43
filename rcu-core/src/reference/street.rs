//! Words of ways: types, titles, articles, given names. The lists are `data/street/*`; an installation adds to them
//! or brings its own.

use super::words::{self, Words};

/// A type of way and its forms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WayType {
    /// In full, capitals without accents; may be several words (`ROND POINT`).
    pub long: String,
    /// The form for a line that is too long; empty when there is none (`RUE`).
    pub short: String,
    /// Whether the word begins a way even where no number stands before it (`RUE`, but not `PARC`).
    pub strong: bool,
    /// Whether it is the whole name of a way by itself (`GRANDE RUE`).
    pub whole: bool,
}

/// A title, or another word that is abbreviated inside the name of a way.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Title {
    /// In full; may be several words (`NOTRE DAME`).
    pub long: String,
    /// The form for a line that is too long, and the first form that is read.
    pub short: String,
    /// Whether it is a person's title, which address keys leave out.
    pub person: bool,
    /// Words after which the short form is an ordinary word.
    pub not_after: Vec<String>,
    /// Words before which the short form is an ordinary word.
    pub not_before: Vec<String>,
}

/// What one word may be. A word can have several roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Word {
    roles: u8,
    way: u16,
    title: u16,
}

const WAY_LONG: u8 = 1;
const WAY_READ: u8 = 2;
const COMPOUND_HEAD: u8 = 4;
const TITLE_LONG: u8 = 8;
const TITLE_READ: u8 = 16;
const ARTICLE: u8 = 32;
const FIRST_NAME: u8 = 64;

/// Articles and particles that step 4 of the shortening drops.
const ARTICLES: [&str; 11] = ["DE", "DU", "DES", "LA", "LE", "LES", "L", "D", "ET", "AU", "AUX"];

/// Tables of the words of ways.
#[derive(Debug, Clone)]
pub struct StreetTables {
    words: Words,
    info: Vec<Word>,
    ways: Vec<WayType>,
    titles: Vec<Title>,
    /// Types and titles of several words: their words, then the type or title.
    compounds: Vec<(Vec<String>, Word)>,
    reads: Forms,
    version: &'static str,
}

/// The embedded lists: those of `domain.md` §2.5 (1), forms from addok-fr, given names from prenoms.
pub const EMBEDDED_VERSION: &str = "NF Z10-011 list 1, addok-fr 1.1.0, prenoms 0.5.1";

impl Default for StreetTables {
    /// The embedded lists.
    fn default() -> Self {
        StreetTables::shipped(&|_| true)
    }
}

impl StreetTables {
    /// The embedded lists that `keep` names: `street_abbreviations`, `street_titles` (persons'), `street_words` (the other
    /// abbreviations inside names of ways), `first_names`.
    pub fn shipped(keep: &dyn Fn(&str) -> bool) -> StreetTables {
        macro_rules! list {
            ($name:literal) => {
                include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/data/street/", $name))
            };
        }
        let mut tables = StreetTables::empty();
        tables.version = EMBEDDED_VERSION;
        if keep("street_abbreviations") {
            tables.add_way_types(list!("way_types.csv"));
        }
        let (persons, others) = (keep("street_titles"), keep("street_words"));
        tables.add_titles_where(list!("titles.csv"), |t| if t.person { persons } else { others });
        if keep("first_names") {
            tables.add_first_names(list!("first_names.txt"));
        }
        tables
    }
}

impl StreetTables {
    /// Tables without a type, a title or a name: only the articles are known.
    pub fn empty() -> StreetTables {
        let mut tables = StreetTables {
            words: Words::with_capacity(3_200),
            info: Vec::new(),
            ways: Vec::new(),
            titles: Vec::new(),
            compounds: Vec::new(),
            reads: Forms::default(),
            version: "own lists",
        };
        for word in ARTICLES {
            tables.word_mut(word).roles |= ARTICLE;
        }
        tables
    }

    /// Adds the types of a list `long,short,read,strong,whole` (see `data/street/way_types.csv`). A type that is known
    /// gets the new forms.
    pub fn add_way_types(&mut self, csv: &str) {
        for row in rows(csv) {
            let [long, short, read, strong, whole, ..] = row;
            let read: Vec<&str> = read.split(' ').collect();
            let (long, short) = (long.to_owned(), short.to_owned());
            self.add_way_type(WayType { long, short, strong: strong == "1", whole: whole == "1" }, &read);
        }
    }

    /// Adds one type of way; `read` are forms that are expanded, beside its short one. A type that is known only gets
    /// the new forms.
    pub fn add_way_type(&mut self, way: WayType, read: &[&str]) {
        let at = match self.ways.iter().position(|w| w.long == way.long) {
            Some(i) => i,
            None => {
                self.name(&way.long, Word { roles: WAY_LONG, way: self.ways.len() as u16, title: 0 });
                self.ways.push(way.clone());
                self.ways.len() - 1
            }
        } as u16;
        for form in [way.short.as_str()].iter().chain(read).filter(|f| !f.is_empty()) {
            self.reads.insert(form);
            let word = self.word_mut(form);
            word.roles |= WAY_READ;
            word.way = at;
        }
    }

    /// Adds the titles of a list `long,short,read,person,not_after,not_before` (see `data/street/titles.csv`).
    pub fn add_titles(&mut self, csv: &str) {
        self.add_titles_where(csv, |_| true);
    }

    fn add_titles_where(&mut self, csv: &str, keep: impl Fn(&Title) -> bool) {
        let list = |words: &str| words.split(' ').filter(|w| !w.is_empty()).map(str::to_owned).collect();
        for row in rows(csv) {
            let [long, short, read, person, not_after, not_before] = row;
            let title = Title {
                long: long.to_owned(),
                short: short.to_owned(),
                person: person == "1",
                not_after: list(not_after),
                not_before: list(not_before),
            };
            let read: Vec<&str> = read.split(' ').collect();
            if keep(&title) {
                self.add_title(title, &read);
            }
        }
    }

    /// Adds one title; `read` are forms that are expanded, beside its short one. A title that is known only gets the
    /// new forms.
    pub fn add_title(&mut self, title: Title, read: &[&str]) {
        let at = match self.titles.iter().position(|t| t.long == title.long) {
            Some(i) => i,
            None => {
                let i = self.titles.len();
                self.name(&title.long, Word { roles: TITLE_LONG, way: 0, title: i as u16 });
                self.titles.push(title.clone());
                i
            }
        } as u16;
        for form in [title.short.as_str()].iter().chain(read).filter(|f| !f.is_empty()) {
            self.reads.insert(form);
            let word = self.word_mut(form);
            word.roles |= TITLE_READ;
            word.title = at;
        }
    }

    /// Adds given names, one a line, capitals without accents; lines that start with `#` are remarks.
    pub fn add_first_names(&mut self, list: &str) {
        for name in list.lines().filter(|l| !l.is_empty() && !l.starts_with('#')) {
            self.word_mut(name).roles |= FIRST_NAME;
        }
    }

    fn name(&mut self, long: &str, word: Word) {
        if let Some((head, _)) = long.split_once(' ') {
            self.compounds.push((long.split(' ').map(str::to_owned).collect(), word));
            self.word_mut(head).roles |= COMPOUND_HEAD;
        } else {
            let slot = self.word_mut(long);
            slot.roles |= word.roles;
            if word.roles == WAY_LONG {
                slot.way = word.way;
            } else {
                slot.title = word.title;
            }
        }
    }

    fn word_mut(&mut self, word: &str) -> &mut Word {
        let id = self.words.insert(word) as usize;
        if id >= self.info.len() {
            self.info.resize(id + 1, Word::default());
        }
        &mut self.info[id]
    }

    /// Which edition of the lists this began with.
    pub fn version(&self) -> &'static str {
        self.version
    }

    /// What a word may be; no role for an unknown one.
    #[inline]
    pub fn word(&self, word: &str) -> Word {
        self.words.get(word).and_then(|id| self.info.get(id as usize).copied()).unwrap_or_default()
    }

    /// Whether a word may be an abbreviation: one in ten of the others passes too.
    #[inline]
    pub fn may_be_read(&self, word: &str) -> bool {
        self.reads.may_hold(word)
    }

    /// The way type that `word` abbreviates.
    #[inline]
    pub fn way_read(&self, word: Word) -> Option<&WayType> {
        if word.roles & WAY_READ == 0 { None } else { self.ways.get(word.way as usize) }
    }

    /// The title that `word` abbreviates.
    #[inline]
    pub fn title_read(&self, word: Word) -> Option<&Title> {
        if word.roles & TITLE_READ == 0 { None } else { self.titles.get(word.title as usize) }
    }

    /// Whether `word` is a person's title, in full or abbreviated.
    #[inline]
    pub fn is_person_title(&self, word: Word) -> bool {
        word.roles & (TITLE_LONG | TITLE_READ) != 0
            && self.titles.get(word.title as usize).is_some_and(|t| t.person)
    }

    /// The way type that the words begin with, in full or abbreviated, and how many words it takes.
    pub fn way_at<'a>(&self, words: impl Iterator<Item = &'a str> + Clone) -> Option<(&WayType, usize)> {
        let word = self.word(words.clone().next()?);
        if let Some((compound, n)) = self.compound_at(word, WAY_LONG, words) {
            return self.ways.get(compound.way as usize).map(|w| (w, n));
        }
        if word.roles & (WAY_LONG | WAY_READ) == 0 {
            return None;
        }
        self.ways.get(word.way as usize).map(|w| (w, 1))
    }

    /// The title that the words begin with, in full, and how many words it takes.
    pub fn title_at<'a>(&self, words: impl Iterator<Item = &'a str> + Clone) -> Option<(&Title, usize)> {
        let word = self.word(words.clone().next()?);
        if let Some((compound, n)) = self.compound_at(word, TITLE_LONG, words) {
            return self.titles.get(compound.title as usize).map(|t| (t, n));
        }
        if word.roles & TITLE_LONG == 0 {
            return None;
        }
        self.titles.get(word.title as usize).map(|t| (t, 1))
    }

    fn compound_at<'a>(
        &self,
        head: Word,
        role: u8,
        words: impl Iterator<Item = &'a str> + Clone,
    ) -> Option<(Word, usize)> {
        if head.roles & COMPOUND_HEAD == 0 {
            return None;
        }
        let fits = |parts: &Vec<String>| {
            let mut words = words.clone();
            parts.iter().all(|p| words.next() == Some(p.as_str()))
        };
        self.compounds
            .iter()
            .filter(|(parts, word)| word.roles == role && fits(parts))
            .max_by_key(|(parts, _)| parts.len())
            .map(|(parts, word)| (*word, parts.len()))
    }
}

/// A set of short words that may say yes to a stranger, never no to a member: it spares RUE, DE and LA, which every line
/// holds, their look-up.
#[derive(Debug, Clone, Default)]
struct Forms {
    longest: usize,
    bits: [u64; 32],
}

impl Forms {
    #[inline]
    fn place(word: &str) -> (usize, u64) {
        let at = words::hash(word.as_bytes()) as usize;
        (at / 64 % 32, 1 << (at % 64))
    }

    fn insert(&mut self, word: &str) {
        let (at, bit) = Forms::place(word);
        self.bits[at] |= bit;
        self.longest = self.longest.max(word.len());
    }

    #[inline]
    fn may_hold(&self, word: &str) -> bool {
        let (at, bit) = Forms::place(word);
        word.len() <= self.longest && self.bits[at] & bit != 0
    }
}

impl Word {
    /// Whether it is one of the articles that may be dropped.
    #[inline]
    pub fn is_article(self) -> bool {
        self.roles & ARTICLE != 0
    }

    /// Whether it is a given name.
    #[inline]
    pub fn is_first_name(self) -> bool {
        self.roles & FIRST_NAME != 0
    }

    /// Whether it is unknown.
    #[inline]
    pub fn is_unknown(self) -> bool {
        self.roles == 0
    }
}

/// Rows of a list: comma-separated, remarks start with `#`, the first other line names the columns.
fn rows(csv: &str) -> impl Iterator<Item = [&str; 6]> + '_ {
    csv.lines().filter(|l| !l.is_empty() && !l.starts_with('#')).skip(1).map(|line| {
        let mut row = [""; 6];
        for (cell, text) in row.iter_mut().zip(line.split(',')) {
            *cell = text.trim();
        }
        row
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_abbreviation_is_passed_over_and_few_other_words_are_looked_up() {
        let t = StreetTables::default();
        let (mut others, mut passed) = (0, 0);
        for (id, info) in t.info.iter().enumerate() {
            let word = t.words.text(id as u32);
            if info.roles & (WAY_READ | TITLE_READ) != 0 {
                assert!(t.may_be_read(word), "{word}");
            } else {
                others += 1;
                passed += usize::from(t.may_be_read(word));
            }
        }
        assert!(passed * 5 < others, "{passed} of {others}");
        assert!(!t.may_be_read("RUE"));
    }

    #[test]
    fn embedded_lists_are_read() {
        let t = StreetTables::default();
        assert_eq!(t.way_read(t.word("BLVD")).map(|w| w.long.as_str()), Some("BOULEVARD"));
        assert_eq!(t.title_read(t.word("GAL")).map(|w| w.long.as_str()), Some("GENERAL"));
        assert!(t.word("JEAN").is_first_name() && t.word("DES").is_article());
        let at = |s: &'static str| t.way_at(s.split(' ')).map(|(w, n)| (w.long.clone(), n));
        assert_eq!(at("ROND POINT DES LILAS"), Some(("ROND POINT".to_owned(), 2)));
        assert_eq!(at("GRANDE RUE"), Some(("GRANDE RUE".to_owned(), 2)));
        assert_eq!(at("GRANDE ILE"), None);
        assert_eq!(at("RTE DE PARIS"), Some(("ROUTE".to_owned(), 1)));
        assert_eq!(t.title_at("NOTRE DAME".split(' ')).map(|(w, n)| (w.short.as_str(), n)), Some(("ND", 2)));
    }

    #[test]
    fn an_installation_adds_its_own() {
        let mut t = StreetTables::default();
        let way = WayType { long: "STRADA".into(), short: "STR".into(), strong: true, whole: false };
        t.add_way_type(way, &["STRD"]);
        t.add_title(
            Title { long: "SERGENT".into(), short: "SGT".into(), person: true, ..Title::default() },
            &[],
        );
        assert_eq!(t.way_read(t.word("STRD")).map(|w| w.long.as_str()), Some("STRADA"));
        assert_eq!(t.title_read(t.word("SGT")).map(|w| w.long.as_str()), Some("SERGENT"));
    }
}
