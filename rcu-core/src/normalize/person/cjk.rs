//! Places of the words of a Chinese, Japanese or Korean name.

use super::order::Setting;
use super::parse::Draft;
use super::script;
use super::token::Token;

/// Chinese, Japanese, Korean.
pub(super) fn assign<'t>(name: &[&'t Token<'t>], texts: &[&'t str], d: &mut Draft<'t>, s: &Setting) -> bool {
    if name.iter().any(|t| !script::is_cjk(t.text)) {
        return false;
    }
    let last = texts[texts.len() - 1];
    let (bare, honorific) = script::glued_honorific(last).unwrap_or((last, ""));
    match texts {
        [_] => {
            d.cut = Some(match script::split_korean(bare) {
                Some((family, given)) => (given, family, honorific),
                None if script::is_foreign(bare) => (bare, "", honorific),
                None => ("", bare, honorific),
            });
        }
        [first, ..] => {
            if let Some((family, given)) = script::split_korean(first).filter(|_| first.chars().count() > 2) {
                d.middle = name[1..].to_vec();
                d.cut = Some((given, family, ""));
                return true;
            }
            if script::family_first(texts) && !s.transcribed {
                d.family.push(name[0]);
                d.given.push(name[1]);
                d.middle = name[2..].to_vec();
                if !honorific.is_empty() && texts.len() == 2 {
                    d.given.clear();
                    d.cut = Some((bare, "", honorific));
                }
            } else {
                d.given.push(name[0]);
                d.middle = name[1..name.len() - 1].to_vec();
                d.cut = Some(("", bare, honorific));
            }
        }
        [] => {}
    }
    true
}
