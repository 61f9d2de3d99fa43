//! Commands that bring changes to those who follow, and that say what a row would do.

use super::super::Outcome;
use super::super::base::print_json;
use super::{Place, word};
use clap::{Args as ClapArgs, ValueEnum};
use rcu_core::Error;
use rcu_core::repository::{Foresight, Outgoing, RowFate};
use rcu_core::subscriber::FileFormat;
use rcu_io::desk::{self, BackOff, Desk, Serving, Stopped, row_of_text};
use rcu_io::show::n;
use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

/// Options of `rcu repo feed`.
#[derive(Debug, ClapArgs)]
pub struct Feed {
    #[command(flatten)]
    pub place: Place,
    /// The subscriber: ecommerce, till, marketing, service, bi, source_feedback, billing, or one of `subscribers`.
    subscriber: String,
    /// Write a file: a folder, where its name says what it holds, or the file's own name.
    #[arg(long, value_name = "FOLDER|FILE", required_unless_present = "exec")]
    out: Option<PathBuf>,
    /// Hand each delivery to this shell command on its standard input, until nothing is left. A delivery is acknowledged
    /// when the command ends well, and tried again when it does not. It finds RCU_SUBSCRIBER, RCU_CURSOR and RCU_FULL
    /// (true or false) in its environment.
    #[arg(long, value_name = "COMMAND", conflicts_with_all = ["out", "full", "ack"])]
    exec: Option<String>,
    /// Everybody in the view, whatever was acknowledged.
    #[arg(long)]
    full: bool,
    /// The form; by default that of the subscriber, or of the file's ending.
    #[arg(long)]
    format: Option<Form>,
    /// Take it as acknowledged once the file is safely there.
    #[arg(long)]
    ack: bool,
    /// At most so many entries of the feed in one delivery.
    #[arg(long, default_value_t = 100_000)]
    most: usize,
    /// How often a delivery to a command is tried, with longer pauses each time.
    #[arg(long, default_value_t = 5)]
    tries: u32,
    /// Seconds before the second try.
    #[arg(long, default_value_t = 1)]
    pause: u64,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Form {
    Csv,
    Jsonl,
    Parquet,
}

impl Feed {
    pub fn run(&self) -> Result<Outcome, Error> {
        let format = self.format.map(|f| match f {
            Form::Csv => FileFormat::Csv,
            Form::Jsonl => FileFormat::Jsonl,
            Form::Parquet => FileFormat::Parquet,
        });
        let mut desk = self.place.open()?;
        if let Some(command) = &self.exec {
            return self.push(&mut desk, command, format);
        }
        let out = self.out.clone().unwrap_or_default();
        let how = Serving { full: self.full, most: self.most, format, acknowledge: self.ack };
        let served = desk.feed(&self.subscriber, &out, &how, &self.place.act())?;
        if self.place.base.json {
            print_json(&served);
            return Ok(Outcome::Fine);
        }
        let kind = if served.full { "everybody" } else { "what changed" };
        match &served.file {
            Some(file) => println!("{} rows in {} ({kind})", n(served.rows), file.display()),
            None => println!("nothing new for {}", served.subscriber),
        }
        served.star.values().for_each(|file| println!("and {}", file.display()));
        if served.unwritable > 0 {
            println!("{} characters are not in the encoding and became ?", n(served.unwritable));
        }
        if served.acknowledged {
            println!("{} has everything up to {}", served.subscriber, served.cursor);
        } else if served.file.is_some() {
            println!("acknowledge {} when it was taken: rcu repo changes --ack", served.cursor);
        }
        Ok(Outcome::Fine)
    }

