//! Takes in what other threads have done: the writer's replies, content read anew, pictures, data that was mended.

use std::collections::HashSet;

use egui::Context;

use super::app::App;
use crate::notice::Notice;
use crate::store::{Job, Opened, Reply};
use crate::study::{Entry, Fact, Progress};
use crate::window::cx::{Command, Draft, Scope};
use crate::window::folding::{Arrival, Came};
use crate::window::machine;
use crate::window::mending::Mended;
use crate::window::overlay::Overlay;
use crate::window::pictures;

impl App {
    pub(super) fn take_pictures(&mut self, ctx: &Context) {
        for done in self.pictures.done() {
            match done {
                pictures::Done::Image(image) => {
                    ctx.copy_image(image);
                    self.toasts.say("The scene is on the clipboard", false, self.last_secs);
                }
                pictures::Done::Svg(text) => {
                    ctx.copy_text(text);
                    self.toasts.say("The scene is on the clipboard as SVG", false, self.last_secs);
                }
                pictures::Done::Saved(path) => {
                    self.toasts.say(format!("Saved {}", path.display()), false, self.last_secs);
                }
                pictures::Done::Failed(why) => self.toasts.warn(why),
            }
        }
    }

    pub(super) fn take_replies(&mut self, ctx: &Context) {
        if let Some(store) = &self.store {
            self.folding.held.extend(store.replies());
        }
        self.take_folded(ctx);
        self.take_held(ctx);
    }

    /// Takes what the writer has said in its order, up to what is still being worked out.
    pub(super) fn take_held(&mut self, ctx: &Context) {
        while !self.folding.is_busy()
            && let Some(reply) = self.folding.held.pop_front()
        {
            self.take_reply(ctx, reply);
        }
    }

    pub(super) fn take_reply(&mut self, ctx: &Context, reply: Reply) {
        let now_secs = ctx.input(|input| input.time);
        match reply {
            Reply::Committed { entry, folded } => self.arrived(ctx, Came::Done, vec![entry], folded),
            Reply::Merged { new, folded, source, kept } => {
                self.arrived(ctx, Came::Merged { source, kept }, new, folded);
            }
            Reply::DraftSaved { key, turn } => {
                let draft = Draft::from_key(&key);
                if let Some(draft) = draft.filter(|draft| self.unsaved.get(draft) == Some(&turn)) {
                    self.unsaved.remove(&draft);
                }
            }
            Reply::Restored { opened, kept } => self.take_restored(*opened, kept, now_secs),
            Reply::PictureKept { name } => self.picture_kept(&name),
            Reply::BackedUp(path) => {
                self.toasts.say(format!("Backed up to {}", path.display()), false, now_secs);
            }
            Reply::Failed { entry, error } => {
                self.pending = self.pending.saturating_sub(usize::from(entry));
                self.toasts.warn(Notice::of_store(&error).sentence());
            }
        }
    }

    /// Entries are on the disk; what they come to may have been folded already.
    fn arrived(&mut self, ctx: &Context, came: Came, entries: Vec<Entry>, folded: Option<Box<Progress>>) {
        if let Some(progress) = folded {
            self.fold(ctx, came, entries, *progress);
            return;
        }
        let as_they_stand = self.as_they_stand(&came);
        let arrival = Arrival::of(came, entries.clone());
        self.progress.extend(entries);
        self.refresh_decks();
        if let Some(searching) = &mut self.searching {
            searching.changed(&self.catalog, &self.progress, &arrival.facts);
        }
        self.took_arrival(ctx, arrival, &as_they_stand);
    }

    /// The texts on the desk that are as the journal has them, which a merge may change.
    pub(super) fn as_they_stand(&self, came: &Came) -> HashSet<Draft> {
        match came {
            Came::Done => HashSet::new(),
            Came::Merged { .. } => self.panes.answer.as_they_stand(&self.progress),
        }
    }

