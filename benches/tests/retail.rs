//! The generated retailer: the same bytes for a seed, the agreed columns, a truth that fits the files.
#![allow(clippy::unwrap_used, reason = "helpers of tests, which the exemption for tests does not reach")]

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use arrow_array::{Array, RecordBatch};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use rcu_benches::retail::{Options, Summary, generate};

const RECORDS: usize = 6_000;
const TRANSACTIONS: usize = 10_000;

/// The columns that `benches/retail.toml` and the peers' scripts name. All text but the two flags.
const COLUMNS: [(&str, &str); 8] = [
    (
        "pos",
        "CUST_NO CIV NOM_CLIENT PRENOM TEL MAIL ADR1 ADR2 CP VILLE DT_NAISS MAG OPTIN_MAIL OPTIN_SMS DT_CREA DT_MAJ",
    ),
    (
        "web",
        "customer_id gender first_name last_name email phone street_number street address_extra zip city country \
         birthdate newsletter:bool created_at updated_at",
    ),
    (
        "crm",
        "id_contact civilite nom nom_naissance prenom courriel tel_mobile tel_fixe adresse complement code_postal \
         ville date_naissance optin_email optin_sms date_maj",
    ),
    (
        "loyalty",
        "card_no civ nom prenom naissance portable fixe mail adresse complement cp ville solde_euros optin maj",
    ),
    (
        "callcenter",
        "call_ref sexe caller_name caller_phone caller_email caller_address caller_birth consent last_call",
    ),
    ("transactions", "tx_id source customer_ref store_id tx_date amount discount channel is_return:bool"),
    ("stores", "store_id store_name address zip city phone email opened"),
    ("complaints", "complaint_id source customer_ref opened_at reason status"),
];

const SOURCES: [&str; 5] = ["pos", "web", "crm", "loyalty", "callcenter"];

/// Generates into a folder of its own, emptied first.
fn retailer(name: &str, seed: u64, noise: f64) -> (PathBuf, Summary) {
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _absent_before_the_first_run = fs::remove_dir_all(&out);
    let options = Options { records: RECORDS, transactions: TRANSACTIONS, seed, noise, csv: true, out };
    let summary = generate(&options, &mut |_| {}).unwrap();
    (options.out, summary)
}

fn read(path: &Path) -> Vec<RecordBatch> {
    let file = File::open(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    ParquetRecordBatchReaderBuilder::try_new(file)
        .unwrap()
        .build()
        .unwrap()
        .map(|batch| batch.unwrap())
        .collect()
}

/// All texts of a column.
fn texts(batches: &[RecordBatch], column: &str) -> Vec<String> {
    let cells = |batch: &RecordBatch| -> Vec<String> {
        let array = batch.column_by_name(column).unwrap().as_string::<i64>();
        (0..array.len()).map(|row| array.value(row).to_owned()).collect()
    };
    batches.iter().flat_map(cells).collect()
}

fn numbers(batches: &[RecordBatch], column: &str) -> Vec<i64> {
    let cells = |batch: &RecordBatch| {
        batch.column_by_name(column).unwrap().as_primitive::<Int64Type>().values().to_vec()
    };
    batches.iter().flat_map(cells).collect()
}

fn source(out: &Path, name: &str) -> Vec<RecordBatch> {
    read(&out.join("in").join(format!("{name}.parquet")))
}

/// Every file under `folder`, by its path there.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.insert(path.strip_prefix(folder).unwrap().to_owned(), fs::read(&path).unwrap());
            }
        }
    }
    found
}

#[test]
fn same_seed_gives_the_same_bytes_and_another_does_not() {
    let (one, _) = retailer("same-1", 7, 1.0);
    let (same, _) = retailer("same-2", 7, 1.0);
    let (other, _) = retailer("same-3", 8, 1.0);
    let (one, same, other) = (files(&one), files(&same), files(&other));
    assert_eq!(one.len(), 8 + 8 + 3, "{:?}", one.keys());
    for (path, bytes) in &one {
        assert!(same[path] == *bytes, "{} differs between two runs", path.display());
        assert!(other[path] != *bytes, "{} is the same for another seed", path.display());
    }
}

#[test]
fn columns_are_the_agreed_ones() {
    let (out, _) = retailer("columns", 7, 1.0);
    for (name, columns) in COLUMNS {
        let batches = source(&out, name);
        let found: Vec<_> = batches[0]
            .schema()
            .fields()
            .iter()
            .map(|field| match field.data_type() {
                arrow_schema::DataType::Boolean => format!("{}:bool", field.name()),
                arrow_schema::DataType::LargeUtf8 => field.name().clone(),
                other => format!("{}:{other}", field.name()),
            })
            .collect();
        assert_eq!(found.join(" "), columns, "{name}");
        assert!(batches.iter().flat_map(|batch| batch.columns()).all(|column| column.null_count() == 0));
    }
}

