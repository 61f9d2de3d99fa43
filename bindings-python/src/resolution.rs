//! A run over everything, and what it found.

use crate::capsule;
use crate::config::{Given, day};
use crate::errors::{argument, call};
use crate::json::to_python;
use crate::progress::{Watcher, run};
use crate::table::{Table, core_table, items};
use pyo3::prelude::*;
use pyo3::types::{PyMapping, PyString};
use rcu_core::Error;
use rcu_core::arrow::batch_of_table;
use rcu_core::config::Plan;
use rcu_core::ingest::Input;
use rcu_core::mask::Show;
use rcu_core::matching::labels::judge_crosswalk;
use rcu_core::progress::Silent;
use rcu_core::view360::KeptFacts;
use rcu_core::{dictionary, output, report};
use rcu_io::read::{columns_of, read_others, read_table};
use rcu_io::write::write_outputs;
use std::path::PathBuf;

/// What a run found; `rcu.Resolution` is its public face.
#[pyclass(frozen, module = "rcu._rcu")]
pub struct Resolution {
    plan: Plan,
    run: rcu_core::resolve::Resolution,
    facts: KeptFacts,
}

/// Resolves the sources of a configuration: `tables` by name, the others from their files.
#[pyfunction]
pub fn resolve<'py>(
    py: Python<'py>,
    config: &Bound<'py, PyAny>,
    tables: Option<&Bound<'py, PyMapping>>,
    input: Option<PathBuf>,
    as_of: Option<&Bound<'py, PyAny>>,
    progress: Option<Bound<'py, PyAny>>,
) -> PyResult<Resolution> {
    let watcher = Watcher::of_object(progress)?;
    let given = Given::of_object(config)?;
    let folder = input.unwrap_or_else(|| given.folder());
    let as_of = day(as_of)?;
    let plan = call(py, || given.compile(as_of))?;
    let mut inputs = match tables {
        Some(tables) => inputs(&plan, tables)?,
        None => Vec::new(),
    };
    run(py, watcher, |progress| {
        progress.stage("read", 0);
        let mut given: Vec<&str> = inputs.iter().map(|i| i.source.as_str()).collect();
        given.dedup();
        let others = read_others(&plan, &folder, &given)?;
        inputs.extend(others);
        let run = rcu_core::resolve::resolve(&plan, &inputs, progress)?;
        let facts = KeptFacts::new(&plan, inputs);
        Ok(Resolution { plan, run, facts })
    })
}

/// The rows of a caller's tables, by source.
pub fn inputs(plan: &Plan, tables: &Bound<'_, PyMapping>) -> PyResult<Vec<Input>> {
    let mut inputs = Vec::new();
    for item in tables.items()?.iter() {
        let (source, rows): (String, Bound<'_, PyAny>) = item.extract()?;
        // A source that the plan does not know is for the core to refuse.
        let wanted = plan.source(&source).map_or_else(Vec::new, |ix| columns_of(&plan.sources[ix]));
        for part in items(&rows).unwrap_or_else(|| vec![rows]) {
            let table = Table::of_object(&part)?;
            let table = core_table(tables.py(), &table.batches, Some(&wanted))?;
            inputs.push(Input::new(source.clone(), table));
        }
    }
    Ok(inputs)
}

#[pymethods]
impl Resolution {
    /// An output table by name.
    fn table(&self, py: Python<'_>, name: &str) -> PyResult<Table> {
        let unknown =
            || Error::Argument { argument: "table".into(), reason: format!("`{name}` is not an output") };
        call(py, || {
            let table = output::table(&self.plan, &self.run, name).ok_or_else(unknown)?;
            batch_of_table(&table).map(Table::of_batch)
        })
    }

    /// The counts that reconcile, as plain values.
    fn summary<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let summary = serde_json::to_value(&self.run.summary);
        to_python(py, &summary.map_err(|e| argument(py, "summary", e.to_string()))?)
    }

    /// Whether every row and every cent is accounted for.
    fn reconciles(&self) -> bool {
        self.run.summary.reconciles()
    }

    /// The report's HTML.
    fn report(&self, py: Python<'_>) -> PyResult<String> {
        call(py, || Ok(report::html(&self.plan, &self.run)))
    }

    /// Everything known of one person, as a role sees it, as plain values.
    fn view360<'py>(&self, py: Python<'py>, id: &str, role: Option<&str>) -> PyResult<Bound<'py, PyAny>> {
        let view = call(py, || self.facts.view(&self.plan, &self.run, id, role))?;
        let view = serde_json::to_value(&view);
        to_python(py, &view.map_err(|e| argument(py, "view360", e.to_string()))?)
    }

    /// The same as one HTML page.
    fn view360_html(&self, py: Python<'_>, id: &str, role: Option<&str>) -> PyResult<String> {
        call(py, || Ok(report::of_person(&self.facts.view(&self.plan, &self.run, id, role)?)))
    }

    /// The conceptual model in one of its forms.
    fn model(&self, py: Python<'_>, format: &str) -> PyResult<String> {
        call(py, || dictionary::of_plan(&self.plan).write("format", format))
    }

    /// Why two records, each `(source, record id)`, are one person or not.
    fn explain<'py>(
        &self,
        py: Python<'py>,
        a: (String, String),
        b: (String, String),
        clear: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        let explanation = call(py, || {
            let show = if clear { Show::Clear } else { Show::Masked };
            let x = rcu_core::explain::explain(&self.plan, &self.run, (&a.0, &a.1), (&b.0, &b.1), show)?;
            serde_json::to_value(x)
                .map_err(|e| Error::Io { place: "explanation".into(), reason: e.to_string() })
        })?;
        to_python(py, &explanation)
    }

    /// Quality against labels, an Arrow-exporting object, a mapping or a path.
    fn evaluate<'py>(&self, labels: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let py = labels.py();
        let is_path = labels.is_instance_of::<PyString>() || labels.hasattr("__fspath__")?;
        let truth = if is_path && !capsule::exports(labels)? {
            let path: PathBuf = labels.extract()?;
            call(py, || read_table(&path))?
        } else {
            core_table(py, &Table::of_object(labels)?.batches, None)?
        };
        let quality = call(py, || {
            let crosswalk =
                output::table(&self.plan, &self.run, "crosswalk").map(output::OutTable::into_texts);
            let crosswalk = crosswalk.transpose()?.unwrap_or_default();
            let quality = judge_crosswalk(("crosswalk", &crosswalk), ("labels", &truth))?;
            serde_json::to_value(quality)
                .map_err(|e| Error::Io { place: "quality".into(), reason: e.to_string() })
        })?;
        to_python(py, &quality)
    }

    /// Writes what the program writes.
    fn write(&self, py: Python<'_>, folder: PathBuf) -> PyResult<()> {
        call(py, || write_outputs(&self.plan, &self.run, &folder, true, &Silent))
    }
}
