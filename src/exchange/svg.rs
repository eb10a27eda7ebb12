//! A moment of a scene as SVG, from the same shapes as the window.

use std::fmt::Write as _;

use emath::Pos2;

use crate::scene::{Align, Moment, Placed, Scene, Shape, Stroke, TextStyle, shapes, twin};
use crate::theme::{Hue, Palette, Role};

/// The scene after the step at `index`, as a file of its own.
pub fn svg(scene: &Scene, placed: &Placed, index: usize, hue: Hue, palette: &Palette) -> String {
    let moment = Moment::at(scene, index);
    let (width, height) = (placed.size.x, placed.size.y);
    let mut out = String::new();
    let _ = write!(
        out,
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.1} {height:.1}" width="{width:.0}" height="{height:.0}" role="img"><title>{}</title><desc>{}</desc>"#,
        escaped(&scene.title),
        escaped(&twin(scene, index)),
    );
    let ground = palette.rgb(Role::Ground).hex();
    let _ = write!(out, r#"<rect width="100%" height="100%" fill="{ground}"/>"#);
    for shape in shapes(scene, placed, &moment, hue, 0.6, None, None) {
        write_shape(&mut out, &shape, palette);
    }
    out.push_str("</svg>\n");
    out
}

fn write_shape(out: &mut String, shape: &Shape, palette: &Palette) {
    let fill = |role: &Option<Role>| role.map_or_else(|| "none".to_owned(), |role| palette.rgb(role).hex());
    let _ = match shape {
        Shape::Rect { rect, radius, fill: ground, stroke } => write!(
            out,
            r#"<rect x="{:.1}" y="{:.1}" width="{:.1}" height="{:.1}" rx="{radius:.1}" fill="{}"{}/>"#,
            rect.left(),
            rect.top(),
            rect.width(),
            rect.height(),
            fill(ground),
            stroke.map_or_else(String::new, |stroke| stroke_text(stroke, palette)),
        ),
        Shape::Line { points, stroke } => {
            write!(out, r#"<polyline points="{}" fill="none"{}/>"#, list(points), stroke_text(*stroke, palette))
        }
        Shape::Polygon { points, fill: role } => {
            write!(out, r#"<polygon points="{}" fill="{}"/>"#, list(points), palette.rgb(*role).hex())
        }
        Shape::Circle { center, radius, fill: ground, stroke } => write!(
            out,
            r#"<circle cx="{:.1}" cy="{:.1}" r="{radius:.1}" fill="{}"{}/>"#,
            center.x,
            center.y,
            fill(ground),
            stroke.map_or_else(String::new, |stroke| stroke_text(stroke, palette)),
        ),
        Shape::Text { at, align, text, style, role } => write!(
            out,
            r#"<text x="{:.1}" y="{:.1}" text-anchor="{}" font-family="{}" font-size="{}" font-weight="{}" fill="{}">{}</text>"#,
            at.x,
            // The middle of the letters stands at the position.
            at.y + style.size() * 0.36,
            anchor(*align),
            family(*style),
            style.size(),
            if style.is_semibold() { 600 } else { 400 },
            palette.rgb(*role).hex(),
            escaped(text),
        ),
    };
}

const fn anchor(align: Align) -> &'static str {
    match align {
        Align::Left => "start",
        Align::Center => "middle",
        Align::Right => "end",
    }
}

const fn family(style: TextStyle) -> &'static str {
    if style.is_mono() { "JetBrains Mono, monospace" } else { "Inter, sans-serif" }
}

fn stroke_text(stroke: Stroke, palette: &Palette) -> String {
    let dash = if stroke.dashed { r#" stroke-dasharray="4 3""# } else { "" };
    let color = palette.rgb(stroke.role).hex();
    format!(r#" stroke="{color}" stroke-width="{}" stroke-linejoin="round" stroke-linecap="round"{dash}"#, stroke.width)
}

fn list(points: &[Pos2]) -> String {
    points.iter().map(|point| format!("{:.1},{:.1}", point.x, point.y)).collect::<Vec<_>>().join(" ")
}

/// Text that cannot end an element or an attribute.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // XML has no place for other control characters.
            c if c.is_control() && c != '\n' && c != '\t' => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_break_out() {
        assert_eq!(escaped("<a b=\"c\">&'\u{1}"), "&lt;a b=&quot;c&quot;&gt;&amp;&#39; ");
    }
}
