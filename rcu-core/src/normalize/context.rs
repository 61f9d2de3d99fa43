//! What a normaliser may know besides the raw text: the region, the day, the source's conventions, the tables.

use crate::country::Country;
use crate::reference::Tables;
use crate::time::Day;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Order of day, month and year in figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum DateOrder {
    /// 31/12/2026, the French order.
    #[default]
    Dmy,
    /// 12/31/2026.
    Mdy,
    /// 2026/12/31.
    Ymd,
}

/// What a source declares about its own way of writing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Options {
    /// The source's decimal separator for amounts, when it is known (`.` or `,`).
    pub decimal_separator: Option<char>,
    /// Order of figures in dates.
    pub date_order: DateOrder,
    /// Keep 08 numbers (companies).
    pub allow_special: bool,
}

/// Everything a normaliser may depend on. Two equal contexts give equal answers.
#[derive(Debug, Clone)]
pub struct Context {
    /// Country of the source.
    pub region: Country,
    /// The day on which ages and futures are judged.
    pub as_of: Day,
    /// The source's declared conventions.
    pub options: Options,
    /// Reference tables: the embedded ones, with an installation's own lists added.
    pub tables: Arc<Tables>,
}

impl Context {
    /// A context with the embedded tables and default options.
    pub fn new(region: Country, as_of: Day) -> Context {
        Context { region, as_of, options: Options::default(), tables: Tables::embedded() }
    }
}
