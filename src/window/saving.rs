//! Text that leaves the window: into a file that the reader names, or to the printer by way of the browser.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use egui::Context;

use super::app::App;
use crate::exchange::write;

/// A file to be made.
#[derive(Clone, Debug, PartialEq)]
pub struct Export {
    /// What the dialog is called, e.g. `Save the report`.
    pub title: &'static str,
    /// As it is first called, with its ending.
    pub name: String,
    pub text: String,
}

/// What has become of it.
pub enum Saved {
    At(PathBuf),
    /// To be opened in the browser.
    Page(PathBuf),
    Failed(String),
}

pub struct Saving {
    send: SyncSender<Saved>,
    done: Receiver<Saved>,
    wake: Arc<dyn Fn() + Send + Sync>,
    /// Pages on their way to the disk.
    pages: usize,
}

impl Saving {
    pub fn new(wake: impl Fn() + Send + Sync + 'static) -> Self {
        let (send, done) = sync_channel(4);
        Self { send, done, wake: Arc::new(wake), pages: 0 }
    }

    /// What has been saved since the last call.
    pub fn done(&mut self) -> Vec<Saved> {
        let done: Vec<Saved> = self.done.try_iter().collect();
        let pages = done.iter().filter(|saved| !matches!(saved, Saved::At(_))).count();
        self.pages = self.pages.saturating_sub(pages);
        done
    }

    /// Asks for a name on a thread of its own and writes the file.
    ///
    /// # Errors
    /// When no thread can be had.
    pub fn save(&self, export: Export) -> io::Result<()> {
        let (send, wake) = (self.send.clone(), Arc::clone(&self.wake));
        let work = move || {
            let ending = export.name.rsplit_once('.').map_or("txt", |(_, ending)| ending).to_owned();
            let dialog = rfd::FileDialog::new().set_title(export.title).set_file_name(&export.name);
            if let Some(path) = dialog.add_filter(ending.to_uppercase(), &[ending.as_str()]).save_file() {
                // A window that has closed wants no answer.
                let _ = send.send(written(path, &export.text, Saved::At));
                wake();
            }
        };
        thread::Builder::new().name("save".to_owned()).spawn(work).map(drop)
    }

    /// Writes a page that a browser prints into a folder; the last one of that name is replaced.
    ///
    /// # Errors
    /// When no thread can be had.
    pub fn print(&mut self, folder: &Path, export: Export) -> io::Result<()> {
        let (send, wake, path) = (self.send.clone(), Arc::clone(&self.wake), folder.join(&export.name));
        let work = move || {
            let _ = send.send(written(path, &export.text, Saved::Page));
            wake();
        };
        thread::Builder::new().name("print".to_owned()).spawn(work)?;
        self.pages += 1;
        Ok(())
    }

    /// The next page that is on its way, waited for. For tests, which must not sleep.
    pub fn wait(&mut self) -> Option<Saved> {
        self.pages = self.pages.checked_sub(1)?;
        self.done.recv().ok()
    }
}

/// A name chosen in a dialog may take for ever; a page is written at once.
fn written(path: PathBuf, text: &str, done: fn(PathBuf) -> Saved) -> Saved {
    match write::file(&path, text) {
        Ok(()) => done(path),
        Err(error) => Saved::Failed(format!("{error}: {}. Nothing was left half-written.", error.source)),
    }
}

impl App {
    pub(super) fn save(&mut self, export: Export) {
        if let Err(error) = self.saving.save(export) {
            self.toasts.warn(format!("The file dialog could not be opened ({error})"));
        }
    }

    pub(super) fn print(&mut self, export: Export) {
        let folder = self.data_dir.join("print");
        if let Err(error) = self.saving.print(&folder, export) {
            self.toasts.warn(format!("The page could not be written ({error})"));
        }
    }

    pub(super) fn take_saved(&mut self, ctx: &Context, all: Vec<Saved>) {
        for saved in all {
            match saved {
                Saved::At(path) => self.toasts.say(format!("Saved {}", path.display()), false, self.last_secs),
                Saved::Page(path) => {
                    ctx.open_url(egui::OpenUrl::new_tab(format!("file://{}", path.display())));
                    self.toasts.say("The page is open in your browser, which prints it", false, self.last_secs);
                }
                Saved::Failed(why) => self.toasts.warn(why),
            }
        }
    }
}
