//! Words of a whole name, with what each may be; the spans and commas between them.

use super::script;
use crate::normalize::text;
use crate::reference::names::{Rarity, Words, word};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// How a word is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Case {
    /// DUPONT, LA, and d'ESTAING or McDONALD, whose prefix is no evidence.
    Upper,
    /// dupont
    Lower,
    /// Dupont, DuPont
    Title,
    /// No letter with a case.
    None,
}

/// One word of a whole name.
#[derive(Debug, Clone)]
pub(super) struct Token<'a> {
    /// As written.
    pub text: &'a str,
    /// Upper-case, without diacritics, dots and closing apostrophe.
    pub key: String,
    /// Kinds it may be, bits of [`word`].
    pub flags: u32,
    pub case: Case,
    /// Letters in it.
    pub letters: usize,
    /// A dot at the end.
    pub dot: bool,
    /// A dot between letters: `M.D.`, `Ph.D`.
    pub dotted: bool,
}

impl<'a> Token<'a> {
    fn new(written: &'a str, words: &Words) -> Token<'a> {
        let mut key = String::with_capacity(written.len());
        text::fold_upper_into(written, &mut key);
        key.retain(|c| c != '.');
        while key.ends_with(['\'', '’', '-', '·', ';']) && key.chars().count() > 1 {
            key.pop();
        }
        let inner = written.trim_end_matches('.');
        let accented = written.chars().any(|c| !c.is_ascii() && c.is_alphabetic());
        let flags = match written {
            "&" | "+" => word::CONJUNCTION,
            // The Arabic article before the letter that it takes on: az-, ash-.
            _ if written.ends_with(['-', '‐']) && (2..=4).contains(&key.chars().count()) => {
                words.flags(&key) | word::PARTICLE
            }
            // Lé is no article.
            _ if accented => words.flags(&key) & !(word::PARTICLE | word::NEVER_GIVEN),
            _ => words.flags(&key),
        };
        Token {
            text: written,
            flags,
            case: case(inner),
            letters: inner.chars().filter(|c| c.is_alphabetic()).count(),
            dot: written.len() > inner.len(),
            dotted: inner.contains('.') && !inner.starts_with('.'),
            key,
        }
    }

    /// Whether it may be one of `kinds`.
    #[inline]
    pub fn is(&self, kinds: u32) -> bool {
        self.flags & kinds != 0
    }

    /// One letter, with or without a dot.
    pub fn is_initial(&self) -> bool {
        self.letters == 1 && self.case != Case::None
    }

    /// Letters parted by dots, as many as there are: 3 for `J.R.R.`; 0 when a part has more letters.
    pub fn dotted_initials(&self) -> usize {
        let mut parts = self.text.trim_end_matches('.').split('.');
        let single = parts.clone().all(|p| p.chars().count() == 1);
        if self.dotted && single { parts.by_ref().count() } else { 0 }
    }

    /// How usual it is as a name; of a compound that is not listed, its first part.
    pub fn rarity(&self, tables: &crate::reference::names::NameTables) -> Rarity {
        let name = self.key.replace(['-', '\'', '’'], " ");
        let whole = tables.rarity(name.trim());
        match name.split_once(' ') {
            Some((first, _)) if whole == Rarity::default() => tables.rarity(first),
            _ => whole,
        }
    }
}

/// The case of a word, a particle or prefix glued to its front left out.
fn case(text: &str) -> Case {
    let tail =
        text.rsplit_once(['\'', '’']).map_or(text, |(_, tail)| if tail.is_empty() { text } else { tail });
    let upper = |s: &str| s.chars().filter(|c| c.is_uppercase()).count();
    let lower = |s: &str| s.chars().filter(|c| c.is_lowercase()).count();
    match (upper(tail), lower(tail)) {
        (0, 0) => Case::None,
        (_, 0) => Case::Upper,
        (0, _) => Case::Lower,
        (up, _) => {
            // McDONALD, FitzGERALD: capitals from the prefix on.
            let after = tail.char_indices().skip(1).find(|(_, c)| c.is_uppercase()).map(|(i, _)| &tail[i..]);
            match after {
                Some(rest) if up > 2 && lower(rest) == 0 => Case::Upper,
                _ => Case::Title,
            }
        }
    }
}

/// The raw text with blanks of one kind and nothing invisible; letters stay as written, composed.
pub(super) fn tidy(raw: &str) -> String {
    let s: String = raw
        .chars()
        .filter(|c| !text::is_ignorable(*c))
        .map(|c| if text::is_blank(c) { ' ' } else { c })
        .collect();
    if s.chars().any(is_combining_mark) { s.nfc().collect() } else { s }
}

/// Quoted and bracketed spans of a text (`true`: in brackets), and the text without them.
pub(super) fn spans(text: &str) -> (String, Vec<(String, bool)>) {
    let mut rest = String::with_capacity(text.len());
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        if let Some((content, len)) = span(text, at, c) {
            found.push((content.trim().to_owned(), matches!(c, '(' | '[' | '（')));
            rest.push(' ');
            at += len;
        } else {
            rest.push(c);
            at += c.len_utf8();
        }
    }
    (rest, found)
}

