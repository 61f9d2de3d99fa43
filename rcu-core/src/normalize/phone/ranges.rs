//! The ranges of the French plan in service, prefix by prefix.
//!
//! Sources: `domain.md` §2.1 (ARCEP decision 2018-0881 amended, overseas mapping, fictional roots, platform
//! prefixes) and, for the ranges in service, libphonenumber's metadata 9.0.42 of FR, RE, YT, GP, BL, MF, GF, MQ
//! and PM. The tests of `tests/oracle.rs` compare every five-digit prefix with the library, so a range that a later
//! metadata opens or closes turns a test red.

use super::plan::Class::{self, *};

/// First and last prefix of five digits, both included.
pub(super) type Range = (u32, u32, Class);

/// Metropolitan France. 0639, 0590 and so on are absent: the overseas blocks lie there.
pub(super) const METROPOLE: &[Range] = &[
    (10000, 26199, Fixed),
    (26300, 39999, Fixed),
    (41000, 58999, Fixed),
    (59100, 59399, Fixed),
    (59500, 59999, Fixed),
    (60000, 63899, Mobile),
    (64000, 68999, Mobile),
    (69500, 69599, Mobile),
    (69800, 69999, Mobile),
    (73000, 79999, Mobile),
    (80000, 83599, Special),
    (83600, 83603, Special),
    (83604, 83605, SpecialClosed),
    (83606, 83999, Special),
    (84000, 84099, Special),
    (84100, 84199, SpecialClosed),
    (84200, 84299, Special),
    (84300, 84399, SpecialClosed),
    (84400, 84499, Special),
    (84500, 84999, SpecialClosed),
    (85000, 86999, Special),
    (87000, 87999, SpecialClosed),
    (88000, 89999, Special),
    (90000, 99999, Voip),
];

/// +262: Réunion and Mayotte.
pub(super) const INDIAN_OCEAN: &[Range] = &[
    (26200, 26299, ReFixed),
    (26300, 26316, ReFixed),
    (26880, 26889, ReFixed),
    (26890, 26899, YtFixed),
    (26900, 26904, YtFixed),
    (26906, 26907, YtFixed),
    (26915, 26915, YtFixed),
    (26950, 26954, YtFixed),
    (26960, 26970, YtFixed),
    (26980, 26980, YtFixed),
    (63900, 63907, YtMobile),
    (63909, 63911, YtMobile),
    (63919, 63930, YtMobile),
    (63939, 63940, YtMobile),
    (63950, 63950, YtMobile),
    (63955, 63979, YtMobile),
    (63990, 63990, YtMobile),
    (63994, 63997, YtMobile),
    (63998, 63998, Fictional),
    (63999, 63999, YtMobile),
    (69200, 69299, ReMobile),
    (69300, 69306, ReMobile),
    (69310, 69313, ReMobile),
    (69320, 69322, ReMobile),
    (69330, 69333, ReMobile),
    (69339, 69355, ReMobile),
    (69360, 69366, ReMobile),
    (69370, 69373, ReMobile),
    (69377, 69377, ReMobile),
    (69380, 69388, ReMobile),
    (69390, 69394, ReMobile),
    (69397, 69397, ReMobile),
    (69399, 69399, ReMobile),
    (70920, 70923, ReMobile),
    (70935, 70937, YtMobile),
    (80000, 81199, Special),
    (81200, 81899, SpecialClosed),
    (81900, 82199, Special),
    (82200, 82499, SpecialClosed),
    (82500, 82699, Special),
    (82700, 88399, SpecialClosed),
    (88400, 88499, Special),
    (88500, 88999, SpecialClosed),
    (89000, 89399, Special),
    (89400, 89699, SpecialClosed),
    (89700, 89999, Special),
    (93980, 93981, YtVoip),
    (93990, 93993, ReVoip),
    (94780, 94781, YtVoip),
    (94790, 94796, ReVoip),
    (97622, 97622, ReVoip),
    (97627, 97628, ReVoip),
    (97630, 97633, ReVoip),
    (97637, 97637, ReVoip),
    (97690, 97699, YtVoip),
];

/// +590: Guadeloupe, Saint-Barthélemy, Saint-Martin. A prefix that several share is Guadeloupe's, as in the library.
pub(super) const GUADELOUPE: &[Range] = &[
    (59000, 59000, MfFixed),
    (59001, 59006, GpFixed),
    (59007, 59007, MfFixed),
    (59008, 59008, GpFixed),
    (59009, 59009, MfFixed),
    (59010, 59012, GpFixed),
    (59013, 59013, MfFixed),
    (59014, 59026, GpFixed),
    (59027, 59027, BlFixed),
    (59028, 59028, GpFixed),
    (59029, 59029, BlFixed),
    (59030, 59030, MfFixed),
    (59031, 59042, GpFixed),
    (59043, 59043, MfFixed),
    (59044, 59049, GpFixed),
    (59050, 59050, MfFixed),
    (59051, 59052, BlFixed),
    (59053, 59055, GpFixed),
    (59056, 59056, MfFixed),
    (59057, 59057, GpFixed),
    (59058, 59058, MfFixed),
    (59059, 59066, GpFixed),
    (59068, 59070, GpFixed),
    (59077, 59077, MfFixed),
    (59078, 59078, GpFixed),
    (59079, 59079, MfFixed),
    (59080, 59086, GpFixed),
    (59087, 59087, BlFixed),
    (59088, 59099, GpFixed),
    (59870, 59879, GpFixed),
    (69000, 69099, GpMobile),
    (69122, 69135, GpMobile),
    (70900, 70904, GpMobile),
    (80000, 82999, Special),
    (83000, 88999, SpecialClosed),
    (89000, 89999, Special),
    (93950, 93979, GpVoip),
    (94750, 94756, GpVoip),
    (97600, 97619, GpVoip),
    (97680, 97689, GpVoip),
];

