//! Pictures and figures as HTML: inline SVG that loads nothing, and the frame of a page of its own.

mod chart;
mod frame;
mod waterfall;

pub use chart::{Line, chart};
pub use frame::{count, escape, money, page, percent};
pub use waterfall::waterfall;
