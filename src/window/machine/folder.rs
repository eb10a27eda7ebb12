//! A folder that several machines share, by Syncthing, Dropbox or a stick. This machine writes one file of its own there and reads
//! whatever else lies beside it; the database itself never leaves its place. All of it on one thread, which rests until something
//! has changed on either side.

use std::collections::{BTreeMap, HashSet};
use std::fs::{self, File};
use std::io::{self, BufReader, Seek as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use notify::{RecursiveMode, Watcher as _};

use crate::exchange::bundle::{self, BundleError, Manifest};
use crate::exchange::job::Watch;
use crate::exchange::{chain, names};
use crate::ids::{EntryId, MachineId};
use crate::store::{Snapshot, StoreError};
use crate::study::Entry;

/// The reader has paused: time to write.
const PAUSE: Duration = Duration::from_secs(20);
/// A file comes in several strokes.
const STROKES: Duration = Duration::from_millis(400);
/// How long to wait for a folder that is not there, or for the rest of a file, before the next look.
const PATIENCE: Duration = Duration::from_secs(30);
/// Orders and news that may wait.
const QUEUE: usize = 32;

/// What the thread is told.
enum Order {
    /// Something has come to the journal here.
    Changed,
    /// Something has come to the folder.
    Look,
    /// Look and write at once, then answer.
    Settle(SyncSender<()>),
    /// Write what has not been written, and end.
    End,
    /// End.
    Leave,
}

/// What the thread has to tell.
pub enum News {
    /// A file with something that is not here yet.
    Found { name: String, contents: String, entries: Vec<Entry>, pictures: Vec<(String, Vec<u8>)> },
    /// A file with nothing new.
    Seen { name: String, contents: String },
    /// This machine's file has been written.
    Wrote,
    /// All that stands in the way now; empty when nothing does any more.
    Trouble(Vec<String>),
}

/// The thread that looks after the folder. Dropped, it ends by itself and leaves the folder as it is.
pub struct Folder {
    watch: Arc<Watch>,
    orders: SyncSender<Order>,
    news: Option<Receiver<News>>,
    thread: Option<JoinHandle<()>>,
}

impl Folder {
    /// Looks after `shared`, where this machine's file is called `name`; `seen` says what files held that were merged before.
    ///
    /// # Errors
    /// When no thread can be had.
    pub fn start(
        data_dir: PathBuf,
        shared: PathBuf,
        name: String,
        seen: BTreeMap<String, String>,
        wake: Arc<dyn Fn() + Send + Sync>,
    ) -> io::Result<Self> {
        let (orders, inbox) = sync_channel(QUEUE);
        let (send, news) = sync_channel(QUEUE);
        let changes = orders.clone();
        let watch = Arc::new(Watch::default());
        let stop = Arc::clone(&watch);
        let keeper =
            Keeper { data_dir, shared, name, seen, send, wake, watch: stop, changes, watcher: None, said: Vec::new() };
        let thread = thread::Builder::new().name("shared folder".to_owned()).spawn(move || keeper.run(&inbox))?;
        Ok(Self { watch, orders, news: Some(news), thread: Some(thread) })
    }

    /// Something has come to the journal.
    pub fn changed(&self) {
        // A full queue has such an order in it already.
        let _ = self.orders.try_send(Order::Changed);
    }

    /// What has come since the last call.
    pub fn news(&self) -> impl Iterator<Item = News> + '_ {
        self.news.iter().flat_map(Receiver::try_iter)
    }

    /// Has the folder looked at and written now, and waits for what comes of it. For tests, which must not sleep.
    pub fn settle(&self) -> Vec<News> {
        let (done, wait) = sync_channel(1);
        if self.orders.send(Order::Settle(done)).is_ok() {
            // A thread that has ended has nothing to tell.
            let _ = wait.recv();
        }
        self.news().collect()
    }
}

impl Folder {
    /// Has written what has not been written, and waits for it.
    pub fn end(mut self) {
        // Nobody takes news any more: a thread that waits to give some must not wait for ever.
        self.news = None;
        let _ = self.orders.send(Order::End);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What it is at stops, and so does it when it comes to its orders.
        self.watch.cancel();
        let _ = self.orders.try_send(Order::Leave);
    }
}

/// The name of a machine's file: what the system calls it, and a part of its id, since two may be called the same.
pub fn file_name(machine: MachineId) -> String {
    let host = gethostname::gethostname().to_string_lossy().into_owned();
    let host =
        host.split('.').next().map(names::name).filter(|host| host != "_").unwrap_or_else(|| "machine".to_owned());
    let id = machine.0.simple().to_string();
    // The head of an id is a time, which machines that were set up together share.
    let tail = id.get(24..).unwrap_or_default();
    format!("{host}-{tail}.{}", bundle::ENDING)
}

