//! How far a long run has come. The core reports; whoever runs it draws, or not.

/// Receives the stages of a run. Called from several threads; calls are rare (once per some thousand rows).
pub trait Progress: Sync {
    /// A stage begins; `total` is its number of rows, 0 when unknown.
    fn stage(&self, _name: &'static str, _total: u64) {}
    /// Rows done since the last call.
    fn advance(&self, _rows: u64) {}
}

/// Reports to nobody.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {}
