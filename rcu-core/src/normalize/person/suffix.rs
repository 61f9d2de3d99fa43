//! Suffixes: generations (`Jr.`, `fils`), degrees, orders and functions (`MD`, `PhD`), behind a name or a comma.

use super::order::{Setting, first_nameness, is_particle};
use super::parse::{Draft, Names, name_words};
use super::titles::{is_late, title_len};
use super::token::{Case, Token};
use crate::reference::names::word;

/// What it takes to read the end of some words as suffixes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Floor {
    /// Words that stay whatever they are.
    pub keep: usize,
    /// Names that have to stand before a suffix that may be a name too.
    pub names: usize,
    /// Names that have to stand before a degree that takes all that follows with it.
    pub run: usize,
    /// Nothing follows behind a comma, so `V` may be a generation.
    pub ends: bool,
}

/// Takes suffixes and titles off the end.
pub(super) fn peel<'t>(name: &mut Names<'t>, floor: Floor, d: &mut Draft<'t>, s: &Setting) {
    let mut suffix: Names<'t> = Vec::new();
    let mut titles: Names<'t> = Vec::new();
    if let Some(at) = run_start(name, floor, s) {
        let (t, rest) = without_titles(name.split_off(at), s);
        titles = t;
        suffix = rest;
    }
    while name.len() > floor.keep.max(1) {
        let Some(t) = name.pop() else { break };
        // `van Mc`: what a particle opens is a name.
        let opened = s.western && t.is(word::PARTICLE) && name.last().is_some_and(|p| is_particle(p));
        if opened {
            name.push(t);
            break;
        } else if is_late(t, name_words(name), s) {
            titles.insert(0, t);
        } else if is_late_suffix(t, name_words(name), floor, !suffix.is_empty(), s) {
            suffix.insert(0, t);
        } else {
            name.push(t);
            break;
        }
    }
    d.titles.extend(titles);
    if !suffix.is_empty() {
        d.suffixes.push(suffix);
    }
}

/// Titles inside a run of suffixes, and the rest.
pub(super) fn without_titles<'t>(mut run: Names<'t>, s: &Setting) -> (Names<'t>, Names<'t>) {
    let (mut titles, mut rest) = (Vec::new(), Vec::new());
    while let Some(first) = run.first() {
        // `Attorney General` is a title, `Attorney` alone a function.
        let phrase = s.western && first.is(word::TITLE) && run.get(1).is_some_and(|t| t.is(word::TITLE));
        let name = !phrase
            && (first.is(word::CREDENTIAL | word::GENERATION | word::TITLE_SURNAME)
                || (first.is(word::PARTICLE) && !(s.western && first.is(word::TITLE))));
        match title_len(&run, 1, s).filter(|_| !name) {
            Some(n) => titles.extend(run.drain(..n.min(run.len()))),
            None => rest.push(run.remove(0)),
        }
    }
    (titles, rest)
}

/// Where a suffix starts that all that follows belongs to: a degree behind the name, or suffixes to the end.
fn run_start(name: &[&Token], floor: Floor, s: &Setting) -> Option<usize> {
    (floor.keep..name.len()).find(|i| {
        let t = name[*i];
        // In the West MC is a cross as well as a prefix, but for what another particle opens.
        let prefix = is_particle(t)
            && !t.dotted
            && (!s.western
                || if *i == 0 { name.len() > 1 && !is_plain(name[1]) } else { is_particle(name[*i - 1]) });
        if !is_plain(t) || prefix {
            return false;
        }
        let before = name_words(&name[..*i]);
        let rest = &name[*i + 1..];
        let to_the_end = rest.iter().all(|r| {
            is_plain(r) || r.is(word::CREDENTIAL | word::NUMERAL | word::TITLE) || r.dotted_initials() > 1
        });
        if matches!(t.key.as_str(), "PERE" | "FILS" | "AINE" | "CADET" | "NETO" | "FILHO" | "SOBRINHO") {
            // `Roy père` is one, `Jean Père` and `Le Père` are names.
            let named = *i > 0 && is_particle(name[*i - 1]);
            return !named
                && rest.is_empty()
                && (before > 1 || (before == 1 && first_nameness(name[0], s) <= 0));
        }
        match before {
            0 => floor.keep == 0 && to_the_end,
            1 if t.dotted_initials() == 2 && floor.run > 1 => false,
            n if n < floor.run => to_the_end,
            _ => to_the_end || t.is(word::CREDENTIAL) || !s.french,
        }
    })
}

