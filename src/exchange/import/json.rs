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
            Ok(entry) if entry.is_plausible() => parsed.entries.push(entry),
            Ok(_) => parsed.skip(format!("entry {number}"), "has a time that no clock shows"),
            Err(error) => parsed.skip(format!("entry {number}"), format!("is not understood ({error})")),
        }
    }
    Ok(parsed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_with_a_time_that_no_clock_shows_is_skipped_and_named() {
        let entry = |at: i64| {
            let id = format!("00000000-0000-0000-0000-{:012}", at.unsigned_abs() % 1_000_000_000_000);
            serde_json::json!({ "id": id, "machine": id, "at": at, "offset_secs": 0, "facts": [] })
        };
        let journal = [entry(1_795_514_400_000), entry(i64::MIN), entry(i64::MAX)];
        let parsed =
            parse(&serde_json::json!({ "format": "whetstone-catalog", "journal": journal }).to_string()).unwrap();
        assert_eq!(parsed.entries.len(), 1);
        let skipped: Vec<_> =
            parsed.skipped.iter().map(|skipped| (skipped.place.as_str(), skipped.why.as_str())).collect();
        let why = "has a time that no clock shows";
        assert_eq!(skipped, [("entry 2", why), ("entry 3", why)]);
    }
}
