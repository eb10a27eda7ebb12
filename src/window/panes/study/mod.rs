//! The study pane: the prompt alone first, then confidence, attempt, reveal with a tick list, then the sections.

mod bar;
mod body;
mod followup;
mod header;
mod own;
pub mod sitting;
mod welcome;

pub use bar::clock;
pub use body::spoken_time;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use egui::{Margin, Panel, ScrollArea, Ui};
use serde::{Deserialize, Serialize};

use crate::catalog::Section;
use crate::ids::QuestionId;
use crate::scene::{Moment, Names, Scene};
use crate::study::{AttemptKind, Confidence};
use crate::window::cx::{Command, Cx, Draft};
use crate::window::look;
use sitting::{Kept, Sitting, Stage};
use welcome::Welcome;

/// What only this pane knows.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub struct StudyPane {
    /// How far the page of the last question was scrolled.
    scroll: Option<(QuestionId, f32)>,
    #[serde(skip)]
    restored: bool,
    #[serde(skip)]
    sittings: HashMap<QuestionId, Sitting>,
    /// Attempts that were under way when the program ended, until their question is shown.
    #[serde(skip)]
    resting: HashMap<QuestionId, Kept>,
    /// What was written down last of the attempt under way.
    #[serde(skip)]
    kept: Option<(QuestionId, Kept)>,
    #[serde(skip)]
    open_probes: HashSet<(QuestionId, usize)>,
    /// The section at the top of the page.
    #[serde(skip)]
    reading: Option<Section>,
    #[serde(skip)]
    scroll_to: Option<ScrollTo>,
    #[serde(skip)]
    welcome: Welcome,
    /// Words that name nodes of a scene as it is after a step.
    #[serde(skip)]
    names: Option<(Arc<Scene>, usize, Arc<Names>)>,
    /// The attempt's text field wants the focus.
    #[serde(skip)]
    focus_attempt: bool,
}

/// Reading an answer counts up to this long.
const LONGEST_READ_SECS: f64 = 900.0;

/// What the page shall be scrolled to in the next frame.
#[derive(Clone, Debug, PartialEq)]
enum ScrollTo {
    Section(Section),
    /// The block of a section that holds this byte of its plain text.
    Text(Section, usize),
    /// The sentence that links to this step of the scene.
    Step(String),
    Top,
}

impl StudyPane {
    /// The sitting with the question, begun if there is none.
    pub fn sitting(&mut self, cx: &Cx<'_>) -> &mut Sitting {
        self.sittings.entry(cx.question.id.clone()).or_insert_with(|| {
            let attempted = cx.progress.question(&cx.question.id).is_some_and(|state| !state.attempts.is_empty());
            Sitting::begin(attempted, cx.question.answer.is_some())
        })
    }

    pub fn answer_is_shown(&mut self, cx: &Cx<'_>) -> bool {
        self.sitting(cx).answer_is_shown()
    }

    /// The words that name nodes of the question's scene as it stands; looked for anew when that changes.
    fn names(&mut self, cx: &Cx<'_>) -> Option<Arc<Names>> {
        let (scene, step) = (&cx.catalog.scene_of(cx.question)?.scene, cx.place.step);
        match &self.names {
            Some((of, at, names)) if Arc::ptr_eq(of, scene) && *at == step => Some(Arc::clone(names)),
            _ => {
                let names = Arc::new(Names::of(scene, &Moment::at(scene, step)));
                self.names = Some((Arc::clone(scene), step, Arc::clone(&names)));
                Some(names)
            }
        }
    }

    /// What the drafts have of an attempt: all of it, or the text alone, as they were written before.
    pub fn restore_attempt(&mut self, question: QuestionId, draft: String) {
        let sitting = self.sittings.entry(question.clone()).or_default();
        match serde_json::from_str::<Kept>(&draft) {
            Ok(kept) => {
                kept.text().clone_into(&mut sitting.text);
                self.resting.insert(question, kept);
            }
            Err(_) => sitting.text = draft,
        }
    }

    /// Goes on with the attempt that was under way when the program ended.
    fn resume(&mut self, cx: &Cx<'_>, now_secs: f64) {
        let Some(kept) = self.resting.remove(&cx.question.id) else { return };
        let mut sitting = Sitting::resume(kept, now_secs);
        if let (Some(answer), true) = (&cx.question.answer, sitting.answer_is_shown()) {
            sitting.find_covered(answer);
        }
        self.sittings.insert(cx.question.id.clone(), sitting);
    }

