//! What a normaliser may know besides the raw text: the region, the day, the source's conventions, the tables.

use crate::country::Country;
use crate::error::Error;
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

    /// The same for another region, named by a caller.
    ///
    /// # Errors
    /// [`Error::Argument`] when `region` is not a two-letter code.
    pub fn named(region: &str, as_of: Day) -> Result<Context, Error> {
        let region = Country::new(region).ok_or_else(|| Error::Argument {
            argument: "region".to_owned(),
            reason: "is not a two-letter country code, such as FR".to_owned(),
        })?;
        Ok(Context::new(region, as_of))
    }
}

impl Options {
    /// Options as a caller words them; what is absent keeps its default.
    ///
    /// # Errors
    /// [`Error::Argument`] for a separator other than `.` and `,`, and for an order other than `DMY`, `MDY`, `YMD`.
    pub fn named(
        decimal_separator: Option<&str>,
        date_order: Option<&str>,
        allow_special: bool,
    ) -> Result<Options, Error> {
        let wrong = |argument: &str, reason: &str| Error::Argument {
            argument: argument.to_owned(),
            reason: reason.to_owned(),
        };
        let decimal_separator = match decimal_separator {
            None => None,
            Some(".") => Some('.'),
            Some(",") => Some(','),
            Some(_) => return Err(wrong("decimal_separator", "is not a decimal separator; use `.` or `,`")),
        };
        let date_order = match date_order {
            None => DateOrder::default(),
            Some("DMY") => DateOrder::Dmy,
            Some("MDY") => DateOrder::Mdy,
            Some("YMD") => DateOrder::Ymd,
            Some(_) => return Err(wrong("date_order", "is not an order of dates; use DMY, MDY or YMD")),
        };
        Ok(Options { decimal_separator, date_order, allow_special })
    }
}
