//! The search's own thread: it keeps the index, takes in what has changed, and answers the newest question put to it.

use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::catalog::Catalog;
use crate::ids::{CardId, QuestionId};
use crate::search::{self, Found, Index, Owner, Part, Query};
use crate::study::{Fact, Policy, Progress};
use crate::time::Moment;

/// The index is made once the window has come to rest, or as soon as something is asked.
const REST: Duration = Duration::from_millis(1_500);
/// Parts handed over in one frame: about a millisecond of copying.
const A_FRAME: usize = 800;

/// The answer to what stood in the box.
pub struct Answer {
    pub text: String,
    pub found: Found,
}

pub struct Searching {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
    asked: Option<String>,
    answer: Option<Answer>,
    /// Whose parts have changed and are still to be handed over.
    stale: Vec<Owner>,
}

#[derive(Default)]
struct Shared {
    desk: Mutex<Desk>,
    /// Something was put on the desk.
    put: Condvar,
    /// The question was answered.
    answered: Condvar,
}

/// What the window has left for the thread, and the thread for the window.
#[derive(Default)]
struct Desk {
    content: Option<Arc<Catalog>>,
    /// Everything of the reader's is to be forgotten first.
    anew: bool,
    parts: Vec<Part>,
    question: Option<(String, Moment)>,
    answer: Option<Answer>,
    end: bool,
}

impl Searching {
    /// Starts the thread; `wake` is called after each answer.
    ///
    /// # Errors
    /// When no thread can be had.
    pub fn start(wake: impl Fn() + Send + 'static) -> io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let work = Arc::clone(&shared);
        let thread = thread::Builder::new().name("search".to_owned()).spawn(move || run(&work, &wake))?;
        Ok(Self { shared, thread: Some(thread), asked: None, answer: None, stale: Vec::new() })
    }

    /// Everything is another now.
    pub fn begin(&mut self, catalog: &Arc<Catalog>, progress: &Progress) {
        self.stale = everything(catalog, progress);
        let mut desk = lock(&self.shared.desk);
        desk.content = Some(Arc::clone(catalog));
        desk.anew = true;
        desk.parts.clear();
        self.shared.put.notify_one();
    }

    /// The content is another; what is the reader's stays.
    pub fn put_content(&mut self, catalog: &Arc<Catalog>, progress: &Progress) {
        self.stale = everything(catalog, progress);
        lock(&self.shared.desk).content = Some(Arc::clone(catalog));
        self.shared.put.notify_one();
    }

    /// These facts have just been written, or taken back.
    pub fn changed(&mut self, catalog: &Catalog, progress: &Progress, facts: &[Fact]) {
        touched(catalog, progress, facts, 0, &mut self.stale);
    }

    /// These have just changed.
    pub fn add(&mut self, owners: Vec<Owner>) {
        if self.stale.is_empty() {
            self.stale = owners;
        } else {
            self.stale.extend(owners);
        }
    }

    /// Hands over some of what has changed; false while more is left.
    pub fn hand_over(&mut self, catalog: &Catalog, progress: &Progress, policy: &Policy) -> bool {
        if self.stale.is_empty() {
            return true;
        }
        let from = self.stale.len().saturating_sub(A_FRAME);
        let owners = self.stale.drain(from..);
        let parts: Vec<Part> = owners
            .map(|owner| match &owner {
                Owner::Question(question) => search::question(catalog, progress, question),
                Owner::Note(note) => search::note(progress, note),
                Owner::Card(card) => search::card(catalog, progress, policy, card),
            })
            .collect();
        lock(&self.shared.desk).parts.extend(parts);
        self.shared.put.notify_one();
        self.stale.is_empty()
    }

    /// Puts a question; an earlier one that has no answer yet is dropped.
    pub fn ask(&mut self, text: String, now: Moment) {
        lock(&self.shared.desk).question = Some((text.clone(), now));
        self.asked = Some(text);
        self.shared.put.notify_one();
    }

    /// Takes in the newest answer.
    pub fn take(&mut self) {
        if let Some(answer) = lock(&self.shared.desk).answer.take() {
            if self.asked.as_ref() == Some(&answer.text) {
                self.asked = None;
            }
            self.answer = Some(answer);
        }
    }

