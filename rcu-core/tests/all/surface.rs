//! `surface.json` lists the public functions of the three languages; this test holds Rust's to it, and the wrappers have
//! one each. In Rust it closes the rooms that people call by hand; a new public function there needs its line.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Uses every path, so that it exists and is public, and gives the paths as text.
macro_rules! surface {
    ($($path:path),+ $(,)?) => {{
        $({
            #[allow(unused_imports)]
            use $path as _;
        })+
        [$(stringify!($path).replace(' ', "")),+]
    }};
}

fn used() -> BTreeSet<String> {
    surface!(
        rcu_core::normalize::address::city::normalize,
        rcu_core::normalize::address::is_french,
        rcu_core::normalize::address::key::addr_key2_into,
        rcu_core::normalize::address::key::addr_key_into,
        rcu_core::normalize::address::key::normalize,
        rcu_core::normalize::address::key::normalize_weak,
        rcu_core::normalize::address::postcode::department,
        rcu_core::normalize::address::postcode::normalize,
        rcu_core::normalize::address::postcode_city::check,
        rcu_core::normalize::address::postcode_city::normalize,
        rcu_core::normalize::address::shorten::shorten,
        rcu_core::normalize::address::street::normalize,
        rcu_core::normalize::address::whole::normalize,
        rcu_core::normalize::address::whole::split,
        rcu_core::normalize::address::whole::split_into,
        rcu_core::normalize::address::whole::write,
        rcu_core::normalize::any,
        rcu_core::normalize::civility::gender_of,
        rcu_core::normalize::civility::normalize,
        rcu_core::normalize::column::normalize,
        rcu_core::normalize::company::company_key_into,
        rcu_core::normalize::company::normalize,
        rcu_core::normalize::company::normalize_key,
        rcu_core::normalize::company_id::normalize_iban,
        rcu_core::normalize::company_id::normalize_iban_mask,
        rcu_core::normalize::company_id::normalize_siren,
        rcu_core::normalize::company_id::normalize_siret,
        rcu_core::normalize::company_id::normalize_vat,
        rcu_core::normalize::date::normalize,
        rcu_core::normalize::date::normalize_birth,
        rcu_core::normalize::date::parse_birth_day,
        rcu_core::normalize::date::parse_day,
        rcu_core::normalize::date::parse_moment,
        rcu_core::normalize::email::key_into,
        rcu_core::normalize::email::normalize,
        rcu_core::normalize::email::normalize_key,
        rcu_core::normalize::into,
        rcu_core::normalize::loyalty::normalize,
        rcu_core::normalize::loyalty::normalize_ean13,
        rcu_core::normalize::loyalty::normalize_luhn,
        rcu_core::normalize::money::normalize,
        rcu_core::normalize::money::normalize_minor,
        rcu_core::normalize::money::parse,
        rcu_core::normalize::name::display_case,
        rcu_core::normalize::name::name_key_into,
        rcu_core::normalize::name::normalize_first,
        rcu_core::normalize::name::normalize_key,
        rcu_core::normalize::name::normalize_last,
        rcu_core::normalize::name::split_suffix,
        rcu_core::normalize::name::without_particles,
        rcu_core::normalize::person::gender_of,
        rcu_core::normalize::person::normalize,
        rcu_core::normalize::person::split,
        rcu_core::normalize::person::suffix_of,
        rcu_core::normalize::person::swap_if_misfiled,
        rcu_core::normalize::phone::normalize,
        rcu_core::normalize::phone::parse,
        rcu_core::normalize::phonetic::normalize_phonex,
        rcu_core::normalize::phonetic::normalize_soundex,
        rcu_core::normalize::phonetic::phonex_code,
        rcu_core::normalize::phonetic::phonex_into,
        rcu_core::normalize::phonetic::soundex_code,
        rcu_core::normalize::phonetic::soundex_into,
        rcu_core::normalize::text::clean,
        rcu_core::normalize::text::fold_char,
        rcu_core::normalize::text::fold_upper,
        rcu_core::normalize::text::fold_upper_into,
        rcu_core::normalize::text::is_blank,
        rcu_core::normalize::text::is_ignorable,
        rcu_core::normalize::text::is_null_literal,
        rcu_core::normalize::text::is_null_literal_in_name,
        rcu_core::normalize::vocabulary::normalize_boolean,
        rcu_core::normalize::vocabulary::normalize_consent,
        rcu_core::normalize::vocabulary::normalize_country,
        rcu_core::normalize::vocabulary::normalize_language,
        rcu_core::output::aggregates_of,
        rcu_core::output::figures,
        rcu_core::output::table,
        rcu_core::output::tables,
        rcu_core::output::written,
        rcu_core::record::check_entry,
        rcu_core::record::normalize_record,
        rcu_core::report::html,
        rcu_core::report::of_dossier,
        rcu_core::report::of_evaluation,
        rcu_core::report::of_explanation,
        rcu_core::report::of_person,
        rcu_core::resolve::check_sources,
        rcu_core::resolve::find_people,
        rcu_core::resolve::in_scene,
        rcu_core::resolve::match_records,
        rcu_core::resolve::obtain_model,
        rcu_core::resolve::resolve,
        rcu_core::resolve::train_model,
        rcu_core::resolve::weigh,
    )
    .into()
}

