//! The rules of CONTRIBUTING.md that a program can judge, and the counts that go with them.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::build::{self, Linked};
use super::filler::find_filler;
use super::folder::Folder;
use super::load::ContentFile;
use super::model::{Answer, CardLevel, Catalog, Question, SceneFile, Section};
use super::overlay::{self, OWN_CARD, Overlay};
use super::problem::Problem;
use crate::ids::{QuestionId, SceneId};
use crate::labs;
use crate::scene;
use crate::text::{BlockKind, Doc, Link, SceneTarget};

/// What a check found.
#[derive(Debug, Serialize)]
pub struct Report {
    pub counts: Counts,
    pub problems: Vec<Problem>,
}

#[derive(Debug, Default, Serialize)]
pub struct Counts {
    pub topics: usize,
    pub questions: usize,
    /// Questions with a model answer.
    pub complete: usize,
    pub core_cards: usize,
    pub deep_cards: usize,
    pub key_points: usize,
    /// Cards that hide, predict or break a part of a scene.
    pub scene_cards: usize,
    pub scenes: usize,
    /// Fenced blocks that run on a real system.
    pub running_exercises: usize,
    /// Questions whose exercise runs.
    pub questions_that_run: usize,
    pub paper_exercises: usize,
    pub sources: usize,
    pub words: usize,
}

const SPOKEN_WORDS: std::ops::RangeInclusive<usize> = 150..=260;
const EXPLAIN_WORDS: std::ops::RangeInclusive<usize> = 350..=800;
const DESIGN_WORDS: std::ops::RangeInclusive<usize> = 120..=300;
const BACK_WORDS: usize = 40;
const MOST_CORE_CARDS: usize = 450;
/// A question of more is a project.
const MINUTES: std::ops::RangeInclusive<u32> = 1..=60;
/// How an exercise that cannot run begins.
pub const PAPER: &str = "Paper exercise.";

/// Builds the catalog from the files and holds all of it to the rules.
pub fn check(files: &[ContentFile]) -> (Catalog, Report) {
    let Linked { catalog, mut problems, texts, .. } = build::linked(Folder::base(files), Vec::new());
    let text_of = |file: &str| texts.get(file).map_or("", |text| text);
    let mut prompts: BTreeMap<&str, &QuestionId> = BTreeMap::new();
    for question in catalog.questions() {
        let mut rules = Rules { file: &question.file, text: text_of(&question.file), problems: &mut problems };
        rules.works(&catalog, question);
        rules.house(&catalog, question);
        if let Some(first) = prompts.insert(&question.prompt, &question.id) {
            rules.near("prompt:", format!("the prompt of `{first}` again"), "each prompt once");
        }
    }
    scenes(&catalog, &text_of, &mut problems);
    let counts = counts(&catalog, false);
    if counts.core_cards > MOST_CORE_CARDS {
        let found = format!("{} core cards", counts.core_cards);
        problems.push(Problem::at("", "", 0, found, format!("at most {MOST_CORE_CARDS}")));
    }
    paper_share(&catalog, &mut problems);
    problems.sort();
    problems.dedup();
    (catalog, Report { counts, problems })
}

/// Checks a reader's folders beside a content: what does not work. How long a text is and what it must have is a reader's own choice.
pub fn check_beside(base: Folder, own: Vec<Folder>) -> (Catalog, Report) {
    let (catalog, problems) = build::assemble(base, own);
    let counts = counts(&catalog, true);
    (catalog, Report { counts, problems })
}

/// What does not work in the reader's own questions and overlays.
pub(super) fn own(linked: &mut Linked) {
    let Linked { catalog, problems, texts, overlays } = linked;
    let text_of = |file: &str| texts.get(file).map_or("", |text| text);
    for question in catalog.questions().filter(|question| question.own) {
        let mut rules = Rules { file: &question.file, text: text_of(&question.file), problems };
        rules.works(catalog, question);
    }
    for overlay in overlays {
        if let Some(question) = catalog.question(&overlay.amends) {
            Rules { file: &overlay.file, text: text_of(&overlay.file), problems }.overlay(catalog, question, overlay);
        }
    }
    for entry in catalog.scenes.values().filter(|entry| entry.own) {
        scene(entry, text_of(&entry.file), problems);
    }
}

