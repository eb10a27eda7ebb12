//! Words for members and partitions.

use std::collections::BTreeSet;

use super::assign::Tp;

/// The topics, in the order of their names, and the letter of each.
pub const TOPICS: [&str; 2] = ["orders", "refunds"];

/// `o3`: partition 3 of orders.
pub fn short(tp: Tp) -> String {
    let letter = TOPICS.get(usize::from(tp.0)).and_then(|name| name.chars().next()).unwrap_or('t');
    format!("{letter}{}", tp.1)
}

pub fn partitions(of: &BTreeSet<Tp>) -> String {
    match of.len() {
        0 => "nothing".to_owned(),
        1..=4 => list(of.iter().map(|tp| short(*tp))),
        many => format!("{many} partitions"),
    }
}

/// `A`, `A and B`, `A, B and C`.
pub fn list(items: impl IntoIterator<Item = impl std::fmt::Display>) -> String {
    let items: Vec<String> = items.into_iter().map(|item| item.to_string()).collect();
    match items.as_slice() {
        [] => "nobody".to_owned(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}
