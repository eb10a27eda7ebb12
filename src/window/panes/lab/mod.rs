//! A lab beside its question: predict, run, see why; then change a setting, break something, scrub back.

mod asked;
mod figures;
mod knobs;
mod picture;
mod transport;

use egui::{Frame, Margin, Panel, ScrollArea, Ui};

use self::picture::Picture;
use crate::ids::QuestionId;
use crate::labs::{self, Answer, Ask, Input, Run, STEPS_KEPT, Scenario, Shared, Spec};
use crate::study::Request;
use crate::theme::{Hue, Role};
use crate::window::action::Action;
use crate::window::cx::{Command, Cx};
use crate::window::look;
use crate::window::widgets::controls;

/// What only this pane knows.
#[derive(Default)]
pub struct LabPane {
    open: Option<Open>,
}

/// A lab under way.
struct Open {
    /// The question that it was opened from; at another one the scene shows again.
    question: QuestionId,
    scenario: &'static Scenario,
    run: Run,
    phase: Phase,
    /// When the last step was taken, in seconds, while it plays.
    playing: Option<f64>,
    speed: u8,
    /// The furthest step that the reader has seen.
    furthest: usize,
    picture: Picture,
    tab: Tab,
    /// A predicted number, as typed.
    number: String,
    /// What the lab would not do, and why.
    refused: Option<String>,
    /// A shared run, as pasted.
    pasted: String,
}

/// How far the reader is with the scenario.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// The question is open; the run stops where it is asked.
    Asking,
    /// Predicted; it runs to where the answer shows.
    Said(Answer),
    /// The answer has shown.
    Told(Answer),
    /// The reader does as they like; the scenario's question no longer applies.
    Free,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Tab {
    Change,
    Metrics,
    Log,
    About,
}

/// How long a step stands while a lab plays, in seconds.
const SECS_A_STEP: f64 = 0.85;
/// The share of the pane that the picture has.
const PICTURE_SHARE: f32 = 0.44;
/// Points below which lines are short.
const NARROW: f32 = 480.0;
/// Points from which settings and metrics stand side by side.
const WIDE: f32 = 640.0;

impl LabPane {
    /// Whether a lab is open at this question.
    pub fn is_open(&self, cx: &Cx<'_>) -> bool {
        self.open.as_ref().is_some_and(|open| open.question == cx.question.id) && !cx.reviewing
    }

    /// Opens a lab at a scenario, the first unless one is named.
    pub fn open(&mut self, cx: &Cx<'_>, spec: &'static Spec, scenario: Option<&str>, now_secs: f64) {
        let named = scenario.and_then(|id| spec.scenario(id));
        if let Some(scenario) = named.or_else(|| spec.scenarios.first()) {
            self.open = Some(Open::begin(cx, spec, scenario, now_secs));
        }
    }

    pub fn close(&mut self) {
        self.open = None;
    }

    pub fn step(&mut self, forward: bool) {
        let Some(open) = &mut self.open else { return };
        open.playing = None;
        if forward {
            open.step();
        } else {
            open.seek(open.run.at().saturating_sub(1));
        }
    }

    /// Plays, or stops.
    pub fn play(&mut self, now_secs: f64) {
        if let Some(open) = &mut self.open {
            open.playing = if open.playing.is_some() || open.waits() { None } else { Some(now_secs) };
        }
    }

    /// Does what is most instructive to break.
    pub fn break_it(&mut self, now_secs: f64) {
        let Some(open) = &mut self.open else { return };
        let first = open.run.lab().acts().into_iter().next();
        if let Some(act) = first {
            open.input(Input::act(&act.id), now_secs);
        }
    }

    /// Predicts an option of the open question; false when nothing is asked that has it.
    pub fn predict_option(&mut self, cx: &Cx<'_>, option: usize, now_secs: f64, out: &mut Vec<Command>) -> bool {
        let Some(open) = &mut self.open else { return false };
        match (open.phase, open.scenario.ask) {
            (Phase::Asking, Ask::Choice { options, .. }) if option < options.len() => {
                open.predict(cx, Answer::Choice(option), now_secs, out);
                true
            }
            _ => false,
        }
    }

