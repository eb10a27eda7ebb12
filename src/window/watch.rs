//! Content from folders: read at the start, read again on save, the last good version kept.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;
use std::time::Duration;

use notify::{Event, RecursiveMode, Watcher as _};

use crate::catalog::{self, Folder, Gathered, Problem};

/// Where the questions come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sources {
    /// In place of what the program carries.
    pub content: Option<PathBuf>,
    /// The reader's own, in their order.
    pub own: Vec<PathBuf>,
}

/// Folders that are being watched.
pub struct Watch {
    reloads: Receiver<Gathered>,
    /// Dropping it ends the watching.
    _watcher: notify::RecommendedWatcher,
}

impl Watch {
    /// The newest reload since the last call.
    pub fn take(&self) -> Option<Gathered> {
        self.reloads.try_iter().last()
    }

    /// The next reload, waited for. For tests, which must not sleep.
    pub fn wait(&self) -> Option<Gathered> {
        self.reloads.recv().ok()
    }
}

/// Watches the folders, if there are any; what stands in the way becomes a problem. With `read_now` they are also read at once.
pub fn start(
    sources: &Sources,
    read_now: bool,
    wake: impl Fn() + Send + 'static,
    problems: &mut Vec<Problem>,
) -> Option<Watch> {
    if !read_now && sources.content.is_none() && sources.own.is_empty() {
        return None;
    }
    match watch(sources, read_now, wake, problems) {
        Ok(watch) => Some(watch),
        Err(error) => {
            let first = sources.content.iter().chain(&sources.own).next();
            problems.extend(first.map(|folder| unwatched(folder, &error)));
            None
        }
    }
}

/// Reads a folder, or what the program carries; a folder that cannot be read is an empty one with a problem.
pub fn base(content: Option<&Path>) -> (Folder, Option<Problem>) {
    match catalog::content_files(content) {
        Ok(files) => (Folder::base(&files), None),
        Err(error) => (Folder::base(&[]), Some(catalog::unreadable(content.unwrap_or(&error.path), &error))),
    }
}

/// Links what [`base`] read with the reader's folders.
pub fn gathered((base, problem): (Folder, Option<Problem>), own: &[PathBuf]) -> Gathered {
    let mut gathered = catalog::gather(base, own);
    gathered.problems.extend(problem);
    gathered
}

fn watch(
    sources: &Sources,
    read_now: bool,
    wake: impl Fn() + Send + 'static,
    problems: &mut Vec<Problem>,
) -> notify::Result<Watch> {
    let (changed, changes) = sync_channel::<()>(1);
    if read_now {
        let _ = changed.try_send(());
    }
    let all_here = sources.own.iter().all(|folder| folder.is_dir());
    let here: Vec<PathBuf> = sources.content.iter().chain(&sources.own).map(|folder| whole(folder)).collect();
    let concerns = move |event: &Event| {
        // A folder that is not there is looked for from above, where much else happens.
        let near = |path: &PathBuf| here.iter().any(|folder| path.starts_with(folder) || folder.starts_with(path));
        !event.kind.is_access() && (all_here || event.paths.iter().any(near))
    };
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
        // Reading the folder is an event of its own on some systems; only changes count.
        if event.is_ok_and(|event| concerns(&event)) {
            let _ = changed.try_send(());
        }
    })?;
    if let Some(content) = &sources.content {
        watcher.watch(content, RecursiveMode::Recursive)?;
    }
    for folder in &sources.own {
        let watched = match folder.ancestors().find(|above| above.is_dir()) {
            Some(above) if above == folder => watcher.watch(folder, RecursiveMode::Recursive),
            Some(above) => watcher.watch(above, RecursiveMode::NonRecursive),
            None => Ok(()),
        };
        if let Err(error) = watched {
            problems.push(unwatched(folder, &error));
        }
    }
    let (send, reloads) = sync_channel(2);
    let sources = sources.clone();
    let work = move || {
        while changes.recv().is_ok() {
            // An editor writes a file in several strokes; wait until it is quiet.
            while changes.recv_timeout(Duration::from_millis(120)).is_ok() {}
            if send.send(gathered(base(sources.content.as_deref()), &sources.own)).is_err() {
                return;
            }
            wake();
        }
    };
    thread::Builder::new().name("content reader".to_owned()).spawn(work).map_err(notify::Error::io)?;
    Ok(Watch { reloads, _watcher: watcher })
}

fn unwatched(folder: &Path, error: &notify::Error) -> Problem {
    let found = format!("a folder that cannot be watched ({error})");
    Problem::at(&catalog::name_of(folder), "", 0, found, "one that can; what is saved there shows after a restart")
}

/// The path as the system's watcher gives it, where some of it may not be there.
fn whole(folder: &Path) -> PathBuf {
    let above = folder.ancestors().find(|above| above.exists()).unwrap_or(folder);
    let rest = folder.strip_prefix(above).unwrap_or(Path::new(""));
    above.canonicalize().map_or_else(|_| folder.to_owned(), |above| above.join(rest))
}
