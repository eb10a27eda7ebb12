//! The window's side of where questions come from: folders that come and go, and content that was read anew.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::thread;

use egui::Context;

use super::app::App;
use super::watch::{self, Reading, Sources, Watch};
use crate::catalog::{self, Gathered, Problem, keeping_last_good};
use crate::window::folders_ui;
use crate::window::troubles::Troubles;

/// Where the questions come from, and how that stands.
pub(super) struct Own {
    /// Read in place of what the program carries.
    content: Option<PathBuf>,
    /// The reader's folders of questions, in their order.
    pub folders: Vec<PathBuf>,
    /// Those that are not there now.
    pub missing: Vec<PathBuf>,
    /// The folders are being read anew because others are named.
    rereading: bool,
    /// A folder from a dialog that was open.
    chosen: Arc<Mutex<Option<PathBuf>>>,
    pub watch: Option<Watch>,
}

impl Own {
    /// Watches what has been read; folders that cannot be watched are problems.
    pub fn begin(sources: Sources, missing: Vec<PathBuf>, ctx: &Context, problems: &mut Vec<Problem>) -> Self {
        let wake = ctx.clone();
        let watch = watch::start(&sources, Some(missing.clone()), move || wake.request_repaint());
        let watch = watch.unwrap_or_else(|error| {
            problems.extend(sources.unwatched(&error));
            None
        });
        let Sources { content, own: folders } = sources;
        Self { content, folders, missing, rereading: false, chosen: Arc::default(), watch }
    }
}

impl App {
    /// Reads these folders from now on, and keeps them with the settings.
    pub(super) fn read_folders(&mut self, ctx: &Context, folders: Vec<PathBuf>) {
        if folders == self.own.folders {
            return;
        }
        self.own.folders = folders;
        self.watch_folders(ctx);
    }

    /// Adds a folder that was chosen in a dialog.
    fn add_folder(&mut self, ctx: &Context, folder: &std::path::Path) {
        match folders_ui::with(&self.own.folders, folder) {
            Ok(folders) => self.read_folders(ctx, folders),
            Err(why) => self.toasts.say(why, false, self.last_secs),
        }
    }

    /// Watches the folders as they are named now, and reads them at once.
    fn watch_folders(&mut self, ctx: &Context) {
        let sources = Sources { content: self.own.content.clone(), own: self.own.folders.clone() };
        let wake = ctx.clone();
        match watch::start(&sources, None, move || wake.request_repaint()) {
            Ok(watch) => {
                self.own.rereading = watch.is_some();
                self.own.watch = watch;
            }
            // Without a thread they are read here, once.
            Err(error) => {
                self.own.watch = None;
                self.take_reading(watch::with_problems(sources.read(), sources.unwatched(&error)));
            }
        }
    }

    /// Asks for a folder without holding up the window.
    pub(super) fn choose_folder(&mut self, ctx: &Context) {
        let (chosen, wake) = (Arc::clone(&self.own.chosen), ctx.clone());
        let ask = move || {
            let folder = rfd::FileDialog::new().set_title("A folder of your own questions").pick_folder();
            if let (Some(folder), Ok(mut chosen)) = (folder, chosen.lock()) {
                *chosen = Some(folder);
                wake.request_repaint();
            }
        };
        if let Err(error) = thread::Builder::new().name("file dialog".to_owned()).spawn(ask) {
            self.toasts.warn(format!("The file dialog could not be opened ({error})"));
        }
    }

    pub(super) fn take_reload(&mut self, ctx: &Context) {
        if self.folding.is_busy() {
            return;
        }
        let chosen = self.own.chosen.lock().ok().and_then(|mut chosen| chosen.take());
        if let Some(folder) = chosen {
            self.add_folder(ctx, &folder);
        }
        if let Some(reading) = self.own.watch.as_ref().and_then(Watch::take) {
            self.take_reading(reading);
        }
    }

    /// Waits for what is being read. For tests, which must not sleep.
    pub(super) fn wait_for_reload(&mut self) {
        while self.own.rereading {
            match self.own.watch.as_ref().and_then(Watch::wait) {
                Some(reading) => self.take_reading(reading),
                None => self.own.rereading = false,
            }
        }
    }

    fn take_reading(&mut self, reading: Reading) {
        self.own.rereading = false;
        let Gathered { catalog, problems, missing } = match reading {
            Ok(gathered) => gathered,
            // What was last read stays, the reader's folders with it.
            Err(problems) => {
                self.troubles = Troubles::of(&self.catalog, &problems);
                return;
            }
        };
        // What lay in a folder that is not there now stays until it comes back.
        let gone = missing.iter().map(|folder| Problem::at(&catalog::name_of(folder), "", 0, "no folder", "one"));
        let broken: Vec<Problem> = problems.iter().cloned().chain(gone).collect();
        self.catalog = Arc::new(keeping_last_good(catalog, &self.catalog, &broken));
        self.troubles = Troubles::of(&self.catalog, &problems);
        self.due_of = None;
        self.decks.clear();
        self.refresh_decks();
        if let Some(searching) = &mut self.searching {
            searching.put_content(&self.catalog, &self.progress);
        }
        self.panes.cards.refresh();
        self.panes.scene.forget();
        self.panes.tree.forget();
        let before = std::mem::replace(&mut self.own.missing, missing);
        self.tell_missing(&before);
    }

    /// Says once that a folder is not there; the settings go on showing it.
    pub(super) fn tell_missing(&mut self, before: &[PathBuf]) {
        for folder in self.own.missing.iter().filter(|folder| !before.contains(folder)) {
            let said = format!("{} is not there now; its questions come back with it", folder.display());
            self.toasts.say(said, false, self.last_secs);
        }
    }
}
