//! Yes and no, and the state of a consent (`domain.md` §2.8).

use super::key::join_folded;
use crate::normalize::text::is_null_literal;
use crate::normalize::{Code, Context, Output, begin};

/// Writes `true` or `false`; R `unknown_value` for a word that says neither.
pub fn normalize_boolean(raw: &str, _cx: &Context, out: &mut Output) {
    choose(raw, out, |word| yes_or_no(word).map(|yes| if yes { "true" } else { "false" }));
}

/// Writes `granted`, `denied` or `withdrawn`; R `unknown_value` for another word. An empty cell stays empty: nothing
/// was said, which is no consent.
pub fn normalize_consent(raw: &str, _cx: &Context, out: &mut Output) {
    choose(raw, out, |word| match word {
        "OPTIN" | "ACCEPTE" | "ACCEPTEE" | "ABONNE" | "ABONNEE" | "INSCRIT" | "INSCRITE" | "GRANTED" => {
            Some("granted")
        }
        "OPTOUT" | "REFUSE" | "REFUSEE" | "STOP" | "DENIED" => Some("denied"),
        "DESABONNE" | "DESABONNEE" | "DESINSCRIT" | "DESINSCRITE" | "RETIRE" | "RETIREE" | "UNSUBSCRIBED"
        | "WITHDRAWN" => Some("withdrawn"),
        _ => yes_or_no(word).map(|yes| if yes { "granted" } else { "denied" }),
    });
}

fn yes_or_no(word: &str) -> Option<bool> {
    match word {
        "O" | "OUI" | "Y" | "YES" | "TRUE" | "VRAI" | "T" | "1" | "X" | "ON" => Some(true),
        "N" | "NON" | "NO" | "FALSE" | "FAUX" | "F" | "0" | "OFF" => Some(false),
        _ => None,
    }
}

fn choose(raw: &str, out: &mut Output, meaning: impl Fn(&str) -> Option<&'static str>) {
    let Some(clean) = begin(raw, out, is_null_literal) else { return };
    // The answer's place serves as the key's buffer; signs (`-1`, `1.0`) are no part of a word.
    let word = clean.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | ' '));
    let signed = clean.starts_with('-');
    if word && !signed {
        join_folded(&clean, &mut out.text);
    }
    let found = meaning(&out.text);
    out.text.clear();
    match found {
        Some(value) => out.text.push_str(value),
        None => out.code(Code::UnknownValue),
    }
}
