//! What was meant by a word that stands nowhere: the nearest word that does.

/// The word of the vocabulary nearest to `word`: one slip away, two in a long word; of several the one that most documents
/// have. While the word is unfinished, a word that begins so is as near as its beginning.
pub fn nearest<'a>(
    word: &str,
    unfinished: bool,
    vocabulary: &'a [Box<str>],
    documents: impl Fn(usize) -> usize,
) -> Option<&'a str> {
    let length = word.chars().count();
    let most = match length {
        0..=3 => return None,
        4..=7 => 1,
        _ => 2,
    };
    let letters = letters_of(word);
    let mut best: Option<(usize, std::cmp::Reverse<usize>, &str)> = None;
    for (number, known) in vocabulary.iter().enumerate() {
        // A slip changes at most two of the letters that a word has.
        let missing = (letters & !letters_of(known)).count_ones() as usize;
        if missing > most || known.len() + most < word.len() {
            continue;
        }
        let Some(slips) = slips(word, length, known, unfinished).filter(|slips| *slips <= most) else { continue };
        let having = documents(number);
        let candidate = (slips, std::cmp::Reverse(having), known.as_ref());
        if having > 0 && best.is_none_or(|best| candidate < best) {
            best = Some(candidate);
        }
    }
    best.map(|(_, _, known)| known)
}

/// How many letters must be put in, left out, changed or swapped with the next.
fn slips(word: &str, length: usize, known: &str, unfinished: bool) -> Option<usize> {
    let whole = strsim::osa_distance(word, known);
    if !unfinished {
        return Some(whole);
    }
    let beginnings = (length.saturating_sub(1)..=length + 1).filter_map(|chars| {
        let (end, _) = known.char_indices().nth(chars)?;
        Some(strsim::osa_distance(word, known.get(..end)?))
    });
    beginnings.chain([whole]).min()
}

/// Which letters and digits a word has, a bit each.
fn letters_of(word: &str) -> u64 {
    word.bytes().fold(0, |bits, byte| bits | 1 << (byte & 63))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meant(word: &str, unfinished: bool) -> Option<String> {
        let vocabulary: Vec<Box<str>> =
            ["rebalance", "replica", "kafka", "partition", "offset", "offsets"].map(Into::into).to_vec();
        nearest(word, unfinished, &vocabulary, |number| number + 1).map(str::to_owned)
    }

    #[test]
    fn a_slip_is_forgiven_and_two_in_a_long_word() {
        assert_eq!(meant("kafak", false).as_deref(), Some("kafka"));
        assert_eq!(meant("rebalence", false).as_deref(), Some("rebalance"));
        assert_eq!(meant("partitoin", false).as_deref(), Some("partition"));
        assert_eq!(meant("ofset", false).as_deref(), Some("offset"));
        assert_eq!(meant("zzyzx", false), None);
        assert_eq!(meant("kfa", false), None);
    }

    #[test]
    fn an_unfinished_word_is_read_as_a_beginning() {
        assert_eq!(meant("reblan", true).as_deref(), Some("rebalance"));
        assert_eq!(meant("reblan", false), None);
    }
}
