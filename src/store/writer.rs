//! The thread that writes. What it acknowledges is on disk; the window never waits for it.

use std::collections::VecDeque;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rusqlite::Connection;
use uuid::Uuid;

use super::open::{Database, Opened};
use super::{Access, ReadOnlyWhy, StoreError, backup, files, journal, keep, open, picture};
use crate::ids::{EntryId, MachineId};
use crate::study::{Entry, Fact, Progress};
use crate::time::{Day, Moment, Timestamp};

/// What the store is asked to do.
#[derive(Debug)]
pub enum Job {
    /// One action of the reader. `fold` asks for the progress that it comes to, which takes a while.
    Append {
        moment: Moment,
        facts: Vec<Fact>,
        fold: bool,
    },
    /// Text as it stands; empty text forgets the draft. `turn` comes back with the reply, unless a later one overtakes it.
    Draft {
        key: String,
        text: String,
        turn: u64,
    },
    /// Entries of another journal and pictures by their names, all in one transaction; those that are here stay as they are.
    /// A copy is kept before. `fold` as in [`Job::Append`].
    Merge {
        entries: Vec<Entry>,
        pictures: Vec<(String, Vec<u8>)>,
        moment: Moment,
        source: MergeSource,
        fold: bool,
    },
    Setting {
        key: String,
        value: String,
    },
    /// A picture of a note, by the name that its content gives it.
    KeepPicture {
        name: String,
        bytes: Vec<u8>,
    },
    /// A copy in the data folder, or at the path.
    BackUp {
        to: Option<PathBuf>,
        moment: Moment,
    },
    /// Replace the data by this copy.
    Restore {
        from: PathBuf,
        moment: Moment,
    },
}

/// What has become of a job. `folded` is what everything on disk adds up to, where the job asked for it and it could be read; otherwise
/// who asked folds it.
#[derive(Debug)]
pub enum Reply {
    /// On disk.
    Committed {
        entry: Entry,
        folded: Option<Box<Progress>>,
    },
    DraftSaved {
        key: String,
        turn: u64,
    },
    BackedUp(PathBuf),
    /// On disk: the entries that were new. What was there before is kept at the path.
    Merged {
        new: Vec<Entry>,
        folded: Option<Box<Progress>>,
        source: MergeSource,
        kept: PathBuf,
    },
    PictureKept {
        name: String,
    },
    /// The data is another now; what it was is kept at the path.
    Restored {
        opened: Box<Opened>,
        kept: Option<PathBuf>,
    },
    /// Nothing of the job was done. `entry` says whether entries of the journal were to be written.
    Failed {
        entry: bool,
        error: StoreError,
    },
}

/// Where the entries of a merge come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MergeSource {
    /// An export of the journal.
    Journal,
    Bundle,
    /// A bundle in the shared folder, by its name there, and what it holds.
    Folder {
        name: String,
        contents: String,
    },
}

/// What goes to the thread.
enum Message {
    Job(Job),
    /// Nothing after this is wanted any more.
    End,
}

type Wake = Arc<Mutex<Option<Box<dyn Fn() + Send>>>>;

/// A handle on the reader's data. Dropping it waits until all that was asked is on disk.
pub struct Store {
    jobs: Option<SyncSender<Message>>,
    replies: Receiver<Reply>,
    wake: Wake,
    thread: Option<JoinHandle<()>>,
    folder: PathBuf,
    access: Access,
}

/// Jobs that may wait; beyond that a request is refused rather than a frame blocked.
const QUEUE: usize = 512;
/// The writer tidies up once nothing was asked for this long.
const IDLE: Duration = Duration::from_secs(2);
/// Without a rest, the write-ahead log is worked off after this many commits, so that it does not grow without end.
const LONGEST_LOG: u32 = 1_000;
/// An entry is put after the last one as long as the clock has gone back by no more than this, in milliseconds: the widest
/// a system is off that took local time for UTC, until the network puts it right.
const CLOCK_SLACK: i64 = 14 * 3_600_000;
/// As that, after the last entry of another machine, which the reader has seen here: what clocks that are set by hand differ.
const OTHERS_SLACK: i64 = 10 * 60_000;

