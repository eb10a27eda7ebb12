//! Something wrong in the content, with its place.

use std::fmt;

use serde::Serialize;

/// One thing to mend: where, what is wrong, what was expected.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Problem {
    /// Relative to the content folder, with `/`.
    pub file: String,
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub col: usize,
    pub found: String,
    pub expected: String,
}

impl Problem {
    /// A problem at a byte of the file's text; past its end means at its end.
    pub fn at(file: &str, text: &str, byte: usize, found: impl Into<String>, expected: impl Into<String>) -> Self {
        let mut end = byte.min(text.len());
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let before = text.get(..end).unwrap_or_default();
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Self {
            file: file.to_owned(),
            line: before.matches('\n').count() + 1,
            col: before.get(line_start..).unwrap_or_default().chars().count() + 1,
            found: found.into(),
            expected: expected.into(),
        }
    }

    /// A problem at the first place where `anchor` stands, or at the file's beginning.
    pub fn near(file: &str, text: &str, anchor: &str, found: impl Into<String>, expected: impl Into<String>) -> Self {
        let byte = if anchor.is_empty() { 0 } else { text.find(anchor).unwrap_or(0) };
        Self::at(file, text, byte, found, expected)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, col, found, expected } = self;
        write!(f, "{file}:{line}:{col}: {found}, expected {expected}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_counts_characters_not_bytes() {
        let problem = Problem::near("a.md", "first\né and x", "x", "an x", "a y");
        assert_eq!(problem.to_string(), "a.md:2:7: an x, expected a y");
        assert_eq!(Problem::at("a.md", "é", 1, "", "").col, 1);
        assert_eq!(Problem::at("a.md", "ab", 99, "", "").col, 3);
    }
}
