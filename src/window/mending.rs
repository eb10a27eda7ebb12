//! Opening data that could not be opened at first, on a thread: a backup put in its place, or a new file beside it.

use std::io;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;

use crate::store::{Opened, Store, StoreError};

/// The data, and where what was replaced is kept.
pub type Mended = Result<((Store, Opened), Option<PathBuf>), StoreError>;

/// At most one attempt is under way.
#[derive(Default)]
pub struct Mending {
    running: Option<Receiver<Option<Mended>>>,
}

impl Mending {
    /// Does the work on a thread of its own; None from it means that the reader thought better of it.
    ///
    /// # Errors
    /// When no thread can be had.
    pub fn start(
        &mut self,
        ctx: &egui::Context,
        work: impl FnOnce() -> Option<Mended> + Send + 'static,
    ) -> io::Result<()> {
        let (send, done) = sync_channel(1);
        let ctx = ctx.clone();
        let run = move || {
            // A window that has closed needs no data.
            let _ = send.send(work());
            ctx.request_repaint();
        };
        thread::Builder::new().name("mending".to_owned()).spawn(run)?;
        self.running = Some(done);
        Ok(())
    }

    /// What has come of it, once.
    pub fn take(&mut self) -> Option<Mended> {
        let done = self.running.as_ref()?.try_recv().ok()?;
        self.running = None;
        done
    }

    /// As [`Mending::take`], waiting for it. For tests, which must not sleep.
    pub fn wait(&mut self) -> Option<Mended> {
        self.running.take()?.recv().ok()?
    }
}
