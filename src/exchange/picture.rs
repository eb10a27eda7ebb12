//! Pictures that a reader puts into a note: PNG, JPEG, WebP, the first frame of a GIF, SVG. What is too large is refused before
//! it is unpacked, and nothing is fetched.

use std::io::Cursor;

use image::{ImageFormat, ImageReader, Limits, RgbaImage, imageops};
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg;
use sha2::{Digest as _, Sha256};
use thiserror::Error;

/// A picture as pixels, no larger than it is ever shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    pub width: u32,
    pub height: u32,
    /// Red, green, blue, alpha; not premultiplied.
    pub rgba: Vec<u8>,
}

/// The largest file, in bytes.
pub const MOST_BYTES: usize = 20 << 20;
/// The most pixels of an unpacked picture.
const MOST_PIXELS: u64 = 40_000_000;
/// Memory that a decoder may ask for, in bytes.
const MOST_MEMORY: u64 = 320 << 20;
/// The longest side that is kept of it for showing.
const SHOWN: u32 = 1_600;

#[derive(Debug, Error)]
pub enum PictureError {
    #[error("a picture may have {} MB, this one has {} MB", MOST_BYTES >> 20, bytes.div_ceil(1 << 20))]
    TooManyBytes { bytes: usize },
    #[error("a picture may have {} million pixels, this one has {width} × {height}", MOST_PIXELS / 1_000_000)]
    TooManyPixels { width: u32, height: u32 },
    #[error("it is no PNG, JPEG, WebP, GIF or SVG")]
    Unknown,
    #[error("it is damaged ({0})")]
    Damaged(String),
}

