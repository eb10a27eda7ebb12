//! Text widths from the shipped fonts, so that check, SVG and window lay out alike.

use std::sync::OnceLock;

use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider as _};

use super::TextStyle;
use crate::fonts;

/// Advance widths of the common characters in thousandths of the size; the rest counts as an em wide as `m`.
struct Widths {
    table: Vec<f32>,
    other: f32,
}

const LAST: usize = 0x2300;

fn widths(semibold: bool, mono: bool) -> &'static Widths {
    static REGULAR: OnceLock<Widths> = OnceLock::new();
    static SEMIBOLD: OnceLock<Widths> = OnceLock::new();
    static MONO: OnceLock<Widths> = OnceLock::new();
    if mono {
        MONO.get_or_init(|| read(fonts::MONO))
    } else if semibold {
        SEMIBOLD.get_or_init(|| read(fonts::SEMIBOLD))
    } else {
        REGULAR.get_or_init(|| read(fonts::REGULAR))
    }
}

fn read(font: &[u8]) -> Widths {
    let other = 0.75;
    // The fonts are compiled in; without one every character would count the same.
    let Ok(font) = FontRef::new(font) else { return Widths { table: Vec::new(), other } };
    let (map, metrics) = (font.charmap(), font.glyph_metrics(Size::new(1.0), LocationRef::default()));
    let width = |code: usize| {
        let glyph = map.map(u32::try_from(code).ok()?)?;
        metrics.advance_width(glyph)
    };
    Widths { table: (0..LAST).map(|code| width(code).unwrap_or(other)).collect(), other }
}

/// The width of a line of text, in points at a scale of one.
pub fn width_of(text: &str, style: TextStyle) -> f32 {
    let widths = widths(style.is_semibold(), style.is_mono());
    let width = |c: char| widths.table.get(c as usize).copied().unwrap_or(widths.other);
    text.chars().map(width).sum::<f32>() * style.size()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_are_plausible() {
        let wide = width_of("MMMM", TextStyle::Label);
        let narrow = width_of("iiii", TextStyle::Label);
        assert!(wide > 2.0 * narrow, "{wide} {narrow}");
        let cell = width_of("ab", TextStyle::Cell);
        assert!((cell - width_of("ii", TextStyle::Cell)).abs() < 0.01, "a fixed width");
        assert!(width_of("→", TextStyle::Note) > 4.0);
    }
}
