//! Everything that is not yet an address: wrappers, several addresses in one field, words for `@`, stray blanks and
//! punctuation, diacritics. The steps and their codes are those of `domain.md` §2.2, in that order.

use super::{judge, scan};
use crate::normalize::{Code, Context, Output, begin, text};
use crate::reference::email::Facts;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// What had to be repaired in one address.
#[derive(Debug, Clone, Copy, Default)]
struct Repairs {
    wrapper: bool,
    at: bool,
    space: bool,
    punctuation: bool,
    dots: bool,
    folded: bool,
    domain: bool,
    idn: bool,
}

impl Repairs {
    fn report(self, out: &mut Output) {
        for (done, code) in [
            (self.wrapper, Code::WrapperRemoved),
            (self.at, Code::AtRepaired),
            (self.space, Code::WhitespaceRemoved),
            (self.punctuation, Code::CharSubstituted),
            (self.dots, Code::DotsCollapsed),
            (self.folded, Code::DiacriticsFolded),
            (self.domain, Code::DomainRepaired),
            (self.idn, Code::Idn),
        ] {
            if done {
                out.code(code);
            }
        }
    }
}

pub(super) fn normalize(raw: &str, cx: &Context, out: &mut Output) {
    let Some(clean) = begin(raw, out, text::is_null_literal) else { return };
    // Cleaning turns the wide forms of `@` into the plain one, which is a repair.
    let wide_at = !raw.is_ascii() && raw.contains(['\u{ff20}', '\u{fe6b}']);
    if !wide_at && let Some(at) = scan::everyday(&clean, &mut out.text) {
        return judge::address(at, cx, out);
    }
    let (text, at_words) = at_words(&clean);
    let at = wide_at || at_words;
    let parts = addresses(&text);
    if parts.len() > 1 && !is_named_by_address(&text) {
        several(&parts, at, cx, out);
    } else {
        single(&text, at, cx, out);
    }
}

/// The first valid one of several addresses; the other valid ones go to `extra.others`.
fn several(parts: &[&str], at: bool, cx: &Context, out: &mut Output) {
    let mut kept: Option<Output> = None;
    let (mut others, mut seen) = (Vec::new(), BTreeSet::new());
    for part in parts {
        let mut one = Output::new();
        single(part, at, cx, &mut one);
        if one.value().is_none() || !seen.insert(one.text.clone()) {
            continue;
        }
        match kept {
            None => kept = Some(one),
            Some(_) => others.push(one.text),
        }
    }
    let Some(kept) = kept else { return parts.first().map_or((), |first| single(first, at, cx, out)) };
    out.text.push_str(&kept.text);
    let codes = kept.codes().as_slice();
    let wrapped = usize::from(codes.first() == Some(&Code::WrapperRemoved));
    for code in codes[..wrapped].iter().chain([&Code::MultipleValues]).chain(&codes[wrapped..]) {
        out.code(*code);
    }
    for (name, value) in kept.extras() {
        out.extra(name, value.clone());
    }
    if !others.is_empty() {
        out.extra("others", others.join(", "));
    }
}

/// One address, wrapped and mistyped as it may be.
pub(super) fn single(raw: &str, at: bool, cx: &Context, out: &mut Output) {
    let mut repairs = Repairs { at, ..Repairs::default() };
    let code = match compose(raw, cx, &mut repairs, out) {
        Ok(at) => {
            repairs.report(out);
            return judge::draft(at, cx, out);
        }
        Err(code) => code,
    };
    // What was repaired on the way to a refusal of the syntax repaired nothing.
    out.reset();
    out.code(code);
}

