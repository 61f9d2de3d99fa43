//! Countries as the last line of an address names them.

use super::token::Token;
use crate::normalize::Country;

/// Names that are read, folded, and their country. The first of a country is the one that is written: French capitals.
const NAMES: &[(&str, &[u8; 2])] = &[
    ("FRANCE", b"FR"),
    ("FRANCE METROPOLITAINE", b"FR"),
    ("BELGIQUE", b"BE"),
    ("BELGIUM", b"BE"),
    ("BELGIE", b"BE"),
    ("BELGIEN", b"BE"),
    ("SUISSE", b"CH"),
    ("SWITZERLAND", b"CH"),
    ("SCHWEIZ", b"CH"),
    ("SVIZZERA", b"CH"),
    ("LUXEMBOURG", b"LU"),
    ("LUXEMBURG", b"LU"),
    ("GRAND DUCHE DE LUXEMBOURG", b"LU"),
    ("ALLEMAGNE", b"DE"),
    ("GERMANY", b"DE"),
    ("DEUTSCHLAND", b"DE"),
    ("ESPAGNE", b"ES"),
    ("SPAIN", b"ES"),
    ("ESPANA", b"ES"),
    ("ITALIE", b"IT"),
    ("ITALY", b"IT"),
    ("ITALIA", b"IT"),
    ("PAYS BAS", b"NL"),
    ("NETHERLANDS", b"NL"),
    ("THE NETHERLANDS", b"NL"),
    ("NEDERLAND", b"NL"),
    ("HOLLANDE", b"NL"),
    ("HOLLAND", b"NL"),
    ("PORTUGAL", b"PT"),
    ("ROYAUME UNI", b"GB"),
    ("UNITED KINGDOM", b"GB"),
    ("UK", b"GB"),
    ("GRANDE BRETAGNE", b"GB"),
    ("GREAT BRITAIN", b"GB"),
    ("ANGLETERRE", b"GB"),
    ("ENGLAND", b"GB"),
    ("ECOSSE", b"GB"),
    ("SCOTLAND", b"GB"),
    ("PAYS DE GALLES", b"GB"),
    ("MONACO", b"MC"),
    ("PRINCIPAUTE DE MONACO", b"MC"),
    ("IRLANDE", b"IE"),
    ("IRELAND", b"IE"),
    ("AUTRICHE", b"AT"),
    ("AUSTRIA", b"AT"),
    ("OSTERREICH", b"AT"),
    ("ANDORRE", b"AD"),
    ("ANDORRA", b"AD"),
    ("LIECHTENSTEIN", b"LI"),
    ("SAINT MARIN", b"SM"),
    ("POLOGNE", b"PL"),
    ("POLAND", b"PL"),
    ("DANEMARK", b"DK"),
    ("DENMARK", b"DK"),
    ("SUEDE", b"SE"),
    ("SWEDEN", b"SE"),
    ("NORVEGE", b"NO"),
    ("NORWAY", b"NO"),
    ("FINLANDE", b"FI"),
    ("FINLAND", b"FI"),
    ("GRECE", b"GR"),
    ("GREECE", b"GR"),
    ("REPUBLIQUE TCHEQUE", b"CZ"),
    ("TCHEQUIE", b"CZ"),
    ("HONGRIE", b"HU"),
    ("HUNGARY", b"HU"),
    ("ROUMANIE", b"RO"),
    ("ROMANIA", b"RO"),
    ("BULGARIE", b"BG"),
    ("CROATIE", b"HR"),
    ("SLOVENIE", b"SI"),
    ("SLOVAQUIE", b"SK"),
    ("ESTONIE", b"EE"),
    ("LETTONIE", b"LV"),
    ("LITUANIE", b"LT"),
    ("MALTE", b"MT"),
    ("CHYPRE", b"CY"),
    ("TURQUIE", b"TR"),
    ("UKRAINE", b"UA"),
    ("RUSSIE", b"RU"),
    ("ETATS UNIS", b"US"),
    ("USA", b"US"),
    ("UNITED STATES", b"US"),
    ("CANADA", b"CA"),
    ("MEXIQUE", b"MX"),
    ("BRESIL", b"BR"),
    ("ARGENTINE", b"AR"),
    ("MAROC", b"MA"),
    ("MOROCCO", b"MA"),
    ("ALGERIE", b"DZ"),
    ("ALGERIA", b"DZ"),
    ("TUNISIE", b"TN"),
    ("TUNISIA", b"TN"),
    ("SENEGAL", b"SN"),
    ("COTE D IVOIRE", b"CI"),
    ("CAMEROUN", b"CM"),
    ("MADAGASCAR", b"MG"),
    ("ILE MAURICE", b"MU"),
    ("EGYPTE", b"EG"),
    ("AFRIQUE DU SUD", b"ZA"),
    ("LIBAN", b"LB"),
    ("ISRAEL", b"IL"),
    ("EMIRATS ARABES UNIS", b"AE"),
    ("CHINE", b"CN"),
    ("JAPON", b"JP"),
    ("INDE", b"IN"),
    ("SINGAPOUR", b"SG"),
    ("AUSTRALIE", b"AU"),
    ("NOUVELLE ZELANDE", b"NZ"),
];

