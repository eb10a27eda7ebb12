//! A scene's shapes on the screen.

use egui::epaint::PathShape;
use egui::{Align2, Color32, Pos2, Rect, Stroke, Vec2};

use crate::scene::{self, Shape, TextStyle};
use crate::theme::Role;
use crate::window::look::{self, Look};

pub fn paint(painter: &egui::Painter, look: &Look, shape: &Shape, scale: f32, to_screen: &impl Fn(Pos2) -> Pos2) {
    let stroke_of = |stroke: &scene::Stroke| Stroke::new(stroke.width * scale.max(0.7), look.color(stroke.role));
    let fill_of = |fill: &Option<Role>| fill.map_or(Color32::TRANSPARENT, |role| look.color(role));
    match shape {
        Shape::Rect { rect, radius, fill, stroke } => {
            let rect = Rect::from_min_max(to_screen(rect.min), to_screen(rect.max));
            let radius = radius * scale;
            painter.rect_filled(rect, radius, fill_of(fill));
            match stroke {
                Some(stroke) if stroke.dashed => {
                    let outline = outline(rect, radius);
                    let (dash, gap) = (4.5 * scale, 3.2 * scale);
                    painter.extend(egui::Shape::dashed_line(&outline, stroke_of(stroke), dash, gap));
                }
                Some(stroke) => {
                    painter.rect_stroke(rect, radius, stroke_of(stroke), egui::StrokeKind::Middle);
                }
                None => {}
            }
        }
        Shape::Line { points, stroke } => {
            let points: Vec<Pos2> = points.iter().map(|point| to_screen(*point)).collect();
            if stroke.dashed {
                let (dash, gap) = (4.5 * scale, 3.5 * scale);
                painter.extend(egui::Shape::dashed_line(&points, stroke_of(stroke), dash, gap));
            } else {
                painter.add(PathShape::line(points, stroke_of(stroke)));
            }
        }
        Shape::Polygon { points, fill } => {
            let points = points.iter().map(|point| to_screen(*point)).collect();
            painter.add(PathShape::convex_polygon(points, look.color(*fill), Stroke::NONE));
        }
        Shape::Circle { center, radius, fill, stroke } => {
            let stroke = stroke.as_ref().map_or(Stroke::NONE, stroke_of);
            painter.circle(to_screen(*center), radius * scale, fill_of(fill), stroke);
        }
        Shape::Text { at, align, text, style, role } => {
            let anchor = match align {
                scene::Align::Left => Align2::LEFT_CENTER,
                scene::Align::Center => Align2::CENTER_CENTER,
                scene::Align::Right => Align2::RIGHT_CENTER,
            };
            let font = font(text, *style, scale, painter.ctx().zoom_factor());
            painter.text(to_screen(*at), anchor, text, font, look.color(*role));
        }
    }
}

/// Text smaller than this cannot be read, in points at an interface scale of 1.
const READABLE: f32 = 7.5;
/// How much larger than its share text may be drawn, and how much wider at a scale of 1: what its box has room for.
const LARGER: f32 = 1.22;
const WIDER: f32 = 6.0;

fn font(text: &str, style: TextStyle, scale: f32, zoom: f32) -> egui::FontId {
    let mut size = style.size() * scale;
    let readable = READABLE / zoom;
    if size < readable {
        let room = 1.0 + WIDER / scene::width_of(text, style).max(1.0);
        size = readable.min(size * room.min(LARGER));
    }
    if style.is_mono() {
        look::mono(size)
    } else if style.is_semibold() {
        look::semibold(size)
    } else {
        look::regular(size)
    }
}

/// A rounded rectangle as a closed line, for dashes.
fn outline(rect: Rect, radius: f32) -> Vec<Pos2> {
    let mut points = Vec::new();
    let corners = [
        (rect.right_top() + Vec2::new(-radius, radius), -std::f32::consts::FRAC_PI_2),
        (rect.right_bottom() + Vec2::new(-radius, -radius), 0.0),
        (rect.left_bottom() + Vec2::new(radius, -radius), std::f32::consts::FRAC_PI_2),
        (rect.left_top() + Vec2::new(radius, radius), std::f32::consts::PI),
    ];
    for (center, from) in corners {
        for step in 0..=6u8 {
            let angle = from + std::f32::consts::FRAC_PI_2 * f32::from(step) / 6.0;
            points.push(center + radius * Vec2::angled(angle));
        }
    }
    points.extend(points.first().copied());
    points
}