    /// The card that a wrong prediction is worth; None while there is no such thing.
    pub fn card(&self) -> Option<Request> {
        let open = self.open.as_ref()?;
        let (Phase::Told(said), scenario) = (open.phase, open.scenario) else { return None };
        let back = format!("{}. {}", scenario.ask.right_words(), scenario.why.because);
        (!scenario.ask.is_right(said)).then(|| Request::MakeCard {
            card: open.question.own_card(),
            front: format!("{} {}", scenario.given, scenario.question),
            back,
        })
    }

    pub fn ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, out: &mut Vec<Command>) {
        let Some(open) = &mut self.open else { return };
        let ground = Frame::new().fill(cx.look.color(Role::Ground));
        let now_secs = ui.input(|input| input.time);
        open.play_on(ui, now_secs);
        let head = Panel::top(ui.scope_id().with("lab head")).resizable(false).exact_size(44.0);
        let mut chosen = None;
        head.frame(ground.inner_margin(Margin::symmetric(20, 0))).show(ui, |ui| {
            chosen = open.head_ui(ui, cx, out);
        });
        let below = (ui.available_height() * (1.0 - PICTURE_SHARE)).max(240.0);
        let foot = Panel::bottom(ui.scope_id().with("lab foot")).resizable(false).exact_size(below);
        foot.frame(ground.inner_margin(Margin { left: 20, right: 20, top: 10, bottom: 8 })).show(ui, |ui| {
            open.foot_ui(ui, cx, now_secs, out);
        });
        egui::CentralPanel::default().frame(ground).show(ui, |ui| {
            if let Some(act) = open.picture.ui(ui, cx, &open.run, open.hue()) {
                open.input(Input::Act(act), now_secs);
            }
        });
        if let Some((spec, scenario)) = chosen {
            *open = Open::begin(cx, spec, scenario, now_secs);
        }
    }
}

impl Open {
    fn begin(cx: &Cx<'_>, spec: &'static Spec, scenario: &'static Scenario, now_secs: f64) -> Self {
        let mut open = Self {
            question: cx.question.id.clone(),
            scenario,
            run: Run::of_scenario(spec, scenario),
            phase: Phase::Asking,
            playing: Some(now_secs),
            speed: 1,
            furthest: 0,
            picture: Picture::default(),
            tab: Tab::Change,
            number: String::new(),
            refused: None,
            pasted: String::new(),
        };
        if cx.settings.reduced_motion {
            open.playing = None;
            open.seek(scenario.asks_at);
        }
        open
    }

    fn hue(&self) -> Hue {
        Hue::of_topic(self.run.spec.topic)
    }

    /// The last step that may be shown now.
    const fn limit(&self) -> usize {
        if matches!(self.phase, Phase::Asking) { self.scenario.asks_at } else { STEPS_KEPT }
    }

    /// Whether it stands at the question.
    const fn waits(&self) -> bool {
        self.run.at() >= self.limit()
    }

    fn step(&mut self) {
        if !self.waits() {
            self.run.step();
            self.picture.moved();
            self.arrived();
        }
    }

    fn seek(&mut self, step: usize) {
        self.run.seek(step.min(self.limit()));
        self.picture.moved();
        self.arrived();
    }

    fn arrived(&mut self) {
        self.refused = None;
        self.furthest = self.furthest.max(self.run.at());
        if let Phase::Said(said) = self.phase
            && self.run.at() >= self.scenario.ends_at
        {
            self.phase = Phase::Told(said);
            self.playing = None;
        }
    }

    fn input(&mut self, input: Input, now_secs: f64) {
        match self.run.input(input) {
            Ok(()) => {
                self.refused = None;
                self.furthest = self.run.at();
                self.phase = Phase::Free;
                self.picture.moved();
                self.playing.get_or_insert(now_secs);
            }
            Err(refused) => self.refused = Some(refused.to_string()),
        }
    }

    fn predict(&mut self, cx: &Cx<'_>, said: Answer, now_secs: f64, out: &mut Vec<Command>) {
        self.phase = Phase::Said(said);
        self.playing = Some(now_secs);
        let (lab, scenario) = (self.run.spec.id.to_owned(), self.scenario.id.to_owned());
        out.push(Command::Study(Request::Predict { lab, scenario, right: self.scenario.ask.is_right(said) }));
        if cx.settings.reduced_motion {
            self.playing = None;
            self.seek(self.scenario.ends_at);
        } else if self.run.at() < self.scenario.asks_at {
            self.run.seek(self.scenario.asks_at);
        }
    }

