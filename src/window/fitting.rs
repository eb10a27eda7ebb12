//! Fitting the schedule's parameters to the reader's log, on a thread of its own, with progress and a way to stop it.

use std::io;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;
use std::time::Duration;

use crate::study::Progress;
use crate::study::optimise::{self, Control, Fitted, Log, NoFit};

/// At most one fit is under way; what came of the last one stays until the next.
#[derive(Default)]
pub struct Fitting {
    running: Option<(Control, Receiver<Result<Fitted, NoFit>>)>,
    done: Option<Result<Fitted, NoFit>>,
}

/// How often the window looks how far it is.
pub const LOOKS_EVERY: Duration = Duration::from_millis(100);

impl Fitting {
    /// Begins a fit to the log as it stands; nothing when one is under way.
    ///
    /// # Errors
    /// When no thread can be had.
    pub fn start(&mut self, ctx: &egui::Context, progress: &Progress) -> io::Result<()> {
        if self.running.is_some() {
            return Ok(());
        }
        let (log, control) = (Log::of(progress), Control::default());
        let current = progress.fitted().map(|fitted| fitted.parameters.clone()).unwrap_or_default();
        let (send, done) = sync_channel(1);
        let (ctx, theirs) = (ctx.clone(), control.clone());
        let work = move || {
            // A window that has closed wants no parameters.
            let _ = send.send(optimise::fit(&log, &current, &theirs));
            ctx.request_repaint();
        };
        thread::Builder::new().name("fit".to_owned()).spawn(work)?;
        (self.running, self.done) = (Some((control, done)), None);
        Ok(())
    }

    pub fn stop(&self) {
        if let Some((control, _)) = &self.running {
            control.stop();
        }
    }

    /// Takes in what the thread has come to.
    pub fn take(&mut self) {
        if let Some(found) = self.running.as_ref().and_then(|(_, done)| done.try_recv().ok()) {
            (self.running, self.done) = (None, Some(found));
        }
    }

    /// As [`Fitting::take`], waiting for it. For tests, which must not sleep.
    pub fn wait(&mut self) {
        if let Some((_, done)) = self.running.take() {
            self.done = done.recv().ok();
        }
    }

    /// How far it is, 0 to 1; None while none is under way.
    pub fn share(&self) -> Option<f32> {
        self.running.as_ref().map(|(control, _)| control.share())
    }

    pub const fn done(&self) -> Option<&Result<Fitted, NoFit>> {
        self.done.as_ref()
    }

    /// What came of it has been dealt with.
    pub fn forget(&mut self) {
        self.done = None;
    }
}

impl Drop for Fitting {
    fn drop(&mut self) {
        self.stop();
    }
}
