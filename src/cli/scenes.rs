//! `whetstone scenes --sheet DIR [SCENE…]`: each scene as a page with all its steps, in both themes.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::Places;
use crate::catalog::SceneFile;
use crate::exchange::{png, svg, write};
use crate::ids::SceneId;
use crate::scene::{Placed, width_of};
use crate::theme::Palette;

#[derive(Debug, Args)]
pub struct Options {
    /// The folder for the pictures
    #[arg(long, value_name = "DIR")]
    sheet: PathBuf,
    /// Only these, e.g. kafka/isr
    scenes: Vec<String>,
}

/// Pixels a point: sharp enough to judge small text.
const SCALE: f32 = 1.5;

pub fn run(places: &Places, options: &Options) -> ExitCode {
    let catalog = match super::catalog_of(places) {
        Ok(catalog) => catalog,
        Err(code) => return code,
    };
    if let Some(unknown) = options.scenes.iter().find(|name| !catalog.scenes.keys().any(|id| id.as_str() == **name)) {
        eprintln!("whetstone scenes: there is no scene `{unknown}` that can be read (see `whetstone check`)");
        return ExitCode::from(1);
    }
    let wanted = |id: &SceneId| options.scenes.is_empty() || options.scenes.iter().any(|name| name == id.as_str());
    let mut count = 0;
    for (id, file) in catalog.scenes.iter().filter(|(id, _)| wanted(id)) {
        for (theme, palette) in [("light", Palette::light()), ("dark", Palette::dark())] {
            let path = options.sheet.join(format!("{}-{theme}.png", id.as_str().replace('/', "-")));
            if let Err(why) = draw(file, &palette)
                .and_then(|picture| write::file(&path, &picture).map_err(|error| super::chain(&error)))
            {
                eprintln!("whetstone scenes: {id}: {why}");
                return ExitCode::from(1);
            }
        }
        count += 1;
    }
    println!("{count} scenes drawn in {}", options.sheet.display());
    ExitCode::SUCCESS
}

fn draw(file: &SceneFile, palette: &Palette) -> Result<Vec<u8>, String> {
    let placed = Placed::of(&file.scene, &width_of);
    png::png(&svg::sheet(&file.scene, &placed, file.hue, palette), SCALE).map_err(|error| super::chain(&error))
}
