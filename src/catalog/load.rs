//! Reads content files: those the program carries, or a folder. Only this file of the pure rooms touches a disk.

use std::borrow::Cow;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// Written by `build.rs`: the names and bytes of what lies in `questions`, in the order of the names.
static EMBEDDED: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/content.rs"));

/// A content file is text written by hand; what is larger is a mistake and is not read.
pub(super) const LARGEST: u64 = 1024 * 1024;

/// One file of the content, not yet understood.
#[derive(Clone, Debug)]
pub struct ContentFile {
    /// Relative to the content folder, with `/`.
    pub path: String,
    /// None when the file is larger than a content file may be.
    pub bytes: Option<Cow<'static, [u8]>>,
}

#[derive(Debug, Error)]
#[error("could not read {}", path.display())]
pub struct LoadError {
    pub path: PathBuf,
    pub source: io::Error,
}

/// The files that the program carries.
pub fn embedded_files() -> Vec<ContentFile> {
    let content = EMBEDDED.iter().filter(|(path, _)| is_content(path));
    content.map(|(path, bytes)| ContentFile { path: (*path).to_owned(), bytes: Some(Cow::Borrowed(*bytes)) }).collect()
}

/// The files of this folder, or those that the program carries.
///
/// # Errors
/// As [`files_in`].
pub fn content_files(content: Option<&Path>) -> Result<Vec<ContentFile>, LoadError> {
    content.map_or_else(|| Ok(embedded_files()), files_in)
}

/// The content files of a folder: `ledger.txt` and, one folder down, `topic.ron`, questions and scenes.
///
/// # Errors
/// When the folder or a file in it cannot be read.
pub fn files_in(folder: &Path) -> Result<Vec<ContentFile>, LoadError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| LoadError { path, source }
    };
    let mut out = Vec::new();
    let mut folders = vec![(folder.to_owned(), String::new())];
    while let Some((dir, prefix)) = folders.pop() {
        for entry in fs::read_dir(&dir).map_err(failed(&dir))? {
            let entry = entry.map_err(failed(&dir))?;
            let relative = format!("{prefix}{}", entry.file_name().to_string_lossy());
            // By its name alone: an editor's locks and half-written copies lead nowhere and come and go.
            let may_hold = prefix.is_empty() && !relative.starts_with('.');
            if !may_hold && !is_content(&relative) {
                continue;
            }
            let path = entry.path();
            let meta = match fs::metadata(&path) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                meta => meta.map_err(failed(&path))?,
            };
            if meta.is_dir() {
                if may_hold {
                    folders.push((path, format!("{relative}/")));
                }
            } else if meta.is_file() && is_content(&relative) {
                let bytes =
                    if meta.len() > LARGEST { None } else { Some(Cow::Owned(fs::read(&path).map_err(failed(&path))?)) };
                out.push(ContentFile { path: relative, bytes });
            }
        }
    }
    out.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(out)
}

/// Questions and scenes lie exactly one folder deep; names in capitals (REVIEW.md) are about the content.
fn is_content(path: &str) -> bool {
    match path.split_once('/') {
        None => path == "ledger.txt",
        Some((_, name)) => {
            let extension = Path::new(name).extension().and_then(|extension| extension.to_str());
            !name.contains('/')
                && !name.starts_with(|first: char| first.is_uppercase() || first == '.')
                && matches!(extension, Some("md" | "ron"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_is_told_from_what_lies_beside_it() {
        for yes in ["ledger.txt", "kafka/topic.ron", "kafka/isr.md"] {
            assert!(is_content(yes), "{yes}");
        }
        for no in ["README.md", "kafka/REVIEW.md", "kafka/review/isr.md", "kafka/isr.png", "kafka/.isr.md"] {
            assert!(!is_content(no), "{no}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn an_editors_lock_that_leads_nowhere_is_passed_over() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("go-lang")).unwrap();
        fs::write(dir.path().join("go-lang/maps.md"), "").unwrap();
        for lock in ["go-lang/.#maps.md", "go-lang/#maps.md#", ".#ledger.txt", "4913"] {
            std::os::unix::fs::symlink("me@here.1234:5678", dir.path().join(lock)).unwrap();
        }
        let files = files_in(dir.path()).unwrap();
        assert_eq!(files.iter().map(|file| file.path.as_str()).collect::<Vec<_>>(), ["go-lang/maps.md"]);
    }
}
