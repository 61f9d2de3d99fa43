//! What stands around the figures of an amount: signs, brackets, currencies, labels, multipliers.

use super::figures::{Figures, blanks, is_figure};
use super::{Currency, Read};
use crate::normalize::text::{fold_upper_into, is_blank};
use crate::normalize::{Code, Codes, Context};
use crate::reference::vocabulary::{AmountWord, CurrencySign};

/// A sign, name or label has at most this many words.
const PHRASE: usize = 3;

/// Reads a cleaned text with one amount in it.
pub(super) fn read(clean: &str, cx: &Context, codes: &mut Codes) -> Result<Read, Code> {
    if clean.contains(['%', '\u{2030}']) {
        return Err(Code::NotAnAmount);
    }
    if is_scientific(clean) {
        return Err(Code::ExcelScientific);
    }
    let text = clean.as_bytes();
    let mut figures = Figures::new();
    let scanned = start(text).and_then(|at| Some((at, figures.scan(text, at)?)));
    let Some((start, end)) = scanned else {
        let letters = clean.chars().any(char::is_alphabetic);
        return Err(if letters { Code::NotAnAmount } else { Code::BadFormat });
    };
    let mut around = Around::new(cx, figures);
    around.before(clean.get(..start).unwrap_or_default());
    around.after(clean, end);
    around.finish(codes)
}

/// Where the figures begin: at the first figure, or at a decimal mark before it that ends no word (`Rs.500`).
fn start(text: &[u8]) -> Option<usize> {
    let figure = text.iter().position(u8::is_ascii_digit)?;
    let Some(mark) = figure.checked_sub(1).filter(|at| matches!(text.get(*at), Some(b'.' | b','))) else {
        return Some(figure);
    };
    let ends_word = mark
        .checked_sub(1)
        .and_then(|at| text.get(at))
        .is_some_and(|c| c.is_ascii_alphabetic() || *c == b'/');
    Some(if ends_word { figure } else { mark })
}

/// A number as a spreadsheet shortens it, alone in the text.
fn is_scientific(text: &str) -> bool {
    let Some((head, tail)) = text.split_once(['E', 'e']) else { return false };
    let head = head.trim_start_matches(['-', '+', '\u{2212}']);
    let power = tail.strip_prefix(['+', '-']).unwrap_or(tail);
    let figures = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    let (whole, decimals) = head.split_once([',', '.']).unwrap_or((head, "0"));
    figures(power) && figures(whole) && figures(decimals)
}

/// What was found on both sides of the figures.
struct Around<'a> {
    cx: &'a Context,
    own: Currency,
    figures: Figures,
    /// The currency, with the form it was found under.
    currency: Option<(CurrencySign, String)>,
    hundredths: bool,
    times: Option<u8>,
    tax: Option<&'static str>,
    signs: usize,
    opened: usize,
    closed: usize,
    /// First reason to refuse; letters left outweigh the shape.
    letters_left: bool,
    misshapen: bool,
    /// Decimals were read after the currency; only the name of hundredths may follow.
    decimals_read: bool,
    labelled: bool,
    substituted: bool,
    mojibake: bool,
    key: String,
}

