//! Kafka: a cluster of one or three throw-away nodes, shared by all exercises of the same size.

use std::io;
use std::path::Path;
use std::process::Command;

use super::super::context::Context;
use super::super::need::{Need, Version};
use super::super::process;
use super::{Kit, Place, Server, variables};

pub fn find(place: &Place) -> Vec<Kit> {
    installed(place).into_iter().collect()
}

fn installed(place: &Place) -> Option<Kit> {
    let home = place.installed("kafka")?;
    let libs = home.join("libs");
    let jars = std::fs::read_dir(&libs).ok()?.flatten();
    let server = jars.filter_map(|jar| jar.file_name().into_string().ok()).find_map(|name| {
        let version = name.strip_prefix("kafka_2.13-")?.strip_suffix(".jar")?;
        Version::find(version)
    });
    let env = variables([("KAFKA_HOME", home.display().to_string()), ("KAFKA_LIBS", libs.display().to_string())]);
    let path = vec![home.join("bin")];
    let launch = Box::new(move |need: &Need, folder: &Path, token: &str| start(&home, need, folder, token));
    Some(Kit { name: "kafka", version: server?, path, env, launch: Some(launch), shared: true })
}

fn start(home: &Path, need: &Need, folder: &Path, token: &str) -> io::Result<Server> {
    let brokers = need.options.get("brokers").map_or("1", String::as_str);
    if !["1", "3"].contains(&brokers) {
        return Err(io::Error::other(format!("brokers={brokers}: only 1 or 3")));
    }
    let script = home.join("broker.sh");
    let mut command = Command::new(&script);
    command.arg(folder).arg(brokers);
    process::with_token(&mut command, token);
    let output = command.output().context(format_args!("run {}", script.display()))?;
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    let value = |name: &str| printed.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
    let (Some(bootstrap), Some(pids)) = (value("BOOTSTRAP"), value("BROKER_PIDS")) else {
        process::sweep(token, folder);
        return Err(io::Error::other(String::from_utf8_lossy(&output.stderr).into_owned()));
    };
    let pids = pids.trim_matches('\'').to_owned();
    let env = variables([("BOOTSTRAP", bootstrap.to_owned()), ("BROKER_PIDS", pids.clone())]);
    let pids = pids.split(' ').map(str::to_owned).collect();
    Ok(Server { env, pids, child: None, token: token.to_owned(), folder: folder.to_owned() })
}
