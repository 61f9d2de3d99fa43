//! `rcu._rcu`: the private module behind the Python package `rcu`. Each function converts in, calls the core once with
//! the interpreter released, and converts out; what the figures mean is the core's.

#[allow(unsafe_code)]
mod capsule;
mod config;
mod errors;
mod json;
mod normalize;
mod progress;
mod repository;
mod resolution;
mod table;

use pyo3::prelude::*;
use pyo3::types::PyTuple;

/// Raises what a defect in the core would raise, so that a test can see it.
#[pyfunction]
fn _panic(py: Python<'_>) -> PyResult<()> {
    #[allow(clippy::panic)]
    errors::call(py, || panic!("a cell's content"))
}

#[pymodule(gil_used = false)]
mod _rcu {
    use super::{Bound, PyModule, PyModuleMethods, PyResult, PyTuple};

    #[pymodule_export]
    use super::_panic;
    #[pymodule_export]
    use super::config::{check, expand, schema};
    #[pymodule_export]
    use super::normalize::{check_entry, normalize_column, normalize_record, normalize_value};
    #[pymodule_export]
    use super::repository::{Repository, migrate_repository, open_repository, restore_repository};
    #[pymodule_export]
    use super::resolution::{Resolution, resolve};
    #[pymodule_export]
    use super::table::Table;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        super::errors::silence_panics();
        module.add("VERSION", env!("CARGO_PKG_VERSION"))?;
        module.add("ERROR_CODES", rcu_core::Error::ALL_CODES.to_vec())?;
        let kinds = rcu_core::normalize::Kind::ALL.iter().map(|k| k.name());
        module.add("KINDS", PyTuple::new(module.py(), kinds)?)
    }
}
