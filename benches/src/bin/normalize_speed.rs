//! `normalize_speed --out bench-out/normalize`: values per second of every kind, on one thread, no value remembered.
//!
//! Run by `peers/normalize.py`, which sets the usual Python tools beside it on the same values.

use std::fmt::Write as _;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use rcu_benches::retail::{Options, Outcome, generate};
use rcu_benches::values::{COLUMNS, RECORD, of_kind, rows};
use rcu_core::field::{BUILT_IN, built_in};
use rcu_core::normalize::{Context, Country, Kind, Output, into};
use rcu_core::record::{Row, Target};
use rcu_core::table::TextColumn;
use rcu_core::time::Day;
use rustix::time::{ClockId, clock_gettime};
use serde_json::{Value, json};

const HELP: &str = "\
Times the normalisers on generated customers: CPU time of one thread, in blocks of 4096 values, of each block the
fastest of several passes.

normalize_speed --out DIR [--records N] [--seed S] [--repeat R] [--only KIND]

  --out DIR      folder to write the values and the answers into; made when missing
  --records N    records to generate (300000)
  --seed S       another seed gives other people (20261121)
  --repeat R     passes over each block; the fastest counts (9)
  --only KIND    one kind, or `record`; for a profiler

Prints JSON. DIR/KIND.jsonl holds one `[value, answer]` a line, DIR/record.jsonl one list of cells a line.
";

struct Asked {
    out: PathBuf,
    records: usize,
    seed: u64,
    repeat: usize,
    only: Option<String>,
}

