//! Words for sets of brokers and records.

use std::collections::BTreeSet;

use super::model::Id;

/// `1, 2`; `none` when there are none. For the state of a node and the log.
pub fn set(ids: &BTreeSet<Id>) -> String {
    if ids.is_empty() {
        return "[]".to_owned();
    }
    let ids: Vec<String> = ids.iter().map(Id::to_string).collect();
    format!("[{}]", ids.join(","))
}

/// `1, 2 and 3`.
pub fn list(items: impl IntoIterator<Item = impl std::fmt::Display>) -> String {
    let items: Vec<String> = items.into_iter().map(|item| item.to_string()).collect();
    match items.as_slice() {
        [] => "none".to_owned(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

/// `record 4`, `records 4, 5 and 6`, `records 7 to 12`.
pub fn records(ids: &[u32]) -> String {
    match ids {
        [one] => format!("record {one}"),
        [first, .., last] if ids.len() > 4 => format!("records {first} to {last}"),
        _ => format!("records {}", list(ids)),
    }
}
