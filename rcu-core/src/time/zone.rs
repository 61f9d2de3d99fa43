//! Time zones as a small table: enough for local dates of the shops of a French retailer and its neighbours.
//!
//! A zone is an offset and a rule of summer time. The rules in force today hold for the whole past that matters here
//! (the European one since 1996, the North American one since 2007, with the one before it back to 1987); a zone that
//! changed its offset otherwise is not in the table.

use super::{Day, days_in_month};

/// A rule of summer time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Summer {
    /// None.
    Never,
    /// Last Sunday of March to last Sunday of October, both at 01:00 UTC (directive 2000/84/EC).
    European,
    /// Second Sunday of March to first Sunday of November, at 02:00 local time (before 2007: first Sunday of April to
    /// last Sunday of October).
    American,
}

use Summer::{American, European, Never};

/// Name in the IANA database, standard offset in minutes east of UTC, summer time. Sorted by name.
const ZONES: &[(&str, i16, Summer)] = &[
    ("Africa/Abidjan", 0, Never),
    ("Africa/Algiers", 60, Never),
    ("Africa/Dakar", 0, Never),
    ("Africa/Tunis", 60, Never),
    ("America/Cayenne", -180, Never),
    ("America/Chicago", -360, American),
    ("America/Denver", -420, American),
    ("America/Guadeloupe", -240, Never),
    ("America/Halifax", -240, American),
    ("America/Los_Angeles", -480, American),
    ("America/Marigot", -240, Never),
    ("America/Martinique", -240, Never),
    ("America/Miquelon", -180, American),
    ("America/New_York", -300, American),
    ("America/St_Barthelemy", -240, Never),
    ("America/Toronto", -300, American),
    ("Asia/Dubai", 240, Never),
    ("Asia/Hong_Kong", 480, Never),
    ("Asia/Shanghai", 480, Never),
    ("Asia/Singapore", 480, Never),
    ("Asia/Tokyo", 540, Never),
    ("Atlantic/Canary", 0, European),
    ("Atlantic/Madeira", 0, European),
    ("Etc/UTC", 0, Never),
    ("Europe/Amsterdam", 60, European),
    ("Europe/Andorra", 60, European),
    ("Europe/Athens", 120, European),
    ("Europe/Belgrade", 60, European),
    ("Europe/Berlin", 60, European),
    ("Europe/Bratislava", 60, European),
    ("Europe/Brussels", 60, European),
    ("Europe/Bucharest", 120, European),
    ("Europe/Budapest", 60, European),
    ("Europe/Copenhagen", 60, European),
    ("Europe/Dublin", 0, European),
    ("Europe/Guernsey", 0, European),
    ("Europe/Helsinki", 120, European),
    ("Europe/Jersey", 0, European),
    ("Europe/Lisbon", 0, European),
    ("Europe/Ljubljana", 60, European),
    ("Europe/London", 0, European),
    ("Europe/Luxembourg", 60, European),
    ("Europe/Madrid", 60, European),
    ("Europe/Malta", 60, European),
    ("Europe/Monaco", 60, European),
    ("Europe/Oslo", 60, European),
    ("Europe/Paris", 60, European),
    ("Europe/Prague", 60, European),
    ("Europe/Rome", 60, European),
    ("Europe/San_Marino", 60, European),
    ("Europe/Sofia", 120, European),
    ("Europe/Stockholm", 60, European),
    ("Europe/Vaduz", 60, European),
    ("Europe/Vienna", 60, European),
    ("Europe/Warsaw", 60, European),
    ("Europe/Zagreb", 60, European),
    ("Europe/Zurich", 60, European),
    ("Indian/Kerguelen", 300, Never),
    ("Indian/Mauritius", 240, Never),
    ("Indian/Mayotte", 180, Never),
    ("Indian/Reunion", 240, Never),
    ("Pacific/Gambier", -540, Never),
    ("Pacific/Marquesas", -570, Never),
    ("Pacific/Noumea", 660, Never),
    ("Pacific/Tahiti", -600, Never),
    ("Pacific/Wallis", 720, Never),
    ("UTC", 0, Never),
];

/// A time zone of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Zone(u8);

