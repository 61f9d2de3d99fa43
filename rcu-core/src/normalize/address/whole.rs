//! A whole address, split into its parts and written as postal lines L2 to L7 (`domain.md` §2.5, `address`).

use super::fold::Folded;
use super::token::Tokens;
use super::{LINE_MAX, country, is_empty, is_french, postcode, shorten, split, street};
use crate::normalize::{Class, Code, Codes, Context, Country, Output, Status};

/// A part that has a normaliser of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// L2.
    Inside,
    /// L3.
    Building,
    /// L4.
    Street,
    /// L5.
    Special,
    /// The postcode.
    Postcode,
    /// The locality.
    City,
}

/// Parts of an address. Kept from call to call, it allocates only while its texts grow.
#[derive(Debug, Default, Clone)]
pub struct Parts {
    pub(super) number: String,
    pub(super) extension: String,
    pub(super) street: String,
    pub(super) inside: String,
    pub(super) building: String,
    pub(super) special: String,
    pub(super) postcode: String,
    pub(super) city: String,
    /// Abroad: the line of the locality as it is printed.
    pub(super) locality: String,
    pub(super) country: Option<Country>,
    /// Whether words for them were found, refused or not.
    pub(super) has_postcode: bool,
    pub(super) has_city: bool,
    pub(super) codes: Codes,
    refusals: Vec<(Part, Code)>,
}

impl Parts {
    /// House number, 1 to 9999 without leading zeros; empty when there is none.
    pub fn number(&self) -> &str {
        &self.number
    }

    /// `BIS`, `TER`, `QUATER`, `QUINQUIES` or one letter; empty when there is none.
    pub fn extension(&self) -> &str {
        &self.extension
    }

    /// L4, number included, in the normal form of the `street` kind.
    pub fn street(&self) -> &str {
        &self.street
    }

    /// L2: apartment, floor, door, staircase, c/o.
    pub fn inside(&self) -> &str {
        &self.inside
    }

    /// L3: building, residence, entrance, tower.
    pub fn building(&self) -> &str {
        &self.building
    }

    /// L5: post office box (BP, CS, TSA) or lieu-dit.
    pub fn special(&self) -> &str {
        &self.special
    }

    /// Postcode in the normal form of its kind.
    pub fn postcode(&self) -> &str {
        &self.postcode
    }

    /// Locality in the normal form of its kind.
    pub fn city(&self) -> &str {
        &self.city
    }

    /// The country that the address names, or that its postcode's prefix means.
    pub fn country(&self) -> Option<Country> {
        self.country
    }

    /// What the parts' normalisers had to say, in the order of the lines.
    pub fn codes(&self) -> &[Code] {
        self.codes.as_slice()
    }

    /// What refused a part that was there, and which.
    pub fn refusals(&self) -> &[(Part, Code)] {
        &self.refusals
    }

    /// What refuses the address whole: a postcode or a locality that is not there.
    pub fn missing(&self, cx: &Context) -> impl Iterator<Item = Code> + use<> {
        let region = self.country.unwrap_or(cx.region);
        let has_pattern = is_french(region) || postcode::pattern(region).is_some();
        let postcode = (!self.has_postcode && has_pattern).then_some(Code::MissingPostcode);
        postcode.into_iter().chain((!self.has_city).then_some(Code::MissingCity))
    }

    /// Forgets everything, keeping the memory.
    pub fn clear(&mut self) {
        for text in [
            &mut self.number,
            &mut self.extension,
            &mut self.street,
            &mut self.inside,
            &mut self.building,
            &mut self.special,
            &mut self.postcode,
            &mut self.city,
            &mut self.locality,
        ] {
            text.clear();
        }
        self.country = None;
        self.has_postcode = false;
        self.has_city = false;
        self.codes.clear();
        self.refusals.clear();
    }