impl Store {
    /// Opens the data of a folder and starts the thread that writes to it.
    ///
    /// # Errors
    /// When it is damaged, newer than this program, or the folder cannot be used; the file is untouched then.
    pub fn open(folder: &Path, now: Moment) -> Result<(Self, Opened), StoreError> {
        let Database { writing, opened } = open::open(folder, now)?;
        let (send_reply, replies) = sync_channel(QUEUE);
        let mut store = Self {
            jobs: None,
            replies,
            wake: Arc::default(),
            thread: None,
            folder: folder.to_owned(),
            access: opened.access.clone(),
        };
        if writing.is_some() {
            let (jobs, inbox) = sync_channel(QUEUE);
            let writer = Writer {
                writing,
                folder: folder.to_owned(),
                machine: opened.machine,
                last: last_of(opened.progress.entries(), opened.machine, now),
                now,
                backed_up: None,
                unchecked: 0,
                replies: send_reply,
                wake: Arc::clone(&store.wake),
            };
            let thread = thread::Builder::new().name("writer".to_owned()).spawn(move || writer.run(&inbox));
            let thread = thread.map_err(|source| StoreError::File {
                doing: "start the writer for",
                path: folder.to_owned(),
                source,
            })?;
            (store.jobs, store.thread) = (Some(jobs), Some(thread));
        }
        Ok((store, opened))
    }

    /// Calls `wake` after each reply.
    pub fn on_reply(&self, wake: impl Fn() + Send + 'static) {
        *self.wake.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(wake));
    }

    /// Hands a job over without waiting; false when it was refused.
    pub fn send(&self, job: Job) -> bool {
        self.jobs.as_ref().is_some_and(|jobs| jobs.try_send(Message::Job(job)).is_ok())
    }

    /// What a file dialog's thread calls with the backup that was chosen; None when nothing can be written.
    pub fn restorer(&self, moment: Moment) -> Option<impl FnOnce(PathBuf) + Send + 'static> {
        let jobs = self.jobs.clone()?;
        // A writer that is gone has told the window so by itself.
        Some(move |from| drop(jobs.send(Message::Job(Job::Restore { from, moment }))))
    }

    /// The replies that have come since the last call.
    pub fn replies(&self) -> impl Iterator<Item = Reply> + '_ {
        self.replies.try_iter()
    }

    /// Waits for the next reply.
    ///
    /// # Errors
    /// [`StoreError::WriterGone`] when none can come any more.
    pub fn wait(&self) -> Result<Reply, StoreError> {
        self.replies.recv().map_err(|_gone| StoreError::WriterGone)
    }

    /// Merges another journal's entries and waits until they are on disk; where what was there before is kept.
    ///
    /// # Errors
    /// When they could not be written; none of them was.
    pub fn merge_now(
        &self,
        moment: Moment,
        entries: Vec<Entry>,
        pictures: Vec<(String, Vec<u8>)>,
        source: MergeSource,
    ) -> Result<PathBuf, StoreError> {
        self.can_write()?;
        if !self.send(Job::Merge { entries, pictures, moment, source, fold: false }) {
            return Err(StoreError::WriterGone);
        }
        loop {
            match self.wait()? {
                Reply::Merged { kept, .. } => return Ok(kept),
                Reply::Failed { error, .. } => return Err(error),
                _ => {}
            }
        }
    }

    fn can_write(&self) -> Result<(), StoreError> {
        let Access::ReadOnly(why) = self.access else { return Ok(()) };
        let path = files::current(&self.folder);
        Err(match why {
            ReadOnlyWhy::InUse => StoreError::InUse { path },
            ReadOnlyWhy::Disk | ReadOnlyWhy::Unopened => {
                let source = std::io::ErrorKind::ReadOnlyFilesystem.into();
                StoreError::File { doing: "write to", path, source }
            }
        })
    }

    /// Appends one action and waits until it is on disk.
    ///
    /// # Errors
    /// When it could not be written; nothing of it was.
    pub fn append_now(&self, moment: Moment, facts: Vec<Fact>) -> Result<Entry, StoreError> {
        self.can_write()?;
        if !self.send(Job::Append { moment, facts, fold: false }) {
            return Err(StoreError::WriterGone);
        }
        loop {
            match self.wait()? {
                Reply::Committed { entry, .. } => return Ok(entry),
                Reply::Failed { entry: true, error } => return Err(error),
                _ => {}
            }
        }
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        // Nobody takes replies any more: a writer that waits to give one must not wait for ever.
        drop(std::mem::replace(&mut self.replies, sync_channel(0).1));
        if let Some(jobs) = self.jobs.take() {
            // Said rather than left to the last sender's end, since a file dialog may still hold one.
            let _ = jobs.send(Message::End);
        }
        if let Some(thread) = self.thread.take() {
            // A writer that panicked has nothing left to save.
            let _ = thread.join();
        }
    }
}

