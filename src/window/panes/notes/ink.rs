//! A note as it is typed: Markdown's styles shown, its signs quiet, what is looked for marked.

use std::ops::Range;
use std::sync::Arc;

use egui::epaint::text::{ByteRangeExt as _, LayoutJob, TextFormat};
use egui::{Color32, Galley, Stroke, Ui};

use crate::text::{Markup, RunStyle, markup};
use crate::theme::{Hue, Role};
use crate::window::code::Highlighter;
use crate::window::look::{self, Look};

/// The source of a note, taken apart once for each change.
#[derive(Default)]
pub struct Ink {
    text: String,
    markup: Markup,
}

/// What is looked for in the note, and which of it is at hand.
#[derive(Clone, Copy, Default)]
pub struct Marks<'a> {
    pub found: &'a [Range<usize>],
    pub current: usize,
}

const SIZE: f32 = 14.0;
const LINE: f32 = 21.5;

impl Ink {
    /// The text laid out over `width` points.
    pub fn galley(
        &mut self,
        ui: &Ui,
        (look, hue, code): (&Look, Hue, &Highlighter),
        text: &str,
        width: f32,
        marks: Marks<'_>,
    ) -> Arc<Galley> {
        if self.text != text {
            text.clone_into(&mut self.text);
            self.markup = markup(text);
        }
        let mut job = LayoutJob::default();
        job.wrap.max_width = width;
        for (range, style) in &self.markup.runs {
            let block = self.markup.code.iter().find(|(block, _)| block.start <= range.start && range.end <= block.end);
            let mut format = format_of(look, *style);
            match block {
                Some((_, language)) if style.code && !language.is_empty() => {
                    // As the finished page shows it.
                    let source = text.get(range.clone()).unwrap_or_default();
                    format.font_id = look::mono(13.0);
                    coloured(&mut job, &code.job(look, hue, language, source), &format);
                }
                _ => job.append(text.get(range.clone()).unwrap_or_default(), 0.0, format),
            }
        }
        if text.is_empty() {
            job.append("", 0.0, format_of(look, RunStyle::default()));
        }
        for (index, range) in marks.found.iter().enumerate() {
            let (ink, ground) = if index == marks.current {
                (Some(look.color(Role::OnAccent)), look.color(Role::Accent))
            } else {
                (None, look.color(Role::AccentWeak))
            };
            mark(&mut job, range, ink, ground);
        }
        ui.painter().layout_job(job)
    }
}

fn format_of(look: &Look, style: RunStyle) -> TextFormat {
    let size = match style.heading {
        1 => 18.0,
        2 => 16.0,
        3..=6 => 15.0,
        _ => SIZE,
    };
    let font_id = if style.code {
        look::mono(size - 1.3)
    } else if style.strong || style.heading > 0 {
        look::semibold(size)
    } else if style.emphasis {
        look::italic(size)
    } else {
        look::regular(size)
    };
    let role = if style.sign {
        Role::Faint
    } else if style.link {
        Role::Accent
    } else if style.strong || style.code || style.heading > 0 {
        Role::Ink
    } else {
        Role::Body
    };
    let color = look.color(role);
    TextFormat {
        font_id,
        line_height: Some(LINE.max(size * 1.4)),
        color,
        background: if style.code && !style.sign { look.color(Role::Code) } else { Color32::TRANSPARENT },
        strikethrough: if style.strike && !style.sign { Stroke::new(1.0, color) } else { Stroke::NONE },
        ..TextFormat::default()
    }
}

/// Appends code in the colours of another layout of it.
fn coloured(job: &mut LayoutJob, code: &LayoutJob, format: &TextFormat) {
    for section in &code.sections {
        let text = code.text.get(section.byte_range.as_usize()).unwrap_or_default();
        job.append(text, 0.0, TextFormat { color: section.format.color, ..format.clone() });
    }
}

/// Gives a range of bytes another ground, splitting what reaches over its ends.
fn mark(job: &mut LayoutJob, range: &Range<usize>, ink: Option<Color32>, ground: Color32) {
    let mut sections = Vec::with_capacity(job.sections.len() + 2);
    for section in std::mem::take(&mut job.sections) {
        let whole = section.byte_range.as_usize();
        let (start, end) = (range.start.clamp(whole.start, whole.end), range.end.clamp(whole.start, whole.end));
        if start >= end {
            sections.push(section);
            continue;
        }
        for (piece, marked) in [(whole.start..start, false), (start..end, true), (end..whole.end, false)] {
            if piece.is_empty() {
                continue;
            }
            let mut part = section.clone();
            part.byte_range = piece.start.into()..piece.end.into();
            if marked {
                part.format.background = ground;
                part.format.color = ink.unwrap_or(part.format.color);
            }
            sections.push(part);
        }
    }
    job.sections = sections;
}
