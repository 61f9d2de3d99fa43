//! E-mail addresses: how people build them, and how they misspell their provider.

use super::dice::{Dice, Weights};

/// The providers, with the share of the customers who use each, in per cent.
pub const PROVIDERS: [(&str, f64); 15] = [
    ("gmail.com", 36.0),
    ("orange.fr", 13.0),
    ("hotmail.fr", 8.0),
    ("free.fr", 7.0),
    ("hotmail.com", 6.0),
    ("yahoo.fr", 6.0),
    ("wanadoo.fr", 5.0),
    ("sfr.fr", 4.0),
    ("laposte.net", 4.0),
    ("live.fr", 3.0),
    ("outlook.fr", 3.0),
    ("icloud.com", 3.0),
    ("neuf.fr", 1.0),
    ("bbox.fr", 1.0),
    ("aol.com", 1.0),
];

/// Misspelt providers, as forms show them.
const MISSPELT: [(&str, &[&str]); 13] = [
    ("gmail.com", &["gmial.com", "gmai.com", "gamil.com", "gmail.fr", "gmail.con", "gmail,com", "gmail.co"]),
    ("orange.fr", &["ornage.fr", "orang.fr", "orange.com", "oarnge.fr"]),
    ("hotmail.fr", &["hotmial.fr", "hotmai.fr", "hotamil.fr", "homail.fr"]),
    ("hotmail.com", &["hotmial.com", "hotmail.con", "hotmai.com", "hormail.com"]),
    ("free.fr", &["fre.fr", "frre.fr", "freee.fr"]),
    ("yahoo.fr", &["yaho.fr", "yahou.fr", "yhaoo.fr"]),
    ("wanadoo.fr", &["wanado.fr", "wanadou.fr", "wandoo.fr"]),
    ("sfr.fr", &["srf.fr", "sfr.com", "sfrr.fr"]),
    ("laposte.net", &["laposte.fr", "la poste.net", "lapost.net"]),
    ("live.fr", &["lve.fr", "live.ff", "livre.fr"]),
    ("outlook.fr", &["outlok.fr", "outllook.fr", "oulook.fr"]),
    ("icloud.com", &["iclou.com", "icoud.com", "icloud.fr"]),
    ("aol.com", &["aol.con", "aool.com"]),
];

/// Addresses that a clerk types when the customer gives none.
pub const SHARED_BY_ALL: [&str; 6] = [
    "noemail@noemail.com",
    "client@client.fr",
    "pasdemail@mail.fr",
    "inconnu@inconnu.fr",
    "aaa@aaa.fr",
    "sansmail@gmail.com",
];

/// A misspelling of `domain`, or `domain` itself when none is known.
pub fn misspelt<'a>(domain: &'a str, dice: &mut Dice) -> &'a str {
    match MISSPELT.iter().find(|(provider, _)| *provider == domain) {
        Some((_, spellings)) => dice.pick(spellings),
        None => domain,
    }
}

/// One address of one person: what was drawn for it, not its text.
#[derive(Clone, Copy, Default)]
pub struct Mailbox {
    /// Which shape, from 0 to 7: see [`Mailbox::push_local`].
    pub shape: u8,
    /// Index into [`PROVIDERS`].
    pub provider: u8,
    /// A lucky number from 1 to 99.
    pub number: u8,
    /// How many customers took the same address before this one: the provider adds a number.
    pub taken: u16,
}

/// What an address is made of.
pub struct MailParts<'a> {
    /// Given name as [`super::text::mail_key`] writes it.
    pub first: &'a str,
    /// Surname, likewise.
    pub last: &'a str,
    /// Year of birth.
    pub birth_year: i32,
    /// Department of the first address: two characters.
    pub department: &'a str,
}

/// Draws the shape, provider and number of addresses.
pub struct Mailboxes {
    shapes: Weights,
    providers: Weights,
}

impl Default for Mailboxes {
    fn default() -> Self {
        Self {
            shapes: Weights::new([0.34, 0.16, 0.10, 0.10, 0.10, 0.08, 0.06, 0.06]),
            providers: Weights::new(PROVIDERS.iter().map(|(_, share)| *share)),
        }
    }
}

impl Mailboxes {
    /// A new address; `taken` is left at 0.
    pub fn draw(&self, dice: &mut Dice) -> Mailbox {
        Mailbox {
            shape: self.shapes.draw(dice) as u8,
            provider: self.providers.draw(dice) as u8,
            number: 1 + dice.below(99) as u8,
            taken: 0,
        }
    }
}

impl Mailbox {
    /// Appends what stands before the `@`.
    fn push_local(&self, parts: &MailParts<'_>, out: &mut String) {
        let MailParts { first, last, birth_year, department } = *parts;
        let initial = &first[..first.len().min(1)];
        let two_digits = |number: i32| {
            let number = number.rem_euclid(100) as u8;
            [char::from(b'0' + number / 10), char::from(b'0' + number % 10)]
        };
        let mut join = |pieces: &[&str]| pieces.iter().for_each(|piece| out.push_str(piece));
        match self.shape {
            0 => join(&[first, ".", last]),
            1 => join(&[initial, last]),
            2 => join(&[last, ".", first]),
            3 => join(&[first, last]),
            4 => join(&[first]),
            5 => join(&[first, ".", last, department]),
            6 => join(&[initial, ".", last]),
            _ => join(&[last]),
        }
        match self.shape {
            1 | 3 => out.extend(two_digits(birth_year)),
            4 => {
                out.extend(two_digits(birth_year));
                out.push_str(department);
            }
            7 => out.push_str(&self.number.to_string()),
            _ => {}
        }
    }

    /// Appends the whole address.
    pub fn push(&self, parts: &MailParts<'_>, out: &mut String) {
        self.push_local(parts, out);
        if self.taken > 0 {
            out.push('.');
            out.push_str(&self.taken.to_string());
        }
        out.push('@');
        out.push_str(PROVIDERS[usize::from(self.provider)].0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_of_addresses() {
        let parts = MailParts { first: "lea", last: "le-goff", birth_year: 2003, department: "2A" };
        let written: Vec<_> = (0..8)
            .map(|shape| {
                let mut out = String::new();
                Mailbox { shape, provider: 1, number: 7, taken: u16::from(shape == 2) * 3 }
                    .push(&parts, &mut out);
                out.trim_end_matches("@orange.fr").to_owned()
            })
            .collect();
        assert_eq!(
            written,
            [
                "lea.le-goff",
                "lle-goff03",
                "le-goff.lea.3",
                "leale-goff03",
                "lea032A",
                "lea.le-goff2A",
                "l.le-goff",
                "le-goff7"
            ]
        );
    }

    #[test]
    fn a_misspelling_differs_from_the_provider() {
        let mut dice = Dice::new(1, "mail");
        for (domain, spellings) in MISSPELT {
            assert!(PROVIDERS.iter().any(|(provider, _)| *provider == domain));
            assert!(!spellings.contains(&domain));
            assert_ne!(misspelt(domain, &mut dice), domain);
        }
        assert_eq!(misspelt("bbox.fr", &mut dice), "bbox.fr");
    }
}
