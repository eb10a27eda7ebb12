//! The cards of a question: `## name · core`, then `Q:` and `A:`.

use std::ops::Range;

use super::model::{Card, CardLevel};
use super::parse::headings;
use super::problem::Problem;
use crate::ids::{QuestionId, is_plain_name};
use crate::text;

/// A tie as written: `hide(scene#step: target)`, `predict(scene#step)` or `breaks(scene#step: node)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RawTie {
    pub verb: String,
    pub scene: String,
    pub step: String,
    pub target: Option<String>,
    /// Where it stands in the file, in bytes.
    pub at: usize,
}

/// Parses the section at `range`; the ties come beside the cards, in the same order.
pub(super) fn parse_cards(
    file: &str,
    text: &str,
    range: Range<usize>,
    id: &QuestionId,
    problems: &mut Vec<Problem>,
) -> (Vec<Card>, Vec<Option<RawTie>>) {
    let section = text.get(..range.end).unwrap_or_default();
    let (mut cards, mut ties): (Vec<Card>, Vec<Option<RawTie>>) = (Vec::new(), Vec::new());
    for (heading, range) in headings(section, range.start, "## ") {
        let mut parts = heading.split('·').map(str::trim);
        let name = parts.next().unwrap_or_default();
        if !is_plain_name(name) {
            let found = format!("a card called `{name}`");
            problems.push(Problem::at(file, text, range.start, found, "lower-case words joined by hyphens"));
            continue;
        }
        let level = match parts.next() {
            Some("core") => CardLevel::Core,
            Some("deep") => CardLevel::Deep,
            other => {
                let found = format!("the level `{}`", other.unwrap_or_default());
                problems.push(Problem::at(file, text, range.start, found, "`## name · core` or `## name · deep`"));
                continue;
            }
        };
        let tie = match parts.next() {
            None => None,
            Some(written) => {
                let tie = parse_tie(written, range.start);
                if tie.is_none() {
                    let expected = "`hide(scene#step: part)`, `predict(scene#step)` or `breaks(scene#step: node)`";
                    problems.push(Problem::at(file, text, range.start, format!("the tie `{written}`"), expected));
                }
                tie
            }
        };
        let card_id = id.card(name);
        if cards.iter().any(|card| card.id == card_id) {
            problems.push(Problem::at(file, text, range.start, format!("a second card `{name}`"), "unique names"));
            continue;
        }
        let whole = section.get(range.clone()).unwrap_or_default();
        let body_at = whole.find('\n').map_or(whole.len(), |newline| newline + 1);
        let Some((front, back)) = sides(whole.get(body_at..).unwrap_or_default()) else {
            let found = format!("`{name}` without two sides");
            problems.push(Problem::at(file, text, range.start, found, "a line `Q: …` and a line `A: …`"));
            continue;
        };
        ties.push(tie);
        cards.push(Card {
            id: card_id,
            level,
            tie: None,
            front: text::parse(&front),
            back: text::parse(&back),
            front_source: front,
            back_source: back,
        });
    }
    (cards, ties)
}

fn sides(body: &str) -> Option<(String, String)> {
    let body = body.trim_start().strip_prefix("Q:")?;
    let (front, back) = body.split_once("\nA:")?;
    let (front, back) = (front.trim().to_owned(), back.trim().to_owned());
    (!front.is_empty() && !back.is_empty()).then_some((front, back))
}

fn parse_tie(written: &str, at: usize) -> Option<RawTie> {
    let (verb, rest) = written.split_once('(')?;
    let inside = rest.strip_suffix(')')?;
    let (place, target) = match inside.split_once(':') {
        Some((place, target)) => (place, Some(target.trim().to_owned())),
        None => (inside, None),
    };
    let (scene, step) = place.trim().split_once('#')?;
    let known = match verb {
        "predict" => target.is_none(),
        "hide" | "breaks" => target.as_ref().is_some_and(|target| !target.is_empty()),
        _ => false,
    };
    known.then(|| RawTie { verb: verb.to_owned(), scene: scene.to_owned(), step: step.to_owned(), target, at })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> (Vec<Card>, Vec<Option<RawTie>>, Vec<Problem>) {
        let mut problems = Vec::new();
        let (cards, ties) = parse_cards("a.md", text, 0..text.len(), &QuestionId::new("kafka/isr"), &mut problems);
        (cards, ties, problems)
    }

    #[test]
    fn a_card_has_two_sides_and_perhaps_a_tie() {
        let (cards, ties, problems) = parse(
            "# Cards\n\n## lag · deep · hide(isr#lag: f2.state)\nQ: Which\nstate?\nA: Out.\n\n## b · core\nQ: x\nA: y\n",
        );
        assert_eq!(problems, []);
        assert_eq!(cards.len(), 2);
        assert_eq!(cards[0].id.as_str(), "kafka/isr#lag");
        assert_eq!(cards[0].front.plain(), "Which state?");
        let tie = ties[0].as_ref().unwrap();
        assert_eq!((tie.verb.as_str(), tie.step.as_str(), tie.target.as_deref()), ("hide", "lag", Some("f2.state")));
        assert_eq!(ties[1], None);
    }

    #[test]
    fn each_mistake_is_named() {
        for (text, part) in [
            ("## A b · core\nQ: x\nA: y\n", "called `A b`"),
            ("## a · easy\nQ: x\nA: y\n", "level `easy`"),
            ("## a · core\nQ: x\n", "without two sides"),
            ("## a · core · hide(isr)\nQ: x\nA: y\n", "the tie"),
            ("## a · core · predict(isr#b: c)\nQ: x\nA: y\n", "the tie"),
            ("## a · core\nQ: x\nA: y\n## a · deep\nQ: x\nA: y\n", "second card"),
        ] {
            let (_, _, problems) = parse(text);
            assert_eq!(problems.len(), 1, "{text}");
            assert!(problems[0].found.contains(part), "{:?}", problems[0]);
        }
    }
}
