//! What opens over the panes and closes with Escape: the palette, the keys, the settings.

use egui::{Align, Align2, Area, Frame, Id, Key, Margin, Order, ScrollArea, Sense, TextEdit, Ui, Vec2, WidgetInfo};
use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

use crate::ids::{CardId, QuestionId};
use crate::notice::Notice;
use crate::theme::Role;
use crate::window::action::{Action, Area as ActionArea};
use crate::window::cx::{Command, Cx};
use crate::window::look;
use crate::window::panes::tree;
use crate::window::progress_ui::{Numbers, progress_ui};
use crate::window::widgets::controls;

/// At most one is open.
pub enum Overlay {
    Palette(Palette),
    Keys,
    Settings,
    Progress(Box<Numbers>),
    /// The reader's data could not be opened: what happened, and the ways on.
    Trouble(Notice),
}

#[derive(Default)]
pub struct Palette {
    text: String,
    chosen: usize,
    focused: bool,
}

/// One thing the palette can do.
enum Hit {
    Action(Action),
    Question(QuestionId, String, String),
    Card(CardId, String),
}

const MOST_HITS: usize = 40;
const HIT_HEIGHT: f32 = 32.0;

impl Overlay {
    pub fn palette() -> Self {
        Self::Palette(Palette::default())
    }

    /// Draws it; false once it shall close.
    pub fn ui(&mut self, ui: &Ui, cx: &Cx<'_>, out: &mut Vec<Command>) -> bool {
        let screen = ui.ctx().content_rect();
        let dim = Area::new(Id::unique("dim")).order(Order::Middle).fixed_pos(screen.min).interactable(true);
        let mut open = true;
        dim.show(ui.ctx(), |ui| {
            let (rect, response) = ui.allocate_exact_size(screen.size(), Sense::click());
            ui.painter().rect_filled(
                rect,
                0.0,
                egui::Color32::from_black_alpha(if cx.look.is_dark() { 110 } else { 46 }),
            );
            open &= !response.clicked();
        });
        let wide = match self {
            Self::Palette(_) | Self::Settings | Self::Trouble(_) => 560.0_f32,
            Self::Keys | Self::Progress(_) => 760.0,
        };
        let width = wide.min(screen.width() - 40.0);
        let area =
            Area::new(Id::unique("overlay")).order(Order::Foreground).anchor(Align2::CENTER_TOP, Vec2::new(0.0, 72.0));
        // What scrolls in it takes the height that is there.
        let area = area.default_height(screen.height() - 110.0);
        area.show(ui.ctx(), |ui| {
            let frame = Frame::window(ui.style()).inner_margin(Margin::symmetric(18, 16));
            frame.show(ui, |ui| {
                ui.set_width(width - 36.0);
                match self {
                    Self::Palette(palette) => open &= palette.ui(ui, cx, out),
                    Self::Keys => keys_ui(ui, cx, screen.height() - 180.0),
                    Self::Settings => super::settings_ui::settings_ui(ui, cx, out),
                    Self::Progress(numbers) => progress_ui(ui, cx, numbers, out),
                    Self::Trouble(notice) => open &= trouble_ui(ui, cx, notice, out),
                }
            });
        });
        open && !ui.input(|input| input.key_pressed(Key::Escape))
    }
}

