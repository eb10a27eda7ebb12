//! The window's state and its frame: take in what the store and the watcher say, draw, carry out what was asked.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use egui::Ui;

use crate::catalog::{Catalog, Gathered, Question};
use crate::ids::{EntryId, MachineId, QuestionId};
use crate::notice::Notice;
use crate::store::{Access, Opened, Store};
use crate::study::Progress;
use crate::time::Moment;
use crate::window::action::Action;
use crate::window::code::Highlighter;
use crate::window::cx::{Command, Cx, Draft, Pointed, Scope};
use crate::window::due::{Basis, Due};
use crate::window::exchanging::Exchanging;
use crate::window::extent::Extent;
use crate::window::fitting::Fitting;
use crate::window::folding::Folding;
use crate::window::images::Images;
use crate::window::layout::{Layout, Pane, Panes};
use crate::window::look::{self, Look};
use crate::window::machine::{self, Machines};
use crate::window::mending::Mending;
use crate::window::overlay::Overlay;
use crate::window::panes::notes;
use crate::window::pictures::Pictures;
use crate::window::place::{History, Place};
use crate::window::saving::Saving;
use crate::window::screen::Screen;
use crate::window::searching::Searching;
use crate::window::session::{self, Extra, Session};
use crate::window::settings::Settings;
use crate::window::sources::Own;
use crate::window::start::Begun;
use crate::window::toasts::{ToastEvent, Toasts};
use crate::window::troubles::Troubles;
use crate::window::watch::Sources;

/// Reads the reader's clock; tests give a fixed one.
pub type Clock = Box<dyn Fn() -> Moment>;

/// What the window is started with.
pub struct Setup {
    pub data_dir: PathBuf,
    /// Read the questions from here and reload them on save.
    pub content: Option<PathBuf>,
    pub clock: Clock,
}

/// What the panes see of the window, written once: its fields are borrowed one by one, so that the panes can be changed beside it.
macro_rules! cx {
    ($app:expr, $catalog:expr, $question:expr) => {
        crate::window::cx::Cx {
            catalog: $catalog,
            progress: &$app.progress,
            due: &$app.due,
            place: &$app.place,
            question: $question,
            settings: &$app.settings,
            data_folder: &$app.data_dir,
            folders: &$app.own.folders,
            missing: &$app.own.missing,
            troubles: &$app.troubles,
            fitting: &$app.fitting,
            look: &$app.look,
            code: &$app.code,
            pointed: $app.pointed.as_ref(),
            now: ($app.clock)(),
            unsaved: &$app.unsaved,
            images: &$app.images,
            machines: &$app.machines,
            machine: $app.machine,
            answer: $app.searching.as_ref().and_then(crate::window::searching::Searching::answer),
            hidden_card: None,
            revealed_card: None,
            reviewing: $app.review.is_some(),
            session: $app.session.as_ref(),
            welcome: $app.is_welcome(),
            waiting: $app.pending > 0,
            exchanging: $app.exchanging.share(),
            read_only: !matches!($app.access, crate::store::Access::ReadWrite),
        }
    };
}
pub(super) use cx;

pub struct App {
    pub(super) catalog: Arc<Catalog>,
    pub(super) progress: Progress,
    pub(super) store: Option<Store>,
    pub(super) access: Access,
    pub(super) machine: MachineId,
    pub(super) place: Place,
    pub(super) history: History,
    pub(super) settings: Settings,
    pub(super) layout: Layout,
    pub(super) panes: Panes,
    pub(super) overlay: Option<Overlay>,
    /// What stands in place of the panes.
    pub(super) screen: Option<Screen>,
    pub(super) session: Option<Session>,
    pub(super) extra: Extra,
    pub(super) toasts: Toasts,
    pub(super) look: Look,
    pub(super) code: Highlighter,
    /// None when no thread could be had for it.
    pub(super) searching: Option<Searching>,
    /// What the reader pointed at when the last frame was drawn.
    pub(super) pointed: Option<Pointed>,
    /// A text field had the focus when the last frame ended.
    in_field: bool,
    /// Escape has just left a text field.
    pub(super) left_field: bool,
    /// What this frame says that the reader points at.
    pub(super) pointing: Option<Pointed>,
    pub(super) due: Due,
    /// The day, and the state, that `due` was worked out for.
    pub(super) due_of: Option<Basis>,
    pub(super) review: Option<Scope>,
    /// My answer was hidden to make room for a lab.
    pub(super) made_room: bool,
    /// Entries on their way to the disk.
    pub(super) pending: usize,
    /// Text on its way to the disk, by the turn of its last save.
    pub(super) unsaved: HashMap<Draft, u64>,
    pub(super) turn: u64,
    /// Notes whose text is newer than their last journal entry, and when they were last typed in.
    pub(super) unsettled: HashMap<Draft, (String, f64)>,
    /// The versions that those notes are written over.
    pub(super) grounds: HashMap<Draft, Vec<EntryId>>,
    /// What panes asked for outside of a frame.
    pub(super) later: Vec<Command>,
    /// The window's clock at the last frame, in seconds.
    pub(super) last_secs: f64,
    pub(super) own: Own,
    pub(super) troubles: Troubles,
    pub(super) pictures: Pictures,
    pub(super) saving: Saving,
    pub(super) exchanging: Exchanging,
    /// The imported decks that stand in the tree.
    pub(super) decks: Vec<(QuestionId, String)>,
    pub(super) fitting: Fitting,
    pub(super) folding: Folding,
    pub(super) extent: Extent,
    pub(super) images: Images,
    pub(super) machines: Machines,
    pub(super) mending: Mending,
    pub(super) data_dir: PathBuf,
    pub(super) clock: Clock,
    /// What was last written to the settings, so that a frame without a change writes nothing.
    pub(super) stored: HashMap<&'static str, String>,
}

