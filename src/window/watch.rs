//! Content from folders: read at the start, read again on save, the last good version kept.

use std::error::Error;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Weak};
use std::thread;
use std::time::Duration;

use notify::{Event, RecursiveMode, Watcher};

use crate::catalog::{self, Folder, Gathered, Problem};

/// Where the questions come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sources {
    /// In place of what the program carries.
    pub content: Option<PathBuf>,
    /// The reader's own, in their order.
    pub own: Vec<PathBuf>,
}

impl Sources {
    fn folders(&self) -> impl Iterator<Item = &PathBuf> {
        self.content.iter().chain(&self.own)
    }

    /// A problem of each folder, of which a change is not seen.
    pub fn unwatched(&self, error: &dyn Error) -> Vec<Problem> {
        self.folders().map(|folder| unwatched(folder, error)).collect()
    }

    /// Those that are not there now.
    fn gone(&self) -> Vec<PathBuf> {
        self.folders().filter(|folder| !folder.exists()).cloned().collect()
    }

    /// Reads all of it now.
    pub fn read(&self) -> Reading {
        Ok(catalog::gather(base(self.content.as_deref()).map_err(|problem| vec![problem])?, &self.own))
    }
}

/// What was found, or why nothing was: without the content the reader's folders have nothing to stand beside.
pub type Reading = Result<Gathered, Vec<Problem>>;

/// A reading with these problems besides.
pub fn with_problems(reading: Reading, more: Vec<Problem>) -> Reading {
    match reading {
        Ok(mut gathered) => {
            gathered.problems.extend(more);
            Ok(gathered)
        }
        Err(problems) => Err([problems, more].concat()),
    }
}

/// Folders that are being watched, on a thread that ends when this is dropped.
pub struct Watch {
    readings: Receiver<Reading>,
    /// The reader waits for as long as someone may speak to it; the watcher itself holds on to it only weakly.
    _changed: Arc<SyncSender<()>>,
}

impl Watch {
    /// The newest reading since the last call.
    pub fn take(&self) -> Option<Reading> {
        self.readings.try_iter().last()
    }

    /// The next reading, waited for. For tests, which must not sleep.
    pub fn wait(&self) -> Option<Reading> {
        self.readings.recv().ok()
    }
}

/// Watches the folders, if there are any, and reads them when something changes; `seen` are those of the reader's that were missing
/// when they were last read, None reads them at once. What cannot be watched becomes a problem of the next reading.
///
/// # Errors
/// When there is no thread to be had.
pub fn start(
    sources: &Sources,
    seen: Option<Vec<PathBuf>>,
    wake: impl Fn() + Send + 'static,
) -> io::Result<Option<Watch>> {
    if seen.is_some() && sources.folders().next().is_none() {
        return Ok(None);
    }
    start_with(notify::recommended_watcher, sources, seen, wake).map(Some)
}

/// Reads a folder, or what the program carries.
pub fn base(content: Option<&Path>) -> Result<Folder, Problem> {
    let folder = |error| catalog::unreadable(content.unwrap_or(Path::new("")), &error);
    catalog::content_files(content).map(|files| Folder::base(&files)).map_err(folder)
}

/// What the watcher calls with each change.
type Handler = Box<dyn FnMut(notify::Result<Event>) + Send>;

fn start_with<W: Watcher>(
    make: impl Fn(Handler) -> notify::Result<W> + Send + 'static,
    sources: &Sources,
    seen: Option<Vec<PathBuf>>,
    wake: impl Fn() + Send + 'static,
) -> io::Result<Watch> {
    let (changed, changes) = sync_channel::<()>(1);
    let (send, readings) = sync_channel(2);
    let changed = Arc::new(changed);
    let (tell, sources) = (Arc::downgrade(&changed), sources.clone());
    // A share that does not answer, or a folder of very many, holds up this thread alone.
    let work = move || {
        let make = |sources: &Sources| make(handler(sources, tell.clone()));
        let mut gone = sources.gone();
        let mut watcher = make(&sources);
        let mut unwatched = aim(&mut watcher, &sources);
        let other = seen.is_none_or(|seen| gone.iter().filter(|folder| sources.own.contains(folder)).ne(&seen));
        let mut due = other || !unwatched.is_empty();
        while std::mem::take(&mut due) || changes.recv().is_ok() {
            // An editor writes a file in several strokes; wait until it is quiet.
            while changes.recv_timeout(Duration::from_millis(120)).is_ok() {}
            // Watched before it is read, so that nothing is lost between the two.
            let before = std::mem::replace(&mut gone, sources.gone());
            if before != gone {
                watcher = make(&sources);
            }
            if before != gone || BY_FOLDER {
                unwatched = aim(&mut watcher, &sources);
            }
            if send.send(with_problems(sources.read(), unwatched.clone())).is_err() {
                return;
            }
            wake();
        }
    };
    thread::Builder::new().name("content reader".to_owned()).spawn(work)?;
    Ok(Watch { readings, _changed: changed })
}

