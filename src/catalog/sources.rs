//! The content with the reader's folders beside it, read from where they lie.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::build::assemble;
use super::folder::{Folder, file_in};
use super::load::files_in;
use super::model::Catalog;
use super::problem::Problem;

/// What was found in all the folders.
#[derive(Debug, Default)]
pub struct Gathered {
    pub catalog: Catalog,
    pub problems: Vec<Problem>,
    /// Folders of the reader's that are not there now: a stick that is not plugged in.
    pub missing: Vec<PathBuf>,
}

/// Reads the reader's folders, in their order, and links them with the content that they stand beside.
pub fn gather(base: Folder, folders: &[PathBuf]) -> Gathered {
    let (mut own, mut problems, mut missing) = (Vec::new(), Vec::new(), Vec::new());
    for folder in folders {
        match files_in(folder) {
            Ok(files) => own.push(Folder::own(folder, &files)),
            Err(error) if error.source.kind() == ErrorKind::NotFound && !folder.exists() => {
                missing.push(folder.clone());
            }
            Err(error) => problems.push(unreadable(&error.path, &error.source)),
        }
    }
    let (catalog, more) = assemble(base, own);
    problems.extend(more);
    Gathered { catalog, problems, missing }
}

/// A folder, or a file in it, that the system does not let be read.
pub fn unreadable(path: &Path, error: &std::io::Error) -> Problem {
    Problem::at(&name_of(path), "", 0, format!("what cannot be read ({error})"), "a folder of questions")
}

/// How a folder of the reader's is named where its files are.
pub fn name_of(folder: &Path) -> String {
    file_in(folder, "").trim_end_matches('/').to_owned()
}
