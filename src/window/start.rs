//! Reads the questions and the reader's data on threads of their own, while the system makes the window.

use std::io;
use std::path::PathBuf;
use std::sync::mpsc::sync_channel;
use std::thread::{self, JoinHandle};

use super::app::Setup;
use super::watch;
use crate::catalog::{self, Folder, Gathered, Problem};
use crate::store::{Opened, Store, StoreError};

type Data = Result<(Store, Opened), StoreError>;

/// What is being read.
pub struct Begun {
    content: io::Result<JoinHandle<Gathered>>,
    data: io::Result<JoinHandle<Data>>,
}

impl Begun {
    pub fn start(setup: &Setup) -> Self {
        let (folder, data_dir, now) = (setup.content.clone(), setup.data_dir.clone(), (setup.clock)());
        // Which folders the reader has added, the data says; the rest is read meanwhile.
        let (tell, own) = sync_channel::<Vec<PathBuf>>(1);
        let content = move || {
            let base = watch::base(folder.as_deref());
            gathered(base, &own.recv().unwrap_or_default())
        };
        let data = move || {
            let data = Store::open(&data_dir, now);
            // Without data the other side hears that nobody will tell.
            if let Ok((_, opened)) = &data {
                let _ = tell.send(opened.folders());
            }
            data
        };
        Self { content: named("content").spawn(content), data: named("data").spawn(data) }
    }

    /// What was read. A thread that could not be had, or did not come back, is made up for here.
    pub fn finish(self, setup: &Setup) -> (Gathered, Data) {
        let data = self.data.ok().and_then(|thread| thread.join().ok());
        let data = data.unwrap_or_else(|| Store::open(&setup.data_dir, (setup.clock)()));
        let content = self.content.ok().and_then(|thread| thread.join().ok());
        let again = || {
            let own = data.as_ref().map_or_else(|_| Vec::new(), |(_, opened)| opened.folders());
            gathered(watch::base(setup.content.as_deref()), &own)
        };
        (content.unwrap_or_else(again), data)
    }
}

/// Links what was read; a content that cannot be read is an empty one with a problem.
fn gathered(base: Result<Folder, Problem>, own: &[PathBuf]) -> Gathered {
    let (base, problem) = base.map_or_else(|problem| (Folder::base(&[]), Some(problem)), |base| (base, None));
    let mut gathered = catalog::gather(base, own);
    gathered.problems.extend(problem);
    gathered
}

fn named(name: &str) -> thread::Builder {
    thread::Builder::new().name(name.to_owned())
}