/// Writes the address to `out.text`, its local part sound, its domain in ASCII and lower case; gives the place of `@`.
fn compose(raw: &str, cx: &Context, repairs: &mut Repairs, out: &mut Output) -> Result<usize, Code> {
    let bare = unwrap(raw, repairs);
    let joined = join(bare, repairs).ok_or(Code::BadSyntax)?;
    let (local, domain) = joined.split_once('@').ok_or(Code::BadSyntax)?;
    if domain.contains('@') || local.is_empty() || domain.is_empty() {
        return Err(Code::BadSyntax);
    }
    let domain = tidy_domain(domain, repairs);
    fold_local(local, repairs, &mut out.text)?;
    let at = out.text.len();
    if !scan::is_local(out.text.as_bytes()) {
        return Err(Code::BadSyntax);
    }
    out.text.push('@');
    out.text.push_str(&ascii_domain(&domain, cx, repairs)?);
    if out.text.len() > scan::MAX_ADDRESS {
        return Err(Code::BadSyntax);
    }
    Ok(at)
}

/// The local part in lower case without diacritics, appended to `to`.
fn fold_local(local: &str, repairs: &mut Repairs, to: &mut String) -> Result<(), Code> {
    let mut chars = local.chars().peekable();
    while let Some(c) = chars.next() {
        if c.is_ascii() {
            to.push(c.to_ascii_lowercase());
            continue;
        }
        let folded = text::fold_upper(c.encode_utf8(&mut [0; 4]));
        // UTF-8 read as Latin-1 (`Ã©`) has letters too, but not those that were typed: `Ã` is itself in `JOÃO` only.
        let is_mojibake = c == 'Ã' && !chars.peek().is_some_and(char::is_ascii_uppercase);
        if !folded.is_ascii() || is_mojibake {
            return Err(Code::NonAsciiLocal);
        }
        to.push_str(&folded.to_ascii_lowercase());
        repairs.folded = true;
    }
    Ok(())
}

/// The domain as A-labels, or as the known provider that it is once its diacritics are gone.
fn ascii_domain<'a>(domain: &'a str, cx: &Context, repairs: &mut Repairs) -> Result<Cow<'a, str>, Code> {
    if domain.is_ascii() && !domain.contains("xn--") {
        return Ok(Cow::Borrowed(domain));
    }
    if !domain.is_ascii() {
        let folded = text::fold_upper(domain).to_ascii_lowercase();
        if cx.tables.email.facts(&folded).has(Facts::PROVIDER) {
            repairs.domain = true;
            return Ok(Cow::Owned(folded));
        }
    }
    // No domain is longer, and encoding takes the square of the length.
    if domain.len() > 4 * scan::MAX_ADDRESS {
        return Err(Code::BadSyntax);
    }
    let ascii = idna::domain_to_ascii_cow(domain.as_bytes(), idna::AsciiDenyList::URL);
    let ascii = ascii.map_err(|_| Code::BadSyntax)?;
    repairs.idn = ascii.contains("xn--");
    Ok(ascii)
}

/// `,` and `;` are read as dots, two dots as one; lower case.
fn tidy_domain(domain: &str, repairs: &mut Repairs) -> String {
    let mut tidy = String::with_capacity(domain.len());
    for c in domain.chars().flat_map(char::to_lowercase) {
        let c = match c {
            ',' | ';' => {
                repairs.punctuation = true;
                '.'
            }
            c => c,
        };
        if c == '.' && tidy.ends_with('.') {
            repairs.dots = true;
        } else {
            tidy.push(c);
        }
    }
    tidy
}

/// The text without its inner blanks and with one `@` for several in a row; `None` when a blank stands where none can
/// be dropped.
fn join(text: &str, repairs: &mut Repairs) -> Option<String> {
    const LOOSE: [char; 4] = ['@', '.', '-', '_'];
    let mut joined = String::with_capacity(text.len());
    for word in text.split([' ', '\n']).filter(|w| !w.is_empty()) {
        if !joined.is_empty() {
            if !joined.ends_with(LOOSE) && !word.starts_with(LOOSE) {
                return None;
            }
            repairs.space = true;
        }
        for c in word.chars() {
            if c == '@' && joined.ends_with('@') {
                repairs.at = true;
            } else {
                joined.push(c);
            }
        }
    }
    Some(joined)
}

const QUOTES: [(char, char); 7] =
    [('"', '"'), ('\'', '\''), ('`', '`'), ('“', '”'), ('‘', '’'), ('«', '»'), ('‹', '›')];

