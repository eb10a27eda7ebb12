//! A file of the reader's that amends a question without copying it: what it replaces, what it adds, and what it was written against.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::cards::RawTie;
use super::link::{self, Place, Scenes};
use super::model::{Amended, AmendedBy, Answer, Catalog, Question, Section, Source};
use super::parse::{self, Part};
use super::problem::Problem;
use crate::ids::{CardId, QuestionId, SceneId, stable_hash};
use crate::text::{Link, SceneTarget};

/// How a card begins that an overlay adds. No card that ships is named so, which keeps their histories apart for ever.
pub const OWN_CARD: &str = "my-";

/// The front matter as written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Front {
    amends: String,
    /// What each part was when it was amended, by [`stamp_of`].
    #[serde(default)]
    of: BTreeMap<String, String>,
    #[serde(default)]
    tags: Vec<String>,
    #[serde(default)]
    related: Vec<String>,
    #[serde(default)]
    scene: Option<String>,
    #[serde(default)]
    sources: Vec<Source>,
}

/// Whether front matter amends a question, however little of it can be read.
#[derive(Deserialize)]
struct Kind {
    #[serde(default)]
    amends: Option<IgnoredAny>,
}

/// An overlay, parsed and not yet applied.
#[derive(Clone, Debug)]
pub(super) struct Overlay {
    pub file: String,
    pub amends: QuestionId,
    /// Its own sections alone.
    pub answer: Answer,
    front: Front,
    sections: Vec<Part>,
    ties: Vec<Option<RawTie>>,
}

/// Whether a file amends a question rather than being one.
pub(super) fn is_overlay(text: &str) -> bool {
    let Some((front, ..)) = parse::fenced("", text, &mut Vec::new()) else { return false };
    match parse::options().from_str::<Kind>(front) {
        Ok(kind) => kind.amends.is_some(),
        Err(_) => {
            front.lines().any(|line| line.trim_start().trim_start_matches('(').trim_start().starts_with("amends:"))
        }
    }
}

pub(super) fn parse(file: &str, text: &str, problems: &mut Vec<Problem>) -> Option<Overlay> {
    let (front, body_at) = parse::front_matter::<Front>(file, text, problems)?;
    let amends = QuestionId::new(&front.amends);
    let mut sections = parse::sections(file, text, body_at, true, problems);
    sections.retain(|(section, range, _)| {
        let body = text.get(range.clone()).and_then(|whole| whole.split_once('\n')).map_or("", |(_, body)| body);
        if body.trim().is_empty() {
            let found = format!("nothing under `{}`", section.title());
            problems.push(Problem::at(file, text, range.start, found, "the text, or no such heading"));
            return false;
        }
        true
    });
    let mut ties = Vec::new();
    let answer = parse::answer(file, text, &amends, &sections, &mut ties, problems);
    Some(Overlay { file: file.to_owned(), amends, answer, front, sections, ties })
}

/// Short for what a part of a question says, so that a change of it is noticed: `Explain`, or a card, `#shrinks`. None when the
/// question has no such part.
pub fn stamp_of(question: &Question, part: &str) -> Option<String> {
    let answer = question.answer.as_ref()?;
    let text = match part.strip_prefix('#') {
        Some(name) => {
            let card = answer.cards.iter().find(|card| card.id.name() == name)?;
            format!("{:?}\n{}\n{}", card.level, card.front_source, card.back_source)
        }
        None => {
            let section = Section::ALL.into_iter().find(|section| section.title() == part)?;
            answer.sources_of.get(&section)?.clone()
        }
    };
    let hash = stable_hash(text.replace("\r\n", "\n"));
    Some(format!("{:08x}", hash >> 32))
}

/// Amends the question of the catalog that an overlay names. What makes no sense there is left out and told.
pub(super) fn apply(catalog: &mut Catalog, overlay: &Overlay, text: &str, problems: &mut Vec<Problem>) {
    let amended = match catalog.question(&overlay.amends) {
        Some(question) => amend(question, overlay, text, &catalog.scenes, problems),
        None => {
            let found = format!("`{}`, which is no question", overlay.amends);
            problems.push(Problem::near(&overlay.file, text, "amends:", found, "the id of one that is there"));
            return;
        }
    };
    let place = catalog.places.get(&overlay.amends).copied();
    if let Some(amended) = amended
        && let Some((topic, subtopic, question)) = place
        && let Some(topic) = catalog.topics.get_mut(topic)
        && let Some(subtopic) = topic.subtopics.get_mut(subtopic)
        && let Some(question) = subtopic.questions.get_mut(question)
    {
        *question = Arc::new(amended);
    }
}

