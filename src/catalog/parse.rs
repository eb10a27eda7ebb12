//! One question file: front matter, sections, key points, probes.

use std::ops::Range;

use serde::Deserialize;

use super::cards::{self, RawTie};
use super::model::{Answer, Exercise, KeyPoint, Level, Probe, Section, Source};
use super::problem::Problem;
use crate::ids::{CardId, QuestionId};
use crate::text::{self, Block, BlockKind, Doc};

/// The front matter as written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Front {
    pub id: String,
    pub title: String,
    pub prompt: String,
    pub level: Level,
    pub minutes: u32,
    #[serde(default)]
    pub tags: Vec<String>,
    #[serde(default)]
    pub related: Vec<String>,
    #[serde(default)]
    pub scene: Option<String>,
    #[serde(default)]
    pub labs: Vec<String>,
    #[serde(default)]
    pub as_of: Option<String>,
    #[serde(default)]
    pub sources: Vec<Source>,
}

/// A question file, parsed but not yet linked to others.
#[derive(Clone, Debug)]
pub(super) struct ParsedQuestion {
    pub front: Front,
    pub answer: Option<Answer>,
    /// The tie of each card, in the order of the cards.
    pub ties: Vec<Option<RawTie>>,
}

/// A section of a file: which, from its heading to the next, and whether it adds to another file's.
pub(super) type Part = (Section, Range<usize>, bool);

/// What a section's heading says when it adds to another file's.
const ADD: &str = "add";

/// Parses a file's text. None when its front matter cannot be read at all.
pub(super) fn parse_question(file: &str, text: &str, problems: &mut Vec<Problem>) -> Option<ParsedQuestion> {
    let (front, body_at) = front_matter::<Front>(file, text, problems)?;
    let id = QuestionId::new(&front.id);
    let sections = sections(file, text, body_at, false, problems);
    let mut ties = Vec::new();
    let answer = (!sections.is_empty()).then(|| answer(file, text, &id, &sections, &mut ties, problems));
    Some(ParsedQuestion { front, answer, ties })
}

/// The sections after the front matter, each once and in their order; `amending`, a heading may end in `· add`.
pub(super) fn sections(
    file: &str,
    text: &str,
    body_at: usize,
    amending: bool,
    problems: &mut Vec<Problem>,
) -> Vec<Part> {
    let mut sections: Vec<Part> = Vec::new();
    let mut first = None;
    for (title, range) in headings(text, body_at, "# ") {
        first = first.or(Some(range.start));
        let (title, note) = match title.split_once('·') {
            Some((title, note)) if amending => (title.trim(), Some(note.trim())),
            _ => (title.as_str(), None),
        };
        let Some(section) = Section::ALL.into_iter().find(|section| section.title() == title) else {
            let known: Vec<_> = Section::ALL.iter().map(|section| section.title()).collect();
            let found = format!("a section called `{title}`");
            problems.push(Problem::at(file, text, range.start, found, format!("one of {}", known.join(", "))));
            continue;
        };
        if let Some(note) = note.filter(|note| *note != ADD || section == Section::Cards) {
            let expected = if section == Section::Cards {
                "`# Cards`: a card of a name that is there replaces it, another is added".to_owned()
            } else {
                format!("`# {title}` to replace it, or `# {title} · {ADD}` to add to it")
            };
            problems.push(Problem::at(file, text, range.start, format!("`· {note}` after `{title}`"), expected));
            continue;
        }
        if sections.iter().any(|(seen, ..)| *seen == section) {
            problems.push(Problem::at(file, text, range.start, format!("a second `{title}`"), "each section once"));
            continue;
        }
        if sections.last().is_some_and(|(last, ..)| *last > section) {
            let found = format!("`{title}` after a later section");
            problems.push(Problem::at(file, text, range.start, found, "the order of CONTRIBUTING.md"));
        }
        sections.push((section, range, note.is_some()));
    }
    // Text after a heading that is none of these is told with the heading.
    let before_end = first.unwrap_or(text.len());
    if let Some(stray) = text.get(body_at..before_end).filter(|stray| !stray.trim().is_empty()) {
        let at = body_at + stray.len() - stray.trim_start().len();
        problems.push(Problem::at(file, text, at, "text before the first section", "`# Say it`"));
    }
    sections
}

