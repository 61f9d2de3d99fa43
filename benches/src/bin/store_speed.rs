//! `store_speed`: a repository in a SQLite file: loading, opening, changes one at a time and in micro-batches.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use rcu_benches::retail::Outcome;
use rcu_core::config::{Plan, Take};
use rcu_core::ingest::Input;
use rcu_core::matching::ruling::RecordRef;
use rcu_core::progress::Silent;
use rcu_core::repository::{Act, Change, Kept, Repository, Search, Store, Subject};
use rcu_core::table::{Column, Table};
use rcu_core::time::Day;
use rcu_io::store::{Options, SqliteStore};
use rustix::time::{ClockId, clock_gettime};
use serde_json::{Value, json};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const HELP: &str = "\
Times a repository in a SQLite file. Prints JSON.

store_speed load DATA DB [--config FILE]
store_speed run DB [--config FILE] [--single N] [--batches N] [--size N] [--verify]
store_speed ask DB [--config FILE] [--single N]
store_speed erase DB [--config FILE] [--single N]

  load           fills a new file DB with the customer files of DATA/in, as a first load
  run            opens DB and changes it, with rows made of its own records: 4 in 10 come again under another id with
                 a column of somebody else, 3 are a mixture of two people, 2 are kept records with new values, 1 is
                 deleted
  ask            opens DB to read and asks: `match_one` with such rows, and `search` with an e-mail, a telephone, names
                 and a postcode, names with a letter left out, the beginning of a name, of kept records; `found_share`:
                 how often the person is among the first hits
  erase          opens DB with a secret and erases people, each with a sweep of the file
  --config FILE  configuration that reads them (benches/retail.toml)
  --single N     changes of one event each (1000); beside each, a bare write and fsync of 8 KB in the same folder
  --batches N    changes of many events (20)
  --size N       events of each of these (1000)
  --verify       at the end builds everything anew and compares
";

fn main() -> ExitCode {
    match run(std::env::args().skip(1)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("store_speed: {error}");
            ExitCode::from(2)
        }
    }
}

fn run(mut arguments: impl Iterator<Item = String>) -> Outcome<()> {
    let (mut places, mut config) = (Vec::new(), "benches/retail.toml".to_owned());
    let (mut single, mut batches, mut size, mut verify) = (1000usize, 20usize, 1000usize, false);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or_else(|| format!("{argument} wants a value"));
        match argument.as_str() {
            "--help" | "-h" => {
                print!("{HELP}");
                return Ok(());
            }
            "--config" => config = value()?,
            "--single" => single = value()?.parse()?,
            "--batches" => batches = value()?.parse()?,
            "--size" => size = value()?.parse()?,
            "--verify" => verify = true,
            _ => places.push(argument),
        }
    }
    let places: Vec<&str> = places.iter().map(String::as_str).collect();
    let plan = plan(&config)?;
    let report = match places[..] {
        ["load", data, db] => load(&plan, Path::new(data), Path::new(db))?,
        ["ask", db] => ask(&plan, Path::new(db), single)?,
        ["erase", db] => erase(&plan, Path::new(db), single)?,
        ["run", db] => changes(&plan, Path::new(db), single, batches, size, verify)?,
        _ => return Err("wants `load DATA DB` or `run DB`; --help says more".into()),
    };
    println!("{report:#}");
    Ok(())
}

fn plan(config: &str) -> Outcome<Plan> {
    let (mut config, base) = rcu_io::config::open(config)?;
    rcu_io::config::read_files(&mut config, &base)?;
    config.sources.retain(|_, s| s.family == "customers");
    Ok(rcu_io::config::plan(config, Day::from_ymd(2026, 11, 21))?)
}

