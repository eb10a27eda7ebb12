//! The mock interview on the screen: what it shall be, the room with its clock, the score, the report.

mod report;
mod room;
mod score;
mod setup;

use egui::Ui;

use crate::catalog::{Catalog, Level};
use crate::ids::QuestionId;
use crate::study::mock::{self, Axis, Candidate, Length, Mock, Points, Setup, Sitting, Stage};
use crate::study::{Progress, Request};
use crate::text::plain_of;
use crate::window::action::Action;
use crate::window::cx::{Command, Cx, Draft};

/// What is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum View {
    #[default]
    Setup,
    /// The mock under way, in the room or being scored.
    Sitting,
    /// One of the mocks that were taken, by its place among them.
    Report(usize),
}

/// The mock is written to the drafts at least so often while its clock runs, in milliseconds.
const KEPT_EVERY: u64 = 10_000;

/// What only this pane knows.
#[derive(Default)]
pub struct MockPane {
    view: View,
    /// What the next mock shall be; None until it was opened.
    wish: Option<Setup>,
    sitting: Option<Sitting>,
    /// The mock that was saved last, so that undo brings its score back.
    saved: Option<Sitting>,
    /// Up to when the window's clock has been counted, in seconds; None while the mock rests.
    counted_secs: Option<f64>,
    /// Time spent when it was last written to the drafts.
    kept_at: u64,
    /// Mocks there were when the pane last looked.
    known: Option<usize>,
    focus_notes: bool,
    /// A rung has just been asked: bring it into view.
    to_rung: bool,
}

impl MockPane {
    /// A mock that was under way when the program ended. True when it can go on.
    pub fn restore(&mut self, text: &str, progress: &Progress) -> bool {
        let Ok(sitting) = serde_json::from_str::<Sitting>(text) else { return false };
        // It was saved, and the program ended before its draft was forgotten.
        let is_saved = progress.mocks().iter().any(|mock| mock.began_at == sitting.began_at);
        if is_saved || !sitting.is_whole() {
            return false;
        }
        self.sitting = Some(sitting);
        self.view = View::Sitting;
        true
    }

    pub fn open(&mut self, cx: &Cx<'_>) {
        self.sync(cx, &mut Vec::new());
        if self.sitting.is_some() {
            self.view = View::Sitting;
        } else if let View::Report(_) = self.view {
            self.view = View::Setup;
        }
    }

    /// The clock stops; what there is goes to the drafts.
    pub fn pause(&mut self, now_secs: f64, out: &mut Vec<Command>) {
        self.count(now_secs);
        if self.counted_secs.take().is_some() {
            self.keep(out);
        }
    }

    pub fn act(&mut self, cx: &Cx<'_>, action: Action, now_secs: f64, out: &mut Vec<Command>) {
        match (self.view, self.sitting.as_ref().map(|sitting| sitting.stage)) {
            (View::Sitting, Some(Stage::Talking)) => self.act_in_room(action, now_secs, out),
            (View::Sitting, Some(Stage::Scoring)) => {
                let band = match action {
                    Action::Choose1 => 1,
                    Action::Choose2 => 2,
                    Action::Choose3 => 3,
                    Action::Choose4 => 4,
                    Action::FinishAttempt => return self.save(cx, out),
                    _ => return,
                };
                if let Some(axis) = self.sitting.as_ref().and_then(Sitting::next_axis) {
                    self.give(axis, band, out);
                }
            }
            _ => match action {
                Action::FinishAttempt => self.begin(cx, now_secs, out),
                Action::Choose1 | Action::Choose2 | Action::Choose3 => {
                    let length = match action {
                        Action::Choose1 => Length::Thirty,
                        Action::Choose2 => Length::FortyFive,
                        _ => Length::Sixty,
                    };
                    if let Some(wish) = &mut self.wish {
                        wish.length = length;
                    }
                }
                _ => {}
            },
        }
    }