/// What is left without quotes, angle brackets and the name before them, `mailto:`, `www.`, and end punctuation.
fn unwrap<'a>(raw: &'a str, repairs: &mut Repairs) -> &'a str {
    let mut text = raw;
    loop {
        let before = text;
        text = text.trim_matches([' ', '\n']);
        let end = text.trim_end_matches(['.', ',', ';', ':', ' ', '\n']);
        if end.len() < text.len() {
            repairs.punctuation = true;
            text = end;
        }
        let inner = bracketed(text)
            .or_else(|| quoted(text))
            .or_else(|| without_prefix(text, "mailto:").map(without_query))
            .or_else(|| without_prefix(text, "www."));
        if let Some(inner) = inner {
            repairs.wrapper = true;
            text = inner;
        }
        if text.len() == before.len() {
            return text;
        }
    }
}

/// What a link says after the address (`?subject=`) goes; behind the longest address there is nothing to look for.
fn without_query(text: &str) -> &str {
    match text.bytes().take(scan::MAX_ADDRESS + 1).position(|b| b == b'?') {
        Some(i) => &text[..i],
        None => text,
    }
}

fn bracketed(text: &str) -> Option<&str> {
    let open = text.strip_suffix('>')?;
    Some(open.rsplit_once('<')?.1)
}

/// Quotes around the whole, and none inside: `"a"@b.fr` is another thing.
fn quoted(text: &str) -> Option<&str> {
    QUOTES.iter().find_map(|(open, close)| {
        let inner = text.strip_prefix(*open)?.strip_suffix(*close)?;
        (!inner.contains([*open, *close])).then_some(inner)
    })
}

fn without_prefix<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let (head, rest) = text.split_at_checked(prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then_some(rest)
}

/// The text with `@` for the words that stand for it, when it has none; and whether there were any.
fn at_words(text: &str) -> (Cow<'_, str>, bool) {
    /// `(at)`, `[at]`, ` at `; and the French name of the sign.
    const WORDS: [&str; 2] = ["at", "arobase"];
    const AROUND: [(char, char); 4] = [('(', ')'), ('[', ']'), ('{', '}'), (' ', ' ')];
    if text.contains('@') {
        return (Cow::Borrowed(text), false);
    }
    let lower = text.to_ascii_lowercase();
    for (open, close) in AROUND {
        for word in WORDS {
            let mark = format!("{open}{word}{close}");
            // Lower case in ASCII moves no byte, so places in `lower` are places in `text`.
            let mut joined = String::new();
            let mut from = 0;
            for (i, _) in lower.match_indices(&mark) {
                joined.push_str(text[from..i].trim());
                joined.push('@');
                from = i + mark.len();
            }
            if from > 0 {
                joined.push_str(text[from..].trim_start());
                return (Cow::Owned(joined), true);
            }
        }
    }
    (Cow::Borrowed(text), false)
}

/// Whether the name before the angle brackets is itself an address, as some mail programs write it.
fn is_named_by_address(text: &str) -> bool {
    text.ends_with('>') && text.matches('<').count() == 1 && !text.contains([',', ';', '|', '\n'])
}

/// The parts of a field that holds several addresses, each with an `@`; the whole when it holds one.
fn addresses(text: &str) -> Vec<&str> {
    /// From the marks that only ever separate to those that an address or a name may hold.
    const SEPARATORS: [&[char]; 4] = [&[';', '|', '\n'], &[','], &['/'], &[' ']];
    let mut parts = vec![text];
    for separators in SEPARATORS {
        parts = parts
            .into_iter()
            .flat_map(|part| match ats(part) {
                0 | 1 => vec![part],
                _ => part.split(separators).filter(|p| p.contains('@')).collect(),
            })
            .collect();
    }
    parts
}

/// Runs of `@`.
fn ats(text: &str) -> usize {
    text.split('@').filter(|between| !between.trim().is_empty()).count().saturating_sub(1)
}
