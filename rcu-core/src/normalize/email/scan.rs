//! The syntax of an address in ASCII: which characters and lengths each part may have. No quoted local part and no
//! address literal (`domain.md` §2.2); otherwise RFC 5321 §4.1.2 and the letter-digit-hyphen rule of RFC 1034 §3.5.

const LOCAL: u8 = 1;
const LETTER: u8 = 2;
const DIGIT_OR_HYPHEN: u8 = 4;

/// What each byte may be part of; upper-case letters are in none, since a part is checked in lower case.
static CLASS: [u8; 256] = {
    let mut class = [0; 256];
    let mut b = 0;
    while b < 256 {
        let c = b as u8;
        if c.is_ascii_lowercase() {
            class[b] = LOCAL | LETTER;
        } else if c.is_ascii_digit() || c == b'-' {
            class[b] = LOCAL | DIGIT_OR_HYPHEN;
        }
        b += 1;
    }
    let others = b"!#$%&'*+/=?^_{}~`|.";
    let mut i = 0;
    while i < others.len() {
        class[others[i] as usize] = LOCAL;
        i += 1;
    }
    class
};

/// Longest local part, label and address.
const MAX_LOCAL: usize = 64;
const MAX_LABEL: usize = 63;
pub(super) const MAX_ADDRESS: usize = 254;

/// Writes `raw` in lower case to `text` and gives the place of its `@`, when it is a sound address that needs no
/// repair; otherwise leaves `text` empty.
#[inline]
pub(super) fn everyday(raw: &str, text: &mut String) -> Option<usize> {
    let raw = raw.trim_ascii();
    if raw.len() > MAX_ADDRESS {
        return None;
    }
    text.push_str(raw);
    text.make_ascii_lowercase();
    let at = sound(text.as_bytes());
    if at.is_none() {
        text.clear();
    }
    at
}

#[inline]
fn sound(text: &[u8]) -> Option<usize> {
    let at = local_end(text)?;
    if text.get(at) != Some(&b'@') || text.starts_with(b"www.") {
        return None;
    }
    is_domain(&text[at + 1..], false).then_some(at)
}

/// Where the local part at the start of `text` ends: `None` when it is empty, too long, or has a dot that is first,
/// last or beside another.
#[inline]
fn local_end(text: &[u8]) -> Option<usize> {
    let mut before = b'.';
    let mut dots_touch = false;
    let mut end = text.len();
    for (i, b) in text.iter().enumerate() {
        if CLASS[usize::from(*b)] & LOCAL == 0 {
            end = i;
            break;
        }
        dots_touch |= *b == b'.' && before == b'.';
        before = *b;
    }
    (!dots_touch && before != b'.' && end <= MAX_LOCAL).then_some(end)
}

/// Whether a text in lower case is a sound local part.
pub(super) fn is_local(local: &[u8]) -> bool {
    local_end(local) == Some(local.len())
}

/// Whether a text in lower case is a sound domain. A-labels (`xn--`), the only ones with two hyphens in a row that
/// matter, are left to the caller: refused unless `a_labels` says that they have been decoded.
#[inline]
pub(super) fn is_domain(domain: &[u8], a_labels: bool) -> bool {
    let mut label = 0;
    // Classes seen in the label at hand; a hyphen must not be its first or last character.
    let mut seen = 0;
    let mut before = b'.';
    let mut labels = 1;
    for b in domain {
        let class = CLASS[usize::from(*b)] & (LETTER | DIGIT_OR_HYPHEN);
        if class == 0 {
            if *b != b'.' || before == b'.' || before == b'-' || label > MAX_LABEL {
                return false;
            }
            (label, seen, before) = (0, 0, b'.');
            labels += 1;
            continue;
        }
        if *b == b'-' && (before == b'.' || before == b'-' && !a_labels) {
            return false;
        }
        seen |= class;
        before = *b;
        label += 1;
    }
    let tld = domain.get(domain.len() - label..).unwrap_or_default();
    labels >= 2
        && (2..=MAX_LABEL).contains(&label)
        && before != b'-'
        && (seen == LETTER || a_labels && tld.starts_with(b"xn--"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everyday_addresses_pass_and_others_do_not() {
        let mut text = String::new();
        assert_eq!(everyday(" Marie.DUPONT@Free.FR\t", &mut text), Some(12));
        assert_eq!(text, "marie.dupont@free.fr");
        for odd in [
            "",
            "@",
            "a@",
            "@b.fr",
            "a@b",
            "a@@b.fr",
            "a@b@c.fr",
            ".a@b.fr",
            "a.@b.fr",
            "a..b@c.fr",
            "a b@c.fr",
            "a@b..fr",
            "a@-b.fr",
            "a@b-.fr",
            "a@.b.fr",
            "a@b.fr.",
            "a@b.f",
            "a@b.c0m",
            "a@b_c.fr",
            "www.a@b.fr",
            "a@xn--b.fr",
            "é@b.fr",
            "a@b.fr-",
            "\"a\"@b.fr",
            "a@[1.2.3.4]",
        ] {
            text.clear();
            assert_eq!(everyday(odd, &mut text), None, "{odd}");
            assert!(text.is_empty());
        }
    }

    #[test]
    fn lengths_hold_to_the_letter() {
        let (a63, a64) = ("a".repeat(63), "a".repeat(64));
        let sound = |s: String| everyday(&s, &mut String::new()).is_some();
        assert!(sound(format!("{a64}@b.fr")) && !sound(format!("a{a64}@b.fr")));
        assert!(sound(format!("a@{a63}.fr")) && !sound(format!("a@{a64}.fr")));
        assert!(sound(format!("a@b.{a63}")) && !sound(format!("a@b.{a64}")));
        let long = format!("{a64}@{a63}.{a63}.{}", "a".repeat(61));
        assert_eq!(long.len(), 254);
        assert!(sound(long.clone()) && !sound(long + "a"));
    }

    #[test]
    fn a_labels_pass_once_decoded() {
        assert!(is_domain(b"xn--socit-esab.fr", true) && is_domain(b"a.xn--p1ai", true));
        assert!(!is_domain(b"a.p1ai", true) && !is_domain(b"xn--socit-esab.fr", false));
    }
}
