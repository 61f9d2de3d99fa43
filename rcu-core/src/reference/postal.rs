//! Postcodes and communes: which names a postcode has, which postcodes a name has.

use super::words::{self, Words};
use std::collections::BTreeMap;

/// What a name is to a postcode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NameKind {
    /// A present commune, by its official name.
    Commune,
    /// Another label: the post's routing label, or a commune that another one's post office serves.
    Label,
    /// A former commune, now part of another.
    Former,
}

/// Number of a name in the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NameId(u32);

/// One name of one postcode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// The name.
    pub name: NameId,
    /// What the name is to the postcode.
    pub kind: NameKind,
    /// Hash of the name: most rows are told from a locality without a look at their names, which lie far apart.
    hash: u32,
}

/// Postcodes and localities of a country, in the normal form of the `city` kind. The relation is n–n.
#[derive(Debug, Clone)]
pub struct PostalTables {
    version: String,
    names: Words,
    /// Per name: number of bits of the population, 0 when it is not known.
    size: Vec<u8>,
    /// Postcodes in rising order.
    codes: Vec<u32>,
    /// Per hundred of postcodes: the first of `codes` in it.
    hundreds: Vec<u16>,
    /// Per postcode: its first row; one more at the end.
    first_row: Vec<u32>,
    rows: Vec<Row>,
    /// Per name: its first entry in `served`; one more at the end.
    first_served: Vec<u32>,
    /// Places in `codes`.
    served: Vec<u16>,
}

const HUNDREDS: usize = 1_000;

impl Default for PostalTables {
    /// The embedded base.
    fn default() -> Self {
        let bytes = include_bytes!(concat!(env!("OUT_DIR"), "/postal.bin"));
        let (names, size, pairs) = Reader { bytes }.read();
        let mut tables = PostalTables::index(names, size, pairs);
        tables.version = EMBEDDED_VERSION.to_owned();
        tables
    }
}

/// Bytes of the embedded base.
pub const EMBEDDED_BYTES: usize = include_bytes!(concat!(env!("OUT_DIR"), "/postal.bin")).len();

/// The embedded base's sources: COG and FIMOCT through these packages.
pub const EMBEDDED_VERSION: &str = "codes-postaux 4.1.2, decoupage-administratif 6.0.0";

impl PostalTables {
    /// Tables of the caller's own: postcode (0 to 99999), name in the normal form of the `city` kind, what the name
    /// is to the postcode, population (0 when unknown).
    pub fn from_rows<'a>(
        version: &str,
        rows: impl IntoIterator<Item = (u32, &'a str, NameKind, u64)>,
    ) -> PostalTables {
        let mut tables = PostalTables::index(Words::default(), Vec::new(), Vec::new()).with_rows(rows);
        tables.version = version.to_owned();
        tables
    }

    /// These tables with more rows; a pair that is known keeps the more official of its two kinds.
    pub fn with_rows<'a>(
        self,
        rows: impl IntoIterator<Item = (u32, &'a str, NameKind, u64)>,
    ) -> PostalTables {
        let mut pairs: BTreeMap<(u32, u32), NameKind> = BTreeMap::new();
        for (at, code) in self.codes.iter().enumerate() {
            for row in self.rows_at(at) {
                pairs.insert((*code, row.name.0), row.kind);
            }
        }
        let (mut names, mut size) = (self.names, self.size);
        for (code, name, kind, people) in rows {
            let id = names.insert(name);
            size.resize(names.len(), 0);
            if let Some(slot) = size.get_mut(id as usize) {
                *slot = (64 - people.leading_zeros()).max(u32::from(*slot)) as u8;
            }
            let slot = pairs.entry((code, id)).or_insert(kind);
            *slot = kind.min(*slot);
        }
        let mut pairs: Vec<_> = pairs.into_iter().map(|((code, name), kind)| (code, name, kind)).collect();
        pairs.sort_by_key(|(code, name, kind)| (*code, *kind, *name));
        let mut tables = PostalTables::index(names, size, pairs);
        tables.version = self.version + ", extended";
        tables
    }

