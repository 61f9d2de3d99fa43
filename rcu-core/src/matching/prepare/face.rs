//! What most comparisons need of a record, in one line of a core's cache.

use super::counts::MANY;
use super::streets::LineKey;
use crate::intern::mix;
use rayon::prelude::*;

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

/// What two faces can share, a bit each: the parts of key recipes that faces tell.
pub(in crate::matching) mod shared {
    pub const LAST_NAME: u32 = 1;
    pub const FIRST_NAME: u32 = 1 << 1;
    pub const NAME_PAIR: u32 = 1 << 2;
    pub const BIRTH_DATE: u32 = 1 << 3;
    pub const BIRTH_YEAR: u32 = 1 << 4;
    pub const BIRTH_MONTH_DAY: u32 = 1 << 5;
    /// The first of the four means of contact.
    pub const CONTACT: u32 = 1 << 6;
    pub const STREET: u32 = 1 << 10;
    pub const WAY: u32 = 1 << 11;
    pub const ADDRESS: u32 = 1 << 12;
    pub const POSTCODE: u32 = 1 << 13;
    pub const CITY: u32 = 1 << 14;
    /// Bits in all.
    pub const BITS: usize = 16;
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
    const POSTCODE_KEY: u32 = 256;
    const CITY_KEY: u32 = 512;
    const COPY: u32 = 1024;

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

    /// Postcode and street as one number; 0 when one is missing.
    #[inline]
    pub fn address(&self) -> u64 {
        match self.postcode == 0 || self.street == 0 {
            true => 0,
            false => mix(u64::from(self.postcode), u64::from(self.street)) | 1,
        }
    }

    /// Whether a lower record has the same content and meets others in place of this one.
    #[inline]
    pub fn is_copy(&self) -> bool {
        self.flags & Face::COPY != 0
    }

    /// Whether two faces show the same.
    pub(super) fn shows_same(&self, other: &Face) -> bool {
        let shown = |f: &Face| Face { flags: f.flags & !Face::COPY, ..*f };
        shown(self) == shown(other)
    }

    /// Whether there is more than one last name, or one value of a means of contact.
    #[inline]
    pub(in crate::matching) fn has_more(&self) -> bool {
        self.birth_name != 0 || self.has_several_of_any()
    }

    /// Whether there is more than one value of any means of contact.
    #[inline]
    pub(in crate::matching) fn has_several_of_any(&self) -> bool {
        self.flags & (15 * Face::SEVERAL) != 0
    }

    /// What two faces share, as bits of [`shared`]: by the values that they show, of which there [may be
    /// more](Face::has_more).
    #[inline]
    pub(in crate::matching) fn shared_with(&self, other: &Face) -> u32 {
        let same = |x: u32, y: u32| (x == y) & (x != 0);
        let when = |met: bool, bit: u32| u32::from(met) * bit;
        let (x, y) = (self, other);
        let names = (x.last_key == y.last_key) & (x.first_key == y.first_key);
        let swapped = (x.last_key == y.first_key) & (x.first_key == y.last_key);
        let both = (x.last_key != 0) & (x.first_key != 0);
        let (postcode, street) = (same(x.postcode, y.postcode), same(x.street, y.street));
        let keys = x.flags & y.flags;
        when(same(x.last_key, y.last_key), shared::LAST_NAME)
            | when(same(x.first_key, y.first_key), shared::FIRST_NAME)
            | when((names | swapped) & both, shared::NAME_PAIR)
            | when(same(x.birth, y.birth), shared::BIRTH_DATE)
            | when(same(x.birth / 10_000, y.birth / 10_000), shared::BIRTH_YEAR)
            | when(same(x.birth % 10_000, y.birth % 10_000), shared::BIRTH_MONTH_DAY)
            | when(same(x.email, y.email), shared::CONTACT)
            | when(same(x.mobile, y.mobile), shared::CONTACT << 1)
            | when(same(x.landline, y.landline), shared::CONTACT << 2)
            | when(same(x.card, y.card), shared::CONTACT << 3)
            | when(street, shared::STREET)
            | when(same(x.way, y.way), shared::WAY)
            | when(street & postcode, shared::ADDRESS)
            | when(postcode & (keys & Face::POSTCODE_KEY != 0), shared::POSTCODE)
            | when(same(x.city, y.city) & (keys & Face::CITY_KEY != 0), shared::CITY)
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

    /// Says which of postcode and city may make a key.
    pub(super) fn set_place_keys(&mut self, postcode: bool, city: bool) {
        self.flags |= if postcode { Face::POSTCODE_KEY } else { 0 } | if city { Face::CITY_KEY } else { 0 };
    }

    /// Says that a lower record stands for this one.
    pub(super) fn set_copy(&mut self) {
        self.flags |= Face::COPY;
    }

    /// Adds a value of a means of contact, 0 for none; the first one is shown.
    #[inline]
    pub(super) fn add_contact(&mut self, contact: u32, value: u32) {
        let first = match contact {
            0 => &mut self.email,
            1 => &mut self.mobile,
            2 => &mut self.landline,
            _ => &mut self.card,
        };
        let is_other = (*first != 0) & (value != 0);
        *first = if *first == 0 { value } else { *first };
        self.flags |= u32::from(is_other) * (Face::SEVERAL << contact);
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

/// The faces of all records, each with part of its hash. `fill` is given some faces next to each other and the record of
/// the first: as many as a core's nearest cache holds, so that column after column can be written into them.
pub(super) fn all(n: usize, fill: impl Fn(usize, &mut [Face]) + Sync) -> (Vec<Face>, Vec<u32>) {
    const TOGETHER: usize = 256;
    let (mut faces, mut hashes) = (vec![Face::default(); n], vec![0u32; n]);
    let fill = |(i, (faces, hashes)): (usize, (&mut [Face], &mut [u32]))| {
        fill(i * TOGETHER, faces);
        hashes.iter_mut().zip(faces).for_each(|(hash, face)| *hash = face.hash() as u32);
    };
    match n {
        ..MANY => faces.chunks_mut(TOGETHER).zip(hashes.chunks_mut(TOGETHER)).enumerate().for_each(fill),
        _ => {
            let both = faces.par_chunks_mut(TOGETHER).zip(hashes.par_chunks_mut(TOGETHER));
            both.enumerate().for_each(fill);
        }
    }
    (faces, hashes)
}

/// Keys of last and first name as one number; 0 when both are missing.
#[inline]
pub(super) fn person(last: u32, first: u32) -> u64 {
    u64::from(last) << 32 | u64::from(first)
}
