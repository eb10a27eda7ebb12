//! Decks for hashcards: Markdown with `Q:` and `A:`, as its 0.4.0 reads it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::cards::OutCard;
use super::names;

/// A file for each question with cards, by its path in the folder.
pub fn files(cards: &[OutCard<'_>]) -> Vec<(String, String)> {
    let mut decks: BTreeMap<String, (String, String)> = BTreeMap::new();
    for card in cards {
        let question = card.id.question();
        let path = format!("{}.md", names::path(question.as_str()));
        let name = card.question.map_or(&*card.deck, |question| question.title.as_str());
        let (_, text) = decks.entry(path).or_insert_with(|| (name.to_owned(), String::new()));
        let _ = write!(text, "\nQ: {}\nA: {}\n", tame(card.front), tame(card.back));
    }
    let file = |(path, (name, text)): (String, (String, String))| {
        // A quoted TOML string escapes as JSON does.
        (path, format!("---\nname = {}\n---\n{text}", serde_json::Value::from(name)))
    };
    decks.into_iter().map(file).collect()
}

/// No line opens a card of its own or ends this one, within code too: hashcards does not know fences.
fn tame(text: &str) -> String {
    let mut fenced = false;
    let mut out = String::with_capacity(text.len());
    for (index, line) in text.lines().enumerate() {
        if index > 0 {
            out.push('\n');
        }
        fenced ^= line.trim_start().starts_with("```");
        if line.trim() == "---" {
            // In code it is YAML as a rule, where a comment may follow.
            out.push_str(if fenced { "--- #" } else { "***" });
            continue;
        }
        if ["Q:", "A:", "C:"].iter().any(|tag| line.starts_with(tag)) {
            out.push(' ');
        }
        out.push_str(line);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_ends_a_card() {
        assert_eq!(tame("a\nA: b\n---\n```\n---\nQ: c\n```"), "a\n A: b\n***\n```\n--- #\n Q: c\n```");
    }
}
