//! Prometheus, promtool, Alertmanager and amtool: only the programs. An exercise brings the configuration, so it starts
//! the server as well, on `$PROMETHEUS_PORT`.

use std::io;
use std::path::{Path, PathBuf};

use super::super::need::Need;
use super::super::process;
use super::{Kit, Place, Server, on_path, variables, version_of};

pub fn find_promtool(place: &Place) -> Vec<Kit> {
    kits(place, "promtool")
}

pub fn find_prometheus(place: &Place) -> Vec<Kit> {
    kits(place, "prometheus")
}

fn kits(place: &Place, name: &'static str) -> Vec<Kit> {
    let installed = place.installed("prometheus-3").map(|folder| folder.join(name));
    on_path(name).into_iter().chain(installed).filter_map(|program| kit(name, &program)).collect()
}

fn kit(name: &'static str, program: &Path) -> Option<Kit> {
    let version = version_of(program, "--version")?;
    let path = vec![program.parent().map(PathBuf::from)?];
    Some(Kit { name, version, path, env: Vec::new(), launch: Some(Box::new(ports)), shared: false })
}

fn ports(_: &Need, folder: &Path, token: &str) -> io::Result<Server> {
    let (prometheus, alertmanager) = (process::free_port()?, process::free_port()?);
    let env = [("PROMETHEUS_PORT", prometheus.to_string()), ("ALERTMANAGER_PORT", alertmanager.to_string())];
    Ok(Server {
        env: variables(env),
        pids: Vec::new(),
        child: None,
        token: token.to_owned(),
        folder: folder.to_owned(),
    })
}
