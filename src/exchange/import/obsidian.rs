//! Cards in notes as the Obsidian plugin "Spaced Repetition" reads them, with the schedule in its comments.

use std::collections::HashMap;

use jiff::civil::Date;

use super::{Foreign, Parsed, markdown};
use crate::ids::stable_hash;
use crate::study::{Memory, Phase, Schedule, memory_from_sm2};
use crate::time::{Day, Moment, Timestamp};

/// What stands between the sides. The plugin lets its user choose them; these are its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Separators {
    pub inline: String,
    pub inline_reversed: String,
    pub lines: String,
    pub lines_reversed: String,
}

impl Default for Separators {
    fn default() -> Self {
        let [inline, inline_reversed, lines, lines_reversed] = ["::", ":::", "?", "??"].map(str::to_owned);
        Self { inline, inline_reversed, lines, lines_reversed }
    }
}

/// Whether the note has cards: the plugin takes notes with its tag only.
pub fn has_cards(text: &str) -> bool {
    text.contains("#flashcards")
}

/// Reads the cards of a note.
pub fn parse(text: &str, name: &str, separators: &Separators, now: Moment) -> Parsed {
    let mut parsed = Parsed::of("Obsidian cards");
    let body = markdown::front_matter(text).map_or(text, |(_, body)| body);
    let before = text.lines().count() - body.lines().count();
    let mut reader = Reader { deck: name.to_owned(), separators, now, seen: HashMap::new() };
    let mut block: Vec<&str> = Vec::new();
    let (mut fenced, mut start) = (false, before + 1);
    for (number, line) in (before + 1..).zip(body.lines()) {
        fenced ^= line.trim_start().starts_with("```");
        if line.trim().is_empty() && !fenced {
            reader.block(&block, start, &mut parsed);
            block.clear();
            continue;
        }
        if block.is_empty() {
            start = number;
        }
        block.push(line);
    }
    reader.block(&block, start, &mut parsed);
    parsed
}

struct Reader<'a> {
    /// What the last tag said.
    deck: String,
    separators: &'a Separators,
    now: Moment,
    seen: HashMap<String, String>,
}

