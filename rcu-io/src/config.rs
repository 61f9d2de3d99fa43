//! Configurations from files and texts, and the day of this machine: the core has neither.

use crate::clock::today;
use crate::encoding::decode;
use crate::read::{read_config, read_table};
use rcu_core::config::{Config, Plan, Syntax};
use rcu_core::matching::ruling::Rulings;
use rcu_core::survivorship::read_locks;
use rcu_core::time::Day;
use rcu_core::{Error, Problem};
use std::path::{Path, PathBuf};

/// Reads what a caller gave in one argument: the path of a file (one line that ends in `.toml`, `.yaml`, `.yml` or
/// `.json`) or a configuration's text. Also gives the folder that the paths in it are relative to.
///
/// # Errors
/// Those of [`read_config`]; a text is read as JSON when it begins with `{`, else as TOML, else as YAML.
pub fn open(path_or_text: &str) -> Result<(Config, PathBuf), Error> {
    if names_a_file(path_or_text) {
        let path = Path::new(path_or_text);
        return Ok((read_config(path)?, path.parent().map(PathBuf::from).unwrap_or_default()));
    }
    let mut config = parse_text(path_or_text)?;
    read_files(&mut config, Path::new(""))?;
    Ok((config, PathBuf::new()))
}

fn names_a_file(text: &str) -> bool {
    let ending = text.rsplit('.').next().map(str::to_ascii_lowercase);
    !text.contains('\n') && matches!(ending.as_deref(), Some("toml" | "yaml" | "yml" | "json"))
}

fn parse_text(text: &str) -> Result<Config, Error> {
    if text.trim_start().starts_with('{') {
        return Config::parse(text, Syntax::Json);
    }
    let toml = Config::parse(text, Syntax::Toml);
    match toml {
        // YAML takes nearly any text, so it only counts when the whole document is a configuration's shape.
        Err(Error::ConfigSyntax { .. }) if text.lines().any(|l| l.starts_with("sources:")) => {
            Config::parse(text, Syntax::Yaml)
        }
        other => other,
    }
}

/// Reads the files that a configuration names (lists, model, decisions, locks) and that were not read yet, relative to `base`,
/// and puts what they hold beside their names.
///
/// # Errors
/// [`Error::Config`] with every file that cannot be read.
pub fn read_files(config: &mut Config, base: &Path) -> Result<(), Error> {
    let mut problems = Vec::new();
    for list in config.lists.files().into_iter().filter(|l| l.text.is_none()) {
        let read = std::fs::read(base.join(list.file)).map_err(|e| e.to_string());
        let text = read.and_then(|bytes| {
            let decoded = decode(bytes, None, list.file).map_err(|e| e.to_string())?;
            String::from_utf8(decoded.bytes)
                .map_err(|_| "its text is neither UTF-8 nor Windows-1252".to_owned())
        });
        match text {
            Ok(text) => *list.text = Some(text),
            Err(reason) => {
                let reason = format!("`{}` cannot be read: {reason}", list.file);
                problems.push(Problem::new(list.at, reason));
            }
        }
    }
    if let (Some(file), None) = (&config.model.file, &config.model.text) {
        match std::fs::read_to_string(base.join(file)) {
            Ok(text) => config.model.text = Some(text),
            Err(e) => problems.push(Problem::new("model.file", format!("`{file}` cannot be read: {e}"))),
        }
    }
    if let (Some(file), true) = (&config.decisions, config.rulings.is_empty()) {
        let path = base.join(file);
        match read_table(&path).and_then(|table| Rulings::read(&table)) {
            Ok(rulings) => config.rulings = rulings,
            Err(e) => problems.push(Problem::new("decisions", e.to_string())),
        }
    }
    if let (Some(file), None) = (&config.survivorship.locks_file, &config.survivorship.file_locks) {
        match read_table(&base.join(file)).and_then(|table| read_locks(&table)) {
            Ok(locks) => config.survivorship.file_locks = Some(locks),
            Err(e) if e.problems().is_empty() => {
                problems.push(Problem::new("survivorship.locks_file", e.to_string()));
            }
            Err(e) => problems.extend(e.problems().iter().cloned()),
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(Error::Config { problems }) }
}

/// Compiles a configuration for a reference day: `as_of`, else the file's, else today.
///
/// # Errors
/// [`Error::Config`] with every problem.
pub fn plan(mut config: Config, as_of: Option<Day>) -> Result<Plan, Error> {
    if let Some(day) = as_of {
        config.rcu.as_of = Some(day.to_string());
    }
    Plan::compile(config, as_of.unwrap_or_else(today))
}

/// A day given by a caller as `YYYY-MM-DD`.
///
/// # Errors
/// [`Error::Argument`] naming `argument` when the text is no calendar day.
pub fn day(argument: &str, text: &str) -> Result<Day, Error> {
    Day::parse_iso(text).ok_or_else(|| Error::Argument {
        argument: argument.to_owned(),
        reason: "is not a calendar day; write it as 2026-11-21".into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_read_in_the_language_it_is_written_in() {
        let toml = "[sources.till]\nid = \"n\"\n";
        let yaml = "sources:\n  till:\n    id: n\n";
        let json = " {\"sources\": {\"till\": {\"id\": \"n\"}}}";
        for text in [toml, yaml, json] {
            let (config, base) = open(text).unwrap();
            assert_eq!((config.sources["till"].id.as_str(), base), ("n", PathBuf::new()));
        }
        assert_eq!(open("sources = [").unwrap_err().code(), "config_syntax");
    }

    #[test]
    fn lists_bring_the_text_of_their_files() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("c.toml");
        let lists =
            "[lists]\nplaceholder_names = { file = \"nobody.txt\" }\nepicene = { file = \"sexes.txt\" }\n";
        std::fs::write(&path, format!("[sources.till]\nid = \"n\"\n{lists}")).unwrap();
        std::fs::write(dir.path().join("nobody.txt"), b"# version 3\nCLIENT \xc9T\xc9\n").unwrap();
        let Error::Config { problems } = open(path.to_str().unwrap()).unwrap_err() else {
            panic!("another error")
        };
        assert_eq!(problems.len(), 1);
        assert_eq!(problems[0].path, "lists.epicene.file");
        std::fs::write(dir.path().join("sexes.txt"), "LOU\n").unwrap();
        let (config, _) = open(path.to_str().unwrap()).unwrap();
        let plan = plan(config, None).unwrap();
        assert!(
            plan.tables.names.words().is_placeholder("CLIENT ETE") && plan.tables.names.is_epicene("LOU")
        );
    }

    #[test]
    fn a_missing_file_is_said_as_such() {
        assert_eq!(open("not/there.toml").unwrap_err().code(), "io");
    }
}
