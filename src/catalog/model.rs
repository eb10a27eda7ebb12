//! The content as values: topics → subtopics → questions, and the scenes beside them.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::ids::{CardId, QuestionId, SceneId, TopicId};
use crate::scene::Scene;
use crate::text::{Block, Doc, Link, SceneTarget, Span};
use crate::theme::Hue;

/// Everything there is to learn; immutable, replaced as a whole on reload.
#[derive(Debug, Default)]
pub struct Catalog {
    pub topics: Vec<Topic>,
    pub scenes: BTreeMap<SceneId, SceneFile>,
    /// Topic, subtopic and question index of each question.
    pub(super) places: HashMap<QuestionId, (usize, usize, usize)>,
}

#[derive(Clone, Debug)]
pub struct Topic {
    pub id: TopicId,
    /// As the tree names it.
    pub title: String,
    /// As the list of questions names it.
    pub full_title: String,
    pub hue: Hue,
    pub subtopics: Vec<Subtopic>,
    /// The file that lists it, or the first of its questions where nothing does; as in [`Question::file`].
    pub file: String,
    /// Whether it is the reader's own.
    pub own: bool,
}

#[derive(Clone, Debug)]
pub struct Subtopic {
    pub title: String,
    pub questions: Vec<Arc<Question>>,
}

#[derive(Clone, Debug)]
pub struct Question {
    pub id: QuestionId,
    pub title: String,
    pub prompt: String,
    pub level: Level,
    pub minutes: u32,
    pub tags: Vec<String>,
    pub related: Vec<QuestionId>,
    pub scene: Option<SceneId>,
    /// Ids of the labs that explain it, the closest first.
    pub labs: Vec<String>,
    /// Year and month in which its facts were last verified, `2026-11`.
    pub as_of: Option<String>,
    pub sources: Vec<Source>,
    /// None while nobody has written one.
    pub answer: Option<Answer>,
    /// The file it came from: relative to the content folder, or the whole path in a folder of the reader's.
    pub file: String,
    /// Whether it is the reader's own: it came from one of their folders.
    pub own: bool,
    /// What the reader's folders changed of it; None when it is as its author wrote it.
    pub amended: Option<Box<Amended>>,
}

/// How a question differs from what its author wrote.
#[derive(Clone, Debug)]
pub struct Amended {
    /// As its author wrote it.
    pub shipped: Arc<Question>,
    /// The files that amend it, in the order in which they do.
    pub by: Vec<AmendedBy>,
}

/// One file that amends a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AmendedBy {
    pub file: String,
    /// The parts, as the file names them: `Explain`, `#shrinks`, `scene`.
    pub parts: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Level {
    Core,
    Senior,
    Staff,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    pub title: String,
    pub url: String,
}

#[derive(Clone, Debug, Default)]
pub struct Answer {
    pub say_it: Doc,
    pub key_points: Vec<KeyPoint>,
    pub explain: Doc,
    pub design: Doc,
    pub troubleshoot: Doc,
    pub practise: Doc,
    pub probes: Vec<Probe>,
    pub traps: Doc,
    pub cards: Vec<Card>,
    pub exercises: Vec<Exercise>,
    /// The Markdown of each section as written, for the exporters.
    pub sources_of: BTreeMap<Section, String>,
}

/// The parts of an answer, in the order in which they are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Section {
    SayIt,
    KeyPoints,
    Explain,
    Design,
    Troubleshoot,
    Practise,
    Probes,
    Traps,
    Cards,
}

impl Section {
    pub const ALL: [Self; 9] = [
        Self::SayIt,
        Self::KeyPoints,
        Self::Explain,
        Self::Design,
        Self::Troubleshoot,
        Self::Practise,
        Self::Probes,
        Self::Traps,
        Self::Cards,
    ];

    /// The heading in the file and on the screen.
    pub const fn title(self) -> &'static str {
        match self {
            Self::SayIt => "Say it",
            Self::KeyPoints => "Key points",
            Self::Explain => "Explain",
            Self::Design => "Design",
            Self::Troubleshoot => "Troubleshoot",
            Self::Practise => "Practise",
            Self::Probes => "Probes",
            Self::Traps => "Traps",
            Self::Cards => "Cards",
        }
    }
}

/// One checkable idea of an answer.
#[derive(Clone, Debug)]
pub struct KeyPoint {
    /// Unique in the question: the card's name, with `-2` … when a card trains several.
    pub id: String,
    pub must: bool,
    pub spans: Vec<Span>,
    /// The card that trains it.
    pub card: CardId,
}

#[derive(Clone, Debug)]
pub struct Probe {
    pub question: Vec<Span>,
    pub answer: Vec<Block>,
}

#[derive(Clone, Debug)]
pub struct Card {
    pub id: CardId,
    pub level: CardLevel,
    pub tie: Option<SceneTie>,
    pub front: Doc,
    pub back: Doc,
    /// As written, for editing and export.
    pub front_source: String,
    pub back_source: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum CardLevel {
    /// On by default.
    Core,
    /// Opt-in per topic.
    Deep,
}

/// What binds a card to a moment of a scene.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SceneTie {
    pub kind: TieKind,
    pub scene: SceneId,
    pub step: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TieKind {
    /// Masks a node, an edge, a group, or a part such as `f2.state`.
    Hide(String),
    /// Shows the step before, asks what happens next.
    Predict,
    /// Asks what breaks if this node dies.
    Breaks(String),
}

/// A block of an exercise that runs on a real system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exercise {
    /// As the info string has it, e.g. `kafka>=4.0`.
    pub verify: String,
    pub text: String,
}