    /// Builds the indexes over pairs sorted by postcode.
    fn index(names: Words, size: Vec<u8>, pairs: Vec<(u32, u32, NameKind)>) -> PostalTables {
        let mut t = PostalTables {
            version: String::new(),
            first_served: vec![0; names.len() + 1],
            names,
            size,
            codes: Vec::new(),
            hundreds: Vec::with_capacity(HUNDREDS + 1),
            first_row: Vec::new(),
            rows: Vec::with_capacity(pairs.len()),
            served: vec![0; pairs.len()],
        };
        for (code, name, kind) in &pairs {
            if t.codes.last() != Some(code) {
                t.codes.push(*code);
                t.first_row.push(t.rows.len() as u32);
            }
            let hash = words::hash(t.names.text(*name).as_bytes());
            t.rows.push(Row { name: NameId(*name), kind: *kind, hash });
            if let Some(n) = t.first_served.get_mut(*name as usize + 1) {
                *n += 1;
            }
        }
        t.first_row.push(t.rows.len() as u32);
        for hundred in 0..=HUNDREDS as u32 {
            t.hundreds.push(t.codes.partition_point(|c| *c < hundred * 100) as u16);
        }
        for i in 1..t.first_served.len() {
            t.first_served[i] += t.first_served[i - 1];
        }
        let mut next = t.first_served.clone();
        for at in 0..t.codes.len() {
            for i in t.row_range(at) {
                let Some(row) = t.rows.get(i) else { continue };
                if let Some(n) = next.get_mut(row.name.0 as usize) {
                    if let Some(slot) = t.served.get_mut(*n as usize) {
                        *slot = at as u16;
                    }
                    *n += 1;
                }
            }
        }
        t
    }

    /// Which edition of the data this is.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The name's number, when the base knows it.
    #[inline]
    pub fn name(&self, city: &str) -> Option<NameId> {
        self.names.get(city).map(NameId)
    }

    /// The name of a number.
    pub fn text(&self, name: NameId) -> &str {
        self.names.text(name.0)
    }

    /// Size of the commune as the number of bits of its population: 10 for about a thousand people, 0 when unknown.
    pub fn size(&self, name: NameId) -> u8 {
        self.size.get(name.0 as usize).copied().unwrap_or(0)
    }

    /// Names of a postcode: communes, then labels, then former communes. Empty for a postcode that is not in the base.
    #[inline]
    pub fn rows(&self, code: u32) -> &[Row] {
        let hundred = (code / 100) as usize;
        let from = self.hundreds.get(hundred).copied().unwrap_or(0) as usize;
        let to = self.hundreds.get(hundred + 1).copied().unwrap_or(0) as usize;
        let Some(codes) = self.codes.get(from..to) else { return &[] };
        match codes.iter().position(|c| *c == code) {
            Some(i) => self.rows_at(from + i),
            None => &[],
        }
    }

    /// Whether one of a postcode's rows has this name.
    #[inline]
    pub(crate) fn has_name(&self, rows: &[Row], city: &str) -> bool {
        let hash = words::hash(city.as_bytes());
        rows.iter().any(|row| row.hash == hash && self.text(row.name) == city)
    }

    fn rows_at(&self, at: usize) -> &[Row] {
        self.rows.get(self.row_range(at)).unwrap_or(&[])
    }

    fn row_range(&self, at: usize) -> std::ops::Range<usize> {
        let from = self.first_row.get(at).copied().unwrap_or(0) as usize;
        let to = self.first_row.get(at + 1).copied().unwrap_or(0) as usize;
        from..to
    }

