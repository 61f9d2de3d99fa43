//! Files of a plan's sources as inputs of the core.

mod csv;
mod jsonl;
mod parquet;

use rayon::prelude::*;
use rcu_core::Error;
use rcu_core::config::{Config, Family, Format, OBJECTIONS, Plan, SourcePlan, Syntax, Take};
use rcu_core::ingest::Input;
use rcu_core::table::Table;
use std::path::{Path, PathBuf};

/// Reads every source that has a path, paths being relative to `base`. Sources without a path are left to the caller.
///
/// # Errors
/// [`Error::NoInput`] for a file that is not there or is empty, [`Error::Io`] for one that cannot be read,
/// [`Error::MissingColumn`] when a CSV header lacks a mapped column.
pub fn read_sources(plan: &Plan, base: &Path) -> Result<Vec<Input>, Error> {
    read_files(base, plan.sources.iter())
}

/// Reads the sources that no rows were given for, paths being relative to `base`.
///
/// # Errors
/// [`Error::NoInput`] for a source that has neither rows nor a path; else see [`read_sources`].
pub fn read_others(plan: &Plan, base: &Path, given: &[&str]) -> Result<Vec<Input>, Error> {
    // What a repository keeps of its own is in no file.
    let is_given = |name: &str| given.contains(&name) || name == OBJECTIONS;
    let others = || plan.sources.iter().filter(|s| !is_given(&s.name));
    if let Some(source) = others().find(|s| s.spec.path.is_none()) {
        let reason = "it has no `path`, and no rows were given for it".to_owned();
        return Err(Error::NoInput { source_name: source.name.clone(), reason });
    }
    read_files(base, others())
}

/// Reads what customer records are made from: the sources of customers and of companies, and the stores, whose own e-mails and telephones are
/// nobody's. Paths are relative to `base`.
///
/// # Errors
/// See [`read_others`].
pub fn read_customers(plan: &Plan, base: &Path) -> Result<Vec<Input>, Error> {
    let facts: Vec<&str> = plan
        .sources
        .iter()
        .filter(|s| !matches!(s.family, Family::Customers | Family::Companies | Family::Stores))
        .map(|s| s.name.as_str())
        .collect();
    read_others(plan, base, &facts)
}

fn read_files<'a>(base: &Path, sources: impl Iterator<Item = &'a SourcePlan>) -> Result<Vec<Input>, Error> {
    let jobs: Vec<(&SourcePlan, PathBuf)> = sources
        .flat_map(|s| {
            s.spec.path.iter().flat_map(move |paths| paths.as_slice().iter().map(move |p| (s, base.join(p))))
        })
        .collect();
    let read: Result<Vec<Vec<Input>>, Error> = jobs
        .into_par_iter()
        .map(|(source, path)| match Pieces::open(source, &path)? {
            // Facts are many and their rows short: groups of rows keep their dictionaries and are read side by side.
            Some(pieces) if !matches!(source.family, Family::Customers | Family::Companies) => {
                (0..pieces.len()).into_par_iter().map(|i| pieces.read(i)).collect()
            }
            _ => read_file(source, &path).map(|i| vec![i]),
        })
        .collect();
    Ok(read?.into_iter().flatten().collect())
}

/// A file that can be read piece by piece, in any order.
pub struct Pieces {
    name: String,
    groups: parquet::Groups,
}

impl Pieces {
    /// Opens a Parquet file of a source; `None` for a file of another format, which is read whole.
    ///
    /// # Errors
    /// See [`read_sources`].
    pub fn open(source: &SourcePlan, path: &Path) -> Result<Option<Pieces>, Error> {
        if source.spec.format.unwrap_or_else(|| format_of(path)) != Format::Parquet {
            return Ok(None);
        }
        let place = check_file(source, path)?;
        let wanted = columns_of(source);
        let dialect =
            Dialect { source: &source.name, delimiter: None, encoding: None, wanted: Some(&wanted) };
        Ok(Some(Pieces { name: file_name(path), groups: parquet::Groups::open(&dialect, path, &place)? }))
    }

    /// Number of pieces.
    pub fn len(&self) -> usize {
        self.groups.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The rows of one piece.
    ///
    /// # Errors
    /// [`Error::Io`] when they cannot be read.
    pub fn read(&self, piece: usize) -> Result<Input, Error> {
        let mut input = self.groups.read(piece)?;
        input.files = vec![self.name.clone()];
        Ok(input)
    }
}

/// Whether a file can be read at all. Gives its name for messages.
fn check_file(source: &SourcePlan, path: &Path) -> Result<String, Error> {
    let place = format!("source `{}`, file `{}`", source.name, shown(path));
    if !path.exists() {
        return Err(Error::NoInput {
            source_name: source.name.clone(),
            reason: format!(
                "file `{}` does not exist; paths are relative to the configuration or to --input",
                shown(path)
            ),
        });
    }
    let io = |e: std::io::Error| Error::Io { place: place.clone(), reason: e.to_string() };
    if std::fs::metadata(path).map_err(io)?.len() == 0 {
        return Err(Error::NoInput {
            source_name: source.name.clone(),
            reason: format!("file `{}` is empty: not even a header line", shown(path)),
        });
    }
    Ok(place)
}

fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(|| shown(path), |n| n.to_string_lossy().into_owned())
}

