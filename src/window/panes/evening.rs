//! The evening before on the screen: what it holds, then one thing after the other.

use egui::{CentralPanel, Frame, Margin, Panel, ScrollArea, Ui};

use crate::catalog::Question;
use crate::exchange::evening as page;
use crate::ids::{CardId, QuestionId};
use crate::study::evening::{self, Item, Known, Pack};
use crate::study::{Grade, Request};
use crate::text::{self, Span};
use crate::theme::Role;
use crate::window::action::Action;
use crate::window::cx::{Command, Cx};
use crate::window::look;
use crate::window::panes::cards;
use crate::window::saving::Export;
use crate::window::widgets::controls::{self, Weight};
use crate::window::widgets::doc::Paper;
use crate::window::widgets::rich::{self, Reading, Setting};

/// What only this pane knows.
#[derive(Default)]
pub struct EveningPane {
    pack: Pack,
    items: Vec<Item>,
    /// The item that is shown; None before it was begun.
    at: Option<usize>,
    revealed: bool,
    since_secs: f64,
    /// The item graded last, that undo goes back to.
    graded: Option<usize>,
}

impl EveningPane {
    /// Works the pack out anew, unless the evening is under way.
    pub fn open(&mut self, cx: &Cx<'_>) {
        if self.at.is_none_or(|at| at >= self.items.len()) {
            self.pack = pack_of(cx);
            self.items = self.pack.items();
            self.at = None;
        }
    }

    pub fn act(&mut self, cx: &Cx<'_>, action: Action, now_secs: f64, out: &mut Vec<Command>) {
        let Some(at) = self.at else {
            if action == Action::FinishAttempt && !self.items.is_empty() {
                self.go(0, now_secs);
            }
            return;
        };
        let grade = match action {
            Action::Choose1 => Grade::Again,
            Action::Choose2 => Grade::Hard,
            Action::Choose3 => Grade::Good,
            Action::Choose4 => Grade::Easy,
            Action::FinishAttempt if self.revealed || !self.hides(at) => return self.go(at + 1, now_secs),
            _ => return self.revealed = true,
        };
        if let Some(Item::Card(card, _)) = self.items.get(at).filter(|_| self.revealed && !cx.waiting && !cx.read_only)
        {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a card takes seconds")]
            let took_millis = ((now_secs - self.since_secs).clamp(0.0, 600.0) * 1000.0) as u32;
            let practice = cx.settings.extra_practice;
            out.push(Command::Study(Request::Review { card: card.clone(), grade, took_millis, practice }));
            self.graded = Some(at);
            self.go(at + 1, now_secs);
        }
    }

    /// Undo took the last grade back: its card comes again.
    pub fn undone(&mut self, now_secs: f64) {
        if let (Some(_), Some(graded)) = (self.at, self.graded.take()) {
            self.go(graded, now_secs);
        }
    }

    fn go(&mut self, at: usize, now_secs: f64) {
        self.at = Some(at);
        self.revealed = false;
        self.since_secs = now_secs;
    }

    /// Whether an item has something to be thought of before it is shown.
    fn hides(&self, at: usize) -> bool {
        self.items.get(at).is_some_and(|item| !matches!(item, Item::Page(_)))
    }

    pub fn head_ui(&self, ui: &mut Ui, cx: &Cx<'_>, out: &mut Vec<Command>) {
        if !self.items.is_empty() && controls::button(ui, cx.look, Weight::Quiet, "Print", "").clicked() {
            let text = page::page(cx.catalog, cx.progress, &self.pack);
            out.push(Command::Print(Export { title: "Print", name: "evening.html".to_owned(), text }));
        }
    }