struct Writer {
    /// The connection, and the lock that is held as long as it is open. None once a restored file could not be opened.
    writing: Option<(Connection, File)>,
    folder: PathBuf,
    machine: MachineId,
    /// When the last entry was that the next one must come after.
    last: Timestamp,
    /// The latest moment heard of.
    now: Moment,
    /// The day of the last daily backup.
    backed_up: Option<Day>,
    /// Commits since the write-ahead log was last worked off.
    unchecked: u32,
    replies: SyncSender<Reply>,
    wake: Wake,
}

impl Writer {
    fn run(mut self, inbox: &Receiver<Message>) {
        let mut waiting = VecDeque::new();
        while let Some(job) = self.next(inbox, &mut waiting) {
            self.work(job);
            if self.unchecked >= LONGEST_LOG {
                self.checkpoint("PASSIVE");
            }
        }
        let wrote = self.unchecked > 0;
        self.checkpoint("TRUNCATE");
        // Copied from the file, which is read faster than the log.
        if wrote {
            self.back_up_daily();
        }
    }

    /// The next job, waited for; None when it is time to end. Tidies up while nothing is asked.
    fn next(&mut self, inbox: &Receiver<Message>, waiting: &mut VecDeque<Message>) -> Option<Job> {
        loop {
            if waiting.is_empty() {
                let message = match inbox.recv_timeout(IDLE) {
                    Err(RecvTimeoutError::Timeout) => {
                        if self.backed_up != Some(self.now.day()) {
                            self.back_up_daily();
                        }
                        if self.unchecked > 0 {
                            self.checkpoint("PASSIVE");
                        }
                        // Nothing more to tidy: sleep until the next job.
                        inbox.recv().ok()?
                    }
                    received => received.ok()?,
                };
                waiting.push_back(message);
            }
            let room = QUEUE.saturating_sub(waiting.len());
            waiting.extend(inbox.try_iter().take(room));
            match waiting.pop_front()? {
                // On a slow disk only the last of what was typed meanwhile is worth the wait.
                Message::Job(job) if waiting.iter().any(|later| overtakes(later, &job)) => {}
                Message::Job(job) => return Some(job),
                Message::End => return None,
            }
        }
    }

    fn back_up_daily(&mut self) {
        // Once a day, also when it fails.
        self.backed_up = Some(self.now.day());
        if let Some((db, _)) = &self.writing
            && let Err(error) = backup::daily(db, &self.folder, self.now)
        {
            self.reply(Reply::Failed { entry: false, error });
        }
    }

    fn checkpoint(&mut self, how: &str) {
        self.unchecked = 0;
        if let Some((db, _)) = &self.writing {
            // The log is as durable as the file: a checkpoint that fails loses nothing and is tried again.
            let _ = db.query_row(&format!("PRAGMA wal_checkpoint({how})"), [], |_| Ok(()));
        }
    }

    fn work(&mut self, job: Job) {
        let entry = matches!(job, Job::Append { .. } | Job::Merge { .. });
        match self.done(job).map_err(|error| error.at(&files::current(&self.folder))) {
            Ok(None) => {}
            Ok(Some(reply)) => self.reply(reply),
            Err(error) => self.reply(Reply::Failed { entry, error }),
        }
    }

    fn reply(&self, reply: Reply) {
        // Nobody listens any more while the program ends.
        let _ = self.replies.send(reply);
        if let Some(wake) = self.wake.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
            wake();
        }
    }

    fn done(&mut self, job: Job) -> Result<Option<Reply>, StoreError> {
        let (db, _) = self.writing.as_mut().ok_or(StoreError::WriterGone)?;
        self.unchecked += 1;
        Ok(match job {
            Job::Append { moment, facts, fold } => {
                self.now = moment;
                let entry = Entry {
                    id: EntryId(Uuid::now_v7()),
                    machine: self.machine,
                    at: after(self.last, moment.at),
                    offset_secs: moment.offset_secs,
                    facts,
                };
                journal::append(db, &entry)?;
                self.last = entry.at;
                Some(Reply::Committed { entry, folded: folded(db, fold) })
            }
            Job::Draft { key, text, turn } => {
                keep::set_draft(db, &key, &text)?;
                Some(Reply::DraftSaved { key, turn })
            }
            Job::Setting { key, value } => {
                keep::set_setting(db, &key, &value)?;
                None
            }
            Job::KeepPicture { name, bytes } => {
                picture::keep(db, &name, &bytes)?;
                Some(Reply::PictureKept { name })
            }
            Job::BackUp { to, moment } => {
                let name = format!("by-hand-{}-{}.db", moment.day(), moment.at.0);
                let path = to.unwrap_or_else(|| self.folder.join(files::BACKUPS).join(name));
                backup::copy_to(db, &path)?;
                Some(Reply::BackedUp(path))
            }
            Job::Merge { entries, pictures, moment, source, fold } => {
                let kept = backup::before_merge(db, &self.folder, &source, moment)?;
                let new = journal::merge(db, entries, &pictures)?;
                self.last = last_of(new.iter(), self.machine, moment).max(self.last);
                Some(Reply::Merged { new, folded: folded(db, fold), source, kept })
            }
            Job::Restore { from, moment } => Some(self.restored(&from, moment)?),
        })
    }

    fn restored(&mut self, from: &Path, moment: Moment) -> Result<Reply, StoreError> {
        self.checkpoint("TRUNCATE");
        let (db, lock) = self.writing.take().ok_or(StoreError::WriterGone)?;
        // The file can take another's place only while no writer has it open; the lock stays. Where a reader that has it open is in the
        // way, as on Windows, that is an error like any other.
        drop(db);
        let kept = backup::put_in_place(&self.folder, from, moment);
        let Database { writing, opened } = open::open_locked(&self.folder, lock, moment)?;
        self.writing = writing;
        self.machine = opened.machine;
        self.last = last_of(opened.progress.entries(), opened.machine, moment);
        Ok(Reply::Restored { opened: Box::new(opened), kept: kept? })
    }
}

