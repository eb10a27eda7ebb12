//! A parsed document as a column of text: headings, paragraphs, lists, tables, code with a copy button.

use egui::scroll_area::ScrollBarVisibility;
use egui::{Frame, Margin, Rect, Sense, Stroke, Ui, Vec2, WidgetInfo};

use super::rich::{self, Reading, Setting};
use crate::text::{Block, BlockKind, Item, Span};
use crate::theme::{Hue, Role};
use crate::window::code::Highlighter;
use crate::window::look::{self, Look, icon};

/// What a document is drawn with.
#[derive(Clone, Copy)]
pub struct Paper<'a> {
    pub look: &'a Look,
    pub hue: Hue,
    pub code: &'a Highlighter,
    pub setting: Setting,
}

impl Paper<'_> {
    /// Draws blocks one under the other; says where each of them stands.
    pub fn blocks_ui(&self, ui: &mut Ui, blocks: &[Block], reading: &mut Reading<'_>) -> Vec<Rect> {
        let mut placed = Vec::with_capacity(blocks.len());
        for (index, block) in blocks.iter().enumerate() {
            if index > 0 {
                ui.add_space(gap_before(block));
            }
            placed.push(ui.push_id(("block", index), |ui| self.block_ui(ui, block, reading)).response.rect);
        }
        placed
    }

    fn block_ui(&self, ui: &mut Ui, block: &Block, reading: &mut Reading<'_>) {
        match &block.kind {
            BlockKind::Heading { level, spans } => {
                let size = if *level <= 1 { 19.0 } else { 16.0 };
                let setting = Setting { size, line_height: size * 1.4, ..self.setting.semibold() };
                rich::spans_ui(ui, self.look, spans, setting, reading);
            }
            BlockKind::Paragraph(spans) => {
                rich::spans_ui(ui, self.look, spans, self.setting, reading);
            }
            BlockKind::List { start, items } => self.list_ui(ui, *start, items, reading),
            BlockKind::Code { info, text } => self.code_ui(ui, info, text),
            BlockKind::Table { head, rows } => self.table_ui(ui, head, rows, reading),
            BlockKind::Quote(blocks) => {
                let bar = Stroke::new(2.0, self.look.color(Role::Line));
                let frame = Frame::new().inner_margin(Margin { left: 14, ..Margin::ZERO });
                let rect = frame.show(ui, |ui| self.blocks_ui(ui, blocks, reading)).response.rect;
                ui.painter().vline(rect.left() + 1.0, rect.y_range(), bar);
            }
            BlockKind::Rule => {
                let (rect, _) = ui.allocate_exact_size(Vec2::new(ui.available_width(), 9.0), Sense::hover());
                ui.painter().hline(rect.x_range(), rect.center().y, self.look.hairline());
            }
        }
    }

    fn list_ui(&self, ui: &mut Ui, start: Option<u64>, items: &[Item], reading: &mut Reading<'_>) {
        const INDENT: f32 = 22.0;
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                ui.add_space(4.0);
            }
            let top = ui.cursor().min;
            let frame = Frame::new().inner_margin(Margin { left: 22, ..Margin::ZERO });
            frame.show(ui, |ui| ui.push_id(index, |ui| self.blocks_ui(ui, &item.blocks, reading)));
            let middle = top.y + self.setting.line_height / 2.0;
            let faint = self.look.color(Role::Faint);
            match (start, item.checked) {
                (_, Some(done)) => {
                    let rect = Rect::from_center_size(egui::pos2(top.x + 7.0, middle), Vec2::splat(12.0));
                    super::marks::tick_box(ui.painter(), self.look, rect, done);
                }
                (Some(first), None) => {
                    let number = format!("{}.", first + index as u64);
                    let at = egui::pos2(top.x + INDENT - 6.0, middle);
                    ui.painter().text(at, egui::Align2::RIGHT_CENTER, number, look::regular(self.setting.size), faint);
                }
                (None, None) => {
                    ui.painter().circle_filled(egui::pos2(top.x + 8.0, middle), 2.2, faint);
                }
            }
        }
    }

    fn code_ui(&self, ui: &mut Ui, info: &str, text: &str) {
        let language = info.split_whitespace().next().unwrap_or_default();
        let text = text.trim_end_matches('\n');
        let frame =
            Frame::new().fill(self.look.color(Role::Code)).corner_radius(8.0).inner_margin(Margin::symmetric(14, 11));
        let shown = frame.show(ui, |ui| {
            ui.set_width(ui.available_width());
            // The bar of a block that is still below the page would be drawn at the page's edge.
            let is_below = ui.cursor().top() > ui.clip_rect().bottom() - 40.0;
            let bar = if is_below { ScrollBarVisibility::AlwaysHidden } else { ScrollBarVisibility::default() };
            let area = egui::ScrollArea::horizontal().auto_shrink([false, true]).scroll_bar_visibility(bar);
            area.show(ui, |ui| {
                let job = self.code.job(self.look, self.hue, language, text);
                ui.add(egui::Label::new(job).wrap_mode(egui::TextWrapMode::Extend).selectable(true));
            });
        });
        let rect = shown.response.rect;
        let button = Rect::from_min_size(rect.right_top() + Vec2::new(-34.0, 6.0), Vec2::splat(26.0));
        let response = ui.interact(button, ui.scope_id().with("copy"), Sense::click()).on_hover_text("Copy");
        response.widget_info(|| WidgetInfo::labeled(egui::Role::Button, true, "Copy the code"));
        if ui.rect_contains_pointer(rect) || response.has_focus() {
            ui.painter().rect_filled(button, 6.0, self.look.color(Role::Surface));
            let role = if response.hovered() || response.has_focus() { Role::Accent } else { Role::Faint };
            ui.painter().text(
                button.center(),
                egui::Align2::CENTER_CENTER,
                icon::COPY,
                look::icon_font(14.0),
                self.look.color(role),
            );
        }
        if response.clicked() {
            ui.copy_text(runnable_text(language, text));
        }
    }

    fn table_ui(&self, ui: &mut Ui, head: &[Vec<Span>], rows: &[Vec<Vec<Span>>], reading: &mut Reading<'_>) {
        let columns = head.len().max(1);
        let cell = Setting { size: 13.5, line_height: 19.5, ..self.setting };
        let widths = column_widths(head, rows, ui.available_width());
        let line = self.look.hairline();
        let all = std::iter::once((head, true)).chain(rows.iter().map(|row| (row.as_slice(), false)));
        for (index, (row, is_head)) in all.enumerate() {
            let top = ui.cursor().min.y;
            let row_rect = ui
                .horizontal_top(|ui| {
                    ui.spacing_mut().item_spacing.x = 0.0;
                    for column in 0..columns {
                        let width = widths.get(column).copied().unwrap_or_default();
                        ui.allocate_ui(Vec2::new(width, 0.0), |ui| {
                            ui.set_width(width);
                            let pad = Margin { left: 0, right: 12, top: 6, bottom: 6 };
                            Frame::new().inner_margin(pad).show(ui, |ui| {
                                let spans = row.get(column).map_or(&[][..], Vec::as_slice);
                                let setting = if is_head {
                                    Setting { size: 12.5, ..cell.semibold() }
                                } else if column == 0 {
                                    cell.ink()
                                } else {
                                    cell
                                };
                                ui.push_id((index, column), |ui| {
                                    rich::spans_ui(ui, self.look, spans, setting, reading);
                                });
                            });
                        });
                    }
                })
                .response
                .rect;
            ui.painter().hline(row_rect.x_range(), row_rect.bottom(), line);
            ui.add_space(-ui.spacing().item_spacing.y);
            debug_assert!(row_rect.bottom() >= top);
        }
        ui.add_space(ui.spacing().item_spacing.y);
    }
}

