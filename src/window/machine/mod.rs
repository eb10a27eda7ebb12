//! A second machine: a bundle out, a bundle in with a preview, and a folder that several machines share. What takes time is on
//! threads; nothing comes into the journal but through the store.

mod folder;
mod kept;
mod section;
mod sheet;
mod work;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use egui::Context;

pub use kept::Kept;
pub use section::section_ui;
pub use sheet::{BundleSheet, MergeSheet};
pub use work::{Shown, Wish};

use self::folder::{Folder, News};
use self::work::Done;
use super::app::App;
use crate::exchange::job::Watch;
use crate::store::{Access, Job, MergeSource};
use crate::study::Entry;
use crate::window::overlay::Overlay;

/// What the reader asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum Ask {
    Do(Wish),
    Stop,
    /// Merge what is shown.
    Confirm,
    /// Share this folder; None ends it.
    Share(Option<PathBuf>),
}

pub struct Machines {
    send: SyncSender<Done>,
    done: Receiver<Done>,
    wake: Arc<dyn Fn() + Send + Sync>,
    running: Option<Arc<Watch>>,
    /// Waits until all that was typed is on disk.
    next: Option<Wish>,
    /// What a bundle would bring.
    shown: Option<Box<Shown>>,
    failed: Option<String>,
    folder: Option<Folder>,
    kept: Kept,
    /// What stands in the way of the shared folder.
    trouble: Vec<String>,
}

/// The setting under which the store keeps what is kept.
pub const SETTING: &str = "machine";

impl Machines {
    pub fn new(wake: impl Fn() + Send + Sync + 'static, setting: Option<&String>) -> Self {
        let (send, done) = sync_channel(4);
        Self {
            send,
            done,
            wake: Arc::new(wake),
            running: None,
            next: None,
            shown: None,
            failed: None,
            folder: None,
            kept: setting.and_then(|text| ron::from_str(text).ok()).unwrap_or_default(),
            trouble: Vec::new(),
        }
    }

    /// The data is another now, and so is what is kept with it.
    pub fn restore(&mut self, setting: Option<&String>) {
        self.kept = setting.and_then(|text| ron::from_str(text).ok()).unwrap_or_default();
    }

    /// Writes what the shared folder has not got yet, and waits for it.
    pub fn end(&mut self) {
        if let Some(folder) = self.folder.take() {
            folder.end();
        }
    }

    pub const fn is_busy(&self) -> bool {
        self.running.is_some() || self.next.is_some()
    }

    /// The share of the bundle's work that is done, 0 to 1; None while none is under way.
    pub fn share(&self) -> Option<f32> {
        self.is_busy().then(|| self.running.as_ref().map_or(0.0, |watch| watch.share()))
    }

    pub fn shown(&self) -> Option<&Shown> {
        self.shown.as_deref()
    }

    pub fn failed(&self) -> Option<&str> {
        self.failed.as_deref()
    }
}

impl App {
    pub(super) fn open_bundle(&mut self) {
        let documents = directories::UserDirs::new().and_then(|dirs| dirs.document_dir().map(Into::into));
        let folder: PathBuf = documents.unwrap_or_else(|| self.data_dir.clone());
        self.machines.failed = None;
        self.overlay = Some(Overlay::Bundle(Box::new(BundleSheet::new(&folder.join(folder::file_name(self.machine))))));
    }

    pub(super) fn open_merge(&mut self) {
        (self.machines.failed, self.machines.shown) = (None, None);
        self.overlay = Some(Overlay::Merge(Box::default()));
    }

    pub(super) fn ask_machine(&mut self, ask: Ask) {
        match ask {
            Ask::Do(_) if self.machines.is_busy() => {}
            Ask::Do(wish) => {
                self.settle_all();
                if matches!(wish, Wish::Bundle(_) | Wish::Look(_)) {
                    (self.machines.failed, self.machines.shown) = (None, None);
                }
                self.machines.next = Some(wish);
                self.begin_machine();
            }
            Ask::Stop => {
                self.machines.next = None;
                if let Some(watch) = &self.machines.running {
                    watch.cancel();
                }
            }
            Ask::Confirm => {
                if let Some(shown) = self.machines.shown.take() {
                    self.overlay = None;
                    let Shown { merging, pictures, .. } = *shown;
                    self.merge_in(merging.entries, pictures.into_iter().collect(), MergeSource::Bundle);
                }
            }
            Ask::Share(path) => {
                self.machines.kept = Kept { folder: path, ..Kept::default() };
                self.keep_machine();
                self.start_folder();
            }
        }
    }

    /// Begins once everything that was typed is on disk, from where it is read.
    pub(super) fn begin_machine(&mut self) {
        if self.pending > 0 {
            return;
        }
        let Some(wish) = self.machines.next.take() else { return };
        let (send, wake) = (self.machines.send.clone(), Arc::clone(&self.machines.wake));
        match work::start(wish, self.data_dir.clone(), send, wake) {
            Ok(watch) => self.machines.running = Some(watch),
            Err(error) => {
                self.toasts
                    .warn(format!("It could not be begun ({error}); `whetstone bundle` and `merge` do the same"));
            }
        }
    }

