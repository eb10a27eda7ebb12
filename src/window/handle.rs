//! Carries out what was asked: moves the view at once, sends what concerns the reader's data to the store.

use std::sync::Arc;

use egui::Context;

use super::app::App;
use crate::catalog::TieKind;
use crate::ids::{NoteId, QuestionId};
use crate::labs;
use crate::store::{self, Access, Job, Store};
use crate::study::{self, AttemptKind, Confidence, Grade, Request};
use crate::text::{Link, SceneTarget};
use crate::window::action::Action;
use crate::window::cx::{Command, Cx, Draft, Pointed, Scope, Side};
use crate::window::exchange_ui::ExportSheet;
use crate::window::finder::Finder;
use crate::window::images::Source;
use crate::window::layout::{Layout, Pane};
use crate::window::overlay::Overlay;
use crate::window::panes::coach::PlanPage;
use crate::window::panes::notes;
use crate::window::panes::progress::Tab;
use crate::window::pictures;
use crate::window::screen::Screen;
use crate::window::settings::{LARGEST_SCALE, SMALLEST_SCALE};

/// How long typing must rest, in seconds, before my answer becomes an entry of its history.
const SETTLES_AFTER_SECS: f64 = 4.0;

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
            Command::Merge(entries) => self.merge(entries),
            Command::OpenDataFolder => {
                let url = format!("file://{}", self.data_dir.display());
                ctx.open_url(egui::OpenUrl::new_tab(url));
            }
        }
    }

    fn change(&mut self, ctx: &Context, settings: super::settings::Settings) {
        ctx.set_theme(settings.theme.preference());
        ctx.set_zoom_factor(settings.scale);
        // The number of new cards is part of what is due.
        if settings.new_cards != self.settings.new_cards {
            self.due_of = None;
        }
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
        let cx = Cx {
            catalog: &catalog,
            progress: &self.progress,
            due: &self.due,
            place: &self.place,
            question: &question,
            settings: &self.settings,
            data_folder: &self.data_dir,
            fitting: &self.fitting,
            look: &self.look,
            code: &self.code,
            pointed: self.pointed.as_ref(),
            now: (self.clock)(),
            unsaved: &self.unsaved,
            answer: None,
            images: &self.images,
            hidden_card: None,
            revealed_card: None,
            reviewing: self.review.is_some(),
            session: self.session.as_ref(),
            welcome: self.is_welcome(),
            waiting: self.pending > 0,
            exchanging: self.exchanging.share(),
            read_only: !matches!(self.access, Access::ReadWrite),
        };
        let result = f(&mut self.panes, &cx, &mut out);
        self.later.extend(out);
        Some(result)
    }

    #[expect(clippy::too_many_lines, reason = "one arm an action")]
    fn act(&mut self, ctx: &Context, action: Action, now_secs: f64) {
        if self.act_on_screen(ctx, action, now_secs) {
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
            Action::Settings => self.overlay = Some(Overlay::Settings),
            Action::Import => self.overlay = Some(Overlay::Import(Box::default())),
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
                } else if !self.panes.scene.leave_canvas() {
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

    pub(super) fn lab_is_open(&mut self) -> bool {
        self.with_cx(|panes, cx, _| panes.lab.is_open(cx)).unwrap_or_default()
    }

    /// Opens a lab in the scene's place; my answer makes room for it.
    fn open_lab(&mut self, lab: &str, scenario: Option<&str>) {
        let Some(spec) = labs::find(lab) else { return };
        let now_secs = self.last_secs;
        self.layout.set_visible(Pane::Scene, true);
        self.made_room |= self.layout.is_visible(Pane::Answer);
        self.layout.set_visible(Pane::Answer, false);
        self.layout.widen_scene(true);
        self.with_cx(|panes, cx, _| panes.lab.open(cx, spec, scenario, now_secs));
    }

    fn close_lab(&mut self) {
        self.panes.lab.close();
        self.layout.widen_scene(false);
        if std::mem::take(&mut self.made_room) {
            self.layout.set_visible(Pane::Answer, true);
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

    pub(super) fn go(&mut self, question: QuestionId) {
        if self.catalog.question(&question).is_none() || question == self.place.question {
            return;
        }
        let from = self.place.question.clone();
        self.settle_note(&Draft::MyAnswer(from.clone()));
        self.history.leave(from);
        self.arrive(question);
    }

    fn arrive(&mut self, question: QuestionId) {
        if self.lab_is_open() {
            self.close_lab();
        }
        self.place.question = question;
        self.place.step = 0;
    }

    pub(super) fn step(&mut self, step: usize) {
        let Some(question) = self.question() else { return };
        let Some(file) = self.catalog.scene_of(&question) else { return };
        let step = step.min(file.scene.steps.len().saturating_sub(1));
        if step == self.place.step {
            return;
        }
        self.place.step = step;
        if let Some(step) = file.scene.steps.get(step) {
            self.panes.study.scroll_to_step(&step.id);
        }
    }

    fn follow(&mut self, ctx: &Context, link: Link) {
        match link {
            Link::Question(id) => self.go(QuestionId::new(id)),
            Link::Web(url) => ctx.open_url(egui::OpenUrl::new_tab(url)),
            Link::Other(_) => {}
            Link::Lab { lab, scenario } => self.open_lab(&lab, scenario.as_deref()),
            Link::Scene { target, .. } => {
                self.layout.set_visible(Pane::Scene, true);
                let Some(question) = self.question() else { return };
                match target {
                    SceneTarget::Step(step) => {
                        let index = self.catalog.scene_of(&question).and_then(|file| file.scene.step_index(&step));
                        if let Some(index) = index {
                            self.place.step = index;
                            self.panes.scene.replay();
                        }
                    }
                    SceneTarget::Node(node) => self.pointing = Some(Pointed { node, side: Side::Text }),
                    SceneTarget::Whole => self.panes.scene.fit(),
                }
            }
        }
    }

    pub(super) fn start_review(&mut self, scope: Scope, now_secs: f64) {
        let mut queue = self.due.queue(&scope);
        if queue.is_empty()
            && let Scope::Question(id) = &scope
            && let Some(question) = self.catalog.question(id)
        {
            // Nothing is due here: the reader wants to see the cards all the same.
            let open = question.cards().iter().filter(|card| !self.progress.is_suspended(&card.id));
            let own = self.progress.own_cards(id).chain(self.progress.deck(id));
            let own = own.filter(|card| !self.progress.is_suspended(card)).cloned();
            queue = open.map(|card| card.id.clone()).chain(own).map(|card| (card, study::Why::Practice)).collect();
        }
        if queue.is_empty() {
            self.toasts.say("No cards are due there", false, now_secs);
            return;
        }
        self.review = Some(scope);
        self.panes.cards.begin(queue, now_secs);
        self.layout.set_visible(Pane::Cards, true);
        self.show_card();
    }

    /// Brings the current card's question and scene beside it.
    pub(super) fn show_card(&mut self) {
        let Some(id) = self.panes.cards.current().cloned() else { return };
        let question = id.question();
        if question != self.place.question {
            self.go(question);
        }
        let tie = self.catalog.card(&id).and_then(|card| card.tie.clone());
        if let Some(tie) = tie
            && let Some(file) = self.catalog.scenes.get(&tie.scene)
            && let Some(step) = file.scene.step_index(&tie.step)
        {
            // A prediction is asked before the step that answers it.
            let before = tie.kind == TieKind::Predict && !self.panes.cards.revealed;
            self.place.step = if before { step.saturating_sub(1) } else { step };
        }
    }

    pub(super) fn end_review(&mut self) {
        if self.review.take().is_some() {
            self.panes.cards.begin(Vec::new(), 0.0);
            self.layout.set_visible(Pane::Cards, false);
        }
    }

    /// Decides what a request comes to and sends it to the disk; the screen changes when it is there.
    fn request(&mut self, request: Request) {
        let machine = self.machine;
        match study::decide(request, &self.progress, machine) {
            Ok(facts) => {
                self.pending += 1;
                let moment = self.now();
                self.send(Job::Append { moment, facts });
            }
            Err(refusal) => self.toasts.say(refusal.to_string(), false, self.last_secs),
        }
    }

    pub(super) fn send(&mut self, job: Job) {
        let is_entry = matches!(job, Job::Append { .. } | Job::Merge { .. });
        let sent = match (&self.store, &self.access) {
            (Some(store), Access::ReadWrite) => store.send(job),
            _ => false,
        };
        if !sent {
            self.pending -= usize::from(is_entry);
            self.toasts.warn("Nothing can be written at the moment; what you see is kept, what you do now is not");
        }
    }

    fn typed(&mut self, draft: Draft, text: String, now_secs: f64) {
        if draft.settles() {
            self.unsettled.insert(draft.clone(), (text.clone(), now_secs));
        }
        self.turn += 1;
        let (key, turn) = (draft.key(), self.turn);
        self.unsaved.insert(draft, turn);
        self.send(Job::Draft { key, text, turn });
    }

    /// Makes a note, as it stands, one entry of its history.
    fn settle_note(&mut self, draft: &Draft) {
        let Some((text, _)) = self.unsettled.remove(draft) else { return };
        if notes::saved(&self.progress, draft) == text {
            return;
        }
        match draft.clone() {
            Draft::MyAnswer(question) => self.request(Request::WriteNote { question, text }),
            Draft::Note(note) => self.request(Request::WriteFreeNote { note, text }),
            Draft::Attempt(_) | Draft::Mock => {}
        }
    }

    /// Settles what has rested long enough.
    pub(super) fn settle_old(&mut self, ctx: &Context) {
        let now_secs = ctx.input(|input| input.time);
        self.last_secs = now_secs;
        let rest = |since: f64| SETTLES_AFTER_SECS - (now_secs - since);
        let old: Vec<_> =
            self.unsettled.iter().filter(|(_, (_, since))| rest(*since) <= 0.0).map(|(id, _)| id.clone()).collect();
        for draft in old {
            self.settle_note(&draft);
        }
        let next = self.unsettled.values().map(|(_, since)| rest(*since)).min_by(f64::total_cmp);
        if let Some(next) = next {
            ctx.request_repaint_after(std::time::Duration::from_secs_f64(next.max(0.05)));
        }
        for command in std::mem::take(&mut self.later) {
            self.handle(ctx, command);
        }
    }

    pub(super) fn settle_all(&mut self) {
        let all: Vec<_> = self.unsettled.keys().cloned().collect();
        for draft in all {
            self.settle_note(&draft);
        }
    }

    /// Writes place, layout and settings when they have changed.
    pub(super) fn store_state(&mut self) {
        let values = [
            ("place", ron::to_string(&self.place)),
            ("layout", ron::to_string(&self.layout)),
            ("panes", ron::to_string(&self.panes)),
            ("settings", ron::to_string(&self.settings)),
        ];
        for (key, value) in values {
            let Ok(value) = value else { continue };
            // What a lab has moved aside comes back with it closed.
            if key == "layout" && self.layout.is_widened() {
                continue;
            }
            if self.stored.get(key) != Some(&value) {
                self.stored.insert(key, value.clone());
                if let (Some(store), Access::ReadWrite) = (&self.store, &self.access) {
                    store.send(Job::Setting { key: key.to_owned(), value });
                }
            }
        }
    }

    /// Asks for a backup file without holding up the window, then has it put in place.
    fn choose_restore(&mut self, ctx: &Context) {
        let folder = self.data_dir.join("backups");
        let pick = move || {
            let dialog = rfd::FileDialog::new().set_title("Restore a backup").add_filter("Whetstone backup", &["db"]);
            dialog.set_directory(folder).pick_file()
        };
        let (data_dir, now) = (self.data_dir.clone(), self.now());
        let spawned = match &self.store {
            // The writer that has the data open is the one to replace it.
            Some(store) => {
                let Some(restore) = store.restorer(now) else { return };
                let ask = move || {
                    if let Some(path) = pick() {
                        restore(path);
                    }
                };
                named("file dialog").spawn(ask).map(drop)
            }
            None => self.mending.start(ctx, move || {
                let backup = pick()?;
                let kept = store::restore(&data_dir, &backup, now);
                Some(kept.and_then(|kept| Ok((Store::open(&data_dir, now)?, kept))))
            }),
        };
        if let Err(error) = spawned {
            self.toasts
                .warn(format!("The file dialog could not be opened ({error}); `whetstone restore PATH` does the same"));
        }
    }

    /// Begins a new file beside data that cannot be opened.
    fn start_fresh(&mut self, ctx: &Context) {
        let (data_dir, now) = (self.data_dir.clone(), self.now());
        let work = move || Some(store::start_fresh(&data_dir).and_then(|_| Ok((Store::open(&data_dir, now)?, None))));
        if let Err(error) = self.mending.start(ctx, work) {
            self.toasts.warn(format!("A new file could not be begun ({error})"));
        }
    }
}

fn named(name: &str) -> std::thread::Builder {
    std::thread::Builder::new().name(name.to_owned())
}
