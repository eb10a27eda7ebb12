//! Anki's gaps: `{{c1::text::hint}}`, one card for each number.

use std::collections::BTreeSet;

/// The numbers of the gaps in a text.
pub fn numbers(text: &str) -> BTreeSet<u32> {
    text.match_indices("{{c").filter_map(|(at, _)| opening(text.get(at..)?).map(|(number, _)| number)).collect()
}

/// The text with the gaps of `number` hidden (or shown in bold), and all others as they read.
pub fn filled(text: &str, number: u32, hide: bool) -> String {
    let mut out = String::with_capacity(text.len());
    // Of each gap that is open: whether it is asked for, and where its text begins.
    let mut open: Vec<(bool, usize)> = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if let Some((found, after)) = opening(rest) {
            open.push((found == number, out.len()));
            rest = after;
        } else if let (Some(after), false) = (rest.strip_prefix("}}"), open.is_empty()) {
            let (asked, from) = open.pop().unwrap_or_default();
            let inner = out.split_off(from.min(out.len()));
            let (answer, hint) = inner.split_once("::").map_or((inner.as_str(), None), |(a, hint)| (a, Some(hint)));
            match (asked, hide) {
                (true, true) => out.extend(["<b>[", hint.unwrap_or("…"), "]</b>"]),
                (true, false) => out.extend(["<b>", answer, "</b>"]),
                (false, _) => out.push_str(answer),
            }
            rest = after;
        } else {
            out.push(c);
            rest = rest.get(c.len_utf8()..).unwrap_or_default();
        }
    }
    out
}

/// `{{c12::` at the head of the text: its number, and what follows.
fn opening(text: &str) -> Option<(u32, &str)> {
    let rest = text.strip_prefix("{{c")?;
    let (digits, after) = rest.split_once("::")?;
    (digits.len() <= 3).then(|| digits.parse().ok().map(|number| (number, after)))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_hidden_one_number_at_a_time() {
        let text = "{{c1::Kafka}} keeps a {{c2::log::data structure}}, {{c1::again}}";
        assert_eq!(numbers(text).into_iter().collect::<Vec<_>>(), [1, 2]);
        assert_eq!(filled(text, 1, true), "<b>[…]</b> keeps a log, <b>[…]</b>");
        assert_eq!(filled(text, 2, true), "Kafka keeps a <b>[data structure]</b>, again");
        assert_eq!(filled(text, 2, false), "Kafka keeps a <b>log</b>, again");
        assert_eq!(filled("{{c1::a {{c2::b}} c}}", 2, true), "a <b>[…]</b> c");
        assert_eq!(filled("{{c1::open", 1, true), "open");
    }
}