impl Reader<'_> {
    /// Lines without an empty one between them: a card, several on a line each, a tag, or neither.
    fn block(&mut self, lines: &[&str], start: usize, parsed: &mut Parsed) {
        let mut lines = lines.to_vec();
        let first = lines.first().copied().unwrap_or_default();
        if let Some(deck) = first.split_whitespace().find_map(|word| word.strip_prefix("#flashcards")) {
            let deck = deck.trim_matches('/').replace('/', "::");
            if !deck.is_empty() {
                self.deck = deck;
            }
            let rest = first.split_once("#flashcards").map_or("", |(_, rest)| rest);
            let rest = rest.split_once(char::is_whitespace).map_or("", |(_, rest)| rest);
            if rest.trim().is_empty() {
                lines.remove(0);
            } else if let Some(first) = lines.first_mut() {
                *first = rest.trim();
            }
        }
        let Separators { lines: one_way, lines_reversed: two_ways, .. } = self.separators;
        if let Some(at) = lines.iter().position(|line| line.trim() == one_way || line.trim() == two_ways) {
            let reversed = lines.get(at).is_some_and(|line| line.trim() == two_ways);
            let (front, back) = lines.split_at(at);
            let (back, comment) = without_comment(back.get(1..).unwrap_or_default());
            return self.card(&front.join("\n"), &back.join("\n"), comment, reversed, start, parsed);
        }
        let mut index = 0;
        while let Some(line) = lines.get(index) {
            let number = start + index;
            index += 1;
            // The schedule stands on the line itself or on the next one.
            let (text, comment) = split_comment(line);
            let next = lines.get(index).map(|next| split_comment(next)).filter(|(text, _)| text.trim().is_empty());
            let comment = comment.or_else(|| next.and_then(|(_, comment)| comment));
            if next.is_some_and(|(_, comment)| comment.is_some()) {
                index += 1;
            }
            let Separators { inline, inline_reversed, .. } = self.separators;
            let found = outside_code(text, inline_reversed).map(|at| (at, inline_reversed.len(), true));
            match found.or_else(|| outside_code(text, inline).map(|at| (at, inline.len(), false))) {
                Some((at, length, reversed)) => {
                    let (front, back) =
                        (text.get(..at).unwrap_or_default(), text.get(at + length..).unwrap_or_default());
                    self.card(front, back, comment, reversed, number, parsed);
                }
                None if text.contains("==") => self.gaps(text, comment, number, parsed),
                None => {}
            }
        }
    }

    fn card(
        &mut self,
        front: &str,
        back: &str,
        comment: Option<&str>,
        reversed: bool,
        line: usize,
        parsed: &mut Parsed,
    ) {
        let (front, back) = (untame(front), untame(back));
        let groups: Vec<&str> = comment.into_iter().flat_map(|comment| comment.split('!').skip(1)).collect();
        let sides = [(&front, &back), (&back, &front)];
        for (index, (front, back)) in sides.into_iter().take(1 + usize::from(reversed)).enumerate() {
            self.add(front.clone(), back.clone(), groups.get(index).copied(), line, parsed);
        }
    }

    /// `==gap==` or `==1;;gap;;hint==`, each a card.
    fn gaps(&mut self, text: &str, comment: Option<&str>, line: usize, parsed: &mut Parsed) {
        let parts: Vec<&str> = text.split("==").collect();
        // The last part stands outside; an even number of parts means that a gap is left open.
        if parts.len().is_multiple_of(2) || parts.len() < 3 {
            return;
        }
        let gap = |part: &&str| {
            let fields: Vec<&str> = part.split(";;").collect();
            match fields.as_slice() {
                [number, text, hint] if number.parse::<u8>().is_ok() => ((*text).to_owned(), Some((*hint).to_owned())),
                [number, text] if number.parse::<u8>().is_ok() => ((*text).to_owned(), None),
                [text, hint] => ((*text).to_owned(), Some((*hint).to_owned())),
                _ => ((*part).to_owned(), None),
            }
        };
        let groups: Vec<&str> = comment.into_iter().flat_map(|comment| comment.split('!').skip(1)).collect();
        for asked in (1..parts.len()).step_by(2) {
            let side = |hide: bool| {
                let part = |(index, part): (usize, &&str)| match (index % 2 == 1, index == asked) {
                    (true, true) if hide => format!("**\\[{}]**", gap(part).1.unwrap_or_else(|| "…".to_owned())),
                    (true, true) => format!("**{}**", gap(part).0),
                    (true, false) => gap(part).0,
                    (false, _) => (*part).to_owned(),
                };
                parts.iter().enumerate().map(part).collect::<String>()
            };
            self.add(side(true), side(false), groups.get(asked / 2).copied(), line, parsed);
        }
    }

    fn add(&mut self, front: String, back: String, group: Option<&str>, line: usize, parsed: &mut Parsed) {
        let place = format!("line {line}");
        let schedule = group.and_then(|group| schedule(group.trim_end_matches("-->").trim(), self.now));
        if let Some(group) = group.filter(|group| schedule.is_none() && !group.starts_with("2000-01-01")) {
            parsed.skip(place.clone(), format!("its schedule “{group}” is not understood; the card comes as new"));
        }
        let card = Foreign {
            place,
            origin: format!("obsidian:{:016x}", stable_hash(format!("{}\n{front}", self.deck))),
            deck: self.deck.clone(),
            front,
            back,
            schedule,
            ..Foreign::default()
        };
        parsed.add(card, &mut self.seen);
    }
}

/// `2024-08-16,51,230` of SM-2, or `fsrs,due,interval,stability,difficulty,state,reps,lapses,steps,last`.
fn schedule(group: &str, now: Moment) -> Option<Schedule> {
    let fields: Vec<&str> = group.split(',').map(str::trim).collect();
    let at = |text: &str| text.parse().ok().map(|at: jiff::Timestamp| Timestamp(at.as_millisecond()));
    match fields.as_slice() {
        ["fsrs", due, interval, stability, difficulty, state, reps, lapses, steps, last] => {
            let step: u8 = steps.parse().ok()?;
            let phase = match *state {
                "1" => Phase::Learning(step.min(1)),
                "2" => Phase::Review,
                "3" => Phase::Relearning(0),
                _ => return None,
            };
            let memory = Memory { stability: stability.parse().ok()?, difficulty: difficulty.parse().ok()? };
            Some(Schedule {
                phase,
                memory: Some(memory.sane()?),
                due: Some(at(due)?),
                last_review: at(last).map(|at| Moment { at, ..now }),
                interval_days: interval.parse().ok()?,
                reps: reps.parse().ok()?,
                lapses: lapses.parse().ok()?,
            })
        }
        [due, interval, ease] => {
            let due: Date = due.parse().ok().filter(|due| *due != jiff::civil::date(2000, 1, 1))?;
            let (interval, ease): (f32, f32) = (interval.parse().ok()?, ease.parse().ok()?);
            let days = (1.0..36_500.0).contains(&interval).then_some(interval)?;
            let due = Day(due);
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number of days")]
            let whole = days.round() as u32;
            let last = due.plus_days(-i32::try_from(whole).ok()?);
            Some(Schedule {
                phase: Phase::Review,
                memory: memory_from_sm2(ease / 100.0, days),
                due: Some(due.starts_at(now.offset_secs)),
                last_review: Some(Moment { at: last.starts_at(now.offset_secs), ..now }),
                interval_days: whole,
                reps: 1,
                lapses: 0,
            })
        }
        _ => None,
    }
}