/// The question with an overlay applied; None when that changes nothing.
pub(super) fn amend(
    question: &Arc<Question>,
    overlay: &Overlay,
    text: &str,
    scenes: &Scenes,
    problems: &mut Vec<Problem>,
) -> Option<Question> {
    let place = Place { file: &overlay.file, text };
    if question.own {
        let found = format!("`{}`, which is your own question", question.id);
        let expected = format!("the change in {}", question.file);
        problems.push(Problem::near(place.file, text, "amends:", found, expected));
        return None;
    }
    let shipped =
        question.amended.as_ref().map_or_else(|| Arc::clone(question), |amended| Arc::clone(&amended.shipped));
    stale(&shipped, overlay, place, problems);
    let mut work = Work { question: Question::clone(question), overlay, place, parts: Vec::new(), problems };
    work.sections();
    work.cards(scenes);
    work.front(scenes);
    let Work { mut question, parts, .. } = work;
    if parts.is_empty() {
        return None;
    }
    let mut by = question.amended.take().map_or_else(Vec::new, |amended| amended.by);
    by.push(AmendedBy { file: overlay.file.clone(), parts });
    question.amended = Some(Box::new(Amended { shipped, by }));
    Some(question)
}

/// Tells which of the parts are no longer what they were when they were amended.
fn stale(shipped: &Question, overlay: &Overlay, place: Place<'_>, problems: &mut Vec<Problem>) {
    for (part, was) in &overlay.front.of {
        let anchor = format!("\"{part}\"");
        let mut tell = |found: String, expected: String| {
            problems.push(Problem::near(place.file, place.text, &anchor, found, expected));
        };
        match stamp_of(shipped, part) {
            None => tell(
                format!("`{part}`, which {} does not have", shipped.id),
                "a section's title, or `#` and a card's name".to_owned(),
            ),
            Some(now) if now != *was => tell(
                format!("`{part}` of {} as it was before a content update: {was}", shipped.id),
                format!("a look at both, then `\"{part}\": \"{now}\"`"),
            ),
            Some(_) => {}
        }
    }
}

struct Work<'a> {
    question: Question,
    overlay: &'a Overlay,
    place: Place<'a>,
    parts: Vec<String>,
    problems: &'a mut Vec<Problem>,
}

