//! The mistakes of people and machines who write names down: keyboard, scanner, ear, habit.

use super::dice::Dice;
use super::text::plain;

/// Where a mistake comes from.
#[derive(Clone, Copy)]
pub enum Origin {
    /// Mostly the keyboard.
    Typing,
    /// Half of the time a scanned form.
    Form,
    /// Mostly by ear, over the telephone.
    Call,
}

/// The rows of the French keyboard: a slipped finger hits a neighbour of the same row.
const KEY_ROWS: [&str; 3] = ["azertyuiop", "qsdfghjklm", "wxcvbn"];

/// Shapes that a scanner takes for one another.
const LOOK_ALIKES: [(char, &str); 12] = [
    ('l', "i"),
    ('i', "l"),
    ('o', "0"),
    ('e', "c"),
    ('c', "e"),
    ('u', "v"),
    ('n', "u"),
    ('h', "b"),
    ('b', "h"),
    ('m', "rn"),
    ('s', "5"),
    ('g', "q"),
];

/// Spellings that sound alike in French, the usual one first.
const SOUND_ALIKES: [(&str, &str); 20] = [
    ("eau", "o"),
    ("ault", "o"),
    ("aud", "o"),
    ("ph", "f"),
    ("th", "t"),
    ("qu", "k"),
    ("ck", "k"),
    ("ss", "c"),
    ("ll", "l"),
    ("nn", "n"),
    ("tt", "t"),
    ("rr", "r"),
    ("ai", "e"),
    ("ei", "e"),
    ("ie", "i"),
    ("en", "an"),
    ("y", "i"),
    ("c", "k"),
    ("z", "s"),
    ("ge", "je"),
];

/// Short forms people give for a name.
const SHORT_FORMS: [(&str, &str); 60] = [
    ("alexandra", "Alex"),
    ("alexandre", "Alex"),
    ("anthony", "Antho"),
    ("antoine", "Tonio"),
    ("augustin", "Gus"),
    ("aurelie", "Lili"),
    ("aurelien", "Aurel"),
    ("bastien", "Bast"),
    ("beatrice", "Béa"),
    ("benjamin", "Ben"),
    ("benoit", "Ben"),
    ("bernadette", "Berna"),
    ("bernard", "Nanard"),
    ("caroline", "Caro"),
    ("catherine", "Cathy"),
    ("celine", "Cél"),
    ("christian", "Chris"),
    ("christine", "Chris"),
    ("christophe", "Chris"),
    ("daniel", "Dany"),
    ("delphine", "Del"),
    ("dominique", "Domi"),
    ("edouard", "Ed"),
    ("elisabeth", "Babette"),
    ("emmanuel", "Manu"),
    ("emmanuelle", "Manue"),
    ("florence", "Flo"),
    ("florian", "Flo"),
    ("francois", "Fanfan"),
    ("frederic", "Fred"),
    ("frederique", "Fred"),
    ("gabriel", "Gaby"),
    ("genevieve", "Ginette"),
    ("gregory", "Greg"),
    ("guillaume", "Guigui"),
    ("isabelle", "Isa"),
    ("jacqueline", "Jacotte"),
    ("jean-baptiste", "JB"),
    ("jean-claude", "JC"),
    ("jean-francois", "Jeff"),
    ("jean-michel", "JM"),
    ("jean-philippe", "JP"),
    ("jean-pierre", "JP"),
    ("jonathan", "Jo"),
    ("josephine", "José"),
    ("laurence", "Lolo"),
    ("mathieu", "Mat"),
    ("maxime", "Max"),
    ("mickael", "Mika"),
    ("nathalie", "Nath"),
    ("nicolas", "Nico"),
    ("patricia", "Pat"),
    ("patrick", "Pat"),
    ("philippe", "Phil"),
    ("sandrine", "Sandy"),
    ("sebastien", "Seb"),
    ("stephane", "Steph"),
    ("stephanie", "Steph"),
    ("thomas", "Tom"),
    ("veronique", "Véro"),
];

/// The short form of a given name, if people use one.
#[must_use]
pub fn short_form(first: &str) -> Option<&'static str> {
    let key = plain(first).to_ascii_lowercase();
    let index = SHORT_FORMS.binary_search_by(|(name, _)| (*name).cmp(key.as_str())).ok()?;
    Some(SHORT_FORMS[index].1)
}

/// Puts one mistake into `text`; words of one or two letters stay as they are.
pub fn slip(text: &mut String, origin: Origin, dice: &mut Dice) {
    let letters: Vec<char> = text.chars().collect();
    if letters.len() < 3 {
        return;
    }
    let draw = dice.unit();
    let (by_ear, by_eye) = match origin {
        Origin::Typing => (0.20, 0.20),
        Origin::Form => (0.10, 0.60),
        Origin::Call => (0.68, 0.08),
    };
    if draw < by_ear && mishear(text, dice) {
        return;
    }
    // The first letter is the one that people get right.
    let place = 1 + dice.below(letters.len() - 1);
    if (by_ear..by_ear + by_eye).contains(&draw) && misread_shape(text, &letters, place) {
        return;
    }
    mistype(text, letters, place, dice);
}