fn load(plan: &Plan, data: &Path, db: &Path) -> Outcome<Value> {
    let inputs = rcu_io::read::read_sources(plan, &data.join("in"))?;
    let read_mb = status_mb("VmRSS:");
    let (start, cpu_start) = (Instant::now(), cpu());
    let store = SqliteStore::open(db, plan, Options::default())?;
    let mut repository = Repository::open(plan.clone(), store)?;
    let applied = repository.load(inputs, &Act::default(), &Silent)?;
    drop(repository);
    let bytes = fs::metadata(db)?.len();
    Ok(json!({
        "records": applied.records.0,
        "people": applied.effect.after.len(),
        "seconds": start.elapsed().as_secs_f64(),
        "cpu_seconds": cpu() - cpu_start,
        "file_mb": bytes as f64 / 1e6,
        "bytes_per_record": bytes / applied.records.0.max(1),
        "rows_mb": read_mb,
        "peak_mb": status_mb("VmHWM:"),
    }))
}

fn changes(
    plan: &Plan,
    db: &Path,
    single: usize,
    batches: usize,
    size: usize,
    verify: bool,
) -> Outcome<Value> {
    let start = Instant::now();
    let store = SqliteStore::open(db, plan, Options::default())?;
    let mut repository = Repository::open(plan.clone(), store)?;
    let open = start.elapsed();
    let open_mb = status_mb("VmRSS:");
    let mut source = Source { plan, last: last_ordinal(&repository)?, next: 0, seed: 0x5eed };
    let mut bare = Bare::new(db)?;
    let (mut took, mut waited, mut spent) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..single {
        let change = source.change(repository.store(), 1)?;
        let (start, cpu_start) = (Instant::now(), cpu());
        repository.apply(change)?;
        took.push(start.elapsed());
        spent.push(Duration::from_secs_f64(cpu() - cpu_start));
        waited.push(bare.write()?);
    }
    let (mut wall, mut cpu_batches) = (0.0, 0.0);
    let mut judged = 0;
    for _ in 0..batches {
        let change = source.change(repository.store(), size)?;
        let (start, cpu_start) = (Instant::now(), cpu());
        judged += repository.apply(change)?.effect.judged_anew;
        wall += start.elapsed().as_secs_f64();
        cpu_batches += cpu() - cpu_start;
    }
    let events = (batches * size) as f64;
    let mut report = json!({
        "records": source.last,
        "open_ms": open.as_secs_f64() * 1e3,
        "open_mb": open_mb,
        "resident_mb": status_mb("VmRSS:"),
        "single": { "wall_ms": times(took), "cpu_ms": times(spent), "bare_fsync_ms": times(waited) },
        "batches": {
            "events_per_second": events / wall,
            "events_per_cpu_second": events / cpu_batches,
            "judged_anew_per_event": judged as f64 / events,
        },
    });
    if verify {
        let found = repository.verify()?;
        report["verified"] = json!({ "records": found.records, "findings": found.findings.len() });
    }
    Ok(report)
}

fn ask(plan: &Plan, db: &Path, each: usize) -> Outcome<Value> {
    let store = SqliteStore::open_read_only(db, plan, Options::default())?;
    let repository = Repository::open(plan.clone(), store)?;
    let mut source = Source { plan, last: last_ordinal(&repository)?, next: 0, seed: 0x5eed };
    let mut matches = Vec::new();
    while matches.len() < each {
        let change = source.change(repository.store(), 1)?;
        if let Some(row) = change.rows.first() {
            let start = Instant::now();
            repository.store().snapshot(|_| repository.match_one(row))?;
            matches.push(start.elapsed());
        }
    }
    let mut report = json!({ "records": source.last, "match_one_ms": times(matches) });
    for (name, words) in QUESTIONS {
        let mut took = Vec::new();
        let (mut found, mut looked_at) = (0u64, 0u64);
        while took.len() < each {
            let kept = source.record(repository.store(), None)?;
            let value = |field: &str| {
                let at = plan.fields.iter().position(|f| f.name == field)?;
                kept.record.values.iter().find(|v| v.field == at).map(|v| v.text.clone())
            };
            let Some(words) = words(&value) else { continue };
            let start = Instant::now();
            let search = Search::parse(&words);
            let answer = repository.store().snapshot(|_| repository.search(&search, Some("store")))?;
            took.push(start.elapsed());
            let record = RecordRef {
                source: plan.sources[usize::from(kept.record.source)].name.clone(),
                record_id: kept.record.id.clone(),
            };
            let id = repository.person_of(&record)?.map(|p| p.golden_id);
            found += u64::from(answer.hits.iter().any(|h| Some(&h.golden_id) == id.as_ref()));
            looked_at += answer.scored;
        }
        let mut of = times(took);
        of["found_share"] = json!(found as f64 / each as f64);
        of["looked_at"] = json!(looked_at as f64 / each as f64);
        report["search_ms"][name] = of;
    }
    report["resident_mb"] = json!(status_mb("VmRSS:"));
    Ok(report)
}