#[test]
fn truth_fits_the_files() {
    let (out, summary) = retailer("truth", 7, 1.0);
    let truth = read(&out.join("truth.parquet"));
    let (ids, people) = (texts(&truth, "rec_id"), numbers(&truth, "person_id"));
    let households = numbers(&truth, "household_id");
    assert_eq!(ids.len(), RECORDS);
    assert_eq!(ids.iter().collect::<HashSet<_>>().len(), RECORDS, "a record id comes twice");

    let mut in_files = Vec::new();
    for name in SOURCES {
        let batches = source(&out, name);
        let key = batches[0].schema().field(0).name().clone();
        in_files.extend(texts(&batches, &key).into_iter().map(|id| format!("{name}|{id}")));
    }
    assert_eq!(ids, in_files, "the truth lists the records of the files in their order");

    let mut home = HashMap::new();
    let mut records: HashMap<i64, usize> = HashMap::new();
    for (person, household) in people.iter().zip(&households) {
        assert_eq!(*home.entry(person).or_insert(household), household, "a person has two households");
        *records.entry(*person).or_default() += 1;
    }
    let pairs: usize = records.values().map(|count| count * (count - 1) / 2).sum();
    assert_eq!((records.len(), pairs), (summary.people, summary.true_pairs));
    assert!(
        home.values().collect::<HashSet<_>>().len() < records.len() * 3 / 4,
        "households have one member each"
    );

    let meta: serde_json::Value = serde_json::from_slice(&fs::read(out.join("meta.json")).unwrap()).unwrap();
    assert_eq!(meta["true_pairs"], pairs);
    assert_eq!(meta["by_source"].as_object().unwrap().len(), 5);
}

#[test]
fn customers_of_transactions_exist_but_for_the_orphans() {
    let (out, _) = retailer("transactions", 7, 1.0);
    let truth: HashSet<_> = texts(&read(&out.join("truth.parquet")), "rec_id").into_iter().collect();
    let mut orphans = 0;
    let (sources, refs) = (
        texts(&source(&out, "transactions"), "source"),
        texts(&source(&out, "transactions"), "customer_ref"),
    );
    assert!((TRANSACTIONS - 3..=TRANSACTIONS).contains(&refs.len()), "{}", refs.len());
    for (source, customer) in sources.iter().zip(&refs) {
        let known = truth.contains(&format!("{source}|{customer}"));
        assert_ne!(known, customer.starts_with('X'), "{source} {customer}");
        orphans += usize::from(!known);
    }
    assert!((140..260).contains(&orphans), "{orphans} orphans of {}", refs.len());
    let complaints = source(&out, "complaints");
    for (source, customer) in texts(&complaints, "source").iter().zip(texts(&complaints, "customer_ref")) {
        assert!(truth.contains(&format!("{source}|{customer}")), "{source} {customer}");
    }
}

#[test]
fn csv_files_have_their_separator_and_code_page() {
    let (out, _) = retailer("csv", 7, 1.0);
    for (name, separator, utf8) in
        [("pos", ";", true), ("web", ",", true), ("crm", ",", false), ("loyalty", ";", true)]
    {
        let bytes = fs::read(out.join("in/csv").join(format!("{name}.csv"))).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        let (_, columns) = COLUMNS.iter().find(|(other, _)| *other == name).unwrap();
        let header: Vec<_> =
            columns.split_whitespace().map(|column| column.trim_end_matches(":bool")).collect();
        assert_eq!(text.lines().next(), Some(header.join(separator).as_str()), "{name}");
        assert_eq!(text.lines().count(), texts(&source(&out, name), header[0]).len() + 1, "{name}");
        // crm is full of accents, so Windows-1252 is not UTF-8; pos writes capitals and may hold none.
        assert!(utf8 || String::from_utf8(bytes).is_err(), "{name} is UTF-8");
    }
}

#[test]
fn without_noise_a_person_keeps_one_surname() {
    let (out, _) = retailer("clean", 7, 0.0);
    let truth = read(&out.join("truth.parquet"));
    let owner: HashMap<_, _> =
        texts(&truth, "rec_id").into_iter().zip(numbers(&truth, "person_id")).collect();
    let pos = source(&out, "pos");
    let mut surname: HashMap<i64, String> = HashMap::new();
    for (id, last) in texts(&pos, "CUST_NO").into_iter().zip(texts(&pos, "NOM_CLIENT")) {
        let person = owner[&format!("pos|{id}")];
        assert_eq!(*surname.entry(person).or_insert_with(|| last.clone()), last);
    }
}
