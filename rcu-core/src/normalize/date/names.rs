//! Names of months and weekdays in French, English and the neighbours' languages, and the words that a date may hold
//! besides. All in capitals without diacritics; a name is also read from its first letters, three or more.

/// Names by month, January first; names that share their first letters with one listed are left out.
const MONTHS: [&[&str]; 12] = [
    &["JANVIER", "JANUARY", "JANUAR", "JANUARI", "ENERO", "GENNAIO", "JANEIRO"],
    &["FEVRIER", "FEBRUARY", "FEBRUAR", "FEBRUARI", "FEBRERO", "FEBBRAIO", "FEVEREIRO"],
    &["MARS", "MARCH", "MARZ", "MAERZ", "MAART", "MARZO", "MARCO", "MRT", "MRZ"],
    &["AVRIL", "APRIL", "ABRIL", "APRILE"],
    &["MAI", "MAY", "MEI", "MAYO", "MAGGIO", "MAIO"],
    &["JUIN", "JUNE", "JUNI", "JUNIO", "GIUGNO", "JUNHO"],
    &["JUILLET", "JULY", "JULI", "JULIO", "LUGLIO", "JULHO"],
    &["AOUT", "AUGUST", "AUGUSTUS", "AGOSTO"],
    &["SEPTEMBRE", "SEPTEMBER", "SEPTIEMBRE", "SETTEMBRE", "SETEMBRO", "SETIEMBRE"],
    &["OCTOBRE", "OCTOBER", "OKTOBER", "OCTUBRE", "OTTOBRE", "OUTUBRO"],
    &["NOVEMBRE", "NOVEMBER", "NOVIEMBRE", "NOVEMBRO"],
    &["DECEMBRE", "DECEMBER", "DEZEMBER", "DICIEMBRE", "DICEMBRE", "DEZEMBRO"],
];

const WEEKDAYS: &[&str] = &[
    "LUNDI",
    "MARDI",
    "MERCREDI",
    "JEUDI",
    "VENDREDI",
    "SAMEDI",
    "DIMANCHE", // French
    "MONDAY",
    "TUESDAY",
    "WEDNESDAY",
    "THURSDAY",
    "FRIDAY",
    "SATURDAY",
    "SUNDAY", // English
    "MONTAG",
    "DIENSTAG",
    "MITTWOCH",
    "DONNERSTAG",
    "FREITAG",
    "SAMSTAG",
    "SONNTAG", // German
    "MAANDAG",
    "DINSDAG",
    "WOENSDAG",
    "DONDERDAG",
    "VRIJDAG",
    "ZATERDAG",
    "ZONDAG", // Dutch
    "LUNES",
    "MARTES",
    "MIERCOLES",
    "JUEVES",
    "VIERNES",
    "SABADO",
    "DOMINGO", // Spanish
    "LUNEDI",
    "MARTEDI",
    "MERCOLEDI",
    "GIOVEDI",
    "VENERDI",
    "SABATO",
    "DOMENICA", // Italian
    "SEGUNDA",
    "TERCA",
    "QUARTA",
    "QUINTA",
    "SEXTA", // Portuguese
];

/// The month of a word, 1 to 12. First letters shared by two months (JUI) name none.
pub(super) fn month(word: &[u8]) -> Option<u32> {
    let mut found = None;
    for (i, names) in MONTHS.iter().enumerate() {
        if names.iter().any(|name| abbreviates(word, name)) {
            if found.is_some() {
                return None;
            }
            found = Some(i as u32 + 1);
        }
    }
    found
}

/// Whether a word names a day of the week, which says nothing that the date does not.
pub(super) fn is_weekday(word: &[u8]) -> bool {
    WEEKDAYS.iter().any(|name| abbreviates(word, name))
}

/// Words that may stand inside a date: *the 1st day of March*, *le 12 mars à 10 h*.
pub(super) fn is_filler(word: &[u8]) -> bool {
    matches!(
        word,
        b"LE" | b"LA" | b"THE" | b"OF" | b"DAY" | b"ON" | b"AT" | b"A" | b"DE" | b"DEL" | b"DU" | b"AU"
    )
}

/// The first day of a month, in words.
pub(super) fn is_first(word: &[u8]) -> bool {
    matches!(word, b"PREMIER" | b"FIRST")
}

/// Endings of a day's rank: 1er, 2e, 1st, 2nd.
pub(super) fn is_ordinal(word: &[u8]) -> bool {
    matches!(word, b"ER" | b"RE" | b"E" | b"EME" | b"ST" | b"ND" | b"RD" | b"TH" | b"O")
}

fn abbreviates(word: &[u8], name: &str) -> bool {
    (word.len() >= 3 && name.as_bytes().starts_with(word)) || (word == b"SEPT" && name == "SEPTEMBRE")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_month_is_read_from_its_name_and_its_first_letters() {
        for (i, names) in MONTHS.iter().enumerate() {
            for name in *names {
                for end in 3..=name.len() {
                    let found = month(&name.as_bytes()[..end]);
                    let shared = matches!(&name[..end], "JUI");
                    assert_eq!(found, (!shared).then_some(i as u32 + 1), "{}", &name[..end]);
                }
            }
        }
        assert_eq!(month(b"JU"), None);
        assert_eq!(month(b"JANVIERS"), None);
    }
}
