//! One binary for all tests that need a file, a window or the program itself.

mod cli;
mod common;
mod content;
mod flows;
mod looks;
mod readme;
mod rooms;
mod store;