    /// Writes the attempt under way to the drafts when it has changed.
    fn keep(&mut self, cx: &Cx<'_>, now_secs: f64, out: &mut Vec<Command>) {
        let id = &cx.question.id;
        let Some(kept) = self.sitting(cx).kept(now_secs).filter(|_| !cx.read_only) else { return };
        if self.kept.as_ref().is_some_and(|(of, last)| of == id && kept.is_close_to(last)) {
            return;
        }
        if let Ok(text) = serde_json::to_string(&kept) {
            out.push(Command::Typed { draft: Draft::Attempt(id.clone()), text });
        }
        self.kept = Some((id.clone(), kept));
    }

    /// The answer stands there to be read, and nothing is asked.
    pub fn is_reading(&mut self, cx: &Cx<'_>) -> bool {
        self.sitting(cx).stage == Stage::Reading
    }

    /// Asks the question of the place from the beginning; what was typed of an attempt stays, and one that the end of the program
    /// broke off goes on.
    pub fn ask_anew(&mut self, cx: &Cx<'_>) {
        if self.resting.contains_key(&cx.question.id) || self.sitting(cx).resumed {
            return;
        }
        let sitting = self.sitting(cx);
        let text = std::mem::take(&mut sitting.text);
        *sitting = Sitting { text, ..Sitting::default() };
        self.scroll_to = Some(ScrollTo::Top);
    }

    /// Takes what the card of the first run says, and begins the diagnostic.
    pub fn begin_welcome(&self, cx: &Cx<'_>, out: &mut Vec<Command>) {
        self.welcome.begin(cx, out);
    }

    pub fn scroll_to_step(&mut self, step: &str) {
        self.scroll_to = Some(ScrollTo::Step(step.to_owned()));
    }

    /// Shows a section to someone who looked for it, at a byte of its plain text; nothing is scored.
    pub fn show(&mut self, cx: &Cx<'_>, section: Section, at: usize) {
        if !self.answer_is_shown(cx) {
            self.just_read(cx);
        }
        if section == Section::Probes
            && let Some(answer) = &cx.question.answer
            && let Some(probe) = answer.probe_at(at)
        {
            self.open_probes.insert((cx.question.id.clone(), probe));
        }
        self.scroll_to = Some(ScrollTo::Text(section, at));
    }

    pub fn choose_confidence(&mut self, cx: &Cx<'_>, confidence: Confidence, out: &mut Vec<Command>) {
        if cx.read_only {
            return;
        }
        let sitting = self.sitting(cx);
        if matches!(sitting.stage, Stage::Scoring { .. }) {
            self.tick(cx, confidence as usize);
        } else if sitting.stage == Stage::Asked {
            sitting.confidence = Some(confidence);
            let question = cx.question.id.clone();
            out.push(Command::Study(crate::study::Request::RateConfidence { question, confidence }));
        }
    }

    /// Ticks a key point, or takes the tick away, while the attempt is scored.
    fn tick(&mut self, cx: &Cx<'_>, index: usize) {
        let points = cx.question.answer.as_ref().map(|answer| answer.key_points.as_slice());
        if let Some(point) = points.and_then(|points| points.get(index)) {
            self.sitting(cx).toggle(&point.id);
        }
    }

    /// Starts an attempt, once confidence has been given.
    pub fn attempt(&mut self, cx: &Cx<'_>, kind: AttemptKind, now_secs: f64) {
        let sitting = self.sitting(cx);
        if sitting.stage == Stage::Asked && sitting.confidence.is_some() {
            sitting.start(kind, now_secs);
            self.focus_attempt = kind == AttemptKind::Typed;
        }
    }

    pub fn reveal(&mut self, cx: &Cx<'_>, now_secs: f64, out: &mut Vec<Command>) {
        if cx.question.answer.is_none() {
            return;
        }
        let read_only = cx.read_only;
        let sitting = self.sitting(cx);
        if sitting.stage == Stage::Asked && sitting.confidence.is_none() && !read_only {
            out.push(Command::Toast("First say how sure you are: 1 guess, 2 shaky, 3 likely, 4 sure".to_owned()));
            return;
        }
        // Once something is ticked, the key that revealed the answer saves what it came to.
        if matches!(sitting.stage, Stage::Scoring { .. }) && !sitting.ticked.is_empty() {
            self.finish(cx, now_secs, out);
            return;
        }
        sitting.reveal(now_secs);
        if let Some(answer) = &cx.question.answer {
            sitting.find_covered(answer);
        }
        self.scroll_to = Some(ScrollTo::Top);
    }