impl App {
    /// Starts the window on the reader's data. Problems with it become notices, never a failure to open.
    pub fn new(ctx: &egui::Context, setup: Setup) -> Self {
        let begun = Begun::start(&setup);
        Self::with(ctx, setup, begun)
    }

    /// As [`App::new`], on what has been read meanwhile.
    pub(super) fn with(ctx: &egui::Context, setup: Setup, begun: Begun) -> Self {
        look::install(ctx);
        let wake = {
            let ctx = ctx.clone();
            move || ctx.request_repaint()
        };
        let (content, opened) = begun.finish(&setup);
        let Gathered { catalog, mut problems, missing } = content;
        let folders = opened.as_ref().map_or_else(|_| Vec::new(), |(_, opened)| opened.folders());
        let sources = Sources { content: setup.content.clone(), own: folders };
        let own = Own::begin(sources, missing, ctx, &mut problems);
        let pictures = Pictures::new(wake.clone());
        let saving = Saving::new(wake.clone());
        let exchanging = Exchanging::new(wake.clone());
        let mut toasts = Toasts::default();
        let mut trouble = None;
        let (store, opened) = match opened {
            Ok((store, opened)) => {
                store.on_reply(wake.clone());
                (Some(store), opened)
            }
            Err(error) => {
                trouble = Some(Overlay::Trouble(Notice::of_store(&error)));
                (None, Opened::nothing())
            }
        };
        if let Access::ReadOnly(why) = opened.access
            && store.is_some()
        {
            toasts.warn(Notice::of_read_only(why).sentence());
        }
        let first = catalog.questions().next().map(|question| question.id.clone());
        let fallback = Place { question: first.unwrap_or_else(|| QuestionId::new("")), step: 0 };
        let read = |key: &str| opened.settings.get(key).cloned();
        let place = read("place").and_then(|text| ron::from_str(&text).ok()).unwrap_or(fallback);
        let layout: Option<Layout> = read("layout").and_then(|text| ron::from_str(&text).ok());
        let mut app = Self {
            settings: read("settings").and_then(|text| ron::from_str(&text).ok()).unwrap_or_default(),
            layout: layout.filter(Layout::is_whole).unwrap_or_default(),
            panes: read("panes").and_then(|text| ron::from_str(&text).ok()).unwrap_or_default(),
            troubles: Troubles::of(&catalog, &problems),
            catalog: Arc::new(catalog),
            progress: opened.progress,
            store,
            access: opened.access,
            place,
            history: History::default(),
            overlay: trouble,
            screen: None,
            session: None,
            extra: Extra::default(),
            toasts,
            look: Look::of(ctx.theme()),
            code: Highlighter::start(wake.clone()),
            searching: Searching::start(wake.clone()).ok(),
            pointed: None,
            pointing: None,
            in_field: false,
            left_field: false,
            due: Due::default(),
            due_of: None,
            review: None,
            made_room: false,
            pending: 0,
            unsaved: HashMap::new(),
            turn: 0,
            later: Vec::new(),
            last_secs: 0.0,
            machine: opened.machine,
            unsettled: HashMap::new(),
            grounds: HashMap::new(),
            own,
            pictures,
            saving,
            exchanging,
            decks: Vec::new(),
            fitting: Fitting::default(),
            folding: Folding::default(),
            extent: read("window").and_then(|text| ron::from_str(&text).ok()).unwrap_or_default(),
            images: Images::start(setup.data_dir.clone(), wake.clone()),
            machines: Machines::new(wake, read(machine::SETTING).as_ref()),
            mending: Mending::default(),
            data_dir: setup.data_dir,
            clock: setup.clock,
            stored: HashMap::new(),
        };
        app.layout.set_visible(Pane::Cards, false);
        app.layout.set_visible(Pane::Study, true);
        app.refresh_decks();
        app.start_folder();
        app.tell_missing(&[]);
        for (key, text) in opened.drafts {
            app.restore_draft(&key, text);
        }
        if let Some(searching) = &mut app.searching {
            searching.begin(&app.catalog, &app.progress);
        }
        ctx.set_theme(app.settings.theme.preference());
        ctx.set_zoom_factor(app.settings.scale);
        app
    }

