//! Our own export of everything: its journal, entry by entry.

use serde::Deserialize;
use serde_json::Value;

use super::{ImportError, Parsed};
use crate::study::Entry;

#[derive(Deserialize)]
struct Everything {
    format: String,
    journal: Option<Vec<Value>>,
}

/// Reads the journal of an export.
///
/// # Errors
/// When it is no JSON, or not ours.
pub fn parse(text: &str) -> Result<Parsed, ImportError> {
    let all: Everything = serde_json::from_str(text).map_err(ImportError::Json)?;
    let (true, Some(journal)) = (all.format == "whetstone-catalog", all.journal) else {
        return Err(ImportError::NotOurs);
    };
    let mut parsed = Parsed::of("Whetstone's JSON");
    for (number, value) in (1..).zip(journal) {
        match serde_json::from_value::<Entry>(value) {
            Ok(entry) => parsed.entries.push(entry),
            Err(error) => parsed.skip(format!("entry {number}"), format!("is not understood ({error})")),
        }
    }
    Ok(parsed)
}
