//! Postal addresses after NF Z10-011 (`domain.md` §2.5–2.6).

pub mod city;
pub mod key;
pub mod postcode;
pub mod postcode_city;
pub mod street;
pub mod whole;