    pub fn ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, out: &mut Vec<Command>) {
        self.sync(cx, out);
        match (self.view, self.sitting.as_ref().map(|sitting| sitting.stage)) {
            (View::Sitting, Some(Stage::Talking)) => self.room_ui(ui, cx, out),
            (View::Sitting, Some(Stage::Scoring)) => self.score_ui(ui, cx, out),
            (View::Report(index), _) if index < cx.progress.mocks().len() => self.report_ui(ui, cx, index, out),
            _ => self.setup_ui(ui, cx, out),
        }
    }

    /// Follows the journal: a saved mock shows its report, one that undo took back is scored again.
    fn sync(&mut self, cx: &Cx<'_>, out: &mut Vec<Command>) {
        let count = cx.progress.mocks().len();
        match self.known.replace(count) {
            Some(known) if known < count => {
                if let Some(sitting) = self.sitting.take() {
                    self.saved = Some(sitting);
                    out.push(Command::Typed { draft: Draft::Mock, text: String::new() });
                }
                self.view = View::Report(count - 1);
            }
            Some(known) if known > count => {
                self.view = View::Setup;
                if self.sitting.is_none() && self.saved.is_some() {
                    self.sitting = self.saved.take();
                    self.view = View::Sitting;
                    self.keep(out);
                }
            }
            _ => {}
        }
        if self.wish.is_none() {
            let all = || cx.catalog.topics.iter().map(|topic| topic.id.clone()).collect();
            let last = cx.progress.mocks().last().map(|mock| mock.setup.clone());
            let fresh = || Setup { length: Length::default(), level: Level::Senior, topics: all() };
            self.wish = Some(last.unwrap_or_else(fresh));
        }
    }

    fn begin(&mut self, cx: &Cx<'_>, now_secs: f64, out: &mut Vec<Command>) {
        let Some(wish) = self.wish.clone().filter(|_| !cx.read_only) else { return };
        #[expect(clippy::cast_sign_loss, reason = "any number will do for a seed")]
        let seed = cx.now.at.0 as u64;
        let asked = mock::draw(&wish, &candidates(cx), seed);
        if asked.is_empty() {
            out.push(Command::Toast("Choose a topic first".to_owned()));
            return;
        }
        self.sitting = Some(Sitting::begin(wish, asked, cx.now.at));
        self.view = View::Sitting;
        self.counted_secs = Some(now_secs);
        self.keep(out);
    }

    fn save(&mut self, cx: &Cx<'_>, out: &mut Vec<Command>) {
        let Some(sitting) = self.sitting.as_ref().filter(|_| !cx.waiting && !cx.read_only) else { return };
        match sitting.taken(|question| points(cx.catalog, question)) {
            Some(mock) => out.push(Command::Study(Request::TakeMock(Box::new(mock)))),
            None => {
                let axis = sitting.next_axis().map_or("", Axis::name);
                out.push(Command::Toast(format!("First give a band for {}: 1 to 4", axis.to_lowercase())));
            }
        }
    }

    fn give(&mut self, axis: Axis, band: u8, out: &mut Vec<Command>) {
        if let Some(sitting) = &mut self.sitting {
            sitting.give(axis, band);
        }
        self.keep(out);
    }

    /// Adds what the window's clock has gone on by.
    fn count(&mut self, now_secs: f64) {
        let (Some(counted), Some(sitting)) = (&mut self.counted_secs, &mut self.sitting) else { return };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most a day or two")]
        let millis = ((now_secs - *counted).clamp(0.0, 200_000.0) * 1000.0) as u64;
        #[expect(clippy::cast_precision_loss, reason = "milliseconds of a mock")]
        let secs = millis as f64 / 1000.0;
        // What is left of a millisecond is counted the next time.
        *counted += secs;
        sitting.pass(millis);
    }

    /// Writes the mock as it stands to the drafts.
    fn keep(&mut self, out: &mut Vec<Command>) {
        let Some(sitting) = &self.sitting else { return };
        self.kept_at = sitting.spent_in_all();
        if let Ok(text) = serde_json::to_string(sitting) {
            out.push(Command::Typed { draft: Draft::Mock, text });
        }
    }
}

/// Every question with an answer, as the draw weighs it. The last of a topic is its scenario.
fn candidates(cx: &Cx<'_>) -> Vec<Candidate> {
    let mut out = Vec::new();
    let mocks: Vec<&Mock> = cx.progress.mocks().iter().rev().collect();
    for topic in &cx.catalog.topics {
        let answered = topic.subtopics.iter().flat_map(|subtopic| &subtopic.questions);
        let answered: Vec<_> = answered.filter_map(|question| Some((question, question.answer.as_ref()?))).collect();
        let last = answered.len().saturating_sub(1);
        for (index, (question, answer)) in answered.into_iter().enumerate() {
            let in_mock = |mock: &&&Mock| mock.parts.iter().any(|part| part.question == question.id);
            out.push(Candidate {
                question: question.id.clone(),
                topic: topic.id.clone(),
                level: question.level,
                scenario: index == last,
                readiness: cx.due.readiness(&question.id),
                mocks_ago: mocks.iter().position(|mock| in_mock(&mock)),
                follow_ups: answer.probes.iter().map(|probe| plain_of(&probe.question)).collect(),
            });
        }
    }
    out
}

fn points(catalog: &Catalog, question: &QuestionId) -> Points {
    let Some(answer) = catalog.question(question).and_then(|question| question.answer.as_ref()) else {
        return Points::default();
    };
    let of = |must: bool| {
        let points = answer.key_points.iter().filter(|point| point.must == must);
        points.map(|point| (point.id.clone(), point.card.clone())).collect()
    };
    Points { musts: of(true), plus: of(false) }
}