/// The questions whose facts were last verified more than `months` before `year`-`month`.
pub fn older_than(catalog: &Catalog, months: u32, (year, month): (u32, u32)) -> Vec<(&QuestionId, &str)> {
    let age = |as_of: &str| {
        let (then_year, then_month) = year_and_month(as_of)?;
        (year * 12 + month).checked_sub(then_year * 12 + then_month)
    };
    let aged = |question: &'_ &std::sync::Arc<Question>| {
        question.as_of.as_deref().is_some_and(|as_of| age(as_of).is_some_and(|age| age > months))
    };
    catalog.questions().filter(aged).filter_map(|q| Some((&q.id, q.as_of.as_deref()?))).collect()
}

fn year_and_month(text: &str) -> Option<(u32, u32)> {
    let (year, month) = text.split_once('-')?;
    let well_formed = year.len() == 4 && month.len() == 2;
    let (year, month) = (year.parse().ok()?, month.parse().ok()?);
    (well_formed && (1..=12).contains(&month)).then_some((year, month))
}

struct Rules<'a> {
    file: &'a str,
    text: &'a str,
    problems: &'a mut Vec<Problem>,
}

impl Rules<'_> {
    fn near(&mut self, anchor: &str, found: impl Into<String>, expected: impl Into<String>) {
        self.problems.push(Problem::near(self.file, self.text, anchor, found, expected));
    }

    fn at(&mut self, byte: usize, found: impl Into<String>, expected: impl Into<String>) {
        self.problems.push(Problem::at(self.file, self.text, byte, found, expected));
    }

    fn section(&mut self, section: Section, found: impl Into<String>, expected: impl Into<String>) {
        self.near(&format!("\n# {}", section.title()), found, expected);
    }

    fn within(&mut self, section: Section, what: &str, found: usize, range: std::ops::RangeInclusive<usize>) {
        if !range.contains(&found) {
            let expected = format!("{} to {}", range.start(), range.end());
            self.section(section, format!("{found} {what} in `{}`", section.title()), expected);
        }
    }

    /// What must hold of any question, whoever wrote it.
    fn works(&mut self, catalog: &Catalog, question: &Question) {
        if question.title.trim().is_empty() {
            self.near("title:", "an empty title", "how the tree shall name it");
        }
        if question.prompt.trim().is_empty() {
            self.near("prompt:", "an empty prompt", "the question");
        }
        if !MINUTES.contains(&question.minutes) {
            let expected = format!("{} to {}", MINUTES.start(), MINUTES.end());
            self.near("minutes:", format!("{} minutes", question.minutes), expected);
        }
        self.related(catalog, question, question.related.iter());
        if let Some(unknown) = question.labs.iter().find(|id| labs::find(id).is_none()) {
            self.near("labs:", format!("the lab `{unknown}`"), "one that is there");
        }
        let Some(answer) = &question.answer else { return };
        self.tied(answer, answer);
        self.links(catalog, question, answer);
    }

    /// What must hold of a file that amends a question: its own parts fit the whole.
    fn overlay(&mut self, catalog: &Catalog, question: &Question, overlay: &Overlay) {
        let related: Vec<QuestionId> = overlay.related().collect();
        self.related(catalog, question, related.iter());
        if let Some(whole) = &question.answer {
            self.tied(&overlay.answer, whole);
        }
        self.links(catalog, question, &overlay.answer);
    }

    fn related<'a>(&mut self, catalog: &Catalog, question: &Question, ids: impl Iterator<Item = &'a QuestionId>) {
        for related in ids {
            let anchor = format!("\"{related}\"");
            if *related == question.id {
                self.near(&anchor, "the question as related to itself", "another question");
            } else if catalog.question(related).is_none() {
                self.near(&anchor, format!("the related question `{related}`"), "an id that exists");
            }
        }
    }

    /// Each key point of an answer is tied to a card of the whole.
    fn tied(&mut self, answer: &Answer, whole: &Answer) {
        for point in &answer.key_points {
            if !whole.cards.iter().any(|card| card.id == point.card) {
                let anchor = format!("{{{}}}", point.card.name());
                self.near(&anchor, format!("a key point tied to `{}`", point.card.name()), "a card of this question");
            }
        }
    }

    /// What content that ships is held to besides.
    fn house(&mut self, catalog: &Catalog, question: &Question) {
        let title_len = question.title.chars().count();
        if title_len > 38 {
            self.near("title:", format!("a title of {title_len} characters"), "1 to 38");
        }
        if question.minutes > 10 {
            self.near("minutes:", format!("{} minutes", question.minutes), "1 to 10");
        }
        // The prompt is the interviewer's, so the front matter is left alone.
        let body_at = self.text.find("\n+++").unwrap_or(self.text.len());
        if let Some((at, phrase)) = find_filler(self.text.get(body_at..).unwrap_or_default()) {
            self.at(body_at + at, format!("the filler `{phrase}`"), "words that say something");
        }
        let Some(answer) = &question.answer else { return };
        self.metadata(question);
        for section in Section::ALL {
            if answer.sources_of.get(&section).is_none_or(String::is_empty) {
                self.at(self.text.len(), format!("no section `{}`", section.title()), "all nine sections");
            }
        }
        self.sizes(answer);
        self.cards(answer);
        self.exercise(answer);
        self.steps(catalog, question, answer);
    }

    fn metadata(&mut self, question: &Question) {
        if question.as_of.as_deref().and_then(year_and_month).is_none() {
            self.near("as_of:", "no month in `as_of`", "`as_of: Some(\"2026-11\")`");
        }
        if !(2..=6).contains(&question.sources.len()) {
            self.near("sources:", format!("{} sources", question.sources.len()), "2 to 6");
        }
        for source in &question.sources {
            if !source.url.starts_with("https://") || source.title.trim().is_empty() {
                self.near(&source.url, format!("the source `{}`", source.url), "a title and an https address");
            }
        }
        if question.related.is_empty() {
            self.near("related:", "no related question", "the confusable ones");
        }
        if question.tags.is_empty() {
            self.near("tags:", "no tag", "at least one");
        }
        if question.scene.is_none() {
            self.near("scene:", "no scene", "`scene: Some(\"name\")`");
        }
        self.labs(question);
    }

    /// A question names its labs and a lab its questions; both must agree.
    fn labs(&mut self, question: &Question) {
        for id in &question.labs {
            let known = labs::find(id).is_some_and(|spec| spec.questions.contains(&question.id.as_str()));
            if !known {
                self.near("labs:", format!("the lab `{id}`"), "a lab that names this question in its `questions`");
            }
        }
        for spec in labs::ALL {
            if spec.questions.contains(&question.id.as_str()) && !question.labs.iter().any(|id| id == spec.id) {
                let anchor = if question.labs.is_empty() { "scene:" } else { "labs:" };
                self.near(anchor, format!("no link to the lab `{}`", spec.id), format!("`labs: [\"{}\"]`", spec.id));
            }
        }
    }

    fn sizes(&mut self, answer: &Answer) {
        self.within(Section::SayIt, "words", answer.say_it.words(), SPOKEN_WORDS);
        self.within(Section::Explain, "words", answer.explain.words(), EXPLAIN_WORDS);
        self.within(Section::Design, "words", answer.design.words(), DESIGN_WORDS);
        self.within(Section::KeyPoints, "key points", answer.key_points.len(), 5..=8);
        let musts = answer.key_points.iter().filter(|point| point.must).count();
        self.within(Section::KeyPoints, "musts", musts, 3..=5);
        self.within(Section::Probes, "probes", answer.probes.len(), 3..=5);
        for probe in &answer.probes {
            if probe.answer.is_empty() {
                self.section(Section::Probes, "a probe without an answer", "two to four sentences after it");
            }
        }
        let traps = answer.traps.blocks.iter().map(|block| match &block.kind {
            BlockKind::List { items, .. } => items.len(),
            _ => 0,
        });
        self.within(Section::Traps, "traps", traps.sum(), 2..=4);
        let rows = answer.troubleshoot.blocks.iter().map(|block| match &block.kind {
            BlockKind::Table { head, rows } if head.len() == 4 => rows.len(),
            _ => 0,
        });
        self.within(Section::Troubleshoot, "rows (symptom, look at, cause, fix)", rows.sum(), 2..=4);
    }

    fn cards(&mut self, answer: &Answer) {
        let of_level = |level| answer.cards.iter().filter(|card| card.level == level).count();
        self.within(Section::Cards, "core cards", of_level(CardLevel::Core), 2..=3);
        self.within(Section::Cards, "deep cards", of_level(CardLevel::Deep), 1..=4);
        for card in &answer.cards {
            let words = card.back.words();
            let anchor = format!("## {} ", card.id.name());
            if overlay::is_own(&card.id) {
                let expected = format!("a name without `{OWN_CARD}`, which is for what a reader adds");
                self.near(&anchor, format!("a card called `{}`", card.id.name()), expected);
            }
            if words > BACK_WORDS {
                self.near(&anchor, format!("a back of {words} words"), format!("at most {BACK_WORDS}"));
            }
        }
    }

    fn exercise(&mut self, answer: &Answer) {
        if is_paper(answer) {
            return;
        }
        if answer.exercises.is_empty() {
            let expected = format!("a block with `verify=`, or `**{PAPER}**` at the beginning");
            self.section(Section::Practise, "an exercise that does not run", expected);
        }
        for exercise in &answer.exercises {
            if !exercise.text.lines().any(|line| line.starts_with("$ ")) {
                let anchor = format!("verify={}", exercise.verify);
                self.near(&anchor, "an exercise without a command", "a line that begins with `$ `");
            }
        }
    }

    fn links(&mut self, catalog: &Catalog, question: &Question, answer: &Answer) {
        let docs = Section::ALL.iter().filter_map(|section| answer.doc(*section));
        let mut links: Vec<(&Link, usize)> = docs.flat_map(crate::text::Doc::links).collect();
        let inline = answer.key_points.iter().flat_map(|point| &point.spans);
        let spans = inline.chain(answer.probes.iter().flat_map(|probe| &probe.question));
        links.extend(spans.filter_map(|span| Some((span.link.as_ref()?, 0))));
        let probe_answers = answer.probes.iter().map(|probe| crate::text::Doc { blocks: probe.answer.clone() });
        let probe_answers: Vec<_> = probe_answers.collect();
        links.extend(probe_answers.iter().flat_map(crate::text::Doc::links));
        for (link, at) in links {
            match link {
                Link::Web(_) => {}
                Link::Other(url) => {
                    self.at(at, format!("the link `{url}`"), "scene:, lab:, question:, https: or mailto:");
                }
                Link::Lab { lab, scenario } => {
                    let spec = labs::find(lab);
                    let known = spec.is_some_and(|spec| scenario.as_ref().is_none_or(|id| spec.scenario(id).is_some()));
                    if !known {
                        self.at(at, "a link to a lab or a scenario", "one that exists");
                    }
                }
                Link::Question(id) => {
                    if catalog.question(&QuestionId::new(id)).is_none() {
                        self.at(at, format!("a link to the question `{id}`"), "an id that exists");
                    }
                }
                Link::Scene { name, target } => {
                    let id = question.scene_named(name);
                    let Some(file) = catalog.scenes.get(&id) else {
                        self.at(at, format!("a link to the scene `{name}`"), "a scene that exists");
                        continue;
                    };
                    if question.scene.as_ref() != Some(&id) {
                        self.at(at, format!("a link to the scene `{name}`"), "the scene beside this question");
                    }
                    let missing = match target {
                        SceneTarget::Whole => None,
                        SceneTarget::Step(step) => {
                            file.scene.step_index(step).is_none().then(|| format!("step `{step}`"))
                        }
                        SceneTarget::Node(node) => file.scene.node(node).is_none().then(|| format!("node `{node}`")),
                    };
                    if let Some(missing) = missing {
                        self.at(at, format!("a link to the {missing} of `{id}`"), "one that is in the scene");
                    }
                }
            }
        }
    }

    /// Text and scene move together: every step is linked from the text.
    fn steps(&mut self, catalog: &Catalog, question: &Question, answer: &Answer) {
        let Some(file) = catalog.scene_of(question) else { return };
        let Some(id) = &question.scene else { return };
        for step in &file.scene.steps {
            if answer.section_with_step(&step.id).is_none() {
                let found = format!("no link in the running text to the step `{}` of its scene", step.id);
                self.section(Section::Explain, found, format!("`[…](scene:{}#{})`", short(id), step.id));
            }
        }
    }
}

