//! Below the page: the one thing to do next, with its key.

use egui::Ui;

use super::StudyPane;
use super::sitting::Stage;
use crate::study::{self, AttemptKind, Confidence, Grade};
use crate::theme::Role;
use crate::window::action::Action;
use crate::window::cx::{Command, Cx, Scope};
use crate::window::look;
use crate::window::widgets::controls::{self, Weight};

impl StudyPane {
    pub(super) fn bar_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, out: &mut Vec<Command>) {
        let sitting = self.sitting(cx).clone();
        let now_secs = ui.input(|input| input.time);
        let top = ui.max_rect().top() - 12.0;
        ui.painter().hline(ui.max_rect().expand(20.0).x_range(), top, cx.look.hairline());
        ui.horizontal_wrapped(|ui| {
            ui.set_min_height(32.0);
            if cx.question.answer.is_none() {
                self.unanswered_ui(ui, cx, sitting.confidence, out);
                return;
            }
            if cx.reviewing && !sitting.answer_is_shown() {
                let hint = "After the review: how sure are you of this question?";
                controls::line(ui, cx.look, hint, look::regular(12.5), Role::Faint);
                return;
            }
            match sitting.stage {
                Stage::Asked if sitting.confidence.is_none() => self.confidence_ui(ui, cx, out),
                Stage::Asked => self.attempt_ui(ui, cx, now_secs, out),
                Stage::Attempting { kind, since_secs } => {
                    self.clock_ui(ui, cx, kind, now_secs - since_secs, now_secs, out);
                }
                Stage::Scoring { .. } => {
                    if let Some(answer) = &cx.question.answer {
                        let score = sitting.score(answer, cx.question.minutes);
                        let grade = study::attempt_grade(
                            score.musts,
                            score.musts_ticked,
                            score.plus,
                            score.plus_ticked,
                            score.over_time,
                            sitting.follow_up,
                        );
                        let save = controls::button(
                            ui,
                            cx.look,
                            Weight::Main,
                            "Save the attempt",
                            &key(ui, if sitting.ticked.is_empty() { Action::FinishAttempt } else { Action::Reveal }),
                        );
                        if save.clicked() {
                            self.finish(cx, now_secs, out);
                        }
                        controls::line(ui, cx.look, &grade_reason(grade, score), look::regular(12.5), Role::Faint);
                    }
                }
                Stage::Reading => self.reading_ui(ui, cx, out),
            }
        });
    }

    fn confidence_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, out: &mut Vec<Command>) {
        controls::line(ui, cx.look, "How sure are you?", look::semibold(look::CONTROL), Role::Ink);
        for (index, confidence) in Confidence::ALL.into_iter().enumerate() {
            let key = (index + 1).to_string();
            if controls::button(ui, cx.look, Weight::Plain, confidence.name(), &key).clicked() {
                self.choose_confidence(cx, confidence, out);
            }
        }
        if controls::button(ui, cx.look, Weight::Quiet, "Just read", "").clicked() {
            self.just_read(cx);
        }
    }

    fn attempt_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, now_secs: f64, out: &mut Vec<Command>) {
        let spoken = controls::button(ui, cx.look, Weight::Main, "Say it aloud", &key(ui, Action::SpeakAttempt));
        if spoken.clicked() {
            self.attempt(cx, AttemptKind::Spoken, now_secs);
        }
        if controls::button(ui, cx.look, Weight::Plain, "Type it", &key(ui, Action::TypeAttempt)).clicked() {
            self.attempt(cx, AttemptKind::Typed, now_secs);
        }
        if controls::button(ui, cx.look, Weight::Plain, "Reveal", &key(ui, Action::Reveal)).clicked() {
            self.reveal(cx, now_secs, out);
        }
    }

    fn clock_ui(
        &mut self,
        ui: &mut Ui,
        cx: &Cx<'_>,
        kind: AttemptKind,
        elapsed_secs: f64,
        now_secs: f64,
        out: &mut Vec<Command>,
    ) {
        // The clock moves once a second, not once a frame.
        let rest_secs = (1.0 - elapsed_secs.fract()).clamp(0.01, 1.0);
        ui.request_repaint_after(std::time::Duration::from_secs_f64(rest_secs));
        let budget = f64::from(cx.question.minutes) * 60.0;
        let role = if elapsed_secs > budget { Role::Down } else { Role::Ink };
        let text = format!("{} of {}", clock(elapsed_secs), clock(budget));
        controls::line(ui, cx.look, &text, look::semibold(15.0), role);
        let hint = match kind {
            AttemptKind::Spoken | AttemptKind::Mock => "Say it as you would in the room; nothing is recorded",
            AttemptKind::Typed | AttemptKind::Silent => "Saved as you type",
        };
        let action = if kind == AttemptKind::Typed { Action::FinishAttempt } else { Action::Reveal };
        if controls::button(ui, cx.look, Weight::Main, "Reveal", &key(ui, action)).clicked() {
            self.reveal(cx, now_secs, out);
        }
        controls::line(ui, cx.look, hint, look::regular(12.5), Role::Faint);
    }

    fn reading_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, out: &mut Vec<Command>) {
        if let Some(session) = cx.session
            && session.is_at(&cx.question.id)
            && !cx.reviewing
        {
            if controls::button(ui, cx.look, Weight::Main, "Go on", &key(ui, Action::Reveal)).clicked() {
                out.push(Command::Do(Action::Reveal));
            }
            if controls::button(ui, cx.look, Weight::Plain, "Write my answer", &key(ui, Action::MyAnswer)).clicked() {
                out.push(Command::Do(Action::MyAnswer));
            }
            if controls::button(ui, cx.look, Weight::Plain, "Try again", &key(ui, Action::TryAgain)).clicked() {
                self.again(cx, out);
            }
            return;
        }
        let due = cx.due.of_question(&cx.question.id);
        let name = match due {
            0 => "Review its cards".to_owned(),
            1 => "Review 1 card".to_owned(),
            n => format!("Review {n} cards"),
        };
        let weight = if due > 0 { Weight::Main } else { Weight::Plain };
        if controls::button(ui, cx.look, weight, &name, &key(ui, Action::ReviewQuestion)).clicked() {
            out.push(Command::Review(Scope::Question(cx.question.id.clone())));
        }
        if controls::button(ui, cx.look, Weight::Plain, "Try again", &key(ui, Action::TryAgain)).clicked() {
            self.again(cx, out);
        }
        if controls::button(ui, cx.look, Weight::Plain, "Next question", &key(ui, Action::NextQuestion)).clicked() {
            out.push(Command::Do(Action::NextQuestion));
        }
    }

    fn unanswered_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, given: Option<Confidence>, out: &mut Vec<Command>) {
        match given {
            None => self.confidence_ui_without_answer(ui, cx, out),
            Some(confidence) => {
                let text = format!("You said {}", confidence.word());
                controls::line(ui, cx.look, &text, look::regular(look::CONTROL), Role::Faint);
            }
        }
        if controls::button(ui, cx.look, Weight::Main, "Write my answer", &key(ui, Action::MyAnswer)).clicked() {
            out.push(Command::Do(Action::MyAnswer));
        }
        if controls::button(ui, cx.look, Weight::Plain, "Next question", &key(ui, Action::NextQuestion)).clicked() {
            out.push(Command::Do(Action::NextQuestion));
        }
    }

    fn confidence_ui_without_answer(&mut self, ui: &mut Ui, cx: &Cx<'_>, out: &mut Vec<Command>) {
        for (index, confidence) in Confidence::ALL.into_iter().enumerate() {
            let key = (index + 1).to_string();
            if controls::button(ui, cx.look, Weight::Plain, confidence.name(), &key).clicked() {
                self.choose_confidence(cx, confidence, out);
            }
        }
    }
}

fn key(ui: &Ui, action: Action) -> String {
    action.key_text(ui.ctx())
}

/// Minutes and seconds.
pub fn clock(secs: f64) -> String {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a clock of minutes")]
    let whole = secs.max(0.0) as u64;
    format!("{}:{:02}", whole / 60, whole % 60)
}

fn grade_reason(grade: Grade, score: super::sitting::Score) -> String {
    let missed = score.musts.saturating_sub(score.musts_ticked);
    let why = if missed == 1 {
        "one must missed".to_owned()
    } else if missed > 1 {
        format!("{missed} musts missed")
    } else if score.over_time {
        "every must, but slowly".to_owned()
    } else if grade == Grade::Hard {
        "every must, few of the rest".to_owned()
    } else {
        "every must".to_owned()
    };
    format!("Tick what you said. {why}: {}", grade.name())
}
