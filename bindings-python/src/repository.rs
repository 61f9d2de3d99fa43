//! A repository kept in a file; `rcu.Repository` is its public face. One caller at a time is at the desk, with the
//! interpreter released; nobody is kept waiting while a callback runs.

use crate::config::{Given, day};
use crate::errors::{Failure, argument, call, guarded, raised};
use crate::json::{from_python, to_python};
use crate::progress::{Watcher, run};
use crate::resolution::inputs;
use crate::table::{Table, items, text_of, type_name};
use pyo3::exceptions::{PyException, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList, PyMapping, PyString};
use rcu_core::Error;
use rcu_core::arrow::batch_of_table;
use rcu_core::config::Plan;
use rcu_core::ingest::Input;
use rcu_core::output::OutTable;
use rcu_core::report;
use rcu_core::repository::{Act, Objection, Outgoing, Search};
use rcu_core::subscriber::FileFormat;
use rcu_core::survivorship::LockKind;
use rcu_io::desk::{
    self, BackOff, Desk, Door, Opening, Secret, Serving, Stopped, rows_of_json, search_of_json,
};
use rcu_io::read::read_others;
use rcu_io::repo;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// An open repository.
#[pyclass(frozen, module = "rcu._rcu")]
pub struct Repository {
    desk: Shared,
    /// The plan of the desk, for reading rows without waiting for it.
    plan: Mutex<Arc<Plan>>,
    store: PathBuf,
    read_only: bool,
    by: String,
}

/// The desk of several threads; none when it is closed.
struct Shared(Mutex<Option<Desk>>);

impl Shared {
    fn at<T>(&self, work: impl FnOnce(&mut Desk) -> Result<T, Error>) -> Result<T, Error> {
        let mut desk = self.lock();
        let closed =
            || Error::Argument { argument: "repository".into(), reason: "is closed; open it again".into() };
        let seat = Seat(desk.as_mut().ok_or_else(closed)?);
        work(&mut *seat.0)
    }

    /// Whoever left by unwinding left the desk in order.
    fn lock(&self) -> MutexGuard<'_, Option<Desk>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Somebody at the desk. Who leaves in the middle of something, stopped or by a defect, leaves nothing half done.
struct Seat<'d>(&'d mut Desk);

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.let_go();
        }
    }
}

impl Door for &Shared {
    fn with<T: Send>(&mut self, work: impl FnOnce(&mut Desk) -> Result<T, Error> + Send) -> Result<T, Error> {
        self.at(work)
    }
}

/// Bytes are the secret itself, a path is its file, None the file beside the repository.
fn secret_of(secret: Option<&Bound<'_, PyAny>>) -> PyResult<Secret> {
    match secret {
        None => Ok(Secret::Beside),
        Some(object) => match object.cast::<PyBytes>() {
            Ok(bytes) => Ok(Secret::Bytes(bytes.as_bytes().to_vec())),
            Err(_) => Ok(Secret::File(object.extract()?)),
        },
    }
}

fn opening(store: PathBuf, secret: Option<&Bound<'_, PyAny>>, wait: f64) -> PyResult<Opening> {
    let wait = Duration::try_from_secs_f64(wait).unwrap_or_default();
    Ok(Opening { secret: secret_of(secret)?, wait, ..Opening::of(store) })
}

/// Who does it, when the caller does not say: the user that the program runs as.
fn who(by: Option<String>) -> String {
    by.or_else(|| std::env::var("USER").ok()).unwrap_or_else(|| "unknown".into())
}

fn json<T: Serialize>(answer: &T) -> Result<Value, Error> {
    serde_json::to_value(answer).map_err(|e| Error::Io { place: "answer".into(), reason: e.to_string() })
}

fn kind_of(py: Python<'_>, kind: &str) -> PyResult<LockKind> {
    let all = [LockKind::Pin, LockKind::Ignore, LockKind::Clear];
    let wrong = || argument(py, "kind", format!("`{kind}` is none of pin, ignore, clear"));
    all.into_iter().find(|k| k.name() == kind).ok_or_else(wrong)
}

fn format_of(py: Python<'_>, format: Option<&str>) -> PyResult<Option<FileFormat>> {
    match format {
        None => Ok(None),
        Some("csv") => Ok(Some(FileFormat::Csv)),
        Some("jsonl") => Ok(Some(FileFormat::Jsonl)),
        Some("parquet") => Ok(Some(FileFormat::Parquet)),
        Some(other) => Err(argument(py, "format", format!("`{other}` is none of csv, jsonl, parquet"))),
    }
}

