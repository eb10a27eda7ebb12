//! Files that appear only once they are whole.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;
use thiserror::Error;

#[derive(Debug, Error)]
#[error("could not write {}", path.display())]
pub struct WriteError {
    pub path: PathBuf,
    pub source: io::Error,
}

/// Writes one file: to a neighbour first, then under its name.
///
/// # Errors
/// When the disk refuses; what was there before is untouched.
pub fn file(path: &Path, content: impl AsRef<[u8]>) -> Result<(), WriteError> {
    let mut part = part(path)?;
    part.write_all(content.as_ref()).map_err(|source| WriteError { path: path.to_owned(), source })?;
    finish(part, path)
}

/// A neighbour of the file, to be filled and then put in its place; dropped, it is gone.
///
/// # Errors
/// When the disk refuses.
pub fn part(path: &Path) -> Result<NamedTempFile, WriteError> {
    let failed = |source| WriteError { path: path.to_owned(), source };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(failed)?;
    NamedTempFile::new_in(folder).map_err(failed)
}

/// Makes what was written durable and puts it under its name.
///
/// # Errors
/// When the disk refuses; what was there before is untouched.
pub fn finish(part: NamedTempFile, path: &Path) -> Result<(), WriteError> {
    let failed = |source| WriteError { path: path.to_owned(), source };
    part.as_file().sync_all().map_err(failed)?;
    // A temporary file is private; an export is as open as any file the reader makes.
    readable(part.as_file()).map_err(failed)?;
    part.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}

#[cfg(unix)]
fn readable(file: &fs::File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    file.set_permissions(fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable(_: &fs::File) -> io::Result<()> {
    Ok(())
}

/// Writes files into a folder; one whose text is already there is left alone, so that only what changed is new.
///
/// # Errors
/// When the disk refuses; files written before stay, each whole.
pub fn folder(folder: &Path, files: &[(String, String)]) -> Result<(), WriteError> {
    for (name, text) in files {
        let path = folder.join(name);
        if fs::read_to_string(&path).is_ok_and(|there| there == *text) {
            continue;
        }
        file(&path, text)?;
    }
    Ok(())
}
