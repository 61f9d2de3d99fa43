//! All facts of a run or of a few customers, laid out so that a customer's facts are found together.

use super::fact::{Dims, Extra, FactTable, Line, LineKind, NULL, Owner, Texts};
use crate::time::Day;

/// A line as it is kept: what is rarely said stands apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Packed {
    /// Amount after discount in minor units; negative on returns.
    pub net: i64,
    /// Discount in minor units, positive on sales.
    pub discount: i64,
    /// Cluster, or one of [`Packed::ORPHAN`], [`Packed::ANONYMOUS`], [`Packed::LEFT_OUT`].
    pub owner: u32,
    /// Ticket.
    pub ticket: u32,
    /// Local day on which it counts.
    pub day: Day,
    /// Position in [`Facts::dims`].
    pub dims: u32,
    /// Position in [`Facts::extras`].
    pub extra: u32,
}

impl Packed {
    /// The owner of a line whose customer reference no record has.
    pub const ORPHAN: u32 = u32::MAX - 2;
    /// The owner of a line without a customer reference.
    pub const ANONYMOUS: u32 = u32::MAX - 1;
    /// The owner of a line that is not loaded.
    pub const LEFT_OUT: u32 = u32::MAX;

    /// Whose line it is; `None` for one that is not loaded.
    #[inline]
    pub fn whose(&self) -> Option<Owner> {
        match self.owner {
            Packed::LEFT_OUT => None,
            Packed::ORPHAN => Some(Owner::Orphan),
            Packed::ANONYMOUS => Some(Owner::Anonymous),
            customer => Some(Owner::Customer(customer)),
        }
    }
}

/// Lines in the order of their customers' blocks.
#[derive(Debug, Clone, Default)]
pub struct Chunk {
    /// Where each block begins in `lines`, and the end.
    starts: Vec<u32>,
    lines: Vec<Packed>,
}

/// Customers of one block: so few that a block's lines stay in a core's own cache.
const BLOCK_BITS: u32 = 10;

impl Chunk {
    /// Sorts lines into blocks; those of no customer are left out.
    pub fn new(lines: &[Packed], customers: usize) -> Chunk {
        let blocks = Facts::blocks(customers);
        let mut starts = vec![0u32; blocks + 1];
        for l in lines.iter().filter(|l| (l.owner as usize) < customers) {
            starts[(l.owner >> BLOCK_BITS) as usize + 1] += 1;
        }
        for i in 0..blocks {
            starts[i + 1] += starts[i];
        }
        let mut next = starts.clone();
        let blank = Packed { net: 0, discount: 0, owner: 0, ticket: 0, day: Day(0), dims: 0, extra: 0 };
        let mut sorted = vec![blank; starts[blocks] as usize];
        for l in lines.iter().filter(|l| (l.owner as usize) < customers) {
            let at = &mut next[(l.owner >> BLOCK_BITS) as usize];
            sorted[*at as usize] = *l;
            *at += 1;
        }
        Chunk { starts, lines: sorted }
    }

    fn block(&self, block: usize) -> &[Packed] {
        &self.lines[self.starts[block] as usize..self.starts[block + 1] as usize]
    }
}

/// Facts of many customers, with the texts they name.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// Texts of all families.
    pub texts: Texts,
    /// Distinct combinations of what lines have in common.
    pub dims: Vec<Dims>,
    /// What lines rarely say; the first is that of a line that says none of it.
    pub extras: Vec<Extra>,
    /// Lines of sales.
    pub chunks: Vec<Chunk>,
    /// Rows of the other families.
    pub tables: Vec<FactTable>,
    /// Money read and where it went.
    pub totals: Totals,
}

impl Facts {
    /// Facts from loose lines, each with its cluster.
    pub fn of_lines(texts: Texts, dims: Vec<Dims>, customers: usize, lines: &[(u32, Line)]) -> Facts {
        let mut facts = Facts { texts, dims, extras: vec![Extra::default()], ..Facts::default() };
        let packed: Vec<Packed> = lines
            .iter()
            .map(|(owner, l)| {
                facts.totals.count(Owner::Customer(*owner), l.net);
                let extra = if l.extra == Extra::default() {
                    0
                } else {
                    facts.extras.push(l.extra);
                    facts.extras.len() - 1
                };
                Packed {
                    net: l.net,
                    discount: l.discount,
                    owner: *owner,
                    ticket: l.ticket,
                    day: l.day,
                    dims: l.dims,
                    extra: extra as u32,
                }
            })
            .collect();
        facts.chunks = vec![Chunk::new(&packed, customers)];
        facts
    }

