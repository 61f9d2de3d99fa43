//! Keys of delivery lines: the way's significant words and the number on it (`domain.md` §2.6).

use super::counts::Numbering;
use super::face::Face;
use crate::field;
use crate::intern::Pool;
use crate::normalize::address::is_french;
use crate::normalize::address::key::KeyLine;
use crate::normalize::{Context, Country};
use crate::records::Records;
use crate::reference::street::StreetTables;

/// Distinct lines and ways, by number; 0 for none.
#[derive(Debug, Default)]
pub struct Streets {
    ways: Pool,
    /// Numbers that are no plain ones.
    numbers: Pool,
    /// Way and number of each line.
    lines: Vec<(u32, u32)>,
}

/// A number in a line: 0 for none, below [`PLAIN`] a plain one, else its text.
const PLAIN: u32 = 10_000;

/// The key of a delivery line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct LineKey {
    /// Number and way.
    pub(super) street: u32,
    /// Way without number.
    pub(super) way: u32,
    /// Whether there is a number.
    pub(super) numbered: bool,
}

impl Streets {
    /// How many lines there are, none included.
    pub(super) fn len(&self) -> usize {
        self.lines.len().max(1)
    }

    /// The text of a line: what it is known by in every set of records.
    pub fn text(&self, street: u32) -> String {
        let Some((way, number)) = self.lines.get(street as usize).filter(|_| street != 0) else {
            return String::new();
        };
        // The postcode is a part of its own; a fixed one stands for it here.
        let way = self.ways.get(*way);
        match number {
            0 => format!("-||{way}"),
            1..PLAIN => format!("-|{number}|{way}"),
            text => format!("-|{}|{way}", self.numbers.get(text - PLAIN)),
        }
    }

    fn number(&mut self, line: &KeyLine, scratch: &mut String) -> u32 {
        match (line.number.as_bytes(), line.extension) {
            ([], "") => return 0,
            (digits @ [b'1'..=b'9', ..], "")
                if digits.len() <= 4 && digits.iter().all(u8::is_ascii_digit) =>
            {
                return digits.iter().fold(0, |n, d| n * 10 + u32::from(d - b'0'));
            }
            _ => {}
        }
        scratch.clear();
        scratch.push_str(line.number);
        scratch.push_str(line.extension);
        PLAIN + self.numbers.intern(scratch)
    }

    /// The key of each distinct value of the street field, by id.
    fn read(
        &mut self,
        values: &Pool,
        french: bool,
        tables: &StreetTables,
        known: &mut Known,
    ) -> Vec<LineKey> {
        /// Lines read before they are looked up together.
        const TOGETHER: usize = 64;
        let mut text = String::new();
        let mut keys = Vec::with_capacity(values.len());
        keys.push(LineKey::default());
        let mut read: Vec<(u32, u32)> = Vec::with_capacity(TOGETHER);
        let mut values = values.iter().map(|(_, value)| value);
        loop {
            read.clear();
            for value in values.by_ref().take(TOGETHER) {
                read.push(self.way_and_number(value, french, tables, known, &mut text));
            }
            if read.is_empty() {
                return keys;
            }
            let code = |(way, number): (u32, u32)| u64::from(way) << 32 | u64::from(number);
            known.lines.touch(read.iter().map(|line| code(*line)));
            for line in &read {
                if *line == (0, 0) {
                    keys.push(LineKey::default());
                    continue;
                }
                let street = known.lines.of(code(*line));
                if street as usize == self.lines.len() {
                    self.lines.push(*line);
                }
                keys.push(LineKey { street, way: line.0, numbered: line.1 != 0 });
            }
        }
    }

    /// The numbers of a line's way and of the number on it; both 0 when it tells no way.
    #[inline]
    fn way_and_number(
        &mut self,
        value: &str,
        french: bool,
        tables: &StreetTables,
        known: &mut Known,
        text: &mut String,
    ) -> (u32, u32) {
        let Some(line) = KeyLine::read(value, french, tables) else { return (0, 0) };
        let mut write = |ways: &mut Pool| {
            text.clear();
            line.write_way(tables, text);
            ways.intern(text)
        };
        let way = match line.way() {
            Some(rest) => {
                let seen = known.rests.intern(rest) as usize;
                if seen == known.ways.len() {
                    known.ways.push(write(&mut self.ways));
                }
                known.ways[seen]
            }
            None => write(&mut self.ways),
        };
        (way, self.number(&line, text))
    }
}

/// What was read before.
struct Known {
    /// Texts of ways behind a number, and the way of each.
    rests: Pool,
    ways: Vec<u32>,
    /// Lines by way and number.
    lines: Numbering,
}

/// The key of each record's delivery line.
pub(super) struct LineKeys<'a> {
    ids: &'a [u32],
    french: Vec<LineKey>,
    abroad: Vec<LineKey>,
    /// Whether a record is read as a French one: by the country it names, else by its source.
    countries: &'a [u32],
    named: Vec<Option<bool>>,
    sources: &'a [u16],
    by_source: Vec<bool>,
    otherwise: bool,
}

impl LineKeys<'_> {
    #[inline]
    fn is_french(&self, r: usize) -> bool {
        let named = self.countries.get(r).and_then(|id| self.named[*id as usize]);
        let by_source = || self.by_source.get(usize::from(self.sources[r])).copied();
        named.or_else(by_source).unwrap_or(self.otherwise)
    }

    /// The key of a record's line.
    #[inline]
    pub(super) fn of(&self, r: usize) -> LineKey {
        match self.ids.get(r) {
            None | Some(0) => LineKey::default(),
            Some(id) if self.abroad.is_empty() || (!self.french.is_empty() && self.is_french(r)) => {
                self.french[*id as usize]
            }
            Some(id) => self.abroad[*id as usize],
        }
    }
}