/// Opens a repository.
#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "one for each keyword of the public function")]
pub fn open_repository(
    py: Python<'_>,
    store: PathBuf,
    config: &Bound<'_, PyAny>,
    secret: Option<&Bound<'_, PyAny>>,
    create: bool,
    read_only: bool,
    wait: f64,
    by: Option<String>,
    as_of: Option<&Bound<'_, PyAny>>,
    role: Option<String>,
) -> PyResult<Repository> {
    let (given, as_of) = (Given::of_object(config)?, day(as_of)?);
    let opening = Opening { create, read_only, role, ..opening(store.clone(), secret, wait)? };
    let desk = call(py, || Desk::open(given.compile(as_of)?, opening))?;
    let plan = Mutex::new(Arc::new(desk.plan().clone()));
    Ok(Repository { desk: Shared(Mutex::new(Some(desk))), plan, store, read_only, by: who(by) })
}

/// Applies other rules to a repository that is not open.
#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "one for each keyword of the public function")]
pub fn migrate_repository<'py>(
    py: Python<'py>,
    store: PathBuf,
    config: &Bound<'py, PyAny>,
    secret: Option<&Bound<'py, PyAny>>,
    dry_run: bool,
    wait: f64,
    by: Option<String>,
    as_of: Option<&Bound<'py, PyAny>>,
    reason: String,
    progress: Option<Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let (given, as_of) = (Given::of_object(config)?, day(as_of)?);
    let opening = opening(store, secret, wait)?;
    let act = desk::act(who(by), reason);
    let migrated = run(py, Watcher::of_object(progress)?, |progress| {
        json(&Desk::migrate(given.compile(as_of)?, opening, &act, dry_run, progress)?.1)
    })?;
    to_python(py, &migrated)
}

/// Puts a backup in the place of a repository.
#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "one for each keyword of the public function")]
pub fn restore_repository<'py>(
    py: Python<'py>,
    backup: PathBuf,
    store: PathBuf,
    config: &Bound<'py, PyAny>,
    secret: Option<&Bound<'py, PyAny>>,
    replay: Vec<PathBuf>,
    wait: f64,
    by: Option<String>,
) -> PyResult<Bound<'py, PyAny>> {
    let given = Given::of_object(config)?;
    let opening = opening(store, secret, wait)?;
    let act = desk::act(who(by), "");
    let restored = call(py, || {
        let lists: Result<Vec<_>, Error> = replay.iter().map(|file| repo::read_erased(file)).collect();
        json(&Desk::restore(&given.compile(None)?, &opening, &backup, lists?, &act)?)
    })?;
    to_python(py, &restored)
}

impl Repository {
    fn plan(&self) -> Arc<Plan> {
        self.plan.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn act(&self, reason: &str) -> Act {
        desk::act(&self.by, reason)
    }

    /// One call at the desk, its answer as plain values.
    fn answer<'py, T: Serialize>(
        &self,
        py: Python<'py>,
        work: impl FnOnce(&mut Desk) -> Result<T, Error> + Send,
    ) -> PyResult<Bound<'py, PyAny>> {
        let answer = call(py, || self.desk.at(|d| json(&work(d)?)))?;
        to_python(py, &answer)
    }

    /// The rows of one source.
    fn rows(&self, py: Python<'_>, source: &str, rows: &Bound<'_, PyAny>) -> PyResult<Vec<Input>> {
        let tables = PyDict::new(py);
        tables.set_item(source, rows)?;
        self.inputs(tables.cast::<PyMapping>()?)
    }

    /// The rows of several sources, each as tables or as a list of rows.
    fn inputs(&self, tables: &Bound<'_, PyMapping>) -> PyResult<Vec<Input>> {
        let (py, plan) = (tables.py(), self.plan());
        let (mut all, others) = (Vec::new(), PyDict::new(py));
        for item in tables.items()?.iter() {
            let (source, rows): (String, Bound<'_, PyAny>) = item.extract()?;
            match items(&rows).filter(|list| list.iter().all(is_row)) {
                None => others.set_item(source, rows)?,
                Some(list) => {
                    let one = |(i, row): (usize, &Bound<'_, PyAny>)| {
                        let value = from_python(row, &format!("{source}[{i}]"), 0)?;
                        Ok(value.as_object().cloned().unwrap_or_default())
                    };
                    let rows: PyResult<Vec<_>> = list.iter().enumerate().map(one).collect();
                    let rows = rows?;
                    all.push(call(py, || rows_of_json(&plan, &source, &rows))?);
                }
            }
        }
        all.extend(inputs(&plan, others.cast::<PyMapping>()?)?);
        Ok(all)
    }
}

