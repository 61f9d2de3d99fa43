//! `rcu normalize`

use super::Outcome;
use clap::Args as ClapArgs;
use rcu_core::Error;
use rcu_core::error::did_you_mean;
use rcu_core::normalize::{Context, Country, Kind, Normalized, any};
use std::io::{BufRead, Write};

/// Options of `rcu normalize`.
#[derive(Debug, ClapArgs)]
pub struct Args {
    /// The kind of value: phone, email, last_name, street, …
    kind: String,
    /// Values; none reads standard input line by line.
    values: Vec<String>,
    /// Country of the source, ISO 3166-1 alpha-2.
    #[arg(long, default_value = "FR")]
    region: String,
    /// One JSON object a value.
    #[arg(long)]
    pub json: bool,
}

pub fn run(args: &Args) -> Result<Outcome, Error> {
    let kind = Kind::from_name(&args.kind).ok_or_else(|| Error::UnknownKind {
        kind: args.kind.clone(),
        hint: did_you_mean(&args.kind, Kind::ALL.iter().map(|k| k.name())),
    })?;
    let region = Country::new(&args.region).ok_or_else(|| Error::Argument {
        argument: "--region".into(),
        reason: "is not a two-letter country code".into(),
    })?;
    let cx = Context::new(region, rcu_io::config::today());
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

fn plain(n: &Normalized) -> String {
    let codes: Vec<&str> = n.codes.iter().map(|c| c.name()).collect();
    let value = n.value.as_deref().unwrap_or("-").replace('\n', " | ");
    format!("{value}\t{}\t{}", n.status.name(), codes.join(","))
}