impl Work<'_> {
    /// Notes that a part is amended; false when another file has done so, which is told.
    fn claims(&mut self, part: &str, at: usize) -> bool {
        let by = self.question.amended.iter().flat_map(|amended| &amended.by);
        if let Some(other) = by.filter(|by| by.parts.iter().any(|had| had == part)).map(|by| by.file.clone()).next() {
            let found = format!("`{part}`, which {other} amends already");
            self.problems.push(Problem::at(self.place.file, self.place.text, at, found, "one file for each part"));
            return false;
        }
        self.parts.push(part.to_owned());
        true
    }

    fn sections(&mut self) {
        for (section, range, adds) in &self.overlay.sections {
            if *section == Section::Cards {
                continue;
            }
            if *adds {
                self.parts.push(format!("{} · add", section.title()));
            } else if !self.claims(section.title(), range.start) {
                continue;
            }
            let answer = self.question.answer.get_or_insert_default();
            put(answer, &self.overlay.answer, *section, *adds);
        }
        if let Some(answer) = &mut self.question.answer {
            answer.exercises = parse::exercises(&answer.practise);
        }
    }

    /// A card of a name that is there takes its place and keeps its history; others must be named as only a reader's are.
    fn cards(&mut self, scenes: &Scenes) {
        let Some((_, range, _)) = self.overlay.sections.iter().find(|(section, ..)| *section == Section::Cards) else {
            return;
        };
        let mut written = self.overlay.answer.clone();
        link::tie_cards(&self.question, self.place, &mut written, &self.overlay.ties, scenes, self.problems);
        for card in written.cards {
            let section = self.place.text.get(range.clone()).unwrap_or_default();
            let Some((heading, stretch)) = stretch(section, card.id.name()) else { continue };
            let at = range.start + stretch.start;
            let had = self.question.cards().iter().position(|had| had.id == card.id);
            if had.is_none() && !is_own(&card.id) {
                let found = format!("`{}`, which is no card of {}", card.id.name(), self.question.id);
                let expected = format!("a card that it has, or a new one named `{OWN_CARD}{}`", card.id.name());
                self.problems.push(Problem::at(self.place.file, self.place.text, at, found, expected));
                continue;
            }
            if !self.claims(&format!("#{}", card.id.name()), at) {
                continue;
            }
            let answer = self.question.answer.get_or_insert_default();
            // The section's text says what its cards say, their headings with level and tie included.
            let source = format!("## {heading}\nQ: {}\nA: {}\n\n", card.front_source, card.back_source);
            let sources = answer.sources_of.entry(Section::Cards).or_default();
            sources.push_str("\n\n");
            match self::stretch(sources, card.id.name()) {
                Some((_, old)) => sources.replace_range(old, &source),
                None => sources.push_str(&source),
            }
            *sources = sources.trim().to_owned();
            match had.and_then(|index| answer.cards.get_mut(index)) {
                Some(had) => *had = card,
                None => answer.cards.push(card),
            }
        }
    }

    fn front(&mut self, scenes: &Scenes) {
        let front = &self.overlay.front;
        for tag in &front.tags {
            if !self.question.tags.contains(tag) {
                self.question.tags.push(tag.clone());
            }
        }
        for id in front.related.iter().map(QuestionId::new) {
            if !self.question.related.contains(&id) {
                self.question.related.push(id);
            }
        }
        for source in &front.sources {
            match self.question.sources.iter_mut().find(|had| had.url == source.url) {
                Some(had) => had.title.clone_from(&source.title),
                None => self.question.sources.push(source.clone()),
            }
        }
        let lists = [("tags", &front.tags), ("related", &front.related)];
        self.parts.extend(lists.iter().filter(|(_, list)| !list.is_empty()).map(|(name, _)| (*name).to_owned()));
        self.parts.extend((!front.sources.is_empty()).then(|| "sources".to_owned()));
        let Some(name) = &front.scene else { return };
        let Some(scene) = link::scene(&self.question, self.place, name, scenes, self.problems) else { return };
        let at = self.place.text.find("scene:").unwrap_or(0);
        if self.claims("scene", at) {
            self.missing_steps(&scene, scenes, at);
            self.question.scene = Some(scene);
        }
    }

    /// The text goes on linking to steps: another scene must have them.
    fn missing_steps(&mut self, scene: &SceneId, scenes: &Scenes, at: usize) {
        let (Some(answer), Some(entry)) = (&self.question.answer, scenes.get(scene)) else { return };
        for section in Section::ALL {
            let links = answer.doc(section).map(crate::text::Doc::links).unwrap_or_default();
            for (link, _) in links {
                let Link::Scene { name, target: SceneTarget::Step(step) } = link else { continue };
                // A text that names the new scene is checked with the links.
                if self.question.scene_named(name) != *scene && entry.scene.step_index(step).is_none() {
                    let found =
                        format!("the scene `{scene}` without the step `{step}`, which `{}` links to", section.title());
                    let expected = "the steps that the text links to, by the same names";
                    self.problems.push(Problem::at(self.place.file, self.place.text, at, found, expected));
                }
            }
        }
    }
}

/// Replaces a section of an answer by another's, or adds that to it.
fn put(answer: &mut Answer, other: &Answer, section: Section, adds: bool) {
    let source = other.sources_of.get(&section).cloned().unwrap_or_default();
    match answer.sources_of.get_mut(&section) {
        Some(had) if adds => format!("{had}\n\n{source}").trim_start().clone_into(had),
        _ => drop(answer.sources_of.insert(section, source)),
    }
    match section {
        Section::KeyPoints => {
            if !adds {
                answer.key_points.clear();
            }
            for point in &other.key_points {
                let id = parse::point_id(&answer.key_points, &point.card);
                answer.key_points.push(super::model::KeyPoint { id, ..point.clone() });
            }
        }
        Section::Probes => {
            if !adds {
                answer.probes.clear();
            }
            answer.probes.extend(other.probes.iter().cloned());
        }
        Section::Cards => {}
        _ => {
            if let (Some(doc), Some(with)) = (answer.doc_mut(section), other.doc(section)) {
                if !adds {
                    doc.blocks.clear();
                }
                doc.blocks.extend(with.blocks.iter().cloned());
            }
        }
    }
}

impl Overlay {
    /// The cards that it gives to the world.
    pub fn new_cards(&self) -> impl Iterator<Item = &CardId> {
        self.answer.cards.iter().map(|card| &card.id).filter(|id| is_own(id))
    }

    /// Questions that it names as related.
    pub fn related(&self) -> impl Iterator<Item = QuestionId> {
        self.front.related.iter().map(QuestionId::new)
    }
}

/// Whether a card of content has a name that only a reader's folder may give.
pub(super) fn is_own(card: &CardId) -> bool {
    card.name().starts_with(OWN_CARD)
}

/// The heading of a card in its section's text, and where it stands with what is under it.
fn stretch(section: &str, name: &str) -> Option<(String, Range<usize>)> {
    let is_its = |heading: &str| heading.split('·').next().is_some_and(|first| first.trim() == name);
    parse::headings(section, 0, "## ").into_iter().find(|(heading, _)| is_its(heading))
}
