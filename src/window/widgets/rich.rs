//! One paragraph of styled spans: wrapped, selectable, with links that can be clicked, hovered and reached by Tab, and with
//! words that name something in the scene beside it.

use std::ops::Range;
use std::sync::Arc;

use egui::epaint::text::{LayoutJob, TextFormat};
use egui::text_selection::LabelSelectionState;
use egui::{FontId, Galley, Id, Pos2, Rect, Response, Sense, Stroke, Ui, Vec2, WidgetInfo, vec2};

use crate::scene::Names;
use crate::text::{Link, SceneTarget, Span};
use crate::theme::Role;
use crate::window::look::{self, Look};

/// What the reader did with a link, or with a word.
#[derive(Clone, Debug, PartialEq)]
pub enum LinkEvent {
    Hovered(Link),
    Clicked(Link),
    /// The pointer is over the name of this node.
    Named(String),
}

/// What a text has to do with the scene beside it, and what the reader did with it.
#[derive(Default)]
pub struct Reading<'a> {
    pub names: Option<&'a Names>,
    /// The node that is pointed at in the scene: where the text names it is marked.
    pub pointed: Option<&'a str>,
    /// The step that the scene shows: its links are marked.
    pub step: Option<&'a str>,
    /// The step whose first link is scrolled to; taken by the paragraph that has it.
    pub seek: Option<&'a str>,
    pub events: Vec<LinkEvent>,
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
pub fn spans_ui(ui: &mut Ui, look: &Look, spans: &[Span], setting: Setting, reading: &mut Reading<'_>) -> Response {
    let width = ui.available_width();
    spans_in_width_ui(ui, look, spans, setting, width, reading)
}

/// As [`spans_ui`], over at most `width` points.
pub fn spans_in_width_ui(
    ui: &mut Ui,
    look: &Look,
    spans: &[Span],
    setting: Setting,
    width: f32,
    reading: &mut Reading<'_>,
) -> Response {
    let (galley, runs) = layout(ui, look, spans, setting, width);
    let (rect, response) = ui.allocate_exact_size(galley.size(), Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Label, true, galley.text()));
    let origin = rect.min;
    let links_to = |run: &Run, step: Option<&str>| step.is_some() && step_of(spans, run) == step;
    if let Some(run) = runs.iter().find(|run| links_to(run, reading.seek))
        && let Some(rect) = run.rects.first()
    {
        // With the lines around it, so that the sentence is read and not found at the edge.
        ui.scroll_to_rect(rect.translate(origin.to_vec2()).expand2(vec2(0.0, 2.0 * setting.line_height)), None);
        reading.seek = None;
    }
    if !ui.is_rect_visible(rect) {
        return response;
    }
    for run in runs.iter().filter(|run| links_to(run, reading.step)) {
        mark(ui, look, origin, &run.rects);
    }
    names_ui(ui, look, &response, &galley, reading);
    let hot: Option<usize> = link_events(ui, &response, origin, &runs, spans, &mut reading.events);
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

/// The step of the scene that a run of text links to.
fn step_of<'a>(spans: &'a [Span], run: &Run) -> Option<&'a str> {
    match spans.get(run.span)?.link.as_ref()? {
        Link::Scene { target: SceneTarget::Step(step), .. } => Some(step),
        _ => None,
    }
}

/// The name under the pointer is underlined, and said; the names of the node that is pointed at in the scene are marked.
fn names_ui(ui: &Ui, look: &Look, paragraph: &Response, galley: &Galley, reading: &mut Reading<'_>) {
    let pointer = paragraph.hover_pos().filter(|_| paragraph.hovered());
    let Some(names) = reading.names.filter(|_| pointer.is_some() || reading.pointed.is_some()) else { return };
    let origin = paragraph.rect.min;
    for named in names.find(galley.text()) {
        let rects = rects_of(galley, &named.range);
        if reading.pointed == Some(named.node) {
            mark(ui, look, origin, &rects);
        }
        let on_screen = || rects.iter().map(|rect| rect.translate(origin.to_vec2()));
        if pointer.is_some_and(|pointer| on_screen().any(|rect| rect.contains(pointer))) {
            for rect in on_screen() {
                let ends = [rect.left_bottom(), rect.right_bottom()].map(|end| end - vec2(0.0, 1.5));
                let dots = egui::Shape::dotted_line(&ends, look.color(Role::Faint), 3.2, 0.7);
                ui.painter().extend(dots);
            }
            reading.events.push(LinkEvent::Named(named.node.to_owned()));
        }
    }
}

fn mark(ui: &Ui, look: &Look, origin: Pos2, rects: &[Rect]) {
    for rect in rects {
        let ground = rect.translate(origin.to_vec2()).expand2(vec2(2.0, 1.0));
        ui.painter().rect_filled(ground, 3.0, look.color(Role::AccentWeak));
    }
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
    let mut current = 0;
    each_glyph(galley, |at, rect| {
        while ends.get(current).is_some_and(|end| at >= *end) {
            current += 1;
        }
        let Some(span) = spans.get(current).filter(|span| span.style.code || span.link.is_some()) else { return };
        match runs.last_mut().filter(|run| run.span == current) {
            Some(run) => join(&mut run.rects, rect),
            None => {
                runs.push(Run { span: current, code: span.style.code, link: span.link.is_some(), rects: vec![rect] });
            }
        }
    });
    runs
}

/// Where some characters of a text lie, a rectangle a line, relative to the paragraph.
fn rects_of(galley: &Galley, range: &Range<usize>) -> Vec<Rect> {
    let mut rects = Vec::new();
    each_glyph(galley, |at, rect| {
        if range.contains(&at) {
            join(&mut rects, rect);
        }
    });
    rects
}

/// Adds a glyph's rectangle to that of its line.
fn join(rects: &mut Vec<Rect>, rect: Rect) {
    match rects.last_mut().filter(|last| (last.center().y - rect.center().y).abs() < 2.0) {
        Some(last) => *last = last.union(rect),
        None => rects.push(rect),
    }
}

/// Visits each glyph with the number of its character and its rectangle.
fn each_glyph(galley: &Galley, mut visit: impl FnMut(usize, Rect)) {
    let mut at = 0;
    for row in &galley.rows {
        for glyph in &row.glyphs {
            let left = row.pos.x + glyph.pos.x;
            let middle = row.pos.y + row.size.y / 2.0;
            let height = glyph.font_height.min(row.size.y);
            let corner = Pos2::new(left, middle - height / 2.0);
            visit(at, Rect::from_min_size(corner, Vec2::new(glyph.advance_width, height)));
            at += 1;
        }
        at += usize::from(row.ends_with_newline);
    }
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
