//! What may not be read for the purposes that a role reads for.

use crate::field::FieldIx;
use std::collections::BTreeSet;

/// Rows and values that none of some purposes may use. Empty when they may use everything.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Closed {
    sources: BTreeSet<u16>,
    values: BTreeSet<(u16, FieldIx)>,
    fields: BTreeSet<String>,
}

impl Closed {
    /// What is closed among `sources` and `fields`, which are positions and names: whatever `is_open` does not open. A
    /// source of which nothing is open gives no row at all, a field that no source opens is not there.
    pub fn new(sources: u16, fields: &[&str], is_open: impl Fn(u16, &str) -> bool) -> Closed {
        let mut closed = Closed::default();
        let mut nowhere: BTreeSet<FieldIx> = (0..fields.len()).collect();
        for source in 0..sources {
            let mut any = false;
            for (ix, field) in fields.iter().enumerate() {
                match is_open(source, field) {
                    true => {
                        any = true;
                        nowhere.remove(&ix);
                    }
                    false => drop(closed.values.insert((source, ix))),
                }
            }
            if !any {
                closed.sources.insert(source);
            }
        }
        closed.fields = nowhere.iter().filter_map(|ix| fields.get(*ix)).map(|f| (*f).to_owned()).collect();
        closed
    }

    /// Whether everything may be read.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Whether no row of a source may be read.
    pub fn has_source(&self, source: u16) -> bool {
        self.sources.contains(&source)
    }

    /// Whether a value of a source may not be read.
    pub fn has(&self, source: u16, field: FieldIx) -> bool {
        self.values.contains(&(source, field))
    }

    /// Whether a field may be read of no source.
    pub fn has_field(&self, name: &str) -> bool {
        self.fields.contains(name)
    }
}
