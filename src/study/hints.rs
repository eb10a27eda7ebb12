//! Whether a written answer seems to cover a key point: a hint for the reader who ticks, never a tick.

use std::collections::BTreeSet;

/// Share of a key point's terms, by weight, that an answer must have.
const ENOUGH: f64 = 0.7;
/// A point of fewer terms is left to the reader.
const LEAST_TERMS: usize = 2;
/// Names, numbers and settings say more than other words.
const STRONG: f64 = 2.0;

/// Words that say nothing of what an answer is about.
const COMMON: &[&str] = &[
    "about", "after", "again", "also", "although", "always", "and", "another", "any", "are", "because", "been",
    "before", "being", "between", "both", "but", "can", "cannot", "come", "comes", "does", "done", "each", "else",
    "even", "ever", "every", "for", "from", "give", "given", "gives", "goes", "has", "have", "here", "how", "into",
    "its", "just", "keep", "keeps", "less", "like", "long", "made", "make", "makes", "many", "may", "more", "most",
    "much", "must", "need", "needs", "never", "not", "nothing", "off", "once", "one", "only", "other", "others", "out",
    "over", "own", "same", "say", "says", "see", "set", "should", "since", "some", "still", "such", "take", "takes",
    "than", "that", "the", "their", "them", "then", "there", "these", "they", "thing", "things", "this", "those",
    "through", "too", "two", "under", "until", "use", "used", "uses", "using", "very", "was", "way", "well", "what",
    "when", "where", "whether", "which", "while", "who", "whose", "why", "will", "with", "within", "without", "would",
    "you", "your",
];

/// The terms of a text that tell it from others, as stems.
fn terms(text: &str) -> BTreeSet<(String, bool)> {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '=' | '-' | '\'');
    let words = text.split(|c: char| !is_part(c)).map(|word| word.trim_matches(['.', '-', '\'', '=']));
    let term = |word: &str| {
        let is_name = word.chars().skip(1).any(char::is_uppercase) || word.contains(['.', '_', '=']);
        let is_strong = is_name || word.chars().any(|c| c.is_ascii_digit());
        let low = word.to_lowercase();
        let tells = is_strong || (low.chars().count() >= 3 && !COMMON.contains(&low.as_str()));
        tells.then(|| (stem(&low).to_owned(), is_strong))
    };
    words.filter_map(term).collect()
}

/// Without the commonest endings, so that `commits`, `committed` and `committing` are one.
fn stem(word: &str) -> &str {
    let long = |stem: &&str| stem.chars().count() >= 4;
    for ending in ["ing", "ed", "es", "s", "e"] {
        if let Some(stem) = word.strip_suffix(ending).filter(long) {
            // A doubled consonant before an ending stands alone without it.
            let mut last = stem.char_indices().rev();
            return match (last.next(), last.next()) {
                (Some((at, a)), Some((_, b))) if a == b && ending.len() > 1 => &stem[..at],
                _ => stem,
            };
        }
    }
    word
}

/// Whether most of what tells a key point from others is in the answer.
pub fn seems_covered(point: &str, answer: &str) -> bool {
    let (of_point, of_answer) = (terms(point), terms(answer));
    if of_point.len() < LEAST_TERMS {
        return false;
    }
    let there: BTreeSet<&str> = of_answer.iter().map(|(stem, _)| stem.as_str()).collect();
    let weight = |strong: bool| if strong { STRONG } else { 1.0 };
    let all: f64 = of_point.iter().map(|(_, strong)| weight(*strong)).sum();
    let found = of_point.iter().filter(|(stem, _)| there.contains(stem.as_str()));
    found.map(|(_, strong)| weight(*strong)).sum::<f64>() >= ENOUGH * all
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_said_in_other_forms_is_found_and_what_is_not_is_not() {
        let point = "A record is committed when every ISR member has it; acks=all waits for that.";
        assert!(seems_covered(
            point,
            "With acks=all we wait until each member of the ISR has the record, then it is a commit"
        ));
        assert!(!seems_covered(point, "Kafka is a log and consumers pull from it"));
        assert!(!seems_covered(point, ""));
        assert!(!seems_covered("It is so.", "It is so."), "nothing tells it from others");
    }

    #[test]
    fn endings_do_not_matter() {
        for word in ["commits", "committed", "committing"] {
            assert_eq!(stem(word), "commit", "{word}");
        }
        assert_eq!((stem("lease"), stem("leases")), ("leas", "leas"));
    }

    proptest! {
        #[test]
        fn any_text_is_taken(point in ".{0,80}", answer in ".{0,200}") {
            let _ = seems_covered(&point, &answer);
        }

        #[test]
        fn the_point_itself_covers_it(words in proptest::collection::vec("[a-z]{4,9}", 6..12)) {
            let point = words.join(" ");
            prop_assert!(terms(&point).len() < LEAST_TERMS || seems_covered(&point, &point));
        }
    }
}