impl<'a> Around<'a> {
    fn new(cx: &'a Context, figures: Figures) -> Around<'a> {
        Around {
            cx,
            own: Currency::of_region(cx.region),
            figures,
            currency: None,
            hundredths: false,
            times: None,
            tax: None,
            signs: 0,
            opened: 0,
            closed: 0,
            letters_left: false,
            misshapen: false,
            decimals_read: false,
            labelled: false,
            substituted: false,
            mojibake: false,
            key: String::new(),
        }
    }

    fn finish(self, codes: &mut Codes) -> Result<Read, Code> {
        let balanced = self.opened == self.closed && self.opened <= 1;
        if self.letters_left || (self.times.is_some() && self.currency.is_none()) {
            return Err(Code::NotAnAmount);
        }
        if self.misshapen || !balanced || self.signs + self.opened > 1 {
            return Err(Code::BadFormat);
        }
        let steps = [
            (self.labelled, Code::LabelRemoved),
            (self.mojibake, Code::MojibakeRepaired),
            (self.figures.gap, Code::WhitespaceRemoved),
            (self.substituted, Code::CharSubstituted),
        ];
        steps.into_iter().filter(|(done, _)| *done).for_each(|(_, code)| codes.push(code));
        Ok(Read {
            figures: self.figures,
            negative: self.signs + self.opened == 1,
            currency: self.currency.map(|(sign, _)| sign.currency),
            hundredths: self.hundredths,
            times: self.times.map_or(0, u32::from),
            tax: self.tax,
        })
    }

    /// Everything before the figures.
    fn before(&mut self, text: &str) {
        let mut at = 0;
        while let Some(c) = text.get(at..).and_then(|t| t.chars().next()) {
            match c {
                _ if is_blank(c) => at += c.len_utf8(),
                '+' => at += 1,
                '(' => (self.opened, at) = (self.opened + 1, at + 1),
                ':' | '=' if self.labelled => at += 1,
                _ => at = self.sign_or_words(text, at, c),
            }
        }
    }

    /// Everything after the figures, from a place of the whole text.
    fn after(&mut self, text: &str, mut at: usize) {
        while let Some(c) = text.get(at..).and_then(|t| t.chars().next()) {
            match c {
                _ if is_blank(c) => at += c.len_utf8(),
                '0'..='9' => at = self.decimals(text.as_bytes(), at),
                ')' => (self.closed, at) = (self.closed + 1, at + 1),
                // A hyphen of `12-euro` is no minus, and a minus stands apart from a name.
                '-' if text.as_bytes().get(at + 1).is_some_and(u8::is_ascii_alphabetic) => {
                    (self.misshapen, at) = (true, at + 1);
                }
                // A footnote's mark.
                '*' => (self.substituted, at) = (true, at + 1),
                _ => at = self.sign_or_words(text, at, c),
            }
        }
    }

    fn sign_or_words(&mut self, text: &str, at: usize, c: char) -> usize {
        match c {
            '-' | '\u{2212}' => self.signs += 1,
            // A dash that a word processor made of a minus.
            '\u{2013}' | '\u{2014}' => {
                self.signs += 1;
                self.substituted = true;
            }
            _ => return self.words(text, at),
        }
        at + c.len_utf8()
    }

    /// Figures after a currency are its decimals, two of them: `12€50`, `15 dollars 50`.
    fn decimals(&mut self, text: &[u8], at: usize) -> usize {
        let end = at + text.get(at..).unwrap_or_default().iter().take_while(|c| c.is_ascii_digit()).count();
        let fits = self.currency.is_some()
            && !self.decimals_read
            && end - at == 2
            && !matches!(text.get(end), Some(b'.' | b',') if is_figure(text, end + 1))
            && self.figures.may_take_decimals()
            && self.figures.push_decimals(at, 2).is_some();
        self.misshapen |= !fits;
        self.decimals_read = true;
        end
    }

    /// Reads the longest known phrase at a place, or part of one word; the place after it.
    fn words(&mut self, text: &str, at: usize) -> usize {
        let mut ends = [at; PHRASE];
        let mut known = 0;
        let mut next = at;
        for slot in &mut ends {
            let end = word_end(text, next);
            if end == next {
                break;
            }
            *slot = end;
            known += 1;
            next = blanks(text.as_bytes(), end);
        }
        let Some(first) = ends.first().copied().filter(|end| *end > at) else {
            // A character that belongs to no word.
            self.misshapen = true;
            return at + text.get(at..).and_then(|t| t.chars().next()).map_or(1, char::len_utf8);
        };
        for end in ends.iter().take(known).rev() {
            if self.take(text.get(at..*end).unwrap_or_default()) {
                return *end;
            }
        }
        let word = text.get(at..first).unwrap_or_default();
        // A sign written against a word (`€HT`, `k€`) or a multiplier against a code (`MUSD`).
        let letters_only = word.chars().all(char::is_alphabetic);
        for (split, _) in word.char_indices().skip(1).collect::<Vec<_>>().into_iter().rev() {
            let (head, tail) = word.split_at(split);
            let parts = match self.means(head) {
                Some(Meaning::Word(AmountWord::Times(_))) => true,
                Some(_) => !letters_only,
                None => false,
            };
            if parts && self.means(tail).is_some() {
                self.take(head);
                self.take(tail);
                return first;
            }
        }
        if word.chars().any(char::is_alphabetic) {
            self.letters_left = true;
        } else {
            self.misshapen = true;
        }
        first
    }

    fn means(&mut self, phrase: &str) -> Option<Meaning> {
        self.key.clear();
        fold_upper_into(phrase, &mut self.key);
        self.key.retain(|c| !matches!(c, '.' | '-' | '\u{b7}') && !is_blank(c));
        if self.key.is_empty() {
            return None;
        }
        let tables = &self.cx.tables.vocabulary;
        if let Some(sign) = tables.currency(&mut self.key, self.own) {
            return Some(Meaning::Currency(sign));
        }
        tables.amount_word(&self.key).map(Meaning::Word)
    }

    /// Whether a phrase is known; what it says is noted.
    fn take(&mut self, phrase: &str) -> bool {
        match self.means(phrase) {
            None => return false,
            Some(Meaning::Currency(sign)) => {
                self.mojibake |= phrase == "\u{e2}\u{201a}\u{ac}";
                self.currency_found(sign);
            }
            Some(Meaning::Word(word)) => match word {
                AmountWord::Label => self.labelled = true,
                AmountWord::WithTax | AmountWord::WithoutTax => {
                    self.labelled = true;
                    self.tax = Some(if word == AmountWord::WithTax { "ttc" } else { "ht" });
                }
                AmountWord::Link if self.times.is_some() => {}
                AmountWord::Times(power) if self.times.is_none() => self.times = Some(power),
                AmountWord::TimesInEnglish(power) if self.times.is_none() && self.writes_english() => {
                    self.times = Some(power);
                }
                _ => return false,
            },
        }
        true
    }

    fn writes_english(&self) -> bool {
        matches!(&self.cx.region.bytes(), b"US" | b"GB" | b"IE" | b"AU" | b"NZ")
    }

    fn currency_found(&mut self, sign: CurrencySign) {
        if self.decimals_read {
            // `10 $ 30 cents`, and nothing else, after the decimals.
            self.misshapen |= !sign.hundredth;
            return;
        }
        let tables = &self.cx.tables.vocabulary;
        self.currency = match self.currency.take() {
            None => {
                self.hundredths = sign.hundredth;
                Some((sign, self.key.clone()))
            }
            Some((before, key)) => {
                // Of `CAD $` the sign that only one currency has says which it is.
                let agree = if before.shared {
                    tables.may_mean(&key, sign.currency)
                } else {
                    before.currency == sign.currency
                        || (sign.shared && tables.may_mean(&self.key, before.currency))
                };
                self.misshapen |= !agree || before.hundredth != sign.hundredth;
                Some(if before.shared { (sign, self.key.clone()) } else { (before, key) })
            }
        };
    }
}

enum Meaning {
    Currency(CurrencySign),
    Word(AmountWord),
}

/// Where the word at a place ends: at a blank, a figure, a sign or a bracket.
fn word_end(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    let ends = |c: char| {
        is_blank(c)
            || c.is_ascii_digit()
            || matches!(c, '(' | ')' | '*' | '+' | '-' | ':' | '=' | '\u{2013}' | '\u{2014}' | '\u{2212}')
    };
    at + rest.find(ends).unwrap_or(rest.len())
}
