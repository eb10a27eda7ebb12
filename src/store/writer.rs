//! The thread that writes. What it acknowledges is on disk; the window never waits for it.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use uuid::Uuid;

use super::open::{Database, Opened};
use super::{Access, StoreError, backup, journal, open};
use crate::ids::{EntryId, MachineId};
use crate::study::{Entry, Fact};
use crate::time::{Moment, Timestamp};

/// What the store is asked to do.
#[derive(Debug)]
pub enum Job {
    /// One action of the reader.
    Append {
        moment: Moment,
        facts: Vec<Fact>,
    },
    /// Text as it stands; empty text forgets the draft. `turn` comes back with the reply.
    Draft {
        key: String,
        text: String,
        turn: u64,
    },
    Setting {
        key: String,
        value: String,
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

/// What has become of a job.
#[derive(Debug)]
pub enum Reply {
    /// On disk.
    Committed(Entry),
    DraftSaved {
        key: String,
        turn: u64,
    },
    BackedUp(PathBuf),
    /// The data is another now; what it was is kept at the path.
    Restored {
        opened: Box<Opened>,
        kept: Option<PathBuf>,
    },
    /// Nothing of the job was done. `entry` says whether it was an entry of the journal.
    Failed {
        entry: bool,
        error: StoreError,
    },
}

type Wake = Arc<Mutex<Option<Box<dyn Fn() + Send>>>>;

/// A handle on the reader's data. Dropping it waits until all that was asked is on disk.
pub struct Store {
    jobs: Option<SyncSender<Job>>,
    replies: Receiver<Reply>,
    wake: Wake,
    thread: Option<JoinHandle<()>>,
}

/// Jobs that may wait; beyond that a request is refused rather than a frame blocked.
const QUEUE: usize = 512;
/// The writer tidies up once nothing was asked for this long.
const IDLE: Duration = Duration::from_secs(2);
/// An entry is put after the last one as long as the clock has gone back by less than this, in milliseconds.
const CLOCK_SLACK: i64 = 600_000;

impl Store {
    /// Opens the data of a folder and starts the thread that writes to it.
    ///
    /// # Errors
    /// When it is damaged, newer than this program, or the folder cannot be used; the file is untouched then.
    pub fn open(folder: &Path, now: Moment) -> Result<(Self, Opened), StoreError> {
        let Database { db, lock, opened } = open::open(folder, now)?;
        let (send_reply, replies) = sync_channel(QUEUE * 2);
        let wake: Wake = Arc::default();
        if opened.access != Access::ReadWrite {
            return Ok((Self { jobs: None, replies, wake, thread: None }, opened));
        }
        let (jobs, inbox) = sync_channel(QUEUE);
        let last =
            opened.progress.entries().filter(|entry| entry.machine == opened.machine).map(|entry| entry.at).last();
        let writer = Writer {
            db: Some(db),
            _lock: lock,
            folder: folder.to_owned(),
            machine: opened.machine,
            last: last.unwrap_or_default(),
            replies: send_reply,
            wake: Arc::clone(&wake),
        };
        let thread = thread::Builder::new()
            .name("writer".to_owned())
            .spawn(move || writer.run(&inbox, now))
            .map_err(|source| StoreError::File { doing: "start the writer for", path: folder.to_owned(), source })?;
        Ok((Self { jobs: Some(jobs), replies, wake, thread: Some(thread) }, opened))
    }

    /// Calls `wake` after each reply.
    pub fn on_reply(&self, wake: impl Fn() + Send + 'static) {
        *self.wake.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(wake));
    }

    /// Hands a job over without waiting; false when it was refused.
    pub fn send(&self, job: Job) -> bool {
        self.jobs.as_ref().is_some_and(|jobs| jobs.try_send(job).is_ok())
    }

    /// What a file dialog's thread calls with the backup that was chosen; None when nothing can be written.
    pub fn restorer(&self, moment: Moment) -> Option<impl FnOnce(PathBuf) + Send + 'static> {
        let jobs = self.jobs.clone()?;
        // A writer that is gone has told the window so by itself.
        Some(move |from| drop(jobs.send(Job::Restore { from, moment })))
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
        self.replies.recv().map_err(|_| StoreError::WriterGone)
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        // The thread ends once the last sender is gone and the queue is empty.
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            // A writer that panicked has nothing left to save.
            let _ = thread.join();
        }
    }
}

struct Writer {
    /// None for the moment in which a restored file takes its place.
    db: Option<rusqlite::Connection>,
    _lock: Option<std::fs::File>,
    folder: PathBuf,
    machine: MachineId,
    /// When this machine's last entry was.
    last: Timestamp,
    replies: SyncSender<Reply>,
    wake: Wake,
}

