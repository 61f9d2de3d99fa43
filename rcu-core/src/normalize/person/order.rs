//! Which end of a name is the family name: what its capitals, its particles and the lists of names say, then the region.

use super::token::{Case, Token};
use crate::reference::names::{NameTables, word};

/// How the words of a name are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// Given name first; the family name starts at the place, or is the last word.
    GivenFirst(Option<usize>),
    /// Family name first, of so many words.
    FamilyFirst(usize),
    /// Nothing but a family name.
    FamilyOnly,
}

/// Where and how a name was written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Setting<'t> {
    pub tables: &'t NameTables,
    /// A region whose files put the family name first as often as not.
    pub french: bool,
    /// A region whose custom is family name first.
    pub family_first: bool,
    /// A region whose custom is given name first: capitals say nothing of the order.
    pub western: bool,
    /// Capitals and small letters tell something: the text is not of one case.
    pub mixed: bool,
    /// All in capitals.
    pub upper: bool,
    /// A foreign name in Chinese letters, its parts apart by a dot in the middle: in its own order.
    pub transcribed: bool,
}

/// Bits by which a usual writer in the region puts the given name first, before anything is known of the words.
fn prior(s: &Setting) -> i32 {
    match s {
        Setting { family_first: true, .. } => -4,
        Setting { french: true, mixed: true, .. } => 3,
        Setting { french: true, upper: true, .. } => -1,
        Setting { french: true, .. } => 1,
        _ => 6,
    }
}

/// How much more a word is a first name than a family name, in bits.
pub(super) fn first_nameness(t: &Token, s: &Setting) -> i32 {
    const NO_FIRST: i32 = 22;
    const NO_LAST: i32 = 20;
    const NICKNAME: i32 = 16;
    if t.case == Case::None {
        return 0;
    }
    let r = t.rarity(s.tables);
    let first = match r.first() {
        0 if s.tables.is_nickname(&t.key) => NICKNAME,
        0 => NO_FIRST,
        r => i32::from(r),
    };
    let last = if r.last == 0 { NO_LAST } else { i32::from(r.last) };
    last - first
}

/// A lone letter is an initial and no particle, but for `D ORMESSON` in a French file without apostrophes.
pub(super) fn clear_initials(segment: &mut [Token], s: &Setting) {
    let last = segment.len().saturating_sub(1);
    for (i, t) in segment.iter_mut().enumerate() {
        if s.western && t.is(word::WESTERN) {
            t.flags = t.flags & !word::DUAL | word::CREDENTIAL;
        }
        if s.western && t.is(word::WESTERN_GIVEN) {
            t.flags &= !word::NEVER_GIVEN;
        }
        let elided = t.text.ends_with(['\'', '’'])
            || (s.french && !t.dot && i < last && matches!(t.key.as_str(), "D" | "L"));
        if t.letters == 1 && !elided {
            t.flags &= !(word::PARTICLE | word::NEVER_GIVEN);
        }
    }
}

/// Reads the order of at least two words.
pub(super) fn order(names: &[&Token], s: &Setting) -> Order {
    let n = names.len();
    if !s.western
        && let Some(order) = by_capitals(names, s)
    {
        return order;
    }
    let chain = names.iter().take_while(|t| is_particle(t)).count();
    if chain > 0
        && let Some(order) = by_leading_particle(names, chain, s)
    {
        return order;
    }
    if names.iter().any(|t| t.is(word::CONJUNCTION))
        && names.iter().any(|t| t.letters == 0 || t.letters > 1 && t.is(word::CONJUNCTION))
    {
        return Order::GivenFirst(None);
    }
    let initial = |t: &Token| t.is_initial();
    let score = |t: &Token| match initial(t) {
        true if s.french || n > 2 => 5,
        true => 2,
        false => first_nameness(t, s),
    };
    // A particle inside opens a family name that a given name stands before.
    let inner_particle = names[1..n - 1].iter().any(|t| is_particle(t));
    let bits = score(names[0]) - score(names[n - 1]) + prior(s) + if inner_particle { 3 } else { 0 };
    // Where given names come first by custom, both ends have to speak against it.
    let known = |t: &Token| t.rarity(s.tables).first() != 0 || s.tables.is_nickname(&t.key);
    let both_ends = !known(names[0]) && (known(names[n - 1]) || (n > 2 && initial(names[n - 1])));
    if bits < 0 && (s.french || s.family_first || both_ends) {
        let mut family = 1;
        // Two family names: the second is clearly one and a given name is still to come.
        while family < n - 1
            && (is_particle(names[family])
                || first_nameness(names[family], s) < -2
                || is_particle(names[family - 1]))
        {
            family += 1;
        }
        return Order::FamilyFirst(family);
    }
    let second_family = (1..n - 1).find(|i| !initial(names[*i]) && first_nameness(names[*i], s) < -4);
    Order::GivenFirst(if s.french { second_family } else { None })
}

/// Whether a word opens a family name here; an initial with its dot does not.
pub(super) fn is_particle(t: &Token) -> bool {
    t.is(word::PARTICLE) && !(t.dot && t.letters == 1)
}

/// `DUPONT Marie`, `Marie DUPONT`: the words in capitals are the family name.
fn by_capitals(names: &[&Token], s: &Setting) -> Option<Order> {
    if !s.mixed {
        return None;
    }
    let n = names.len();
    let small = |t: &Token| matches!(t.case, Case::Title | Case::Lower) && !is_particle(t);
    let capitals = |t: &Token| t.case == Case::Upper && t.letters > 1 && t.dotted_initials() == 0;
    if !names.iter().any(|t| small(t)) {
        return None;
    }
    // At the end: capitals, and particles before and between them.
    let tail = names.iter().rev().take_while(|t| capitals(t) || is_particle(t)).count();
    if tail > 0 && tail < n && names[n - tail..].iter().any(|t| capitals(t)) {
        // XYZ behind two names that are written otherwise: only letters that make a word.
        return Some(Order::GivenFirst(Some(n - tail)));
    }
    let head = names.iter().take_while(|t| capitals(t) || is_particle(t)).count();
    let words: Vec<_> = names[..head].iter().filter(|t| capitals(t)).collect();
    // JP and TJ are initials; LY is a name.
    let initials = words.iter().all(|t| t.letters == 2 && !s.tables.is_usual_last_name(&t.key));
    (head > 0 && head < n && !words.is_empty() && !initials).then_some(Order::FamilyFirst(head))
}

/// A name that starts with particles: a family name, unless the particle can be a given name.
fn by_leading_particle(names: &[&Token], chain: usize, s: &Setting) -> Option<Order> {
    let n = names.len();
    if s.western {
        // `van der Berg`: a particle that may be a given name is one at the beginning; `de Berg` has none.
        return names[0].is(word::NEVER_GIVEN).then_some(Order::FamilyOnly);
    }
    if chain >= n {
        return (chain > 2 || s.french).then_some(Order::FamilyOnly);
    }
    let never_given =
        names[0].is(word::NEVER_GIVEN) || chain > 1 || (s.mixed && names[0].case == Case::Lower);
    let end = chain + 1;
    if end == n {
        return (never_given || s.french).then_some(Order::FamilyOnly);
    }
    let given = first_nameness(names[end], s);
    if never_given {
        return Some(if given > 0 || s.french { Order::FamilyFirst(end) } else { Order::FamilyOnly });
    }
    (s.french && given > 0).then_some(Order::FamilyFirst(end))
}