/// A suffix at the end that may be something else: it needs names to spare before it. `anchored`: a suffix follows.
fn is_late_suffix(t: &Token, before: usize, floor: Floor, anchored: bool, s: &Setting) -> bool {
    // `John MA` needs no second name.
    let shown = s.western && before > 0 && looks_like_credential(t, s) && t.dotted_initials() == 0;
    let spare = before >= floor.names || shown;
    let chunks = t.dotted_initials();
    if chunks > 0 {
        let shape = chunks > 2 || t.case == Case::None || t.is(word::CREDENTIAL);
        let spare = spare || s.western && before > 0;
        let few = if s.western && chunks > 2 { floor.names } else { floor.names.max(2) };
        return before >= few && shape || (spare && t.is(word::CREDENTIAL));
    }
    if t.is(word::CREDENTIAL) {
        if t.dotted {
            return before > 0;
        }
        let one_case = !s.mixed && !s.french && t.letters > 1 && !is_particle(t) && t.case != Case::Title;
        let small = s.mixed && t.case == Case::Lower && t.letters > 1;
        return spare
            && !t.dot
            && (looks_like_credential(t, s) || one_case || small || (anchored && t.case != Case::Title));
    }
    if s.western && s.mixed && t.is(word::NUMERAL) && !t.dot && t.case == Case::Lower && before > 0 {
        return true;
    }
    // In capitals V may be an initial.
    t.is(word::NUMERAL)
        && !t.dot
        && spare
        && (floor.ends || anchored)
        && (s.mixed || s.western || t.case == Case::Lower)
}

/// Whether a word is a suffix whatever stands around it.
pub(super) fn is_plain(t: &Token) -> bool {
    if t.dotted_initials() > 0 {
        // J.R. is no JR; M.D. is MD.
        return t.is(word::CREDENTIAL) && !t.is(word::DUAL);
    }
    (t.is(word::CREDENTIAL) && !t.is(word::DUAL)) || t.is(word::GENERATION)
}

/// Whether a word that may be a credential is written as one.
pub(super) fn looks_like_credential(t: &Token, s: &Setting) -> bool {
    t.is(word::CREDENTIAL)
        && (!t.is(word::DUAL) || t.dotted || (s.mixed && t.case == Case::Upper && t.letters > 1))
}

/// Whether all words of a segment behind a comma are suffixes. `several`: two names or more stand before the comma, so
/// it needs none behind.
pub(super) fn is_suffix_part(part: &[&Token], several: bool, next_to_name: bool, s: &Setting) -> bool {
    let Some(first) = part.first() else { return false };
    let anchored = part.iter().any(|t| is_plain(t));
    // `Smith, Ma PhD`: a given name before a degree.
    let begins = is_plain(first) || looks_like_credential(first, s);
    if s.western && !several && part.len() > 1 && (!begins || first.is(word::TITLE)) {
        return false;
    }
    let each = |t: &&Token| {
        if is_plain(t) {
            return true;
        }
        if t.is(word::NUMERAL) {
            let small = s.western && s.mixed && t.case == Case::Lower;
            return anchored || (!t.dot && (small || several && (t.case == Case::Upper || !s.mixed)));
        }
        if t.is(word::CREDENTIAL) {
            return several || anchored || looks_like_credential(t, s) || !next_to_name;
        }
        if t.dotted_initials() > 0 {
            return t.dotted_initials() > 2 && (several || anchored);
        }
        if is_particle(t) || (t.is(word::TITLE) && t.dot) {
            return anchored;
        }
        // XYZ behind a name in small letters.
        let acronym = t.letters > 1
            && (s.western || t.letters <= 4)
            && t.case == Case::Upper
            && s.mixed
            && t.flags == 0;
        several && acronym
    };
    let opened = part.len() == 1
        || is_plain(first)
        || first.is(word::CREDENTIAL | word::NUMERAL)
        || (several && anchored);
    let titled = |t: &&Token| t.is(word::TITLE | word::CREDENTIAL | word::PARTICLE | word::CONJUNCTION);
    (opened && part.iter().all(each))
        || (s.western && part.len() > 1 && is_plain(first) && !first.is(word::TITLE | word::PARTICLE))
        || (several && part.len() > 1 && is_plain(first) && part[1..].iter().all(titled))
}

/// Generations and degrees at the end of a family name before a comma: `SMITH JR, JOHN`.
pub(super) fn peel_family<'t>(name: &mut Names<'t>) -> Names<'t> {
    let mut suffix: Names<'t> = Vec::new();
    while name.len() > 1 && !name[..name.len() - 1].iter().all(|t| is_particle(t)) {
        match name.pop() {
            Some(t) if is_plain(t) && !is_particle(t) => suffix.insert(0, t),
            Some(t) => {
                name.push(t);
                break;
            }
            None => break,
        }
    }
    suffix
}
