//! PostgreSQL: a fresh cluster for each exercise, with logical decoding possible.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use super::super::context::Context;
use super::super::process;
use super::{Kit, Place, Server, on_path, variables, version_of};

pub fn find(_: &Place) -> Vec<Kit> {
    // Debian keeps each version's programs in a folder of its own, off the path.
    let debian =
        fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|entry| entry.path().join("bin"));
    let path = on_path("postgres").and_then(|program| program.parent().map(PathBuf::from));
    debian.chain(path).filter_map(kit).collect()
}

fn kit(bin: PathBuf) -> Option<Kit> {
    let version = version_of(&bin.join("postgres"), "--version")?;
    let path = vec![bin.clone()];
    let launch = Box::new(move |_: &_, folder: &Path, token: &str| start(&bin, folder, token));
    Some(Kit { name: "postgres", version, path, env: Vec::new(), launch: Some(launch), shared: false })
}

fn start(bin: &Path, folder: &Path, token: &str) -> io::Result<Server> {
    // Its socket's path may have at most 107 bytes, so there is none.
    let port = process::free_port()?;
    let data = folder.join("data");
    fs::create_dir(&data).context(format_args!("make {}", data.display()))?;
    let as_postgres = is_root(&data)?;
    if as_postgres {
        let owned = Command::new("chown").arg("postgres").arg(&data).status().context("run chown")?;
        let opened = folder
            .ancestors()
            .take(2)
            .all(|folder| fs::set_permissions(folder, fs::Permissions::from_mode(0o711)).is_ok());
        if !owned.success() || !opened {
            return Err(io::Error::other(format!("cannot give {} to the user postgres", data.display())));
        }
    }
    let program = |name: &str| {
        let program = bin.join(name);
        // The server refuses to run as root.
        let mut command = if as_postgres { Command::new("setpriv") } else { Command::new(&program) };
        if as_postgres {
            command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]).arg(&program);
        }
        process::with_token(&mut command, token);
        command.current_dir(&data).env("LC_ALL", "C.UTF-8").env("TZ", "UTC").arg("-D").arg(&data);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command
    };
    let made = program("initdb").args(["-U", "postgres", "-A", "trust", "--no-sync"]).status().context("run initdb")?;
    if !made.success() {
        return Err(io::Error::other(format!("initdb failed ({made})")));
    }
    let mut server = program("postgres");
    server.args(["-p", &port.to_string(), "-h", "127.0.0.1", "-k", "", "-c", "fsync=off", "-c", "wal_level=logical"]);
    let child = server.spawn().context("run postgres")?;
    let env =
        [("PGHOST", "127.0.0.1"), ("PGUSER", "postgres"), ("PGDATABASE", "postgres"), ("PGPORT", &port.to_string())];
    let env = variables(env.map(|(key, value)| (key, value.to_owned())));
    Server::starting(child, env, folder, token).once_listening(port, Duration::from_secs(20))
}

fn is_root(own: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt as _;
    Ok(fs::metadata(own).context(format_args!("look at {}", own.display()))?.uid() == 0)
}