/// Whether an object is a row: a mapping from columns to single values.
fn is_row(object: &Bound<'_, PyAny>) -> bool {
    let columns = object.cast::<PyMapping>().ok().and_then(|columns| columns.values().ok());
    columns.is_some_and(|values| values.iter().all(|v| items(&v).is_none()))
}

fn table(py: Python<'_>, table: &OutTable) -> PyResult<Table> {
    call(py, || batch_of_table(table).map(Table::of_batch))
}

#[pymethods]
impl Repository {
    #[getter]
    fn store(&self) -> PathBuf {
        self.store.clone()
    }

    #[getter]
    fn read_only(&self) -> bool {
        self.read_only
    }

    #[getter]
    fn closed(&self, py: Python<'_>) -> bool {
        py.detach(|| self.desk.lock().is_none())
    }

    /// The day that everything is kept for, and the one that it waits to be brought to.
    fn days<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.answer(py, |d| {
            let repository = d.repository()?;
            Ok((repository.day().to_string(), repository.due().map(|day| day.to_string())))
        })
    }

    fn close(&self, py: Python<'_>) {
        // Waits for whoever is at the desk; what is dropped gives the file back.
        py.detach(|| drop(self.desk.lock().take()));
    }

    fn load<'py>(
        &self,
        py: Python<'py>,
        tables: Option<&Bound<'py, PyMapping>>,
        input: PathBuf,
        progress: Option<Bound<'py, PyAny>>,
        reason: &str,
    ) -> PyResult<Bound<'py, PyAny>> {
        let watcher = Watcher::of_object(progress)?;
        let (plan, act) = (self.plan(), self.act(reason));
        let mut rows = tables.map_or(Ok(Vec::new()), |tables| self.inputs(tables))?;
        let loaded = run(py, watcher, |progress| {
            progress.stage("read", 0);
            let mut given: Vec<&str> = rows.iter().map(|i| i.source.as_str()).collect();
            given.dedup();
            let others = read_others(&plan, &input, &given)?;
            rows.extend(others);
            self.desk.at(|d| json(&d.load(rows, &act, progress)?))
        })?;
        to_python(py, &loaded)
    }

    fn upsert<'py>(
        &self,
        py: Python<'py>,
        tables: &Bound<'py, PyMapping>,
        reason: &str,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (rows, act) = (self.inputs(tables)?, self.act(reason));
        self.answer(py, |d| d.upsert(rows, &act))
    }

    fn deliver<'py>(
        &self,
        py: Python<'py>,
        source: &str,
        rows: &Bound<'py, PyAny>,
        confirm: bool,
        reason: &str,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (rows, act) = (self.rows(py, source, rows)?, self.act(reason));
        self.answer(py, |d| d.deliver(source, rows, confirm, &act))
    }

    fn delete<'py>(
        &self,
        py: Python<'py>,
        source: &str,
        ids: Vec<String>,
        reason: &str,
    ) -> PyResult<Bound<'py, PyAny>> {
        let act = self.act(reason);
        let records = ids.into_iter().map(|id| desk::reference(source, &id)).collect();
        self.answer(py, |d| d.delete(records, &act))
    }

    fn rename<'py>(
        &self,
        py: Python<'py>,
        source: &str,
        id: &str,
        to: &str,
        reason: &str,
    ) -> PyResult<Bound<'py, PyAny>> {
        let act = self.act(reason);
        self.answer(py, |d| d.rename(desk::reference(source, id), to, &act))
    }

    fn decide<'py>(
        &self,
        py: Python<'py>,
        a: (String, String),
        b: (String, String),
        answer: &str,
        reason: &str,
    ) -> PyResult<Bound<'py, PyAny>> {
        let act = self.act(reason);
        let (a, b) = (desk::reference(&a.0, &a.1), desk::reference(&b.0, &b.1));
        self.answer(py, |d| d.decide(a, b, answer, &act))
    }

    #[expect(clippy::too_many_arguments, reason = "one for each keyword of the public function")]
    fn lock<'py>(
        &self,
        py: Python<'py>,
        id: &str,
        field: &str,
        kind: &str,
        value: Option<String>,
        off: bool,
        reason: &str,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (kind, act) = (kind_of(py, kind)?, self.act(reason));
        self.answer(py, |d| match off {
            true => d.unlock(id, field, kind, value, &act),
            false => d.lock(id, field, kind, value, &act),
        })
    }

    fn refresh<'py>(
        &self,
        py: Python<'py>,
        to: Option<&Bound<'py, PyAny>>,
        reason: &str,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (to, act) = (day(to)?, self.act(reason));
        self.answer(py, |d| d.refresh(to, &act))
    }

    fn search<'py>(
        &self,
        clues: &Bound<'py, PyAny>,
        role: &str,
        purpose: Option<String>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = clues.py();
        let mut search = match clues.cast::<PyString>() {
            Ok(text) => Search::parse(&text_of(text)),
            Err(_) => {
                let Value::Object(clues) = from_python(clues, "search", 0)? else {
                    let found = type_name(clues);
                    return Err(PyTypeError::new_err(format!("search is {found}; give str or a mapping")));
                };
                call(py, || search_of_json(&clues))?
            }
        };
        search.purpose = purpose.or(search.purpose);
        self.answer(py, |d| d.search(&search, Some(role)))
    }

    fn match_one<'py>(
        &self,
        py: Python<'py>,
        source: &str,
        row: &Bound<'py, PyAny>,
        purpose: Option<&str>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let rows = match is_row(row) {
            true => self.rows(py, source, PyList::new(py, [row])?.as_any())?,
            false => self.rows(py, source, row)?,
        };
        let row = rows.into_iter().next().ok_or_else(|| argument(py, "row", "holds no rows; give one"))?;
        self.answer(py, |d| d.match_one(&row, purpose))
    }

    fn view360<'py>(
        &self,
        py: Python<'py>,
        id: &str,
        role: &str,
        purpose: Option<&str>,
        html: Option<PathBuf>,
        reason: &str,
    ) -> PyResult<Bound<'py, PyAny>> {
        let act = self.act(reason);
        self.answer(py, |d| {
            let view = d.view360(id, role, purpose, &act)?;
            if let Some(path) = &html {
                std::fs::write(path, report::of_person(&view)).map_err(|e| Error::Io {
                    place: format!("page `{}`", path.display()),
                    reason: e.to_string(),
                })?;
            }
            Ok(view)
        })
    }

    fn history<'py>(&self, py: Python<'py>, id: &str) -> PyResult<Bound<'py, PyAny>> {
        self.answer(py, |d| d.history(id))
    }

    fn records_at<'py>(&self, id: &str, at: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let py = at.py();
        let at = day(Some(at))?.ok_or_else(|| argument(py, "day", "is missing"))?;
        self.answer(py, |d| d.records_at(id, at))
    }

    fn changes<'py>(&self, py: Python<'py>, consumer: &str, most: usize) -> PyResult<Bound<'py, PyAny>> {
        self.answer(py, |d| d.changes(consumer, most))
    }

    fn acknowledge(&self, py: Python<'_>, consumer: &str, cursor: u64) -> PyResult<()> {
        call(py, || self.desk.at(|d| d.acknowledge(consumer, cursor)))
    }

    fn decisions<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.answer(py, Desk::decisions)
    }

    fn locks<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.answer(py, Desk::locks)
    }

    fn log<'py>(&self, py: Python<'py>, first: u64, most: usize) -> PyResult<Bound<'py, PyAny>> {
        self.answer(py, |d| d.log(first, most))
    }

    fn verify<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.answer(py, Desk::verify)
    }

    fn erase<'py>(
        &self,
        py: Python<'py>,
        id: &str,
        dry_run: bool,
        reason: &str,
    ) -> PyResult<Bound<'py, PyAny>> {
        let act = self.act(reason);
        match dry_run {
            true => self.answer(py, |d| d.doomed(id)),
            false => self.answer(py, |d| d.erase(id, &act)),
        }
    }

    fn readmit<'py>(
        &self,
        py: Python<'py>,
        erasure: u64,
        proof: &str,
        reason: &str,
    ) -> PyResult<Bound<'py, PyAny>> {
        let act = self.act(reason);
        self.answer(py, |d| d.readmit(erasure, proof, &act))
    }

    fn access<'py>(&self, py: Python<'py>, id: &str, reason: &str) -> PyResult<Bound<'py, PyAny>> {
        let act = self.act(reason);
        self.answer(py, |d| d.access(id, &act))
    }

    fn access_html(&self, py: Python<'_>, id: &str, reason: &str) -> PyResult<String> {
        let act = self.act(reason);
        call(py, || self.desk.at(|d| Ok(report::of_dossier(&d.access(id, &act)?))))
    }

    fn portability<'py>(&self, py: Python<'py>, id: &str, reason: &str) -> PyResult<Bound<'py, PyAny>> {
        let act = self.act(reason);
        self.answer(py, |d| json(&d.portability(id, &act)?.objects()))
    }

    fn rectify<'py>(
        &self,
        py: Python<'py>,
        id: &str,
        field: &str,
        value: Option<&str>,
        reason: &str,
    ) -> PyResult<Bound<'py, PyAny>> {
        let act = self.act(reason);
        self.answer(py, |d| d.rectify(id, field, value, &act))
    }

    fn restrict<'py>(&self, py: Python<'py>, id: &str, reason: &str) -> PyResult<Bound<'py, PyAny>> {
        let act = self.act(reason);
        self.answer(py, |d| d.restrict(id, &act))
    }

    fn lift_restriction<'py>(&self, py: Python<'py>, id: &str, reason: &str) -> PyResult<Bound<'py, PyAny>> {
        let act = self.act(reason);
        self.answer(py, |d| d.lift_restriction(id, &act))
    }

    fn restrictions<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.answer(py, Desk::restrictions)
    }

    #[expect(clippy::too_many_arguments, reason = "one for each keyword of the public method")]
    fn objection<'py>(
        &self,
        py: Python<'py>,
        id: &str,
        proof: String,
        channels: Vec<String>,
        purposes: Vec<String>,
        brand: String,
        reason: &str,
    ) -> PyResult<Bound<'py, PyAny>> {
        let act = self.act(reason);
        let objection = Objection { channels, purposes, brand, proof };
        self.answer(py, |d| d.object(id, &objection, &act))
    }

    fn retention<'py>(&self, py: Python<'py>, apply: bool, reason: &str) -> PyResult<Bound<'py, PyAny>> {
        let act = self.act(reason);
        self.answer(py, |d| d.retention(apply, &act))
    }

    fn erasures<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.answer(py, Desk::erasures)
    }

    fn breach<'py>(
        &self,
        py: Python<'py>,
        first: &Bound<'py, PyAny>,
        last: &Bound<'py, PyAny>,
        by: Option<&str>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let needed = |name, d: Option<_>| d.ok_or_else(|| argument(py, name, "is no day".to_owned()));
        let (first, last) = (needed("first", day(Some(first))?)?, needed("last", day(Some(last))?)?);
        self.answer(py, |d| d.breach(first, last, by))
    }

    fn tables(&self, py: Python<'_>, reason: &str) -> PyResult<(Table, Table)> {
        let act = self.act(reason);
        let [golden, crosswalk] = call(py, || self.desk.at(|d| d.tables(&act)))?;
        Ok((table(py, &golden)?, table(py, &crosswalk)?))
    }

    fn export<'py>(&self, py: Python<'py>, folder: PathBuf, reason: &str) -> PyResult<Bound<'py, PyAny>> {
        let act = self.act(reason);
        self.answer(py, |d| d.export(&folder, &act))
    }

    fn backup<'py>(&self, py: Python<'py>, to: PathBuf) -> PyResult<Bound<'py, PyAny>> {
        self.answer(py, |d| d.backup(&to))
    }

    fn migrate<'py>(
        &self,
        config: &Bound<'py, PyAny>,
        dry_run: bool,
        as_of: Option<&Bound<'py, PyAny>>,
        progress: Option<Bound<'py, PyAny>>,
        reason: &str,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = config.py();
        let (given, as_of) = (Given::of_object(config)?, day(as_of)?);
        let act = self.act(reason);
        let (migrated, plan) = run(py, Watcher::of_object(progress)?, |progress| {
            self.desk.at(|d| {
                let migrated = d.change_rules(given.compile(as_of)?, &act, dry_run, progress)?;
                Ok((json(&migrated)?, d.plan().clone()))
            })
        })?;
        *self.plan.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(plan);
        to_python(py, &migrated)
    }

    /// Whether it is everybody, the cursor to acknowledge, the rows.
    fn feed(
        &self,
        py: Python<'_>,
        subscriber: &str,
        full: bool,
        most: usize,
        reason: &str,
    ) -> PyResult<(bool, u64, Table)> {
        let act = self.act(reason);
        call(py, || {
            let outgoing = self.desk.at(|d| d.outgoing(subscriber, full, most, &act))?;
            let table = batch_of_table(&desk::table_of(&outgoing)?).map(Table::of_batch)?;
            Ok((outgoing.full, outgoing.cursor, table))
        })
    }

    fn star(&self, py: Python<'_>, subscriber: &str, reason: &str) -> PyResult<BTreeMap<String, Table>> {
        let act = self.act(reason);
        call(py, || {
            let star = self.desk.at(|d| d.star(subscriber, &act))?;
            let batch = |(name, table)| Ok((name, Table::of_batch(batch_of_table(&desk::texts(table))?)));
            star.into_iter().map(batch).collect()
        })
    }

    #[expect(clippy::too_many_arguments, reason = "one for each keyword of the public function")]
    fn write_feed<'py>(
        &self,
        py: Python<'py>,
        subscriber: &str,
        to: PathBuf,
        full: bool,
        format: Option<&str>,
        acknowledge: bool,
        most: usize,
        reason: &str,
    ) -> PyResult<Bound<'py, PyAny>> {
        let how = Serving { full, most, format: format_of(py, format)?, acknowledge };
        let act = self.act(reason);
        self.answer(py, |d| d.feed(subscriber, &to, &how, &act))
    }

    /// Calls back without being at the desk, so that the callback may use the repository.
    #[expect(clippy::too_many_arguments, reason = "one for each keyword of the public function")]
    fn push<'py>(
        &self,
        py: Python<'py>,
        subscriber: &str,
        send: Py<PyAny>,
        most: usize,
        tries: u32,
        pause: f64,
        reason: &str,
    ) -> PyResult<Bound<'py, PyAny>> {
        let first = Duration::try_from_secs_f64(pause).unwrap_or_default();
        let back_off = BackOff { tries, first, ..BackOff::default() };
        let act = self.act(reason);
        let mut stop: Option<PyErr> = None;
        let done = py.detach(|| {
            // Not a refusal but somebody who wants to leave: a signal, an exit.
            let leaving = std::cell::Cell::new(false);
            let mut hand = |outgoing: &Outgoing| {
                Python::attach(|py| {
                    let told = json(outgoing).map_err(|e| raised(py, Failure::Request(e)))?;
                    send.call1(py, (to_python(py, &told)?,)).map(drop).inspect_err(|e| {
                        leaving.set(!e.is_instance_of::<PyException>(py));
                    })
                })
            };
            let mut again = |failed| {
                let pause = back_off.pause(failed).filter(|_| !leaving.get());
                pause.is_some_and(|pause| match wait(pause) {
                    Ok(()) => true,
                    Err(e) => {
                        stop = Some(e);
                        false
                    }
                })
            };
            let mut door = &self.desk;
            guarded(|| Ok(desk::push(&mut door, subscriber, most, &act, &mut hand, &mut again)))
        });
        match done.map_err(|failure| raised(py, failure))? {
            Ok(pushed) => {
                let pushed = json(&pushed).map_err(|e| raised(py, Failure::Request(e)))?;
                to_python(py, &pushed)
            }
            Err(Stopped::Repository(e)) => Err(raised(py, Failure::Request(e))),
            Err(Stopped::Refused(e)) => Err(stop.unwrap_or(e)),
        }
    }

    /// The file's name only: a log may show it.
    fn __repr__(&self) -> String {
        let kind = if self.read_only { ", to read" } else { "" };
        format!("rcu.Repository({}{kind})", self.store.display())
    }
}

/// Waits, and answers signals meanwhile.
fn wait(pause: Duration) -> PyResult<()> {
    let start = Instant::now();
    while let Some(left) = pause.checked_sub(start.elapsed()).filter(|left| !left.is_zero()) {
        sleep(left.min(Duration::from_millis(100)));
        Python::attach(|py| py.check_signals())?;
    }
    Ok(())
}
