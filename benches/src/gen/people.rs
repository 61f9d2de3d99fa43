//! Who the customers are: households that move, and in them couples, children, namesakes and twins.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use super::day::from_civil;
use super::dice::{Dice, Weights, mix, scatter};
use super::family::{draw_household, draw_members};
use super::mail::{MailParts, Mailbox, Mailboxes};
use super::reference::{Reference, Spelling};

/// The first day on which a record can be made.
pub const FIRST_DAY: i32 = from_civil(2015, 1, 1);
/// Days from [`FIRST_DAY`] to the last day of the data, 31 October 2026.
pub const DAYS: i32 = from_civil(2026, 10, 31) - FIRST_DAY;
/// A day that never comes.
pub const NEVER: i32 = i32::MAX;

/// An address: where it is, not how it is written.
#[derive(Clone, Copy, Default)]
pub struct Place {
    /// Index into [`Reference::communes`].
    pub commune: u16,
    /// Number of the street within the commune.
    pub street: u16,
    /// House number, 1 to 400.
    pub number: u16,
    /// 0 none, 1 bis, 2 ter, 3 B.
    pub suffix: u8,
}

/// People who live at one address at a time.
pub struct Household {
    /// Up to three addresses, in the order of the moves.
    pub places: [Place; 3],
    /// Days since [`FIRST_DAY`] of the moves to the second and third address.
    pub moves: [i32; 2],
    /// Nine national digits.
    pub landline: u32,
    /// Index of the first adult.
    pub head: u32,
}

impl Household {
    /// The address on a day.
    #[must_use]
    pub fn place(&self, day: i32) -> Place {
        self.places[usize::from(day >= self.moves[0]) + usize::from(day >= self.moves[1])]
    }
}

/// One customer, as he or she is.
pub struct Person {
    /// Index of the household.
    pub household: u32,
    /// Surname in use: index into [`Reference::last`].
    pub last: u16,
    /// Surname at birth, likewise.
    pub birth_last: u16,
    /// Given name: index into [`Reference::first`].
    pub first: u16,
    /// Day of birth since 1970-01-01.
    pub birth: i32,
    /// Year of birth.
    pub birth_year: i16,
    /// Mrs, in the terms of these files.
    pub woman: bool,
    /// Uses the address of the first adult as his or her own.
    pub borrows_mail: bool,
    /// Has a second address that some forms get.
    pub writes_second_mail: bool,
    /// Both addresses.
    pub mailboxes: [Mailbox; 2],
    /// Nine national digits each: until and from `second_mobile_from`.
    pub mobiles: [u32; 2],
    /// Days since [`FIRST_DAY`].
    pub second_mobile_from: i32,
}

/// Everybody, and the tables that say what their indexes mean.
pub struct Population {
    /// The tables.
    pub reference: Reference,
    /// In the order of their head.
    pub households: Vec<Household>,
    /// Members of a household stand together.
    pub people: Vec<Person>,
}

impl Population {
    /// `count` people.
    ///
    /// # Errors
    /// When a reference table is damaged.
    pub fn draw(count: usize, seed: u64) -> std::io::Result<Self> {
        let reference = Reference::load()?;
        let mut dice = Dice::new(seed, "households");
        let members = Weights::new([0.44, 0.30, 0.12, 0.10, 0.04]);
        let landline_shift = dice.below(10_000_000) as u64;
        let (mut households, mut people) = (Vec::new(), Vec::with_capacity(count));
        while people.len() < count {
            let size = (1 + members.draw(&mut dice)).min(count - people.len());
            let head = people.len() as u32;
            let index = households.len() as u64;
            households.push(draw_household(&reference, head, index, landline_shift, &mut dice));
            draw_members(&reference, &mut people, index as u32, size, &mut dice);
        }
        let mut population = Self { reference, households, people };
        population.give_mobiles(seed);
        population.give_mailboxes(seed);
        Ok(population)
    }