    fn push(&self, desk: &mut Desk, command: &str, format: Option<FileFormat>) -> Result<Outcome, Error> {
        let back_off =
            BackOff { tries: self.tries, first: Duration::from_secs(self.pause), ..BackOff::default() };
        let form = desk.repository()?.subscriber(&self.subscriber)?.clone();
        let mut send = |outgoing: &Outgoing| -> Result<(), String> {
            let bytes = desk::bytes(&form, outgoing, format).map_err(|e| e.to_string())?;
            hand_over(command, outgoing, &bytes)
        };
        let mut again = |failed| back_off.again(failed);
        let act = self.place.act();
        match desk::push(desk, &self.subscriber, self.most, &act, &mut send, &mut again) {
            Ok(pushed) if self.place.base.json => print_json(&pushed),
            Ok(pushed) if pushed.deliveries == 0 => println!("nothing new for {}", pushed.subscriber),
            Ok(pushed) => println!(
                "{} rows in {} deliveries; {} has everything up to {}",
                n(pushed.rows),
                n(pushed.deliveries),
                pushed.subscriber,
                pushed.cursor
            ),
            Err(Stopped::Repository(e)) => return Err(e),
            Err(Stopped::Refused(why)) => {
                let place = format!("command for `{}`", self.subscriber);
                return Err(Error::Io { place, reason: format!("{why}; tried {} times", self.tries) });
            }
        }
        Ok(Outcome::Fine)
    }
}

/// Gives a command bytes to read. An error says how it ended, not what it printed.
fn hand_over(command: &str, outgoing: &Outgoing, bytes: &[u8]) -> Result<(), String> {
    let (shell, flag) = if cfg!(windows) { ("cmd", "/C") } else { ("sh", "-c") };
    let mut child = Command::new(shell)
        .args([flag, command])
        .env("RCU_SUBSCRIBER", &outgoing.subscriber)
        .env("RCU_CURSOR", outgoing.cursor.to_string())
        .env("RCU_FULL", outgoing.full.to_string())
        .stdin(Stdio::piped())
        .spawn()
        .map_err(|e| format!("it could not be started ({})", e.kind()))?;
    // One that closes its input early may have all it wants: how it ends decides.
    drop(child.stdin.take().map(|mut input| input.write_all(bytes)));
    let status = child.wait().map_err(|e| format!("it was lost ({})", e.kind()))?;
    status.success().then_some(()).ok_or_else(|| format!("it ended with {status}"))
}

/// Options of `rcu repo match`.
#[derive(Debug, ClapArgs)]
pub struct Match {
    #[command(flatten)]
    pub place: Place,
    /// The source that the row is of. The row is read from standard input: a JSON object, or CSV with a header.
    #[arg(long)]
    source: String,
    /// Ask for this purpose: records that it may not use are not named.
    #[arg(long, value_name = "PURPOSE")]
    purpose: Option<String>,
}

impl Match {
    pub fn run(&self) -> Result<Outcome, Error> {
        let mut desk = self.place.look()?;
        let mut text = String::new();
        std::io::stdin()
            .read_to_string(&mut text)
            .map_err(|e| Error::Io { place: "standard input".into(), reason: e.to_string() })?;
        let row = row_of_text(desk.plan(), &self.source, &text)?;
        let foresight = desk.match_one(&row, self.purpose.as_deref())?;
        if self.place.base.json {
            print_json(&foresight);
        } else {
            say(&foresight);
        }
        Ok(if foresight.fate == RowFate::Rejected { Outcome::Findings } else { Outcome::Fine })
    }
}

fn say(f: &Foresight) {
    let known = if f.known { "who is there already" } else { "somebody new" };
    match &f.golden_id {
        Some(id) => println!("{}: {id}, {known}", word(&f.fate)),
        None => println!("{}", word(&f.fate)),
    }
    f.rejects.iter().for_each(|r| println!("  {} ({})", r.reason, r.code));
    if !f.merges.is_empty() {
        println!("would take in {}", f.merges.join(", "));
    }
    for c in &f.candidates {
        let person = c.golden_id.as_deref().unwrap_or("");
        let why = c.refused.unwrap_or(c.reason);
        println!(
            "{:>7} {:>6}  {}:{}  {person}  {} {why}",
            word(&c.decision),
            c.score,
            c.source,
            c.record_id,
            c.pass
        );
    }
    let more = f.refused_more + f.not_compared;
    if more > 0 {
        println!("and {} that are refused or were not compared", n(more));
    }
}
