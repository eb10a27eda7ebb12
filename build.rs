//! Lists the content that is compiled in, and gives the Windows program its icon, manifest and version.

use std::env;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=questions");
    println!("cargo::rerun-if-changed=packaging/windows/whetstone.manifest");
    println!("cargo::rerun-if-changed=assets/icon/whetstone.ico");
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let out = PathBuf::from(env::var("OUT_DIR")?).join("content.rs");
    fs::write(out, content(&root.join("questions"))?)?;
    if env::var("CARGO_CFG_TARGET_OS").is_ok_and(|system| system == "windows") {
        let mut resource = winresource::WindowsResource::new();
        resource.set_icon("assets/icon/whetstone.ico");
        resource.set_manifest_file("packaging/windows/whetstone.manifest");
        resource.set("ProductName", "Whetstone");
        resource.set("FileDescription", "Whetstone: study for the senior backend interview");
        resource.set("LegalCopyright", "MIT OR Apache-2.0, the Whetstone developers");
        resource.compile()?;
    }
    Ok(())
}

/// The files of the folder and of the folders right in it, as an array of names and bytes; what is about the content lies deeper.
fn content(questions: &Path) -> Result<String, Box<dyn Error>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(questions)? {
        let path = entry?.path();
        if path.is_dir() {
            for entry in fs::read_dir(&path)? {
                files.push(entry?.path());
            }
        } else {
            files.push(path);
        }
    }
    files.retain(|path| path.is_file());
    files.sort();
    let mut out = String::from("&[\n");
    for path in files {
        let name = path.strip_prefix(questions)?.to_string_lossy().replace('\\', "/");
        writeln!(out, "    ({name:?}, include_bytes!({:?})),", path.display().to_string())?;
    }
    out.push_str("]\n");
    Ok(out)
}