    pub fn ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, out: &mut Vec<Command>) {
        let now_secs = ui.input(|input| input.time);
        let ground = Frame::new().fill(cx.look.color(Role::Ground));
        let bar = Panel::bottom("evening bar").resizable(false);
        bar.frame(ground.inner_margin(Margin::symmetric(20, 12))).show(ui, |ui| {
            ui.horizontal_wrapped(|ui| {
                ui.set_min_height(32.0);
                self.bar_ui(ui, cx, now_secs, out);
            });
        });
        CentralPanel::default().frame(ground).show(ui, |ui| {
            ScrollArea::vertical().id_salt(("evening", self.at)).auto_shrink(false).show(ui, |ui| {
                let side = ((ui.available_width() - look::COLUMN) / 2.0).max(20.0);
                ui.horizontal_top(|ui| {
                    ui.spacing_mut().item_spacing.x = 0.0;
                    ui.add_space(side);
                    ui.vertical(|ui| {
                        ui.spacing_mut().item_spacing.x = 8.0;
                        ui.set_width((ui.available_width() - side).clamp(200.0, look::COLUMN));
                        ui.add_space(18.0);
                        match self.at {
                            None => self.start_ui(ui, cx),
                            Some(at) => self.item_ui(ui, cx, at),
                        }
                        ui.add_space(24.0);
                    });
                });
            });
        });
    }

    fn start_ui(&self, ui: &mut Ui, cx: &Cx<'_>) {
        if self.items.is_empty() {
            title(ui, cx, "Nothing to go over yet");
            paragraph(
                ui,
                cx,
                "The pack is made of what you have attempted, reviewed and written. Attempt a few questions first; it never shows anything new.",
            );
            return;
        }
        title(ui, cx, &format!("{:.0} minutes, nothing new", self.pack.minutes().ceil()));
        paragraph(ui, cx, "What you know holds best when it was seen last. Go through it once, then stop and sleep.");
        ui.add_space(10.0);
        let pack = &self.pack;
        let parts = [
            (
                pack.wrong.len(),
                "sure, but wrong",
                "sure, but wrong",
                "Questions of the last seven days of which you were sure and missed a must.",
            ),
            (
                pack.cards.len(),
                "fading must",
                "fading musts",
                "Cards of musts you have reviewed, the lowest predicted recall on the day first.",
            ),
            (
                pack.pairs.len(),
                "pair easily confused",
                "pairs easily confused",
                "Two questions you know that are taken for each other.",
            ),
            (pack.pages.len(), "page of your notes", "pages of your notes", "One page a topic, in your own words."),
        ];
        for (count, one, many, meaning) in parts {
            let name = if count == 1 { one } else { many };
            ui.add_space(8.0);
            let role = if count > 0 { Role::Ink } else { Role::Faint };
            controls::line(ui, cx.look, &format!("{count} {name}"), look::semibold(look::BODY), role);
            controls::caption(ui, cx.look, meaning);
        }
    }

    fn bar_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, now_secs: f64, out: &mut Vec<Command>) {
        let key = |action: Action, ui: &Ui| action.key_text(ui.ctx());
        let next_key = key(Action::FinishAttempt, ui);
        let Some(at) = self.at else {
            if self.items.is_empty() {
                if controls::button(ui, cx.look, Weight::Main, "Back to the question", "Esc").clicked() {
                    out.push(Command::Close);
                }
            } else if controls::button(ui, cx.look, Weight::Main, "Begin", &next_key).clicked() {
                self.go(0, now_secs);
            }
            return;
        };
        let Some(item) = self.items.get(at) else {
            if controls::button(ui, cx.look, Weight::Main, "Back to the question", "Esc").clicked() {
                out.push(Command::Close);
            }
            return;
        };
        let is_card = matches!(item, Item::Card(..));
        if self.hides(at) && !self.revealed {
            let reveal = key(Action::Reveal, ui);
            if controls::button_of_width(ui, cx.look, Weight::Main, "Show", &reveal, 180.0).clicked() {
                self.revealed = true;
            }
        } else if is_card {
            let actions = [Action::Choose1, Action::Choose2, Action::Choose3, Action::Choose4];
            for (grade, action) in Grade::ALL.into_iter().zip(actions) {
                let weight = if grade == Grade::Good { Weight::Main } else { Weight::Plain };
                if controls::button(ui, cx.look, weight, grade.name(), &key(action, ui)).clicked() {
                    self.act(cx, action, now_secs, out);
                }
            }
        } else if controls::button(ui, cx.look, Weight::Main, "Next", &next_key).clicked() {
            self.go(at + 1, now_secs);
        }
        let left = self.pack.minutes_from(at).ceil();
        let text = format!("{} of {}, about {left:.0} min left", at + 1, self.items.len());
        controls::line(ui, cx.look, &text, look::regular(12.5), Role::Faint);
    }

    fn item_ui(&self, ui: &mut Ui, cx: &Cx<'_>, at: usize) {
        let Some(item) = self.items.get(at) else {
            title(ui, cx, "Done for this evening");
            paragraph(ui, cx, "Everything here was seen once more. Tomorrow, read nothing new before the interview.");
            return;
        };
        match item {
            Item::Wrong(id) => {
                kind(ui, cx, "You were sure, and missed a must. What was it?");
                if let Some(question) = cx.catalog.question(id) {
                    title(ui, cx, &question.prompt);
                    if self.revealed {
                        points_ui(ui, cx, question);
                    }
                }
            }
            Item::Card(id, recall) => self.card_ui(ui, cx, id, *recall),
            Item::Pair(one, other) => {
                kind(ui, cx, "Easily confused: say in one sentence what tells them apart");
                for id in [one, other] {
                    let Some(question) = cx.catalog.question(id) else { continue };
                    ui.push_id(id, |ui| {
                        title(ui, cx, &question.title);
                        if self.revealed {
                            points_ui(ui, cx, question);
                        } else {
                            paragraph(ui, cx, &question.prompt);
                        }
                        ui.add_space(10.0);
                    });
                }
            }
            Item::Page(page) => {
                let name =
                    cx.catalog.topic(&page.topic).map_or_else(|| page.topic.to_string(), |topic| topic.title.clone());
                kind(ui, cx, "In your own words");
                title(ui, cx, &name);
                for (id, note) in &page.notes {
                    ui.add_space(10.0);
                    let name =
                        cx.catalog.question(id).map_or_else(|| id.to_string(), |question| question.title.clone());
                    controls::line(ui, cx.look, &name, look::semibold(look::BODY), Role::Ink);
                    ui.push_id(id, |ui| {
                        paper(cx, id, Setting::BODY).blocks_ui(ui, &text::parse(note).blocks, &mut Reading::default())
                    });
                }
            }
        }
    }

    fn card_ui(&self, ui: &mut Ui, cx: &Cx<'_>, id: &CardId, recall: f32) {
        let Some(card) = cx.catalog.card(id) else { return };
        let (front, back) = cards::words(cx, card);
        let question = id.question();
        kind(ui, cx, &format!("A must, {:.0} % likely to be recalled on the day", recall * 100.0));
        let setting = Setting { size: 18.0, line_height: 27.0, ..Setting::BODY.ink() };
        ui.push_id("front", |ui| {
            paper(cx, &question, setting).blocks_ui(ui, &text::parse(&front).blocks, &mut Reading::default())
        });
        if self.revealed {
            ui.add_space(10.0);
            ui.separator();
            ui.add_space(6.0);
            let setting = Setting { size: 16.0, line_height: 25.0, ..Setting::BODY };
            ui.push_id("back", |ui| {
                paper(cx, &question, setting).blocks_ui(ui, &text::parse(&back).blocks, &mut Reading::default())
            });
        }
    }
}