    /// The parts of a person's e-mail address.
    fn mail_parts(&self, person: &Person) -> MailParts<'_> {
        let home = self.households[person.household as usize].places[0];
        MailParts {
            first: &self.first(person).key,
            last: &self.reference.last[usize::from(person.last)].key,
            birth_year: i32::from(person.birth_year),
            department: &self.reference.communes[usize::from(home.commune)].department,
        }
    }

    /// A person's given name.
    #[must_use]
    pub fn first(&self, person: &Person) -> &Spelling {
        &self.reference.first[usize::from(person.first)]
    }

    /// Appends a person's first or second e-mail address.
    pub fn push_mail(&self, person: &Person, second: bool, out: &mut String) {
        let owner = if person.borrows_mail && !second {
            &self.people[self.households[person.household as usize].head as usize]
        } else {
            person
        };
        owner.mailboxes[usize::from(second)].push(&self.mail_parts(owner), out);
    }

    /// Gives everybody two mobiles of their own; one partner in fifty uses the first adult's.
    fn give_mobiles(&mut self, seed: u64) {
        /// 06 00 to 06 99, then 07 30 to 07 79.
        const NUMBERS: u64 = 149_999_957;
        let mut dice = Dice::new(seed, "mobiles");
        let shift = dice.below(NUMBERS as usize) as u64;
        let count = self.people.len() as u64;
        let number = |index: u64| match scatter(index, NUMBERS, 83_492_791, shift) as u32 {
            low @ 0..100_000_000 => 600_000_000 + low,
            high => 630_000_000 + high,
        };
        for index in 0..self.people.len() {
            let own = index as u64;
            let head = self.households[self.people[index].household as usize].head as usize;
            let partner = index == head + 1;
            let shares = dice.chance(0.02) && partner;
            let first = if shares { self.people[head].mobiles[0] } else { number(own) };
            let person = &mut self.people[index];
            person.mobiles = [first, number(own + count)];
            person.second_mobile_from = if dice.chance(0.16) { dice.between(0, DAYS) } else { NEVER };
        }
    }

    /// Gives everybody two e-mail addresses; whoever wants one that is taken gets a number, as at the provider.
    fn give_mailboxes(&mut self, seed: u64) {
        let mut dice = Dice::new(seed, "mailboxes");
        let draws = Mailboxes::default();
        let mut taken: HashMap<u64, u16, BuildHasherDefault<Ready>> = HashMap::default();
        taken.reserve(2 * self.people.len());
        let mut address = String::new();
        for index in 0..self.people.len() {
            let mailboxes = [(); 2].map(|()| {
                let mut mailbox = draws.draw(&mut dice);
                address.clear();
                mailbox.push(&self.mail_parts(&self.people[index]), &mut address);
                let users = taken.entry(hash(&address)).or_insert(0);
                mailbox.taken = *users;
                *users = users.saturating_add(1);
                mailbox
            });
            let person = &mut self.people[index];
            person.mailboxes = mailboxes;
            person.writes_second_mail = dice.chance(0.28);
            let partner = index == self.households[person.household as usize].head as usize + 1;
            person.borrows_mail = dice.chance(0.04) && partner;
        }
    }
}

/// Sixty-four bits of an address: two of ten million addresses share them with a chance of one in 400,000.
fn hash(text: &str) -> u64 {
    text.as_bytes().chunks(8).fold(text.len() as u64, |state, chunk| {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        mix(state ^ u64::from_le_bytes(word))
    })
}

/// Takes a key that is a hash already.
#[derive(Default)]
struct Ready(u64);

impl Hasher for Ready {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.0 = mix(self.0 ^ u64::from(*byte)));
    }
    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn population() -> Population {
        Population::draw(20_000, 5).unwrap()
    }

    #[test]
    fn everybody_has_an_address_and_numbers_of_their_own() {
        let population = population();
        let mut mails = HashSet::new();
        let mut mobiles = HashSet::new();
        for person in &population.people {
            for second in [false, true] {
                let mut mail = String::new();
                population.push_mail(person, second, &mut mail);
                if !person.borrows_mail || second {
                    assert!(mails.insert(mail.clone()), "{mail}");
                } else {
                    assert!(mails.contains(&mail));
                }
            }
            assert!(mobiles.insert(person.mobiles[1]));
        }
        let borrowers = population.people.iter().filter(|person| person.borrows_mail).count();
        assert!((100..400).contains(&borrowers), "{borrowers}");
    }

    #[test]
    fn families_look_like_families() {
        let population = population();
        let (mut couples, mut same_name, mut twins, mut juniors) = (0, 0, 0, 0);
        for (index, household) in population.households.iter().enumerate() {
            let head = household.head as usize;
            let end = population
                .households
                .get(index + 1)
                .map_or(population.people.len(), |next| next.head as usize);
            let family = &population.people[head..end];
            assert!(family.iter().all(|person| person.household as usize == index));
            assert!(family.iter().skip(2).all(|child| child.last == family[0].last));
            couples += usize::from(family.len() >= 2);
            same_name += usize::from(family.len() >= 2 && family[0].last == family[1].last);
            twins += usize::from(family.len() >= 4 && family[2].birth == family[3].birth);
            juniors += family.iter().skip(2).filter(|child| child.first == family[0].first).count();
        }
        let share = f64::from(same_name as u32) / f64::from(couples as u32);
        assert!((0.62..0.75).contains(&share), "{share}");
        assert!(twins > 20 && juniors > 20, "{twins} {juniors}");
    }
}
