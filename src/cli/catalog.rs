//! `whetstone catalog`: the whole catalog as JSON, the reader's own folders included.

use std::process::ExitCode;

use super::Places;
use crate::exchange::json;

pub fn run(places: &Places) -> ExitCode {
    match super::catalog_with_own(places) {
        Ok(catalog) => {
            say!("{:#}", json::catalog(&catalog));
            ExitCode::SUCCESS
        }
        Err(code) => code,
    }
}