/// The text before a schedule's comment, and the comment.
fn split_comment(line: &str) -> (&str, Option<&str>) {
    line.split_once("<!--SR:").map_or((line, None), |(text, comment)| (text, Some(comment)))
}

fn without_comment<'a>(lines: &[&'a str]) -> (Vec<&'a str>, Option<&'a str>) {
    let mut lines = lines.to_vec();
    let mut comment = None;
    if let Some(last) = lines.last_mut() {
        let (text, found) = split_comment(last);
        (*last, comment) = (text, found);
        if text.trim().is_empty() {
            lines.pop();
        }
    }
    (lines, comment)
}

/// Where the separator stands outside of code.
fn outside_code(line: &str, separator: &str) -> Option<usize> {
    let mut at = 0;
    for (index, part) in line.split('`').enumerate() {
        if index % 2 == 0
            && let Some(found) = part.find(separator)
        {
            return Some(at + found);
        }
        at += part.len() + 1;
    }
    None
}

/// A side as it was before our export kept it in one piece.
fn untame(text: &str) -> String {
    let line = |line: &str| match line {
        "<br>" => String::new(),
        "\\?" | "\\??" => line.trim_start_matches('\\').to_owned(),
        _ => line.replace("&#58;:", "::"),
    };
    text.trim().lines().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Moment = Moment { at: Timestamp(1_795_514_400_000), offset_secs: 0 };

    fn parsed(text: &str) -> Parsed {
        parse(text, "note", &Separators::default(), NOW)
    }

    #[test]
    fn every_kind_of_card_and_both_schedules() {
        let text = "---\ntags: x\n---\n#flashcards/kafka/isr\n\nfront::back\na:::b <!--SR:!2024-08-16,51,230!2000-01-01,1,250-->\n\
                    uses `std::vector` only\n\nlong\nfront\n?\nlong\nback\n<!--SR:!fsrs,2026-12-01T04:00:00Z,9,9.5,5.25,2,4,1,0,2026-11-22T10:00:00Z-->\n\n\
                    A ==1;;gap;;hint== and ==two==\n\n#flashcards/other x::y\n";
        let parsed = parsed(text);
        let cards: Vec<_> = parsed.cards.iter().map(|card| (card.front.as_str(), card.back.as_str())).collect();
        assert_eq!(
            cards,
            [
                ("front", "back"),
                ("a", "b"),
                ("b", "a"),
                ("long\nfront", "long\nback"),
                ("A **\\[hint]** and two", "A **gap** and two"),
                ("A gap and **\\[…]**", "A gap and **two**"),
                ("x", "y"),
            ]
        );
        assert_eq!(parsed.skipped, []);
        assert_eq!(parsed.cards[0].deck, "kafka::isr");
        assert_eq!(parsed.cards[6].deck, "other");
        let sm2 = parsed.cards[1].schedule.as_ref().unwrap();
        assert_eq!((sm2.interval_days, Day::of(sm2.due.unwrap(), 0).to_string()), (51, "2024-08-16".to_owned()));
        assert!(sm2.memory.is_some() && parsed.cards[2].schedule.is_none());
        let fsrs = parsed.cards[3].schedule.as_ref().unwrap();
        assert_eq!((fsrs.phase, fsrs.reps, fsrs.memory.unwrap().stability), (Phase::Review, 4, 9.5));
    }

    #[test]
    fn a_schedule_that_is_not_understood_is_named() {
        let parsed = parsed("#flashcards\n\na::b <!--SR:!fsrs,never,1-->\n");
        assert_eq!((parsed.cards.len(), parsed.skipped.len()), (1, 1));
        assert!(parsed.skipped[0].why.contains("never"), "{:?}", parsed.skipped);
    }
}
