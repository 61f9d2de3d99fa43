//! `rcu normalize`

use super::Outcome;
use clap::Args as ClapArgs;
use rcu_core::Error;
use rcu_core::normalize::{Context, Kind, Normalized, any};
use rcu_io::clock::today;
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
    let kind = Kind::named(&args.kind)?;
    let cx = Context::named(&args.region, today())?;
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