    /// Customers of a block.
    pub(super) const BLOCK: usize = 1 << BLOCK_BITS;

    /// Number of blocks of that many customers.
    fn blocks(customers: usize) -> usize {
        customers.div_ceil(Facts::BLOCK)
    }

    /// The lines of a block's customers, customer by customer: where each one's begin in `lines`, and the end.
    pub(super) fn lines_of(&self, block: usize, count: usize, starts: &mut Vec<u32>, lines: &mut Vec<Line>) {
        let first = (block << BLOCK_BITS) as u32;
        let parts = || self.chunks.iter().map(|c| c.block(block));
        starts.clear();
        starts.resize(count + 1, 0);
        for l in parts().flatten() {
            starts[(l.owner - first) as usize + 1] += 1;
        }
        for i in 0..count {
            starts[i + 1] += starts[i];
        }
        const BLANK: Line = Line {
            ticket: 0,
            day: Day(0),
            dims: 0,
            net: 0,
            discount: 0,
            extra: Extra { quantity: 0, margin: NULL, at: NULL, original: 0 },
        };
        lines.clear();
        lines.resize(starts[count] as usize, BLANK);
        let mut next = starts.clone();
        for l in parts().flatten() {
            let at = &mut next[(l.owner - first) as usize];
            lines[*at as usize] = Line {
                ticket: l.ticket,
                day: l.day,
                dims: l.dims,
                net: l.net,
                discount: l.discount,
                extra: if l.extra == 0 { Extra::default() } else { self.extras[l.extra as usize] },
            };
            *at += 1;
        }
    }

    /// The table of a family, when it has rows.
    pub fn table(&self, family: &str) -> Option<&FactTable> {
        self.tables.iter().find(|t| t.family == family)
    }

    /// Whether some line names a brand, a company, a category.
    pub(super) fn names(&self, of: fn(&Dims) -> u32) -> bool {
        self.dims.iter().any(|d| of(d) != 0)
    }

    /// Kind of a line.
    #[inline]
    pub fn kind(&self, line: &Line) -> LineKind {
        self.dims[line.dims as usize].kind
    }
}

/// Money in and out, to the cent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, schemars::JsonSchema)]
pub struct Totals {
    /// Net revenue of the transactions loaded.
    pub revenue_in_minor: i64,
    /// Of it, attributed to golden customers.
    pub attributed_minor: i64,
    /// Of it, of orphans: a reference that no record has.
    pub orphans_minor: i64,
    /// Of it, of sales without any reference.
    pub anonymous_minor: i64,
    /// Lines left out by a rule (status, kind, no exchange rate), not part of the sum above. Lines without a rate are
    /// not in it: their value in our currency is what is missing.
    pub excluded_minor: i64,
    /// Orphan lines.
    pub orphan_lines: u64,
    /// Anonymous lines.
    pub anonymous_lines: u64,
    /// Lines left out because no rate of their currency is stored for their day.
    pub fx_missing: u64,
    /// Returns that count at their own date because their sale is not known, when `returns_at` is `sale_date`.
    pub returns_without_sale: u64,
}

impl Totals {
    /// Whether every cent is somewhere.
    pub fn reconciles(&self) -> bool {
        let parts = [self.attributed_minor, self.orphans_minor, self.anonymous_minor];
        i128::from(self.revenue_in_minor) == parts.iter().map(|n| i128::from(*n)).sum::<i128>()
    }

    /// Counts a line that is loaded.
    pub fn count(&mut self, owner: Owner, net: i64) {
        self.revenue_in_minor += net;
        match owner {
            Owner::Customer(_) => self.attributed_minor += net,
            Owner::Orphan => {
                self.orphans_minor += net;
                self.orphan_lines += 1;
            }
            Owner::Anonymous => {
                self.anonymous_minor += net;
                self.anonymous_lines += 1;
            }
        }
    }

    /// Adds those of other lines.
    pub fn add(&mut self, other: &Totals) {
        self.revenue_in_minor += other.revenue_in_minor;
        self.attributed_minor += other.attributed_minor;
        self.orphans_minor += other.orphans_minor;
        self.anonymous_minor += other.anonymous_minor;
        self.excluded_minor += other.excluded_minor;
        self.orphan_lines += other.orphan_lines;
        self.anonymous_lines += other.anonymous_lines;
        self.fx_missing += other.fx_missing;
        self.returns_without_sale += other.returns_without_sale;
    }
}