impl Zone {
    /// The zone of that IANA name.
    ///
    /// # Examples
    /// ```
    /// use rcu_core::time::{Day, Zone};
    /// let at_2230_utc = i64::from(Day::parse_iso("2026-07-14").unwrap().0) * 86_400 + 22 * 3600 + 1800;
    /// assert_eq!(Zone::named("Europe/Paris").unwrap().day_of(at_2230_utc).to_string(), "2026-07-15");
    /// assert_eq!(Zone::named("America/Martinique").unwrap().day_of(at_2230_utc).to_string(), "2026-07-14");
    /// ```
    pub fn named(name: &str) -> Option<Zone> {
        ZONES.binary_search_by(|z| z.0.cmp(name)).ok().map(|i| Zone(i as u8))
    }

    /// The zone of a French overseas postcode (`97200`, `98713`); `None` elsewhere.
    pub fn of_french_postcode(postcode: &str) -> Option<Zone> {
        let name = match postcode.get(..3)? {
            "971" => "America/Guadeloupe",
            "972" => "America/Martinique",
            "973" => "America/Cayenne",
            "974" => "Indian/Reunion",
            "975" => "America/Miquelon",
            "976" => "Indian/Mayotte",
            "977" => "America/St_Barthelemy",
            "978" => "America/Marigot",
            "984" => "Indian/Kerguelen",
            "986" => "Pacific/Wallis",
            "987" => "Pacific/Tahiti",
            "988" => "Pacific/Noumea",
            _ => return None,
        };
        Zone::named(name)
    }

    /// Every name, sorted.
    pub fn names() -> impl Iterator<Item = &'static str> + Clone {
        ZONES.iter().map(|z| z.0)
    }

    /// IANA name.
    pub fn name(self) -> &'static str {
        ZONES[usize::from(self.0)].0
    }

    /// Seconds east of UTC at an instant, which is seconds since 1970-01-01T00:00:00Z.
    pub fn offset_seconds(self, instant: i64) -> i64 {
        let (_, minutes, summer) = ZONES[usize::from(self.0)];
        let standard = i64::from(minutes) * 60;
        let (year, _, _) = day_at(instant + standard).ymd();
        let midnight = |d: Day| i64::from(d.0) * 86_400;
        let (from, until) = match summer {
            Never => return standard,
            // Summer time came to France in 1976; until 1995 it ended in September.
            European if year < 1976 => return standard,
            European => {
                let end = if year < 1996 { 9 } else { 10 };
                (midnight(sunday(year, 3, 0)) + 3600, midnight(sunday(year, end, 0)) + 3600)
            }
            American => {
                let (start, end) = if year < 2007 { ((4, 1), (10, 0)) } else { ((3, 2), (11, 1)) };
                let at = |(month, nth), offset: i64| midnight(sunday(year, month, nth)) + 7200 - offset;
                (at(start, standard), at(end, standard + 3600))
            }
        };
        if instant >= from && instant < until { standard + 3600 } else { standard }
    }

    /// The calendar day at an instant.
    pub fn day_of(self, instant: i64) -> Day {
        day_at(instant + self.offset_seconds(instant))
    }

    /// The instant of a local time, `seconds` after midnight of `day`. Of a time that comes twice it is the second,
    /// and a time that summer time skips is read as if the clock had not moved.
    pub fn instant(self, day: Day, seconds: i32) -> i64 {
        let local = i64::from(day.0) * 86_400 + i64::from(seconds);
        let standard = i64::from(ZONES[usize::from(self.0)].1) * 60;
        local - self.offset_seconds(local - standard)
    }
}

impl Default for Zone {
    fn default() -> Self {
        Zone::named("Europe/Paris").unwrap_or(Zone(0))
    }
}

/// Offset of Paris from UTC, in seconds, at an instant given in seconds since 1970-01-01T00:00:00Z.
pub fn paris_offset_seconds(instant: i64) -> i64 {
    Zone::default().offset_seconds(instant)
}

fn day_at(seconds: i64) -> Day {
    let days = seconds.div_euclid(86_400);
    Day(days.clamp(i64::from(i32::MIN / 2), i64::from(i32::MAX / 2)) as i32)
}