    /// Moves what was just written to `out` into one part, and its codes to the address's.
    pub(super) fn take(&mut self, out: &mut Output, part: Part) {
        for code in out.codes().as_slice() {
            self.codes.push(*code);
        }
        // A refused text is no normal form of its kind.
        if out.codes().status() == Status::Rejected {
            let refused = out.codes().as_slice().iter().filter(|c| c.class() == Class::Reject);
            self.refusals.extend(refused.map(|c| (part, *c)));
            return out.reset();
        }
        let slot = match part {
            Part::Inside => &mut self.inside,
            Part::Building => &mut self.building,
            Part::Street => &mut self.street,
            Part::Special => &mut self.special,
            Part::Postcode => &mut self.postcode,
            Part::City => &mut self.city,
        };
        if !slot.is_empty() && !out.text.is_empty() {
            slot.push(' ');
        }
        slot.push_str(&out.text);
        out.reset();
    }
}

/// The parts of a raw address. Never fails: what is not found is empty.
///
/// # Examples
/// ```
/// use rcu_core::normalize::address::whole::split;
/// use rcu_core::normalize::{Context, Country};
/// use rcu_core::time::Day;
/// let cx = Context::new(Country::FR, Day(0));
/// let parts = split("Bât. B, 3 bis r. des Lilas 69100 Villeurbanne", &cx);
/// assert_eq!((parts.number(), parts.extension()), ("3", "BIS"));
/// assert_eq!(parts.street(), "3 BIS RUE DES LILAS");
/// assert_eq!(parts.building(), "BATIMENT B");
/// assert_eq!((parts.postcode(), parts.city()), ("69100", "VILLEURBANNE"));
/// ```
pub fn split(raw: &str, cx: &Context) -> Parts {
    let mut parts = Parts::default();
    split_into(raw, cx, &mut parts);
    parts
}

/// The same, into `parts`, which is cleared first.
pub fn split_into(raw: &str, cx: &Context, parts: &mut Parts) {
    let mut buf = Folded::new();
    split_folded(buf.fold(raw), cx, parts);
}

pub(super) fn split_folded(folded: &str, cx: &Context, parts: &mut Parts) {
    parts.clear();
    split::split(folded, cx, parts);
}

/// Parts of a delivery line and a postcode that are known to be these.
pub(super) fn read_pair(line: &str, code: &str, cx: &Context, parts: &mut Parts) {
    parts.clear();
    let mut out = Output::new();
    if is_french(cx.region) {
        street::write_line(Tokens::new(line), &cx.tables.street, &mut out);
    } else {
        street::write_abroad(line, &mut out);
    }
    parts.take(&mut out, Part::Street);
    parts.has_postcode = true;
    postcode::write(code, cx.region, &mut out);
    parts.take(&mut out, Part::Postcode);
}

/// Postal lines L2 to L6, and L7 abroad, joined by line ends.
pub fn normalize(raw: &str, cx: &Context, out: &mut Output) {
    let mut buf = Folded::new();
    let folded = buf.fold(raw);
    if is_empty(folded, out) {
        return;
    }
    let mut parts = Parts::default();
    split_folded(folded, cx, &mut parts);
    write(&parts, cx, out);
    settle(&mut parts, cx, out);
}

/// Reads the lines that were written until reading changes nothing. A complement may hold words that begin another
/// line once it stands alone (`L'ENTREE, RUE BASSE`), and the output must be its own normal form.
fn settle(parts: &mut Parts, cx: &Context, out: &mut Output) {
    for _ in 0..4 {
        // The everyday case: number, way, postcode and locality, nothing remarked.
        let plain = parts.inside.is_empty() && parts.building.is_empty() && parts.special.is_empty();
        let everyday = plain
            && !out.codes().as_slice().iter().any(|c| c.class() == Class::Correct)
            && is_french(cx.region)
            && parts.locality.is_empty()
            && !country::ends(&parts.city);
        // A shortened line is read in full again; it is the one that does not stay as it is.
        let shortened = out.codes().as_slice().contains(&Code::LineShortened);
        let Some(lines) = out.value().filter(|_| !everyday && !shortened).map(str::to_owned) else { return };
        split_folded(&lines, cx, parts);
        out.text.clear();
        write(parts, cx, out);
        if out.text == lines {
            return;
        }
    }
}

