//! A bundle written or read on a thread of its own: watched, and stopped when asked.

use std::collections::{BTreeMap, HashSet};
use std::fs::File;
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::SyncSender;
use std::thread;

use crate::exchange::bundle::{self, BundleError};
use crate::exchange::chain;
use crate::exchange::job::Watch;
use crate::store::Snapshot;
use crate::study::{Merging, Progress};

/// What is asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum Wish {
    Bundle(PathBuf),
    /// What the bundle there would bring.
    Look(PathBuf),
    /// Where to write, by the name there; or None for one to read.
    Browse {
        save: Option<PathBuf>,
    },
    /// The folder to share.
    BrowseFolder,
}

/// What has become of it.
pub enum Done {
    Bundled(String),
    Shown(Box<Shown>),
    Browsed(Option<PathBuf>),
    Folder(Option<PathBuf>),
    Failed(String),
}

/// A bundle that was read, and what it would bring.
pub struct Shown {
    pub merging: Merging,
    /// Those that are not here yet.
    pub pictures: BTreeMap<String, Vec<u8>>,
}

/// Does it on a thread, from what is on the disk.
///
/// # Errors
/// When no thread can be had.
pub fn start(
    wish: Wish,
    data_dir: PathBuf,
    send: SyncSender<Done>,
    wake: Arc<dyn Fn() + Send + Sync>,
) -> io::Result<Arc<Watch>> {
    let watch = Arc::new(Watch::default());
    let watched = Arc::clone(&watch);
    let work = move || {
        let done = match wish {
            Wish::Bundle(path) => bundled(&data_dir, &path, &watched),
            Wish::Look(path) => match looked(&data_dir, &path, &watched) {
                Ok(shown) => Done::Shown(Box::new(shown)),
                Err(error) => Done::Failed(format!("{}. Nothing was merged.", sentence(&error))),
            },
            Wish::Browse { save } => Done::Browsed(browsed(save.as_deref())),
            Wish::BrowseFolder => {
                Done::Folder(rfd::FileDialog::new().set_title("The folder that your machines share").pick_folder())
            }
        };
        // A window that has closed wants no answer.
        let _ = send.send(done);
        wake();
    };
    thread::Builder::new().name("bundle".to_owned()).spawn(work)?;
    Ok(watch)
}

fn bundled(data_dir: &Path, path: &Path, watch: &Watch) -> Done {
    let snapshot = Snapshot::open(data_dir).map_err(BundleError::from);
    match snapshot.and_then(|snapshot| bundle::file(path, &snapshot, watch)) {
        Ok(manifest) => Done::Bundled(format!("{} are in {}", manifest.words(), path.display())),
        Err(error) => Done::Failed(format!("{}. Nothing was left half-written.", sentence(&error))),
    }
}

fn looked(data_dir: &Path, path: &Path, watch: &Watch) -> Result<Shown, BundleError> {
    let snapshot = Snapshot::open(data_dir)?;
    let here: HashSet<String> = snapshot.pictures()?.into_iter().collect();
    let file = File::open(path).map_err(BundleError::Read)?;
    let found = bundle::read(BufReader::new(file), |name| !here.contains(name), watch)?;
    let progress = Progress::from_entries(snapshot.entries()?);
    watch.step(0)?;
    let merging = Merging::of(&progress, found.entries);
    watch.step(0)?;
    Ok(Shown { merging, pictures: found.pictures })
}

/// As the reader is told of it.
fn sentence(error: &BundleError) -> String {
    let text = chain(error);
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

fn browsed(save: Option<&Path>) -> Option<PathBuf> {
    let dialog = rfd::FileDialog::new().add_filter("Whetstone bundle", &[bundle::ENDING]);
    match save {
        Some(path) => {
            let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into());
            dialog.set_title("Bundle").set_file_name(name).save_file()
        }
        None => dialog.set_title("Merge a bundle").pick_file(),
    }
}