/// A scene with the file it came from.
#[derive(Clone, Debug)]
pub struct SceneFile {
    pub scene: Arc<Scene>,
    pub hue: Hue,
    pub file: String,
    /// Whether it lies in a folder of the reader's.
    pub own: bool,
}

impl Catalog {
    pub fn questions(&self) -> impl Iterator<Item = &Arc<Question>> {
        self.topics.iter().flat_map(|topic| &topic.subtopics).flat_map(|subtopic| &subtopic.questions)
    }

    pub fn question(&self, id: &QuestionId) -> Option<&Arc<Question>> {
        let (topic, subtopic, question) = *self.places.get(id)?;
        self.topics.get(topic)?.subtopics.get(subtopic)?.questions.get(question)
    }

    /// The topic and subtopic that a question stands in.
    pub fn place_of(&self, id: &QuestionId) -> Option<(&Topic, &Subtopic)> {
        let (topic, subtopic, _) = *self.places.get(id)?;
        let topic = self.topics.get(topic)?;
        Some((topic, topic.subtopics.get(subtopic)?))
    }

    pub fn topic(&self, id: &TopicId) -> Option<&Topic> {
        self.topics.iter().find(|topic| topic.id == *id)
    }

    pub fn card(&self, id: &CardId) -> Option<&Card> {
        self.question(&id.question())?.cards().iter().find(|card| card.id == *id)
    }

    pub fn scene_of(&self, question: &Question) -> Option<&SceneFile> {
        self.scenes.get(question.scene.as_ref()?)
    }
}

impl Question {
    /// As its author wrote it, whatever the reader's folders change of it.
    pub fn as_shipped(&self) -> &Self {
        self.amended.as_ref().map_or(self, |amended| &amended.shipped)
    }

    pub fn cards(&self) -> &[Card] {
        self.answer.as_ref().map_or(&[], |answer| &answer.cards)
    }

    /// The cards that train its musts, each once.
    pub fn musts(&self) -> Vec<CardId> {
        let mut musts: Vec<CardId> = Vec::new();
        for point in self.answer.iter().flat_map(|answer| &answer.key_points).filter(|point| point.must) {
            if !musts.contains(&point.card) {
                musts.push(point.card.clone());
            }
        }
        musts
    }

    /// The scene that a link or a card in this question names: in its own topic unless it says otherwise.
    pub fn scene_named(&self, name: &str) -> SceneId {
        if name.contains('/') { SceneId::new(name) } else { SceneId::new(format!("{}/{name}", self.id.topic())) }
    }
}

impl Answer {
    /// A probe in words: the question, then what to say.
    pub fn probe_text(probe: &Probe) -> String {
        let answer = Doc { blocks: probe.answer.clone() };
        format!("{}\n{}", crate::text::plain_of(&probe.question), answer.plain())
    }

    /// Which probe holds a byte of all their texts, a line feed between two.
    pub fn probe_at(&self, at: usize) -> Option<usize> {
        let mut end = 0;
        self.probes.iter().position(|probe| {
            end += Self::probe_text(probe).len() + 1;
            at < end
        })
    }

    /// The section that the text is scrolled to when the scene shows a step: the explanation, if it links there, or the
    /// first whose running text does.
    pub fn section_with_step(&self, step: &str) -> Option<Section> {
        let is_there =
            |link: &Link| matches!(link, Link::Scene { target: SceneTarget::Step(found), .. } if found == step);
        let links_there = |section: &Section| {
            self.doc(*section).is_some_and(|doc| doc.links().iter().any(|(link, _)| is_there(link)))
        };
        std::iter::once(Section::Explain).chain(Section::ALL).find(links_there)
    }

    /// As [`Answer::doc`], to be changed.
    pub(super) const fn doc_mut(&mut self, section: Section) -> Option<&mut Doc> {
        match section {
            Section::SayIt => Some(&mut self.say_it),
            Section::Explain => Some(&mut self.explain),
            Section::Design => Some(&mut self.design),
            Section::Troubleshoot => Some(&mut self.troubleshoot),
            Section::Practise => Some(&mut self.practise),
            Section::Traps => Some(&mut self.traps),
            Section::KeyPoints | Section::Probes | Section::Cards => None,
        }
    }

    /// The running text of a section; key points, probes and cards are structured instead.
    pub const fn doc(&self, section: Section) -> Option<&Doc> {
        match section {
            Section::SayIt => Some(&self.say_it),
            Section::Explain => Some(&self.explain),
            Section::Design => Some(&self.design),
            Section::Troubleshoot => Some(&self.troubleshoot),
            Section::Practise => Some(&self.practise),
            Section::Traps => Some(&self.traps),
            Section::KeyPoints | Section::Probes | Section::Cards => None,
        }
    }
}
