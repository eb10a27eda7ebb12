//! One paragraph of styled spans: wrapped, selectable, with links that can be clicked, hovered and reached by Tab.

use std::sync::Arc;

use egui::epaint::text::{LayoutJob, TextFormat};
use egui::text_selection::LabelSelectionState;
use egui::{FontId, Galley, Id, Pos2, Rect, Response, Sense, Stroke, Ui, Vec2, WidgetInfo, vec2};

use crate::text::{Link, Span};
use crate::theme::Role;
use crate::window::look::{self, Look};

/// What the reader did with a link.
#[derive(Clone, Debug, PartialEq)]
pub enum LinkEvent {
    Hovered(Link),
    Clicked(Link),
}

/// How a paragraph is set.
#[derive(Clone, Copy)]
pub struct Setting {
    pub size: f32,
    pub line_height: f32,
    pub role: Role,
    pub semibold: bool,
}

impl Setting {
    pub const BODY: Self = Self { size: look::BODY, line_height: look::BODY_LINE, role: Role::Body, semibold: false };

    pub const fn ink(self) -> Self {
        Self { role: Role::Ink, ..self }
    }

    pub const fn semibold(self) -> Self {
        Self { semibold: true, role: Role::Ink, ..self }
    }

    fn font(self, span: &Span) -> FontId {
        if span.style.code {
            look::mono(self.size * 0.87)
        } else if span.style.strong || self.semibold {
            look::semibold(self.size)
        } else if span.style.emphasis {
            look::italic(self.size)
        } else {
            look::regular(self.size)
        }
    }
}

/// Space on both sides of a code run.
const CODE_PAD: f32 = 4.0;

/// Draws the spans over the width that is left; events are added to `out`.
pub fn spans_ui(ui: &mut Ui, look: &Look, spans: &[Span], setting: Setting, out: &mut Vec<LinkEvent>) -> Response {
    let width = ui.available_width();
    spans_in_width_ui(ui, look, spans, setting, width, out)
}

/// As [`spans_ui`], over at most `width` points.
pub fn spans_in_width_ui(
    ui: &mut Ui,
    look: &Look,
    spans: &[Span],
    setting: Setting,
    width: f32,
    out: &mut Vec<LinkEvent>,
) -> Response {
    let (galley, runs) = layout(ui, look, spans, setting, width);
    let (rect, response) = ui.allocate_exact_size(galley.size(), Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Label, true, galley.text()));
    if !ui.is_rect_visible(rect) {
        return response;
    }
    let origin = rect.min;
    let hot: Option<usize> = link_events(ui, &response, origin, &runs, spans, out);
    for run in &runs {
        if run.code {
            for rect in &run.rects {
                let ground = rect.translate(origin.to_vec2()).expand2(vec2(CODE_PAD, 0.5));
                ui.painter().rect_filled(ground, 4.0, look.color(Role::Code));
            }
        }
    }
    let color = look.color(setting.role);
    LabelSelectionState::label_text_selection(ui, &response, origin, galley, color, Stroke::NONE);
    for run in runs.iter().filter(|run| run.link) {
        for rect in &run.rects {
            let rect = rect.translate(origin.to_vec2());
            underline(ui, look, rect, hot == Some(run.span));
        }
    }
    response
}

fn underline(ui: &Ui, look: &Look, rect: Rect, hot: bool) {
    let y = rect.bottom() - 1.5;
    let stroke = Stroke::new(1.0, look.color(Role::Accent));
    if hot {
        ui.painter().hline(rect.x_range(), y, stroke);
    } else {
        let line = [Pos2::new(rect.left(), y), Pos2::new(rect.right(), y)];
        ui.painter().extend(egui::Shape::dotted_line(&line, stroke.color, 3.2, 0.7));
    }
}

/// A decorated span and where it lies, relative to the paragraph.
struct Run {
    span: usize,
    code: bool,
    link: bool,
    rects: Vec<Rect>,
}

fn layout(ui: &Ui, look: &Look, spans: &[Span], setting: Setting, width: f32) -> (Arc<Galley>, Vec<Run>) {
    let mut job = LayoutJob::default();
    job.wrap.max_width = width;
    let mut after_code = false;
    for span in spans {
        let role = if span.link.is_some() {
            Role::Accent
        } else if span.style.strong || span.style.code {
            Role::Ink
        } else {
            setting.role
        };
        let format = TextFormat {
            font_id: setting.font(span),
            line_height: Some(setting.line_height),
            color: look.color(role),
            strikethrough: if span.style.strike { Stroke::new(1.0, look.color(role)) } else { Stroke::NONE },
            valign: egui::Align::Center,
            ..TextFormat::default()
        };
        let leading = if span.style.code || after_code { CODE_PAD } else { 0.0 };
        job.append(&span.text, leading, format);
        after_code = span.style.code;
    }
    let galley = ui.painter().layout_job(job);
    let runs = runs(&galley, spans);
    (galley, runs)
}

fn runs(galley: &Galley, spans: &[Span]) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    // The span and the end, in characters, of what is being walked over.
    let mut ends = Vec::with_capacity(spans.len());
    let mut total = 0;
    for span in spans {
        total += span.text.chars().count();
        ends.push(total);
    }
    let (mut at, mut current) = (0, 0);
    for row in &galley.rows {
        for glyph in &row.glyphs {
            while ends.get(current).is_some_and(|end| at >= *end) {
                current += 1;
            }
            at += 1;
            let Some(span) = spans.get(current) else { break };
            if !span.style.code && span.link.is_none() {
                continue;
            }
            let left = row.pos.x + glyph.pos.x;
            let middle = row.pos.y + row.size.y / 2.0;
            let height = glyph.font_height.min(row.size.y);
            let rect =
                Rect::from_min_size(Pos2::new(left, middle - height / 2.0), Vec2::new(glyph.advance_width, height));
            match runs.last_mut().filter(|run| run.span == current) {
                Some(run) => match run.rects.last_mut().filter(|last| (last.center().y - middle).abs() < 2.0) {
                    Some(last) => *last = last.union(rect),
                    None => run.rects.push(rect),
                },
                None => runs.push(Run {
                    span: current,
                    code: span.style.code,
                    link: span.link.is_some(),
                    rects: vec![rect],
                }),
            }
        }
        at += usize::from(row.ends_with_newline);
    }
    runs
}

/// Makes each link a widget of its own; returns the span that is hovered or focused.
fn link_events(
    ui: &Ui,
    paragraph: &Response,
    origin: Pos2,
    runs: &[Run],
    spans: &[Span],
    out: &mut Vec<LinkEvent>,
) -> Option<usize> {
    let mut hot = None;
    for run in runs.iter().filter(|run| run.link) {
        let Some((span, link)) = spans.get(run.span).and_then(|span| Some((span, span.link.clone()?))) else {
            continue;
        };
        for (part, rect) in run.rects.iter().enumerate() {
            let id: Id = paragraph.id.with((run.span, part));
            let response = ui.interact(rect.translate(origin.to_vec2()), id, Sense::click());
            let label = span.text.as_str();
            response.widget_info(|| WidgetInfo::labeled(egui::Role::Link, true, label));
            let response = match &link {
                Link::Web(url) => response.on_hover_text(url),
                _ => response,
            };
            if response.hovered() || response.has_focus() {
                ui.set_cursor_icon(egui::CursorIcon::PointingHand);
                hot = Some(run.span);
                out.push(LinkEvent::Hovered(link.clone()));
            }
            if response.clicked() {
                out.push(LinkEvent::Clicked(link.clone()));
            }
        }
    }
    hot
}
