//! Reads the questions and the reader's data on threads of their own, while the system makes the window.

use std::io;
use std::thread::{self, JoinHandle};

use super::app::Setup;
use super::watch;
use crate::catalog::{Catalog, Problem};
use crate::store::{Opened, Store, StoreError};

type Content = (Catalog, Vec<Problem>);
type Data = Result<(Store, Opened), StoreError>;

/// What is being read.
pub struct Begun {
    content: io::Result<JoinHandle<Content>>,
    data: io::Result<JoinHandle<Data>>,
}

impl Begun {
    pub fn start(setup: &Setup) -> Self {
        let (folder, data_dir, now) = (setup.content.clone(), setup.data_dir.clone(), (setup.clock)());
        Self {
            content: named("content").spawn(move || watch::read(folder.as_deref())),
            data: named("data").spawn(move || Store::open(&data_dir, now)),
        }
    }

    /// What was read. A thread that could not be had, or did not come back, is made up for here.
    pub fn finish(self, setup: &Setup) -> (Content, Data) {
        let content = self.content.ok().and_then(|thread| thread.join().ok());
        let data = self.data.ok().and_then(|thread| thread.join().ok());
        (
            content.unwrap_or_else(|| watch::read(setup.content.as_deref())),
            data.unwrap_or_else(|| Store::open(&setup.data_dir, (setup.clock)())),
        )
    }
}

fn named(name: &str) -> thread::Builder {
    thread::Builder::new().name(name.to_owned())
}
