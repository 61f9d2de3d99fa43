//! Names in Chinese, Japanese and Korean writing: the family name comes first, honorifics follow, sometimes glued.

/// Whether the text is in one of these scripts.
pub(super) fn is_cjk(text: &str) -> bool {
    text.chars().any(is_cjk_char)
}

fn is_cjk_char(c: char) -> bool {
    is_han(c) || is_hangul(c) || is_kana(c)
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{3005}'..='\u{3007}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}')
}

fn is_hangul(c: char) -> bool {
    matches!(c, '\u{1100}'..='\u{11ff}' | '\u{3130}'..='\u{318f}' | '\u{ac00}'..='\u{d7af}')
}

fn is_kana(c: char) -> bool {
    matches!(c, '\u{3041}'..='\u{30ff}' | '\u{ff66}'..='\u{ff9f}')
}

fn is_katakana(c: char) -> bool {
    matches!(c, '\u{3099}'..='\u{309c}' | '\u{30a0}'..='\u{30ff}' | '\u{ff66}'..='\u{ff9f}')
}

/// Whether the words are read family name first: all but names transcribed in katakana.
pub(super) fn family_first(texts: &[&str]) -> bool {
    texts.iter().all(|t| is_cjk(t)) && !texts.iter().all(|t| is_foreign(t))
}

/// A word in katakana alone: a foreign name.
pub(super) fn is_foreign(text: &str) -> bool {
    text.chars().all(|c| is_katakana(c) || !c.is_alphanumeric())
}

/// Whether a word holds the middle dot that stands between the names of a foreigner.
pub(super) fn is_parted(word: &str) -> bool {
    is_cjk(word) && word.contains(['・', '·', '･'])
}

/// The names on both sides of the dot.
pub(super) fn parts(word: &str) -> impl Iterator<Item = &str> {
    word.split(['・', '·', '･']).filter(|p| !p.is_empty())
}

/// An honorific glued to the end of a name: the name and the honorific. `鵜殿` is a name.
pub(super) fn glued_honorific(text: &str) -> Option<(&str, &str)> {
    const GLUED: &[&str] =
        &["先生", "社長", "女士", "小姐", "さん", "さま", "ちゃん", "くん", "様", "씨", "님"];
    let bare = text.trim_end_matches('.');
    let (name, honorific) = GLUED.iter().find_map(|h| bare.strip_suffix(h).map(|name| (name, h)))?;
    (!name.is_empty() && !honorific.is_empty()).then(|| text.split_at(name.len()))
}

/// A Korean name written in one: family name and given name, a dot behind it left on.
pub(super) fn split_korean(text: &str) -> Option<(&str, &str)> {
    const TWO: &[&str] = &["남궁", "황보", "제갈", "사공", "선우", "서문", "독고", "동방"];
    const ONE: &str = "김이박최정강조윤장임한오서신권황안송류유홍전고문양손배백허남심노하곽성차주우구민진지엄채원천방공현함변염여추도소석선설마길연위표명기반왕금옥육인맹제모탁국어은편용예경봉사부가복태목형피두감음빈동온호범좌팽승간상시갈단견당화창";
    let bare = text.trim_end_matches('.');
    let syllables = bare.chars().count();
    if !(2..=5).contains(&syllables) || !bare.chars().all(is_hangul) {
        return None;
    }
    if syllables >= 3
        && let Some(two) = TWO.iter().find(|s| text.starts_with(**s))
    {
        return Some(text.split_at(two.len()));
    }
    let first = text.chars().next()?;
    (syllables <= 4 && ONE.contains(first)).then(|| text.split_at(first.len_utf8()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn korean_names_part_after_the_family_name() {
        assert_eq!(split_korean("김민준"), Some(("김", "민준")));
        assert_eq!(split_korean("남궁민수"), Some(("남궁", "민수")));
        assert_eq!(split_korean("뷁민준"), None);
    }

    #[test]
    fn honorifics_come_off() {
        assert_eq!(glued_honorific("田中さん"), Some(("田中", "さん")));
        assert_eq!(glued_honorific("김민준씨."), Some(("김민준", "씨.")));
        assert_eq!(glued_honorific("様"), None);
    }
}