/// What happened, what was kept, and what can be done; false once the reader goes on without saving.
fn trouble_ui(ui: &mut Ui, cx: &Cx<'_>, notice: &Notice, out: &mut Vec<Command>) -> bool {
    let paragraph = |ui: &mut Ui, text: &str| {
        let text = egui::RichText::new(text).font(look::regular(look::BODY)).color(cx.look.color(Role::Body));
        ui.add(egui::Label::new(text).wrap());
    };
    controls::line(ui, cx.look, "Your data could not be opened", look::semibold(17.0), Role::Ink);
    ui.add_space(8.0);
    paragraph(ui, &format!("{}.", notice.happened));
    paragraph(ui, &format!("{}. {}.", notice.kept, notice.next));
    ui.add_space(12.0);
    let mut stays = true;
    ui.horizontal_wrapped(|ui| {
        if controls::button(ui, cx.look, controls::Weight::Main, "Restore a backup…", "").clicked() {
            out.push(Command::ChooseRestore);
        }
        if controls::button(ui, cx.look, controls::Weight::Plain, "Start fresh beside it", "").clicked() {
            out.push(Command::StartFresh);
        }
        stays = !controls::button(ui, cx.look, controls::Weight::Quiet, "Read without saving", "Esc").clicked();
    });
    stays
}

impl Palette {
    fn ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, out: &mut Vec<Command>) -> bool {
        let hint = "Questions, cards, actions";
        let field = TextEdit::singleline(&mut self.text)
            .id_salt("palette")
            .hint_text(hint)
            .font(look::regular(16.0))
            .desired_width(f32::INFINITY)
            .frame(Frame::NONE);
        let response = ui.add(field);
        ui.ctx().accesskit_node_builder(response.id, |node| node.set_label("Find anything"));
        if !std::mem::replace(&mut self.focused, true) {
            response.request_focus();
        }
        if response.changed() {
            self.chosen = 0;
        }
        ui.add_space(6.0);
        ui.separator();
        let hits = hits(cx, &self.text);
        let (down, up, enter) = ui.input(|input| {
            (input.key_pressed(Key::ArrowDown), input.key_pressed(Key::ArrowUp), input.key_pressed(Key::Enter))
        });
        let moved = down || up;
        if down {
            self.chosen = (self.chosen + 1).min(hits.len().saturating_sub(1));
        } else if up {
            self.chosen = self.chosen.saturating_sub(1);
        }
        let mut picked = if enter { Some(self.chosen) } else { None };
        if hits.is_empty() {
            controls::caption(ui, cx.look, "Nothing is called that.");
        }
        ScrollArea::vertical().max_height(HIT_HEIGHT * 10.0).auto_shrink([false, true]).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            for (index, hit) in hits.iter().enumerate() {
                let response = hit_ui(ui, cx, hit, index == self.chosen);
                if index == self.chosen && moved {
                    response.scroll_to_me(None);
                }
                if response.clicked() {
                    picked = Some(index);
                }
            }
        });
        let Some(hit) = picked.and_then(|index| hits.into_iter().nth(index)) else {
            // Enter takes the focus from the field.
            if enter {
                response.request_focus();
            }
            return true;
        };
        out.push(match hit {
            Hit::Action(action) => Command::Do(action),
            Hit::Question(id, ..) => Command::Go(id),
            Hit::Card(id, _) => Command::EditCard(id),
        });
        false
    }
}

fn hits(cx: &Cx<'_>, text: &str) -> Vec<Hit> {
    let question = |question: &crate::catalog::Question| {
        Hit::Question(question.id.clone(), question.title.clone(), question.id.topic().to_string())
    };
    if text.trim().is_empty() {
        let near = cx.question.related.iter().filter_map(|id| cx.catalog.question(id)).map(|found| question(found));
        let actions = Action::ALL.iter().copied().map(Hit::Action);
        return near.chain(actions).take(MOST_HITS).collect();
    }
    let pattern = Pattern::parse(text, CaseMatching::Ignore, Normalization::Smart);
    let mut matcher = Matcher::new(Config::DEFAULT);
    let mut buffer = Vec::new();
    let mut actions: Vec<(u32, Action)> = Vec::new();
    for action in Action::ALL {
        let score = pattern.score(Utf32Str::new(action.info().name, &mut buffer), &mut matcher);
        actions.extend(score.map(|score| (score, *action)));
    }
    actions.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    let mut cards: Vec<(u32, Hit)> = Vec::new();
    for card in cx.catalog.questions().flat_map(|question| question.cards()) {
        let front = card.front.plain();
        if let Some(score) = pattern.score(Utf32Str::new(&front, &mut buffer), &mut matcher) {
            cards.push((score, Hit::Card(card.id.clone(), front)));
        }
    }
    cards.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    let actions = actions.into_iter().take(4).map(|(_, action)| Hit::Action(action));
    let questions = tree::matching(cx.catalog, text).into_iter().take(20).map(question);
    let cards = cards.into_iter().take(12).map(|(_, hit)| hit);
    questions.chain(actions).chain(cards).take(MOST_HITS).collect()
}