/// A scene's name without its topic.
fn short(id: &SceneId) -> &str {
    id.as_str().split_once('/').map_or(id.as_str(), |(_, name)| name)
}

fn is_paper(answer: &Answer) -> bool {
    answer.practise.plain().trim_start().starts_with(PAPER)
}

fn scenes<'a>(catalog: &Catalog, text_of: &dyn Fn(&str) -> &'a str, problems: &mut Vec<Problem>) {
    let used: BTreeSet<&SceneId> = catalog.questions().filter_map(|question| question.scene.as_ref()).collect();
    for (id, entry) in &catalog.scenes {
        let text = text_of(&entry.file);
        scene(entry, text, problems);
        if !used.contains(id) {
            problems.push(Problem::at(&entry.file, text, 0, "a scene that no question shows", "`scene: Some(…)`"));
        }
        if let Some((at, phrase)) = find_filler(text) {
            let found = format!("the filler `{phrase}`");
            problems.push(Problem::at(&entry.file, text, at, found, "words that say something"));
        }
    }
}

fn scene(entry: &SceneFile, text: &str, problems: &mut Vec<Problem>) {
    for found in scene::problems(&entry.scene) {
        problems.push(Problem::near(&entry.file, text, &found.anchor, found.found, found.expected));
    }
}