/// The text between the two fences, with the byte at which it begins, and the byte after them.
pub(super) fn fenced<'a>(file: &str, text: &'a str, problems: &mut Vec<Problem>) -> Option<(&'a str, usize, usize)> {
    let fence_len = if text.starts_with("+++\r\n") { 5 } else { 4 };
    if !text.starts_with("+++\n") && !text.starts_with("+++\r\n") {
        problems.push(Problem::at(file, text, 0, "no front matter", "`+++` on the first line"));
        return None;
    }
    let Some(end) = text.get(fence_len..).and_then(|rest| rest.find("\n+++")).map(|at| at + fence_len) else {
        problems.push(Problem::at(file, text, 0, "front matter without an end", "a second line `+++`"));
        return None;
    };
    let ron_text = text.get(fence_len..end).unwrap_or_default();
    let body_at = text.get(end + 1..).and_then(|rest| rest.find('\n')).map_or(text.len(), |at| end + 1 + at + 1);
    Some((ron_text, fence_len, body_at))
}

/// The front matter, and the byte at which the sections begin.
pub(super) fn front_matter<T: for<'a> Deserialize<'a>>(
    file: &str,
    text: &str,
    problems: &mut Vec<Problem>,
) -> Option<(T, usize)> {
    let (ron_text, fence_len, body_at) = fenced(file, text, problems)?;
    match options().from_str::<T>(ron_text) {
        Ok(front) => Some((front, body_at)),
        Err(error) => {
            let at = fence_len + byte_of(ron_text, error.span.start.line, error.span.start.col);
            problems.push(Problem::at(file, text, at, error.code.to_string(), "front matter as in CONTRIBUTING.md"));
            None
        }
    }
}

/// RON as the content uses it: plain, with a bound on nesting so that no file can exhaust the stack.
pub(super) fn options() -> ron::Options {
    ron::Options::default().with_recursion_limit(32)
}

/// The byte of a line and a column that both count from 1.
pub(super) fn byte_of(text: &str, line: usize, col: usize) -> usize {
    let line_start: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let rest = text.get(line_start..).unwrap_or_default();
    line_start + rest.char_indices().nth(col.saturating_sub(1)).map_or(rest.len(), |(at, _)| at)
}

/// Lines that begin with `mark` outside code fences: their title, and the range up to the next one.
pub(super) fn headings(text: &str, from: usize, mark: &str) -> Vec<(String, Range<usize>)> {
    let mut out: Vec<(String, Range<usize>)> = Vec::new();
    let (mut at, mut fence) = (from, None);
    for line in text.get(from..).unwrap_or_default().split_inclusive('\n') {
        let trimmed = line.trim_start();
        let ticks = trimmed.bytes().take_while(|byte| *byte == b'`').count();
        match fence {
            None if ticks >= 3 => fence = Some(ticks),
            Some(open) if ticks >= open && trimmed.trim_end().len() == ticks => fence = None,
            _ => {}
        }
        if fence.is_none() && line.starts_with(mark) {
            if let Some((_, last)) = out.last_mut() {
                last.end = at;
            }
            let title = line.strip_prefix(mark).unwrap_or_default().trim().to_owned();
            out.push((title, at..text.len()));
        }
        at += line.len();
    }
    out
}

/// Parses the sections of an answer.
pub(super) fn answer(
    file: &str,
    text: &str,
    id: &QuestionId,
    sections: &[Part],
    ties: &mut Vec<Option<RawTie>>,
    problems: &mut Vec<Problem>,
) -> Answer {
    let mut answer = Answer::default();
    for (section, range, _) in sections {
        let whole = text.get(range.clone()).unwrap_or_default();
        let heading_len = whole.find('\n').map_or(whole.len(), |newline| newline + 1);
        let body_at = range.start + heading_len;
        let body = whole.get(heading_len..).unwrap_or_default();
        answer.sources_of.insert(*section, body.trim().to_owned());
        match section {
            Section::KeyPoints => answer.key_points = key_points(file, text, body, body_at, id, problems),
            Section::Probes => answer.probes = probes(file, text, body, body_at, problems),
            Section::Cards => {
                let (parsed, parsed_ties) = cards::parse_cards(file, text, range.clone(), id, problems);
                answer.cards = parsed;
                *ties = parsed_ties;
            }
            Section::SayIt => answer.say_it = doc_at(body, body_at),
            Section::Explain => answer.explain = doc_at(body, body_at),
            Section::Design => answer.design = doc_at(body, body_at),
            Section::Troubleshoot => answer.troubleshoot = doc_at(body, body_at),
            Section::Traps => answer.traps = doc_at(body, body_at),
            Section::Practise => {
                answer.practise = doc_at(body, body_at);
                answer.exercises = exercises(&answer.practise);
            }
        }
    }
    answer
}

