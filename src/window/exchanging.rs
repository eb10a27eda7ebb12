//! Imports and exports on a thread of their own: watched, stopped, and never half-done.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use egui::Context;

use super::app::App;
use crate::catalog::Catalog;
use crate::exchange::export::{self, Format};
use crate::exchange::import::obsidian::Separators;
use crate::exchange::import::{self, Known, Preview};
use crate::exchange::job::Watch;
use crate::exchange::{Scope, chain};
use crate::ids::{QuestionId, TopicId};
use crate::notice::Notice;
use crate::store::Snapshot;
use crate::study::{IMPORTED, Progress};
use crate::window::exchange_ui::ImportSheet;
use crate::window::overlay::Overlay;

/// What is asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum Wish {
    Import {
        path: PathBuf,
        separators: Separators,
    },
    Export {
        format: Format,
        scope: Scope,
        path: PathBuf,
    },
    /// A file to import, or where to export to, from the system's dialog.
    Browse {
        export: Option<Format>,
        name: String,
    },
}

/// What has become of it.
pub enum Done {
    Shown(Box<Preview>),
    Exported(String),
    Browsed(Option<PathBuf>),
    Failed(String),
}

/// At most one is under way.
pub struct Exchanging {
    send: SyncSender<Done>,
    done: Receiver<Done>,
    wake: Arc<dyn Fn() + Send + Sync>,
    running: Option<Arc<Watch>>,
    /// Waits until all that was typed is on disk.
    next: Option<Wish>,
}

impl Exchanging {
    pub fn new(wake: impl Fn() + Send + Sync + 'static) -> Self {
        let (send, done) = sync_channel(4);
        Self { send, done, wake: Arc::new(wake), running: None, next: None }
    }

    /// Does it on a thread. It reads the reader's data from the disk, where everything is that was said to be saved.
    fn start(
        &mut self,
        wish: Wish,
        data_dir: PathBuf,
        catalog: Arc<Catalog>,
        now: crate::time::Moment,
    ) -> io::Result<()> {
        let (send, wake, watch) = (self.send.clone(), Arc::clone(&self.wake), Arc::new(Watch::default()));
        let watched = Arc::clone(&watch);
        let work = move || {
            let read = || {
                let entries = Snapshot::open(&data_dir).and_then(|snapshot| snapshot.entries());
                entries.map(Progress::from_entries).map_err(|error| Notice::of_store(&error).sentence())
            };
            let done = match wish {
                Wish::Browse { export, name } => Done::Browsed(browsed(export, &name)),
                Wish::Import { path, separators } => read()
                    .and_then(|progress| {
                        let parsed = import::read(&path, &separators, now)
                            .map_err(|error| format!("{}. Nothing was imported.", chain(&error)))?;
                        Ok(Done::Shown(Box::new(Preview::of(parsed, &Known::of(&catalog, &progress)))))
                    })
                    .unwrap_or_else(Done::Failed),
                Wish::Export { format, scope, path } => read()
                    .and_then(|progress| {
                        let what = export::run(format, &path, (&catalog, &progress), &scope, now, &watched)
                            .map_err(|error| format!("{}. Nothing was left half-written.", chain(&error)))?;
                        Ok(Done::Exported(format!("Exported {what} to {}", path.display())))
                    })
                    .unwrap_or_else(Done::Failed),
            };
            // A window that has closed wants no answer.
            let _ = send.send(done);
            wake();
        };
        thread::Builder::new().name("exchange".to_owned()).spawn(work)?;
        self.running = Some(watch);
        Ok(())
    }

    pub fn is_busy(&self) -> bool {
        self.running.is_some() || self.next.is_some()
    }

    /// The share that is done, 0 to 1; None while nothing is under way.
    pub fn share(&self) -> Option<f32> {
        self.is_busy().then(|| self.running.as_ref().map_or(0.0, |watch| watch.share()))
    }

    fn take(&mut self) -> Option<Done> {
        let done = self.done.try_recv().ok()?;
        self.running = None;
        Some(done)
    }

    /// As [`Exchanging::take`], waiting for it. For tests, which must not sleep.
    pub fn wait(&mut self) -> Option<Done> {
        self.running.take()?;
        self.done.recv().ok()
    }
}

