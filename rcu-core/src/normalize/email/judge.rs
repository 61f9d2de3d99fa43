//! The verdict on a sound address: its domain settled, then what is refused and what is remarked upon.

use super::{domain, key, scan};
use crate::normalize::{Code, Context, Output};
use crate::reference::email::{Facts, Local};
use domain::Meant;

/// Judges the sound address in `out.text` whose `@` is at `at`.
#[inline]
pub(super) fn address(at: usize, cx: &Context, out: &mut Output) {
    let facts = cx.tables.email.facts(&out.text[at + 1..]);
    if facts.is_empty() {
        unknown_domain(at, true, cx, out);
    } else {
        verdict(at, facts, cx, out);
    }
}

/// The same for an address whose domain may be malformed.
pub(super) fn draft(at: usize, cx: &Context, out: &mut Output) {
    let facts = cx.tables.email.facts(&out.text[at + 1..]);
    if facts.is_empty() {
        let is_sound = scan::is_domain(&out.text.as_bytes()[at + 1..], true);
        unknown_domain(at, is_sound, cx, out);
    } else {
        verdict(at, facts, cx, out);
    }
}

#[inline(never)]
fn unknown_domain(at: usize, is_sound: bool, cx: &Context, out: &mut Output) {
    let t = &cx.tables.email;
    let typed = &out.text[at + 1..];
    match domain::meant(typed, t) {
        Some(Meant::Domain { domain, repaired, tld_added }) => {
            out.text.truncate(at + 1);
            out.text.push_str(domain);
            if repaired {
                out.code(Code::DomainRepaired);
            }
            if tld_added {
                out.code(Code::TldAdded);
            }
            let facts = t.facts(&out.text[at + 1..]);
            verdict(at, facts, cx, out);
            if out.value().is_none() {
                // The repair is not lost with the value: it may be what a person needs to see.
                let repaired = out.text.clone();
                out.extra("suggestion", repaired);
            }
            return;
        }
        Some(Meant::Ambiguous) => return out.code(Code::AmbiguousDomain),
        None => {}
    }
    if is_sound {
        let tld = typed.rfind('.').map_or(typed, |dot| &typed[dot + 1..]);
        if t.is_placeholder_tld(tld) {
            return verdict(at, Facts::PLACEHOLDER, cx, out);
        }
        if t.is_disposable(typed) {
            return verdict(at, Facts::DISPOSABLE, cx, out);
        }
    }
    let [a, b] = cx.region.bytes().map(|b| b.to_ascii_lowercase());
    // The United Kingdom alone has another TLD than its ISO code.
    let region = if [a, b] == *b"gb" { *b".uk" } else { [b'.', a, b] };
    let region = std::str::from_utf8(&region).unwrap_or_default();
    let suggestion =
        domain::suggestion(typed, t, region).map(|domain| format!("{}@{domain}", &out.text[..at]));
    if !is_sound {
        out.reset();
        out.code(Code::BadSyntax);
    } else if suggestion.is_some() {
        out.code(Code::DomainSuspect);
    }
    if let Some(suggestion) = suggestion {
        out.extra("suggestion", suggestion);
    }
    if is_sound {
        verdict(at, Facts::default(), cx, out);
    }
}

/// Refusals, of which the first decides, then remarks.
#[inline]
fn verdict(at: usize, facts: Facts, cx: &Context, out: &mut Output) {
    if facts.has(Facts::DISPOSABLE) {
        return out.code(Code::DisposableDomain);
    }
    let local = meaning(at, cx, out);
    if local == Some(Local::NoReply) {
        return out.code(Code::NoreplyAddress);
    }
    if local == Some(Local::Placeholder) || facts.has(Facts::PLACEHOLDER) {
        return out.code(Code::Placeholder);
    }
    if local == Some(Local::Role) {
        out.code(Code::RoleAddress);
    }
    if facts.is_remarkable() {
        if facts.has(Facts::DEAD) {
            out.code(Code::DeadDomain);
        }
        if facts.has(Facts::LEGACY) {
            out.code(Code::LegacyDomain);
        }
    }
}

/// What the local part says, as it is written or as the mailbox it is delivered to: `test+1` at Gmail is `test`, and
/// would become the key of strangers.
#[inline]
fn meaning(at: usize, cx: &Context, out: &Output) -> Option<Local> {
    let t = &cx.tables.email;
    let local = &out.text.as_bytes()[..at];
    if let Some(said) = t.local(local) {
        return Some(said);
    }
    t.local(key::mailbox(local, &out.text[at + 1..])?.as_bytes())
}
