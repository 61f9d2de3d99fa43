//! Titles: in front of a name, behind it, and as long phrases (`Secretary of State`, `Mr. and Mrs.`).

use super::order::Setting;
use super::parse::Names;
use super::suffix::looks_like_credential;
use super::token::{Case, Token};
use crate::reference::names::word;

/// Takes leading titles off. All words may be titles when `all` is set.
pub(super) fn take_leading<'t>(name: &mut Names<'t>, all: bool, s: &Setting) -> Names<'t> {
    let mut titles: Names<'t> = Vec::new();
    while let Some(n) = title_len(name, titles.len(), s).filter(|n| all || *n < name.len()) {
        // `St. John, Jane`: before a comma it begins the family name.
        if s.western
            && !all
            && name.first().is_some_and(|t| t.is(word::PARTICLE) && t.is(word::TITLE_SURNAME))
        {
            break;
        }
        titles.extend(name.drain(..n));
    }
    titles
}

/// Takes abbreviated titles out of the inside of a name: `abdul Dr. Rahman`.
pub(super) fn take_inner<'t>(name: &mut Names<'t>) -> Names<'t> {
    let mut titles: Names<'t> = Vec::new();
    let mut i = 1;
    while i + 1 < name.len() {
        if is_inner(name[i]) {
            titles.push(name.remove(i));
        } else {
            i += 1;
        }
    }
    titles
}

/// Takes out an abbreviated title before a last word that looks like a credential: `John Dr. X.Y.Z.`
pub(super) fn take_before_credential<'t>(name: &mut Names<'t>, s: &Setting) -> Names<'t> {
    let at = name.len().saturating_sub(2);
    let credential = |t: &Token| match t.is(word::CREDENTIAL) {
        true => t.is(word::DUAL) && !looks_like_credential(t, s),
        false => t.dotted_initials() > 1,
    };
    if at > 0 && is_inner(name[at]) && name.last().is_some_and(|t| credential(t)) {
        return vec![name.remove(at)];
    }
    Vec::new()
}

/// An abbreviated title, which is one wherever it stands.
pub(super) fn is_inner(t: &Token) -> bool {
    t.dot
        && !t.dotted
        && t.letters > 1
        && t.is(word::TITLE)
        && !t.is(word::TITLE_SURNAME | word::PARTICLE | word::CREDENTIAL | word::GENERATION)
}

/// Length of the title that the words start with; `taken` words of title came before.
pub(super) fn title_len(name: &[&Token], taken: usize, s: &Setting) -> Option<usize> {
    let and = |t: &Token| t.is(word::CONJUNCTION) && t.key != "THE" && t.key != "OF";
    if taken == 0
        && name.len() > 1
        && name[0].is(word::CONJUNCTION)
        && name[0].letters > 1
        && title_len(&name[1..], 1, s).is_some()
    {
        return Some(1);
    }
    if !is_title(name, taken, s) {
        return None;
    }
    let mut n = 1;
    let is = |i: usize, key: &str| name.get(i).is_some_and(|t| t.key == key) && name.len() > i + 1;
    if is(n, "OF") {
        n += 1 + usize::from(is(n + 1, "THE")) + 1;
    }
    let joints = name[n..].iter().take_while(|t| and(t)).count();
    if joints > 0 && n + joints < name.len() && is_title(&name[n + joints..], 1, s) {
        n += joints;
    }
    Some(n)
}

/// Whether the first word is a title.
fn is_title(name: &[&Token], taken: usize, s: &Setting) -> bool {
    let Some(t) = name.first() else { return false };
    let left = name.len() - 1;
    if t.dotted_initials() > 1 {
        return false;
    }
    if !t.is(word::TITLE) && t.dot && t.is(word::GENERATION | word::CREDENTIAL) && !t.is(word::DUAL) {
        // `Esq. Smith`
        return left > 0 && taken == 0 && t.letters > 1;
    }
    if !t.is(word::TITLE) {
        // An unknown word with a dot in front of a name is an abbreviated title; French files shorten given names so.
        let abbreviated = t.dot && !t.dotted && t.letters > 3 && t.flags == 0 && t.case != Case::None;
        return abbreviated && left > 0 && taken == 0 && !s.french;
    }
    match t.key.as_str() {
        "M" | "ME" => return s.french && left > 0,
        // Father; in French files François.
        "FR" => return t.dot && !s.french && left > 0,
        _ => {}
    }
    let is_name = || s.tables.is_first_name(&t.key) || s.tables.is_usual_last_name(&t.key);
    let also_name = t.is(word::TITLE_SURNAME) || (s.french && !t.is(word::LEADING) && !t.dot && is_name());
    if !also_name {
        return true;
    }
    if s.western && t.is(word::PARTICLE) {
        return left > 0;
    }
    if taken > 0 && left > 0 {
        return left > 1 || t.is(word::TITLE_GIVEN) || !t.is(word::PARTICLE);
    }
    if name.get(1).is_some_and(|n| n.key == "OF") {
        return true;
    }
    if s.french {
        // `Baron Pierre de Coubertin`, but BARON Pierre and Baron Pierre.
        let noble = name[1..].iter().any(|n| matches!(n.key.as_str(), "DE" | "DU" | "D"));
        return left > 1 && noble && t.case != Case::Upper;
    }
    !t.is(word::PARTICLE) && (left > 1 || (t.is(word::TITLE_GIVEN) && left > 0))
}

/// Titles and nothing else.
pub(super) fn is_titles(part: &[&Token], s: &Setting) -> bool {
    let mut rest = part;
    let mut any = false;
    while let Some(first) = rest.first() {
        let n = match title_len(rest, 1, s) {
            Some(n) => n,
            None if first.is(word::CONJUNCTION) && (!s.western || first.letters != 1) => 1,
            None => return false,
        };
        any |= first.is(word::TITLE);
        rest = rest.get(n..).unwrap_or(&[]);
    }
    any
}

/// Whether a lone word behind the comma that is a title elsewhere reads as the given name or a credential there: `MS`
/// and `PA` in capitals, `Ing` without its dot.
pub(super) fn reads_as_name(t: &Token, several: bool, s: &Setting) -> bool {
    let salutation = !t.is(word::CREDENTIAL) && !t.is(word::TITLE_SURNAME);
    if salutation || (t.dot && !t.is(word::DUAL)) {
        return t.is(word::GENERATION);
    }
    several || t.is(word::GENERATION) || t.case == Case::Upper || t.dotted || !t.dot || !s.mixed
}

/// A title behind the name: `John Smith Prof.`
pub(super) fn is_late(t: &Token, before: usize, s: &Setting) -> bool {
    let salutation = matches!(
        t.key.as_str(),
        "MR" | "MRS" | "MISS" | "DR" | "SIR" | "MME" | "MLLE" | "MONSIEUR" | "MADAME"
    );
    let titled = t.is(word::TITLE)
        && !t.is(word::TITLE_SURNAME | word::CREDENTIAL | word::PARTICLE)
        && (t.dot || salutation)
        && !t.dotted;
    let m = matches!(t.key.as_str(), "M" | "ME");
    titled && (!m || (s.french && t.dot && before > 1)) && before > 0
}
