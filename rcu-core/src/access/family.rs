//! What facts are to a role: the area of a family, and of single values that are personal in themselves.

use super::{Area, area_of};
use crate::normalize::Kind;

/// The area of the facts of a family.
pub fn area_of_family(family: &str) -> Area {
    match family {
        "transactions" | "loyalty" => Area::Purchases,
        "complaints" | "reviews" => Area::Complaints,
        "interactions" => Area::Web,
        _ => Area::Facts,
    }
}

/// The area of a fact's value that is personal in itself; none for one that is as its family. Of the installation's own
/// families free texts are personal, too.
pub fn area_in_family(family: &str, field: &str, kind: Kind) -> Option<Area> {
    if let ("loyalty", "card") | ("interactions", "visitor") = (family, field) {
        return Some(Area::Card);
    }
    match area_of(usize::MAX, kind) {
        Area::Card | Area::Other | Area::Place | Area::Consents => None,
        Area::Note if area_of_family(family) != Area::Facts => None,
        area => Some(area),
    }
}
