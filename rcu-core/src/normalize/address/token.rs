//! Words of a folded address line, each with what stood before it.

use super::fold::DEGREE;

/// What stands between two words, as a set of the marks below.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Gap(u16);

impl Gap {
    pub(super) const SPACE: Gap = Gap(1);
    pub(super) const HYPHEN: Gap = Gap(2);
    pub(super) const APOSTROPHE: Gap = Gap(4);
    pub(super) const SLASH: Gap = Gap(8);
    pub(super) const DOT: Gap = Gap(16);
    /// `,` `;` or `:`.
    pub(super) const COMMA: Gap = Gap(32);
    /// End of a line, or `|`.
    pub(super) const LINE: Gap = Gap(64);
    pub(super) const OPEN: Gap = Gap(128);
    pub(super) const CLOSE: Gap = Gap(256);
    pub(super) const AND: Gap = Gap(512);

    #[inline]
    pub(super) fn has(self, marks: Gap) -> bool {
        self.0 & marks.0 != 0
    }

    pub(super) const fn or(self, other: Gap) -> Gap {
        Gap(self.0 | other.0)
    }

    /// ` - ` between blanks, which parts lines where a hyphen parts words.
    pub(super) fn is_dash(self) -> bool {
        self.has(Gap::HYPHEN) && self.has(Gap::SPACE)
    }

    /// Marks that mean the same when the words are read again.
    pub(super) fn as_text(self) -> &'static str {
        if self.has(Gap::SLASH) {
            "/"
        } else if self.has(Gap::COMMA) {
            ", "
        } else if self.has(Gap::AND) {
            " & "
        } else if self.has(Gap::HYPHEN) {
            "-"
        } else if self.has(Gap::APOSTROPHE) {
            "'"
        } else {
            " "
        }
    }

    fn of(b: u8) -> Gap {
        match b {
            b'-' => Gap::HYPHEN,
            b'\'' | b'`' => Gap::APOSTROPHE,
            b'/' | b'\\' => Gap::SLASH,
            b'.' => Gap::DOT,
            b',' | b';' | b':' => Gap::COMMA,
            b'\n' | b'|' => Gap::LINE,
            b'(' | b'[' => Gap::OPEN,
            b')' | b']' => Gap::CLOSE,
            b'&' | b'+' => Gap::AND,
            _ => Gap::SPACE,
        }
    }
}

/// A run of letters and digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token<'a> {
    pub(super) text: &'a str,
    pub(super) gap: Gap,
}

impl Token<'_> {
    pub(super) fn is_digits(&self) -> bool {
        self.text.bytes().all(|b| b.is_ascii_digit())
    }

    pub(super) fn is_letter(&self) -> bool {
        self.text.len() == 1 && self.text.as_bytes().iter().all(u8::is_ascii_uppercase)
    }
}

/// The words of a folded text. `N°` before digits is dropped here wherever it stands, `NO` where a number is due: at
/// the beginning of a part, and behind BP, CS, TSA.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tokens<'a> {
    rest: &'a str,
    begins: bool,
    in_box: bool,
}

impl<'a> Tokens<'a> {
    #[inline]
    pub(super) fn new(folded: &'a str) -> Tokens<'a> {
        Tokens { rest: folded, begins: true, in_box: false }
    }

    /// What has not been read yet.
    pub(super) fn rest(&self) -> &'a str {
        self.rest
    }

    /// Whether words were read before, and the last of them announces no number.
    pub(super) fn goes_on(&self) -> bool {
        !self.begins && !self.in_box
    }

    pub(super) fn peek(&self) -> Option<Token<'a>> {
        let mut tokens = *self;
        tokens.next()
    }

    /// The first two bytes of the next run of letters and digits, 0 for none: a look that costs less than a word.
    #[inline]
    pub(super) fn ahead(&self) -> (u8, u8) {
        let is_word = |b: &u8| WORD[*b as usize];
        let mut bytes = self.rest.bytes().skip_while(|b| !is_word(b)).take_while(is_word);
        (bytes.next().unwrap_or(0), bytes.next().unwrap_or(0))
    }

    #[inline]
    fn read(&mut self) -> Option<Token<'a>> {
        let bytes = self.rest.as_bytes();
        let mut gap = Gap::default();
        let mut from = 0;
        while let Some(&b) = bytes.get(from) {
            if WORD[b as usize] {
                break;
            }
            gap = gap.or(if b == b' ' { Gap::SPACE } else { Gap::of(b) });
            from += 1;
        }
        let length = bytes.get(from..)?.iter().take_while(|b| WORD[**b as usize]).count();
        let text = self.rest.get(from..from + length)?;
        self.rest = self.rest.get(from + length..)?;
        if text.is_empty() { None } else { Some(Token { text, gap }) }
    }

    /// Whether the word just read is a mark of number: `N°` or `NO` with digits after it.
    #[inline]
    fn marks_number(&self, token: Token<'_>) -> bool {
        match token.text {
            "NO" if self.begins || token.gap.has(Gap::LINE.or(Gap::COMMA)) => {}
            "N" | "NO" if self.in_box => {}
            "N" if self.rest.as_bytes().first() == Some(&DEGREE) => {}
            _ => return false,
        }
        let next = self.rest.bytes().find(|b| WORD[*b as usize]);
        next.is_some_and(|b| b.is_ascii_digit())
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    #[inline]
    fn next(&mut self) -> Option<Token<'a>> {
        let mut token = self.read()?;
        while token.text.as_bytes().first() == Some(&b'N') && self.marks_number(token) {
            let gap = token.gap;
            token = self.read()?;
            token.gap = gap.or(Gap::SPACE);
        }
        self.begins = false;
        self.in_box = matches!(token.text, "BP" | "CS" | "TSA");
        Some(token)
    }
}

/// Letters, digits, and every byte of a letter without an ASCII form.
const WORD: [bool; 256] = {
    let mut t = [false; 256];
    let mut b = 0;
    while b < 256 {
        t[b] = (b as u8).is_ascii_uppercase() || (b as u8).is_ascii_digit() || b >= 0x80;
        b += 1;
    }
    t
};

#[cfg(test)]
mod tests {
    use super::*;

    fn words(s: &str) -> Vec<&str> {
        Tokens::new(s).map(|t| t.text).collect()
    }

    #[test]
    fn marks_of_number_go_before_digits_only() {
        assert_eq!(words("N~ 12 RUE DE L'EGLISE"), ["12", "RUE", "DE", "L", "EGLISE"]);
        assert_eq!(words("NO 12, NO NAME, RN 7, N 12"), ["12", "NO", "NAME", "RN", "7", "N", "12"]);
        assert_eq!(words("BP N~.12, CS NO 12345"), ["BP", "12", "CS", "12345"]);
        assert_eq!(words("CHEMIN NO 126, RUE N~ 5"), ["CHEMIN", "NO", "126", "RUE", "5"]);
        assert_eq!(words("NO"), ["NO"]);
        assert_eq!(words(" - "), Vec::<&str>::new());
    }

    #[test]
    fn gaps_tell_what_stood_between() {
        let gaps: Vec<Gap> = Tokens::new("A-B - C, D\nE").map(|t| t.gap).collect();
        assert!(gaps[1].has(Gap::HYPHEN) && !gaps[1].is_dash());
        assert!(gaps[2].is_dash());
        assert!(gaps[3].has(Gap::COMMA) && gaps[4].has(Gap::LINE));
    }
}
