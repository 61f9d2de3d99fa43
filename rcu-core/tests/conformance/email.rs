//! The e-mail suites: syntax (three), slips in domains (two), normal form (one), and real domains left alone (one, from
//! the shared reference tables).

use crate::suite::{Suite, cases, shared};
use rcu_core::normalize::{Class, Code, Context, Country, Kind, Normalized, Status, any, email, text};
use rcu_core::reference::{Tables, email::EmailTables};
use rcu_core::time::Day;
use serde_json::Value;

const OUTER_BLANKS: &str =
    "§2: outer whitespace, BOM, zero-width and control characters are always stripped silently, NFKC";
const NON_LATIN: &str = "§2.2: non-Latin local part R non_ascii_local";
const QUOTED: &str = "§2.2: no quoted string";
const WIDE_AT: &str = "§2.2: `＠` → `@`";
const FOLDED: &str = "§2.2: diacritics in local part folded";
const KEY: &str = "§2.2 Key: the providers merged and the tags dropped are those of this list";

fn context() -> Context {
    Context::new(Country::FR, Day::from_ymd(2026, 11, 21).expect("a day"))
}

pub fn suites() -> Vec<Suite> {
    if shared().is_none() {
        return Vec::new();
    }
    vec![isemail(), email_validator(), validatorjs(), mailcheck(), generated(), normal_form(), real_domains()]
}

fn suite(name: &'static str, target: &'static str) -> Suite {
    Suite {
        name,
        target,
        cases: 0,
        right: 0,
        wrong: 0,
        set_aside: Vec::new(),
        failures: Vec::new(),
        notes: Vec::new(),
    }
}

fn id(case: &Value) -> String {
    case["id"].as_str().unwrap_or("?").to_owned()
}

fn typed(case: &Value) -> &str {
    case["input"]["email"].as_str().unwrap_or_default()
}

/// Counts one answer; a wrong one is set aside when a line of `domain.md` decides it.
fn count(s: &mut Suite, right: bool, aside: Option<&'static str>, case: &Value, got: &Normalized) {
    s.cases += 1;
    match (right, aside) {
        (true, _) => s.right += 1,
        (false, Some(line)) => s.set_aside.push((id(case), line)),
        (false, None) => {
            s.wrong += 1;
            s.failures.push(format!("{} {:?} want {} got {got:?}", id(case), typed(case), case["expected"]));
        }
    }
}

/// Whether the syntax was sound as it was typed: a value, or a refusal for what the address is rather than for how it
/// is written, and no repair of the writing.
fn accepts(got: &Normalized) -> bool {
    let about_content = |c: &Code| {
        let refusal = matches!(c, Code::Placeholder | Code::DisposableDomain | Code::NoreplyAddress);
        let repair = matches!(c, Code::DomainRepaired | Code::DiacriticsFolded);
        refusal || repair || c.class() == Class::Inform
    };
    got.status != Status::Empty && got.codes.iter().all(about_content)
}

/// The line of `domain.md` by which a verdict deliberately differs.
fn syntax_aside(raw: &str, want: bool, got: &Normalized) -> Option<&'static str> {
    if want {
        return match raw {
            _ if raw.starts_with('"') => Some(QUOTED),
            _ if raw.contains('＠') => Some(WIDE_AT),
            _ if got.codes == [Code::NonAsciiLocal] => Some(NON_LATIN),
            _ => None,
        };
    }
    if got.codes.contains(&Code::DiacriticsFolded) {
        return Some(FOLDED);
    }
    (text::clean(raw) != raw).then_some(OUTER_BLANKS)
}

fn isemail() -> Suite {
    let mut s = suite("email_syntax_isemail", "everyday-valid and always-invalid >= 98 %");
    let cx = context();
    for case in cases(s.name) {
        let want = case["expected"]["valid_everyday"] == true;
        if !want && case["expected"]["invalid_always"] != true {
            continue; // "what lies between is a matter of policy" (its README)
        }
        let got = any(Kind::Email, typed(&case), &cx);
        count(&mut s, accepts(&got) == want, syntax_aside(typed(&case), want, &got), &case, &got);
    }
    s
}

fn email_validator() -> Suite {
    let mut s = suite("email_syntax_email_validator", ">= 95 %");
    let cx = context();
    for case in cases(s.name) {
        let function = case["note"].as_str().unwrap_or_default().split(':').next().unwrap_or_default();
        // Functions that switch on an option ("count those apart", its README).
        if ["quoted", "literal", "display_name", "empty_local", "test_environment"]
            .iter()
            .any(|o| function.contains(o))
        {
            continue;
        }
        let want = case["expected"]["valid"] == true;
        let got = any(Kind::Email, typed(&case), &cx);
        let mut right = accepts(&got) == want;
        if right && let (true, Some(value)) = (want, &got.value) {
            let domain = case["expected"]["domain"].as_str().unwrap_or_default();
            let domain = idna::domain_to_ascii(domain).unwrap_or_default();
            let local = case["expected"]["local_part"].as_str().unwrap_or_default().to_lowercase();
            right = *value == format!("{local}@{domain}");
        }
        count(&mut s, right, syntax_aside(typed(&case), want, &got), &case, &got);
    }
    s
}

fn validatorjs() -> Suite {
    let mut s = suite("email_syntax_validatorjs", "report");
    let cx = context();
    for case in cases(s.name).into_iter().filter(|c| c["input"]["options"].is_null()) {
        let want = case["expected"]["valid"] == true;
        let got = any(Kind::Email, typed(&case), &cx);
        count(&mut s, accepts(&got) == want, syntax_aside(typed(&case), want, &got), &case, &got);
    }
    s
}

