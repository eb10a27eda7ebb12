//! What goes to the store: requests, text being typed, places and settings; and ways out when the data cannot be opened.

use egui::Context;

use super::app::App;
use crate::store::{self, Access, Job, Store};
use crate::study::{self, Fact, Request};
use crate::window::cx::Draft;
use crate::window::panes::notes;

/// How long typing must rest, in seconds, before my answer becomes an entry of its history.
const SETTLES_AFTER_SECS: f64 = 4.0;

/// Facts that are folded within a frame; more are folded by the writer.
const FEW: usize = 400;

impl App {
    /// Decides what a request comes to and sends it to the disk; the screen changes when it is there.
    pub(super) fn request(&mut self, request: Request) {
        // What undo takes back is the last entry that is known here; what is on its way to the disk would be passed over.
        if self.pending > 0 && matches!(request, Request::Undo | Request::Redo) {
            self.toasts.say("What you did last is still being saved", false, self.last_secs);
            return;
        }
        let machine = self.machine;
        match study::decide(request, &self.progress, machine) {
            Ok(facts) => {
                self.pending += 1;
                let moment = self.now();
                let fold = self.folds_beside([facts.as_slice()]);
                self.send(Job::Append { moment, facts, fold });
            }
            Err(refusal) => self.toasts.say(refusal.to_string(), false, self.last_secs),
        }
    }

    /// Whether folding entries with these facts is too much for a frame.
    pub(super) fn folds_beside<'a>(&self, entries: impl IntoIterator<Item = &'a [Fact]>) -> bool {
        entries.into_iter().map(|facts| self.progress.folds(facts)).sum::<usize>() > FEW
    }

    pub(super) fn send(&mut self, job: Job) {
        let is_entry = matches!(job, Job::Append { .. } | Job::Merge { .. });
        let sent = match (&self.store, &self.access) {
            (Some(store), Access::ReadWrite) => store.send(job),
            _ => false,
        };
        if !sent {
            self.pending -= usize::from(is_entry);
            self.toasts.warn("Nothing can be written at the moment; what you see is kept, what you do now is not");
        }
    }

    pub(super) fn typed(&mut self, draft: Draft, text: String, now_secs: f64) {
        if draft.settles() {
            self.ground(&draft);
            self.unsettled.insert(draft.clone(), (text.clone(), now_secs));
        }
        self.turn += 1;
        let (key, turn) = (draft.key(), self.turn);
        self.unsaved.insert(draft, turn);
        self.send(Job::Draft { key, text, turn });
    }

    /// Remembers which versions of a note the reader had before their eyes when they began to type.
    pub(super) fn ground(&mut self, draft: &Draft) {
        if let Some(note) = notes::noted(draft)
            && !self.grounds.contains_key(draft)
        {
            self.grounds.insert(draft.clone(), self.progress.standing(&note).over.clone());
        }
    }

    /// Makes a note, as it stands, one entry of its history.
    pub(super) fn settle_note(&mut self, draft: &Draft) {
        let Some((text, _)) = self.unsettled.remove(draft) else { return };
        let over = self.grounds.remove(draft).unwrap_or_default();
        if notes::saved(&self.progress, draft) == text {
            return;
        }
        if let Some(note) = notes::noted(draft) {
            self.request(Request::WriteOver { note, text, over });
        }
    }

    /// Settles what has rested long enough.
    pub(super) fn settle_old(&mut self, ctx: &Context) {
        let now_secs = ctx.input(|input| input.time);
        self.last_secs = now_secs;
        let rest = |since: f64| SETTLES_AFTER_SECS - (now_secs - since);
        let old: Vec<_> =
            self.unsettled.iter().filter(|(_, (_, since))| rest(*since) <= 0.0).map(|(id, _)| id.clone()).collect();
        for draft in old {
            self.settle_note(&draft);
        }
        let next = self.unsettled.values().map(|(_, since)| rest(*since)).min_by(f64::total_cmp);
        if let Some(next) = next {
            ctx.request_repaint_after(std::time::Duration::from_secs_f64(next.max(0.05)));
        }
        for command in std::mem::take(&mut self.later) {
            self.handle(ctx, command);
        }
    }

    pub(super) fn settle_all(&mut self) {
        let all: Vec<_> = self.unsettled.keys().cloned().collect();
        for draft in all {
            self.settle_note(&draft);
        }
    }

    /// Writes place, layout and settings when they have changed.
    pub(super) fn store_state(&mut self) {
        let values = [
            ("place", ron::to_string(&self.place)),
            ("layout", ron::to_string(&self.layout)),
            ("panes", ron::to_string(&self.panes)),
            ("settings", ron::to_string(&self.settings)),
            (store::FOLDERS, ron::to_string(&self.own.folders)),
        ];
        for (key, value) in values {
            // What a lab has moved aside comes back with it closed.
            if key == "layout" && self.layout.is_widened() {
                continue;
            }
            self.store_setting(key, value);
        }
    }

    /// Writes the window's size: at the end, since it changes with each point that an edge is dragged.
    pub(super) fn store_extent(&mut self) {
        self.store_setting("window", ron::to_string(&self.extent));
    }

    fn store_setting(&mut self, key: &'static str, value: Result<String, ron::Error>) {
        let Some(value) = value.ok().filter(|value| self.stored.get(key) != Some(value)) else { return };
        self.stored.insert(key, value.clone());
        if let (Some(store), Access::ReadWrite) = (&self.store, &self.access) {
            store.send(Job::Setting { key: key.to_owned(), value });
        }
    }

    /// Asks for a backup file without holding up the window, then has it put in place.
    pub(super) fn choose_restore(&mut self, ctx: &Context) {
        let folder = self.data_dir.join("backups");
        let pick = move || {
            let dialog = rfd::FileDialog::new().set_title("Restore a backup").add_filter("Whetstone backup", &["db"]);
            dialog.set_directory(folder).pick_file()
        };
        let (data_dir, now) = (self.data_dir.clone(), self.now());
        let spawned = match &self.store {
            // The writer that has the data open is the one to replace it.
            Some(store) => {
                let Some(restore) = store.restorer(now) else { return };
                let ask = move || {
                    if let Some(path) = pick() {
                        restore(path);
                    }
                };
                named("file dialog").spawn(ask).map(drop)
            }
            None => self.mending.start(ctx, move || {
                let backup = pick()?;
                let kept = store::restore(&data_dir, &backup, now);
                Some(kept.and_then(|kept| Ok((Store::open(&data_dir, now)?, kept))))
            }),
        };
        if let Err(error) = spawned {
            self.toasts
                .warn(format!("The file dialog could not be opened ({error}); `whetstone restore PATH` does the same"));
        }
    }

    /// Begins a new file beside data that cannot be opened.
    pub(super) fn start_fresh(&mut self, ctx: &Context) {
        let (data_dir, now) = (self.data_dir.clone(), self.now());
        let work = move || Some(store::start_fresh(&data_dir).and_then(|_| Ok((Store::open(&data_dir, now)?, None))));
        if let Err(error) = self.mending.start(ctx, work) {
            self.toasts.warn(format!("A new file could not be begun ({error})"));
        }
    }
}

fn named(name: &str) -> std::thread::Builder {
    std::thread::Builder::new().name(name.to_owned())
}