/// Spells one sound the other way; false when no sound of the table is in `text`.
fn mishear(text: &mut String, dice: &mut Dice) -> bool {
    let small = text.to_ascii_lowercase();
    let mut possible = [0_usize; SOUND_ALIKES.len()];
    let mut count = 0;
    for (index, (usual, _)) in SOUND_ALIKES.iter().enumerate() {
        if small.contains(usual) {
            possible[count] = index;
            count += 1;
        }
    }
    if count == 0 {
        return false;
    }
    let (usual, other) = SOUND_ALIKES[dice.pick(&possible[..count])];
    let Some(start) = small.find(usual) else { return false };
    let end = start + usual.len();
    // Lower-casing ASCII letters keeps every byte position of `text`.
    let mut written = (*other).to_owned();
    let capital = |place: usize| text.as_bytes()[place].is_ascii_uppercase();
    if capital(start) {
        let letters = if capital(end - 1) { written.len() } else { 1 };
        written[..letters].make_ascii_uppercase();
    }
    text.replace_range(start..end, &written);
    true
}

/// Takes the letter at `place` for its look-alike; false when it has none.
fn misread_shape(text: &mut String, letters: &[char], place: usize) -> bool {
    let small = letters[place].to_ascii_lowercase();
    let Some((_, other)) = LOOK_ALIKES.iter().find(|(letter, _)| *letter == small) else { return false };
    text.clear();
    text.extend(&letters[..place]);
    if letters[place].is_uppercase() {
        text.push_str(&other.to_ascii_uppercase())
    } else {
        text.push_str(other)
    }
    text.extend(&letters[place + 1..]);
    true
}

/// Drops, doubles, swaps or replaces the letter at `place`.
fn mistype(text: &mut String, mut letters: Vec<char>, place: usize, dice: &mut Dice) {
    match dice.below(10) {
        0..3 => {
            letters.remove(place);
        }
        3..5 if place + 1 < letters.len() => letters.swap(place, place + 1),
        5..7 => letters.insert(place, letters[place]),
        _ => match neighbour_key(letters[place], dice) {
            Some(other) => letters[place] = other,
            None => {
                letters.remove(place);
            }
        },
    }
    text.clear();
    text.extend(letters);
}

/// A key beside that of `letter`, in the same case.
fn neighbour_key(letter: char, dice: &mut Dice) -> Option<char> {
    let small = letter.to_ascii_lowercase();
    let row = KEY_ROWS.iter().find(|row| row.contains(small))?;
    let keys = row.as_bytes();
    let place = row.find(small)?;
    let right = place + 1 < keys.len() && (place == 0 || dice.chance(0.5));
    let other = char::from(if right { keys[place + 1] } else { keys[place - 1] });
    Some(if letter.is_ascii_uppercase() { other.to_ascii_uppercase() } else { other })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_forms_are_sorted_and_found() {
        assert!(SHORT_FORMS.is_sorted_by(|(a, _), (b, _)| a < b));
        assert_eq!(short_form("Frédéric"), Some("Fred"));
        assert_eq!(short_form("JEAN-PIERRE"), Some("JP"));
        assert_eq!(short_form("Zébulon"), None);
    }

    #[test]
    fn a_slip_changes_little_and_keeps_the_case() {
        let mut dice = Dice::new(3, "slips");
        let mut changed = 0;
        for origin in [Origin::Typing, Origin::Form, Origin::Call] {
            for name in ["LEFEBVRE", "Élodie", "Thibault", "dupond"] {
                for _ in 0..300 {
                    let mut text = name.to_owned();
                    slip(&mut text, origin, &mut dice);
                    assert!(text.chars().count().abs_diff(name.chars().count()) <= 3, "{name} {text}");
                    let capital = |text: &str| text.starts_with(char::is_uppercase);
                    assert_eq!(capital(&text), capital(name), "{name} {text}");
                    if name.chars().all(char::is_uppercase) {
                        assert!(!text.chars().any(char::is_lowercase), "{name} {text}");
                    }
                    changed += u32::from(text != name);
                }
            }
        }
        assert!(changed > 3_400, "{changed} of 3600");
    }

    #[test]
    fn short_words_stay() {
        let mut text = "Lé".to_owned();
        slip(&mut text, Origin::Call, &mut Dice::new(1, "short"));
        assert_eq!(text, "Lé");
    }
}