/// What a review usually takes, in seconds.
const CARD_SECS: f64 = 14.0;

/// The pack for the interview if it is ahead, else for tomorrow.
fn pack_of(cx: &Cx<'_>) -> Pack {
    let today = cx.now.day();
    let day = cx.progress.aim().interview.filter(|day| *day > today).unwrap_or_else(|| today.plus_days(1));
    let on = day.starts_at(cx.now.offset_secs);
    let known: Vec<Known> = cx.catalog.questions().filter_map(|question| known(question)).collect();
    evening::pack(&known, cx.progress, cx.now, on, CARD_SECS)
}

fn known(question: &Question) -> Option<Known> {
    question.answer.as_ref()?;
    Some(Known { question: question.id.clone(), musts: question.musts(), related: question.related.clone() })
}

fn paper<'a>(cx: &'a Cx<'_>, question: &QuestionId, setting: Setting) -> Paper<'a> {
    let hue = cx.catalog.place_of(question).map_or_else(Default::default, |(topic, _)| topic.hue);
    Paper { look: cx.look, hue, code: cx.code, setting }
}

fn kind(ui: &mut Ui, cx: &Cx<'_>, text: &str) {
    controls::caption(ui, cx.look, text);
    ui.add_space(4.0);
}

fn title(ui: &mut Ui, cx: &Cx<'_>, text: &str) {
    let text = egui::RichText::new(text).font(look::semibold(19.0)).color(cx.look.color(Role::Ink));
    ui.add(egui::Label::new(text).wrap());
    ui.add_space(4.0);
}

fn paragraph(ui: &mut Ui, cx: &Cx<'_>, text: &str) {
    let text = egui::RichText::new(text).font(look::regular(look::BODY)).color(cx.look.color(Role::Body));
    ui.add(egui::Label::new(text).wrap());
}

/// The musts as a list.
fn points_ui(ui: &mut Ui, cx: &Cx<'_>, question: &Question) {
    let points = question.answer.iter().flat_map(|answer| &answer.key_points);
    for (index, point) in points.filter(|point| point.must).enumerate() {
        let setting = Setting { line_height: 22.0, size: 14.5, ..Setting::BODY };
        ui.add_space(3.0);
        ui.horizontal_top(|ui| {
            let (rect, _) = ui.allocate_exact_size(egui::vec2(14.0, 22.0), egui::Sense::hover());
            ui.painter().circle_filled(rect.center(), 2.2, cx.look.color(Role::Faint));
            let unlinked: Vec<Span> = point.spans.iter().map(|span| Span { link: None, ..span.clone() }).collect();
            ui.push_id(index, |ui| rich::spans_ui(ui, cx.look, &unlinked, setting, &mut Reading::default()));
        });
    }
}
