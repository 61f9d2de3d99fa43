//! The form in which vocabularies are looked up: upper case, no diacritics, no blanks.

use crate::normalize::text::fold_upper_into;
use crate::normalize::{Code, Output};

/// Whether a character parts words: ASCII and typographic punctuation, modifier apostrophes.
pub(super) fn parts_words(c: char) -> bool {
    match c {
        '\0'..='\u{7f}' => !c.is_ascii_alphanumeric(),
        '\u{b7}' | '\u{2bb}' | '\u{2bc}' | '\u{2000}'..='\u{206f}' => true,
        _ => false,
    }
}

/// `N.A.` and `N A` say nothing either: noted as `NA` is, and `true`, when the key in `out.text` is that.
pub(super) fn is_nothing(out: &mut Output) -> bool {
    let nothing = out.text == "NA";
    if nothing {
        out.text.clear();
        out.set_empty();
        out.code(Code::NullLiteral);
    }
    nothing
}

/// The words of a cleaned text.
pub(super) fn words(clean: &str) -> impl Iterator<Item = &str> {
    clean.split(parts_words).filter(|w| !w.is_empty())
}

/// Writes the words of `clean`, folded and joined, at the end of `out`.
pub(crate) fn join_folded(clean: &str, out: &mut String) {
    words(clean).for_each(|w| fold_upper_into(w, out));
}