/// Copied from a console block: the commands alone, as one would type them.
fn runnable_text(language: &str, text: &str) -> String {
    if language != "console" {
        return text.to_owned();
    }
    let commands = text.lines().filter_map(|line| line.strip_prefix("$ ").or_else(|| line.strip_prefix("> ")));
    commands.map(|line| line.to_owned() + "\n").collect()
}

fn gap_before(block: &Block) -> f32 {
    match &block.kind {
        BlockKind::Heading { .. } => 14.0,
        _ => 6.0,
    }
}

/// Shares the width by how much each column has to say, with a floor so that no column starves.
fn column_widths(head: &[Vec<Span>], rows: &[Vec<Vec<Span>>], width: f32) -> Vec<f32> {
    let columns = head.len().max(1);
    let length = |cell: &[Span]| cell.iter().map(|span| span.text.chars().count()).sum::<usize>();
    let mut weights = vec![0.0_f32; columns];
    for row in std::iter::once(head).chain(rows.iter().map(Vec::as_slice)) {
        for (weight, cell) in weights.iter_mut().zip(row) {
            #[expect(clippy::cast_precision_loss, reason = "a cell has few characters")]
            let chars = length(cell).clamp(6, 90) as f32;
            *weight = weight.max(chars.sqrt());
        }
    }
    let total: f32 = weights.iter().sum();
    weights.into_iter().map(|weight| (width * weight / total.max(1.0)).floor()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_console_block_copies_its_commands_only() {
        let text = "$ redis-cli get a\nann\n$ cat <<E\n> x\n> E\nx";
        assert_eq!(runnable_text("console", text), "redis-cli get a\ncat <<E\nx\nE\n");
        assert_eq!(runnable_text("java", "int a;"), "int a;");
    }

    #[test]
    fn columns_fill_the_width_without_starving() {
        let cell = |text: &str| vec![Span { text: text.to_owned(), ..Span::default() }];
        let head = vec![cell("a"), cell("b")];
        let rows = vec![vec![cell("x"), cell(&"long ".repeat(40))]];
        let widths = column_widths(&head, &rows, 500.0);
        assert!(widths[0] > 80.0 && widths[1] > widths[0] && widths.iter().sum::<f32>() <= 500.0, "{widths:?}");
    }
}