    /// Sends entries of another machine to the disk; what is typed here becomes an entry of its own before them.
    pub(super) fn merge_in(&mut self, entries: Vec<Entry>, pictures: Vec<(String, Vec<u8>)>, source: MergeSource) {
        self.settle_all();
        self.pending += 1;
        let moment = self.now();
        let fold = self.folds_beside(entries.iter().map(|entry| entry.facts.as_slice()));
        self.send(Job::Merge { entries, pictures, moment, source, fold });
    }

    /// Starts the thread that looks after the shared folder, in place of an earlier one.
    pub(super) fn start_folder(&mut self) {
        self.machines.trouble.clear();
        self.machines.folder = None;
        let (Some(path), Access::ReadWrite) = (self.machines.kept.folder.clone(), &self.access) else { return };
        let name = folder::file_name(self.machine);
        let seen = self.machines.kept.seen.clone();
        match Folder::start(self.data_dir.clone(), path, name, seen, Arc::clone(&self.machines.wake)) {
            Ok(folder) => self.machines.folder = Some(folder),
            Err(error) => self.machines.trouble.push(format!("The folder cannot be looked after ({error})")),
        }
    }

    /// Something has come to the journal: the shared folder hears of it after a pause.
    pub(super) fn tell_folder(&self) {
        if let Some(folder) = &self.machines.folder {
            folder.changed();
        }
    }

    pub(super) fn take_machine(&mut self, ctx: &Context) {
        if let Ok(done) = self.machines.done.try_recv() {
            self.took_work(done);
        }
        self.begin_machine();
        if self.machines.is_busy() {
            // The bar moves.
            ctx.request_repaint_after(std::time::Duration::from_millis(120));
        }
        let news: Vec<News> = self.machines.folder.as_ref().map(|folder| folder.news().collect()).unwrap_or_default();
        for one in news {
            self.took_news(one);
        }
    }

    fn took_work(&mut self, done: Done) {
        self.machines.running = None;
        match (done, &mut self.overlay) {
            (Done::Bundled(said), overlay) => {
                if matches!(overlay, Some(Overlay::Bundle(_))) {
                    *overlay = None;
                }
                self.toasts.say(said, false, self.last_secs);
            }
            (Done::Shown(shown), Some(Overlay::Merge(_))) => self.machines.shown = Some(shown),
            (Done::Browsed(Some(path)), Some(Overlay::Bundle(sheet))) => sheet.set_path(&path),
            (Done::Browsed(Some(path)), Some(Overlay::Merge(sheet))) => sheet.set_path(&path),
            (Done::Folder(Some(path)), _) => self.ask_machine(Ask::Share(Some(path))),
            (Done::Failed(why), Some(Overlay::Bundle(_) | Overlay::Merge(_))) => self.machines.failed = Some(why),
            (Done::Failed(why), _) => self.toasts.warn(why),
            // The sheet was closed meanwhile, or the reader thought better of it.
            (Done::Shown(_) | Done::Browsed(_) | Done::Folder(_), _) => {}
        }
    }

    fn took_news(&mut self, news: News) {
        match news {
            News::Found { name, contents, entries, pictures } => {
                self.merge_in(entries, pictures, MergeSource::Folder { name, contents });
            }
            News::Seen { name, contents } => {
                self.machines.kept.seen.insert(name, contents);
                self.keep_machine();
            }
            News::Wrote => {
                self.machines.kept.written = Some(self.now());
                self.keep_machine();
            }
            News::Trouble(trouble) => self.machines.trouble = trouble,
        }
    }

    fn keep_machine(&mut self) {
        if let Ok(value) = ron::to_string(&self.machines.kept) {
            self.send(Job::Setting { key: SETTING.to_owned(), value });
        }
    }

    /// Says what a merge has brought, and remembers it of the shared folder.
    pub(super) fn say_merged(&mut self, source: MergeSource, entries: usize, said: String, kept: &Path, now_secs: f64) {
        match source {
            MergeSource::Journal => {
                let said =
                    format!("{entries} entries of a journal added; what was there before is in {}", kept.display());
                self.toasts.say(said, false, now_secs);
            }
            MergeSource::Bundle => {
                let said = format!("Merged: {said}. What was there before is in your backups");
                self.toasts.say(said, false, now_secs);
            }
            MergeSource::Folder { name, contents } => {
                let from = folder::machine_of(&name);
                self.toasts.say(format!("From {from}: {said}"), false, now_secs);
                self.machines.kept.merged = Some((from, self.now(), said));
                self.machines.kept.seen.insert(name, contents);
                self.keep_machine();
            }
        }
    }

    /// Waits for what is under way and has the shared folder looked at and written. For tests, which must not sleep.
    pub(super) fn settle_machine(&mut self, ctx: &Context) -> Result<(), crate::store::StoreError> {
        loop {
            if !self.settle_replies(ctx, |app| app.pending == 0)? {
                return Ok(());
            }
            self.begin_machine();
            if self.machines.running.is_some() {
                if let Ok(done) = self.machines.done.recv() {
                    self.took_work(done);
                }
                continue;
            }
            let news = self.machines.folder.as_ref().map(Folder::settle).unwrap_or_default();
            news.into_iter().for_each(|one| self.took_news(one));
            if self.pending == 0 && !self.machines.is_busy() {
                return Ok(());
            }
        }
    }
}
