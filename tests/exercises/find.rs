//! Which Markdown files are meant.

use std::io;
use std::path::{Path, PathBuf};

use super::context::Context;

const SAMPLES: &str = "tests/exercises/samples";

pub struct File {
    pub path: PathBuf,
    /// As the reader of the report knows it: from the repository's root where there is one.
    pub name: String,
    /// A sample of the harness itself, which also runs with one line changed.
    pub sample: bool,
}

pub struct Files {
    pub all: Vec<File>,
    /// The filters that chose nothing: a misspelt one must not look like a pass.
    pub unmatched: Vec<String>,
}

/// The repository around the current folder, or around the first file named.
pub fn root(here: &Path, filters: &[String]) -> Option<PathBuf> {
    let named = filters.iter().map(|filter| here.join(filter)).find(|path| path.is_file());
    let starts = [Some(here.to_owned()), named];
    let mut folders = starts.iter().flatten().flat_map(|start| start.ancestors());
    folders.find(|folder| folder.join("questions").is_dir() && folder.join(SAMPLES).is_dir()).map(Path::to_owned)
}

pub fn files(root: Option<&Path>, here: &Path, filters: &[String]) -> io::Result<Files> {
    let (named, parts): (Vec<_>, Vec<_>) = filters.iter().partition(|filter| here.join(filter).is_file());
    let mut known = Vec::new();
    if let Some(root) = root
        && (filters.is_empty() || !parts.is_empty())
    {
        // The samples come first: they say whether the harness is to be believed.
        for folder in [SAMPLES, "questions"] {
            markdown_below(&root.join(folder), &mut known)?;
        }
    }
    let mut all: Vec<File> = named.iter().map(|name| file(root, here.join(name))).collect();
    let mut used = vec![false; parts.len()];
    for path in known {
        let file = file(root, path);
        let mut wanted = parts.is_empty();
        for (part, used) in parts.iter().zip(&mut used) {
            if file.name.contains(part.as_str()) {
                wanted = true;
                *used = true;
            }
        }
        if wanted {
            all.push(file);
        }
    }
    let unmatched = parts.iter().zip(used).filter(|(_, used)| !used).map(|(part, _)| (*part).clone()).collect();
    Ok(Files { all, unmatched })
}

fn file(root: Option<&Path>, path: PathBuf) -> File {
    let path = path.canonicalize().unwrap_or(path);
    let short = root.and_then(|root| path.strip_prefix(root).ok()).unwrap_or(&path);
    File { name: short.display().to_string(), sample: short.starts_with(SAMPLES), path }
}

fn markdown_below(folder: &Path, into: &mut Vec<PathBuf>) -> io::Result<()> {
    let reading = || format!("list {}", folder.display());
    let entries = std::fs::read_dir(folder).context(reading())?;
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>().context(reading())?;
    paths.sort();
    for path in paths {
        if path.is_dir() {
            markdown_below(&path, into)?;
        } else if path.extension().is_some_and(|ext| ext == "md") {
            into.push(path);
        }
    }
    Ok(())
}
