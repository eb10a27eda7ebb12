//! A moment of a scene as SVG, from the same shapes as the window.

use std::fmt::Write as _;

use emath::{Pos2, vec2};

use crate::scene::sketch::Sketch;
use crate::scene::{Align, FLOW_REST, Moment, Placed, Scene, Shape, Stroke, TextStyle, shapes, twin, width_of};
use crate::theme::{Hue, Palette, Role};

/// The scene after the step at `index`, as a file of its own.
pub fn svg(scene: &Scene, placed: &Placed, index: usize, hue: Hue, palette: &Palette) -> String {
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
    write_step(&mut out, scene, placed, index, hue, palette);
    out.push_str("</svg>\n");
    out
}

/// The reader's own diagram, as a file of its own.
pub fn sketch(sketch: &Sketch, hue: Hue, palette: &Palette) -> String {
    let scene = sketch.as_scene("My diagram");
    svg(&scene, &Placed::of(&scene, &width_of), 0, hue, palette)
}

/// Width of a step on a sheet: what the scene pane has as a rule, in points.
const STEP_WIDTH: f32 = 480.0;
const SHEET_MARGIN: f32 = 24.0;
const CAPTION_LINE: f32 = 17.0;

/// All steps of a scene on one page, two beside each other, each with its caption, as wide as the pane shows them.
pub fn sheet(scene: &Scene, placed: &Placed, hue: Hue, palette: &Palette) -> String {
    let scale = (STEP_WIDTH / placed.size.x).min(1.0);
    let captions: Vec<Vec<String>> = scene.steps.iter().map(|step| wrapped(&step.says)).collect();
    let most_lines = captions.iter().map(Vec::len).max().unwrap_or(0);
    #[expect(clippy::cast_precision_loss, reason = "a few steps and lines")]
    let (rows, caption_height) = (scene.steps.len().div_ceil(2) as f32, most_lines as f32 * CAPTION_LINE);
    let cell = vec2(STEP_WIDTH + SHEET_MARGIN, placed.size.y * scale + caption_height + 2.0 * SHEET_MARGIN);
    let (width, height) = (2.0 * cell.x + SHEET_MARGIN, rows * cell.y + SHEET_MARGIN);
    let color = |role| palette.rgb(role).hex();
    let mut out = String::new();
    let _ = write!(
        out,
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.1} {height:.1}" width="{width:.0}" height="{height:.0}"><title>{}</title><rect width="100%" height="100%" fill="{}"/>"#,
        escaped(&scene.title),
        color(Role::Ground),
    );
    for (index, (step, lines)) in scene.steps.iter().zip(&captions).enumerate() {
        #[expect(clippy::cast_precision_loss, reason = "a few steps")]
        let (column, row) = ((index % 2) as f32, (index / 2) as f32);
        let (x, y) = (SHEET_MARGIN + column * cell.x, SHEET_MARGIN + row * cell.y);
        let _ = write!(out, r#"<g transform="translate({x:.1} {y:.1}) scale({scale:.3})">"#);
        write_step(&mut out, scene, placed, index, hue, palette);
        out.push_str("</g>");
        let first = y + placed.size.y * scale + CAPTION_LINE;
        let _ = write!(
            out,
            r#"<text x="{x:.1}" y="{first:.1}" font-family="Inter, sans-serif" font-size="13" fill="{}"><tspan fill="{}">{}  {}</tspan>"#,
            color(Role::Body),
            color(Role::Faint),
            index + 1,
            escaped(&step.id),
        );
        for (number, line) in lines.iter().enumerate() {
            #[expect(clippy::cast_precision_loss, reason = "a few lines")]
            let below = (number + 1) as f32 * CAPTION_LINE;
            let _ = write!(out, r#"<tspan x="{x:.1}" y="{:.1}">{}</tspan>"#, first + below, escaped(line));
        }
        out.push_str("</text>");
    }
    out.push_str("</svg>\n");
    out
}

/// A caption's lines, each as long as fits under a step.
fn wrapped(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if width_of(line, TextStyle::Label) + width_of(word, TextStyle::Label) < STEP_WIDTH - 10.0 => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

fn write_step(out: &mut String, scene: &Scene, placed: &Placed, index: usize, hue: Hue, palette: &Palette) {
    for shape in shapes(scene, placed, &Moment::at(scene, index), hue, FLOW_REST, None, None) {
        write_shape(out, &shape, palette);
    }
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
