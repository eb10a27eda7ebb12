//! Decks of hashcards: `Q:` and `A:`, or `C:` with `[gaps]`.

use std::collections::HashMap;

use super::{Foreign, Parsed};
use crate::ids::stable_hash;

/// Whether the text looks like a deck.
pub fn is_deck(text: &str) -> bool {
    text.lines().any(|line| line.starts_with("C:"))
        || (text.lines().any(|line| line.starts_with("Q:")) && text.lines().any(|line| line.starts_with("A:")))
}

/// Reads a deck; `name` is the deck's unless its front matter says another.
pub fn parse(text: &str, name: &str) -> Parsed {
    let mut parsed = Parsed::of("hashcards deck");
    let (name, body, skipped_lines) = front_matter(text, name);
    let mut seen = HashMap::new();
    let mut card = Open::default();
    for (number, line) in (skipped_lines + 1..).zip(body.lines()) {
        let tag = ["Q:", "A:", "C:"].iter().find_map(|tag| Some((*tag, line.strip_prefix(tag)?)));
        match tag {
            Some(("A:", rest)) if card.side == Side::Question => {
                card.side = Side::Answer;
                rest.clone_into(&mut card.back);
            }
            Some(("A:", _)) => parsed.skip(format!("line {number}"), "an answer without a question"),
            Some((tag, rest)) => {
                card.close(&mut parsed, &name, &mut seen);
                let side = if tag == "Q:" { Side::Question } else { Side::Gaps };
                card = Open { side, front: rest.to_owned(), line: number, ..Open::default() };
            }
            None if line.trim() == "---" => {
                card.close(&mut parsed, &name, &mut seen);
                card = Open::default();
            }
            None => match card.side {
                Side::None if line.trim().is_empty() => {}
                Side::None => parsed.skip(format!("line {number}"), "stands outside of every card"),
                Side::Question | Side::Gaps => card.front = format!("{}\n{line}", card.front),
                Side::Answer => card.back = format!("{}\n{line}", card.back),
            },
        }
    }
    card.close(&mut parsed, &name, &mut seen);
    parsed
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Side {
    #[default]
    None,
    Question,
    Answer,
    Gaps,
}

#[derive(Default)]
struct Open {
    side: Side,
    front: String,
    back: String,
    line: usize,
}

impl Open {
    fn close(&self, parsed: &mut Parsed, deck: &str, seen: &mut HashMap<String, String>) {
        let place = format!("line {}", self.line);
        let (front, back) = (self.front.trim(), self.back.trim());
        let foreign = |origin: String, front: String, back: String| Foreign {
            place: place.clone(),
            origin: format!("hashcards:{:016x}", stable_hash(origin)),
            deck: deck.to_owned(),
            front,
            back,
            ..Foreign::default()
        };
        match self.side {
            Side::None => {}
            Side::Question => parsed.skip(place, "a question without an answer"),
            Side::Answer => {
                parsed.add(foreign(format!("Basic\n{front}\n{back}"), front.to_owned(), back.to_owned()), seen);
            }
            Side::Gaps => {
                let gaps = gaps(front);
                if gaps.is_empty() {
                    return parsed.skip(place, "no [gap] in it");
                }
                for (index, (hidden, shown)) in gaps.into_iter().enumerate() {
                    parsed.add(foreign(format!("Cloze\n{front}\n{index}"), hidden, shown), seen);
                }
            }
        }
    }
}

/// Each gap hidden in turn, and shown in bold.
fn gaps(text: &str) -> Vec<(String, String)> {
    let mut spans = Vec::new();
    let mut open = None;
    let bytes = text.as_bytes();
    for (at, byte) in bytes.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|before| bytes.get(before));
        match byte {
            b'[' if !matches!(before, Some(b'\\' | b'!')) => open = Some(at),
            b']' if before != Some(&b'\\') => {
                // `![alt](path)` and `[text](url)` are no gaps.
                let link = bytes.get(at + 1) == Some(&b'(');
                spans.extend(open.take().filter(|_| !link).map(|from| (from, at)));
            }
            _ => {}
        }
    }
    let side = |asked: usize, hide: bool| {
        let (mut out, mut last) = (String::new(), 0);
        for (index, (from, to)) in spans.iter().enumerate() {
            out.push_str(text.get(last..*from).unwrap_or_default());
            let inner = text.get(from + 1..*to).unwrap_or_default();
            match (index == asked, hide) {
                (true, true) => out.push_str("**\\[…]**"),
                (true, false) => out.extend(["**", inner, "**"]),
                _ => out.push_str(inner),
            }
            last = to + 1;
        }
        out + text.get(last..).unwrap_or_default()
    };
    (0..spans.len()).map(|index| (side(index, true), side(index, false))).collect()
}

/// The deck's name, what follows, and the lines before it.
fn front_matter<'a>(text: &'a str, name: &str) -> (String, &'a str, usize) {
    let plain = || (name.to_owned(), text, 0);
    let Some(inner) = text.strip_prefix("---\n") else { return plain() };
    let Some((front, body)) = inner.split_once("\n---") else { return plain() };
    let named = front.lines().find_map(|line| {
        let value = line.strip_prefix("name")?.trim_start().strip_prefix('=')?.trim();
        serde_json::from_str(value).ok()
    });
    (named.unwrap_or_else(|| name.to_owned()), body, front.lines().count() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_gaps_and_lost_lines() {
        let text = "---\nname = \"My deck\"\n---\nlost\nQ: one\nmore\nA: two\n\nC: a [b] ![x](y) [c]\n---\nC: none\nA: odd\nQ: open";
        let parsed = parse(text, "file");
        let cards: Vec<_> = parsed.cards.iter().map(|card| (card.front.as_str(), card.back.as_str())).collect();
        assert_eq!(
            cards,
            [
                ("one\nmore", "two"),
                ("a **\\[…]** ![x](y) c", "a **b** ![x](y) c"),
                ("a b ![x](y) **\\[…]**", "a b ![x](y) **c**"),
            ]
        );
        assert!(parsed.cards.iter().all(|card| card.deck == "My deck"));
        let skipped: Vec<_> = parsed.skipped.iter().map(|skipped| skipped.place.as_str()).collect();
        assert_eq!(skipped, ["line 4", "line 12", "line 11", "line 13"], "{:?}", parsed.skipped);
    }
}