    pub const fn answer(&self) -> Option<&Answer> {
        self.answer.as_ref()
    }

    /// Waits for the answer to what was asked. For tests, which must not sleep.
    pub fn settle(&mut self) {
        while self.asked.is_some() {
            let mut desk = lock(&self.shared.desk);
            while desk.answer.is_none() {
                desk = self.shared.answered.wait(desk).unwrap_or_else(PoisonError::into_inner);
            }
            drop(desk);
            self.take();
        }
    }
}

impl Drop for Searching {
    fn drop(&mut self) {
        lock(&self.shared.desk).end = true;
        self.shared.put.notify_one();
        if let Some(thread) = self.thread.take() {
            // It has nothing that could be lost.
            let _ = thread.join();
        }
    }
}

fn lock(desk: &Mutex<Desk>) -> MutexGuard<'_, Desk> {
    desk.lock().unwrap_or_else(PoisonError::into_inner)
}

fn run(shared: &Shared, wake: &dyn Fn()) {
    let mut index = Index::default();
    let mut rested = false;
    loop {
        let mut desk = lock(&shared.desk);
        while !desk.end && desk.question.is_none() {
            if rested {
                if desk.content.is_some() || !desk.parts.is_empty() {
                    break;
                }
                desk = shared.put.wait(desk).unwrap_or_else(PoisonError::into_inner);
            } else {
                let (next, waited) = shared.put.wait_timeout(desk, REST).unwrap_or_else(PoisonError::into_inner);
                (desk, rested) = (next, waited.timed_out());
            }
        }
        if desk.end {
            return;
        }
        rested = true;
        let (content, parts) = (desk.content.take(), std::mem::take(&mut desk.parts));
        if std::mem::take(&mut desk.anew) {
            index = Index::default();
        }
        let question = desk.question.take();
        drop(desk);
        if let Some(content) = content {
            index.put_content(search::content(&content));
        }
        index.put(parts);
        if let Some((text, now)) = question {
            let found = index.find(&Query::parse(&text), now);
            lock(&shared.desk).answer = Some(Answer { text, found });
            shared.answered.notify_all();
            wake();
        }
    }
}

/// Every question and card that the content has or the reader has done something with.
fn everything(catalog: &Catalog, progress: &Progress) -> Vec<Owner> {
    let mut all: Vec<Owner> = progress.questions().cloned().map(Owner::Question).collect();
    all.extend(progress.notes().cloned().map(Owner::Note));
    all.extend(progress.cards().cloned().map(Owner::Card));
    let cards = catalog.questions().flat_map(|question| question.cards());
    all.extend(cards.filter(|card| progress.card(&card.id).is_none()).map(|card| Owner::Card(card.id.clone())));
    all
}

/// Whom the facts are about; of a withdrawal, what it takes back, and so on.
pub fn touched(catalog: &Catalog, progress: &Progress, facts: &[Fact], depth: usize, out: &mut Vec<Owner>) {
    for fact in facts {
        match fact {
            Fact::Withdrawn { entry } => {
                // A forged cycle ends somewhere.
                if let Some(entry) = progress.entry(*entry).filter(|_| depth < 64) {
                    touched(catalog, progress, &entry.facts, depth + 1, out);
                }
            }
            Fact::FreeNoteWritten { note, .. } => out.push(Owner::Note(note.clone())),
            Fact::DeepCards { topic, .. } => {
                let questions = catalog.topic(topic).into_iter().flat_map(|topic| &topic.subtopics);
                let cards = questions.flat_map(|subtopic| &subtopic.questions).flat_map(|question| question.cards());
                out.extend(cards.map(|card| Owner::Card(card.id.clone())));
            }
            _ => {
                if let Some(card) = fact.card() {
                    out.push(Owner::Card(CardId::clone(card)));
                } else if let Some(question) = fact.question() {
                    out.push(Owner::Question(QuestionId::clone(&question)));
                }
                if let Fact::Attempted(attempt) = fact {
                    out.extend(attempt.missed.iter().cloned().map(Owner::Card));
                }
            }
        }
    }
}
