//! Closed vocabularies (`domain.md` §2.8): countries, languages, yes and no, consents.

mod choice;
mod country;
mod key;
mod language;

pub use choice::{normalize_boolean, normalize_consent};
pub use country::normalize as normalize_country;
pub use language::normalize as normalize_language;