impl Writer {
    fn run(mut self, inbox: &Receiver<Job>, started: Moment) {
        let (mut dirty, mut backed_up) = (false, false);
        loop {
            match inbox.recv_timeout(IDLE) {
                Ok(job) => {
                    dirty = true;
                    self.work(job);
                }
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => {
                    if !backed_up {
                        backed_up = true;
                        if let Some(db) = &self.db
                            && let Err(error) = backup::daily(db, &self.folder, started)
                        {
                            self.reply(Reply::Failed { entry: false, error });
                        }
                    }
                    if std::mem::take(&mut dirty) {
                        self.checkpoint("PASSIVE");
                    }
                    // Nothing more to tidy: sleep until the next job.
                    match inbox.recv() {
                        Ok(job) => {
                            dirty = true;
                            self.work(job);
                        }
                        Err(_) => break,
                    }
                }
            }
        }
        self.checkpoint("TRUNCATE");
    }

    fn checkpoint(&self, how: &str) {
        if let Some(db) = &self.db {
            // The WAL is as durable as the file: a checkpoint that fails loses nothing and is tried again.
            let _ = db.query_row(&format!("PRAGMA wal_checkpoint({how})"), [], |_| Ok(()));
        }
    }

    fn work(&mut self, job: Job) {
        let is_entry = matches!(job, Job::Append { .. });
        let reply = match self.done(job) {
            Ok(None) => return,
            Ok(Some(reply)) => reply,
            Err(error) => Reply::Failed { entry: is_entry, error },
        };
        self.reply(reply);
    }

    fn reply(&self, reply: Reply) {
        // Nobody listens any more while the program ends.
        let _ = self.replies.send(reply);
        if let Some(wake) = self.wake.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
            wake();
        }
    }

    fn done(&mut self, job: Job) -> Result<Option<Reply>, StoreError> {
        let db = self.db.as_mut().ok_or(StoreError::WriterGone)?;
        Ok(match job {
            Job::Append { moment, facts } => {
                let entry = Entry {
                    id: EntryId(Uuid::now_v7()),
                    machine: self.machine,
                    at: after(self.last, moment.at),
                    offset_secs: moment.offset_secs,
                    facts,
                };
                journal::append(db, &entry)?;
                self.last = entry.at;
                Some(Reply::Committed(entry))
            }
            Job::Draft { key, text, turn } => {
                journal::set_draft(db, &key, &text)?;
                Some(Reply::DraftSaved { key, turn })
            }
            Job::Setting { key, value } => {
                journal::set_setting(db, &key, &value)?;
                None
            }
            Job::BackUp { to, moment } => {
                let name = format!("by-hand-{}-{}.db", moment.day(), moment.at.0);
                let path = to.unwrap_or_else(|| self.folder.join(super::BACKUPS).join(name));
                backup::copy_to(db, &path)?;
                Some(Reply::BackedUp(path))
            }
            Job::Restore { from, moment } => Some(self.restored(&from, moment)?),
        })
    }

    fn restored(&mut self, from: &Path, moment: Moment) -> Result<Reply, StoreError> {
        open::inspect(from)?;
        self.checkpoint("TRUNCATE");
        // The file can take another's place only while nobody has it open.
        self.db = None;
        self._lock = None;
        let result = backup::restore(&self.folder, from, moment);
        let Database { db, lock, opened } = open::open(&self.folder, moment)?;
        self.db = Some(db);
        self._lock = lock;
        self.machine = opened.machine;
        self.last = opened.progress.entries().map(|entry| entry.at).last().unwrap_or_default();
        Ok(Reply::Restored { opened: Box::new(opened), kept: result? })
    }
}

/// A moment after the last entry, so that a clock set back a little does not reorder what was done.
fn after(last: Timestamp, at: Timestamp) -> Timestamp {
    if at <= last && last.0 - at.0 < CLOCK_SLACK { last.plus_millis(1) } else { at }
}

impl Store {
    /// Appends one action and waits until it is on disk.
    ///
    /// # Errors
    /// When it could not be written; nothing of it was.
    pub fn append_now(&self, moment: Moment, facts: Vec<Fact>) -> Result<Entry, StoreError> {
        if !self.send(Job::Append { moment, facts }) {
            return Err(StoreError::WriterGone);
        }
        loop {
            match self.wait()? {
                Reply::Committed(entry) => return Ok(entry),
                Reply::Failed { error, .. } => return Err(error),
                _ => {}
            }
        }
    }
}
