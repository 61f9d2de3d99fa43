//! What a caller has to change. Bad data is a result (codes, rejects); a bad request is an [`Error`].

use std::fmt::Write as _;

/// One thing wrong in a configuration: where, what was found, what would be accepted.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct Problem {
    /// Path in the file: `sources.till.fields.email`, `passes[1].on[0]`.
    pub path: String,
    /// What is wrong and what would be accepted.
    pub reason: String,
}

impl Problem {
    /// A problem at a path.
    pub fn new(path: impl Into<String>, reason: impl Into<String>) -> Problem {
        Problem { path: path.into(), reason: reason.into() }
    }
}

/// A request that cannot be carried out as it stands. Messages never hold a cell's content.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The configuration has problems; all of them are listed.
    #[error("{}", list(.problems))]
    Config {
        /// Every problem found, in the order of the file.
        problems: Vec<Problem>,
    },
    /// The configuration's text is not TOML, YAML or JSON.
    #[error("config: not readable as {format}: {reason}")]
    ConfigSyntax {
        /// `TOML`, `YAML` or `JSON`.
        format: &'static str,
        /// The parser's message, with line and column.
        reason: String,
    },
    /// A column that the configuration names is not in the table.
    #[error("source `{source_name}`: column `{column}` is missing; the table has {present}")]
    MissingColumn {
        /// Source whose table was read.
        source_name: String,
        /// The column that the configuration names.
        column: String,
        /// The columns that are there.
        present: String,
    },
    /// Rows were given for a source that the configuration does not declare.
    #[error("source `{source_name}` is not declared; the configuration has {declared}")]
    UnknownSource {
        /// The source named by the caller.
        source_name: String,
        /// The sources that are declared.
        declared: String,
    },
    /// A source has no rows to read.
    #[error("source `{source_name}` has no input: {reason}")]
    NoInput {
        /// The source.
        source_name: String,
        /// Why.
        reason: String,
    },
    /// A normaliser kind of that name does not exist.
    #[error("kind `{kind}` does not exist{hint}")]
    UnknownKind {
        /// The name given.
        kind: String,
        /// A nearby name, as ` (did you mean `phone`?)`, or nothing.
        hint: String,
    },
    /// An argument out of its range.
    #[error("{argument}: {reason}")]
    Argument {
        /// Name of the argument.
        argument: String,
        /// What was found and what would be accepted.
        reason: String,
    },
    /// More than the engine can hold.
    #[error("{what} is more than this build can hold ({limit})")]
    TooLarge {
        /// What grew too large.
        what: String,
        /// The limit.
        limit: String,
    },
    /// A file or stream could not be read or written.
    #[error("{place}: {reason}")]
    Io {
        /// The source or output.
        place: String,
        /// What happened.
        reason: String,
    },
}

impl Error {
    /// Every code, so that each language can prove it knows them all.
    pub const ALL_CODES: &'static [&'static str] = &[
        "config",
        "config_syntax",
        "missing_column",
        "unknown_source",
        "no_input",
        "unknown_kind",
        "argument",
        "too_large",
        "io",
    ];

    /// A stable name, the same in every language.
    pub fn code(&self) -> &'static str {
        match self {
            Error::Config { .. } => "config",
            Error::ConfigSyntax { .. } => "config_syntax",
            Error::MissingColumn { .. } => "missing_column",
            Error::UnknownSource { .. } => "unknown_source",
            Error::NoInput { .. } => "no_input",
            Error::UnknownKind { .. } => "unknown_kind",
            Error::Argument { .. } => "argument",
            Error::TooLarge { .. } => "too_large",
            Error::Io { .. } => "io",
        }
    }

    /// The problems of a configuration; empty for other errors.
    pub fn problems(&self) -> &[Problem] {
        match self {
            Error::Config { problems } => problems,
            _ => &[],
        }
    }
}

fn list(problems: &[Problem]) -> String {
    let mut text = String::new();
    for (i, p) in problems.iter().enumerate() {
        if i > 0 {
            text.push('\n');
        }
        let _ = write!(text, "config at `{}`: {}", p.path, p.reason);
    }
    text
}

/// ` (did you mean `x`?)` for the known word nearest to `found`, or nothing when none is near.
pub fn did_you_mean<'a>(found: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let limit = (found.chars().count() / 3).max(1) + 1;
    let found_lower = found.to_lowercase();
    known
        .into_iter()
        .map(|k| (edit_distance(&found_lower, &k.to_lowercase()), k))
        .filter(|(d, _)| *d <= limit)
        .min()
        .map(|(_, k)| format!(" (did you mean `{k}`?)"))
        .unwrap_or_default()
}

/// Optimal string alignment distance: insert, delete, replace, swap neighbours. For short words.
fn edit_distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![vec![0usize; b.len() + 1]; a.len() + 1];
    for (i, row) in rows.iter_mut().enumerate() {
        row[0] = i;
    }
    rows[0] = (0..=b.len()).collect();
    for i in 1..=a.len() {
        for j in 1..=b.len() {
            let cost = usize::from(a[i - 1] != b[j - 1]);
            let mut d = (rows[i - 1][j] + 1).min(rows[i][j - 1] + 1).min(rows[i - 1][j - 1] + cost);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                d = d.min(rows[i - 2][j - 2] + 1);
            }
            rows[i][j] = d;
        }
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggests_the_nearest_word() {
        assert_eq!(did_you_mean("frist_name", ["last_name", "first_name"]), " (did you mean `first_name`?)");
        assert_eq!(did_you_mean("zzz", ["last_name", "first_name"]), "");
    }

    #[test]
    fn lists_every_problem() {
        let e = Error::Config { problems: vec![Problem::new("a", "x"), Problem::new("b[0]", "y")] };
        assert_eq!(e.to_string(), "config at `a`: x\nconfig at `b[0]`: y");
        assert!(Error::ALL_CODES.contains(&e.code()));
    }
}
