//! One binary for all tests that need a file, a window or the program itself.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]
#![expect(clippy::disallowed_methods, reason = "what another thread does is waited for with a limit")]

mod against_real;
mod cli;
mod common;
mod content;
mod flows;
mod learners;
mod looks;
mod readme;
mod rooms;
#[path = "../benches/learners/simulation/mod.rs"]
mod simulation;
mod store;