fn main() -> ExitCode {
    match run(std::env::args().skip(1)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("normalize_speed: {error}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: impl Iterator<Item = String>) -> Outcome<()> {
    let Some(asked) = parse(arguments)? else {
        print!("{HELP}");
        return Ok(());
    };
    let input = generated(&asked)?;
    let cx = Context::new(Country::FR, Day::from_ymd(2026, 11, 21).ok_or("a day")?);
    let wanted = |kind: &str| asked.only.as_deref().is_none_or(|only| only == kind);
    let mut figures = Vec::new();
    for (name, columns) in COLUMNS.iter().filter(|(name, _)| wanted(name)) {
        let kind = Kind::named(name)?;
        let values = of_kind(&input, columns)?;
        figures.push(time_kind(kind, &values, &cx, asked.repeat)?);
        write_answers(&asked.out.join(format!("{name}.jsonl")), kind, &values, &cx)?;
    }
    if wanted("record") {
        let rows = rows(&input, &RECORD)?;
        figures.push(time_rows(&rows, &cx, asked.repeat)?);
        let lines: Vec<String> = rows.iter().map(|row| json!(row).to_string()).collect();
        fs::write(asked.out.join("record.jsonl"), lines.join("\n") + "\n")?;
    }
    let fields: Vec<&str> = RECORD.fields.iter().map(|(_, field)| *field).collect();
    let report = json!({
        "version": env!("CARGO_PKG_VERSION"),
        "records": asked.records,
        "seed": asked.seed,
        "fields": fields,
        "figures": figures,
    });
    println!("{report:#}");
    Ok(())
}

/// Folder of the generated files; those of an earlier run with the same options are kept.
fn generated(asked: &Asked) -> Outcome<PathBuf> {
    let out = asked.out.join(format!("data-{}-{}", asked.records, asked.seed));
    if !out.join("meta.json").is_file() {
        let options = Options {
            records: asked.records,
            transactions: asked.records,
            seed: asked.seed,
            noise: 1.0,
            csv: false,
            out: out.clone(),
        };
        generate(&options, &mut |_| ())?;
    }
    Ok(out.join("in"))
}

/// What a pass over the values came to: how many were accepted, and a checksum that is cheap beside a normaliser, of
/// the length and the last byte of each value and the number of its codes.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
struct Answers {
    checksum: u64,
    accepted: usize,
}

impl Answers {
    #[inline]
    fn add(&mut self, out: &Output) {
        let value = out.value();
        self.accepted += usize::from(value.is_some());
        let bytes = value.unwrap_or("").as_bytes();
        let last = u64::from(bytes.last().copied().unwrap_or(0));
        let seen = bytes.len() as u64 | last << 16 | (out.codes().as_slice().len() as u64) << 32;
        self.checksum = (self.checksum.rotate_left(5) ^ seen).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

/// Values or rows that are timed together: few enough to stay in a core's cache, as the chunks of a run do.
const BLOCK: usize = 4_096;

/// Answers and seconds of `count` values: block by block, the fastest of several passes over each, whose answers must
/// all be the same. A neighbour on the machine then spoils a pass over a block and not the figure.
fn fastest(
    repeat: usize,
    count: usize,
    mut pass: impl FnMut(Range<usize>, &mut Answers),
) -> Outcome<(Answers, f64)> {
    let (mut all, mut seconds) = (Answers::default(), 0.0);
    for from in (0..count).step_by(BLOCK) {
        let block = from..count.min(from + BLOCK);
        let before = all;
        pass(block.clone(), &mut all);
        let mut best = f64::INFINITY;
        for _ in 0..repeat {
            let mut again = before;
            let start = thread_seconds();
            pass(block.clone(), &mut again);
            best = best.min(thread_seconds() - start);
            if again != all {
                return Err("two passes over the same values gave different answers".into());
            }
        }
        seconds += best;
    }
    Ok((all, seconds))
}

fn thread_seconds() -> f64 {
    let now = clock_gettime(ClockId::ThreadCPUTime);
    now.tv_sec as f64 + now.tv_nsec as f64 * 1e-9
}

fn figure(name: &str, values: usize, (answers, seconds): (Answers, f64)) -> Value {
    json!({
        "kind": name,
        "values": values,
        "accepted": answers.accepted,
        "checksum": format!("{:016x}", answers.checksum),
        "seconds": seconds,
        "per_second": (values as f64 / seconds).round(),
    })
}

fn time_kind(kind: Kind, values: &[String], cx: &Context, repeat: usize) -> Outcome<Value> {
    let column: TextColumn = values.iter().map(|value| Some(value.as_str())).collect();
    let mut out = Output::new();
    let timed = fastest(repeat, values.len(), |block, answers| {
        for at in block {
            into(kind, column.get(at).unwrap_or(""), cx, &mut out);
            answers.add(&out);
        }
    })?;
    Ok(figure(kind.name(), values.len(), timed))
}

fn time_rows(rows: &[Vec<String>], cx: &Context, repeat: usize) -> Outcome<Value> {
    let columns: Vec<TextColumn> = (0..RECORD.fields.len())
        .map(|at| rows.iter().map(|row| row.get(at).map(String::as_str)).collect())
        .collect();
    let mut inputs = Vec::new();
    for (_, field) in RECORD.fields {
        let at = built_in(field).ok_or_else(|| format!("no field `{field}`"))?;
        inputs.push((Target::Field(at, BUILT_IN[at].kind), cx));
    }
    let mut scratch = Row::new();
    let timed = fastest(repeat, rows.len(), |block, answers| {
        for at in block {
            scratch.normalize(&inputs, |column| columns[column].get(at));
            scratch.values().iter().for_each(|value| answers.add(&value.out));
        }
    })?;
    Ok(figure("record", rows.len(), timed))
}

fn write_answers(path: &Path, kind: Kind, values: &[String], cx: &Context) -> Outcome<()> {
    let (mut out, mut text) = (Output::new(), String::new());
    for raw in values {
        into(kind, raw, cx, &mut out);
        writeln!(text, "{}", json!([raw, out.value()]))?;
    }
    Ok(fs::write(path, text)?)
}

/// The options; `None` when the user asks for help.
fn parse(mut arguments: impl Iterator<Item = String>) -> Outcome<Option<Asked>> {
    let (mut records, mut seed, mut repeat) = (300_000, 20_261_121, 9);
    let (mut out, mut only) = (None, None);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or_else(|| format!("{argument} wants a value"));
        let bad = |value: &str| format!("{argument}: `{value}` is not a number of the kind wanted");
        match argument.as_str() {
            "--help" | "-h" => return Ok(None),
            "--out" => out = Some(PathBuf::from(value()?)),
            "--only" => only = Some(value()?),
            "--records" => records = value().and_then(|text| text.parse().map_err(|_| bad(&text)))?,
            "--seed" => seed = value().and_then(|text| text.parse().map_err(|_| bad(&text)))?,
            "--repeat" => repeat = value().and_then(|text| text.parse().map_err(|_| bad(&text)))?,
            other => return Err(format!("unknown option `{other}`; see --help").into()),
        }
    }
    if records == 0 || repeat == 0 {
        return Err("--records and --repeat want 1 or more".into());
    }
    let out = out.ok_or("--out DIR is missing; see --help")?;
    Ok(Some(Asked { out, records, seed, repeat, only }))
}
