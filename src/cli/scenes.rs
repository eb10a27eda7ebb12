//! `whetstone scenes`: scenes as pictures, each as a page with all its steps, or each step as a file of its own.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::Places;
use crate::catalog::SceneFile;
use crate::exchange::{png, svg, write};
use crate::ids::SceneId;
use crate::scene::{Placed, width_of};
use crate::theme::Palette;

#[derive(Debug, Args)]
#[command(group(clap::ArgGroup::new("what").required(true).multiple(true).args(["sheet", "steps"])))]
pub struct Options {
    /// A page for each scene with all its steps, light and dark, in this folder
    #[arg(long, value_name = "DIR")]
    sheet: Option<PathBuf>,
    /// Each step as a file of its own in this folder
    #[arg(long, value_name = "DIR")]
    steps: Option<PathBuf>,
    #[arg(long, value_enum, default_value = "svg")]
    format: Format,
    #[arg(long, value_enum, default_value = "light")]
    theme: Theme,
    /// Only these, e.g. kafka/isr
    scenes: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Svg,
    Png,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Theme {
    Light,
    Dark,
}

impl Theme {
    fn palette(self) -> Palette {
        match self {
            Self::Light => Palette::light(),
            Self::Dark => Palette::dark(),
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
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
        let name = id.as_str().replace('/', "-");
        let sheet = options.sheet.as_ref().map_or(Ok(()), |folder| sheets(folder, &name, file));
        let steps = || options.steps.as_ref().map_or(Ok(()), |folder| steps(folder, &name, file, options));
        if let Err(why) = sheet.and_then(|()| steps()) {
            eprintln!("whetstone scenes: {id}: {why}");
            return ExitCode::from(1);
        }
        count += 1;
    }
    say!("{count} scenes drawn");
    ExitCode::SUCCESS
}

fn sheets(folder: &Path, name: &str, file: &SceneFile) -> Result<(), String> {
    let placed = Placed::of(&file.scene, &width_of);
    for theme in [Theme::Light, Theme::Dark] {
        let svg = svg::sheet(&file.scene, &placed, file.hue, &theme.palette());
        save(&folder.join(format!("{name}-{}.png", theme.name())), svg, Format::Png)?;
    }
    Ok(())
}

fn steps(folder: &Path, name: &str, file: &SceneFile, options: &Options) -> Result<(), String> {
    let (placed, palette) = (Placed::of(&file.scene, &width_of), options.theme.palette());
    let ending = if options.format == Format::Png { "png" } else { "svg" };
    for (index, step) in file.scene.steps.iter().enumerate() {
        let svg = svg::svg(&file.scene, &placed, index, file.hue, &palette);
        save(&folder.join(format!("{name}.{}.{ending}", step.id)), svg, options.format)?;
    }
    Ok(())
}

fn save(path: &Path, svg: String, format: Format) -> Result<(), String> {
    let content = match format {
        Format::Svg => svg.into_bytes(),
        Format::Png => png::png(&svg, SCALE).map_err(|error| super::chain(&error))?,
    };
    write::file(path, content).map_err(|error| super::chain(&error))
}
