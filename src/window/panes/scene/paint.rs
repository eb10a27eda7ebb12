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
            painter.text(to_screen(*at), anchor, text, font(*style, scale), look.color(*role));
        }
    }
}

fn font(style: TextStyle, scale: f32) -> egui::FontId {
    let size = style.size() * scale;
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