/// +594: French Guiana.
pub(super) const GUYANE: &[Range] = &[
    (59400, 59415, GfFixed),
    (59420, 59449, GfFixed),
    (59456, 59463, GfFixed),
    (59480, 59480, GfFixed),
    (59490, 59499, GfFixed),
    (59880, 59889, GfFixed),
    (69400, 69438, GfMobile),
    (69440, 69449, GfMobile),
    (69490, 69499, GfMobile),
    (70930, 70933, GfMobile),
    (80000, 82999, Special),
    (83000, 88999, SpecialClosed),
    (89000, 89999, Special),
    (93960, 93969, GfVoip),
    (94760, 94766, GfVoip),
    (97600, 97699, GfVoip),
];

/// +596: Martinique. The library calls some of 09 fixed; here all of 09 is `voip`.
pub(super) const MARTINIQUE: &[Range] = &[
    (59600, 59610, MqFixed),
    (59615, 59615, MqFixed),
    (59627, 59683, MqFixed),
    (59689, 59690, MqFixed),
    (59694, 59699, MqFixed),
    (59890, 59899, MqFixed),
    (69600, 69799, MqMobile),
    (70910, 70913, MqMobile),
    (80000, 82999, Special),
    (83000, 88999, SpecialClosed),
    (89000, 89999, Special),
    (93970, 93973, MqVoip),
    (94770, 94779, MqVoip),
    (97660, 97679, MqVoip),
];

/// +508: Saint-Pierre-et-Miquelon, numbers of nine digits.
pub(super) const SAINT_PIERRE: &[Range] = &[
    (70840, 70845, PmMobile),
    (70850, 70856, PmMobile),
    (80000, 82999, Special),
    (83000, 88999, SpecialClosed),
    (89000, 89999, Special),
];

/// +508, numbers of six digits: the first two digits, written here as they follow 0508 in the national plan.
pub(super) const SAINT_PIERRE_LOCAL: &[Range] = &[
    (50820, 50839, PmEither),
    (50840, 50840, PmMobile),
    (50841, 50841, PmFixed),
    (50842, 50843, PmEither),
    (50844, 50844, PmMobile),
    (50845, 50847, PmFixed),
    (50848, 50849, PmEither),
    (50850, 50850, PmEither),
    (50851, 50851, PmFixed),
    (50852, 50854, PmEither),
    (50855, 50856, PmMobile),
    (50857, 50899, PmEither),
];

/// Blocks of the national plan that belong to an overseas calling code (§2.1), with that code's own ranges.
pub(super) const OVERSEAS_BLOCKS: &[(u32, u32, &[Range])] = &[
    (26200, 26399, INDIAN_OCEAN),
    (26900, 26999, INDIAN_OCEAN),
    (63900, 63999, INDIAN_OCEAN),
    (69200, 69399, INDIAN_OCEAN),
    (70920, 70929, INDIAN_OCEAN),
    (70935, 70939, INDIAN_OCEAN),
    (59000, 59099, GUADELOUPE),
    (69000, 69199, GUADELOUPE),
    (70900, 70909, GUADELOUPE),
    (59400, 59499, GUYANE),
    (69400, 69499, GUYANE),
    (70930, 70934, GUYANE),
    (59600, 59699, MARTINIQUE),
    (69600, 69799, MARTINIQUE),
    (70910, 70919, MARTINIQUE),
    (50800, 50899, SAINT_PIERRE_LOCAL),
];

/// Roots that ARCEP keeps for audiovisual works (decision 2018-0881, art. 2.5.12).
pub(super) const FICTIONAL_ROOTS: &[u32] = &[19900, 26191, 35301, 46571, 53649, 63998];

/// Prefixes of automated and telemarketing callers, of three and of four digits.
pub(super) const PLATFORM: &[Range] = &[
    (16200, 16399, PlatformFixed),
    (27000, 27199, PlatformFixed),
    (37700, 37899, PlatformFixed),
    (42400, 42599, PlatformFixed),
    (56800, 56999, PlatformFixed),
    (94750, 94799, PlatformVoip),
    (94800, 94999, PlatformVoip),
];