fn paper_share(catalog: &Catalog, problems: &mut Vec<Problem>) {
    for topic in &catalog.topics {
        let questions = topic.subtopics.iter().flat_map(|subtopic| &subtopic.questions);
        let answers: Vec<_> = questions.filter_map(|question| question.answer.as_ref()).collect();
        let paper = answers.iter().filter(|answer| is_paper(answer)).count();
        // A topic that has only begun may start with one.
        if paper > 1 && paper * 3 > answers.len() {
            let file = format!("{}/topic.ron", topic.id);
            let found = format!("{paper} paper exercises of {}", answers.len());
            problems.push(Problem::at(&file, "", 0, found, "at most a third"));
        }
    }
}

/// Of all there is, or of the reader's own.
fn counts(catalog: &Catalog, own: bool) -> Counts {
    let mut counts = Counts {
        topics: catalog.topics.iter().filter(|topic| topic.own || !own).count(),
        scenes: catalog.scenes.values().filter(|entry| entry.own || !own).count(),
        ..Counts::default()
    };
    for question in catalog.questions().filter(|question| question.own || !own) {
        counts.questions += 1;
        counts.sources += question.sources.len();
        let Some(answer) = &question.answer else { continue };
        counts.complete += 1;
        counts.key_points += answer.key_points.len();
        counts.running_exercises += answer.exercises.len();
        counts.questions_that_run += usize::from(!answer.exercises.is_empty());
        counts.paper_exercises += usize::from(is_paper(answer));
        counts.words += Section::ALL.iter().filter_map(|section| answer.doc(*section)).map(Doc::words).sum::<usize>();
        for card in &answer.cards {
            match card.level {
                CardLevel::Core => counts.core_cards += 1,
                CardLevel::Deep => counts.deep_cards += 1,
            }
            counts.scene_cards += usize::from(card.tie.is_some());
        }
    }
    counts
}