/// Parses a piece of a file, so that the top blocks' ranges are those in the whole file.
fn doc_at(body: &str, body_at: usize) -> Doc {
    let mut doc = text::parse(body);
    for block in &mut doc.blocks {
        block.range = block.range.start + body_at..block.range.end + body_at;
    }
    doc
}

pub(super) fn exercises(practise: &Doc) -> Vec<Exercise> {
    let runs = |block: &Block| match &block.kind {
        BlockKind::Code { info, text } => {
            let verify = info.split_once("verify=")?.1.trim().to_owned();
            Some(Exercise { verify, text: text.clone() })
        }
        _ => None,
    };
    practise.blocks.iter().filter_map(runs).collect()
}

/// `- [must] One idea. {card}`, continued on indented lines.
fn key_points(
    file: &str,
    text: &str,
    body: &str,
    body_at: usize,
    id: &QuestionId,
    problems: &mut Vec<Problem>,
) -> Vec<KeyPoint> {
    let mut items: Vec<(usize, String)> = Vec::new();
    let mut at = body_at;
    for line in body.split_inclusive('\n') {
        if let Some(rest) = line.strip_prefix("- ") {
            items.push((at, rest.trim().to_owned()));
        } else if !line.trim().is_empty() {
            match items.last_mut() {
                Some((_, item)) if line.starts_with(' ') => {
                    item.push(' ');
                    item.push_str(line.trim());
                }
                _ => problems.push(Problem::at(file, text, at, "text that is no key point", "`- [must] … {card}`")),
            }
        }
        at += line.len();
    }
    let mut points: Vec<KeyPoint> = Vec::new();
    for (at, item) in items {
        let (must, rest) = if let Some(rest) = item.strip_prefix("[must]") {
            (true, rest)
        } else if let Some(rest) = item.strip_prefix("[plus]") {
            (false, rest)
        } else {
            problems.push(Problem::at(file, text, at, "a key point without its weight", "`[must]` or `[plus]`"));
            continue;
        };
        let tied = rest.trim().strip_suffix('}').and_then(|rest| rest.rsplit_once('{'));
        let Some((idea, card)) = tied else {
            problems.push(Problem::at(file, text, at, "a key point without a card", "`{card-id}` at its end"));
            continue;
        };
        let doc = text::parse(idea.trim());
        let spans = match doc.blocks.into_iter().next().map(|block| block.kind) {
            Some(BlockKind::Paragraph(spans)) => spans,
            _ => Vec::new(),
        };
        let card = id.card(card.trim());
        points.push(KeyPoint { id: point_id(&points, &card), must, spans, card });
    }
    points
}

/// The id of a key point after these: its card's name, numbered when others are tied to the same card.
pub(super) fn point_id(points: &[KeyPoint], card: &CardId) -> String {
    let twins = points.iter().filter(|point| point.card == *card).count();
    let name = card.name();
    if twins == 0 { name.to_owned() } else { format!("{name}-{}", twins + 1) }
}

/// Paragraphs that open with a bold question; what follows up to the next is its answer.
fn probes(file: &str, text: &str, body: &str, body_at: usize, problems: &mut Vec<Problem>) -> Vec<Probe> {
    let mut probes: Vec<Probe> = Vec::new();
    for mut block in doc_at(body, body_at).blocks {
        let mut question = Vec::new();
        if let BlockKind::Paragraph(spans) = &mut block.kind {
            let bold = spans.iter().take_while(|span| span.style.strong).count();
            question = spans.drain(..bold).collect();
            if let Some(first) = spans.first_mut() {
                first.text = first.text.trim_start().to_owned();
            }
        }
        if question.is_empty() {
            match probes.last_mut() {
                Some(probe) => probe.answer.push(block),
                None => {
                    let found = "text before the first probe";
                    problems.push(Problem::at(file, text, block.range.start, found, "`**Question?** Answer.`"));
                }
            }
            continue;
        }
        for span in &mut question {
            span.style.strong = false;
        }
        let answered = !matches!(&block.kind, BlockKind::Paragraph(spans) if spans.is_empty());
        probes.push(Probe { question, answer: if answered { vec![block] } else { Vec::new() } });
    }
    probes
}
