//! Markdown with front matter: a question of ours with my answer, or any page as a card.

use super::{Foreign, ForeignNote, Parsed};
use crate::ids::{QuestionId, stable_hash};

/// The keys of a page's front matter, plain values as text and lists as they stand in brackets.
pub fn front_matter(text: &str) -> Option<(Vec<(&str, &str)>, &str)> {
    let inner = text.strip_prefix("---\n").or_else(|| text.strip_prefix("---\r\n"))?;
    let (front, body) = inner.split_once("\n---")?;
    let body = body.split_once('\n').map_or("", |(_, body)| body);
    let pair = |line: &'_ str| -> Option<(usize, usize)> { Some((line.find(':')?, line.len())) };
    let keys = front.lines().filter_map(|line| {
        let (at, _) = pair(line)?;
        Some((line.get(..at)?.trim(), line.get(at + 1..)?.trim()))
    });
    Some((keys.collect(), body))
}

/// Reads a page; `name` is the file's, `folder` what it lies in.
pub fn parse(text: &str, name: &str, folder: &str) -> Parsed {
    let mut parsed = Parsed::of("Markdown");
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let (keys, body) = front_matter(text).unwrap_or((Vec::new(), text));
    let value = |key: &str| keys.iter().find(|(name, _)| *name == key).map(|(_, value)| unquoted(value));
    let place = format!("{name}.md");
    if let Some(id) = value("id").filter(|id| id.contains('/') && !id.contains(char::is_whitespace)) {
        // A page of ours: what stands under "My answer", or of a page without the model's text all of it.
        let is_export = body.contains("\n## Say it\n") || body.contains("\n## Sources\n");
        match my_answer(body).or_else(|| (!is_export).then(|| body.trim().to_owned())) {
            Some(text) if !text.is_empty() => {
                parsed.notes.push(ForeignNote { place, question: QuestionId::new(id), text });
            }
            _ => parsed.skip(place, "has no answer of yours in it"),
        }
        return parsed;
    }
    let heading = body.lines().find_map(|line| line.strip_prefix("# "));
    let Some(front) = value("title").or_else(|| heading.map(str::to_owned)).filter(|front| !front.is_empty()) else {
        parsed.skip(place, "has neither a title in front matter nor a first heading to ask by");
        return parsed;
    };
    let back = match heading {
        Some(heading) if heading.trim() == front => body.trim_start().split_once('\n').map_or("", |(_, rest)| rest),
        _ => body,
    };
    let tags = value("tags").unwrap_or_default();
    let tags = tags.trim_matches(['[', ']']).split(',').map(|tag| unquoted(tag).replace(' ', "-"));
    let deck = value("deck").unwrap_or_else(|| folder.to_owned());
    let card = Foreign {
        place,
        origin: format!("markdown:{:016x}", stable_hash(format!("{folder}/{name}"))),
        deck,
        tags: tags.filter(|tag| !tag.is_empty()).collect(),
        front,
        back: back.trim().to_owned(),
        ..Foreign::default()
    };
    parsed.add(card, &mut std::collections::HashMap::new());
    parsed
}

/// The section "My answer" of an exported page, as it was.
fn my_answer(body: &str) -> Option<String> {
    let (_, rest) = body.split_once("\n## My answer\n")?;
    // The sections of ours that may follow; the reader's own headings are part of the answer.
    let ends = ["My diagram", "Say it", "Key points", "Sources"].map(|title| format!("\n## {title}\n"));
    let unanswered = "\n_No model answer yet._".to_owned();
    let end = ends.iter().chain([&unanswered]).filter_map(|end| rest.find(end.as_str())).min();
    Some(rest.get(..end.unwrap_or(rest.len()))?.trim().to_owned())
}

fn unquoted(value: &str) -> String {
    let value = value.trim();
    let inner = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    inner.map_or_else(|| value.trim_matches('\'').to_owned(), |text| text.replace("\\\"", "\"").replace("\\\\", "\\"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_of_ours_gives_back_my_answer() {
        let page = "---\nid: kafka/isr\ntitle: \"The \\\"ISR\\\"\"\n---\n\n# Why?\n\n## My answer\n\nMine\n\n## with a heading\n\n## Say it\n\nTheirs\n";
        let parsed = parse(page, "isr", "kafka");
        assert_eq!(parsed.notes.len(), 1);
        assert_eq!(parsed.notes[0].text, "Mine\n\n## with a heading");
        let parsed = parse("---\nid: kafka/isr\n---\n\n# Why?\n\n## Say it\n\nTheirs\n", "isr", "kafka");
        assert_eq!((parsed.notes.len(), parsed.skipped.len()), (0, 1));
    }

    #[test]
    fn any_other_page_is_a_card() {
        let parsed = parse("---\ntitle: \"Raft: terms\"\ntags: [a b, \"c\"]\n---\nA term is …\n", "raft", "Consensus");
        let card = &parsed.cards[0];
        assert_eq!(
            (card.front.as_str(), card.back.as_str(), card.deck.as_str()),
            ("Raft: terms", "A term is …", "Consensus")
        );
        assert_eq!(card.tags, ["a-b", "c"]);
        assert_eq!(parse("# Asked\n\nbody", "x", "y").cards[0].front, "Asked");
        assert_eq!(parse("no heading", "x", "y").skipped.len(), 1);
    }
}
