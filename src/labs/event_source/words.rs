//! Words for records.

/// `record 4`, `records 4, 5 and 6`, `records 1 to 10`, `9 records from 1 to 17`.
pub fn records(ids: &[u32]) -> String {
    let (first, last) = (ids.iter().min().copied().unwrap_or(0), ids.iter().max().copied().unwrap_or(0));
    let in_row = usize::try_from(last - first).is_ok_and(|span| span + 1 == ids.len());
    match ids {
        [] => "nothing".to_owned(),
        [one] => format!("record {one}"),
        _ if ids.len() <= 5 => {
            let mut words: Vec<String> = ids.iter().map(u32::to_string).collect();
            let end = words.pop().unwrap_or_default();
            format!("records {} and {end}", words.join(", "))
        }
        _ if in_row => format!("records {first} to {last}"),
        _ => format!("{} records from {first} to {last}", ids.len()),
    }
}

/// `1 record`, `4 records`.
pub fn many(count: usize, of: &str) -> String {
    if count == 1 { format!("1 {of}") } else { format!("{count} {of}s") }
}

/// `it` or `them`.
pub const fn them(ids: &[u32]) -> &'static str {
    if ids.len() == 1 { "it" } else { "them" }
}
