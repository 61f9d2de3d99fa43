//! The mailbox behind an address: what a provider ignores when it delivers (`domain.md` §2.2, "Key").

use crate::reference::email::cut;

/// What a provider ignores in an address.
#[derive(Debug, Clone, Copy)]
struct Rule {
    /// `+tag` at the end of the local part.
    tags: bool,
    /// Dots in the local part.
    dots: bool,
    /// The provider's main domain, when this is another name of it.
    domain: Option<&'static str>,
}

/// The rule for an address, `None` when it is its own key. Most are, and are known for it by their domain's first
/// letter and the want of a `+`.
#[inline]
fn rule(local: &[u8], domain: &str) -> Option<Rule> {
    let tagged = local.contains(&b'+');
    let keep = Rule { tags: tagged, dots: false, domain: None };
    match domain.as_bytes().first()? {
        b'g' => match domain {
            "gmail.com" if tagged || local.contains(&b'.') => Some(Rule { dots: true, ..keep }),
            "googlemail.com" => Some(Rule { dots: true, domain: Some("gmail.com"), ..keep }),
            _ => None,
        },
        b'm' | b'p' => match domain {
            "me.com" | "mac.com" => Some(Rule { domain: Some("icloud.com"), ..keep }),
            "protonmail.com" => Some(Rule { domain: Some("proton.me"), ..keep }),
            "msn.com" | "proton.me" | "protonmail.ch" if tagged => Some(keep),
            _ => None,
        },
        _ if !tagged => None,
        _ if domain == "icloud.com" => Some(keep),
        _ => match cut(domain, b'.') {
            // One mail service under the TLDs of many countries.
            Some(("hotmail" | "outlook" | "live", tld)) if is_national(tld) => Some(keep),
            _ => None,
        },
    }
}

/// `com`, a country's TLD, or `co.` or `com.` below one.
fn is_national(tld: &str) -> bool {
    let country = tld.strip_prefix("co.").or_else(|| tld.strip_prefix("com.")).unwrap_or(tld);
    tld == "com" || country.len() == 2
}

/// Appends the key of an already normalised address to `out`: without the `+tag` where the provider ignores it,
/// without dots at Gmail, under the provider's main domain. What is no address is appended as it is.
///
/// # Examples
/// ```
/// let mut key = String::new();
/// rcu_core::normalize::email::key_into("j.p.roy+promo@gmail.com", &mut key);
/// assert_eq!(key, "jproy@gmail.com");
/// ```
pub fn key_into(value: &str, out: &mut String) {
    let Some((local, domain)) = cut(value, b'@') else { return out.push_str(value) };
    let Some(rule) = rule(local.as_bytes(), domain) else { return out.push_str(value) };
    out.push_str(Mailbox::of(local.as_bytes(), rule).as_str());
    out.push('@');
    out.push_str(rule.domain.unwrap_or(domain));
}

/// Writes the key of an address that is not its own key to `out`, which is empty; `false`, with nothing written, when it is.
pub(crate) fn other_key_into(value: &str, out: &mut String) -> bool {
    let other = cut(value, b'@').is_some_and(|(local, domain)| rule(local.as_bytes(), domain).is_some());
    if other {
        key_into(value, out);
    }
    other && out != value
}

/// The same in place; nothing is touched when the address is its own key, and nothing allocated but for a value that
/// another provider's name lengthens.
pub(super) fn turn_into_key(text: &mut String) {
    let Some((local, domain)) = cut(text, b'@') else { return };
    let Some(rule) = rule(local.as_bytes(), domain) else { return };
    let mailbox = Mailbox::of(local.as_bytes(), rule);
    let at = local.len();
    if let Some(domain) = rule.domain {
        text.truncate(at + 1);
        text.push_str(domain);
    }
    text.replace_range(..at, mailbox.as_str());
}

/// The local part of the mailbox behind an address; `None` when it is the one written.
#[inline]
pub(super) fn mailbox(local: &[u8], domain: &str) -> Option<Mailbox> {
    Some(Mailbox::of(local, rule(local, domain)?))
}

/// A local part on the stack.
pub(super) struct Mailbox {
    len: usize,
    bytes: [u8; 64],
}

impl Mailbox {
    /// A tag at the very start is the whole name, and a dot right before one is not part of the mailbox.
    #[inline]
    fn of(local: &[u8], rule: Rule) -> Mailbox {
        let end = match local.iter().position(|b| *b == b'+') {
            Some(i) if rule.tags && i > 0 => i,
            _ => local.len(),
        };
        let mut mailbox = Mailbox { len: 0, bytes: [0; 64] };
        for b in local[..end].iter().filter(|b| !rule.dots || **b != b'.') {
            if let Some(slot) = mailbox.bytes.get_mut(mailbox.len) {
                *slot = *b;
                mailbox.len += 1;
            }
        }
        while end < local.len() && mailbox.as_bytes().ends_with(b".") {
            mailbox.len -= 1;
        }
        mailbox
    }

    #[inline]
    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }

    #[inline]
    fn as_str(&self) -> &str {
        std::str::from_utf8(self.as_bytes()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_name_the_mailbox() {
        for (value, want) in [
            ("j.p.roy+promo@googlemail.com", "jproy@gmail.com"),
            ("j.roy+a+b@hotmail.co.uk", "j.roy@hotmail.co.uk"),
            ("j.roy+a@live.fr", "j.roy@live.fr"),
            ("j.roy+a@live.entreprise.fr", "j.roy+a@live.entreprise.fr"),
            ("roy+a@mac.com", "roy@icloud.com"),
            ("roy@protonmail.com", "roy@proton.me"),
            ("j.roy+a@orange.fr", "j.roy+a@orange.fr"),
            ("+a@gmail.com", "+a@gmail.com"),
            ("roy.+a@outlook.fr", "roy@outlook.fr"),
            ("roy@wanadoo.fr", "roy@wanadoo.fr"),
        ] {
            let mut key = String::from(">");
            key_into(value, &mut key);
            assert_eq!(key[1..], *want, "{value}");
            let mut again = value.to_owned();
            turn_into_key(&mut again);
            assert_eq!(again, want);
            let (local, domain) = value.split_once('@').unwrap();
            let mailbox = mailbox(local.as_bytes(), domain);
            let mailbox = mailbox.as_ref().map_or(local.as_bytes(), Mailbox::as_bytes);
            assert_eq!(mailbox, want.split_once('@').unwrap().0.as_bytes());
        }
    }
}
