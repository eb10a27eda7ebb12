//! Redis and Valkey: a fresh server for each exercise, since exercises change settings and start servers of their own.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use super::super::context::Context;
use super::super::need::Version;
use super::super::process;
use super::{Kit, Place, Server, on_path, variables, version_of};

pub fn find_redis(place: &Place) -> Vec<Kit> {
    kits(place, "redis", &["redis-8"])
}

pub fn find_valkey(place: &Place) -> Vec<Kit> {
    kits(place, "valkey", &["valkey-9"])
}

fn kits(place: &Place, name: &'static str, folders: &[&str]) -> Vec<Kit> {
    let program = format!("{name}-server");
    let installed = folders.iter().filter_map(|folder| place.installed(folder)).map(|folder| folder.join(&program));
    let servers = on_path(&program).into_iter().chain(installed);
    servers.filter_map(|server| kit(name, server)).collect()
}

fn kit(name: &'static str, server: PathBuf) -> Option<Kit> {
    let version: Version = version_of(&server, "--version")?;
    let folder = server.parent()?.to_owned();
    let launch = Box::new(move |_: &_, data: &Path, token: &str| start(name, &server, data, token));
    // The command-line client is the machine's; any version talks to any server.
    Some(Kit { name, version, path: vec![folder], env: Vec::new(), launch: Some(launch), shared: false })
}

fn start(name: &str, server: &Path, data: &Path, token: &str) -> io::Result<Server> {
    let port = process::free_port()?;
    let mut command = Command::new(server);
    command.args(["--bind", "127.0.0.1", "--save", "", "--port", &port.to_string(), "--dir"]).arg(data);
    command.current_dir(data).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    process::with_token(&mut command, token);
    let child = command.spawn().context(format_args!("run {}", server.display()))?;
    let variable = format!("{}_PORT", name.to_uppercase());
    let env = variables([(&variable, port.to_string())]);
    Server::starting(child, env, data, token).once_listening(port, Duration::from_secs(10))
}
