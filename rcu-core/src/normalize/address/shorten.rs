//! A delivery line brought to a given length, after the order of NF Z10-011 (`domain.md` §2.5, "too long").

use crate::reference::street::StreetTables;

/// A line after the shortening steps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shortened {
    /// The line, as short as the steps could make it when it does not fit.
    pub text: String,
    /// Whether it is within the length asked for.
    pub fits: bool,
}

/// Shortens `line` (capitals, words parted by one space, number included) to at most `max` characters.
///
/// The steps, each word by word until it fits: the type of way, titles, given names to initials, articles. The
/// last word is never touched, nor is the number.
///
/// # Examples
/// ```
/// use rcu_core::normalize::address::shorten::shorten;
/// use rcu_core::reference::street::StreetTables;
/// let line = "125 AVENUE DU MARECHAL JEAN DE LATTRE DE TASSIGNY";
/// let short = shorten(line, 38, &StreetTables::default());
/// assert_eq!(short.text, "125 AV DU MAL J DE LATTRE DE TASSIGNY");
/// ```
pub fn shorten(line: &str, max: usize, tables: &StreetTables) -> Shortened {
    let mut words: Vec<&str> = line.split(' ').filter(|w| !w.is_empty()).collect();
    let name = number_words(&words);
    let done = shorten_type(&mut words, name, max, tables)
        || shorten_titles(&mut words, name, max, tables)
        || shorten_first_names(&mut words, name, max, tables)
        || drop_articles(&mut words, name, max, tables);
    Shortened { text: words.join(" "), fits: done }
}

fn fits(words: &[&str], max: usize) -> bool {
    words.iter().map(|w| w.chars().count() + 1).sum::<usize>() <= max + 1
}

/// Words of the number and its extension.
pub(super) fn number_words(words: &[&str]) -> usize {
    let Some(first) = words.first() else { return 0 };
    if !first.starts_with(|c: char| c.is_ascii_digit()) {
        return 0;
    }
    1 + usize::from(words.get(1).is_some_and(|w| matches!(*w, "BIS" | "TER" | "QUATER" | "QUINQUIES")))
}

fn shorten_type<'a>(words: &mut Vec<&'a str>, name: usize, max: usize, tables: &'a StreetTables) -> bool {
    if fits(words, max) {
        return true;
    }
    let here = words.get(name..).unwrap_or(&[]).iter().copied();
    if let Some((way, n)) = tables.way_at(here)
        && !way.short.is_empty()
        && name + n < words.len()
        && words.get(name) != Some(&way.short.as_str())
    {
        words.splice(name..name + n, [way.short.as_str()]);
    }
    fits(words, max)
}

fn shorten_titles<'a>(words: &mut Vec<&'a str>, name: usize, max: usize, tables: &'a StreetTables) -> bool {
    let mut at = name;
    while !fits(words, max) {
        let Some(here) = words.get(at..).filter(|w| w.len() > 1) else { return false };
        if let Some((title, n)) = tables.title_at(here.iter().copied())
            && at + n < words.len()
        {
            words.splice(at..at + n, [title.short.as_str()]);
        }
        at += 1;
    }
    true
}

fn shorten_first_names(words: &mut [&str], name: usize, max: usize, tables: &StreetTables) -> bool {
    for at in name..words.len().saturating_sub(1) {
        if fits(words, max) {
            return true;
        }
        let after_saint = at > 0 && words.get(at - 1).is_some_and(|w| is_saint(w));
        if let Some(word) = words.get_mut(at)
            && !after_saint
            && tables.word(word).is_first_name()
        {
            *word = word.get(..1).unwrap_or(word);
        }
    }
    fits(words, max)
}

fn drop_articles(words: &mut Vec<&str>, name: usize, max: usize, tables: &StreetTables) -> bool {
    let mut at = name;
    while !fits(words, max) {
        match words.get(at) {
            Some(word) if at + 1 < words.len() => {
                if tables.word(word).is_article() {
                    words.remove(at);
                } else {
                    at += 1;
                }
            }
            _ => return false,
        }
    }
    true
}

/// A name after SAINT is the saint's, and stays whole.
pub(super) fn is_saint(word: &str) -> bool {
    matches!(word, "SAINT" | "SAINTE" | "ST" | "STE")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_stop_as_soon_as_the_line_fits() {
        let t = StreetTables::default();
        let s = |line: &str, max| shorten(line, max, &t).text;
        assert_eq!(s("RUE L APPEL DU 18 JUIN DU GENERAL DE GAULLE", 32), "RUE APPEL 18 JUIN GAL DE GAULLE");
        assert_eq!(s("CHEMIN DE L EGLISE DE SAINT CHRISTOPHE", 32), "CHE DE L EGLISE DE ST CHRISTOPHE");
        assert_eq!(s("12 BIS ROND POINT DE NOTRE DAME DES VICTOIRES", 37), "12 BIS RPT DE ND DES VICTOIRES");
        assert_eq!(s("RUE DE SAINT PIERRE DE QUIBERON", 30), "RUE DE ST PIERRE DE QUIBERON");
        assert_eq!(s("AVENUE", 3), "AVENUE");
        assert!(!shorten("ABCDEFGHIJKLMNOP", 10, &t).fits);
        assert_eq!(s("", 10), "");
    }
}