fn browsed(export: Option<Format>, name: &str) -> Option<PathBuf> {
    let dialog = rfd::FileDialog::new();
    match export {
        None => {
            let endings = ["apkg", "colpkg", "csv", "tsv", "txt", "md", "json"];
            dialog.set_title("Import").add_filter("What can be imported", &endings).pick_file()
        }
        Some(format) => match format.extension() {
            Some(ending) => {
                dialog.set_title("Export").set_file_name(name).add_filter(format.name(), &[ending]).save_file()
            }
            None => dialog.set_title("Export into a folder").pick_folder(),
        },
    }
}

impl App {
    /// Begins an import or an export once everything that was typed is on disk.
    pub(super) fn exchange(&mut self, wish: Wish) {
        if self.exchanging.is_busy() {
            return;
        }
        self.settle_all();
        self.exchanging.next = Some(wish);
        self.begin_exchange();
    }

    pub(super) fn begin_exchange(&mut self) {
        if self.pending > 0 || self.exchanging.next.is_none() {
            return;
        }
        let Some(wish) = self.exchanging.next.take() else { return };
        let (data_dir, catalog, now) = (self.data_dir.clone(), Arc::clone(&self.catalog), self.now());
        if let Err(error) = self.exchanging.start(wish, data_dir, catalog, now) {
            self.toasts.warn(format!("It could not be begun ({error}); the command line does the same"));
        }
    }

    pub(super) fn cancel_exchange(&mut self) {
        self.exchanging.next = None;
        if let Some(watch) = &self.exchanging.running {
            watch.cancel();
        }
    }

    pub(super) fn take_exchanged(&mut self, ctx: &Context) {
        if let Some(done) = self.exchanging.take() {
            self.took_exchanged(done);
        }
        self.begin_exchange();
        if self.exchanging.share().is_some() {
            // The bar moves.
            ctx.request_repaint_after(std::time::Duration::from_millis(120));
        }
    }

    pub(super) fn took_exchanged(&mut self, done: Done) {
        match (done, &mut self.overlay) {
            (Done::Shown(preview), Some(Overlay::Import(sheet))) => sheet.show(*preview),
            (Done::Browsed(Some(path)), Some(Overlay::Import(sheet))) => sheet.set_path(&path),
            (Done::Browsed(Some(path)), Some(Overlay::Export(sheet))) => sheet.set_path(&path),
            (Done::Exported(said), overlay) => {
                if matches!(overlay, Some(Overlay::Export(_))) {
                    *overlay = None;
                }
                self.toasts.say(said, false, self.last_secs);
            }
            (Done::Failed(why), Some(Overlay::Import(sheet))) => sheet.fail(why),
            (Done::Failed(why), Some(Overlay::Export(sheet))) => sheet.fail(why),
            (Done::Failed(why), _) => self.toasts.warn(why),
            // The sheet was closed meanwhile: the preview is not wanted.
            (Done::Shown(_) | Done::Browsed(_), _) => {}
        }
    }

    /// A file that was dropped on the window and that only an import can be meant for.
    pub(super) fn take_dropped(&mut self, ctx: &Context) {
        let dropped = ctx.input(|input| input.raw.dropped_files.first().map(|file| file.path().to_owned()));
        let endings = ["apkg", "colpkg", "csv", "tsv", "json"];
        let meant = |path: &PathBuf| {
            path.extension().is_some_and(|ending| endings.iter().any(|known| ending.eq_ignore_ascii_case(known)))
        };
        let Some(path) = dropped.filter(meant) else { return };
        self.overlay = Some(Overlay::Import(Box::new(ImportSheet::of(&path))));
        self.exchange(Wish::Import { path, separators: Separators::default() });
    }

    /// The decks in the tree follow what was imported.
    pub(super) fn refresh_decks(&mut self) {
        let decks = decks(&self.progress);
        if decks != self.decks {
            self.catalog = Arc::new(self.catalog.with_decks(&TopicId::new(IMPORTED), &decks));
            self.decks = decks;
            self.due_of = None;
            self.panes.tree.forget();
        }
    }
}

/// The decks that were imported, by the names of their parts.
pub fn decks(progress: &Progress) -> Vec<(QuestionId, String)> {
    let name = |cards: &std::collections::BTreeSet<crate::ids::CardId>| {
        let first = progress.card(cards.first()?)?;
        Some(first.imported.as_ref()?.card.deck.replace("::", " › "))
    };
    let mut decks: Vec<_> =
        progress.decks().filter_map(|(question, cards)| Some((question.clone(), name(cards)?))).collect();
    decks.sort_by(|a, b| a.1.cmp(&b.1).then_with(|| a.0.cmp(&b.0)));
    decks
}
