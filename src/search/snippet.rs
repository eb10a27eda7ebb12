//! The piece of a text that shows why it was found, and how close the words stand there.

use std::ops::Range;

use super::tokens::{each_word, stem};

/// A piece of text with the words that were found in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snippet {
    pub text: String,
    /// Bytes of `text` to be marked, in order.
    pub marks: Vec<Range<usize>>,
    /// Where in the whole text the first of the words stands, in bytes.
    pub at: usize,
}

/// About how long a snippet is, in bytes.
const LENGTH: usize = 150;
/// How much of it may stand before the first word that was found.
const BEFORE: usize = 40;
/// Only so many of the words found in a text are looked at.
const MOST_MARKS: usize = 400;

/// The piece with the most of the words, and how near they stand: 1 when all of them do in one piece, 0 when it is one alone.
pub fn of(text: &str, words: &[String]) -> (Snippet, f32) {
    let mut found: Vec<(Range<usize>, usize)> = Vec::new();
    each_word(text, |word, range| {
        let which = words.iter().position(|wanted| word.starts_with(stem(wanted)));
        // A part of a name that was found whole is not marked again.
        let again = found.last().is_some_and(|(last, _)| last.end >= range.end);
        if let Some(which) = which.filter(|_| !again && found.len() < MOST_MARKS) {
            found.push((range, which));
        }
    });
    let Some((first, _)) = found.first() else { return (start_of(text), 0.0) };
    // The window that begins at a word and has the most different ones.
    let (mut best, mut most) = (first.start, 0);
    for (index, (range, _)) in found.iter().enumerate() {
        let inside = found.iter().skip(index).take_while(|(other, _)| other.end <= range.start + LENGTH);
        let kinds = inside.fold(0_u64, |kinds, (_, which)| kinds | 1 << (which % 64)).count_ones();
        if kinds > most {
            (best, most) = (range.start, kinds);
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "a number of words")]
    let nearness = if words.len() > 1 { (most - 1) as f32 / (words.len() - 1) as f32 } else { 0.0 };
    let from = start_near(text, best.saturating_sub(BEFORE), best);
    (cut(text, from, best, found.into_iter().map(|(range, _)| range)), nearness)
}

/// How a text begins.
pub fn start_of(text: &str) -> Snippet {
    cut(text, 0, 0, std::iter::empty())
}

/// Whether the folded words stand one after the other in the text.
pub fn has_phrase(text: &str, phrase: &[String]) -> bool {
    let mut all: Vec<String> = Vec::new();
    let mut end = 0;
    each_word(text, |word, range| {
        if range.start >= end {
            all.push(word.to_owned());
            end = range.end;
        }
    });
    all.windows(phrase.len().max(1)).any(|window| window == phrase)
}

fn cut(text: &str, from: usize, at: usize, found: impl Iterator<Item = Range<usize>>) -> Snippet {
    let end = end_near(text, from + LENGTH);
    let mut out = Snippet { at, ..Snippet::default() };
    if from > 0 {
        out.text.push('…');
    }
    let shift = out.text.len();
    // A line of its own kind, so lines run on.
    let piece = text.get(from..end).unwrap_or_default();
    out.text.extend(piece.chars().map(|c| if c.is_ascii_control() { ' ' } else { c }));
    for range in found.filter(|range| range.start >= from && range.end <= end) {
        out.marks.push(range.start - from + shift..range.end - from + shift);
    }
    if end < text.len() {
        out.text.truncate(out.text.trim_end().len());
        out.text.push('…');
    }
    out
}

/// The beginning of a word at or after `from`, but not after `limit`.
fn start_near(text: &str, from: usize, limit: usize) -> usize {
    if from == 0 {
        return 0;
    }
    let from = (from..=limit).find(|at| text.is_char_boundary(*at)).unwrap_or(limit);
    let space = text.get(from..limit).and_then(|piece| piece.find(char::is_whitespace));
    space.map_or(from, |space| (from + space + 1..=limit).find(|at| text.is_char_boundary(*at)).unwrap_or(limit))
}

/// The end of a word at or before `to`, unless that is far.
fn end_near(text: &str, to: usize) -> usize {
    if to >= text.len() {
        return text.len();
    }
    let to = (0..=to).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let piece = text.get(..to).unwrap_or_default();
    piece.rfind(char::is_whitespace).filter(|space| to - space < 24).unwrap_or(to)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn marked(text: &str, words: &[&str]) -> Vec<String> {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        let (snippet, _) = of(text, &words);
        snippet.marks.iter().map(|mark| snippet.text[mark.clone()].to_owned()).collect()
    }

    #[test]
    fn the_piece_with_all_the_words_is_shown() {
        let far = format!("The group. {} A consumer leaves the group and the rest rebalances.", "filler ".repeat(60));
        let words = ["consumer".to_owned(), "group".to_owned()];
        let (snippet, nearness) = of(&far, &words);
        assert!(snippet.text.contains("A consumer leaves the group"), "{snippet:?}");
        assert!((nearness - 1.0).abs() < f32::EPSILON);
        assert_eq!(marked(&far, &["consumer", "group", "rebal"]), ["consumer", "group", "rebalances"]);
    }

    #[test]
    fn a_phrase_stands_together() {
        let phrase = ["consumer".to_owned(), "group".to_owned()];
        assert!(has_phrase("A Consumer-Group joins", &phrase));
        assert!(!has_phrase("The group of a consumer", &phrase));
    }

    proptest! {
        #[test]
        fn marks_are_of_the_snippet(text in "(?s)[a-c é消\n]{0,600}") {
            let (snippet, nearness) = of(&text, &["a".to_owned(), "消".to_owned()]);
            prop_assert!((0.0..=1.0).contains(&nearness));
            for mark in &snippet.marks {
                prop_assert!(snippet.text.get(mark.clone()).is_some());
            }
        }
    }
}
