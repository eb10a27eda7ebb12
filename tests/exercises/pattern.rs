//! Expected output with wildcards: `[..]` within a line, `...` for any number of lines.

const WITHIN_LINE: &str = "[..]";
const ANY_LINES: &str = "...";

pub fn lines_match(expected: &[String], actual: &[String]) -> bool {
    let Some((first, rest)) = expected.split_first() else { return actual.is_empty() };
    if first == ANY_LINES {
        return (0..=actual.len()).any(|skipped| lines_match(rest, &actual[skipped..]));
    }
    actual.split_first().is_some_and(|(line, others)| line_matches(first, line) && lines_match(rest, others))
}

/// How many of the expected lines match before the first that cannot: where to look in a long output.
pub fn matching_prefix(expected: &[String], actual: &[String]) -> usize {
    let open_end = [ANY_LINES.to_owned()];
    let matches = |count: &usize| lines_match(&[&expected[..*count], &open_end].concat(), actual);
    (0..=expected.len()).rev().find(matches).unwrap_or(0)
}

pub fn has_wildcard(line: &str) -> bool {
    line == ANY_LINES || line.contains(WITHIN_LINE)
}

fn line_matches(pattern: &str, line: &str) -> bool {
    let mut pieces = pattern.split(WITHIN_LINE);
    let first = pieces.next().unwrap_or_default();
    let Some(mut rest) = line.strip_prefix(first) else { return false };
    let mut pieces: Vec<_> = pieces.collect();
    let Some(last) = pieces.pop() else { return rest.is_empty() };
    for piece in pieces {
        // The earliest place leaves the most for the pieces to come.
        let Some(at) = rest.find(piece) else { return false };
        rest = &rest[at + piece.len()..];
    }
    rest.ends_with(last)
}
