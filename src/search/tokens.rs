//! Words of a text as the index knows them: folded to lower case and without accents, each with its place.

use std::ops::Range;

use nucleo_matcher::chars::{normalize, to_lower_case};

/// Longer words are cut, in bytes; nobody types more of one.
const LONGEST: usize = 64;

/// Calls `found` with each word of `text`, folded, and where it stands in bytes.
///
/// A word is a run of letters, digits and their marks. In scripts that put no space between words each sign is a word, and a
/// name such as `ListenerContainer` is a word whose parts are words too, after the whole.
pub fn each_word(text: &str, mut found: impl FnMut(&str, Range<usize>)) {
    let mut folded = String::new();
    let mut start = None;
    // Where the parts of a name begin, beyond its first.
    let mut humps: Vec<usize> = Vec::new();
    let mut last_lower = false;
    for (at, c) in text.char_indices() {
        let in_word = is_word(c);
        if let Some(from) = start
            && (!in_word || stands_alone(c))
        {
            whole_and_parts(text, from..at, &humps, &mut folded, &mut found);
            start = None;
        }
        if !in_word {
            continue;
        }
        if stands_alone(c) {
            fold(text.get(at..at + c.len_utf8()).unwrap_or_default(), &mut folded);
            found(&folded, at..at + c.len_utf8());
            continue;
        }
        if start.is_none() {
            start = Some(at);
            humps.clear();
        } else if last_lower && c.is_uppercase() {
            humps.push(at);
        }
        last_lower = c.is_lowercase();
    }
    if let Some(from) = start {
        whole_and_parts(text, from..text.len(), &humps, &mut folded, &mut found);
    }
}

fn whole_and_parts(
    text: &str,
    range: Range<usize>,
    humps: &[usize],
    folded: &mut String,
    found: &mut impl FnMut(&str, Range<usize>),
) {
    let mut say = |range: Range<usize>| {
        fold(text.get(range.clone()).unwrap_or_default(), folded);
        if !folded.is_empty() {
            found(folded, range);
        }
    };
    say(range.clone());
    if humps.is_empty() {
        return;
    }
    let mut from = range.start;
    for at in humps.iter().copied().chain([range.end]) {
        // One letter before a capital, as in `eBay`, is no word of its own.
        if at - from > 1 {
            say(from..at);
        }
        from = at;
    }
}

/// The folded words of a text, without the parts of names.
pub fn words(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut end = 0;
    each_word(text, |word, range| {
        if range.start >= end {
            out.push(word.to_owned());
            end = range.end;
        }
    });
    out
}

/// A word of English without its ending, as long as enough of it is left to know it by.
pub fn stem(word: &str) -> &str {
    const ENDINGS: [&str; 8] = ["ions", "ion", "ings", "ing", "es", "ed", "e", "s"];
    let stem = ENDINGS.iter().find_map(|ending| word.strip_suffix(ending).filter(|stem| stem.len() >= 5));
    stem.unwrap_or(word)
}

fn fold(word: &str, out: &mut String) {
    out.clear();
    for c in word.chars() {
        if c.is_ascii() {
            out.push(c.to_ascii_lowercase());
        } else if !is_accent(c) {
            out.push(normalize(to_lower_case(c)));
        }
        if out.len() >= LONGEST {
            break;
        }
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || is_accent(c) || is_joiner(c)
}

/// Accents that stand after their letter.
const fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

/// Signs within a word that are no letters: viramas of the scripts of India, and the joiners beside them.
const fn is_joiner(c: char) -> bool {
    matches!(
        c,
        '\u{94d}'
            | '\u{9cd}'
            | '\u{a4d}'
            | '\u{acd}'
            | '\u{b4d}'
            | '\u{bcd}'
            | '\u{c4d}'
            | '\u{ccd}'
            | '\u{d4d}'
            | '\u{93c}'
            | '\u{200c}'
            | '\u{200d}'
    )
}

/// Whether the sign is of a script without spaces between words: Han, kana, Thai, Lao, Khmer, Burmese.
const fn stands_alone(c: char) -> bool {
    matches!(
        c,
        '\u{e00}'..='\u{eff}'
            | '\u{1000}'..='\u{109f}'
            | '\u{1780}'..='\u{17ff}'
            | '\u{3040}'..='\u{30ff}'
            | '\u{3400}'..='\u{4dbf}'
            | '\u{4e00}'..='\u{9fff}'
            | '\u{f900}'..='\u{faff}'
            | '\u{20000}'..='\u{3ffff}'
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_are_folded_and_taken_apart() {
        assert_eq!(words("The `min.insync.replicas` of Zürich"), ["the", "min", "insync", "replicas", "of", "zurich"]);
        // The two small sigmas are one letter.
        assert_eq!(words("cafe\u{301} ΛΌΓΟΣ λόγος 2PC"), ["cafe", "λόγοσ", "λόγοσ", "2pc"]);
        assert_eq!(words("消费者 group"), ["消", "费", "者", "group"]);
        assert_eq!(words("हिन्दी में"), ["हिन्दी", "में"]);
    }

    #[test]
    fn a_name_is_found_by_its_parts() {
        let mut all = Vec::new();
        each_word("a ListenerContainer", |word, range| all.push((word.to_owned(), range)));
        let name = |word: &str, range| (word.to_owned(), range);
        assert_eq!(
            all,
            [name("a", 0..1), name("listenercontainer", 2..19), name("listener", 2..10), name("container", 10..19)]
        );
    }

    #[test]
    fn endings_come_off_long_words_only() {
        for form in ["rebalance", "rebalances", "rebalanced", "rebalancing"] {
            assert_eq!(stem(form), "rebalanc");
        }
        assert_eq!(
            ["replication", "replicas", "string", "acks", "ring"].map(stem),
            ["replicat", "replica", "string", "acks", "ring"]
        );
    }

    proptest! {
        #[test]
        fn places_are_of_the_text(text in "(?s).{0,80}") {
            each_word(&text, |_, range| assert!(text.get(range).is_some_and(|word| !word.is_empty())));
        }
    }
}
