//! The `rcu` program: the engine over flat files.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}
