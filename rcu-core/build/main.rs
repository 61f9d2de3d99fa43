//! Compiles the reference tables of `data/` into compact sets and maps (see `src/reference`).
//!
//! Each room of the reference tables has a module here; a module reads its own data files and
//! writes its own outputs, so a table can change without touching the others.

mod email;
mod names;
mod postal;
mod vocabulary;

use std::io::Read;
use std::path::{Path, PathBuf};

fn main() {
    println!("cargo:rerun-if-changed=data");
    println!("cargo:rerun-if-changed=build");
    let data = PathBuf::from("data");
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    email::compile(&data, &out);
    names::compile(&data, &out);
    postal::compile(&data, &out);
    vocabulary::compile(&data, &out);
}

/// Text of a gzip file.
#[allow(dead_code)]
fn gunzip(path: &Path) -> String {
    let file = std::fs::File::open(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let mut text = String::new();
    flate2::read::GzDecoder::new(file)
        .read_to_string(&mut text)
        .unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    text
}

/// Writes `keys` (sorted here, duplicates dropped) as an fst set and says how many bytes it took.
#[allow(dead_code)]
fn write_set(out: &Path, name: &str, mut keys: Vec<String>) {
    keys.sort_unstable();
    keys.dedup();
    let set = fst::Set::from_iter(keys).expect("keys are sorted");
    std::fs::write(out.join(name), set.as_fst().as_bytes()).expect("OUT_DIR is writable");
}

/// Writes `pairs` (sorted here; of a repeated key the smallest value is kept) as an fst map.
#[allow(dead_code)]
fn write_map(out: &Path, name: &str, mut pairs: Vec<(String, u64)>) {
    pairs.sort_unstable();
    pairs.dedup_by(|a, b| a.0 == b.0);
    let map = fst::Map::from_iter(pairs).expect("keys are sorted");
    std::fs::write(out.join(name), map.as_fst().as_bytes()).expect("OUT_DIR is writable");
}
