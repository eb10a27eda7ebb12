//! After the interview: keep what is known, let it rest, or name the next date; and which questions were really asked.

use egui::{TextEdit, Ui};

use super::{card, counted, heading, headline, paragraph};
use crate::study::{Aim, Request};
use crate::theme::Role;
use crate::window::cx::{Command, Cx};
use crate::window::look;
use crate::window::naming::matching;
use crate::window::widgets::controls::{self, Weight};

/// What only this card knows.
pub struct AfterCard {
    /// Days until the next interview, as it is being set.
    days: i32,
    filter: String,
}

impl Default for AfterCard {
    fn default() -> Self {
        Self { days: 14, filter: String::new() }
    }
}

/// Hits that are shown at once.
const MOST_HITS: usize = 8;

impl AfterCard {
    /// Nothing until the first interview is over.
    pub fn ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, out: &mut Vec<Command>) {
        let today = cx.now.day();
        let over = cx.progress.aim().interview.filter(|day| *day < today);
        let frozen = cx.progress.is_frozen();
        if over.is_none() && !frozen && !cx.progress.has_been_interviewed() {
            return;
        }
        if over.is_some() || frozen {
            let title = match over.filter(|_| !frozen) {
                Some(day) => format!("The interview was on {}.", day.0.strftime("%-d %B")),
                None => "Study rests.".to_owned(),
            };
            headline(ui, cx, &title);
            ui.add_space(4.0);
            let text = if frozen {
                "Nothing comes due and nothing is planned. What you know fades as it would anyway; it is planned anew when you go on."
            } else {
                "However it went, what you know is worth keeping. How shall it go on?"
            };
            paragraph(ui, cx, text, Role::Body);
            ui.add_space(8.0);
            card(ui, cx, |ui| self.choices_ui(ui, cx, frozen, out));
        }
        self.asked_ui(ui, cx, out);
        ui.add_space(26.0);
    }

    fn choices_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, frozen: bool, out: &mut Vec<Command>) {
        let mut request = None;
        let aim = cx.progress.aim();
        ui.add_enabled_ui(!cx.read_only && !cx.waiting, |ui| {
            ui.horizontal_wrapped(|ui| {
                if frozen {
                    if controls::button(ui, cx.look, Weight::Main, "Go on", "").clicked() {
                        request = Some(Request::Freeze { on: false });
                    }
                    controls::line(ui, cx.look, "as it was before", look::regular(12.5), Role::Faint);
                    return;
                }
                if controls::button(ui, cx.look, Weight::Main, "Keep what I know", "").clicked() {
                    request = Some(Request::SetAim { aim: Aim { interview: None, ..aim } });
                }
                controls::line(ui, cx.look, "no date, a few reviews a day", look::regular(12.5), Role::Faint);
                if controls::button(ui, cx.look, Weight::Plain, "Freeze", "").clicked() {
                    request = Some(Request::Freeze { on: true });
                }
                controls::line(ui, cx.look, "nothing comes due until you go on", look::regular(12.5), Role::Faint);
            });
            ui.horizontal_wrapped(|ui| {
                let days = counted(usize::try_from(self.days).unwrap_or_default(), "day", "days");
                let named = format!("Next interview in {days}");
                let next = controls::button_named(ui, cx.look, Weight::Plain, "Next interview", "", &named);
                if next.clicked() {
                    let interview = Some(cx.now.day().plus_days(self.days));
                    request = Some(Request::SetAim { aim: Aim { interview, ..aim } });
                }
                let response = ui.add(egui::DragValue::new(&mut self.days).range(1..=365).custom_formatter(
                    |days, _| match days {
                        1.0 => "tomorrow".to_owned(),
                        days => format!("in {days} days"),
                    },
                ));
                ui.ctx().accesskit_node_builder(response.id, |node| node.set_label("Days until the next interview"));
            });
        });
        out.extend(request.map(Command::Study));
    }

    /// A list that is searched, and what was chosen from it.
    fn asked_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, out: &mut Vec<Command>) {
        heading(ui, cx, "Which questions were really asked?");
        controls::caption(
            ui,
            cx.look,
            "Add those that came close, too. They weigh double in the next plan, and their topics a quarter more.",
        );
        ui.add_space(4.0);
        let asked = cx.progress.asked();
        let chosen: Vec<_> = asked.iter().filter_map(|id| cx.catalog.question(id)).collect();
        let record =
            |question: &crate::ids::QuestionId, asked| Request::RecordAsked { question: question.clone(), asked };
        let may = !cx.read_only && !cx.waiting;
        ui.add_enabled_ui(may, |ui| {
            if !chosen.is_empty() {
                ui.horizontal_wrapped(|ui| {
                    for question in &chosen {
                        let name = format!("{} was not asked", question.title);
                        if controls::button_named(ui, cx.look, Weight::Main, &question.title, "×", &name).clicked() {
                            out.push(Command::Study(record(&question.id, false)));
                        }
                    }
                });
            }
            let field = TextEdit::singleline(&mut self.filter)
                .id_salt("asked")
                .hint_text("Find a question")
                .font(look::regular(look::BODY))
                .desired_width(f32::INFINITY)
                .margin(egui::Margin::symmetric(12, 7));
            let response = ui.add(field);
            ui.ctx().accesskit_node_builder(response.id, |node| node.set_label("Find a question that was asked"));
            if self.filter.trim().is_empty() {
                return;
            }
            let hits = matching(cx.catalog, &self.filter);
            let open = hits.into_iter().filter(|question| !asked.contains(&question.id)).take(MOST_HITS);
            for (index, question) in open.enumerate() {
                let name = format!("{} was asked", question.title);
                let picked = controls::button_named(ui, cx.look, Weight::Quiet, &question.title, "", &name).clicked();
                let entered =
                    index == 0 && response.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
                if picked || entered {
                    out.push(Command::Study(record(&question.id, true)));
                    self.filter.clear();
                    break;
                }
            }
        });
    }
}