/// Reads the delivery lines of all records, each as its record's country writes it, or as its source's where the record
/// names none. `regions`: country of each source.
pub(super) fn read<'a>(
    regions: &[Country],
    context: &Context,
    records: &'a Records,
) -> (Streets, LineKeys<'a>) {
    let (column, countries) = (records.field(field::STREET), records.field(field::COUNTRY));
    let ids = |slots: &'a [crate::records::Slot]| slots.first().map_or(&[][..], |s| &s.ids[..]);
    let named = std::iter::once(None)
        .chain(countries.pool.iter().map(|(_, name)| Country::new(name).map(is_french)))
        .collect();
    let mut keys = LineKeys {
        ids: ids(&column.slots),
        french: Vec::new(),
        abroad: Vec::new(),
        countries: ids(&countries.slots),
        named,
        sources: &records.sources,
        by_source: regions.iter().map(|c| is_french(*c)).collect(),
        otherwise: is_french(context.region),
    };
    let mut streets = Streets { lines: vec![(0, 0)], ..Streets::default() };
    let values = &column.pool;
    let mut known =
        Known { rests: Pool::default(), ways: vec![0], lines: Numbering::with_room(values.len()) };
    let any = |french| (0..records.len()).any(|r| keys.is_french(r) == french);
    let (french, abroad) = (any(true), any(false));
    let tables = &context.tables.street;
    if french {
        keys.french = streets.read(values, true, tables, &mut known);
    }
    if abroad {
        keys.abroad = streets.read(values, false, tables, &mut known);
    }
    (streets, keys)
}

/// A number for each record's postcode and line; 0 where one is missing. `streets`: how many lines there are.
///
/// Most lines are in one place, whose number is that of the line.
pub(super) fn address_numbers(faces: &[Face], streets: usize) -> Vec<u32> {
    let mut first = vec![0u32; streets];
    let mut others = Numbering::with_room(16);
    let number = |face: &Face| match (face.postcode, face.street) {
        (0, _) | (_, 0) => 0,
        (postcode, street) => {
            let place = &mut first[street as usize];
            if *place == 0 {
                *place = postcode;
            }
            match *place == postcode {
                true => street,
                // After the numbers of all lines.
                false => streets as u32 - 1 + others.of(u64::from(postcode) << 32 | u64::from(street)),
            }
        }
    };
    faces.iter().map(number).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normalize::address::key::{addr_key_into, addr_key2_into};
    use crate::time::Day;

    #[test]
    fn lines_are_known_by_the_keys_of_their_texts() {
        let mut values = Pool::default();
        let ways =
            ["RUE VICTOR HUGO", "RUE V HUGO", "AVENUE DU GENERAL LECLERC", "AV GAL LECLERC", "NO 126", "12"];
        for number in ["", "12 ", "12 BIS ", "12B ", "0 ", "0012 ", "12/14 ", "99999 ", "N~ 12 "] {
            for way in ways {
                values.intern(&format!("{number}{way}"));
                values.intern(&format!("{way} {number}"));
            }
        }
        ["", "12", "LIEU DIT LE BOURG", "BP 12", "12 BP 7", "HAUPTSTRASSE 012"].iter().for_each(|v| {
            values.intern(v);
        });
        let cx = Context::new(Country::FR, Day(0));
        for french in [true, false] {
            let cx = Context {
                region: Country::new(if french { "FR" } else { "DE" }).unwrap_or(cx.region),
                ..cx.clone()
            };
            let mut streets = Streets { lines: vec![(0, 0)], ..Streets::default() };
            let mut known = Known { rests: Pool::default(), ways: vec![0], lines: Numbering::with_room(1) };
            let keys = streets.read(&values, french, &cx.tables.street, &mut known);
            let mut seen: Vec<(String, LineKey)> = Vec::new();
            for (id, value) in values.iter() {
                let (mut strong, mut weak) = (String::new(), String::new());
                addr_key_into("-", value, &cx, &mut strong);
                addr_key2_into("-", value, &cx, &mut weak);
                let key = keys[id as usize];
                assert_eq!(streets.text(key.street), strong, "{value}");
                assert_eq!(key.numbered, strong.len() > weak.len() + 1, "{value}");
                assert_eq!(key.way == 0, weak.is_empty());
                assert!(key.way == 0 || weak == format!("-|{}", streets.ways.get(key.way)));
                for (text, other) in &seen {
                    assert_eq!(*text == strong, *other == key, "{value}");
                }
                seen.push((strong, key));
            }
        }
    }

    #[test]
    fn places_of_one_line_have_numbers_of_their_own() {
        let places = [(1, 1), (2, 1), (1, 1), (1, 2), (2, 1), (0, 2), (2, 2), (3, 0), (3, 1)];
        let faces: Vec<Face> = places
            .iter()
            .map(|(postcode, street)| Face { postcode: *postcode, street: *street, ..Face::default() })
            .collect();
        let numbers = address_numbers(&faces, 3);
        for (x, a) in places.iter().zip(&numbers) {
            assert_eq!(*a == 0, x.0 == 0 || x.1 == 0);
            for (y, b) in places.iter().zip(&numbers).filter(|(_, b)| **b != 0 && *a != 0) {
                assert_eq!(x == y, a == b);
            }
        }
    }
}