/// Last two letters of all names, one bit each: nearly every other word is turned away by them.
const ENDINGS: [u32; 26] = {
    let mut bits = [0u32; 26];
    let mut i = 0;
    while i < NAMES.len() {
        let name = NAMES[i].0.as_bytes();
        bits[(name[name.len() - 1] - b'A') as usize] |= 1 << (name[name.len() - 2] - b'A');
        i += 1;
    }
    bits
};

#[inline]
fn may_end_so(word: &str) -> bool {
    match word.as_bytes() {
        [.., a @ b'A'..=b'Z', b @ b'A'..=b'Z'] => ENDINGS[(b - b'A') as usize] >> (a - b'A') & 1 == 1,
        _ => false,
    }
}

/// The country that the last words name, and how many words that takes.
pub(super) fn at_end(words: &[Token<'_>]) -> Option<(Country, usize)> {
    let last = words.last()?.text;
    if !may_end_so(last) {
        return None;
    }
    let mut best: Option<(&[u8; 2], usize)> = None;
    for (name, code) in NAMES {
        // Nearly all names part company at their last word.
        if !name.ends_with(last) {
            continue;
        }
        let n = name.split(' ').count();
        let tail = words.len().checked_sub(n).and_then(|at| words.get(at..));
        if tail.is_some_and(|tail| tail.iter().map(|t| t.text).eq(name.split(' ')))
            && best.is_none_or(|(_, longest)| n > longest)
        {
            best = Some((code, n));
        }
    }
    let (code, n) = best?;
    Country::new(std::str::from_utf8(code).ok()?).map(|c| (c, n))
}

/// Whether the text ends with the name of a country behind another word.
pub(super) fn ends(text: &str) -> bool {
    may_end_so(text)
        && text.contains(' ')
        && NAMES.iter().any(|(name, _)| text.strip_suffix(name).is_some_and(|before| before.ends_with(' ')))
}

/// The country's name in French capitals; the ISO code of one that is not listed.
pub(super) fn name(country: Country) -> String {
    match NAMES.iter().find(|(_, code)| **code == country.bytes()) {
        Some((name, _)) => (*name).to_owned(),
        None => country.as_str().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::token::Tokens;
    use super::*;

    #[test]
    fn the_last_words_name_a_country() {
        let at =
            |s: &str| at_end(&Tokens::new(s).collect::<Vec<_>>()).map(|(c, n)| (c.as_str().to_owned(), n));
        assert_eq!(at("1050 IXELLES, BELGIE"), Some(("BE".into(), 1)));
        assert_eq!(at("1009 LUXEMBOURG\nGRAND-DUCHE DE LUXEMBOURG"), Some(("LU".into(), 4)));
        assert_eq!(at("75008 PARIS"), None);
        assert_eq!(name(Country::new("be").unwrap()), "BELGIQUE");
        assert_eq!(name(Country::new("ZZ").unwrap()), "ZZ");
    }
}
