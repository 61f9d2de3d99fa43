//! The `rcu` program: the engine over flat files.

mod cli;

use std::process::ExitCode;

/// Records are many small texts: a fifth of the time of a change went to allocating them with the system's allocator.
#[cfg(feature = "mimalloc")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    cli::main()
}
