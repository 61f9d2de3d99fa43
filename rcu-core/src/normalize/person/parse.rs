//! A whole name taken apart: titles, suffixes, birth name, commas, then given and family names.

use super::cjk;
use super::comma::with_commas;
use super::order::{Order, Setting, first_nameness, is_particle, order};
use super::script;
use super::suffix::{Floor, peel};
use super::titles::{is_inner, is_late, take_before_credential, take_inner, take_leading};
use super::token::{Case, Token};
use crate::reference::names::word;

/// Words of a name.
pub(super) type Names<'t> = Vec<&'t Token<'t>>;

/// The parts of a name, each as its words.
#[derive(Debug, Default)]
pub(super) struct Draft<'t> {
    pub titles: Names<'t>,
    pub given: Names<'t>,
    pub middle: Names<'t>,
    pub family: Names<'t>,
    /// Suffixes, apart as commas parted them.
    pub suffixes: Vec<Names<'t>>,
    pub birth: Names<'t>,
    /// Pieces cut out of a word that was written in one: given, family, suffix.
    pub cut: Option<(&'t str, &'t str, &'t str)>,
    /// A nickname was taken out before.
    pub nickname: bool,
    /// A birth name was taken out before.
    pub maiden: bool,
    /// The first suffix stood behind a comma.
    pub suffix_after_comma: bool,
    /// The text has a comma between family and given name.
    pub comma: bool,
}

/// Takes the segments of a name apart. `nickname`, `maiden`: one was taken out of the text before.
pub(super) fn parse<'t>(
    segments: &'t [Vec<Token<'t>>],
    nickname: bool,
    maiden: bool,
    s: &Setting,
) -> Draft<'t> {
    let mut d = Draft { nickname, maiden, ..Draft::default() };
    let mut parts: Vec<Names<'t>> = segments.iter().map(|seg| seg.iter().collect()).collect();
    while parts.len() > 1 && parts.last().is_some_and(Vec::is_empty) {
        parts.pop();
    }
    match parts.len() {
        0 => {}
        1 => flat(parts.remove(0), &mut d, s),
        _ => with_commas(parts, &mut d, s),
    }
    d
}

/// A name without a comma.
pub(super) fn flat<'t>(mut name: Names<'t>, d: &mut Draft<'t>, s: &Setting) {
    let mut titles = take_leading(&mut name, true, s);
    // `Sir John`, but `Sir Lord Duncan` is a family name in the West.
    let given_title = match s.western {
        true => titles.last().is_some_and(|t| t.is(word::TITLE_GIVEN)),
        false => titles.iter().any(|t| t.is(word::TITLE_GIVEN)),
    };
    let titled = !titles.is_empty() || d.maiden;
    let clause = birth_marker(&name).map(|i| {
        let mut after = name.split_off(i + 1);
        let married = name.pop().is_some_and(|t| t.is(word::MARRIED));
        peel(&mut after, Floor { keep: 1, names: 1, run: 1, ends: true }, d, s);
        (after, married)
    });
    // The suffixes behind the birth name come after those before it.
    let behind = std::mem::take(&mut d.suffixes);
    let keep = usize::from(titles.is_empty() || clause.is_some());
    // Behind a title one name is enough; in French files a second one in capitals is the family name.
    // So it is before one: `John Prof. MA`.
    let late = s.western && name.get(1).is_some_and(|t| is_late(t, 1, s));
    let names = if (titles.is_empty() && !late) || given_title || s.french { 2 } else { 1 };
    peel(&mut name, Floor { keep, names, run: 2, ends: true }, d, s);
    d.suffixes.extend(behind);
    let mut inner = if s.western { take_before_credential(&mut name, s) } else { take_inner(&mut name) };
    if s.western {
        // `John Ph. D. Smith`: the degree in two words is one wherever it stands.
        let (degrees, names): (Names, Names) = name.into_iter().partition(|t| t.text.contains(' '));
        name = names;
        if !degrees.is_empty() {
            d.suffixes.insert(0, degrees);
        }
    }
    inner.append(&mut d.titles);
    d.titles = inner;
    // A title and a suffix without a name between them: the title was the name (`Dr Jr`).
    if name.is_empty()
        && clause.is_none()
        && !d.suffixes.is_empty()
        && let Some(t) = titles.pop()
    {
        if titles.is_empty() { d.given.push(t) } else { d.family.push(t) }
    }
    titles.append(&mut d.titles);
    d.titles = titles;
    match clause {
        None => assign(name, titled || !d.titles.is_empty(), given_title, d, s),
        Some((after, married)) => with_birth_name(name, after, married, (titled, given_title), d, s),
    }
}

/// Words that are names, particles and joints left out.
pub(super) fn name_words(name: &[&Token]) -> usize {
    let joint = |t: &Token| t.is(word::CONJUNCTION) && (t.letters != 1 || (t.case == Case::Lower && !t.dot));
    let titled = |t: &Token| is_inner(t);
    let words = name
        .iter()
        .enumerate()
        .filter(|(i, t)| !(is_particle(t) || joint(t) || (*i > 0 && titled(t))))
        .count();
    // Particles that nothing follows are a name of their own.
    words + usize::from(name.len() > 1 && name.last().is_some_and(|t| is_particle(t)))
}

