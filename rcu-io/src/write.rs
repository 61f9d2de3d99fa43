//! Output tables as files.

use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;
use rayon::prelude::*;
use rcu_core::Error;
use rcu_core::arrow::batch_of_table;
use rcu_core::config::Plan;
use rcu_core::output::{self, OutColumn, OutTable};
use rcu_core::progress::Progress;
use rcu_core::report;
use rcu_core::resolve::Resolution;
use rcu_core::table::Table;
use std::fs::File;
use std::path::Path;

/// Writes the outputs of a run into `dir`, which is made when it is not there: a Parquet file for each table of
/// [`output::written`] (those of [`output::PROVENANCE`] only when asked for), `summary.json`, `report.html`, and `model.json` when a
/// pass was decided by a model.
///
/// # Errors
/// [`Error::Io`] when a file cannot be written, [`Error::TooLarge`] for a table beyond one batch.
pub fn write_outputs(
    plan: &Plan,
    resolution: &Resolution,
    dir: &Path,
    provenance: bool,
    progress: &dyn Progress,
) -> Result<(), Error> {
    std::fs::create_dir_all(dir)
        .map_err(|e| Error::Io { place: format!("folder `{}`", dir.display()), reason: e.to_string() })?;
    let names = output::written(plan);
    progress.stage("write", names.len() as u64);
    names
        .par_iter()
        .filter(|name| provenance || !output::PROVENANCE.contains(name))
        .filter_map(|name| output::table(plan, resolution, name))
        .try_for_each(|table| {
            let written = write_parquet(&table, dir);
            progress.advance(1);
            written
        })?;
    let json = serde_json::to_string_pretty(&resolution.summary).unwrap_or_default();
    write_text("summary.json", &(json + "\n"), dir)?;
    if let Some(model) = &resolution.model {
        let json = serde_json::to_string_pretty(model).unwrap_or_default();
        write_text("model.json", &(json + "\n"), dir)?;
    }
    write_text("report.html", &report::html(plan, resolution), dir)
}

/// Writes a table to `dir/NAME.parquet`. Equal tables give equal bytes. The file appears whole or not at all.
///
/// # Errors
/// [`Error::Io`] when the file cannot be written.
pub fn write_parquet(table: &OutTable, dir: &Path) -> Result<(), Error> {
    parquet(table.name, table, dir)
}

/// Writes a table of texts to `dir/NAME.parquet`, whole or not at all.
///
/// # Errors
/// Those of [`write_parquet`].
pub fn write_parquet_texts(name: &str, table: &Table, dir: &Path) -> Result<(), Error> {
    let columns = table.names().iter().cloned().zip(table.columns().iter().cloned().map(OutColumn::Text));
    parquet(name, &OutTable { name: "", columns: columns.collect() }, dir)
}

fn parquet(name: &str, table: &OutTable, dir: &Path) -> Result<(), Error> {
    let name = format!("{name}.parquet");
    let io = |reason: String| Error::Io { place: format!("output `{name}`"), reason };
    let batch = batch_of_table(table)?;
    let part = dir.join(format!("{name}.part"));
    let file = File::create(&part).map_err(|e| io(e.to_string()))?;
    let mut writer =
        ArrowWriter::try_new(file, batch.schema(), Some(properties())).map_err(|e| io(e.to_string()))?;
    writer.write(&batch).map_err(|e| io(e.to_string()))?;
    writer.close().map_err(|e| io(e.to_string()))?;
    std::fs::rename(&part, dir.join(&name)).map_err(|e| io(e.to_string()))
}

/// How Parquet is written.
pub(crate) fn properties() -> WriterProperties {
    WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_created_by(format!("rcu {}", env!("CARGO_PKG_VERSION")))
        .build()
}

/// Writes a table of texts to `dir/NAME.csv`, whole or not at all.
///
/// # Errors
/// [`Error::Io`] when the file cannot be written.
pub fn write_csv(name: &str, table: &Table, dir: &Path) -> Result<(), Error> {
    let mut out = csv::Writer::from_writer(Vec::new());
    let fail = |e: String| Error::Io { place: format!("output `{name}.csv`"), reason: e };
    out.write_record(table.names()).map_err(|e| fail(e.to_string()))?;
    for row in 0..table.rows() {
        let cells = table.columns().iter().map(|c| c.get(row).unwrap_or(""));
        out.write_record(cells).map_err(|e| fail(e.to_string()))?;
    }
    let bytes = out.into_inner().map_err(|e| fail(e.to_string()))?;
    write_text(&format!("{name}.csv"), &String::from_utf8_lossy(&bytes), dir)
}

/// Writes a text file into `dir`, whole or not at all.
///
/// # Errors
/// [`Error::Io`] when the file cannot be written.
pub fn write_text(name: &str, text: &str, dir: &Path) -> Result<(), Error> {
    let io = |e: std::io::Error| Error::Io { place: format!("output `{name}`"), reason: e.to_string() };
    let part = dir.join(format!("{name}.part"));
    std::fs::write(&part, text).map_err(io)?;
    std::fs::rename(&part, dir.join(name)).map_err(io)
}
