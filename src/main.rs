//! Starts the command line, nothing else.

use std::process::ExitCode;

/// Measured against the C library's: a twentieth less CPU for a whole sign-in.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    entente::cli::run()
}
