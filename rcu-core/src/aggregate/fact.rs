//! Facts in columns: sales and complaints, each with the golden customer it belongs to.

use crate::intern::Pool;
use crate::time::Day;

/// Whose fact it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// The cluster of that number.
    Customer(u32),
    /// A customer reference that no loaded record has.
    Orphan,
    /// No reference at all: an anonymous sale.
    Anonymous,
}

/// What a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SaleKind {
    /// A sale line.
    Sale,
    /// A return line; its amount is negative.
    Return,
}

/// A line of a ticket or order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sale {
    /// Whose.
    pub owner: Owner,
    /// Ticket the line belongs to: an id of [`Facts::tickets`], told apart by source.
    pub ticket: u32,
    /// Store, an id of [`Facts::stores`]; 0 when there is none.
    pub store: u32,
    /// Channel, an id of [`Facts::channels`]; 0 when there is none.
    pub channel: u32,
    /// Local day.
    pub day: Day,
    /// Sale or return.
    pub kind: SaleKind,
    /// Net amount with VAT after discount, in minor units; negative on returns.
    pub net_minor: i64,
    /// Discount, in minor units, positive on sales.
    pub discount_minor: i64,
    /// Quantity in thousandths, positive.
    pub quantity_milli: i64,
}

/// A complaint or service request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Complaint {
    /// Whose.
    pub owner: Owner,
    /// Local day it was opened.
    pub opened: Day,
    /// Whether it is still open.
    pub open: bool,
}

/// All facts of a run.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// Lines that count.
    pub sales: Vec<Sale>,
    /// Complaints.
    pub complaints: Vec<Complaint>,
    /// Store codes.
    pub stores: Pool,
    /// Channel names.
    pub channels: Pool,
    /// Ticket numbers with their source, `source\u{1f}ticket`.
    pub tickets: Pool,
    /// Net amount of every row read with an amount, excluded ones left out: what attributed + orphans must equal.
    pub revenue_in_minor: i64,
    /// Net amount of rows left out by their status.
    pub revenue_excluded_minor: i64,
}