    /// Text that was typed and not yet made an entry when the program ended.
    pub(super) fn restore_draft(&mut self, key: &str, text: String) {
        match Draft::from_key(key) {
            Some(draft) if draft.settles() => {
                if notes::saved(&self.progress, &draft) != text {
                    self.ground(&draft);
                    self.unsettled.insert(draft.clone(), (text.clone(), 0.0));
                }
                self.panes.answer.put(draft, text);
            }
            Some(Draft::Mock) if self.panes.mock.restore(&text, &self.progress) => self.screen = Some(Screen::Mock),
            Some(Draft::Attempt(question)) if !text.is_empty() => self.panes.study.restore_attempt(question, text),
            _ => {}
        }
    }

    /// Waits until all that was asked of the store is on disk, and takes in what it says. For tests, which must not sleep.
    ///
    /// # Errors
    /// When the writer has ended.
    pub fn settle(&mut self, ctx: &egui::Context) -> Result<(), crate::store::StoreError> {
        self.pictures.wait();
        self.wait_for_reload();
        let mended = self.mending.wait();
        self.take_mended(ctx, mended);
        self.fitting.wait();
        while let Some(saved) = self.saving.wait() {
            self.take_saved(ctx, vec![saved]);
        }
        let done = self.images.wait();
        self.take_images(ctx, done);
        if !self.settle_replies(ctx, |app| app.pending == 0 && app.unsaved.is_empty() && !app.images.is_waiting())? {
            return Ok(());
        }
        while self.exchanging.is_busy() {
            self.begin_exchange();
            let Some(done) = self.exchanging.wait() else { break };
            self.took_exchanged(done);
        }
        self.settle_machine(ctx)?;
        self.refresh_due();
        while !self.hand_over() {}
        if let Some(searching) = &mut self.searching {
            searching.settle();
        }
        Ok(())
    }

    /// Takes in what the writer says until enough of it has come; false when there is no writer. For tests, which must not sleep.
    pub(super) fn settle_replies(
        &mut self,
        ctx: &egui::Context,
        enough: impl Fn(&Self) -> bool,
    ) -> Result<bool, crate::store::StoreError> {
        loop {
            if let Some(folded) = self.folding.wait() {
                self.took_folded(ctx, folded);
            }
            self.take_held(ctx);
            if self.folding.is_busy() {
                continue;
            }
            if enough(self) {
                return Ok(true);
            }
            let Some(store) = &self.store else { return Ok(false) };
            self.folding.held.push_back(store.wait()?);
        }
    }

    /// Scenes show the end of each step at once, whatever the settings say. For tests and pictures.
    pub fn show_end_states(&mut self) {
        self.settings.reduced_motion = true;
    }

    pub fn progress(&self) -> &Progress {
        &self.progress
    }

    pub fn place_question(&self) -> &QuestionId {
        &self.place.question
    }

    pub fn now(&self) -> Moment {
        (self.clock)()
    }

    /// The question of the place; the first one if content has dropped it.
    pub(super) fn question(&self) -> Option<Arc<Question>> {
        self.catalog.question(&self.place.question).or_else(|| self.catalog.questions().next()).cloned()
    }

    /// Whether the card of the first run is to be shown: nobody has said what they study for, or that they will not.
    pub(super) fn is_welcome(&self) -> bool {
        let first = !self.progress.has_aim() && !self.settings.welcomed;
        first && matches!(self.access, Access::ReadWrite) && self.session.is_none() && self.review.is_none()
    }

    pub(super) fn refresh_due(&mut self) {
        let now = self.now();
        let extra_minutes = self.extra.of(now.day());
        let basis = Basis::of(&self.progress, &self.settings, now, extra_minutes);
        if self.due_of != Some(basis) {
            self.due = Due::of(&self.catalog, &self.progress, &self.settings, now, extra_minutes);
            self.due_of = Some(basis);
        }
    }

