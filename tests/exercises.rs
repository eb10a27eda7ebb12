//! Runs the exercises of the questions on real systems and compares what they print; see `CONTRIBUTING.md`, "Exercises that run".
//!
//! `cargo test --test exercises -- --help` says how. What a machine lacks is skipped by name; `tests/exercises/install.sh` brings it.

#[path = "exercises/mod.rs"]
mod exercises;

fn main() -> std::process::ExitCode {
    exercises::main()
}