/// The name of a picture, which is its content: 64 hex digits of SHA-256.
pub fn name_of(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Two hex digits a byte.
pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

/// Unpacks a picture.
///
/// # Errors
/// When it is too large, damaged, or of no kind that is known.
pub fn decode(bytes: &[u8]) -> Result<Picture, PictureError> {
    if bytes.len() > MOST_BYTES {
        return Err(PictureError::TooManyBytes { bytes: bytes.len() });
    }
    if is_svg(bytes) {
        return draw(bytes);
    }
    let reader = || ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(damaged);
    let format = reader()?.format();
    let known = [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP, ImageFormat::Gif];
    if !format.is_some_and(|format| known.contains(&format)) {
        return Err(PictureError::Unknown);
    }
    let (width, height) = reader()?.into_dimensions().map_err(damaged)?;
    if u64::from(width) * u64::from(height) > MOST_PIXELS {
        return Err(PictureError::TooManyPixels { width, height });
    }
    let mut reader = reader()?;
    let mut limits = Limits::default();
    limits.max_alloc = Some(MOST_MEMORY);
    reader.limits(limits);
    Ok(shown(reader.decode().map_err(damaged)?.into_rgba8()))
}

/// Packs pixels, as they come from the clipboard, as PNG.
///
/// # Errors
/// When they are too many, or fewer than the size says.
pub fn png_of(width: u32, height: u32, rgba: Vec<u8>) -> Result<Vec<u8>, PictureError> {
    if u64::from(width) * u64::from(height) > MOST_PIXELS {
        return Err(PictureError::TooManyPixels { width, height });
    }
    let pixels = RgbaImage::from_raw(width, height, rgba).ok_or(PictureError::Unknown)?;
    let mut out = Cursor::new(Vec::new());
    pixels.write_to(&mut out, ImageFormat::Png).map_err(damaged)?;
    Ok(out.into_inner())
}

fn damaged(error: impl std::fmt::Display) -> PictureError {
    PictureError::Damaged(error.to_string())
}

fn shown(pixels: RgbaImage) -> Picture {
    let longest = pixels.width().max(pixels.height());
    let pixels = if longest > SHOWN {
        let scaled = |side: u32| (u64::from(side) * u64::from(SHOWN) / u64::from(longest)).max(1);
        let [width, height] =
            [pixels.width(), pixels.height()].map(|side| u32::try_from(scaled(side)).unwrap_or(SHOWN));
        imageops::thumbnail(&pixels, width, height)
    } else {
        pixels
    };
    Picture { width: pixels.width(), height: pixels.height(), rgba: pixels.into_raw() }
}

fn is_svg(bytes: &[u8]) -> bool {
    let head = String::from_utf8_lossy(bytes.get(..bytes.len().min(1_024)).unwrap_or_default());
    let head = head.trim_start_matches('\u{feff}').trim_start();
    head.starts_with("<svg") || (head.starts_with("<?xml") || head.starts_with("<!--")) && head.contains("<svg")
}

/// Draws an SVG; pictures that it names are left out, whether they are files, addresses or packed into it.
fn draw(bytes: &[u8]) -> Result<Picture, PictureError> {
    let none =
        usvg::ImageHrefResolver { resolve_data: Box::new(|_, _, _| None), resolve_string: Box::new(|_, _| None) };
    let options =
        usvg::Options { fontdb: super::png::shipped_fonts(), image_href_resolver: none, ..usvg::Options::default() };
    let tree = usvg::Tree::from_data(bytes, &options).map_err(damaged)?;
    let size = tree.size();
    #[expect(clippy::cast_precision_loss, reason = "a length in pixels")]
    let scale = (SHOWN as f32 / size.width().max(size.height())).min(2.0);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most SHOWN")]
    let [width, height] = [size.width(), size.height()].map(|side| ((side * scale).ceil() as u32).clamp(1, SHOWN));
    let mut pixmap = Pixmap::new(width, height).ok_or(PictureError::TooManyPixels { width, height })?;
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut pixmap.as_mut());
    let pixels = pixmap.pixels().iter().flat_map(|pixel| {
        let pixel = pixel.demultiply();
        [pixel.red(), pixel.green(), pixel.blue(), pixel.alpha()]
    });
    Ok(Picture { width, height, rgba: pixels.collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn red(width: u32, height: u32) -> Vec<u8> {
        [255, 0, 0, 255].repeat(width as usize * height as usize)
    }

    #[test]
    fn a_picture_comes_back_and_a_large_one_is_shown_smaller() {
        let png = png_of(3, 2, red(3, 2)).unwrap();
        assert_eq!(decode(&png).unwrap(), Picture { width: 3, height: 2, rgba: red(3, 2) });
        let wide = decode(&png_of(4_000, 10, red(4_000, 10)).unwrap()).unwrap();
        assert_eq!((wide.width, wide.height), (1_600, 4));
        assert_eq!(name_of(&png), name_of(&png.clone()));
        assert_eq!(name_of(b"").len(), 64);
    }

    #[test]
    fn a_bomb_is_refused_before_it_is_unpacked() {
        // The head of a PNG that says it has 60,000 × 60,000 pixels.
        let mut png = png_of(1, 1, red(1, 1)).unwrap();
        png.splice(16..24, [0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60]);
        let crc = crc32(&png[12..29]).to_be_bytes();
        png.splice(29..33, crc);
        let refused = decode(&png);
        assert!(matches!(refused, Err(PictureError::TooManyPixels { width: 60_000, .. })), "{refused:?}");
        assert!(matches!(decode(&vec![0; MOST_BYTES + 1]), Err(PictureError::TooManyBytes { .. })));
    }

    fn crc32(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(!0_u32, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 })
        })
    }

    #[test]
    fn a_drawing_is_drawn_and_fetches_nothing() {
        let svg = "<?xml version=\"1.0\"?><svg xmlns=\"http://www.w3.org/2000/svg\" width=\"10\" height=\"10\">\
            <rect width=\"10\" height=\"10\" fill=\"#00f\"/><image href=\"/etc/hostname\" width=\"5\" height=\"5\"/></svg>";
        let picture = decode(svg.as_bytes()).unwrap();
        assert_eq!((picture.width, picture.height, &picture.rgba[..4]), (20, 20, &[0, 0, 255, 255][..]));
        assert!(matches!(decode(b"plain text"), Err(PictureError::Unknown)));
        assert!(matches!(decode(b"<svg"), Err(PictureError::Damaged(_))));
        assert!(matches!(decode(b"\x89PNG\r\n\x1a\nrubbish"), Err(PictureError::Damaged(_))));
    }
}