fn erase(plan: &Plan, db: &Path, people: usize) -> Outcome<Value> {
    let store = SqliteStore::open(db, plan, Options::default())?;
    let mut repository = Repository::open_with(plan.clone(), store, "a secret of this bench")?;
    let mut source = Source { plan, last: last_ordinal(&repository)?, next: 0, seed: 0xe4a5e };
    let mut took = Vec::new();
    let mut unswept = 0;
    while took.len() < people {
        let kept = source.record(repository.store(), None)?;
        let source = plan.sources[usize::from(kept.record.source)].name.clone();
        let subject = Subject::Record(RecordRef { source, record_id: kept.record.id });
        let start = Instant::now();
        unswept += usize::from(repository.erase(&subject, &Act::default())?.unswept.is_some());
        took.push(start.elapsed());
    }
    Ok(json!({ "erase_ms": times(took), "unswept": unswept, "peak_mb": status_mb("VmHWM:") }))
}

type Words = fn(&dyn Fn(&str) -> Option<String>) -> Option<String>;

/// What is asked of a record; none of one that lacks it.
const QUESTIONS: [(&str, Words); 5] = [
    ("email", |v| v("email")),
    ("mobile", |v| v("mobile")),
    ("names_postcode", |v| Some(format!("{} {} {}", v("first_name")?, v("last_name")?, v("postcode")?))),
    ("slip", |v| {
        let mut last: Vec<char> = v("last_name")?.chars().collect();
        (last.len() > 4).then(|| last.remove(last.len() / 2))?;
        Some(format!("{} {}", v("first_name")?, last.into_iter().collect::<String>()))
    }),
    ("beginning", |v| Some(format!("{} {}", v("first_name")?, v("last_name")?.get(..4)?))),
];

/// Makes events of kept records.
struct Source<'p> {
    plan: &'p Plan,
    last: u32,
    next: u64,
    seed: u64,
}

type Row = Vec<(String, String)>;

impl Source<'_> {
    fn random(&mut self, below: u64) -> u64 {
        self.seed = self.seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.seed >> 33) % below.max(1)
    }

    fn record(&mut self, store: &SqliteStore, of: Option<u16>) -> Outcome<Kept> {
        loop {
            let ordinal = 1 + self.random(u64::from(self.last)) as u32;
            if let Some(kept) = store.record(ordinal)?
                && of.is_none_or(|s| s == kept.record.source)
            {
                return Ok(kept);
            }
        }
    }

    fn change(&mut self, store: &SqliteStore, events: usize) -> Outcome<Change> {
        let mut change = Change::default();
        let mut rows: Vec<Vec<Row>> = vec![Vec::new(); self.plan.sources.len()];
        for _ in 0..events {
            let a = self.record(store, None)?;
            let source = usize::from(a.record.source);
            let kind = self.random(10);
            if kind == 9 {
                let source = self.plan.sources[source].name.clone();
                change.deletes.push(RecordRef { source, record_id: a.record.id });
                continue;
            }
            let b = self.record(store, Some(a.record.source))?;
            // Columns of somebody else: one, or from some column on.
            let some = self.random(a.cells.len() as u64) as usize;
            let others = |i: usize| if (4..7).contains(&kind) { i >= some } else { i == some };
            let mut row = a.cells.clone();
            for (i, (column, cell)) in row.iter_mut().enumerate() {
                if others(i)
                    && let Some((_, c)) = b.cells.iter().find(|(c, _)| c == column)
                {
                    cell.clone_from(c);
                }
            }
            let plan = &self.plan.sources[source];
            let dated = plan.updated_at.as_ref().map(|u| &u.take);
            self.next += 1;
            for (column, cell) in &mut row {
                if *column == plan.spec.id {
                    *cell = if kind < 7 { format!("N{:09}", self.next) } else { a.record.id.clone() };
                }
                if matches!(dated, Some(Take::Column(c)) if c == column) {
                    "2026-11-20".clone_into(cell);
                }
            }
            rows[source].push(row);
        }
        for (source, rows) in self.plan.sources.iter().zip(rows).filter(|(_, rows)| !rows.is_empty()) {
            change.rows.push(Input::new(source.name.clone(), table(&source.columns(), &rows)?));
        }
        Ok(change)
    }
}

