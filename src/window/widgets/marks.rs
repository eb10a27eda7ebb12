//! Small marks drawn by hand: readiness by shape, tick boxes, topic squares.

use egui::epaint::PathShape;
use egui::{Painter, Pos2, Rect, Stroke, Vec2};

use crate::study::{Confidence, Readiness};
use crate::theme::Role;
use crate::window::look::Look;

/// Ring (untested), half disc (shaky), disc (ready), disc with a tick (proven): shape, not only colour.
pub fn readiness(painter: &Painter, look: &Look, center: Pos2, readiness: Readiness) {
    let radius = 4.2;
    let accent = look.color(Role::Accent);
    let ring = Stroke::new(1.3, accent);
    match readiness {
        Readiness::Untested => {
            painter.circle_stroke(center, radius, Stroke::new(1.2, look.color(Role::Faint)));
        }
        Readiness::Shaky => {
            let half = (0..=12u8).map(|step| {
                let angle = std::f32::consts::FRAC_PI_2 + std::f32::consts::PI * f32::from(step) / 12.0;
                center + radius * Vec2::angled(angle)
            });
            painter.add(PathShape::convex_polygon(half.collect(), accent, Stroke::NONE));
            painter.circle_stroke(center, radius, ring);
        }
        Readiness::Ready => {
            painter.circle_filled(center, radius, accent);
        }
        Readiness::Proven => {
            painter.circle_filled(center, radius + 1.8, accent);
            tick(painter, center, 2.6, Stroke::new(1.5, look.color(Role::OnAccent)));
        }
    }
}

/// Four small bars that grow, as many of them filled as the reader is sure; they end at `right`.
pub fn confidence(painter: &Painter, look: &Look, right: Pos2, confidence: Confidence) {
    for (step, level) in (0u8..).zip(Confidence::ALL) {
        let step = f32::from(step);
        let height = 3.0 + 2.0 * step;
        let left_bottom = right + Vec2::new(-11.0 + 3.0 * step, 4.5);
        let bar = Rect::from_min_max(left_bottom - Vec2::new(0.0, height), left_bottom + Vec2::new(2.0, 0.0));
        let role = if level <= confidence { Role::Faint } else { Role::Line };
        painter.rect_filled(bar, 0.5, look.color(role));
    }
}

pub fn tick(painter: &Painter, center: Pos2, size: f32, stroke: Stroke) {
    let points = vec![
        center + Vec2::new(-size, 0.0),
        center + Vec2::new(-size * 0.25, size * 0.75),
        center + Vec2::new(size, -size * 0.75),
    ];
    painter.add(PathShape::line(points, stroke));
}

pub fn tick_box(painter: &Painter, look: &Look, rect: Rect, ticked: bool) {
    if ticked {
        painter.rect_filled(rect, 4.0, look.color(Role::Accent));
        tick(painter, rect.center(), rect.width() * 0.27, Stroke::new(1.8, look.color(Role::OnAccent)));
    } else {
        let stroke = Stroke::new(1.3, look.color(Role::Faint));
        painter.rect(rect, 4.0, look.color(Role::Surface), stroke, egui::StrokeKind::Inside);
    }
}