/// Writes the lines of an address that was split, with its codes.
pub fn write(parts: &Parts, cx: &Context, out: &mut Output) {
    for code in parts.codes() {
        out.code(*code);
    }
    let region = parts.country.unwrap_or(cx.region);
    parts.missing(cx).for_each(|code| out.code(code));
    if !is_french(region) {
        for text in [&parts.building, &parts.street, &parts.locality] {
            push_line(text, out);
        }
        return push_line(&country::name(region), out);
    }
    line(&parts.inside, cx, out);
    line(&parts.building, cx, out);
    push_line(&parts.street, out);
    line(&parts.special, cx, out);
    push_line(&parts.postcode, out);
    push_word(&parts.city, out);
    // Seen from another country, France is abroad.
    if !is_french(cx.region) {
        push_line(&country::name(region), out);
    }
}

/// A line other than L4: brought to length when it is too long, its keywords first.
fn line(text: &str, cx: &Context, out: &mut Output) {
    if text.chars().count() <= LINE_MAX {
        return push_line(text, out);
    }
    let mut words: Vec<&str> = text.split(' ').collect();
    let mut at = 0;
    while at < words.len() && words.iter().map(|w| w.chars().count() + 1).sum::<usize>() > LINE_MAX + 1 {
        if let Some(word) = words.get_mut(at) {
            *word = split::lines::short_keyword(word);
        }
        at += 1;
    }
    let short = shorten::shorten(&words.join(" "), LINE_MAX, &cx.tables.street);
    out.code(if short.fits { Code::LineShortened } else { Code::LineTooLong });
    push_line(&short.text, out);
}

fn push_line(text: &str, out: &mut Output) {
    if !text.is_empty() {
        if !out.text.is_empty() {
            out.text.push('\n');
        }
        out.text.push_str(text);
    }
}

fn push_word(text: &str, out: &mut Output) {
    if !text.is_empty() {
        out.text.push(' ');
        out.text.push_str(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normalize::{self, Kind};
    use crate::time::Day;
    use proptest::prelude::*;

    /// A second pass changes nothing, unless a line was shortened.
    fn stable(raw: &str, region: &str) -> Result<(), TestCaseError> {
        let cx = Context::new(Country::new(region).unwrap(), Day(20_000));
        let once = normalize::any(Kind::Address, raw, &cx);
        let Some(value) = &once.value else { return Ok(()) };
        if once.codes.contains(&Code::LineShortened) {
            return Ok(());
        }
        let twice = normalize::any(Kind::Address, value, &cx);
        prop_assert_eq!(twice.value.as_ref(), Some(value), "{:?}", raw);
        prop_assert!(twice.codes.iter().all(|c| c.class() == Class::Inform), "{:?} {:?}", raw, twice);
        Ok(())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases.max(600)))]

        #[test]
        fn any_text_is_stable(raw in any::<String>(), region in prop::sample::select(vec!["FR", "BE", "GB", "US"])) {
            stable(&raw, region)?;
        }

        #[test]
        fn addresses_are_stable(
            parts in prop::collection::vec(prop::sample::select(vec![
                "12", "3 bis", "12B", "5/7", "rue", "r.", "av. du Gal", "place", "Grande Rue", "Haute", "de la Tour", "des Lilas",
                "Bât. B", "rés. les Pins", "appt 12", "3ème étage", "Tour A", "BP 12", "CS 12 345", "LD les Chênes", "lieu-dit", "Chez Durand",
                "Le Moulin", "Hôtel des Impôts", "St-Denis", "75008", "69100", "1400", "Paris", "Paris 8e", "Villeurbanne", "Lyon Cedex 03",
                "(Nord)", "France", "Belgique", "B-1050", "Ixelles", "à", "-", "résidence", "quartier", "entrée", "C/O", "ZA", "N° 5",
            ]), 1..9),
            marks in prop::collection::vec(prop::sample::select(vec![" ", " ", " ", ", ", "\n", " | ", " - "]), 9),
            region in prop::sample::select(vec!["FR", "BE"]),
        ) {
            let raw: String = parts.iter().zip(&marks).flat_map(|(p, m)| [*p, *m]).collect();
            stable(&raw, region)?;
        }
    }
}