/// The domain that the answer puts in place of the one typed, as a repair or as a suggestion.
fn proposed(raw: &str, got: &Normalized) -> Option<String> {
    let domain = |address: &str| address.rsplit_once('@').map(|(_, d)| d.to_owned());
    let suggested = got.extra.get("suggestion").and_then(|s| domain(s));
    suggested.or_else(|| repaired(raw, got))
}

fn repaired(raw: &str, got: &Normalized) -> Option<String> {
    let kept = got.value.as_deref()?.rsplit_once('@')?.1;
    let typed = raw.rsplit_once('@')?.1.to_lowercase();
    (kept != typed && idna::domain_to_ascii(&typed).ok().as_deref() != Some(kept)).then(|| kept.to_owned())
}

fn mailcheck() -> Suite {
    let mut s = suite("email_typo_mailcheck", "100 %");
    let mut cx = context();
    // The caller's own domains, which the origin's test passes as a list (its README names them).
    let mut tables = EmailTables::default();
    tables.add_providers(["emaildomain.com", "kicksend.com"]);
    cx.tables = Tables { email: tables, ..Tables::default() }.into();
    for case in cases(s.name) {
        let got = any(Kind::Email, typed(&case), &cx);
        let right = proposed(typed(&case), &got).as_deref() == case["expected"]["suggested_domain"].as_str();
        count(&mut s, right, None, &case, &got);
    }
    s
}

fn generated() -> Suite {
    let mut s = suite("email_typo_generated", ">= 97 %, no false repair");
    let cx = context();
    for case in cases(s.name) {
        let raw = typed(&case);
        let got = any(Kind::Email, raw, &cx);
        match case["expected"]["suggested_domain"].as_str() {
            Some(want) => count(&mut s, proposed(raw, &got).as_deref() == Some(want), None, &case, &got),
            None => {
                count(&mut s, repaired(raw, &got).is_none(), None, &case, &got);
                if let Some(domain) = proposed(raw, &got) {
                    s.failures.push(format!("(right, yet a suggestion) {raw} -> {domain}"));
                }
            }
        }
    }
    s
}

fn normal_form() -> Suite {
    let mut s = suite("email_normalize_validatorjs", "report, against email_key");
    let cx = context();
    for case in cases(s.name) {
        // An option that is switched off asks for another key than ours.
        let options = case["input"]["options"].as_object();
        if options.is_some_and(|o| o.values().any(|v| v == false)) {
            continue;
        }
        let got = any(Kind::EmailKey, typed(&case), &cx);
        let mut key = got.value.clone();
        if key.is_none() && accepts(&got) {
            // Refused for its local part (`test@`), which is not what this suite is about.
            let mut written = String::new();
            email::key_into(&typed(&case).to_lowercase(), &mut written);
            key = Some(written);
        }
        let want = case["expected"]["normalized"].as_str();
        let domain = typed(&case).rsplit_once('@').map_or("", |(_, d)| d).to_lowercase();
        let differs = ["yandex.", "yahoo.", "ymail.", "rocketmail.", "me.com", "mac.com", "ya.ru"];
        let aside = differs.iter().any(|d| domain.starts_with(d)).then_some(KEY);
        count(&mut s, key.as_deref() == want, aside, &case, &got);
    }
    s
}

/// Every provider and throw-away domain of the shared tables: none may be changed except by an order of `domain.md`.
fn real_domains() -> Suite {
    let mut s = suite("email_real_domains", "no false repair");
    let cx = context();
    let Some(shared) = shared() else { return s };
    let (mut suggested, mut ordered) = (0, 0);
    for file in ["email_providers.csv.gz", "disposable_domains.csv.gz"] {
        let path = shared.join("data/reference").join(file);
        let out = std::process::Command::new("gzip").arg("-dc").arg(&path).output();
        let Ok(out) = out else {
            s.failures.push(format!("{file}: SKIPPED, no gzip on this machine"));
            continue;
        };
        for line in String::from_utf8_lossy(&out.stdout).lines().skip(1) {
            let Some(domain) = line.split(',').next() else { continue };
            let raw = format!("jean.dupont@{domain}");
            let got = any(Kind::Email, &raw, &cx);
            s.cases += 1;
            let changed = repaired(&raw, &got);
            let by_order = changed.as_deref().is_some_and(|to| is_ordered(domain, to));
            ordered += usize::from(by_order);
            if changed.is_some() && !by_order {
                s.wrong += 1;
                s.failures.push(format!("{domain} -> {changed:?}"));
            } else {
                s.right += 1;
            }
            suggested += usize::from(got.extra.contains_key("suggestion") && changed.is_none());
        }
    }
    s.failures
        .push(format!("(right) {ordered} changed by order of domain.md; {suggested} with a suggestion"));
    s
}

/// Whether the lists of `domain.md` name the slip: the provider's name or TLD is replaced by one of them.
fn is_ordered(typed: &str, to: &str) -> bool {
    let t = EmailTables::default();
    let (Some((name, tld)), Some((to_name, to_tld))) = (typed.split_once('.'), to.split_once('.')) else {
        return false;
    };
    let Some((provider, slip)) = t.provider(name) else { return false };
    provider.under(to_tld) == Some(to)
        && (slip || name == to_name)
        && (tld == to_tld
            || t.tld_meant(tld) == Some(to_tld)
            || provider.instead_of(tld) == Some(to)
            || tld == format!("{to_tld}.{to_tld}"))
}
