//! An SVG of ours as a PNG picture, with the shipped fonts and nothing of the system's.

use std::sync::{Arc, OnceLock};

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{self, Tree, fontdb};
use thiserror::Error;

use crate::fonts;

#[derive(Debug, Error)]
pub enum PngError {
    #[error("could not read the drawing")]
    Svg(#[from] usvg::Error),
    #[error("a picture of {width} × {height} pixels cannot be made")]
    Size { width: u32, height: u32 },
    #[error("could not write the picture: {0}")]
    Encode(String),
}

/// Draws an SVG at `scale` pixels a point.
///
/// # Errors
/// When it is no SVG, or one too large to draw.
pub fn png(svg: &str, scale: f32) -> Result<Vec<u8>, PngError> {
    let pixmap = pixels(svg, scale)?;
    pixmap.encode_png().map_err(|error| PngError::Encode(error.to_string()))
}

/// The same as pixels.
///
/// # Errors
/// As [`png`].
pub fn pixels(svg: &str, scale: f32) -> Result<Pixmap, PngError> {
    let options = usvg::Options { fontdb: shipped_fonts(), ..usvg::Options::default() };
    let tree = Tree::from_str(svg, &options)?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a size in pixels; too large is refused below"
    )]
    let [width, height] = [tree.size().width(), tree.size().height()].map(|side| (side * scale).ceil() as u32);
    let mut pixmap = Pixmap::new(width, height).ok_or(PngError::Size { width, height })?;
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut pixmap.as_mut());
    Ok(pixmap)
}

fn is_named(face: &fontdb::FaceInfo, family: &str) -> bool {
    face.families.iter().any(|(name, _)| name == family)
}

pub(super) fn shipped_fonts() -> Arc<fontdb::Database> {
    static FONTS: OnceLock<Arc<fontdb::Database>> = OnceLock::new();
    let load = || {
        let mut database = fontdb::Database::new();
        for font in [fonts::REGULAR, fonts::SEMIBOLD, fonts::MONO] {
            database.load_font_source(fontdb::Source::Binary(Arc::new(font)));
        }
        // The semibold face calls itself a family of its own; an SVG asks for Inter at a weight of 600.
        let other_names: Vec<fontdb::FaceInfo> =
            database.faces().filter(|face| is_named(face, "Inter Semi Bold")).cloned().collect();
        for mut face in other_names {
            database.remove_face(face.id);
            face.families = vec![("Inter".to_owned(), fontdb::Language::English_UnitedStates)];
            face.weight = fontdb::Weight::SEMIBOLD;
            database.push_face_info(face);
        }
        Arc::new(database)
    };
    FONTS.get_or_init(load).clone()
}
