//! The ledger of ids: every question and card ever published, so that none is lost or used again for another thing.
//!
//! One id a line; a line that begins with `-` is retired and says since when: `- kafka/old#card 2026-12`.

use std::collections::BTreeMap;

use super::problem::Problem;

pub const FILE: &str = "ledger.txt";

/// Compares ids, each with the file that holds it, with the ledger's text; `file` is how problems name the ledger.
pub(super) fn problems(ids: &BTreeMap<String, String>, file: &str, ledger: &str) -> Vec<Problem> {
    let mut known: BTreeMap<&str, (bool, usize)> = BTreeMap::new();
    let mut out = Vec::new();
    let mut at = 0;
    for line in ledger.split_inclusive('\n') {
        let (retired, id) = match line.trim().strip_prefix('-') {
            Some(rest) => (true, rest.split_whitespace().next().unwrap_or_default()),
            None => (false, line.trim()),
        };
        if !id.is_empty() && known.insert(id, (retired, at)).is_some() {
            out.push(Problem::at(file, ledger, at, format!("`{id}` for the second time"), "each id once"));
        }
        at += line.len();
    }
    for (id, file) in ids {
        match known.get(id.as_str()) {
            Some((true, _)) => {
                let found = format!("the retired id `{id}`");
                out.push(Problem::at(file, "", 0, found, "a new id: a reader's history hangs on the old one"));
            }
            Some((false, _)) => {}
            None => {
                let found = format!("`{id}`, which the ledger does not know");
                out.push(Problem::at(file, "", 0, found, "`whetstone check --record`, once it is final"));
            }
        }
    }
    for (id, (retired, at)) in known {
        if !retired && !ids.contains_key(id) {
            let found = format!("`{id}`, which is gone from the content");
            let expected = format!("the question or card, or `- {id}` with the month in which it was retired");
            out.push(Problem::at(file, ledger, at, found, expected));
        }
    }
    out
}

/// The ledger with the new of these ids added; nothing leaves it.
pub(super) fn with_new_ids(ids: &BTreeMap<String, String>, ledger: &str) -> String {
    let mut lines: BTreeMap<String, String> = BTreeMap::new();
    for line in ledger.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let id = line.trim_start_matches('-').split_whitespace().next().unwrap_or_default();
        lines.insert(id.to_owned(), line.to_owned());
    }
    for id in ids.keys() {
        lines.entry(id.clone()).or_insert_with(|| id.clone());
    }
    lines.into_values().map(|line| line + "\n").collect()
}
