//! `family, given`, `family, given, suffix` and `name, suffix`.

use super::order::{Setting, first_nameness, is_particle};
use super::parse::{Draft, Names, birth_marker, flat, given_len, is_birth_marker, name_words};
use super::script;
use super::suffix::{
    Floor, is_plain, is_suffix_part, looks_like_credential, peel, peel_family, without_titles,
};
use super::titles::{is_titles, reads_as_name, take_leading};
use super::token::Token;
use crate::reference::names::word;

/// Reads a name of two segments or more.
pub(super) fn with_commas<'t>(mut parts: Vec<Names<'t>>, d: &mut Draft<'t>, s: &Setting) {
    let mut name = parts.remove(0);
    if name.is_empty() {
        // Nothing stands before the comma: the rest is a name of its own, suffixes apart.
        let mut rest = parts.into_iter();
        match rest.next() {
            Some(suffix) if suffix.iter().all(|t| is_plain(t)) => d.suffixes.push(suffix),
            Some(name) if s.western => given_part(name, true, d, s),
            Some(name) => flat(name, d, s),
            None => {}
        }
        d.suffixes.extend(rest);
        return;
    }
    let mut titles = take_leading(&mut name, false, s);
    let whole = name.clone();
    let suffix = peel_family(&mut name);
    let several = name_words(&name) > 1 && !is_one_family(&name, s);
    let mut given: Option<Names<'t>> = None;
    let mut suffixes: Vec<Names<'t>> = Vec::new();
    let mut late_titles: Names<'t> = Vec::new();
    for (i, mut part) in parts.into_iter().enumerate() {
        if part.is_empty() {
            continue;
        }
        if part.len() > 1 && is_birth_marker(part[0]) && !part[0].is(word::MARRIED) {
            // `DUPONT Marie, née MARTIN`
            part.remove(0);
            peel(&mut part, Floor { keep: 1, names: 1, run: 1, ends: true }, d, s);
            d.birth = part;
            suffixes.append(&mut d.suffixes);
            continue;
        }
        let lone_name = part.len() == 1 && given.is_none() && reads_as_name(part[0], several, s);
        if is_titles(&part, s) && !lone_name {
            late_titles.extend(part);
        } else if given.is_some() || (several && i > 0) || is_suffix_part(&part, several, i == 0, s) {
            let (t, rest) = without_titles(part, s);
            late_titles.extend(t);
            suffixes.push(rest);
        } else {
            given = Some(part);
        }
    }
    suffixes.retain(|x| !x.is_empty());
    let cjk = name.first().is_some_and(|t| script::is_cjk(t.text));
    let two_words = name.len() > 1 && (s.western || !is_particle(name[0]));
    if given.is_none() && (several || cjk || two_words) {
        // Suffixes and titles alone behind the comma: the whole name stands before it.
        flat(whole, d, s);
        d.suffix_after_comma = d.suffixes.is_empty();
        titles.append(&mut d.titles);
    } else {
        d.comma = true;
        d.suffixes.extend(Some(suffix).filter(|x| !x.is_empty()));
        family_part(name, d);
        if let Some(given) = given {
            given_part(given, suffixes.is_empty(), d, s);
            titles.append(&mut d.titles);
        }
    }
    titles.extend(late_titles);
    d.titles = titles;
    d.suffixes.extend(suffixes);
}

/// What stands before the comma of `family, given`.
fn family_part<'t>(mut name: Names<'t>, d: &mut Draft<'t>) {
    if d.birth.is_empty()
        && let Some(i) = birth_marker(&name)
    {
        d.birth = name.split_off(i + 1);
        if name.pop().is_some_and(|t| t.is(word::MARRIED)) {
            std::mem::swap(&mut d.birth, &mut name);
        }
    }
    if let [one] = name.as_slice()
        && let Some((bare, honorific)) = script::glued_honorific(one.text)
    {
        d.cut = Some(("", bare, honorific));
        return;
    }
    d.family = name;
}

/// What stands behind the comma of `family, given`.
fn given_part<'t>(mut name: Names<'t>, ends: bool, d: &mut Draft<'t>, s: &Setting) {
    d.titles = take_leading(&mut name, false, s);
    if !d.titles.is_empty() && name.iter().all(|t| t.is(word::GENERATION)) {
        return d.suffixes.push(name);
    }
    let bound = usize::from(
        name.first().is_some_and(|t| t.is(word::BOUND)) && name.get(1).is_some_and(|t| !t.is(word::TITLE)),
    );
    let floor = Floor { keep: 1 + bound, names: 1, run: 1, ends };
    if d.titles.is_empty() && name.len() > 1 && name[0].is(word::NEVER_GIVEN) {
        // `Smith, de Mesnil`: a particle that is no given name goes on with the family name.
        peel(&mut name, Floor { names: usize::from(!s.western), ..floor }, d, s);
        return d.family.append(&mut name);
    }
    if let Some(i) = birth_marker(&name).filter(|i| !name[*i].is(word::MARRIED)) {
        let mut clause = name.split_off(i + 1);
        name.pop();
        peel(&mut clause, floor, d, s);
        d.birth = clause;
    }
    let clause = s.western && !d.birth.is_empty();
    // `Ludwig van`: a particle at the very end belongs to the family name, whatever stands before it.
    let mut particles = if clause { Vec::new() } else { take_particles(&mut name, s) };
    peel(&mut name, floor, d, s);
    let mut inner = if clause { Vec::new() } else { take_particles(&mut name, s) };
    inner.append(&mut particles);
    inner.append(&mut d.family);
    d.family = inner;
    // `Freiherr von Berg`: a title keeps its particle.
    let keeps = if s.western { d.titles.iter().any(|t| t.is(word::PARTICLE)) } else { !d.titles.is_empty() };
    let titled = if !keeps { 0 } else { name.iter().take_while(|t| is_particle(t)).count() };
    let given = if titled > 0 && titled < name.len() { titled + 1 } else { given_len(&name, s) };
    d.middle = name.split_off(given);
    d.given = name;
}

/// Takes particles off the end, one word staying.
fn take_particles<'t>(name: &mut Names<'t>, s: &Setting) -> Names<'t> {
    let mut particles: Names<'t> = Vec::new();
    while name.len() > 1 {
        match name.pop() {
            Some(t) if is_particle(t) && !looks_like_credential(t, s) => particles.insert(0, t),
            Some(t) => {
                name.push(t);
                break;
            }
            None => break,
        }
    }
    particles
}

/// Whether the words before a comma are one family name: one word, a particle in front of one, or two family names in
/// a file of capitals that puts them first.
fn is_one_family(name: &[&Token], s: &Setting) -> bool {
    let words = name_words(name);
    let particles = name.iter().take_while(|t| is_particle(t) && !t.is(word::BOUND)).count();
    words <= 1
        || (particles > 0 && name.len() == particles + 1)
        || (s.french && words == 2 && first_nameness(name[0], s) < 0)
}
