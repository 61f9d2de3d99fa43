//! What most comparisons need of a record, in one line of a core's cache.

use super::streets::LineKey;
use crate::intern::mix;

/// What most comparisons need of a record, side by side in one line of a core's cache: pairs are compared in no order
/// that memory likes. Numbers are pool ids and keys, 0 for none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[repr(C, align(64))]
pub struct Face {
    /// Last name.
    pub last: u32,
    /// Its key.
    pub last_key: u32,
    /// First name.
    pub first: u32,
    /// Its key.
    pub first_key: u32,
    /// Last name at birth.
    pub birth_name: u32,
    /// Birth day as the number YYYYMMDD, when it may make a key.
    pub birth: u32,
    /// First e-mail key.
    pub email: u32,
    /// First mobile number.
    pub mobile: u32,
    /// First other number.
    pub landline: u32,
    /// First loyalty card.
    pub card: u32,
    /// Number and way.
    pub street: u32,
    /// Way without number.
    pub way: u32,
    /// Postcode.
    pub postcode: u32,
    /// City.
    pub city: u32,
    /// Suffix of the name.
    pub suffix: u32,
    pub(super) flags: u32,
}

/// A gender taken from the civility.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Gender {
    /// Not known.
    Unknown,
    /// M.
    Male,
    /// MME.
    Female,
}

impl Gender {
    pub(super) fn of_civility(civility: &str) -> Gender {
        match civility {
            "M" => Gender::Male,
            "MME" => Gender::Female,
            _ => Gender::Unknown,
        }
    }
}

impl Face {
    const MALE: u32 = 1;
    const FEMALE: u32 = 2;
    const NUMBERED: u32 = 4;
    const SEVERAL: u32 = 8;
    const PROVEN: u32 = 128;

    /// Gender by civility: 0 unknown, 1 M, 2 MME.
    #[inline]
    pub fn gender(&self) -> u32 {
        self.flags & 3
    }

    /// Whether the civility is a man's.
    #[inline]
    pub fn is_male(&self) -> bool {
        self.gender() == Face::MALE
    }

    /// Whether the street line has a number.
    #[inline]
    pub fn numbered(&self) -> bool {
        self.flags & Face::NUMBERED != 0
    }

    /// Whether the birth day is proven: written clean, no usual default, from a trusted source.
    #[inline]
    pub fn birth_proven(&self) -> bool {
        self.flags & Face::PROVEN != 0
    }

    /// Whether a means of contact (0 e-mail, 1 mobile, 2 landline, 3 card) has more than the one value that is here.
    #[inline]
    pub fn has_several(&self, contact: u32) -> bool {
        self.flags & (Face::SEVERAL << contact) != 0
    }

    /// Last and first name as one number; 0 when both are missing.
    #[inline]
    pub(super) fn person(&self) -> u64 {
        person(self.last_key, self.first_key)
    }

    pub(super) fn set_gender(&mut self, gender: Gender) {
        self.flags |= match gender {
            Gender::Unknown => 0,
            Gender::Male => Face::MALE,
            Gender::Female => Face::FEMALE,
        };
    }

    pub(super) fn set_birth(&mut self, day: u32, proven: bool) {
        self.birth = day;
        self.flags |= if proven { Face::PROVEN } else { 0 };
    }

    pub(super) fn set_line(&mut self, line: LineKey) {
        (self.street, self.way) = (line.street, line.way);
        self.flags |= if line.numbered { Face::NUMBERED } else { 0 };
    }

    /// Sets a means of contact to its first value.
    #[inline]
    pub(super) fn set_contact(&mut self, contact: u32, mut values: impl Iterator<Item = u32>) {
        let Some(first) = values.next() else { return };
        *[&mut self.email, &mut self.mobile, &mut self.landline, &mut self.card][contact as usize] = first;
        if values.next().is_some() {
            self.flags |= Face::SEVERAL << contact;
        }
    }

    /// All of it mixed: equal faces have equal numbers.
    #[inline]
    pub(super) fn hash(&self) -> u64 {
        let both = |x: u32, y: u32| u64::from(x) << 32 | u64::from(y);
        let names = mix(both(self.last, self.first), both(self.birth_name, self.suffix));
        let contacts = mix(both(self.email, self.mobile), both(self.landline, self.card));
        let place = mix(both(self.street, self.postcode), both(self.city, self.birth));
        mix(mix(names, contacts), mix(place, u64::from(self.flags)))
    }
}

/// Keys of last and first name as one number; 0 when both are missing.
#[inline]
pub(super) fn person(last: u32, first: u32) -> u64 {
    u64::from(last) << 32 | u64::from(first)
}