    /// Entries are on the disk and in the progress, and search, decks and dues follow.
    pub(super) fn took_arrival(&mut self, ctx: &Context, arrival: Arrival, as_they_stand: &HashSet<Draft>) {
        let now_secs = ctx.input(|input| input.time);
        self.pending = self.pending.saturating_sub(1);
        let Arrival { came, entries, said, facts } = arrival;
        match came {
            Came::Done => {
                if let Some(said) = said {
                    let withdraws = facts.iter().any(|fact| matches!(fact, Fact::Withdrawn { .. }));
                    self.toasts.say(said, !withdraws, now_secs);
                }
                self.after_entry(&facts, now_secs);
            }
            Came::Merged { source, kept } => {
                // What the desk shows as it stands is read anew; what is being typed, or on its way to the disk, stays.
                self.images.forget();
                let stays = |draft: &Draft| self.unsettled.contains_key(draft) || !as_they_stand.contains(draft);
                self.panes.answer.forget_all_but(stays);
                self.panes.cards.refresh();
                self.after_entry(&[], now_secs);
                self.say_merged(source, entries, said.unwrap_or_default(), &kept, now_secs);
            }
        }
        self.tell_folder();
    }

    /// The panes follow what has just reached the disk.
    pub(super) fn after_entry(&mut self, facts: &[Fact], now_secs: f64) {
        let mut undone = false;
        for fact in facts {
            match fact {
                Fact::Reviewed { card, .. } => self.panes.cards.graded(card, now_secs),
                Fact::Suspended { card, on: true } => self.panes.cards.drop_card(card, now_secs),
                Fact::CardEdited { .. } | Fact::CardRestored { .. } => self.panes.cards.refresh(),
                Fact::Withdrawn { .. } => undone = true,
                Fact::NoteWritten { question, text, .. } => {
                    self.note_written(&Draft::MyAnswer(question.clone()), text);
                }
                Fact::FreeNoteWritten { note, text, .. } => {
                    self.note_written(&Draft::Note(note.clone()), text);
                }
                _ => {}
            }
        }
        if undone {
            self.panes.evening.undone(now_secs);
            // What undo brought back must be read anew, but for what is being typed.
            self.panes.answer.forget_all_but(|draft| self.unsettled.contains_key(draft));
        }
        // A review that the reader began by hand is their own, whatever session is on.
        let is_own = self.review.as_ref().is_some_and(|scope| *scope != Scope::Today);
        if self.session.is_some() && !is_own {
            self.session_after(undone, now_secs);
            return;
        }
        let Some(scope) = self.review.clone() else { return };
        if undone {
            self.panes.cards.bring_back(now_secs);
        }
        self.refresh_due();
        self.panes.cards.join(self.due.queue(&scope));
        self.show_card();
    }

    /// A note is in the journal: its draft has done its work, and would bring an old text back after an undo or a merge.
    fn note_written(&mut self, draft: &Draft, text: &str) {
        self.panes.answer.written(&self.progress, draft, text);
        if !self.unsettled.contains_key(draft) {
            self.send(Job::Draft { key: draft.key(), text: String::new(), turn: 0 });
        }
    }

    /// Takes in data that could not be opened at first.
    pub(super) fn take_mended(&mut self, ctx: &Context, mended: Option<Mended>) {
        match mended {
            None => {}
            Some(Ok(((store, opened), kept))) => {
                let wake = ctx.clone();
                store.on_reply(move || wake.request_repaint());
                self.access = opened.access.clone();
                self.store = Some(store);
                self.overlay = None;
                let said = if kept.is_some() {
                    "The backup is in place"
                } else {
                    "A new file has been begun; the old one is untouched"
                };
                self.take_opened(opened);
                self.toasts.say(said, false, self.last_secs);
            }
            Some(Err(error)) => self.overlay = Some(Overlay::Trouble(Notice::of_store(&error))),
        }
    }

    fn take_restored(&mut self, opened: Opened, kept: Option<std::path::PathBuf>, now_secs: f64) {
        self.take_opened(opened);
        let kept = kept.map_or_else(String::new, |path| format!("; what you had is in {}", path.display()));
        self.toasts.say(format!("The backup is in place{kept}"), false, now_secs);
    }

    /// Everything the reader did is another now.
    fn take_opened(&mut self, opened: Opened) {
        self.later.push(Command::Folders(opened.folders()));
        self.progress = opened.progress;
        self.refresh_decks();
        if let Some(searching) = &mut self.searching {
            searching.begin(&self.catalog, &self.progress);
        }
        self.machine = opened.machine;
        self.pending = 0;
        self.images.forget();
        self.unsettled.clear();
        self.grounds.clear();
        self.unsaved.clear();
        self.due_of = None;
        self.end_review();
        self.panes = super::layout::Panes::default();
        self.machines.restore(opened.settings.get(machine::SETTING));
        self.start_folder();
        for (key, text) in opened.drafts {
            self.restore_draft(&key, text);
        }
    }
}