/// What the machine is called that a file comes from.
pub fn machine_of(name: &str) -> String {
    let stem = name.split('.').next().unwrap_or(name);
    let is_id = |tail: &str| tail.len() == 8 && tail.bytes().all(|byte| byte.is_ascii_hexdigit());
    let named = stem.rsplit_once('-').filter(|(_, tail)| is_id(tail)).map_or(stem, |(name, _)| name);
    named.to_owned()
}

/// What the thread knows.
struct Keeper {
    data_dir: PathBuf,
    shared: PathBuf,
    name: String,
    seen: BTreeMap<String, String>,
    send: SyncSender<News>,
    wake: Arc<dyn Fn() + Send + Sync>,
    watch: Arc<Watch>,
    changes: SyncSender<Order>,
    watcher: Option<notify::RecommendedWatcher>,
    /// The trouble that was told last.
    said: Vec<String>,
}

/// What is here.
struct Here {
    snapshot: Snapshot,
    ids: HashSet<EntryId>,
    pictures: HashSet<String>,
    contents: String,
}

/// What a look at the folder came to.
#[derive(Default)]
struct Looked {
    /// Something was found that the journal has yet to take in.
    found: bool,
    /// The folder is not there.
    missing: bool,
    /// It is worth looking again without being told.
    again: bool,
    trouble: Vec<String>,
}

impl Keeper {
    fn run(mut self, inbox: &Receiver<Order>) {
        let (mut look, mut write, mut again) = (true, true, false);
        // The first look is at once.
        let mut order = Err(RecvTimeoutError::Timeout);
        loop {
            if self.watch.step(0).is_err() {
                return;
            }
            match order {
                Ok(Order::Changed) => write = true,
                Ok(Order::Look) => look = true,
                Ok(Order::Settle(done)) => {
                    let wrote = self.pass(true, &mut again);
                    (look, write) = (false, !wrote);
                    let _ = done.send(());
                }
                Ok(Order::Leave) => return,
                Ok(Order::End) | Err(RecvTimeoutError::Disconnected) => {
                    // Nobody takes in any more what would be found now; the next start does.
                    if self.shared.is_dir() {
                        let _ = self.write();
                    }
                    return;
                }
                // After strokes it only looks; after a pause it writes as well.
                Err(RecvTimeoutError::Timeout) => {
                    let wrote = self.pass(write && !look, &mut again);
                    (look, write) = (false, write && !wrote);
                }
            }
            let wait = match (look, write, again) {
                (true, ..) => Some(STROKES),
                (_, true, _) => Some(PAUSE),
                (.., true) => Some(PATIENCE),
                _ => None,
            };
            order = match wait {
                Some(wait) => inbox.recv_timeout(wait),
                None => inbox.recv().map_err(|_gone| RecvTimeoutError::Disconnected),
            };
        }
    }

    /// Looks, and writes if that is wanted and nothing was found, which comes to the journal first; whether it wrote.
    fn pass(&mut self, write: bool, again: &mut bool) -> bool {
        let mut looked = self.look();
        let mut wrote = false;
        // A folder that is not there is not made: the stick may not be in.
        if write && !looked.found && !looked.missing {
            match self.write() {
                Ok(()) => wrote = true,
                Err(error) => {
                    looked.trouble.push(format!("This machine's file could not be written: {}", chain(&error)));
                }
            }
        }
        *again = looked.again;
        if looked.trouble != self.said {
            self.said.clone_from(&looked.trouble);
            self.tell(News::Trouble(looked.trouble));
        }
        wrote
    }

    /// Reads what is in the folder and not here. A file that is not whole yet is waited for; a folder that is not there too.
    fn look(&mut self) -> Looked {
        let mut looked = Looked::default();
        let files = match self.files() {
            Ok(files) => files,
            Err(error) => {
                self.watcher = None;
                (looked.missing, looked.again) = (true, true);
                let path = self.shared.display();
                looked.trouble.push(match error.kind() {
                    io::ErrorKind::NotFound => format!("{path} is not there; it is looked for again"),
                    _ => format!("{path} cannot be read ({error}); it is tried again"),
                });
                return looked;
            }
        };
        if self.watcher.is_none() {
            self.watcher = self.watched().ok();
        }
        let mut here = None;
        for path in files {
            let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
            match self.read(&name, &path, &mut here) {
                Ok(found) => looked.found |= found,
                Err(error) if error.may_be_incomplete() => {
                    looked.again = true;
                    looked.trouble.push(format!("{name} is not whole yet; the rest is waited for"));
                }
                Err(error) => looked.trouble.push(format!("{name}: {}", chain(&error))),
            }
        }
        looked
    }