/// The span that opens at byte `at`: its content and its length, marks and all.
fn span(text: &str, at: usize, open: char) -> Option<(&str, usize)> {
    const PAIRS: &[(char, &[char])] = &[
        ('(', &[')']),
        ('[', &[']']),
        ('（', &['）']),
        ('"', &['"']),
        ('“', &['”']),
        ('„', &['“', '”']),
        ('”', &['”']),
        ('«', &['»']),
        ('»', &['«']),
        ('‹', &['›']),
        ('「', &['」']),
        ('｢', &['｣']),
        ('『', &['』']),
        ('\'', &['\'']),
        ('‘', &['’']),
        ('’', &['’']),
        ('`', &['`', '\'']),
    ];
    let closers = PAIRS.iter().find(|(o, _)| *o == open)?.1;
    let quote = matches!(open, '\'' | '‘' | '’' | '`');
    // An apostrophe only opens at the start of a word and closes at the end of one.
    if quote && text[..at].chars().next_back().is_some_and(|c| c != ' ') {
        return None;
    }
    let mut start = at + open.len_utf8();
    let doubled = quote && text[start..].starts_with(open);
    if doubled {
        start += open.len_utf8();
    }
    for (i, c) in text[start..].char_indices() {
        if !closers.contains(&c) {
            continue;
        }
        let mut end = start + i + c.len_utf8();
        if doubled {
            if !text[end..].starts_with(c) {
                continue;
            }
            end += c.len_utf8();
        }
        if quote && text[end..].chars().next().is_some_and(|n| n.is_alphanumeric()) {
            continue;
        }
        let content = &text[start..start + i];
        return content.chars().any(char::is_alphanumeric).then_some((content, end - at));
    }
    None
}

/// The comma-parted segments of a text, each cut into words.
/// A semicolon parts lists in French files.
pub(super) fn segments<'a>(text: &'a str, french: bool, words: &Words) -> Vec<Vec<Token<'a>>> {
    let commas: &[char] =
        if french { &[',', ';', '，', '、', '،', '；'] } else { &[',', '，', '、', '،'] };
    text.split(commas).map(|segment| tokens(segment, words)).collect()
}

/// The words of one segment.
pub(super) fn tokens<'a>(segment: &'a str, words: &Words) -> Vec<Token<'a>> {
    let mut out: Vec<Token<'a>> = Vec::new();
    for w in segment.split(' ') {
        let w = w.trim_matches(|c: char| {
            matches!(c, '"' | '*' | ':' | '|' | '<' | '>' | '!' | '?' | '_' | '=' | '~')
        });
        if !w.chars().any(|c| c.is_alphanumeric() || matches!(c, '&' | '+')) {
            continue;
        }
        let token = Token::new(w, words);
        if script::is_parted(w) {
            out.extend(script::parts(w).map(|p| Token::new(p, words)));
        } else if let Some(i) = glued_initial(w)
            && !token.is(word::CREDENTIAL | word::TITLE)
        {
            let (head, tail) = w.split_at(i);
            out.extend([Token::new(head, words), Token::new(tail, words)]);
        } else if token.key == "D"
            && token.dot
            && out.len() > 1
            && let Some(previous) = out.last().filter(|p| p.key == "PH" && p.dot)
            && let Some(both) = spanning(segment, previous.text, w)
        {
            // `Ph. D.` is one word.
            out.pop();
            out.push(Token::new(both, words));
        } else {
            out.push(token);
        }
    }
    // Blanks inside `Ph. D.`
    for t in &mut out {
        if t.key.contains(' ') {
            t.key.retain(|c| c != ' ');
            t.flags = words.flags(&t.key);
        }
    }
    out
}

/// Where an initial ends that is glued to a word: 2 in `A.Dupont`. `M.D.` and `Ph.D.` are one word.
fn glued_initial(w: &str) -> Option<usize> {
    let (head, tail) = w.split_once('.')?;
    (head.chars().count() == 1 && tail.chars().count() > 2 && !tail.contains('.')).then_some(head.len() + 1)
}

/// The stretch of `segment` from the start of `first` to the end of `last`, both parts of it.
fn spanning<'a>(segment: &'a str, first: &str, last: &str) -> Option<&'a str> {
    let base = segment.as_ptr() as usize;
    let from = (first.as_ptr() as usize).checked_sub(base)?;
    let to = (last.as_ptr() as usize).checked_sub(base)? + last.len();
    segment.get(from..to)
}
