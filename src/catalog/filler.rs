//! Words that say nothing, and so are refused.

/// Phrases in lower case; each is matched at word boundaries.
pub(super) const FILLER: &[&str] = &[
    "it is important to note",
    "it's important to note",
    "it is worth noting",
    "it's worth noting",
    "needless to say",
    "in today's world",
    "in today's fast-paced",
    "at the end of the day",
    "plays a crucial role",
    "plays a vital role",
    "plays a key role",
    "a wide range of",
    "a plethora of",
    "delve",
    "delves",
    "leverage",
    "leverages",
    "leveraging",
    "seamless",
    "seamlessly",
    "game-changer",
    "cutting-edge",
    "state-of-the-art",
    "best-in-class",
    "holistic",
    "synergy",
    "paradigm shift",
    "mission-critical",
    "battle-tested",
    "blazing",
    "blazingly",
    "supercharge",
    "unlock the power",
    "harness the power",
    "rest assured",
    "in conclusion",
    "in summary",
    "as mentioned above",
    "as we all know",
    "lorem ipsum",
    "coming soon",
    "todo",
    "tbd",
    "fixme",
];

/// The first filler phrase in `text`, with the byte at which it stands.
pub(super) fn find_filler(text: &str) -> Option<(usize, &'static str)> {
    let lower = text.to_ascii_lowercase();
    let is_word = |c: char| c.is_alphanumeric() || c == '-';
    let mut found: Option<(usize, &'static str)> = None;
    for phrase in FILLER {
        for (at, _) in lower.match_indices(phrase) {
            let before = lower.get(..at).and_then(|text| text.chars().next_back());
            let after = lower.get(at + phrase.len()..).and_then(|text| text.chars().next());
            let stands_alone = !before.is_some_and(is_word) && !after.is_some_and(is_word);
            if stands_alone && found.is_none_or(|(first, _)| at < first) {
                found = Some((at, phrase));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filler_is_found_as_a_word_only() {
        assert_eq!(find_filler("Kafka LEVERAGES the page cache"), Some((6, "leverages")));
        assert_eq!(find_filler("a leveraged buyout, the mastodon"), None);
        assert_eq!(find_filler("é It's worth noting"), Some((3, "it's worth noting")));
    }
}
