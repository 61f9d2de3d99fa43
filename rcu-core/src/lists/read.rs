//! Lists of a configuration, inline or from the text of a file, as entries.

use super::{PairList, PairSheet, WordList, WordSheet};
use crate::error::Problem;
use crate::reference::OwnList;
use std::collections::BTreeMap;

/// One entry: a word, or a pair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// Path in the configuration, or line of the file.
    pub at: String,
    /// The word, or the left side.
    pub left: String,
    /// The right side; empty for a word.
    pub right: String,
}

impl Entry {
    /// The right sides that `|` parts.
    pub fn rights(&self) -> impl Iterator<Item = &str> {
        self.right.split('|').map(str::trim).filter(|r| !r.is_empty())
    }
}

/// One list.
#[derive(Debug)]
pub(super) struct List {
    pub name: &'static str,
    pub entries: Vec<Entry>,
    pub version: Option<String>,
    pub owner: Option<String>,
    pub replaces: bool,
}

/// What both shapes of list have in common.
pub(super) struct Head<'a> {
    file: Option<&'a String>,
    text: Option<&'a String>,
    version: Option<&'a String>,
    owner: Option<&'a String>,
    replace: bool,
}

/// What [`List::of`] can read.
pub(super) trait Source {
    /// The inline entries: place below the list's path, left, right.
    fn inline(&self, path: &str) -> Vec<Entry>;
    /// The rest, when the list has it.
    fn head(&self) -> Option<Head<'_>>;
    /// Whether a line of its file is a pair.
    const PAIRS: bool;
}

impl Source for WordList {
    const PAIRS: bool = false;

    fn inline(&self, path: &str) -> Vec<Entry> {
        let (words, path) = match self {
            WordList::Words(words) => (words, path.to_owned()),
            WordList::Sheet(sheet) => (&sheet.values, format!("{path}.values")),
        };
        let entry = |(i, word): (usize, &String)| Entry {
            at: format!("{path}[{i}]"),
            left: word.trim().to_owned(),
            right: String::new(),
        };
        words.iter().enumerate().map(entry).collect()
    }

    fn head(&self) -> Option<Head<'_>> {
        let WordList::Sheet(WordSheet { file, version, owner, replace, text, .. }) = self else {
            return None;
        };
        let (file, text, version, owner) = (file.as_ref(), text.as_ref(), version.as_ref(), owner.as_ref());
        Some(Head { file, text, version, owner, replace: *replace })
    }
}

impl Source for PairList {
    const PAIRS: bool = true;

    fn inline(&self, path: &str) -> Vec<Entry> {
        let pairs: &BTreeMap<String, String> = match self {
            PairList::Pairs(pairs) => pairs,
            PairList::Sheet(sheet) => &sheet.values,
        };
        let below = if matches!(self, PairList::Sheet(_)) { ".values" } else { "" };
        let entry = |(left, right): (&String, &String)| Entry {
            at: format!("{path}{below}.{left}"),
            left: left.trim().to_owned(),
            right: right.trim().to_owned(),
        };
        pairs.iter().map(entry).collect()
    }

    fn head(&self) -> Option<Head<'_>> {
        let PairList::Sheet(PairSheet { file, version, owner, replace, text, .. }) = self else {
            return None;
        };
        let (file, text, version, owner) = (file.as_ref(), text.as_ref(), version.as_ref(), owner.as_ref());
        Some(Head { file, text, version, owner, replace: *replace })
    }
}

impl List {
    /// Reads a list's inline entries and its file.
    pub fn of<S: Source>(name: &'static str, source: &S, problems: &mut Vec<Problem>) -> List {
        let path = format!("lists.{name}");
        let mut list =
            List { name, entries: source.inline(&path), version: None, owner: None, replaces: false };
        for e in list.entries.iter().filter(|e| e.left.is_empty() || (S::PAIRS && e.right.is_empty())) {
            problems.push(Problem::new(&e.at, "is blank"));
        }
        if let Some(head) = source.head() {
            list.version = head.version.cloned();
            list.owner = head.owner.cloned();
            list.replaces = head.replace;
            match (head.file, head.text) {
                (Some(_), Some(text)) => list.file(&path, text, S::PAIRS, problems),
                (Some(file), None) => problems.push(Problem::new(
                    format!("{path}.file"),
                    format!(
                        "`{file}` was not read; give the configuration as a file, or the entries as `values`"
                    ),
                )),
                (None, _) => {}
            }
        }
        list.entries.retain(|e| !e.left.is_empty() && (!S::PAIRS || !e.right.is_empty()));
        list
    }

    fn file(&mut self, path: &str, text: &str, pairs: bool, problems: &mut Vec<Problem>) {
        for (n, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let (left, right) = line.split_once([',', ';', '\t']).unwrap_or((line, ""));
            let bare = |cell: &str| cell.trim().trim_matches('"').trim().to_owned();
            let at = format!("{path}.file, line {}", n + 1);
            // Places may have a population behind the name; elsewhere further columns are remarks.
            let right = if self.name == "cities" {
                right
            } else {
                right.split([',', ';', '\t']).next().unwrap_or("")
            };
            let (left, right) = (bare(left), if pairs { bare(right) } else { String::new() });
            if left.is_empty() || (pairs && right.is_empty()) {
                let wanted = if pairs { "is not a pair `left,right`" } else { "is blank" };
                problems.push(Problem::new(at, wanted));
                continue;
            }
            self.entries.push(Entry { at, left, right });
        }
    }

    /// What the tables say of it.
    pub fn describe(&self) -> OwnList {
        OwnList {
            name: self.name,
            version: self.version.clone(),
            owner: self.owner.clone(),
            entries: self.entries.len(),
            replaces: self.replaces,
        }
    }
}
