//! Content from a folder: read at the start, read again on save, the last good version kept.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;
use std::time::Duration;

use notify::{RecursiveMode, Watcher as _};

use crate::catalog::{self, Catalog, Problem};

/// A folder that is being watched.
pub struct Watch {
    reloads: Receiver<(Catalog, Vec<Problem>)>,
    /// Dropping it ends the watching.
    _watcher: notify::RecommendedWatcher,
}

impl Watch {
    /// The newest reload since the last call.
    pub fn take(&self) -> Option<(Catalog, Vec<Problem>)> {
        self.reloads.try_iter().last()
    }
}

/// Watches the folder, if there is one; what stands in the way becomes a problem.
pub fn start(folder: Option<&Path>, wake: impl Fn() + Send + 'static, problems: &mut Vec<Problem>) -> Option<Watch> {
    let folder = folder?;
    match watch(folder, wake) {
        Ok(watch) => Some(watch),
        Err(error) => {
            let found = format!("the folder cannot be watched ({error})");
            problems.push(Problem::at(&folder.display().to_string(), "", 0, found, "a folder that can"));
            None
        }
    }
}

/// Reads the content of a folder, or what the program carries; a folder that cannot be read is an empty catalog with a problem.
pub fn read(folder: Option<&Path>) -> (Catalog, Vec<Problem>) {
    match folder.map(catalog::files_in) {
        None => catalog::embedded(),
        Some(Ok(files)) => catalog::build(&files),
        Some(Err(error)) => {
            let found = error.to_string();
            let problem = Problem::at(&error.path.display().to_string(), "", 0, found, "a folder of questions");
            (Catalog::default(), vec![problem])
        }
    }
}

fn watch(folder: &Path, wake: impl Fn() + Send + 'static) -> notify::Result<Watch> {
    let (changed, changes) = sync_channel::<()>(1);
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        // Reading the folder is an event of its own on some systems; only changes count.
        if event.is_ok_and(|event| !event.kind.is_access()) {
            let _ = changed.try_send(());
        }
    })?;
    watcher.watch(folder, RecursiveMode::Recursive)?;
    let (send, reloads) = sync_channel(2);
    let folder: PathBuf = folder.to_owned();
    let work = move || {
        while changes.recv().is_ok() {
            // An editor writes a file in several strokes; wait until it is quiet.
            while changes.recv_timeout(Duration::from_millis(120)).is_ok() {}
            if send.send(read(Some(&folder))).is_err() {
                return;
            }
            wake();
        }
    };
    thread::Builder::new().name("content reader".to_owned()).spawn(work).map_err(notify::Error::io)?;
    Ok(Watch { reloads, _watcher: watcher })
}
