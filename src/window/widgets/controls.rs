//! Buttons that show their key, quiet links, small chips.

use egui::{Align2, FontId, Rect, Response, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo};

use crate::theme::Role;
use crate::window::look::{self, Look};

/// How much a button asks for attention.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// What one usually does next.
    Main,
    Plain,
    /// Text alone.
    Quiet,
}

/// A button with a name and, faint beside it, its key or what it leads to.
pub fn button(ui: &mut Ui, look: &Look, weight: Weight, name: &str, hint: &str) -> Response {
    button_of_width(ui, look, weight, name, hint, 0.0)
}

/// As [`button`], at least `width` points wide with the hint at its right end.
pub fn button_of_width(ui: &mut Ui, look: &Look, weight: Weight, name: &str, hint: &str, width: f32) -> Response {
    button_with(ui, look, weight, (name, hint, name), width)
}

/// As [`button`], with a name of its own for who hears it, where several buttons read alike.
pub fn button_named(ui: &mut Ui, look: &Look, weight: Weight, text: &str, hint: &str, name: &str) -> Response {
    button_with(ui, look, weight, (text, hint, name), 0.0)
}

fn button_with(
    ui: &mut Ui,
    look: &Look,
    weight: Weight,
    (text, hint, name): (&str, &str, &str),
    width: f32,
) -> Response {
    let name_font = look::regular(look::CONTROL);
    let hint_font = look::regular(look::CAPTION);
    let ink = look.color(Role::Ink);
    let name_galley = ui.painter().layout_no_wrap(text.to_owned(), name_font, ink);
    let hint_galley = ui.painter().layout_no_wrap(hint.to_owned(), hint_font, look.color(Role::Faint));
    let pad = if weight == Weight::Quiet { 6.0 } else { 12.0 };
    let gap = if hint.is_empty() { 0.0 } else { 12.0 };
    let size = Vec2::new((name_galley.size().x + gap + hint_galley.size().x + 2.0 * pad).max(width), 32.0);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    let enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Button, enabled, name));
    if ui.is_rect_visible(rect) {
        let hot = response.hovered() || response.has_focus();
        let (fill, line, ink) = match (weight, response.is_pointer_button_down_on(), hot) {
            (Weight::Quiet, _, false) => (None, None, Role::Body),
            (Weight::Quiet, _, true) => (None, None, Role::Accent),
            (_, true, _) | (Weight::Main, _, true) => (Some(Role::AccentWeak), Some(Role::Accent), Role::Ink),
            (Weight::Main, _, false) => (Some(Role::AccentWeak), Some(Role::AccentWeak), Role::Ink),
            (Weight::Plain, _, true) => (Some(Role::Surface), Some(Role::Accent), Role::Ink),
            (Weight::Plain, _, false) => (Some(Role::Surface), Some(Role::Line), Role::Ink),
        };
        if let Some(fill) = fill {
            let stroke = line.map_or(Stroke::NONE, |line| Stroke::new(1.0, look.color(line)));
            ui.painter().rect(rect, 7.0, look.color(fill), stroke, StrokeKind::Inside);
        } else if response.has_focus() {
            ui.painter().rect_stroke(rect, 7.0, Stroke::new(1.0, look.color(Role::Accent)), StrokeKind::Inside);
        }
        let color = if enabled { look.color(ink) } else { look.color(Role::Faint) };
        let middle = rect.center().y;
        let at = egui::pos2(rect.left() + pad, middle - name_galley.size().y / 2.0);
        ui.painter().galley_with_override_text_color(at, name_galley, color);
        let at = egui::pos2(rect.right() - pad - hint_galley.size().x, middle - hint_galley.size().y / 2.0);
        ui.painter().galley(at, hint_galley, color);
    }
    response
}

/// A key as a small cap, e.g. in the header.
pub fn key_cap(ui: &mut Ui, look: &Look, key: &str) -> Response {
    let galley = ui.painter().layout_no_wrap(key.to_owned(), look::regular(11.5), look.color(Role::Faint));
    let size = Vec2::new((galley.size().x + 10.0).max(20.0), 20.0);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    paint_key_cap(ui, look, rect, galley);
    response
}

fn paint_key_cap(ui: &Ui, look: &Look, rect: Rect, galley: std::sync::Arc<egui::Galley>) {
    ui.painter().rect(rect, 4.0, look.color(Role::Surface), look.hairline(), StrokeKind::Inside);
    let at = rect.center() - galley.size() / 2.0;
    ui.painter().galley(at, galley, look.color(Role::Faint));
}

/// A square button with a Lucide icon; `name` is for screen readers and the tooltip.
pub fn icon_button(ui: &mut Ui, look: &Look, glyph: char, name: &str) -> Response {
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(26.0), Sense::click());
    let enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Button, enabled, name));
    let hot = response.hovered() || response.has_focus();
    if hot {
        ui.painter().rect_filled(rect, 6.0, look.color(Role::AccentWeak));
    }
    let role = if hot { Role::Accent } else { Role::Faint };
    ui.painter().text(rect.center(), Align2::CENTER_CENTER, glyph, look::icon_font(15.0), look.color(role));
    response.on_hover_text(name)
}

/// One line of text in a role, without wrapping.
/// At the end of what scrolls: brings to sight what the keyboard has just come to in it.
pub fn follow_focus(ui: &Ui) {
    let focused = ui.ctx().memory(egui::Memory::focused).and_then(|id| ui.ctx().read_response(id));
    if let Some(response) =
        focused.filter(|response| response.gained_focus() && ui.min_rect().contains_rect(response.rect))
    {
        response.scroll_to_me(None);
    }
}

pub fn line(ui: &mut Ui, look: &Look, text: &str, font: FontId, role: Role) -> Response {
    ui.add(egui::Label::new(egui::RichText::new(text).font(font).color(look.color(role))).extend().selectable(false))
}

/// Faint text of caption size that wraps.
pub fn caption(ui: &mut Ui, look: &Look, text: &str) -> Response {
    let text = egui::RichText::new(text).font(look::regular(look::CAPTION)).color(look.color(Role::Faint));
    ui.add(egui::Label::new(text).wrap().selectable(false))
}
