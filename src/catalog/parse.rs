//! One question file: front matter, sections, key points, probes.

use std::ops::Range;

use serde::Deserialize;

use super::cards::{self, RawTie};
use super::model::{Answer, Exercise, KeyPoint, Level, Probe, Section, Source};
use super::problem::Problem;
use crate::ids::QuestionId;
use crate::text::{self, Block, BlockKind, Doc};

/// The front matter as written.
#[derive(Debug, Deserialize)]
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
#[derive(Debug)]
pub(super) struct ParsedQuestion {
    pub front: Front,
    pub answer: Option<Answer>,
    /// The tie of each card, in the order of the cards.
    pub ties: Vec<Option<RawTie>>,
}

/// Parses a file's text. None when its front matter cannot be read at all.
pub(super) fn parse_question(file: &str, text: &str, problems: &mut Vec<Problem>) -> Option<ParsedQuestion> {
    let (front, body_at) = front_matter(file, text, problems)?;
    let id = QuestionId::new(&front.id);
    let mut sections: Vec<(Section, Range<usize>)> = Vec::new();
    for (title, range) in headings(text, body_at, "# ") {
        let Some(section) = Section::ALL.into_iter().find(|section| section.title() == title) else {
            let known: Vec<_> = Section::ALL.iter().map(|section| section.title()).collect();
            let found = format!("a section called `{title}`");
            problems.push(Problem::at(file, text, range.start, found, format!("one of {}", known.join(", "))));
            continue;
        };
        if sections.iter().any(|(seen, _)| *seen == section) {
            problems.push(Problem::at(file, text, range.start, format!("a second `{title}`"), "each section once"));
            continue;
        }
        if sections.last().is_some_and(|(last, _)| *last > section) {
            let found = format!("`{title}` after a later section");
            problems.push(Problem::at(file, text, range.start, found, "the order of CONTRIBUTING.md"));
        }
        sections.push((section, range));
    }
    let before_end = sections.first().map_or(text.len(), |(_, range)| range.start);
    if let Some(stray) = text.get(body_at..before_end).filter(|stray| !stray.trim().is_empty()) {
        let at = body_at + stray.len() - stray.trim_start().len();
        problems.push(Problem::at(file, text, at, "text before the first section", "`# Say it`"));
    }
    let mut ties = Vec::new();
    let answer = (!sections.is_empty()).then(|| answer(file, text, &id, &sections, &mut ties, problems));
    Some(ParsedQuestion { front, answer, ties })
}

fn front_matter(file: &str, text: &str, problems: &mut Vec<Problem>) -> Option<(Front, usize)> {
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
    match options().from_str::<Front>(ron_text) {
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

fn answer(
    file: &str,
    text: &str,
    id: &QuestionId,
    sections: &[(Section, Range<usize>)],
    ties: &mut Vec<Option<RawTie>>,
    problems: &mut Vec<Problem>,
) -> Answer {
    let mut answer = Answer::default();
    for (section, range) in sections {
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

fn exercises(practise: &Doc) -> Vec<Exercise> {
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
        let twins = points.iter().filter(|point| point.card == card).count();
        let name = card.name();
        let point_id = if twins == 0 { name.to_owned() } else { format!("{name}-{}", twins + 1) };
        points.push(KeyPoint { id: point_id, must, spans, card });
    }
    points
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
