//! Python with the client libraries of the exercises in one virtual environment; and Moto, which plays AWS.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use super::super::context::Context;
use super::super::need::Version;
use super::super::process;
use super::{Kit, Place, Server, variables, version_of};

pub fn find_python(place: &Place) -> Vec<Kit> {
    let kit = |bin: PathBuf| {
        let version = version_of(&bin.join("python3"), "--version")?;
        Some(Kit { name: "python", version, path: vec![bin], env: Vec::new(), launch: None, shared: false })
    };
    place.installed("python/bin").and_then(kit).into_iter().collect()
}

pub fn find_moto(place: &Place) -> Vec<Kit> {
    let kit = |bin: PathBuf| {
        let server = bin.join("moto_server");
        // The server does not tell its version, and importing it to ask takes a second.
        let version = place.installed("python/moto-version").and_then(|file| std::fs::read_to_string(file).ok())?;
        let version = Version::find(&version)?;
        let launch = Box::new(move |_: &_, folder: &Path, token: &str| start(&server, folder, token));
        // Nothing of a real account must be used, whatever the exercise forgets.
        let env = variables([
            ("AWS_ACCESS_KEY_ID", "test".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "test".to_owned()),
            ("AWS_SESSION_TOKEN", "test".to_owned()),
            ("AWS_REGION", "us-east-1".to_owned()),
            ("AWS_DEFAULT_REGION", "us-east-1".to_owned()),
            ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
            ("AWS_PAGER", String::new()),
        ]);
        // The command line that is sure to ask the pretended AWS comes before the real one.
        let path = place.installed("aws/bin").into_iter().chain([bin]).collect();
        Some(Kit { name: "moto", version, path, env, launch: Some(launch), shared: false })
    };
    place.installed("python/bin").and_then(kit).into_iter().collect()
}

fn start(program: &Path, folder: &Path, token: &str) -> io::Result<Server> {
    let port = process::free_port()?;
    let mut command = Command::new(program);
    command.args(["-H", "127.0.0.1", "-p", &port.to_string()]).current_dir(folder);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    process::with_token(&mut command, token);
    let child = command.spawn().context(format_args!("run {}", program.display()))?;
    let env = variables([("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{port}"))]);
    Server::starting(child, env, folder, token).once_listening(port, Duration::from_secs(30))
}
