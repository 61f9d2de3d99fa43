//! Rules of a person on normalised parts, for the record that they stand in.

pub use crate::normalize::civility::gender_of;
pub use crate::normalize::name::split_suffix as suffix_of;
use crate::reference::names::NameTables;

/// Whether family and given name stand in each other's field (`domain.md` §2.3, C `name_swapped`): the family name is a
/// first name and no usual surname, and the given name is no first name. Both in normal form.
pub fn swap_if_misfiled(last: &str, first: &str, tables: &NameTables) -> bool {
    // The given name is asked first: it nearly always settles it, and the usual ones are at hand in the cache.
    !last.is_empty()
        && first.len() > 1
        && !tables.is_first_name(first)
        && !first.split(' ').any(|w| w.len() == 1 || tables.is_first_name(w))
        && tables.is_first_name(last)
        && !tables.is_usual_last_name(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn swaps_only_what_can_not_be_right() {
        let t = NameTables::default();
        assert!(swap_if_misfiled("NATHALIE", "DUPONT", &t));
        assert!(swap_if_misfiled("JEAN CLAUDE", "LEFEBVRE", &t));
        assert!(!swap_if_misfiled("DUPONT", "NATHALIE", &t));
        assert!(!swap_if_misfiled("MARTIN", "DUPONT", &t), "MARTIN is a surname");
        assert!(!swap_if_misfiled("NATHALIE", "MARTIN", &t), "MARTIN is a first name");
        assert!(!swap_if_misfiled("NATHALIE", "J", &t), "an initial is a given name");
        assert!(!swap_if_misfiled("NATHALIE", "", &t));
    }

    #[test]
    fn suffixes_end_a_name() {
        let t = NameTables::default();
        assert_eq!(suffix_of("DUPONT FILS", &t), ("DUPONT", Some("FILS")));
        assert_eq!(suffix_of("DUPONT JUNIOR", &t), ("DUPONT", Some("JR")));
        assert_eq!(suffix_of("LE PERE", &t), ("LE PERE", None));
        assert_eq!(suffix_of("FILS", &t), ("FILS", None));
    }
}