/// Reads a configuration file, in the syntax that its ending promises, and the files that its lists name.
///
/// # Errors
/// [`Error::Io`] when it cannot be read; [`Error::Config`] for lists whose file cannot be; else those of
/// [`Config::parse`].
pub fn read_config(path: &Path) -> Result<Config, Error> {
    let text = std::fs::read_to_string(path).map_err(|e| Error::Io {
        place: format!("configuration `{}`", shown(path)),
        reason: e.to_string(),
    })?;
    let mut config = Config::parse(&text, Syntax::of_file_name(&path.to_string_lossy()))?;
    crate::config::read_files(&mut config, path.parent().unwrap_or(Path::new("")))?;
    Ok(config)
}

/// Reads one file of a source.
///
/// # Errors
/// See [`read_sources`].
pub fn read_file(source: &SourcePlan, path: &Path) -> Result<Input, Error> {
    let place = check_file(source, path)?;
    let io = |e: std::io::Error| Error::Io { place: place.clone(), reason: e.to_string() };
    let wanted = columns_of(source);
    let dialect = Dialect {
        source: &source.name,
        delimiter: source.spec.delimiter.as_deref().and_then(|d| d.bytes().next()),
        encoding: source.spec.encoding.as_deref(),
        wanted: Some(&wanted),
    };
    let format = source.spec.format.unwrap_or_else(|| format_of(path));
    let mut input = match format {
        Format::Csv => csv::read(&dialect, std::fs::read(path).map_err(io)?, &place)?,
        Format::Jsonl => jsonl::read(&dialect, std::fs::read(path).map_err(io)?)?,
        Format::Parquet => parquet::read(&dialect, path, &place)?,
    };
    let name = file_name(path);
    for r in &mut input.rejects {
        r.file.clone_from(&name);
    }
    input.files = vec![name];
    Ok(input)
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

/// How a file is written and which of its columns are read.
pub(crate) struct Dialect<'a> {
    /// Name for messages.
    pub source: &'a str,
    /// Separator of CSV; `None` to find it.
    pub delimiter: Option<u8>,
    /// Encoding label; `None` to find it.
    pub encoding: Option<&'a str>,
    /// Columns to read; `None` for all.
    pub wanted: Option<&'a [String]>,
}

/// Reads all columns of a CSV or Parquet file that no configuration describes (a truth file, a crosswalk).
///
/// # Errors
/// [`Error::Io`] when it cannot be read, or when some of its rows cannot.
pub fn read_table(path: &Path) -> Result<Table, Error> {
    let place = format!("file `{}`", shown(path));
    let name = shown(path);
    let dialect = Dialect { source: &name, delimiter: None, encoding: None, wanted: None };
    let io = |e: std::io::Error| Error::Io { place: place.clone(), reason: e.to_string() };
    let input = match format_of(path) {
        Format::Parquet => parquet::read(&dialect, path, &place)?,
        Format::Jsonl => jsonl::read(&dialect, std::fs::read(path).map_err(io)?)?,
        Format::Csv => csv::read(&dialect, std::fs::read(path).map_err(io)?, &place)?,
    };
    match input.rejects.first() {
        None => Ok(input.table),
        Some(r) => Err(Error::Io { place, reason: format!("line {}: {}", r.line, r.reason) }),
    }
}

/// Reads all columns of CSV that a caller has in hand, as the source separates it.
///
/// # Errors
/// [`Error::Argument`] when some of its rows cannot be read.
pub fn read_text(source: &SourcePlan, text: &str) -> Result<Table, Error> {
    let delimiter = source.spec.delimiter.as_deref().and_then(|d| d.bytes().next());
    let dialect = Dialect { source: &source.name, delimiter, encoding: Some("utf-8"), wanted: None };
    let input = csv::read(&dialect, text.as_bytes().to_vec(), "row")?;
    match input.rejects.first() {
        None => Ok(input.table),
        Some(r) => {
            Err(Error::Argument { argument: "row".into(), reason: format!("line {}: {}", r.line, r.reason) })
        }
    }
}

fn format_of(path: &Path) -> Format {
    match path.extension().map(|e| e.to_ascii_lowercase()).as_deref().and_then(|e| e.to_str()) {
        Some("parquet" | "pq") => Format::Parquet,
        Some("jsonl" | "ndjson" | "json") => Format::Jsonl,
        _ => Format::Csv,
    }
}

/// Columns that the configuration reads; the others stay in the file.
pub fn columns_of(source: &SourcePlan) -> Vec<String> {
    let mut names = vec![source.spec.id.clone()];
    for input in source.inputs.iter().chain(&source.updated_at) {
        match &input.take {
            Take::Column(c) => names.push(c.clone()),
            Take::Join(list) => names.extend(list.iter().cloned()),
            Take::Constant(_) => {}
        }
    }
    for c in source.spec.customer.iter().chain(&source.spec.account) {
        names.push(c.id.clone());
        names.extend(c.source_column.clone());
    }
    names.sort();
    names.dedup();
    names
}
