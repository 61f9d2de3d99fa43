//! Facts in the form that is folded: lines of sales, and rows of the other families, as plain integers.

use crate::normalize::Kind;
use crate::table::TextColumn;
use crate::time::Day;

/// Whose fact it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Owner {
    /// The cluster of that number.
    Customer(u32),
    /// A customer reference that no loaded record has.
    Orphan,
    /// No reference at all: an anonymous sale.
    Anonymous,
}

/// What a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LineKind {
    /// A sale line, also that of an exchange.
    Sale,
    /// A return line; its amount is negative.
    Return,
}

impl LineKind {
    /// Name in filters and outputs.
    pub fn name(self) -> &'static str {
        match self {
            LineKind::Sale => "sale",
            LineKind::Return => "return",
        }
    }
}

/// What many lines have in common; each distinct combination is kept once. Texts are ids of [`Texts`], 0 for none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Dims {
    /// Store code.
    pub store: u32,
    /// Channel.
    pub channel: u32,
    /// Company.
    pub company: u32,
    /// Brand.
    pub brand: u32,
    /// Product category.
    pub category: u32,
    /// Product; 0 too when nothing asks for it.
    pub product: u32,
    /// Sale or return.
    pub kind: LineKind,
}

impl Default for Dims {
    fn default() -> Self {
        Dims { store: 0, channel: 0, company: 0, brand: 0, category: 0, product: 0, kind: LineKind::Sale }
    }
}

/// A line of a ticket or order, of one customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Line {
    /// Ticket the line belongs to: equal for lines of one ticket, different otherwise.
    pub ticket: u32,
    /// Local day on which it counts.
    pub day: Day,
    /// Position in [`super::Facts::dims`].
    pub dims: u32,
    /// Amount after discount in minor units; negative on returns.
    pub net: i64,
    /// Discount in minor units, positive on sales.
    pub discount: i64,
    /// What is rarely said.
    pub extra: Extra,
}

/// What lines rarely say, with the value of a line that does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Extra {
    /// Quantity in thousandths, not negative.
    pub quantity: i64,
    /// Margin in minor units; [`NULL`] when unknown.
    pub margin: i64,
    /// Instant in seconds since 1970-01-01T00:00:00Z; [`NULL`] when only the day is known.
    pub at: i64,
    /// Ticket of the sale that a return takes back; 0 when unknown.
    pub original: u32,
}

/// The cell of a value that is not there.
pub const NULL: i64 = i64::MIN;

impl Default for Extra {
    fn default() -> Self {
        Extra { quantity: 1000, margin: NULL, at: NULL, original: 0 }
    }
}

/// Distinct texts in text order: ids compare as the texts do. Id 0 stands for "none".
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Texts {
    sorted: TextColumn,
}

impl Texts {
    /// The texts of an iterator, sorted, repeats left out.
    pub fn new<'a>(texts: impl Iterator<Item = &'a str>) -> Texts {
        let mut all: Vec<&str> = texts.collect();
        all.sort_unstable();
        all.dedup();
        Texts { sorted: all.into_iter().map(Some).collect() }
    }

    /// Text of an id; empty for 0.
    #[inline]
    pub fn get(&self, id: u32) -> &str {
        (id as usize).checked_sub(1).and_then(|i| self.sorted.get(i)).unwrap_or("")
    }

    /// Id of a text, 0 when it is not there.
    pub fn find(&self, text: &str) -> u32 {
        let (mut low, mut high) = (0, self.sorted.len());
        while low < high {
            let middle = (low + high) / 2;
            match self.sorted.get(middle).unwrap_or("").cmp(text) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Equal => return middle as u32 + 1,
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        0
    }

    /// Number of ids, 0 included: valid ids are `0..len`.
    pub fn len(&self) -> usize {
        self.sorted.len() + 1
    }

    /// Whether there is no text.
    pub fn is_empty(&self) -> bool {
        self.sorted.is_empty()
    }

    /// By id, what `f` says of each text.
    pub fn map<T>(&self, f: impl Fn(&str) -> T) -> Vec<T> {
        (0..self.len() as u32).map(|id| f(self.get(id))).collect()
    }
}

/// How the cells of a column are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CellType {
    /// Ids of [`Texts`].
    Text,
    /// Whole numbers.
    Integer,
    /// Thousandths.
    Thousandths,
    /// Minor units of the currency of all sums.
    Money,
    /// Days since 1970-01-01.
    Day,
    /// 0 or 1.
    Boolean,
    /// 0 for a sale line, 1 for a return line.
    LineKind,
    /// A ticket: told apart, not named.
    Ticket,
}

impl CellType {
    /// How values of a kind are kept.
    pub fn of(kind: Kind) -> CellType {
        match kind {
            Kind::Amount | Kind::AmountMinor => CellType::Money,
            Kind::Decimal => CellType::Thousandths,
            Kind::Integer => CellType::Integer,
            Kind::Boolean => CellType::Boolean,
            Kind::Date | Kind::BirthDate => CellType::Day,
            _ => CellType::Text,
        }
    }

    /// Whether values can be added.
    pub fn is_number(self) -> bool {
        matches!(self, CellType::Integer | CellType::Thousandths | CellType::Money)
    }
}

/// Rows of one family other than transactions, cells row by row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FactTable {
    /// Family.
    pub family: String,
    /// Columns in order.
    pub columns: Vec<(String, CellType)>,
    /// Whose, by row.
    pub owners: Vec<Owner>,
    /// Local day, by row; `i32::MIN` when the family has no date.
    pub days: Vec<Day>,
    /// Instant in seconds since 1970-01-01T00:00:00Z, by row; of a bare day its first second.
    pub instants: Vec<i64>,
    /// Cells, `columns.len()` a row; [`NULL`] for none.
    pub cells: Vec<i64>,
}

impl FactTable {
    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.owners.len()
    }

    /// One row.
    pub fn row(&self, i: usize) -> Row<'_> {
        let n = self.columns.len();
        Row { day: self.days[i], at: self.instants[i], cells: &self.cells[i * n..(i + 1) * n] }
    }
}

/// One row of a family other than transactions. Rows compare by content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Row<'a> {
    /// Local day.
    pub day: Day,
    /// Instant in seconds since 1970-01-01T00:00:00Z.
    pub at: i64,
    /// Cells by column.
    pub cells: &'a [i64],
}

impl Row<'_> {
    /// A cell; [`NULL`] when it is empty or the column is not there.
    #[inline]
    pub fn get(&self, column: usize) -> i64 {
        self.cells.get(column).copied().unwrap_or(NULL)
    }

    /// A text id; 0 for none.
    #[inline]
    pub fn text(&self, column: usize) -> u32 {
        u32::try_from(self.get(column)).unwrap_or(0)
    }

    /// A cell that is there.
    #[inline]
    pub fn some(&self, column: usize) -> Option<i64> {
        Some(self.get(column)).filter(|v| *v != NULL)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_compare_as_texts_do() {
        let t = Texts::new(["b", "a", "", "b"].into_iter());
        assert_eq!((t.find("a"), t.find("b"), t.find("c")), (2, 3, 0));
        assert_eq!((t.get(0), t.get(1), t.get(3), t.len()), ("", "", "b", 4));
    }
}