fn hit_ui(ui: &mut Ui, cx: &Cx<'_>, hit: &Hit, chosen: bool) -> egui::Response {
    let (rect, response) = ui.allocate_exact_size(Vec2::new(ui.available_width(), HIT_HEIGHT), Sense::click());
    let (name, kind) = match hit {
        Hit::Action(action) => (action.info().name.to_owned(), action.key_text(ui.ctx())),
        Hit::Question(_, title, topic) => (title.clone(), topic.clone()),
        Hit::Card(_, front) => (front.clone(), "card".to_owned()),
    };
    response.widget_info(|| WidgetInfo::selected(egui::Role::ListBoxOption, true, chosen, &name));
    if chosen || response.hovered() {
        let role = if chosen { Role::AccentWeak } else { Role::Panel };
        ui.painter().rect_filled(rect, 6.0, cx.look.color(role));
    }
    let faint = cx.look.color(Role::Faint);
    let middle = rect.center().y;
    let kind_font = look::regular(12.0);
    let at = egui::pos2(rect.right() - 10.0, middle);
    let right = ui.painter().text(at, Align2::RIGHT_CENTER, kind, kind_font, faint).left() - 12.0;
    let ink = cx.look.color(Role::Ink);
    let mut job = egui::epaint::text::LayoutJob::simple_singleline(name, look::regular(14.0), ink);
    job.wrap = egui::epaint::text::TextWrapping::truncate_at_width(right - rect.left() - 10.0);
    let galley = ui.painter().layout_job(job);
    ui.painter().galley(egui::pos2(rect.left() + 10.0, middle - galley.size().y / 2.0), galley, ink);
    response
}

fn keys_ui(ui: &mut Ui, cx: &Cx<'_>, height: f32) {
    controls::line(ui, cx.look, "Keys", look::semibold(17.0), Role::Ink);
    ui.add_space(6.0);
    ScrollArea::vertical().max_height(height).auto_shrink([false, true]).show(ui, |ui| {
        ui.spacing_mut().item_spacing.x = 36.0;
        ui.columns(2, |columns| {
            for (index, area) in ActionArea::ALL.into_iter().enumerate() {
                let column = usize::from(!matches!(area, ActionArea::Everywhere | ActionArea::Scene));
                let Some(ui) = columns.get_mut(column) else { continue };
                ui.push_id(index, |ui| area_ui(ui, cx, area));
            }
        });
    });
}

fn area_ui(ui: &mut Ui, cx: &Cx<'_>, area: ActionArea) {
    ui.spacing_mut().item_spacing = Vec2::new(8.0, 0.0);
    ui.spacing_mut().interact_size.y = 24.0;
    ui.add_space(6.0);
    controls::line(ui, cx.look, area.title(), look::semibold(12.5), Role::Accent);
    for action in Action::ALL.iter().filter(|action| action.info().area == area) {
        ui.horizontal(|ui| {
            ui.set_min_height(22.0);
            controls::line(ui, cx.look, action.info().name, look::regular(13.0), Role::Body);
            ui.with_layout(egui::Layout::right_to_left(Align::Center), |ui| {
                controls::key_cap(ui, cx.look, &action.key_text(ui.ctx()));
            });
        });
    }
    ui.add_space(8.0);
}