    /// Hands over what has changed to the search; false while more is left.
    fn hand_over(&mut self) -> bool {
        let Some(searching) = &mut self.searching else { return true };
        searching.hand_over(&self.catalog, &self.progress, self.due.policy())
    }

    fn draw(&mut self, ui: &mut Ui) -> Vec<Command> {
        let mut out = Vec::new();
        let catalog = Arc::clone(&self.catalog);
        let Some(question) = self.question() else {
            super::empty::nothing_to_show_ui(ui, &self.look, self.troubles.rest());
            return out;
        };
        let (hidden_card, revealed_card) = (self.panes.cards.hidden_card(), self.panes.cards.revealed_card());
        let cx = Cx {
            hidden_card: hidden_card.as_ref(),
            revealed_card: revealed_card.as_ref(),
            ..cx!(self, &catalog, &question)
        };
        if !self.troubles.rest().is_empty() {
            super::empty::problems_ui(ui, &self.look, self.troubles.rest());
        }
        match self.screen {
            Some(screen) => screen.ui(ui, &cx, &mut self.panes, &mut out),
            None => {
                if let Some(session) = &self.session {
                    session::strip_ui(ui, &cx, session, &mut out);
                }
                self.layout.ui(ui, &cx, &mut self.panes, &mut out);
            }
        }
        if let Some(overlay) = &mut self.overlay
            && !overlay.ui(ui, &cx, &mut out)
        {
            self.overlay = None;
        }
        if self.toasts.ui(ui, &self.look) == ToastEvent::Undo {
            out.push(Command::Do(Action::Undo));
        }
        out
    }
}

impl eframe::App for App {
    /// Takes in what other threads have done; also runs while the window is hidden.
    fn logic(&mut self, ctx: &egui::Context, _frame: &mut eframe::Frame) {
        self.take_replies(ctx);
        self.take_reload(ctx);
        self.take_pictures(ctx);
        self.fitting.take();
        let done = self.images.done();
        self.take_images(ctx, done);
        let saved = self.saving.done();
        self.take_saved(ctx, saved);
        self.take_exchanged(ctx);
        self.take_machine(ctx);
        let mended = self.mending.take();
        self.take_mended(ctx, mended);
        self.refresh_due();
        if let Some(searching) = &mut self.searching {
            searching.take();
        }
        if !self.hand_over() {
            ctx.request_repaint();
        }
    }

    /// Draw from what is known, collect what is asked for, then carry it out.
    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        if self.look.is_dark() != (ui.ctx().theme() == egui::Theme::Dark) {
            self.look = Look::of(ui.ctx().theme());
        }
        let at_canvas = self.with_cx(|panes, cx, _| panes.scene.has_keyboard(cx, ui.ctx())).unwrap_or_default();
        let in_field = ui.ctx().text_edit_focused();
        let typing = in_field || at_canvas;
        // Escape takes the focus from a text field before the frame begins, and is spent with that.
        self.left_field = std::mem::take(&mut self.in_field) && !in_field;
        // An open overlay has the keyboard to itself.
        // On a screen of buttons and boxes, Space is for the one that has the focus.
        let on_widget = self.screen.is_some() && ui.ctx().memory(|memory| memory.focused().is_some());
        let open = |action| !(on_widget && action == Action::Reveal);
        let pressed = if self.overlay.is_none() { Action::pressed(ui.ctx(), typing, open) } else { Vec::new() };
        let mut commands: Vec<Command> = pressed.into_iter().map(Command::Do).collect();
        self.take_dropped(ui.ctx());
        let frame = egui::Frame::new().fill(self.look.color(crate::theme::Role::Ground));
        let drawn = egui::CentralPanel::default().frame(frame).show(ui, |ui| self.draw(ui)).inner;
        commands.extend(drawn);
        for command in commands {
            self.handle(ui.ctx(), command);
        }
        self.in_field = ui.ctx().text_edit_focused();
        // Drawn in the next frame, on the other side.
        let pointing = self.pointing.take();
        if pointing != self.pointed {
            self.pointed = pointing;
            ui.request_repaint();
        }
        self.extent.see(ui.ctx());
        self.take_in_images(ui.ctx());
        self.settle_old(ui.ctx());
        self.store_state();
    }

    fn on_exit(&mut self, _gl: Option<&eframe::glow::Context>) {
        self.settle_all();
        self.store_state();
        self.store_extent();
        // Dropping the store waits until all of it is on disk; the shared folder has it after that.
        self.store = None;
        self.machines.end();
    }
}
