//! What a large entry comes to, worked out beside the window. The writer has folded the reader's progress anew; here the search's
//! and the bars' share of it is made ready on a thread of its own, and then all of it is swapped in at once. What else the
//! writer has said meanwhile waits its turn.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;

use egui::Context;

use super::app::App;
use crate::catalog::Catalog;
use crate::ids::{QuestionId, TopicId};
use crate::search::Owner;
use crate::store::Reply;
use crate::study::{Entry, Fact, IMPORTED, Progress};
use crate::time::{Day, Moment};
use crate::window::due::Due;
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

/// All that changes with a large entry.
pub struct Folded {
    progress: Progress,
    catalog: Arc<Catalog>,
    decks: Vec<(QuestionId, String)>,
    due: Due,
    due_of: (Day, u64),
    stale: Vec<Owner>,
    said: Option<String>,
    /// The entry's facts but for the imported cards, of which there may be very many.
    facts: Vec<Fact>,
}

/// What it is worked out from.
struct Materials {
    progress: Progress,
    entry: Entry,
    catalog: Arc<Catalog>,
    settings: Settings,
    now: Moment,
    extra_minutes: u16,
}

impl Materials {
    fn folded(self) -> Folded {
        let Self { progress, entry, catalog, settings, now, extra_minutes } = self;
        let decks = decks(&progress);
        let catalog = Arc::new(catalog.with_decks(&TopicId::new(IMPORTED), &decks));
        let due = Due::of(&catalog, &progress, &settings, now, extra_minutes);
        let due_of = (now.day(), progress.revision());
        let mut stale = Vec::new();
        searching::touched(&catalog, &progress, &entry.facts, 0, &mut stale);
        let said = said(&entry.facts);
        let facts = entry.facts.into_iter().filter(|fact| !matches!(fact, Fact::CardImported(_))).collect();
        Folded { progress, catalog, decks, due, due_of, stale, said, facts }
    }
}

impl Folding {
    pub const fn is_busy(&self) -> bool {
        self.running.is_some()
    }

    fn take(&mut self) -> Option<Folded> {
        let folded = self.running.as_ref()?.try_recv().ok()?;
        self.running = None;
        Some(folded)
    }

    /// As [`Folding::take`], waiting for it. For tests, which must not sleep.
    pub fn wait(&mut self) -> Option<Folded> {
        self.running.take()?.recv().ok()
    }
}

/// What is said of an entry that is on disk now.
pub fn said(facts: &[Fact]) -> Option<String> {
    let imported = facts.iter().filter(|fact| matches!(fact, Fact::CardImported(_))).count();
    match imported {
        0 | 1 => facts.iter().find_map(Fact::toast),
        cards => Some(format!("{cards} cards imported")),
    }
}

impl App {
    /// Begins to make ready what the writer has folded.
    pub(super) fn fold(&mut self, ctx: &Context, entry: Entry, progress: Progress) {
        let now = self.now();
        let extra_minutes = self.extra.of(now.day());
        let (catalog, settings) = (Arc::clone(&self.catalog), self.settings.clone());
        let materials = Materials { progress, entry, catalog, settings, now, extra_minutes };
        let (send, done) = sync_channel(1);
        let wake = ctx.clone();
        let work = move || {
            // A window that has closed wants nothing any more.
            let _ = send.send(materials.folded());
            wake.request_repaint();
        };
        match thread::Builder::new().name("fold".to_owned()).spawn(work) {
            Ok(_) => self.folding.running = Some(done),
            Err(error) => {
                self.pending = self.pending.saturating_sub(1);
                self.toasts
                    .warn(format!("It is saved, and will show after a restart: no thread could be had ({error})"));
            }
        }
    }

    pub(super) fn take_folded(&mut self, ctx: &Context) {
        if let Some(folded) = self.folding.take() {
            self.took_folded(ctx, folded);
        }
    }

    pub(super) fn took_folded(&mut self, ctx: &Context, folded: Folded) {
        let Folded { progress, catalog, decks, due, due_of, stale, said, facts } = folded;
        self.pending = self.pending.saturating_sub(1);
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
        self.took_entry(ctx, said, &facts);
        self.tell_folder();
    }
}
