//! How a household is drawn: where it lives, who is in it, and how its members' names and ages hang together.

use super::day::from_civil;
use super::dice::{Dice, scatter};
use super::mail::Mailbox;
use super::people::{DAYS, Household, NEVER, Person, Place};
use super::reference::Reference;

/// A place in a household, in the order in which its members are drawn.
#[derive(Clone, Copy, PartialEq)]
enum Role {
    Head,
    Partner,
    Child,
}

/// A household: its addresses, moves and landline.
pub fn draw_household(
    reference: &Reference,
    head: u32,
    index: u64,
    landline_shift: u64,
    dice: &mut Dice,
) -> Household {
    let mut places = [Place::default(); 3];
    for step in 0..places.len() {
        // Nearly every second move stays within the commune.
        let stays = step > 0 && dice.chance(0.45);
        let commune = if stays { places[step - 1].commune } else { reference.draw_commune(dice) };
        places[step] = Place {
            commune,
            street: dice.below(reference.communes[usize::from(commune)].streets()) as u16,
            number: dice.exponential(31.0).clamp(1.0, 400.0) as u16,
            suffix: match dice.unit() {
                0.0..0.93 => 0,
                0.93..0.98 => 1,
                0.98..0.995 => 2,
                _ => 3,
            },
        };
    }
    let (one, other) = (dice.between(0, DAYS), dice.between(0, DAYS));
    let moves = match dice.unit() {
        0.0..0.66 => [NEVER, NEVER],
        0.66..0.92 => [one.min(other), NEVER],
        _ => [one.min(other), one.max(other)],
    };
    let zone = reference.communes[usize::from(places[0].commune)].phone_zone;
    let landline =
        u64::from(zone) * 100_000_000 + 10_000_000 + scatter(index, 79_999_987, 36_969_133, landline_shift);
    Household { places, moves, landline: landline as u32, head }
}

/// Adds the members of one household, the first adult first.
pub fn draw_members(
    reference: &Reference,
    people: &mut Vec<Person>,
    household: u32,
    size: usize,
    dice: &mut Dice,
) {
    let head = people.len();
    for place in 0..size {
        let role = match place {
            0 => Role::Head,
            1 => Role::Partner,
            _ => Role::Child,
        };
        let family = people.get(head).map(|adult: &Person| (adult.birth_year, adult.woman));
        let mut birth_year = match (role, family) {
            (Role::Partner, Some((year, _))) => {
                (f64::from(year) + dice.normal(1.0, 3.0)).clamp(1930.0, 2007.0) as i16
            }
            (Role::Child, Some((year, _))) => (year + dice.between(20, 36) as i16).clamp(1950, 2008),
            // Parents are of the age to have children at home in these years.
            _ if size >= 3 => dice.normal(1975.0, 16.0).clamp(1945.0, 1984.0) as i16,
            _ => dice.normal(1975.0, 16.0).clamp(1930.0, 2006.0) as i16,
        };
        let mut woman = dice.chance(0.5);
        if let (Role::Partner, Some((_, head_is_woman))) = (role, family)
            && dice.chance(0.95)
        {
            woman = !head_is_woman;
        }
        let mut birth = from_civil(i32::from(birth_year), 1, 1) + dice.between(0, 365);
        let twin = place == 3 && dice.chance(0.04);
        if twin {
            (birth, birth_year) = (people[head + 2].birth, people[head + 2].birth_year);
        }
        let birth_last = if role == Role::Child { people[head].last } else { reference.draw_last(dice) };
        let mut first = reference.draw_first(woman, i32::from(birth_year), dice);
        if role == Role::Child {
            (first, woman) = name_like_head(reference, &people[head], first, birth_year, woman, dice);
        }
        people.push(Person {
            household,
            last: birth_last,
            birth_last,
            first,
            birth,
            birth_year,
            woman,
            borrows_mail: false,
            writes_second_mail: false,
            mailboxes: [Mailbox::default(); 2],
            mobiles: [0; 2],
            second_mobile_from: NEVER,
        });
        if role == Role::Partner && dice.chance(0.72) {
            marry(&mut people[head..]);
        }
    }
}

/// The wife of a couple takes her husband's surname; with two men or two women nobody changes it.
fn marry(couple: &mut [Person]) {
    let [one, other] = couple else { return };
    match (one.woman, other.woman) {
        (false, true) => other.last = one.birth_last,
        (true, false) => one.last = other.birth_last,
        _ => {}
    }
}

/// A few children are hard to tell from the first adult: same initial, or the very same given name.
fn name_like_head(
    reference: &Reference,
    head: &Person,
    first: u16,
    birth_year: i16,
    woman: bool,
    dice: &mut Dice,
) -> (u16, bool) {
    if dice.chance(0.008) {
        return (head.first, head.woman);
    }
    let initial = |name: u16| reference.first[usize::from(name)].capitals.as_bytes().first().copied();
    let mut name = first;
    if dice.chance(0.06) {
        for _ in 0..12 {
            if initial(name) == initial(head.first) {
                break;
            }
            name = reference.draw_first(woman, i32::from(birth_year), dice);
        }
    }
    (name, woman)
}