/// `X née Y`, `X épouse Y`.
fn with_birth_name<'t>(
    before: Names<'t>,
    mut after: Names<'t>,
    married: bool,
    (titled, given_title): (bool, bool),
    d: &mut Draft<'t>,
    s: &Setting,
) {
    if married {
        if before.len() > 1 {
            assign(before, titled, given_title, d, s);
            d.birth = std::mem::replace(&mut d.family, after);
        } else {
            d.birth = before;
            assign(after, true, false, d, s);
        }
        return;
    }
    // `DUPONT née MARTIN Marie`: the given name of a family name that stands alone is behind the birth name.
    if before.len() == 1 && after.len() > 1 && s.french && !given_title {
        let by_case =
            s.mixed && after[0].case == Case::Upper && after[1..].iter().all(|t| t.case == Case::Title);
        let by_list = !s.mixed && after.last().is_some_and(|t| first_nameness(t, s) > 3);
        if by_case || by_list {
            let at = if by_case { 1 } else { after.len() - 1 };
            d.given = after.split_off(at);
            d.middle = d.given.split_off(1);
            d.family = before;
            d.birth = after;
            return;
        }
    }
    d.birth = after;
    assign(before, true, given_title, d, s);
}

/// Gives the words of a bare name their places.
fn assign<'t>(mut name: Names<'t>, titled: bool, given_title: bool, d: &mut Draft<'t>, s: &Setting) {
    if name.is_empty() {
        return;
    }
    let texts: Vec<&str> = name.iter().map(|t| t.text).collect();
    if script::is_cjk(texts[0]) && cjk::assign(&name, &texts, d, s) {
        return;
    }
    // `Freiherr von Berg`: the title that is half a particle keeps the other half.
    if s.western && is_particle(name[0]) && d.titles.iter().any(|t| t.is(word::PARTICLE)) {
        d.family = name;
        return;
    }
    if let [one] = name.as_slice() {
        let given = match () {
            () if given_title => true,
            () if titled => s.french && first_nameness(one, s) > 6,
            () if d.nickname => !d.suffixes.is_empty(),
            () if s.french => first_nameness(one, s) > 0,
            () => true,
        };
        if given {
            d.given = name
        } else {
            d.family = name
        }
        return;
    }
    match order(&name, s) {
        Order::FamilyOnly => d.family = name,
        Order::FamilyFirst(n) => {
            let mut given = name.split_off(n);
            d.family = name;
            let n = given_len(&given, s);
            d.middle = given.split_off(n);
            d.given = given;
        }
        Order::GivenFirst(at) => {
            let mut given = if name.len() > 2 { given_len(&name, s) } else { 1 };
            while given + 1 < name.len() && joins(&name, given, s) {
                given += 2;
            }
            if given >= name.len() {
                if s.western && titled && !given_title {
                    d.family = name
                } else {
                    d.given = name
                }
                return;
            }
            let at = at.unwrap_or_else(|| family_start(&name, given, s)).max(given);
            d.family = name.split_off(at);
            d.middle = name.split_off(given);
            d.given = name;
        }
    }
}

/// Where the family name starts when the given name ends at `given`: at a particle, before a joint, or with the last
/// word.
fn family_start(name: &[&Token], given: usize, s: &Setting) -> usize {
    let last = name.len() - 1;
    let particle = (given..last).find(|i| {
        let t = name[*i];
        // `O Meara`; behind the given name a lone O is an initial.
        is_particle(t) && !joins(name, *i, s) || (t.key == "O" && !t.dot && *i > given)
    });
    let mut at = particle.unwrap_or(last);
    if s.western {
        // `van Berg von und zu Mc`: every particle opens a name, and the last name is the family's.
        let opens = |i: usize| is_particle(name[i]) && !joins(name, i, s);
        let goes_on = |i: usize| opens(i - 1) || i > 1 && name[i - 1].is(word::CONJUNCTION) && opens(i - 2);
        if let Some(i) = (at + 1..last).rev().find(|i| opens(*i) && !goes_on(*i)) {
            at = i;
        }
    }
    while at > given + 1 && joins(name, at - 1, s) {
        at -= 2;
    }
    // A joint and nothing behind it.
    if name[last].is(word::CONJUNCTION)
        && last > given
        && at == last
        && (name.len() > 3 || s.western && name[last].letters != 1)
    {
        at -= 1;
        while at > given + 1 && joins(name, at - 1, s) {
            at -= 2;
        }
    }
    at
}

/// Whether the word at `i` joins its neighbours. A lone letter (`y`, `e`, `i`) only does among four words or more whose
/// case shows that it is no initial.
fn joins(name: &[&Token], i: usize, s: &Setting) -> bool {
    let Some(t) = name.get(i) else { return false };
    if !t.is(word::CONJUNCTION) || i == 0 || i + 1 >= name.len() {
        return false;
    }
    let letter = t.letters == 1 && t.text.is_ascii();
    !letter || (s.mixed && t.case == Case::Lower && !t.dot && name.len() > 3 && !is_particle(name[i + 1]))
}

/// How many words the given name is: one, or what is joined to it.
pub(super) fn given_len(name: &[&Token], s: &Setting) -> usize {
    let mut n = name.len().min(1);
    if s.western && name.len() > 1 && name[0].is(word::CONJUNCTION) && name[0].letters != 1 {
        n = 2; // `& Smith`
    }
    if n == 1 && name.len() > 1 && name[0].is(word::BOUND) && !is_particle(name[1]) {
        n = 2;
    }
    // John & Jill.
    while n + 1 < name.len() && joins(name, n, s) {
        n += 2;
    }
    n
}

/// Place of a word such as *née* or *épouse* with a name on both sides.
pub(super) fn birth_marker(name: &[&Token]) -> Option<usize> {
    let inner = name.len().checked_sub(1)?;
    (1..inner).find(|i| is_birth_marker(name[*i]))
}

/// *née* and its like; *ne* without its accent is a name.
pub(super) fn is_birth_marker(t: &Token) -> bool {
    t.is(word::BIRTH | word::MARRIED) && (t.key != "NE" || t.text.contains(['é', 'É']))
}
