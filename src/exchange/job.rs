//! Long work that is watched: how far it is, and whether it shall stop.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use thiserror::Error;

/// The reader stopped it; nothing was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("stopped before anything was written")]
pub struct Cancelled;

/// Shared by who works and who watches.
#[derive(Debug, Default)]
pub struct Watch {
    done: AtomicUsize,
    total: AtomicUsize,
    stop: AtomicBool,
}

impl Watch {
    /// Says how many steps there will be.
    ///
    /// # Errors
    /// When it shall stop.
    pub fn begin(&self, total: usize) -> Result<(), Cancelled> {
        self.total.store(total, Ordering::Relaxed);
        self.step(0)
    }

    /// Some steps have been done.
    ///
    /// # Errors
    /// When it shall stop.
    pub fn step(&self, by: usize) -> Result<(), Cancelled> {
        self.done.fetch_add(by, Ordering::Relaxed);
        if self.stop.load(Ordering::Relaxed) { Err(Cancelled) } else { Ok(()) }
    }

    /// The share that is done, 0 to 1.
    pub fn share(&self) -> f32 {
        let (done, total) = (self.done.load(Ordering::Relaxed), self.total.load(Ordering::Relaxed));
        #[expect(clippy::cast_precision_loss, reason = "a share for the eye")]
        let share = if total == 0 { 0.0 } else { done as f32 / total as f32 };
        share.min(1.0)
    }

    pub fn cancel(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}
