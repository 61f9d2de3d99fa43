//! The ways people write a thing that are not slips of one letter: compounds, titles, articles, dates.

use super::day::{civil, from_civil};
use super::dice::Dice;
use super::text::plain;

/// Day and month swapped, a few days off, or another year.
pub fn wrong_birth(day: i32, dice: &mut Dice) -> i32 {
    match dice.below(3) {
        0 => {
            let (year, month, of_month) = civil(day);
            from_civil(year, of_month.min(12), month)
        }
        1 => day + dice.between(-3, 4),
        _ => {
            let (year, month, of_month) = civil(day);
            from_civil(year + dice.pick(&[-10, -1, 1, 10]), month, of_month.min(28))
        }
    }
}

/// A quarter type small letters, an eighth a surname in capitals, a third no accents.
pub fn type_freely(last: &mut String, first: &mut String, dice: &mut Dice) {
    if dice.chance(0.25) {
        *last = last.to_lowercase();
        *first = first.to_lowercase();
    }
    if dice.chance(0.12) {
        *last = last.to_uppercase();
    }
    if dice.chance(0.35) {
        *last = plain(last);
        *first = plain(first);
    }
}

/// `Le Goff` becomes `LeGoff` or `Le-Goff`, `Martin-Dubois` becomes `Martin Dubois`.
pub fn respell_compound_surname(last: &mut String, dice: &mut Dice) {
    if last.contains(' ') {
        *last = last.replace(' ', if dice.chance(0.5) { "" } else { "-" });
    } else if last.contains('-') {
        *last = last.replace('-', " ");
    }
}

/// `Jean-Pierre` becomes `Jean Pierre`, `JeanPierre` or `Jean`.
pub fn respell_compound_first(first: &mut String, dice: &mut Dice) {
    let Some(hyphen) = first.find('-') else { return };
    match dice.unit() {
        0.0..0.60 => *first = first.replace('-', " "),
        0.60..0.72 => *first = first.replace('-', ""),
        _ => first.truncate(hyphen),
    }
}

/// Drops a leading `de la`, `de l'`, `des`, `du` or `de`.
pub fn drop_article(street: &mut String) {
    const ARTICLES: [&str; 5] = ["de la ", "de l'", "des ", "du ", "de "];
    let starts = |article: &&&str| {
        street.get(..article.len()).is_some_and(|start| start.eq_ignore_ascii_case(article))
    };
    if let Some(article) = ARTICLES.iter().find(starts) {
        street.replace_range(..article.len(), "");
    }
}

/// `Saint-Martin` becomes `St-Martin`, `Général Leclerc` becomes `Gal Leclerc`, whatever the case.
pub fn shorten_titles(street: &str) -> String {
    const SHORT: [(&str, &str); 5] =
        [("SAINTE", "Ste"), ("SAINT", "St"), ("GENERAL", "Gal"), ("MARECHAL", "Mal"), ("DOCTEUR", "Dr")];
    let shorten = |word: &str| {
        let key = plain(word).to_ascii_uppercase();
        let short = SHORT.iter().find(|(long, _)| *long == key).map(|(_, short)| *short);
        match short {
            Some(short) if word.chars().all(char::is_uppercase) => short.to_ascii_uppercase(),
            Some(short) => short.to_owned(),
            None => word.to_owned(),
        }
    };
    let mut out = String::with_capacity(street.len());
    for piece in street.split_inclusive([' ', '-']) {
        let word = piece.trim_end_matches([' ', '-']);
        out.push_str(&shorten(word));
        out.push_str(&piece[word.len()..]);
    }
    out
}

/// Flat, building, residence, staircase or floor.
pub fn complement(dice: &mut Dice) -> String {
    let number = 1 + dice.below(89);
    match dice.below(6) {
        0 => format!("Appt {number}"),
        1 => format!("APT {number}"),
        2 => format!("Bat {}", dice.pick(&["A", "B", "C", "D"])),
        3 => format!("Résidence {}", dice.pick(&["Les Pins", "du Parc", "Bellevue", "Les Lilas"])),
        4 => format!("Esc {}", dice.pick(&["1", "2", "3"])),
        _ => format!("{number}e étage"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streets_are_shortened_the_way_people_do() {
        assert_eq!(shorten_titles("Saint-Jean"), "St-Jean");
        assert_eq!(shorten_titles("DU MARECHAL FOCH"), "DU MAL FOCH");
        assert_eq!(shorten_titles("du Général de Gaulle"), "du Gal de Gaulle");
        let mut street = "DE L'EGLISE".to_owned();
        drop_article(&mut street);
        assert_eq!(street, "EGLISE");
    }

    #[test]
    fn compounds_are_respelt() {
        let mut dice = Dice::new(2, "compounds");
        let mut seen = std::collections::BTreeSet::new();
        for _ in 0..100 {
            let mut first = "Jean-Pierre".to_owned();
            respell_compound_first(&mut first, &mut dice);
            seen.insert(first);
        }
        assert_eq!(seen.into_iter().collect::<Vec<_>>(), ["Jean", "Jean Pierre", "JeanPierre"]);
    }

    #[test]
    fn a_wrong_birth_date_is_still_a_date_near_by() {
        let mut dice = Dice::new(2, "births");
        let day = from_civil(1988, 2, 29);
        for _ in 0..200 {
            assert!((wrong_birth(day, &mut dice) - day).abs() < 11 * 366);
        }
        let swapped = from_civil(1990, 5, 4);
        assert!((0..200).any(|_| wrong_birth(from_civil(1990, 4, 5), &mut dice) == swapped));
    }
}