fn handler(sources: &Sources, tell: Weak<SyncSender<()>>) -> Handler {
    let here: Vec<PathBuf> = sources.folders().map(|folder| whole(folder)).collect();
    let concerns = move |event: &Event| {
        // A folder that is not there is looked for from above, where much else happens.
        let near = |path: &PathBuf| here.iter().any(|folder| path.starts_with(folder) || folder.starts_with(path));
        // Reading the folder is an event of its own on some systems; only changes count.
        !event.kind.is_access() && (event.paths.is_empty() || event.paths.iter().any(near))
    };
    Box::new(move |event| {
        if event.is_ok_and(|event| concerns(&event))
            && let Some(tell) = tell.upgrade()
        {
            let _ = tell.try_send(());
        }
    })
}

/// Linux watches folder by folder and would walk the whole tree for what is read of it, one level down; others watch a tree as one.
const BY_FOLDER: bool = cfg!(target_os = "linux");

/// Watches each folder where it is now, or the one above it; tells which cannot be watched.
fn aim<W: Watcher>(watcher: &mut notify::Result<W>, sources: &Sources) -> Vec<Problem> {
    let watcher = match watcher {
        Ok(watcher) => watcher,
        Err(error) => return sources.unwatched(error),
    };
    let failed = |folder: &PathBuf| Some(unwatched(folder, &watch(watcher, &whole(folder)).err()?));
    sources.folders().filter_map(failed).collect()
}

fn watch(watcher: &mut impl Watcher, folder: &Path) -> notify::Result<()> {
    let Some(above) = folder.ancestors().find(|above| above.is_dir()) else { return Ok(()) };
    if above != folder {
        return watcher.watch(above, RecursiveMode::NonRecursive);
    }
    if !BY_FOLDER {
        return watcher.watch(folder, RecursiveMode::Recursive);
    }
    watcher.watch(folder, RecursiveMode::NonRecursive)?;
    for topic in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let (path, hidden) = (topic.path(), topic.file_name().to_string_lossy().starts_with('.'));
        if !hidden && path.is_dir() {
            match watcher.watch(&path, RecursiveMode::NonRecursive) {
                // Its going is a change in the folder above, after which this is done again.
                Err(error) if matches!(error.kind, notify::ErrorKind::PathNotFound) => {}
                watched => watched?,
            }
        }
    }
    Ok(())
}

fn unwatched(folder: &Path, error: &dyn Error) -> Problem {
    let found = format!("a folder that cannot be watched ({error})");
    Problem::at(&catalog::name_of(folder), "", 0, found, "one that can; what is saved there shows after a restart")
}

/// The path as the system's watcher gives it, where some of it may not be there.
fn whole(folder: &Path) -> PathBuf {
    let above = folder.ancestors().find(|above| above.exists()).unwrap_or(folder);
    let rest = folder.strip_prefix(above).unwrap_or(Path::new(""));
    above.canonicalize().map_or_else(|_| folder.to_owned(), |above| above.join(rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A system that watches no folder of this name.
    struct Refusing(&'static str);

    impl Watcher for Refusing {
        fn new<F: notify::EventHandler>(_: F, _: notify::Config) -> notify::Result<Self> {
            Ok(Self(""))
        }

        fn watch(&mut self, path: &Path, _: RecursiveMode) -> notify::Result<()> {
            if path.ends_with(self.0) { Err(notify::Error::new(notify::ErrorKind::MaxFilesWatch)) } else { Ok(()) }
        }

        fn unwatch(&mut self, _: &Path) -> notify::Result<()> {
            Ok(())
        }

        fn kind() -> notify::WatcherKind {
            notify::WatcherKind::NullWatcher
        }
    }

    #[test]
    fn one_folder_that_cannot_be_watched_leaves_the_others() {
        let dir = tempfile::tempdir().unwrap();
        let folders = ["content", "mine"].map(|name| dir.path().join(name));
        for folder in &folders {
            std::fs::create_dir(folder).unwrap();
        }
        let [content, mine] = folders;
        for (refused, named) in [("content", &content), ("mine", &mine)] {
            let sources = Sources { content: Some(content.clone()), own: vec![mine.clone()] };
            let problems = aim(&mut Ok(Refusing(refused)), &sources);
            assert_eq!(problems.iter().map(|problem| &problem.file).collect::<Vec<_>>(), [&catalog::name_of(named)]);
        }
    }

    #[test]
    fn folders_are_read_even_where_no_watcher_can_be_had() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("b")).unwrap();
        let front = "(id: \"b/one\", title: \"One\", prompt: \"Why?\", level: Core, minutes: 2)";
        std::fs::write(dir.path().join("b/one.md"), format!("+++\n{front}\n+++\n")).unwrap();
        let sources = Sources { content: None, own: vec![dir.path().to_owned()] };
        let none = |_: Handler| Err::<Refusing, _>(notify::Error::generic("too many watchers"));
        for seen in [None, Some(Vec::new())] {
            let watch = start_with(none, &sources, seen, || ()).unwrap();
            let gathered = watch.wait().unwrap().unwrap();
            assert!(gathered.catalog.question(&crate::ids::QuestionId::new("b/one")).is_some());
            let said: Vec<_> = gathered.problems.iter().map(|problem| problem.found.as_str()).collect();
            assert_eq!(said, ["a folder that cannot be watched (too many watchers)"]);
        }
    }
}