trait Columns {
    fn columns(&self) -> Vec<String>;
}

impl Columns for rcu_core::config::SourcePlan {
    /// Every column that the source maps.
    fn columns(&self) -> Vec<String> {
        let mut names: Vec<String> = vec![self.spec.id.clone()];
        for input in self.inputs.iter().chain(&self.updated_at) {
            match &input.take {
                Take::Column(c) => names.push(c.clone()),
                Take::Join(list) => names.extend(list.iter().cloned()),
                Take::Constant(_) => {}
            }
        }
        names.sort();
        names.dedup();
        names
    }
}

fn table(columns: &[String], rows: &[Row]) -> Outcome<Table> {
    let column = |name: &String| {
        let cell = |row: &'_ Row| row.iter().position(|(c, _)| c == name);
        Column::Plain(rows.iter().map(|row| cell(row).map(|i| row[i].1.as_str())).collect())
    };
    Ok(Table::new(columns.iter().map(|name| (name.clone(), column(name))).collect())?)
}

fn last_ordinal(repository: &Repository<SqliteStore>) -> Outcome<u32> {
    let (mut low, mut high) = (1u32, 1 << 30);
    // Ordinals are dense but for the deleted: a gap of a thousand is the end.
    while low < high {
        let middle = low + (high - low) / 2;
        let mut there = false;
        for o in middle..middle + 1000 {
            there = there || repository.store().record(o)?.is_some();
            if there {
                break;
            }
        }
        if there { low = middle + 1 } else { high = middle }
    }
    Ok(low)
}

/// What the disk alone takes.
struct Bare {
    file: File,
    path: PathBuf,
}

impl Bare {
    fn new(db: &Path) -> Outcome<Bare> {
        let path = db.with_extension("bare");
        Ok(Bare { file: File::create(&path)?, path })
    }

    fn write(&mut self) -> Outcome<Duration> {
        let start = Instant::now();
        self.file.write_all(&[7; 8192])?;
        self.file.sync_data()?;
        Ok(start.elapsed())
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        drop(fs::remove_file(&self.path));
    }
}

fn times(mut all: Vec<Duration>) -> Value {
    all.sort_unstable();
    let at = |part: usize| all.get(all.len() * part / 1000).map_or(0.0, |d| d.as_secs_f64() * 1e3);
    json!({ "p50": at(500), "p90": at(900), "p99": at(990), "max": all.last().map_or(0.0, |d| d.as_secs_f64() * 1e3) })
}

fn cpu() -> f64 {
    let t = clock_gettime(ClockId::ProcessCPUTime);
    t.tv_sec as f64 + t.tv_nsec as f64 / 1e9
}

fn status_mb(name: &str) -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix(name));
    line.and_then(|l| l.trim().trim_end_matches("kB").trim().parse::<f64>().ok()).unwrap_or(0.0) * 1024.0
        / 1e6
}