/// What is on disk, folded if that was asked. The job is done, whatever comes of this.
fn folded(db: &Connection, asked: bool) -> Option<Box<Progress>> {
    let entries = asked.then(|| journal::entries(db).ok()).flatten()?;
    Some(Box::new(Progress::from_entries(entries)))
}

/// Whether a job is of no use any more once the later one is done.
fn overtakes(later: &Message, job: &Job) -> bool {
    match (job, later) {
        (Job::Draft { key, .. }, Message::Job(Job::Draft { key: later, .. }))
        | (Job::Setting { key, .. }, Message::Job(Job::Setting { key: later, .. })) => key == later,
        _ => false,
    }
}

/// When the last entry was that the next one must come after: of this machine, or of another whose clock is not far off.
fn last_of<'a>(entries: impl Iterator<Item = &'a Entry>, machine: MachineId, now: Moment) -> Timestamp {
    let latest = now.at.plus_millis(OTHERS_SLACK);
    let heeded = entries.filter(|entry| entry.machine == machine || entry.at <= latest);
    heeded.map(|entry| entry.at).max().unwrap_or_default()
}

/// A moment after the last entry, so that a clock set back does not reorder what was done.
fn after(last: Timestamp, at: Timestamp) -> Timestamp {
    if at <= last && last.0 - at.0 <= CLOCK_SLACK { last.plus_millis(1) } else { at }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_set_back_does_not_reorder_what_was_done() {
        let last = Timestamp(1_790_000_000_000);
        assert_eq!(after(last, last), last.plus_millis(1));
        assert_eq!(after(last, last.plus_secs(-3_600)), last.plus_millis(1));
        assert_eq!(after(last, last.plus_secs(5)), last.plus_secs(5));
        // A clock that was years ahead: the truth from here on.
        let truth = last.plus_secs(-40 * 86_400);
        assert_eq!(after(last, truth), truth);
    }

    #[test]
    fn what_was_seen_of_another_machine_comes_before_what_is_done_here() {
        let (here, there) = (MachineId(Uuid::from_u128(1)), MachineId(Uuid::from_u128(2)));
        let now = Moment { at: Timestamp(1_790_000_000_000), offset_secs: 0 };
        let entry = |machine, secs: i64| Entry {
            id: EntryId(Uuid::from_u128(9)),
            machine,
            at: now.at.plus_secs(secs),
            offset_secs: 0,
            facts: Vec::new(),
        };
        let last = |entries: &[Entry]| last_of(entries.iter(), here, now);
        assert_eq!(last(&[entry(here, -60), entry(there, 90)]), now.at.plus_secs(90));
        // A clock that is hours ahead would date what is done here by itself.
        assert_eq!(last(&[entry(here, -60), entry(there, 7_200)]), now.at.plus_secs(-60));
    }

    #[test]
    fn only_the_last_of_what_was_typed_is_written() {
        let draft = |key: &str, turn: u64| Job::Draft { key: key.to_owned(), text: turn.to_string(), turn };
        assert!(overtakes(&Message::Job(draft("a", 2)), &draft("a", 1)));
        assert!(!overtakes(&Message::Job(draft("b", 2)), &draft("a", 1)));
        let append =
            || Job::Append { moment: Moment { at: Timestamp(0), offset_secs: 0 }, facts: Vec::new(), fold: false };
        assert!(!overtakes(&Message::Job(append()), &append()));
        assert!(!overtakes(&Message::End, &draft("a", 1)));
    }
}
