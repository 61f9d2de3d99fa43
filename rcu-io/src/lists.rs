//! An installation's own lists for callers that normalise values and have no plan: the `lists` part of a configuration
//! into tables.

use crate::config::read_files;
use rcu_core::Error;
use rcu_core::config::Config;
use rcu_core::lists::{ListsSpec, tables as compile};
use rcu_core::normalize::Country;
use rcu_core::reference::Tables;
use serde_json::{Value, json};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// Lists that were compiled lately, the latest last. Compiling takes milliseconds and a value less than one
/// microsecond, so the lists of one caller are compiled once, however many values are given with them.
static LATELY: Mutex<Vec<Compiled>> = Mutex::new(Vec::new());

/// How many are remembered.
const REMEMBERED: usize = 4;

struct Compiled {
    lists: Value,
    region: Country,
    /// What was read, when it names files: these may have changed since.
    read: Option<ListsSpec>,
    tables: Arc<Tables>,
}

/// The shipped tables with these lists. Files that they name are relative to the current folder; internal telephone
/// numbers are read under `region`.
///
/// # Errors
/// [`Error::Config`] with every problem, paths as in a configuration (`lists.titles`).
pub fn tables(lists: &Value, region: Country) -> Result<Arc<Tables>, Error> {
    let mut lately = LATELY.lock().unwrap_or_else(PoisonError::into_inner);
    let known = lately.iter().position(|c| c.region == region && c.lists == *lists);
    if let Some(at) = known
        && let Some(found) = lately.get(at).filter(|c| c.read.is_none())
    {
        return Ok(found.tables.clone());
    }
    let mut config = Config::from_value(json!({ "sources": {}, "lists": lists }))?;
    let names_files = !config.lists.files().is_empty();
    read_files(&mut config, Path::new(""))?;
    let read = config.lists;
    if let Some(at) = known
        && let Some(found) = lately.get(at).filter(|c| c.read.as_ref() == Some(&read))
    {
        return Ok(found.tables.clone());
    }
    let mut problems = Vec::new();
    let tables = compile(&read, region, &mut problems);
    if !problems.is_empty() {
        return Err(Error::Config { problems });
    }
    if let Some(at) = known.or((lately.len() == REMEMBERED).then_some(0)) {
        lately.remove(at);
    }
    let read = names_files.then_some(read);
    lately.push(Compiled { lists: lists.clone(), region, read, tables: tables.clone() });
    Ok(tables)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_lists_are_compiled_once() {
        let of = |word: &str| tables(&json!({ "company_words": [word] }), Country::FR).unwrap();
        let first = of("COMPILEDONCE");
        assert!(Arc::ptr_eq(&first, &of("COMPILEDONCE")));
        assert!(!Arc::ptr_eq(&first, &of("ANOTHER")));
    }

    #[test]
    fn a_file_that_changed_is_read_again() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("nobody.txt");
        let lists = json!({ "placeholder_names": { "file": file } });
        let knows = |name: &str| tables(&lists, Country::FR).unwrap().names.words().is_placeholder(name);
        std::fs::write(&file, "PERSONNE\n").unwrap();
        assert!(knows("PERSONNE") && !knows("QUELQU UN"));
        std::fs::write(&file, "QUELQU UN\n").unwrap();
        assert!(knows("QUELQU UN") && !knows("PERSONNE"));
    }

    #[test]
    fn a_list_that_is_none_is_said() {
        let Err(Error::Config { problems }) = tables(&json!({ "titels": {} }), Country::FR) else {
            panic!("no problem")
        };
        assert!(problems[0].path.starts_with("lists") && problems[0].reason.contains("titles"));
    }
}
