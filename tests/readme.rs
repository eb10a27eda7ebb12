//! The README's list of keys is the program's.

use std::fmt::Write as _;
use std::path::Path;

use whetstone::window::Action;

const BEGINS: &str = "<!-- keys: this table is compared with the program by a test -->\n";
const ENDS: &str = "<!-- /keys -->";

/// `UPDATE_SNAPSHOTS=1` writes the table anew.
#[test]
fn the_keys_of_the_readme_are_those_of_the_program() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = std::fs::read_to_string(&path).unwrap().replace("\r\n", "\n");
    let (before, rest) = readme.split_once(BEGINS).unwrap();
    let (there, after) = rest.split_once(ENDS).unwrap();
    let table = table();
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(&path, format!("{before}{BEGINS}{table}{ENDS}{after}")).unwrap();
        return;
    }
    assert_eq!(there, table);
}

fn table() -> String {
    let ctx = egui::Context::default();
    ctx.set_os(egui::os::OperatingSystem::Nix);
    let mut out = String::from("| key | does |\n|---|---|\n");
    for action in Action::ALL {
        let _ = writeln!(out, "| `{}` | {} |", action.key_text(&ctx), action.info().name);
    }
    out
}