/// Rooms whose public functions are all listed.
const ROOMS: &[&str] = &["normalize", "record", "resolve", "output", "report"];

fn listed() -> BTreeSet<String> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/surface.json");
    let surface: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    surface["rust"]["functions"].as_array().unwrap().iter().map(|f| f.as_str().unwrap().to_owned()).collect()
}

/// Free public functions that a module of `src` shows: its own, those it hands on from private modules, and those of
/// its public modules.
fn shown(file: &Path, path: &str, found: &mut BTreeSet<String>) {
    let text = std::fs::read_to_string(file).unwrap();
    let is_mod = file.file_name().is_some_and(|f| f == "mod.rs");
    let folder: PathBuf = if is_mod { file.parent().unwrap().to_owned() } else { file.with_extension("") };
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("pub fn ") {
            let name = rest.split(['(', '<']).next().unwrap();
            found.insert(format!("{path}::{name}"));
        } else if let Some(name) = line.strip_prefix("pub mod ").and_then(|l| l.strip_suffix(';')) {
            let flat = folder.join(format!("{name}.rs"));
            let file = if flat.is_file() { flat } else { folder.join(name).join("mod.rs") };
            shown(&file, &format!("{path}::{name}"), found);
        } else if let Some(list) = line.strip_prefix("pub use ").and_then(|l| l.strip_suffix(';'))
            && let Some((_, names)) = list.rsplit_once("::")
        {
            // A name in small letters is a function here: modules are not handed on.
            for name in names.trim_matches(['{', '}']).split(',') {
                let name = name.split(" as ").last().unwrap().trim();
                if name.starts_with(|c: char| c.is_ascii_lowercase()) {
                    found.insert(format!("{path}::{name}"));
                }
            }
        }
    }
}

#[test]
fn every_listed_function_can_be_used() {
    assert_eq!(used(), listed());
}

#[test]
fn every_public_function_of_the_rooms_is_listed() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = BTreeSet::new();
    for room in ROOMS {
        let flat = src.join(format!("{room}.rs"));
        let file = if flat.is_file() { flat } else { src.join(room).join("mod.rs") };
        shown(&file, &format!("rcu_core::{room}"), &mut found);
    }
    let listed = listed();
    let of_rooms = |path: &&String| ROOMS.iter().any(|r| path.starts_with(&format!("rcu_core::{r}::")));
    // `into` is made by a macro, where no line shows it.
    let listed: BTreeSet<&String> =
        listed.iter().filter(of_rooms).filter(|p| *p != "rcu_core::normalize::into").collect();
    assert_eq!(found.iter().collect::<BTreeSet<_>>(), listed);
}