    /// Everything that is a bundle by its name, also copies that a program made of a conflict.
    fn files(&self) -> io::Result<Vec<PathBuf>> {
        let mut files = Vec::new();
        for entry in fs::read_dir(&self.shared)? {
            let path = entry?.path();
            if is_bundle(&path) && path.is_file() {
                files.push(path);
            }
        }
        files.sort();
        Ok(files)
    }

    fn watched(&self) -> notify::Result<notify::RecommendedWatcher> {
        let changes = self.changes.clone();
        let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            if event.is_ok_and(|event| !event.kind.is_access() && event.paths.iter().any(|path| is_bundle(path))) {
                // A full queue has such an order in it already.
                let _ = changes.try_send(Order::Look);
            }
        })?;
        watcher.watch(&self.shared, RecursiveMode::NonRecursive)?;
        Ok(watcher)
    }

    /// Reads one file; whether it has something new. One that holds what is here, or what it held before, is not unpacked.
    fn read(&mut self, name: &str, path: &Path, here: &mut Option<Here>) -> Result<bool, BundleError> {
        let mut file = BufReader::new(File::open(path).map_err(BundleError::Read)?);
        let Manifest { contents, .. } = bundle::manifest_of(&mut file)?;
        if self.seen.get(name) == Some(&contents) {
            return Ok(false);
        }
        let here = match here {
            Some(here) => here,
            None => here.insert(self.here()?),
        };
        if here.contents != contents {
            file.rewind().map_err(BundleError::Read)?;
            let found = bundle::read(&mut file, |name| !here.pictures.contains(name), &self.watch)?;
            let entries: Vec<Entry> = found.entries.into_iter().filter(|entry| !here.ids.contains(&entry.id)).collect();
            if !entries.is_empty() || !found.pictures.is_empty() {
                self.seen.insert(name.to_owned(), contents.clone());
                let pictures = found.pictures.into_iter().collect();
                self.tell(News::Found { name: name.to_owned(), contents, entries, pictures });
                return Ok(true);
            }
        }
        self.seen.insert(name.to_owned(), contents.clone());
        self.tell(News::Seen { name: name.to_owned(), contents });
        Ok(false)
    }

    fn here(&self) -> Result<Here, StoreError> {
        let snapshot = Snapshot::open(&self.data_dir)?;
        let (ids, pictures) = (snapshot.ids()?, snapshot.pictures()?);
        let contents = bundle::contents(ids.iter().copied(), &pictures);
        Ok(Here { snapshot, ids, pictures: pictures.into_iter().collect(), contents })
    }

    /// Writes this machine's file, unless it holds what is here.
    fn write(&mut self) -> Result<(), BundleError> {
        let path = self.shared.join(&self.name);
        let here = self.here()?;
        let there = File::open(&path).ok().and_then(|file| bundle::manifest_of(BufReader::new(file)).ok());
        if there.is_some_and(|there| there.contents == here.contents) {
            return Ok(());
        }
        bundle::file(&path, &here.snapshot, &self.watch)?;
        self.tell(News::Wrote);
        self.seen.insert(self.name.clone(), here.contents.clone());
        self.tell(News::Seen { name: self.name.clone(), contents: here.contents });
        Ok(())
    }

    fn tell(&self, news: News) {
        // A window that has closed wants none.
        let _ = self.send.send(news);
        (self.wake)();
    }
}

fn is_bundle(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == bundle::ENDING)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_after_its_machine_and_says_which() {
        let machine = MachineId(uuid::Uuid::from_u128(0x0193_0000_0000_7000_8000_0000_dead_beef));
        let name = file_name(machine);
        assert!(name.ends_with("-deadbeef.whetstone"), "{name}");
        assert_eq!(machine_of("work-laptop-deadbeef.whetstone"), "work-laptop");
        assert_eq!(machine_of("laptop-deadbeef.sync-conflict-20261124-101112-ABCDEFG.whetstone"), "laptop");
        assert_eq!(
            machine_of("laptop-deadbeef (conflicted copy 2026-11-24).whetstone"),
            "laptop-deadbeef (conflicted copy 2026-11-24)"
        );
        assert_eq!(machine_of("me.whetstone"), "me");
    }
}
