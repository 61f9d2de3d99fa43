//! The generator's files read back: every value of one kind, and whole customer rows.

use std::fs::File;
use std::path::Path;

use arrow_array::cast::AsArray;
use arrow_array::{Array, RecordBatch};
use arrow_schema::DataType;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::retail::Outcome;

/// A kind of value, by the name it has in `rcu`, and the columns (`source.column`) that hold it.
pub const COLUMNS: &[(&str, &[&str])] = &[
    (
        "phone",
        &["pos.TEL", "web.phone", "crm.tel_mobile", "crm.tel_fixe", "loyalty.portable", "loyalty.fixe"],
    ),
    ("email", &["pos.MAIL", "web.email", "crm.courriel", "loyalty.mail"]),
    ("last_name", &["pos.NOM_CLIENT", "web.last_name", "crm.nom", "loyalty.nom"]),
    ("first_name", &["pos.PRENOM", "web.first_name", "crm.prenom", "loyalty.prenom"]),
    ("birth_date", &["pos.DT_NAISS", "web.birthdate", "crm.date_naissance", "loyalty.naissance"]),
    ("date", &["pos.DT_MAJ", "web.created_at", "crm.date_maj", "loyalty.maj", "callcenter.last_call"]),
    ("amount", &["transactions.amount", "loyalty.solde_euros"]),
    ("street", &["pos.ADR1", "crm.adresse", "loyalty.adresse"]),
    ("postcode", &["pos.CP", "web.zip", "crm.code_postal", "loyalty.cp"]),
    ("city", &["pos.VILLE", "web.city", "crm.ville", "loyalty.ville"]),
];

/// A customer file, and its columns with the canonical field each feeds.
pub struct Source {
    /// Name of the file.
    pub name: &'static str,
    /// `(column, field)`.
    pub fields: &'static [(&'static str, &'static str)],
}

/// The file whose rows have 13 fields, all of a person: the record of the bench.
pub const RECORD: Source = Source {
    name: "crm",
    fields: &[
        ("civilite", "civility"),
        ("nom", "last_name"),
        ("nom_naissance", "birth_name"),
        ("prenom", "first_name"),
        ("courriel", "email"),
        ("tel_mobile", "mobile"),
        ("tel_fixe", "landline"),
        ("adresse", "street"),
        ("complement", "address_extra"),
        ("code_postal", "postcode"),
        ("ville", "city"),
        ("date_naissance", "birth_date"),
        ("optin_email", "consent_email"),
    ],
};

/// Texts of one column of a file of `folder`, blank ones too; a flag reads `true` or `false`.
///
/// # Errors
/// When the file cannot be read or has no such column of texts or flags.
pub fn column(folder: &Path, file: &str, name: &str) -> Outcome<Vec<String>> {
    let path = folder.join(format!("{file}.parquet"));
    let opened = File::open(&path).map_err(|error| format!("file {}: {error}", path.display()))?;
    let mut texts = Vec::new();
    for batch in ParquetRecordBatchReaderBuilder::try_new(opened)?.build()? {
        append(&batch?, name, &mut texts).ok_or_else(|| format!("{file} has no texts in `{name}`"))?;
    }
    Ok(texts)
}

fn append(batch: &RecordBatch, name: &str, texts: &mut Vec<String>) -> Option<()> {
    let cells = batch.column_by_name(name)?;
    match cells.data_type() {
        DataType::LargeUtf8 => {
            texts.extend(cells.as_string::<i64>().iter().map(|cell| cell.unwrap_or("").to_owned()));
        }
        DataType::Utf8 => {
            texts.extend(cells.as_string::<i32>().iter().map(|cell| cell.unwrap_or("").to_owned()));
        }
        DataType::Boolean => {
            texts.extend(cells.as_boolean().iter().map(|cell| cell.unwrap_or(false).to_string()));
        }
        _ => return None,
    }
    Some(())
}

/// The values of a kind: those of its columns that are not blank, one column after the other.
///
/// # Errors
/// As for [`column()`].
pub fn of_kind(folder: &Path, columns: &[&str]) -> Outcome<Vec<String>> {
    let mut values = Vec::new();
    for name in columns {
        let (file, column_name) = name.split_once('.').ok_or("a column is named file.column")?;
        let texts = column(folder, file, column_name)?;
        values.extend(texts.into_iter().filter(|text| !text.trim().is_empty()));
    }
    Ok(values)
}

/// The distinct rows of a customer file, in file order: one list of cells a row.
///
/// # Errors
/// As for [`column()`].
pub fn rows(folder: &Path, source: &Source) -> Outcome<Vec<Vec<String>>> {
    let mut columns = Vec::new();
    for (name, _) in source.fields {
        columns.push(column(folder, source.name, name)?.into_iter());
    }
    let mut rows = Vec::new();
    let mut seen = std::collections::HashSet::new();
    loop {
        let row: Vec<String> = columns.iter_mut().filter_map(Iterator::next).collect();
        if row.len() < source.fields.len() {
            return Ok(rows);
        }
        if seen.insert(row.clone()) {
            rows.push(row);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::retail::{Options, generate};

    #[test]
    fn every_column_named_here_is_written_by_the_generator() {
        let out = std::env::temp_dir().join(format!("rcu-values-{}", std::process::id()));
        let options =
            Options { records: 400, transactions: 500, seed: 1, noise: 1.0, csv: false, out: out.clone() };
        generate(&options, &mut |_| ()).unwrap();
        let folder = out.join("in");
        for (kind, columns) in COLUMNS {
            let values = of_kind(&folder, columns).unwrap();
            assert!(values.len() > 50, "{kind}");
            assert!(values.iter().all(|value| !value.trim().is_empty()), "{kind}");
        }
        let rows = rows(&folder, &RECORD).unwrap();
        assert!(rows.len() > 20 && rows.iter().all(|row| row.len() == 13));
        assert!(column(&folder, "crm", "nothing").is_err());
        std::fs::remove_dir_all(out).unwrap();
    }
}