#[cfg(test)]
mod tests {
    use egui::Theme;
    use egui_kittest::Harness;

    use super::*;
    use crate::exchange::{png, svg};
    use crate::scene::{Moment, Placed, Scene, width_of};
    use crate::theme::{Hue, Palette};

    /// Pictures are compared by blocks of this many pixels, since letters and hairlines are smoothed differently.
    const BLOCK: u32 = 4;
    /// A block counts as another one when a channel's mean differs by more than this of 255.
    const CHANNEL: u32 = 40;
    /// The share of blocks that may differ. A wrong weight of the labels alone makes it 0.008.
    const SHARE: f64 = 0.003;

    #[test]
    fn small_text_grows_no_wider_than_its_box() {
        let grown = |text: &str, scale, zoom| {
            let style = TextStyle::Label;
            let font = font(text, style, scale, zoom);
            (scene::width_of(text, style) * (font.size / style.size() - scale)) / scale
        };
        assert!(grown("Fraud check", 0.5, 1.0) > 3.0, "it is made readable");
        assert!(grown("Fraud check", 0.5, 1.0) <= WIDER + 0.1);
        assert!(grown("A much longer label", 0.3, 1.0) <= WIDER + 0.1);
        assert!(grown("Fraud check", 0.5, 1.5).abs() < 0.1, "a larger interface has made it readable already");
    }

    /// The mean of a channel over a block.
    fn mean(at: (u32, u32), channel: usize, pixel: &dyn Fn(u32, u32) -> [u8; 3]) -> u32 {
        let inside = (0..BLOCK * BLOCK).map(|n| pixel(at.0 * BLOCK + n % BLOCK, at.1 * BLOCK + n / BLOCK));
        inside.map(|pixel| u32::from(pixel[channel])).sum::<u32>() / (BLOCK * BLOCK)
    }

    fn scene() -> Scene {
        ron::from_str(include_str!("../../../tests/looks/content/kafka/connect.ron")).unwrap()
    }

    /// The pane and the SVG show the same picture, within what two renderers of text differ by.
    #[test]
    fn the_pane_and_the_svg_show_the_same() {
        let scene = scene();
        let placed = Placed::of(&scene, &width_of);
        for (theme, palette) in [(Theme::Light, Palette::light()), (Theme::Dark, Palette::dark())] {
            for step in [0, 3, 6] {
                let drawn = svg::svg(&scene, &placed, step, Hue::Kafka, &palette);
                let expected = png::pixels(&drawn, 1.0).unwrap();
                let (moment, look) = (Moment::at(&scene, step), Look::of(theme));
                // The end of a change is what the file shows.
                let before = Moment::at(&scene, step.saturating_sub(1));
                let passage = scene::Passage { before: &before, after: &moment, share: 1.0 };
                let shapes = scene::between(&scene, &placed, passage, Hue::Kafka, scene::FLOW_REST, None, None);
                let size = placed.size.ceil();
                let mut harness =
                    Harness::builder().with_size(size).with_theme(theme).with_pixels_per_point(1.0).build_ui(|ui| {
                        look::install(ui.ctx());
                        let mut painter = ui.ctx().layer_painter(egui::LayerId::background());
                        painter.rect_filled(ui.ctx().content_rect(), 0.0, look.color(Role::Ground));
                        for faded in &shapes {
                            painter.set_opacity(faded.opacity);
                            paint(&painter, &look, &faded.shape, 1.0, &|point| point);
                        }
                    });
                harness.run_steps(2);
                let shown = harness.render().unwrap();
                let (width, height) = (shown.width().min(expected.width()), shown.height().min(expected.height()));
                assert!(width > 300 && height > 200, "{width} × {height}");
                let pane = |x, y| [0, 1, 2].map(|channel| shown.get_pixel(x, y).0[channel]);
                let file = |x, y| expected.pixel(x, y).map(|p| [p.red(), p.green(), p.blue()]).unwrap();
                let blocks = (0..height / BLOCK).flat_map(|y| (0..width / BLOCK).map(move |x| (x, y)));
                let differs = |at: &(u32, u32)| {
                    (0..3).any(|channel| mean(*at, channel, &pane).abs_diff(mean(*at, channel, &file)) > CHANNEL)
                };
                let others = u32::try_from(blocks.filter(differs).count()).unwrap();
                let share = f64::from(others) / f64::from((width / BLOCK) * (height / BLOCK));
                assert!(share < SHARE, "{share:.4} of the blocks of step {step} differ, dark {}", palette.dark);
            }
        }
    }
}