    /// Shows the answer to someone who only wants to read it; nothing is scored.
    pub fn just_read(&mut self, cx: &Cx<'_>) {
        self.sitting(cx).stage = Stage::Reading;
    }

    pub fn again(&mut self, cx: &Cx<'_>, out: &mut Vec<Command>) {
        self.sitting(cx).again();
        self.scroll_to = Some(ScrollTo::Top);
        out.push(Command::Typed { draft: Draft::Attempt(cx.question.id.clone()), text: String::new() });
    }

    /// Saves the attempt that is being scored.
    pub fn finish(&mut self, cx: &Cx<'_>, now_secs: f64, out: &mut Vec<Command>) {
        let question = cx.question;
        let Some(answer) = &question.answer else { return };
        let sitting = self.sitting(cx);
        let Stage::Scoring { kind, took_secs, since_secs } = sitting.stage else {
            if matches!(sitting.stage, Stage::Attempting { .. }) {
                self.reveal(cx, now_secs, out);
            }
            return;
        };
        let score = sitting.score(answer, question.minutes);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an attempt takes minutes")]
        let millis = |secs: f64| (secs.max(0.0) * 1000.0) as u32;
        // Who leaves the page open over lunch has not read it for an hour.
        let read_secs = (now_secs - since_secs).min(LONGEST_READ_SECS);
        out.push(Command::Study(crate::study::Request::Attempt {
            question: question.id.clone(),
            kind,
            text: std::mem::take(&mut sitting.text),
            ticked: sitting.ticked.iter().cloned().collect(),
            musts: score.musts,
            musts_ticked: score.musts_ticked,
            plus: score.plus,
            plus_ticked: score.plus_ticked,
            took_millis: millis(took_secs),
            over_time: score.over_time,
            follow_up: sitting.follow_up,
            read_millis: millis(read_secs),
            missed: sitting.missed(answer),
        }));
        out.push(Command::Typed { draft: Draft::Attempt(question.id.clone()), text: String::new() });
        (sitting.stage, sitting.resumed) = (Stage::Reading, false);
    }

    pub fn ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, out: &mut Vec<Command>) {
        let now_secs = ui.input(|input| input.time);
        self.resume(cx, now_secs);
        let frame = |fill| egui::Frame::new().fill(cx.look.color(fill)).inner_margin(Margin::symmetric(20, 0));
        let header = Panel::top(ui.scope_id().with("header")).exact_size(44.0).resizable(false);
        header.frame(frame(crate::theme::Role::Ground)).show(ui, |ui| Self::header_ui(ui, cx, out));
        let shown = self.answer_is_shown(cx) && cx.question.answer.is_some();
        if shown {
            let outline = Panel::top(ui.scope_id().with("outline")).exact_size(36.0).resizable(false);
            outline.frame(frame(crate::theme::Role::Ground)).show(ui, |ui| self.outline_ui(ui, cx));
        }
        let bar = Panel::bottom(ui.scope_id().with("bar")).resizable(false).show_separator_line(false);
        let bar_frame = frame(crate::theme::Role::Ground).inner_margin(Margin::symmetric(20, 12));
        bar.frame(bar_frame).show(ui, |ui| self.bar_ui(ui, cx, out));
        let scroll_id = ui.scope_id().with(("page", &cx.question.id));
        let mut area = ScrollArea::vertical().id_salt(scroll_id).auto_shrink(false);
        if !std::mem::replace(&mut self.restored, true)
            && let Some((question, offset)) = &self.scroll
            && *question == cx.question.id
        {
            area = area.vertical_scroll_offset(*offset);
        }
        let shown = area.show(ui, |ui| {
            let margin = ((ui.available_width() - look::COLUMN) / 2.0).max(24.0);
            let width = (ui.available_width() - 2.0 * margin).max(200.0);
            ui.horizontal_top(|ui| {
                ui.spacing_mut().item_spacing.x = 0.0;
                ui.add_space(margin);
                ui.vertical(|ui| {
                    ui.set_width(width);
                    self.body_ui(ui, cx, out);
                });
            });
        });
        self.scroll = Some((cx.question.id.clone(), shown.state.unclamped_offset().y));
        self.keep(cx, now_secs, out);
    }
}