/// The `nth` Sunday of a month, from 1; the last one for 0.
fn sunday(year: i32, month: u32, nth: i32) -> Day {
    // 1970-01-01 was a Thursday: day number 3 is a Sunday.
    let back_to_sunday = |d: Day| Day(d.0 - (d.0 - 3).rem_euclid(7));
    let date = if nth == 0 { days_in_month(year, month) } else { 7 * nth as u32 };
    back_to_sunday(Day::from_ymd(year, month, date).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> i64 {
        let (day, time) = text.split_once('T').unwrap();
        let n = |i: usize| time[i..i + 2].parse::<i64>().unwrap();
        i64::from(Day::parse_iso(day).unwrap().0) * 86_400 + n(0) * 3600 + n(3) * 60
    }

    fn zone(name: &str) -> Zone {
        Zone::named(name).unwrap()
    }

    #[test]
    fn the_table_is_sorted_and_every_name_is_found() {
        assert!(ZONES.is_sorted_by(|a, b| a.0 < b.0));
        assert!(Zone::names().all(|n| zone(n).name() == n));
    }

    #[test]
    fn european_summer_time_starts_and_ends_on_the_last_sunday_at_one_utc() {
        for (name, standard) in [("Europe/Paris", 3600), ("Europe/London", 0), ("Europe/Athens", 7200)] {
            for (instant, summer) in [
                ("2026-03-29T00:59", 0),
                ("2026-03-29T01:00", 3600),
                ("2026-10-25T00:59", 3600),
                ("2026-10-25T01:00", 0),
            ] {
                assert_eq!(zone(name).offset_seconds(at(instant)), standard + summer, "{name} {instant}");
            }
        }
        assert_eq!(paris_offset_seconds(at("1995-10-01T12:00")), 3600);
        assert_eq!(paris_offset_seconds(at("1975-07-01T12:00")), 3600);
    }

    #[test]
    fn miquelon_follows_north_america() {
        let z = zone("America/Miquelon");
        for (instant, offset) in [
            ("2026-03-08T04:59", -3),
            ("2026-03-08T05:00", -2),
            ("2026-11-01T03:59", -2),
            ("2026-11-01T04:00", -3),
            ("2006-04-02T05:00", -2),
            ("2006-03-20T05:00", -3),
        ] {
            assert_eq!(z.offset_seconds(at(instant)), offset * 3600, "{instant}");
        }
    }

    #[test]
    fn a_ticket_after_midnight_belongs_to_the_new_day() {
        let paris = Zone::default();
        assert_eq!(paris.day_of(at("2026-01-14T23:30")).to_string(), "2026-01-15");
        assert_eq!(paris.day_of(at("2026-07-14T22:30")).to_string(), "2026-07-15");
        assert_eq!(paris.day_of(at("2026-07-14T21:30")).to_string(), "2026-07-14");
        assert_eq!(zone("Indian/Reunion").day_of(at("2026-07-14T20:30")).to_string(), "2026-07-15");
        assert_eq!(zone("Pacific/Noumea").day_of(at("2026-07-14T13:30")).to_string(), "2026-07-15");
    }

    #[test]
    fn local_times_come_back_as_instants() {
        for name in ["Europe/Paris", "America/Miquelon", "Pacific/Marquesas"] {
            let z = zone(name);
            for hour in (0..24 * 366).step_by(5) {
                let instant = at("2026-01-01T00:30") + hour * 3600;
                let local = instant + z.offset_seconds(instant);
                let back = z.instant(Day(local.div_euclid(86_400) as i32), local.rem_euclid(86_400) as i32);
                // One hour a year comes twice; the later one is meant.
                assert!(back == instant || back == instant + 3600, "{name} {hour}");
            }
        }
    }

    #[test]
    fn overseas_postcodes_have_their_zone() {
        assert_eq!(Zone::of_french_postcode("97400"), Zone::named("Indian/Reunion"));
        assert_eq!(Zone::of_french_postcode("98800"), Zone::named("Pacific/Noumea"));
        assert_eq!(Zone::of_french_postcode("98000"), None);
        assert_eq!(Zone::of_french_postcode("75008"), None);
        assert_eq!(Zone::of_french_postcode("é"), None);
    }
}
