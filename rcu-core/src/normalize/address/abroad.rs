//! Addresses outside the French format (`domain.md` §2.5, "Abroad"): no RNVP, lines tidied, postcode pattern checked.

use super::token::Tokens;
use super::whole::{Part, Parts};
use super::{city, country, postcode, split, street};
use crate::normalize::{Code, Country, Output, Status};

/// Splits a folded address of `region`: its lines, of which one holds the postcode and the locality.
pub(super) fn split(folded: &str, region: Country, parts: &mut Parts) {
    parts.country = Some(region);
    let mut lines = lines(folded);
    // The country's own line.
    if let Some(last) = lines.last()
        && let words = Tokens::new(last).collect::<Vec<_>>()
        && country::at_end(&words).is_some_and(|(_, n)| n == words.len())
        && (lines.len() > 1)
    {
        lines.pop();
    } else if let Some(last) = lines.pop() {
        lines.push(split::without_country(last));
    }
    lines.retain(|l| !l.is_empty());
    let mut out = Output::new();
    let Some(pattern) = postcode::pattern(region) else {
        return unknown(&lines, region, parts, &mut out);
    };
    let found =
        lines.iter().enumerate().rev().find_map(|(i, line)| find(line, region, pattern).map(|f| (i, f)));
    let Some((at, found)) = found else {
        // Without a postcode the last line is the locality, unless it is the only one.
        if let Some((last, before)) = lines.split_last().filter(|(_, b)| !b.is_empty()) {
            write_city(last, region, parts, &mut out);
            write_lines(before, parts, &mut out);
        } else {
            write_lines(&lines, parts, &mut out);
        }
        return;
    };
    parts.has_postcode = true;
    postcode::write(found.code, region, &mut out);
    parts.take(&mut out, Part::Postcode);
    let mut before: Vec<&str> = lines.get(..at).unwrap_or(&[]).to_vec();
    let name = if found.after.is_empty() {
        match found.before {
            "" => before.pop().unwrap_or(""),
            head => head,
        }
    } else {
        before.extend([found.before].iter().filter(|h| !h.is_empty()));
        found.after
    };
    write_city(name, region, parts, &mut out);
    let line = match (found.after.is_empty(), parts.locality.is_empty()) {
        (_, true) => parts.postcode.clone(),
        (true, _) => format!("{} {}", parts.locality, parts.postcode),
        (false, _) => format!("{} {}", parts.postcode, parts.locality),
    };
    parts.locality = line;
    before.extend(lines.get(at + 1..).unwrap_or(&[]));
    write_lines(&before, parts, &mut out);
}

/// Lines of the text; the parts between commas when there is only one line.
fn lines(folded: &str) -> Vec<&str> {
    let tidy = |l: &'_ str| -> bool { l.bytes().any(|b| b.is_ascii_alphanumeric() || b >= 0x80) };
    let by = |marks: &[char]| -> Vec<&str> {
        folded.split(marks).map(|l| l.trim_matches([' ', ',', ';'])).filter(|l| tidy(l)).collect()
    };
    let lines = by(&['\n', '|']);
    if lines.len() == 1 { by(&['\n', '|', ',', ';']) } else { lines }
}

struct Found<'a> {
    before: &'a str,
    code: &'a str,
    after: &'a str,
}

/// The last run of one or two words that is a postcode of the country; one that only a line's first number could be
/// (`1050 RUE HAUTE` has no prefix and a way after it) is left to the caller as locality, which a line is.
fn find<'a>(line: &'a str, region: Country, pattern: postcode::Pattern) -> Option<Found<'a>> {
    let starts: Vec<usize> = std::iter::once(0)
        .chain(line.match_indices(' ').map(|(i, _)| i + 1))
        .filter(|i| line.get(*i..).is_some_and(|l| !l.starts_with(' ')))
        .collect();
    let mut scratch = Output::new();
    for (i, start) in starts.iter().enumerate().rev() {
        let mut from = start;
        let ends = line.get(*from..)?.match_indices(' ').map(|(i, _)| from + i).chain([line.len()]);
        for to in ends.take(2) {
            let mut code = line.get(*from..to)?.trim_matches(',');
            scratch.reset();
            postcode::write(code, region, &mut scratch);
            let reads = scratch.codes().status() != Status::Rejected && !scratch.text.is_empty();
            // Two words of digits are a number and a postcode, not one postcode; British and Dutch ones hold letters.
            let one = !code.contains(' ') || !matches!(pattern, postcode::Pattern::Digits(_));
            if reads && one {
                // `B 1050`: the prefix stands apart.
                if let Some(previous) = i.checked_sub(1).and_then(|i| starts.get(i))
                    && line
                        .get(*previous..*start)
                        .is_some_and(|p| postcode::prefixes(region).contains(&p.trim_end()))
                {
                    from = previous;
                    code = line.get(*from..to)?.trim_matches(',');
                }
                let trim = |s: &'a str| s.trim_matches([' ', ',', ';', '-']);
                return Some(Found { before: trim(line.get(..*from)?), code, after: trim(line.get(to..)?) });
            }
        }
    }
    None
}

/// A country whose postcodes we do not know: the last line is the locality, as it stands.
fn unknown(lines: &[&str], region: Country, parts: &mut Parts, out: &mut Output) {
    if let Some((last, before)) = lines.split_last() {
        write_city(last, region, parts, out);
        write_lines(before, parts, out);
    }
    parts.codes.push(Code::ForeignUnchecked);
}

fn write_city(name: &str, region: Country, parts: &mut Parts, out: &mut Output) {
    if name.is_empty() {
        return;
    }
    parts.has_city = true;
    street::write_abroad(name, out);
    parts.locality.push_str(&out.text);
    out.reset();
    city::write(name, region, out);
    // The printed line keeps what the locality's normal form leaves out, so nothing is lost and no code is due.
    parts.city.push_str(&out.text);
    out.reset();
}

/// The other lines, in their order: the last is the delivery line, the others stand before it.
fn write_lines(lines: &[&str], parts: &mut Parts, out: &mut Output) {
    let Some((last, before)) = lines.split_last() else { return };
    for line in before {
        street::write_abroad(line, out);
        if !parts.building.is_empty() {
            parts.building.push('\n');
        }
        parts.building.push_str(&out.text);
        out.reset();
    }
    street::write_abroad(last, out);
    parts.take(out, Part::Street);
    if let Some((number, extension)) = house_number(&parts.street) {
        let (number, extension) = (number.to_owned(), extension.to_owned());
        parts.number = number;
        parts.extension = extension;
    }
}

/// The house number, first or last word of the line, and a letter glued to it.
fn house_number(line: &str) -> Option<(&str, &str)> {
    let of = |word: &'_ str| -> Option<usize> {
        let digits = word.bytes().take_while(u8::is_ascii_digit).count();
        ((1..=4).contains(&digits) && word.len() <= digits + 1).then_some(digits)
    };
    let mut words = line.split(' ');
    let (first, last) = (words.next()?, words.next_back()?);
    let word = [first, last].into_iter().find(|w| of(w).is_some())?;
    word.split_at_checked(of(word)?)
}
