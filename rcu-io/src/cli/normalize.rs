//! `rcu normalize`

use super::Outcome;
use clap::Args as ClapArgs;
use rcu_core::Error;
use rcu_core::lists::tables;
use rcu_core::normalize::{Context, Kind, Normalized, Options, any};
use rcu_io::clock::today;
use rcu_io::config::day;
use rcu_io::read::read_config;
use std::io::{BufRead, Write};
use std::path::PathBuf;

/// Options of `rcu normalize`.
#[derive(Debug, ClapArgs)]
pub struct Args {
    /// The kind of value: phone, email, last_name, street, …
    kind: String,
    /// Values; none reads standard input line by line.
    values: Vec<String>,
    /// Country of the source, ISO 3166-1 alpha-2; by default that of the configuration, else FR.
    #[arg(long)]
    region: Option<String>,
    /// A configuration, for the installation's own lists and its region.
    #[arg(long)]
    config: Option<PathBuf>,
    /// The day on which ages and futures are judged, as 2026-11-21; by default today in Paris.
    #[arg(long)]
    as_of: Option<String>,
    /// The source's decimal separator, `.` or `,`.
    #[arg(long)]
    decimal_separator: Option<String>,
    /// Order of figures in dates: DMY (the default), MDY, YMD.
    #[arg(long)]
    date_order: Option<String>,
    /// Keep special-rate numbers (08…), as companies have.
    #[arg(long)]
    allow_special: bool,
    /// One JSON object a value.
    #[arg(long)]
    pub json: bool,
}

pub fn run(args: &Args) -> Result<Outcome, Error> {
    let kind = Kind::named(&args.kind)?;
    let cx = context(args)?;
    let mut out = std::io::stdout().lock();
    let io = |e: std::io::Error| Error::Io { place: "standard output".into(), reason: e.to_string() };
    let mut show = |raw: &str| -> Result<(), Error> {
        let n = any(kind, raw, &cx);
        let line = if args.json { serde_json::to_string(&n).unwrap_or_default() } else { plain(&n) };
        writeln!(out, "{line}").map_err(io)
    };
    if args.values.is_empty() {
        for line in std::io::stdin().lock().lines() {
            let line =
                line.map_err(|e| Error::Io { place: "standard input".into(), reason: e.to_string() })?;
            show(&line)?;
        }
    } else {
        args.values.iter().try_for_each(|v| show(v))?;
    }
    Ok(Outcome::Fine)
}

fn context(args: &Args) -> Result<Context, Error> {
    let config = args.config.as_deref().map(read_config).transpose()?;
    let region = match (&args.region, &config) {
        (Some(region), _) => region.as_str(),
        (None, Some(config)) => config.rcu.region.as_str(),
        (None, None) => "FR",
    };
    let as_of = args.as_of.as_deref().map(|text| day("--as-of", text)).transpose()?;
    let mut cx = Context::named(region, as_of.unwrap_or_else(today))?;
    cx.options =
        Options::named(args.decimal_separator.as_deref(), args.date_order.as_deref(), args.allow_special)?;
    if let Some(config) = config {
        let mut problems = Vec::new();
        cx.tables = tables(&config.lists, cx.region, &mut problems);
        if !problems.is_empty() {
            return Err(Error::Config { problems });
        }
    }
    Ok(cx)
}

fn plain(n: &Normalized) -> String {
    let codes: Vec<&str> = n.codes.iter().map(|c| c.name()).collect();
    let value = n.value.as_deref().unwrap_or("-").replace('\n', " | ");
    format!("{value}\t{}\t{}", n.status.name(), codes.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        args: Args,
    }

    fn value(line: &[&str]) -> Option<String> {
        let args = Line::parse_from([&["normalize"], line].concat()).args;
        any(Kind::named(&args.kind).unwrap(), &args.values[0], &context(&args).unwrap()).value
    }

    #[test]
    fn a_configuration_gives_its_lists_and_its_region() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("c.toml");
        std::fs::write(&path, "[rcu]\nregion = \"BE\"\n[lists]\ntitles = { SIEUR = \"M\" }\n[sources.s]\nid = \"id\"\nfields = { last_name = \"nom\" }\n").unwrap();
        let config = path.to_str().unwrap();
        assert_eq!(value(&["civility", "Sieur"]), None);
        assert_eq!(value(&["civility", "Sieur", "--config", config]).as_deref(), Some("M"));
        assert_eq!(value(&["postcode", "1050", "--config", config]).as_deref(), Some("1050"));
        assert_eq!(
            value(&["postcode", "1050", "--config", config, "--region", "FR"]).as_deref(),
            Some("01050")
        );
    }

    #[test]
    fn options_change_the_reading() {
        assert_eq!(value(&["date", "03/04/2020", "--date-order", "MDY"]).as_deref(), Some("2020-03-04"));
        assert_eq!(value(&["amount", "1.234", "--decimal-separator", ","]).as_deref(), Some("1234.00"));
        assert_eq!(value(&["birth_date", "01/01/2030", "--as-of", "2029-12-31"]), None);
        assert!(value(&["phone", "0892701234", "--allow-special"]).is_some());
    }
}
