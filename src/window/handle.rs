//! Carries out what was asked: moves the view at once, sends what concerns the reader's data to the store.

use std::sync::Arc;

use egui::Context;

use super::app::{App, cx};
use crate::ids::NoteId;
use crate::store::{Job, MergeSource};
use crate::study::{AttemptKind, Confidence, Grade, Request};
use crate::window::action::Action;
use crate::window::cx::{Command, Cx, Draft, Pointed, Scope, Side};
use crate::window::exchange_ui::ExportSheet;
use crate::window::finder::Finder;
use crate::window::folders_ui::Adding;
use crate::window::images::Source;
use crate::window::layout::{Layout, Pane};
use crate::window::overlay::Overlay;
use crate::window::panes::coach::PlanPage;
use crate::window::panes::progress::Tab;
use crate::window::pictures;
use crate::window::screen::Screen;
use crate::window::settings::{LARGEST_SCALE, SMALLEST_SCALE};
impl App {
    pub(super) fn handle(&mut self, ctx: &Context, command: Command) {
        let now_secs = ctx.input(|input| input.time);
        match command {
            Command::Do(action) => self.act(ctx, action, now_secs),
            Command::Go(question) => {
                self.close_screen(now_secs);
                self.go(question);
            }
            Command::Follow(link) => self.follow(ctx, link),
            Command::Search(text) => {
                let now = self.now();
                if let Some(searching) = &mut self.searching {
                    searching.ask(text, now);
                }
            }
            Command::ChoosePicture => self.take_image(Source::Chosen),
            Command::OpenNote(draft) => self.open_note(&draft, None),
            Command::Open(spot, at) => self.open(ctx, spot, at, now_secs),
            Command::Step(step) => self.step(step),
            Command::Light(node) => self.pointing = Some(Pointed { node, side: Side::Text }),
            Command::Point(node) => self.pointing = Some(Pointed { node, side: Side::Scene }),
            Command::Review(scope) => {
                self.close_screen(now_secs);
                self.start_review(scope, now_secs);
            }
            Command::EndReview => self.end_review(),
            Command::Study(request) => self.request(request),
            Command::Typed { draft, text } => self.typed(draft, text, now_secs),
            Command::Settle(draft) => self.settle_note(&draft),
            Command::Toast(text) => self.toasts.say(text, false, now_secs),
            Command::EditCard(card) => self.open_card(card, now_secs),
            Command::Change(settings) => self.change(ctx, *settings),
            Command::Folders(folders) => self.read_folders(ctx, folders),
            Command::ChooseFolder => self.choose_folder(ctx),
            Command::Backup => {
                let moment = self.now();
                self.send(Job::BackUp { to: None, moment });
            }
            Command::ChooseRestore => self.choose_restore(ctx),
            Command::StartFresh => self.start_fresh(ctx),
            Command::Show(screen) => self.open_screen(screen, now_secs),
            Command::Close => self.close_screen(now_secs),
            Command::LeaveSession => self.leave_session(),
            Command::SkipWelcome => self.settings.welcomed = true,
            Command::Fit => {
                if let Err(error) = self.fitting.start(ctx, &self.progress) {
                    self.toasts.warn(format!("The fit could not be started ({error})"));
                }
            }
            Command::StopFit => self.fitting.stop(),
            Command::ForgetFit => self.fitting.forget(),
            Command::Save(export) => self.save(export),
            Command::Print(export) => self.print(export),
            Command::Exchange(wish) => self.exchange(wish),
            Command::StopExchange => self.cancel_exchange(),
            Command::Merge(entries) => self.merge_in(entries, Vec::new(), MergeSource::Journal),
            Command::Machine(ask) => self.ask_machine(ask),
            Command::Choose { draft, text, request } => {
                self.typed(draft.clone(), text, now_secs);
                self.unsettled.remove(&draft);
                self.grounds.remove(&draft);
                self.request(request);
            }
            Command::OpenDataFolder => {
                let url = format!("file://{}", self.data_dir.display());
                ctx.open_url(egui::OpenUrl::new_tab(url));
            }
        }
    }

    fn change(&mut self, ctx: &Context, settings: super::settings::Settings) {
        ctx.set_theme(settings.theme.preference());
        ctx.set_zoom_factor(settings.scale);
        self.settings = settings;
    }

