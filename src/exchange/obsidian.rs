//! A folder for Obsidian: a note for each question with wiki links, and beside it its cards as the plugin "Spaced
//! Repetition" reads them, with the FSRS state in its comment. Cards stand in files of their own, so that `::` in a note's
//! text is never taken for one.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use super::cards::OutCard;
use super::{Scope, markdown, names};
use crate::catalog::Catalog;
use crate::study::{Phase, Progress, Schedule};
use crate::time::Timestamp;

/// Every file with its path in the folder and its text.
pub fn files(catalog: &Catalog, progress: &Progress, cards: &[OutCard<'_>], scope: &Scope) -> Vec<(String, String)> {
    let mut out = markdown::files(catalog, progress, scope);
    for (path, text) in &mut out {
        if is_note(path) {
            *text = wiki_links(text);
        }
    }
    let mut decks: BTreeMap<String, String> = BTreeMap::new();
    for card in cards {
        let question = card.id.question();
        let path = format!("{}.cards.md", names::path(question.as_str()));
        let text = decks.entry(path).or_insert_with(|| {
            let deck = question.as_str().replace('/', "/whetstone-").replacen("/whetstone-", "/", 1);
            let title = card.question.map_or(&*card.deck, |question| question.title.as_str());
            format!("#flashcards/{deck}\n\n# {}\n", title.replace("::", ":\u{200b}:"))
        });
        let _ = write!(text, "\n{}\n?\n{}\n", tame(card.front), tame(card.back));
        if let Some(state) = card.state.filter(|state| state.schedule.phase != Phase::New) {
            let _ = writeln!(text, "{}", comment(&state.schedule));
        }
    }
    out.extend(decks);
    out
}

/// Whether a path of ours is that of a note.
fn is_note(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|ending| ending == "md")
}

/// `<!--SR:!fsrs,due,interval,stability,difficulty,state,reps,lapses,learning step,last review-->`.
fn comment(schedule: &Schedule) -> String {
    let iso = |at: Timestamp| jiff::Timestamp::from_millisecond(at.0).map_or_else(|_| "-".into(), |at| at.to_string());
    let (state, step) = match schedule.phase {
        Phase::New => (0, 0),
        Phase::Learning(step) => (1, step),
        Phase::Review => (2, 0),
        Phase::Relearning(step) => (3, step),
    };
    let (stability, difficulty) = schedule.memory.map_or((0.0, 0.0), |memory| (memory.stability, memory.difficulty));
    format!(
        "<!--SR:!fsrs,{},{},{stability:.4},{difficulty:.4},{state},{},{},{step},{}-->",
        schedule.due.map_or_else(|| "-".into(), iso),
        schedule.interval_days,
        schedule.reps,
        schedule.lapses,
        schedule.last_review.map_or_else(|| "-".into(), |last| iso(last.at)),
    )
}

/// A side of a card: no empty line, no `::` outside of code, no line that is the separator.
fn tame(text: &str) -> String {
    let mut fenced = false;
    let mut lines = Vec::new();
    for line in text.trim().lines() {
        let fence = line.trim_start().starts_with("```");
        // A fence that is indented would not be seen to end.
        let line = if fence { line.trim_start() } else { line };
        fenced ^= fence;
        lines.push(match line.trim() {
            "" if !fenced => "<br>".to_owned(),
            "?" | "??" if !fenced => format!("\\{}", line.trim()),
            _ if fenced || fence => line.to_owned(),
            _ => outside_code(line),
        });
    }
    if fenced {
        lines.push("```".to_owned());
    }
    lines.join("\n")
}

/// `::` as an entity and a colon, but for what stands between backticks.
fn outside_code(line: &str) -> String {
    let parts = line.split('`').enumerate();
    parts
        .map(|(index, part)| if index % 2 == 0 { part.replace("::", "&#58;:") } else { part.into() })
        .collect::<Vec<_>>()
        .join("`")
}

/// Links between the folder's notes as Obsidian writes them.
fn wiki_links(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("](") {
        let (before, after) = rest.split_at(at);
        let target = after.get(2..).and_then(|inner| inner.split_once(')')).map(|(target, _)| target);
        let own = target.filter(|target| is_note(target) && !target.contains("://"));
        let open = before.rfind('[').filter(|open| !before[*open..].contains('\n'));
        match (own, open) {
            (Some(target), Some(open)) => {
                let name = target.trim_start_matches("../").trim_end_matches(".md");
                out.push_str(&before[..open]);
                let _ = write!(out, "[[{name}|{}]]", &before[open + 1..]);
                rest = &after[2 + target.len() + 1..];
            }
            _ => {
                out.push_str(before);
                out.push_str("](");
                rest = &after[2..];
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_stays_one_card() {
        assert_eq!(tame("a\n\n?\n`x::y` p::q\n```\n\nz::z\n```"), "a\n<br>\n\\?\n`x::y` p&#58;:q\n```\n\nz::z\n```");
        assert_eq!(tame("  ```\nopen"), "```\nopen\n```");
    }

    #[test]
    fn links_between_notes_become_wiki_links() {
        let text = "- [The ISR](kafka/isr.md), [web](https://x.test/a.md) ![x](../kafka/a.svg) [b](../redis/b.md)";
        let expected = "- [[kafka/isr|The ISR]], [web](https://x.test/a.md) ![x](../kafka/a.svg) [[redis/b|b]]";
        assert_eq!(wiki_links(text), expected);
    }
}
