//! The content with the reader's folders beside it, read from where they lie.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::build::assemble;
use super::folder::{Folder, file_in};
use super::load::{LoadError, files_in};
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
            Err(error) => problems.push(unreadable(folder, &error)),
        }
    }
    let (catalog, more) = assemble(base, own);
    problems.extend(more);
    Gathered { catalog, problems, missing }
}

/// A folder of which nothing is read, for it or a file in it cannot be. It is the folder's problem, so that all that lay there stays.
pub fn unreadable(folder: &Path, error: &LoadError) -> Problem {
    let LoadError { path, source } = error;
    let found = match path.strip_prefix(folder) {
        Ok(inside) if inside != Path::new("") => format!("`{}`, which cannot be read ({source})", inside.display()),
        _ => format!("what cannot be read ({source})"),
    };
    Problem::at(&name_of(folder), "", 0, found, "a folder of questions")
}

/// How a folder of the reader's is named where its files are.
pub fn name_of(folder: &Path) -> String {
    file_in(folder, "").trim_end_matches('/').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{embedded_files, keeping_last_good};
    use crate::ids::QuestionId;

    #[test]
    fn a_file_that_cannot_be_read_leaves_what_its_folder_had() {
        let dir = tempfile::tempdir().unwrap();
        let topic = dir.path().join("go-lang");
        std::fs::create_dir(&topic).unwrap();
        for name in ["maps", "slices"] {
            let front = format!("(id: \"go-lang/{name}\", title: \"T\", prompt: \"{name}?\", level: Core, minutes: 2)");
            std::fs::write(topic.join(format!("{name}.md")), format!("+++\n{front}\n+++\n")).unwrap();
        }
        let base = || Folder::base(&embedded_files());
        let before = gather(base(), &[dir.path().to_owned()]).catalog;
        let refused = std::io::Error::from(ErrorKind::PermissionDenied);
        let problem = unreadable(dir.path(), &LoadError { path: topic.join("maps.md"), source: refused });
        assert!(problem.found.contains("maps.md"), "{problem}");
        let kept = keeping_last_good(gather(base(), &[]).catalog, &before, &[problem]);
        for name in ["maps", "slices"] {
            assert!(kept.question(&QuestionId::new(format!("go-lang/{name}"))).is_some(), "{name}");
        }
    }
}