    /// Postcodes of a name, in rising order.
    pub fn codes_of(&self, name: NameId) -> impl Iterator<Item = u32> + '_ {
        let at = name.0 as usize;
        let from = self.first_served.get(at).copied().unwrap_or(0) as usize;
        let to = self.first_served.get(at + 1).copied().unwrap_or(0) as usize;
        let places = self.served.get(from..to).unwrap_or(&[]);
        places.iter().filter_map(|place| self.codes.get(*place as usize).copied())
    }

    /// How many postcodes, names and pairs the tables hold.
    pub fn counts(&self) -> (usize, usize, usize) {
        (self.codes.len(), self.names.len(), self.rows.len())
    }

    /// Every name, in the order of its number.
    pub fn all_names(&self) -> impl Iterator<Item = (NameId, &str)> {
        (0..self.names.len() as u32).map(|id| (NameId(id), self.names.text(id)))
    }
}

/// Reads the file that `build/postal.rs` writes. What is cut short reads as nothing more.
struct Reader<'a> {
    bytes: &'a [u8],
}

type Parts = (Words, Vec<u8>, Vec<(u32, u32, NameKind)>);

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> [u8; N] {
        match self.bytes.split_first_chunk::<N>() {
            Some((head, rest)) => {
                self.bytes = rest;
                *head
            }
            None => {
                self.bytes = &[];
                [0; N]
            }
        }
    }

    fn read(mut self) -> Parts {
        let count = u32::from_le_bytes(self.take()) as usize;
        let mut names = Words::with_capacity(count);
        let mut size = Vec::with_capacity(count);
        let mut name: Vec<u8> = Vec::new();
        for _ in 0..count {
            let [shared, length] = self.take();
            name.truncate(shared as usize);
            let (letters, rest) = self.bytes.split_at_checked(length as usize).unwrap_or_default();
            name.extend_from_slice(letters);
            self.bytes = rest;
            names.insert(std::str::from_utf8(&name).unwrap_or(""));
            let [people] = self.take();
            size.push(people);
        }
        let count = u32::from_le_bytes(self.take());
        let mut pairs = Vec::with_capacity(40_000);
        let mut code = 0;
        for _ in 0..count {
            code += u32::from(u16::from_le_bytes(self.take()));
            let counts: [u8; 3] = self.take();
            for (n, kind) in counts.into_iter().zip([NameKind::Commune, NameKind::Label, NameKind::Former]) {
                for _ in 0..n {
                    pairs.push((code, u32::from(u16::from_le_bytes(self.take())), kind));
                }
            }
        }
        (names, size, pairs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_base_is_whole() {
        let t = PostalTables::default();
        let (codes, names, pairs) = t.counts();
        assert!(codes > 6_200 && names > 35_000 && pairs > 38_000, "{codes} {names} {pairs}");
        let paris = t.name("PARIS").unwrap();
        assert_eq!(t.codes_of(paris).count(), 21);
        assert!(t.size(paris) > 20);
        assert!(t.rows(75_116).iter().any(|r| r.name == paris));
        assert!(t.rows(75_380).is_empty() && t.rows(99_999).is_empty() && t.rows(u32::MAX).is_empty());
        // A former commune, by its present postcode.
        let former = t.name("BELLEGARDE SUR VALSERINE").unwrap();
        assert!(t.codes_of(former).any(|c| c == 1_200));
        // Every row is found again from its name.
        for (name, text) in t.all_names() {
            assert_eq!(t.name(text), Some(name));
            assert!(t.codes_of(name).all(|c| t.rows(c).iter().any(|r| r.name == name)));
        }
    }

    #[test]
    fn an_installation_adds_or_brings_its_own() {
        let t = PostalTables::default().with_rows([(75_380, "PARIS", NameKind::Label, 0)]);
        assert_eq!(t.rows(75_380).len(), 1);
        assert_eq!(t.codes_of(t.name("PARIS").unwrap()).count(), 22);
        let t = PostalTables::from_rows("mine", [(1_000, "VILLE", NameKind::Commune, 1_500)]);
        assert_eq!((t.counts(), t.version()), ((1, 1, 1), "mine"));
        assert_eq!(t.size(t.name("VILLE").unwrap()), 11);
        assert!(t.rows(2_000).is_empty());
    }
}
