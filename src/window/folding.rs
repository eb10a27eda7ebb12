//! What much on the disk comes to, worked out beside the window. The writer has folded the reader's progress anew; here the search's
//! and the bars' share of it is made ready on a thread of its own, and then all of it is swapped in at once. What else the
//! writer has said meanwhile waits its turn.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use egui::Context;

use super::app::App;
use crate::catalog::Catalog;
use crate::ids::{QuestionId, TopicId};
use crate::search::Owner;
use crate::store::{MergeSource, Reply};
use crate::study::{Brings, Entry, Fact, IMPORTED, Progress};
use crate::time::Moment;
use crate::window::due::{Basis, Due};
use crate::window::exchanging::decks;
use crate::window::searching;
use crate::window::settings::Settings;

/// At most one is under way.
#[derive(Default)]
pub struct Folding {
    running: Option<Receiver<Folded>>,
    /// What the writer has said since.
    pub held: VecDeque<Reply>,
}

/// How entries have come to the disk.
pub enum Came {
    /// The reader did it here.
    Done,
    /// From elsewhere; what was there before is kept at the path.
    Merged { source: MergeSource, kept: PathBuf },
}

/// Entries that are on the disk, as the panes follow them.
pub struct Arrival {
    pub came: Came,
    pub entries: usize,
    pub said: Option<String>,
    /// Their facts, but for the imported cards where those are very many.
    pub facts: Vec<Fact>,
}

impl Arrival {
    pub fn of(came: Came, entries: Vec<Entry>) -> Self {
        let count = entries.len();
        let brought = matches!(came, Came::Merged { .. }).then(|| Brings::of(&entries).words());
        let facts: Vec<Fact> = entries.into_iter().flat_map(|entry| entry.facts).collect();
        Self { came, entries: count, said: brought.or_else(|| said(&facts)), facts }
    }
}

/// What is said of what the reader did, once it is on disk.
fn said(facts: &[Fact]) -> Option<String> {
    let imported = facts.iter().filter(|fact| matches!(fact, Fact::CardImported(_))).count();
    match imported {
        0 | 1 => facts.iter().find_map(Fact::toast),
        cards => Some(format!("{cards} cards imported")),
    }
}

/// All that changes with them.
pub struct Folded {
    progress: Progress,
    catalog: Arc<Catalog>,
    decks: Vec<(QuestionId, String)>,
    due: Due,
    due_of: Basis,
    stale: Vec<Owner>,
    arrival: Arrival,
}

/// What it is worked out from.
struct Materials {
    progress: Progress,
    came: Came,
    entries: Vec<Entry>,
    catalog: Arc<Catalog>,
    settings: Settings,
    now: Moment,
    extra_minutes: u16,
}

impl Materials {
    fn folded(self) -> Folded {
        let Self { progress, came, entries, catalog, settings, now, extra_minutes } = self;
        let decks = decks(&progress);
        let catalog = Arc::new(catalog.with_decks(&TopicId::new(IMPORTED), &decks));
        let due = Due::of(&catalog, &progress, &settings, now, extra_minutes);
        let due_of = Basis::of(&progress, &settings, now, extra_minutes);
        let mut arrival = Arrival::of(came, entries);
        let mut stale = Vec::new();
        searching::touched(&catalog, &progress, &arrival.facts, 0, &mut stale);
        arrival.facts.retain(|fact| !matches!(fact, Fact::CardImported(_)));
        Folded { progress, catalog, decks, due, due_of, stale, arrival }
    }
}

impl Folding {
    pub const fn is_busy(&self) -> bool {
        self.running.is_some()
    }

    /// What has been made ready; an error once none can come any more.
    fn take(&mut self) -> Option<Result<Folded, Gone>> {
        match self.running.as_ref()?.try_recv() {
            Err(TryRecvError::Empty) => None,
            done => {
                self.running = None;
                Some(done.map_err(|_disconnected| Gone))
            }
        }
    }

    /// As [`Folding::take`], waiting for it. For tests, which must not sleep.
    pub fn wait(&mut self) -> Option<Folded> {
        self.running.take()?.recv().ok()
    }
}

/// The thread has ended without an answer.
struct Gone;

impl App {
    /// Begins to make ready what the writer has folded.
    pub(super) fn fold(&mut self, ctx: &Context, came: Came, entries: Vec<Entry>, progress: Progress) {
        let now = self.now();
        let extra_minutes = self.extra.of(now.day());
        let (catalog, settings) = (Arc::clone(&self.catalog), self.settings.clone());
        let materials = Materials { progress, came, entries, catalog, settings, now, extra_minutes };
        let materials = Arc::new(Mutex::new(Some(materials)));
        let (send, done) = sync_channel(1);
        let (wake, theirs) = (ctx.clone(), Arc::clone(&materials));
        let work = move || {
            if let Some(materials) = taken(&theirs) {
                // A window that has closed wants nothing any more.
                let _ = send.send(materials.folded());
            }
            // Without an answer it is woken too, to see that none comes.
            drop(send);
            wake.request_repaint();
        };
        if thread::Builder::new().name("fold".to_owned()).spawn(work).is_ok() {
            self.folding.running = Some(done);
        } else if let Some(materials) = taken(&materials) {
            // No thread can be had: a slow frame is better than a state that lacks what is saved.
            self.took_folded(ctx, materials.folded());
        }
    }

    pub(super) fn take_folded(&mut self, ctx: &Context) {
        match self.folding.take() {
            None => {}
            Some(Ok(folded)) => self.took_folded(ctx, folded),
            Some(Err(Gone)) => {
                self.pending = self.pending.saturating_sub(1);
                self.toasts.warn("It is saved, and will show after a restart: it could not be worked out");
            }
        }
    }

    pub(super) fn took_folded(&mut self, ctx: &Context, folded: Folded) {
        let Folded { progress, catalog, decks, due, due_of, stale, arrival } = folded;
        let as_they_stand = self.as_they_stand(&arrival.came);
        let old = (
            std::mem::replace(&mut self.progress, progress),
            std::mem::replace(&mut self.due, due),
            std::mem::replace(&mut self.catalog, catalog),
        );
        // To forget a hundred thousand cards takes longer than a frame has.
        let _ = thread::Builder::new().name("forget".to_owned()).spawn(move || drop(old));
        if decks != self.decks {
            self.decks = decks;
            self.panes.tree.forget();
        }
        if let Some(searching) = &mut self.searching {
            searching.add(stale);
        }
        self.due_of = Some(due_of);
        self.took_arrival(ctx, arrival, &as_they_stand);
    }
}

fn taken(materials: &Mutex<Option<Materials>>) -> Option<Materials> {
    materials.lock().unwrap_or_else(PoisonError::into_inner).take()
}
