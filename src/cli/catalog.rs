//! `whetstone catalog`: the whole catalog as JSON.

use std::process::ExitCode;

use super::Places;
use crate::exchange::json;

pub fn run(places: &Places) -> ExitCode {
    match super::catalog_of(places) {
        Ok(catalog) => {
            say!("{:#}", json::catalog(&catalog));
            ExitCode::SUCCESS
        }
        Err(code) => code,
    }
}