    /// Runs `f` with the context that the panes see.
    pub(super) fn with_cx<R>(
        &mut self,
        f: impl FnOnce(&mut super::layout::Panes, &Cx<'_>, &mut Vec<Command>) -> R,
    ) -> Option<R> {
        let question = self.question()?;
        let catalog = Arc::clone(&self.catalog);
        let mut out = Vec::new();
        let cx = cx!(self, &catalog, &question);
        let result = f(&mut self.panes, &cx, &mut out);
        self.later.extend(out);
        Some(result)
    }

    #[expect(clippy::too_many_lines, reason = "one arm an action")]
    fn act(&mut self, ctx: &Context, action: Action, now_secs: f64) {
        if self.act_on_screen(action, now_secs) {
            return;
        }
        let reviewing = self.review.is_some();
        match action {
            Action::Today => self.todays_key(now_secs),
            Action::Diagnostic if self.is_welcome() && self.screen.is_none() => {
                self.with_cx(|panes, cx, out| panes.study.begin_welcome(cx, out));
            }
            Action::Diagnostic => self.open_screen(Screen::Diagnostic, now_secs),
            Action::Why => {
                self.open_screen(Screen::Plan, now_secs);
                self.panes.coach.plan = PlanPage::about(self.place.question.clone());
            }
            Action::PastAttempts => self.open_screen(Screen::Attempts, now_secs),
            Action::Mock => self.open_screen(Screen::Mock, now_secs),
            Action::Evening => self.open_screen(Screen::Evening, now_secs),
            Action::Palette => self.overlay = Some(Overlay::Finder(Finder::names())),
            Action::Search => self.overlay = Some(Overlay::Finder(Finder::texts())),
            Action::Keys => self.overlay = Some(Overlay::Keys),
            Action::Settings => self.overlay = Some(Overlay::Settings(Adding::default())),
            Action::Import => self.overlay = Some(Overlay::Import(Box::default())),
            Action::Bundle => self.open_bundle(),
            Action::MergeBundle => self.open_merge(),
            Action::Export => {
                let documents = directories::UserDirs::new().and_then(|dirs| dirs.document_dir().map(Into::into));
                let folder = documents.unwrap_or_else(|| self.data_dir.clone());
                self.overlay = Some(Overlay::Export(Box::new(ExportSheet::new(folder))));
            }
            Action::Progress => self.open_progress(Tab::Plan, now_secs),
            Action::Statistics => self.open_progress(Tab::Reviews, now_secs),
            Action::Undo | Action::UndoPlain => self.request(Request::Undo),
            Action::Redo => self.request(Request::Redo),
            Action::Back => {
                if let Some(to) = self.history.back(self.place.question.clone()) {
                    self.arrive(to);
                }
            }
            Action::Forward => {
                if let Some(to) = self.history.forward(self.place.question.clone()) {
                    self.arrive(to);
                }
            }
            Action::Filter => {
                self.layout.set_visible(Pane::Tree, true);
                self.panes.tree.focus_filter();
            }
            Action::NextQuestion | Action::PreviousQuestion => {
                let forward = action == Action::NextQuestion;
                if let Some(Some(to)) = self.with_cx(|panes, cx, _| panes.tree.neighbour(cx, forward)) {
                    self.go(to);
                }
            }
            Action::Bigger | Action::Smaller => {
                let by = if action == Action::Bigger { 0.1 } else { -0.1 };
                let mut settings = self.settings.clone();
                settings.scale = ((settings.scale + by) * 10.0).round() / 10.0;
                settings.scale = settings.scale.clamp(SMALLEST_SCALE, LARGEST_SCALE);
                self.change(ctx, settings);
            }
            Action::Theme => {
                let mut settings = self.settings.clone();
                settings.theme = settings.theme.next();
                self.toasts.say(format!("Theme: {}", settings.theme.name().to_lowercase()), false, now_secs);
                self.change(ctx, settings);
            }
            Action::Choose1 | Action::Choose2 | Action::Choose3 | Action::Choose4 => {
                let (grade, confidence) = match action {
                    Action::Choose1 => (Grade::Again, Confidence::Guess),
                    Action::Choose2 => (Grade::Hard, Confidence::Shaky),
                    Action::Choose3 => (Grade::Good, Confidence::Likely),
                    _ => (Grade::Easy, Confidence::Sure),
                };
                let option = confidence as usize;
                self.with_cx(|panes, cx, out| {
                    if reviewing {
                        panes.cards.grade(cx, grade, now_secs, out);
                    } else if !(panes.lab.is_open(cx) && panes.lab.predict_option(cx, option, now_secs, out)) {
                        panes.study.choose_confidence(cx, confidence, out);
                    }
                });
            }
            Action::Reveal if self.can_go_on() => self.go_on(now_secs),
            Action::Reveal => {
                self.with_cx(|panes, cx, out| {
                    if reviewing {
                        panes.cards.reveal();
                    } else {
                        panes.study.reveal(cx, now_secs, out);
                    }
                });
                if reviewing {
                    self.show_card();
                    self.panes.scene.replay();
                }
            }
            Action::TypeAttempt | Action::SpeakAttempt => {
                let typed = action == Action::TypeAttempt;
                let kind = if typed { AttemptKind::Typed } else { AttemptKind::Spoken };
                self.with_cx(|panes, cx, _| panes.study.attempt(cx, kind, now_secs));
            }
            Action::FinishAttempt => {
                self.with_cx(|panes, cx, out| {
                    if panes.cards.is_editing() {
                        panes.cards.save_edit(out);
                    } else if panes.answer.is_making() {
                        panes.answer.save_card(out);
                    } else {
                        panes.study.finish(cx, now_secs, out);
                    }
                });
            }
            Action::TryAgain => {
                self.place.step = 0;
                self.with_cx(|panes, cx, out| panes.study.again(cx, out));
            }
            Action::MyAnswer => {
                self.layout.set_visible(Pane::Answer, true);
                let draft = Draft::MyAnswer(self.place.question.clone());
                self.panes.answer.write(&draft, None);
            }
            Action::Scratchpad => {
                self.layout.set_visible(Pane::Answer, true);
                self.panes.answer.write(&Draft::Note(NoteId::scratch()), None);
            }
            Action::Preview | Action::FindInNote | Action::NoteHistory | Action::MakeCard => {
                self.layout.set_visible(Pane::Answer, true);
                self.with_cx(|panes, cx, out| panes.answer.act(cx, action, out));
            }
            Action::ReviewQuestion => self.start_review(Scope::Question(self.place.question.clone()), now_secs),
            Action::ReviewTopic => self.start_review(Scope::Topic(self.place.question.topic()), now_secs),
            Action::ReviewAll => self.start_review(Scope::All, now_secs),
            Action::EditCard if reviewing => {
                self.with_cx(|panes, cx, _| panes.cards.edit(cx));
            }
            Action::SuspendCard if reviewing => {
                if let Some(card) = self.panes.cards.current().cloned() {
                    self.request(Request::Suspend { card, on: true });
                }
            }
            Action::EditCard | Action::SuspendCard => {
                self.toasts.say("That is for a card under review: R reviews this question's", false, now_secs);
            }
            Action::EndReview => {
                if self.panes.answer.close_what_is_open(ctx) {
                    return;
                }
                if let Some(focused) = ctx.memory(egui::Memory::focused) {
                    ctx.memory_mut(|memory| memory.surrender_focus(focused));
                } else if self.panes.cards.is_editing() {
                    self.panes.cards.stop_editing();
                } else if !self.panes.scene.leave_canvas() && !self.left_field {
                    if self.is_welcome() {
                        self.settings.welcomed = true;
                    }
                    self.leave_session();
                }
            }
            Action::NextStep | Action::PreviousStep if self.lab_is_open() => {
                self.panes.lab.step(action == Action::NextStep);
            }
            Action::NextStep => self.step(self.place.step + 1),
            Action::PreviousStep => self.step(self.place.step.saturating_sub(1)),
            Action::Lab if self.lab_is_open() => self.close_lab(),
            Action::Lab => match self.question().and_then(|question| question.labs.first().cloned()) {
                Some(lab) => self.open_lab(&lab, None),
                None => self.toasts.say("This question has no lab", false, now_secs),
            },
            Action::BreakLab if self.lab_is_open() => self.panes.lab.break_it(now_secs),
            Action::LabCard if self.lab_is_open() => match self.panes.lab.card() {
                Some(request) => self.request(request),
                None => self.toasts.say("A card is made of a prediction that was wrong", false, now_secs),
            },
            Action::BreakLab | Action::LabCard => {
                self.toasts.say("That is for an open lab: L opens it", false, now_secs);
            }
            Action::PlayScene if self.lab_is_open() => self.panes.lab.play(now_secs),
            Action::Fit => self.panes.scene.fit(),
            Action::PlayScene | Action::DrawFromMemory | Action::MyDiagram => {
                self.layout.set_visible(Pane::Scene, true);
                self.with_cx(|panes, cx, out| match action {
                    Action::PlayScene => panes.scene.play(cx, now_secs, out),
                    Action::DrawFromMemory => panes.scene.draw_from_memory(cx),
                    _ => panes.scene.my_diagram(cx),
                });
            }
            Action::CopyScene => self.picture(pictures::What::Copy),
            Action::CopySvg => self.picture(pictures::What::CopySvg),
            Action::SaveScene => self.picture(pictures::What::Save),
            Action::PaneTree => self.toggle(Pane::Tree),
            Action::PaneStudy => self.toggle(Pane::Study),
            Action::PaneScene => self.toggle(Pane::Scene),
            Action::PaneAnswer => self.toggle(Pane::Answer),
            Action::ResetLayout => {
                self.layout = Layout::default();
                self.layout.set_visible(Pane::Cards, reviewing);
            }
        }
    }

    /// Draws the scene as it stands on a thread of its own, for the clipboard or for a file that the reader names.
    fn picture(&mut self, what: pictures::What) {
        let Some(question) = self.question() else { return };
        let Some(file) = self.catalog.scene_of(&question) else { return };
        let wish = pictures::Wish { scene: Arc::clone(&file.scene), hue: file.hue, step: self.place.step, what };
        if let Err(error) = self.pictures.draw(wish, self.look.palette()) {
            self.toasts.warn(format!("The picture could not be drawn ({error}); `whetstone scenes` does the same"));
        }
    }

    fn toggle(&mut self, pane: Pane) {
        let visible = self.layout.is_visible(pane);
        self.layout.set_visible(pane, !visible);
    }
}