    /// Takes the next step when this one has stood long enough.
    fn play_on(&mut self, ui: &Ui, now_secs: f64) {
        let Some(since) = self.playing else { return };
        if self.waits() {
            self.playing = None;
            return;
        }
        let dwell = SECS_A_STEP / f64::from(self.speed);
        if now_secs - since >= dwell {
            self.playing = Some(now_secs);
            self.step();
        }
        ui.request_repaint_after(std::time::Duration::from_secs_f64((dwell - (now_secs - since)).clamp(0.01, dwell)));
    }

    /// The title, the scenarios to choose from, the way out.
    fn head_ui(&self, ui: &mut Ui, cx: &Cx<'_>, out: &mut Vec<Command>) -> Option<(&'static Spec, &'static Scenario)> {
        let mut chosen = None;
        ui.horizontal_centered(|ui| {
            let spec = self.run.spec;
            let others: Vec<&'static Spec> =
                cx.question.labs.iter().filter_map(|id| labs::find(id)).filter(|lab| lab.id != spec.id).collect();
            controls::line(ui, cx.look, spec.title, look::semibold(look::CONTROL), Role::Ink);
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                if controls::icon_button(ui, cx.look, look::icon::CLOSE, "Back to the scene").clicked() {
                    out.push(Command::Do(Action::Lab));
                }
                let width = (ui.available_width() - 8.0).clamp(80.0, 300.0);
                let picker = egui::ComboBox::from_id_salt("scenario").width(width).truncate();
                let shown = picker.selected_text(self.scenario.title).show_ui(ui, |ui| {
                    for lab in std::iter::once(spec).chain(others) {
                        if lab.id != spec.id {
                            controls::line(ui, cx.look, lab.title, look::semibold(look::CAPTION), Role::Faint);
                        }
                        for scenario in lab.scenarios {
                            let mark = match cx.progress.prediction(lab.id, scenario.id) {
                                Some(true) => "  · predicted",
                                Some(false) => "  · was wrong",
                                None => "",
                            };
                            let here = lab.id == spec.id && scenario.id == self.scenario.id;
                            if ui.selectable_label(here, format!("{}{mark}", scenario.title)).clicked() {
                                chosen = Some((lab, scenario));
                            }
                        }
                    }
                });
                ui.ctx().accesskit_node_builder(shown.response.id, |node| node.set_label("Scenario"));
            });
        });
        chosen
    }

    fn foot_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, now_secs: f64, out: &mut Vec<Command>) {
        let top = ui.max_rect().top() - 10.0;
        ui.painter().hline(ui.max_rect().expand(20.0).x_range(), top, cx.look.hairline());
        self.transport_ui(ui, cx, now_secs);
        ui.add_space(2.0);
        self.caption_ui(ui, cx);
        ui.add_space(4.0);
        self.tabs_ui(ui, cx);
        ui.add_space(6.0);
        let area = ScrollArea::vertical().auto_shrink(false);
        match self.tab {
            Tab::Log => self.log_ui(ui, cx),
            Tab::About => drop(area.show(ui, |ui| self.about_ui(ui, cx, now_secs, out))),
            Tab::Metrics => drop(area.show(ui, |ui| self.metrics_ui(ui, cx))),
            Tab::Change => {
                area.show(ui, |ui| {
                    self.asked_ui(ui, cx, now_secs, out);
                    if ui.available_width() >= WIDE {
                        ui.columns(2, |columns| {
                            let [left, right] = columns else { return };
                            self.change_ui(left, cx, now_secs);
                            self.metrics_ui(right, cx);
                        });
                    } else {
                        self.change_ui(ui, cx, now_secs);
                    }
                });
            }
        }
    }

    /// What has just happened, in a sentence; room for two lines, or three in a narrow pane, so that nothing jumps.
    fn caption_ui(&self, ui: &mut Ui, cx: &Cx<'_>) {
        let says = self.refused.as_deref().unwrap_or(&self.run.moment().says);
        let role = if self.refused.is_some() { Role::Down } else { Role::Body };
        let text = egui::RichText::new(says).font(look::regular(13.5)).line_height(Some(19.0));
        let room = if ui.available_width() < NARROW { 61.0 } else { 42.0 };
        let before = ui.cursor().top();
        ui.add(egui::Label::new(text.color(cx.look.color(role))).wrap().selectable(true));
        let used = ui.cursor().top() - before;
        ui.add_space((room - used).max(0.0));
    }

    fn tabs_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>) {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 16.0;
            let tabs = [
                (Tab::Change, "Change and break"),
                (Tab::Metrics, "Metrics"),
                (Tab::Log, "Log"),
                (Tab::About, "About"),
            ];
            for (tab, name) in tabs {
                let here = self.tab == tab;
                let font = look::regular(12.5);
                let galley = ui.painter().layout_no_wrap(name.to_owned(), font, cx.look.color(Role::Faint));
                let (rect, response) = ui.allocate_exact_size(egui::vec2(galley.size().x, 26.0), egui::Sense::click());
                response.widget_info(|| egui::WidgetInfo::selected(egui::Role::Tab, true, here, name));
                let role = if here || response.hovered() || response.has_focus() { Role::Ink } else { Role::Faint };
                let at = egui::pos2(rect.left(), rect.center().y - galley.size().y / 2.0);
                ui.painter().galley_with_override_text_color(at, galley, cx.look.color(role));
                if here {
                    let stroke = egui::Stroke::new(2.0, cx.look.color(Role::Accent));
                    ui.painter().hline(rect.x_range(), rect.bottom() - 1.0, stroke);
                }
                if response.clicked() {
                    self.tab = tab;
                }
            }
        });
        let y = ui.cursor().top() - ui.spacing().item_spacing.y;
        ui.painter().hline(ui.max_rect().x_range(), y, cx.look.hairline());
    }

    /// What the lab is, what it leaves out, what it was checked against; a run as text, out and in.
    fn about_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, now_secs: f64, out: &mut Vec<Command>) {
        let spec = self.run.spec;
        paragraph(ui, cx, spec.shows);
        heading(ui, cx, "What this leaves out");
        for left_out in spec.leaves_out {
            paragraph(ui, cx, &format!("– {left_out}"));
        }
        heading(ui, cx, "Checked against");
        for (title, url) in spec.sources {
            let link = ui.link(egui::RichText::new(*title).font(look::regular(13.5)));
            if link.on_hover_text(*url).clicked() {
                out.push(Command::Follow(crate::text::Link::parse(url)));
            }
        }
        heading(ui, cx, "Share this run");
        controls::caption(ui, cx.look, "As a line of text: the same steps, settings and faults on any machine.");
        ui.horizontal_wrapped(|ui| {
            if controls::button(ui, cx.look, controls::Weight::Plain, "Copy as text", "").clicked() {
                ui.ctx().copy_text(Shared::of(&self.run, Some(self.scenario.id)).text());
                out.push(Command::Toast("The run is on the clipboard".to_owned()));
            }
            let field = egui::TextEdit::singleline(&mut self.pasted).hint_text("Paste a run").desired_width(180.0);
            let response = ui.add(field);
            ui.ctx().accesskit_node_builder(response.id, |node| node.set_label("A shared run"));
            let pasted = controls::button(ui, cx.look, controls::Weight::Plain, "Open it", "").clicked();
            if pasted && !self.pasted.trim().is_empty() {
                match Shared::parse(&self.pasted) {
                    Ok((shared, spec)) => {
                        let scenario = shared.scenario.as_deref().and_then(|id| spec.scenario(id));
                        if let Some(scenario) = scenario.or_else(|| spec.scenarios.first()) {
                            *self = Self::begin(cx, spec, scenario, now_secs);
                            self.run = shared.run(spec);
                            (self.phase, self.playing) = (Phase::Free, None);
                            self.furthest = self.run.at();
                        }
                    }
                    Err(error) => out.push(Command::Toast(error.to_string())),
                }
            }
        });
    }
}

fn heading(ui: &mut Ui, cx: &Cx<'_>, text: &str) {
    ui.add_space(8.0);
    controls::line(ui, cx.look, text, look::semibold(look::CONTROL), Role::Ink);
    ui.add_space(2.0);
}

fn paragraph(ui: &mut Ui, cx: &Cx<'_>, text: &str) {
    let text = egui::RichText::new(text).font(look::regular(13.5)).line_height(Some(19.0));
    ui.add(egui::Label::new(text.color(cx.look.color(Role::Body))).wrap().selectable(true));
}
