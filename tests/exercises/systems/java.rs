//! A JDK with the libraries of the exercises on `$JAVA_LIBS`, and Kafka's on `$KAFKA_LIBS`: no server.

use std::fs;
use std::path::{Path, PathBuf};

use super::{Kit, Place, on_path, variables, version_of};

pub fn find(place: &Place) -> Vec<Kit> {
    let Some(libs) = place.installed("java/libs") else { return Vec::new() };
    let kafka = place.installed("kafka/libs").unwrap_or_default();
    let shown = |path: &Path| path.display().to_string();
    let kit = |bin: PathBuf| {
        let version = version_of(&bin.join("javac"), "-version")?;
        let home = bin.parent()?;
        let env = [("JAVA_LIBS", shown(&libs)), ("KAFKA_LIBS", shown(&kafka)), ("JAVA_HOME", shown(home))];
        Some(Kit { name: "java", version, path: vec![bin], env: variables(env), launch: None, shared: false })
    };
    homes().into_iter().map(|home| home.join("bin")).filter_map(kit).collect()
}

/// The JDK of the path, and those that lie where Debian and the CI machines keep several.
fn homes() -> Vec<PathBuf> {
    let first = on_path("javac").and_then(|javac| Some(javac.canonicalize().ok()?.parent()?.parent()?.to_owned()));
    let installed = fs::read_dir("/usr/lib/jvm").into_iter().flatten().flatten().map(|entry| entry.path());
    let mut homes: Vec<_> = first.into_iter().chain(installed).collect();
    homes.retain(|home| home.join("bin/javac").is_file());
    homes
}
