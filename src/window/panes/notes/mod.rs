//! The reader's own words: my answer to the question, notes on its topic, a scratchpad. Written in Markdown, saved as typed,
//! read beside the model answer, with their history.

mod compare;
mod complete;
mod find;
mod history;
mod ink;
mod making;
mod versions;
mod write;

pub use versions::noted;

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use egui::{Align, Frame, Layout, Margin, Panel, RichText, ScrollArea, Ui};
use serde::{Deserialize, Serialize};

use crate::catalog::Catalog;
use crate::ids::{NoteId, QuestionId};
use crate::study::{Linking, Progress};
use crate::text::{self, Block, BlockKind, Doc, Link, Span};
use crate::theme::{Hue, Role};
use crate::window::action::Action;
use crate::window::cx::{Command, Cx, Draft};
use crate::window::images::Image;
use crate::window::look;
use crate::window::panes::study;
use crate::window::widgets::controls::{self, Weight};
use crate::window::widgets::doc::Paper;
use crate::window::widgets::rich::{LinkEvent, Reading, Setting};

/// What only this pane knows.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub struct NotesPane {
    which: Which,
    show: Show,
    /// The page as it reads stands beside the editor.
    preview: bool,
    #[serde(skip)]
    texts: HashMap<Draft, String>,
    #[serde(skip)]
    focus: bool,
    /// Where the caret shall stand, in bytes.
    #[serde(skip)]
    caret: Option<usize>,
    #[serde(skip)]
    ink: ink::Ink,
    #[serde(skip)]
    find: Option<find::FindBar>,
    #[serde(skip)]
    offer: Option<complete::Offer>,
    /// The row of the offer that was clicked.
    #[serde(skip)]
    picked: Option<usize>,
    /// Of the page, at the last frame.
    #[serde(skip)]
    width: f32,
    /// What was selected last while the field had the focus.
    #[serde(skip)]
    selection: Option<(Draft, Range<usize>)>,
    #[serde(skip)]
    making: Option<making::Making>,
    #[serde(skip)]
    history: history::History,
    #[serde(skip)]
    versions: versions::Versions,
    /// The reader wants to compare before the first attempt.
    #[serde(skip)]
    compare_anyway: Option<QuestionId>,
    /// Parsed for the page, and the text it was parsed from.
    #[serde(skip)]
    page: Option<(String, Doc)>,
}

/// Which note is on the desk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
enum Which {
    #[default]
    Answer,
    Topic,
    Scratch,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
enum Show {
    #[default]
    Write,
    Read,
    Compare,
    History,
}

/// Points from which two columns have room.
const WIDE: f32 = 560.0;

/// What is on the disk of a note.
pub fn saved<'a>(progress: &'a Progress, draft: &Draft) -> &'a str {
    match draft {
        Draft::MyAnswer(question) => progress.question(question).and_then(|state| state.note.as_deref()).unwrap_or(""),
        Draft::Note(note) => progress.note(note),
        Draft::Attempt(_) | Draft::Mock => "",
    }
}

fn hue(cx: &Cx<'_>) -> Hue {
    Hue::of_topic(cx.question.id.topic().as_str())
}

impl NotesPane {
    /// Opens a note in the editor; the caret goes to the byte.
    pub fn write(&mut self, draft: &Draft, caret: Option<usize>) {
        self.which = match draft {
            Draft::Note(note) if note.of_topic().is_some() => Which::Topic,
            Draft::Note(_) => Which::Scratch,
            _ => Which::Answer,
        };
        (self.show, self.focus, self.caret) = (Show::Write, true, caret);
    }

    pub fn show_history(&mut self) {
        self.which = Which::Answer;
        self.show = Show::History;
        self.history.begin();
    }

    /// Text that was typed before the program ended.
    pub fn put(&mut self, draft: Draft, text: String) {
        self.texts.insert(draft, text);
    }

    /// Forgets what is on the screen, so that notes are read anew.
    pub fn forget_all_but(&mut self, kept: impl Fn(&Draft) -> bool) {
        self.texts.retain(|draft, _| kept(draft));
    }

    /// The notes whose text here is the one on the disk.
    pub fn as_they_stand(&self, progress: &Progress) -> HashSet<Draft> {
        let same = self.texts.iter().filter(|(draft, text)| saved(progress, draft) == **text);
        same.map(|(draft, _)| draft.clone()).collect()
    }

    /// This text has come to the disk, where more may have come with it from another machine.
    pub fn written(&mut self, progress: &Progress, draft: &Draft, text: &str) {
        if self.texts.get(draft).is_some_and(|here| here == text) && saved(progress, draft) != text {
            self.texts.remove(draft);
        }
    }

    pub const fn is_making(&self) -> bool {
        self.making.is_some()
    }

    pub fn save_card(&mut self, out: &mut Vec<Command>) {
        if let Some(request) = self.making.as_ref().and_then(making::Making::request) {
            self.making = None;
            out.push(Command::Study(request));
        }
    }

    /// Closes what Escape closes first; false when nothing is open.
    pub fn close_what_is_open(&mut self, ctx: &egui::Context) -> bool {
        let offered = self.offer.take().is_some();
        let open = offered || self.find.take().is_some() || self.making.take().is_some();
        if open && !offered {
            // The field has gone that had the focus.
            ctx.memory_mut(|memory| memory.focused().into_iter().for_each(|id| memory.surrender_focus(id)));
        }
        open
    }

    /// Carries out an action of the notes.
    pub fn act(&mut self, cx: &Cx<'_>, action: Action, out: &mut Vec<Command>) {
        let draft = self.draft(cx);
        match action {
            Action::Preview => {
                let reading = self.show == Show::Read;
                self.preview = !(self.preview || reading);
                // Beside the editor where there is room; a narrow pane shows one of the two.
                self.show = if self.preview && self.width < WIDE { Show::Read } else { Show::Write };
                self.focus = self.show == Show::Write;
            }
            Action::FindInNote => {
                let wanted = self.selected(cx, &draft).filter(|text| !text.contains('\n')).unwrap_or_default();
                self.show = Show::Write;
                let bar = self.find.get_or_insert_default();
                (bar.focus, bar.moved) = (true, true);
                if !wanted.is_empty() {
                    (bar.wanted, bar.at) = (wanted, 0);
                }
            }
            Action::NoteHistory => {
                self.show = if self.show == Show::History { Show::Write } else { Show::History };
                self.history.begin();
            }
            Action::MakeCard => match self.selected(cx, &draft) {
                Some(selection) => {
                    self.show = Show::Write;
                    self.making = Some(making::Making::of(cx.question.id.clone(), selection));
                }
                None => out.push(Command::Toast("First select in the note what the card shall say".to_owned())),
            },
            _ => {}
        }
    }

    /// What was selected last in this note.
    fn selected(&mut self, cx: &Cx<'_>, draft: &Draft) -> Option<String> {
        let range = self.selection.as_ref().filter(|(of, _)| of == draft).map(|(_, range)| range.clone())?;
        let text = self.text(cx, draft).get(range)?.trim().to_owned();
        (!text.is_empty()).then_some(text)
    }

    /// The note that is on the desk.
    pub fn draft(&self, cx: &Cx<'_>) -> Draft {
        match self.which {
            Which::Answer => Draft::MyAnswer(cx.question.id.clone()),
            Which::Topic => Draft::Note(NoteId::topic(&cx.question.id.topic())),
            Which::Scratch => Draft::Note(NoteId::scratch()),
        }
    }

    fn text(&mut self, cx: &Cx<'_>, draft: &Draft) -> &mut String {
        self.texts.entry(draft.clone()).or_insert_with(|| saved(cx.progress, draft).to_owned())
    }

    pub fn ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, out: &mut Vec<Command>) {
        let draft = self.draft(cx);
        self.width = ui.available_width() - 28.0;
        let paper = Frame::new().fill(cx.look.color(Role::Surface));
        let ground = Frame::new().fill(cx.look.color(Role::Ground)).inner_margin(Margin::symmetric(20, 0));
        let head = Panel::top(ui.scope_id().with("head")).resizable(false).exact_size(40.0);
        head.frame(ground).show(ui, |ui| self.head_ui(ui, cx));
        let foot = Panel::bottom(ui.scope_id().with("foot")).resizable(false).exact_size(26.0);
        foot.frame(paper.inner_margin(Margin::symmetric(20, 0)))
            .show_separator_line(false)
            .show(ui, |ui| self.foot_ui(ui, cx, &draft, out));
        let body =
            egui::CentralPanel::default().frame(paper.inner_margin(Margin { left: 20, right: 8, top: 14, bottom: 4 }));
        body.show(ui, |ui| {
            self.versions_ui(ui, cx, &draft, out);
            self.body_ui(ui, cx, &draft, out);
        });
    }

    fn body_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, draft: &Draft, out: &mut Vec<Command>) {
        match self.show {
            Show::Write => self.write_ui(ui, cx, draft, out),
            Show::Read => {
                let text = self.text(cx, draft).clone();
                self.page_ui(ui, cx, draft, &text, out);
            }
            Show::Compare => self.compare_ui(ui, cx, out),
            Show::History => self.history_ui(ui, cx, draft, out),
        }
    }

    fn head_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>) {
        let topic = cx.catalog.topic(&cx.question.id.topic());
        let topic = topic.map_or_else(|| "Topic".to_owned(), |topic| topic.title.clone());
        let narrow = ui.available_width() < 380.0;
        ui.horizontal_centered(|ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            let on_topic = format!("Notes on {topic}");
            let notes = [
                (Which::Answer, "My answer", "My answer"),
                (Which::Topic, topic.as_str(), on_topic.as_str()),
                (Which::Scratch, "Scratchpad", "Scratchpad"),
            ];
            for (which, name, spoken) in notes {
                // In a narrow pane the others are reached by key.
                if (self.which == which || !narrow) && tab(ui, cx, name, spoken, self.which == which).clicked() {
                    self.which = which;
                }
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.spacing_mut().item_spacing.x = 6.0;
                let shows = [
                    (Show::History, "History", "History of the note"),
                    (Show::Compare, "Compare", "Compare with the model answer"),
                    (Show::Read, "Read", "Read the note"),
                    (Show::Write, "Write", "Write the note"),
                ];
                for (show, name, spoken) in shows {
                    let offered = show != Show::Compare || self.which == Which::Answer;
                    if offered && tab(ui, cx, name, spoken, self.show == show).clicked() {
                        self.show = show;
                        self.history.begin();
                    }
                }
            });
        });
    }

    /// Puts text in where the caret was last, or at the end.
    pub fn insert(&mut self, cx: &Cx<'_>, draft: &Draft, what: &str, out: &mut Vec<Command>) {
        let at = self.selection.as_ref().filter(|(of, _)| of == draft).map(|(_, range)| range.end);
        let text = self.text(cx, draft);
        let at = at.filter(|at| text.is_char_boundary(*at)).unwrap_or(text.len());
        // A picture is a paragraph of its own.
        let before = if at == 0 || text.get(..at).is_some_and(|text| text.ends_with("\n\n")) { "" } else { "\n\n" };
        let piece = format!("{before}{what}\n\n");
        text.insert_str(at, &piece);
        let text = text.clone();
        self.caret = Some(at + piece.len());
        out.push(Command::Typed { draft: draft.clone(), text });
    }

    fn foot_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, draft: &Draft, out: &mut Vec<Command>) {
        let words = self.text(cx, draft).split_whitespace().count();
        ui.horizontal_centered(|ui| {
            if self.show == Show::Write && !cx.read_only {
                let add = tab(ui, cx, "Picture…", "Picture into the note…", false);
                if add.on_hover_text("From a file; paste and drop work too").clicked() {
                    out.push(Command::ChoosePicture);
                }
                ui.add_space(8.0);
            }
            if words == 0 {
                return;
            }
            let mut text = if words == 1 { "1 word".to_owned() } else { format!("{words} words") };
            if matches!(draft, Draft::MyAnswer(_)) {
                text = format!("{text} · {} spoken", study::spoken_time(words));
            }
            controls::line(ui, cx.look, &text, look::regular(12.0), Role::Faint);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.add_space(6.0);
                let (text, role) = match (cx.read_only, cx.unsaved.contains_key(draft)) {
                    (true, _) => ("read-only", Role::Down),
                    (false, true) => ("saving", Role::Faint),
                    (false, false) => ("saved", Role::Accent),
                };
                controls::line(ui, cx.look, text, look::regular(12.0), role);
            });
        });
    }

    /// The note as it reads.
    fn page_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, draft: &Draft, written: &str, out: &mut Vec<Command>) {
        ScrollArea::vertical().id_salt(("read", draft.key())).auto_shrink(false).show(ui, |ui| {
            if written.trim().is_empty() {
                let key = Action::MyAnswer.key_text(ui.ctx());
                controls::caption(ui, cx.look, &format!("Nothing written yet. {key} begins."));
            }
            self.blocks_ui(ui, cx, written, out);
            linking_ui(ui, cx, draft, out);
        });
    }

    fn blocks_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, written: &str, out: &mut Vec<Command>) {
        if self.page.as_ref().is_none_or(|(text, _)| *text != written) {
            self.page = Some((written.to_owned(), titled(text::parse_note(written), cx.catalog)));
        }
        let Some((_, doc)) = &self.page else { return };
        let mut reading = Reading::default();
        // Pictures stand between the blocks.
        for (index, blocks) in doc.blocks.chunk_by(|a, b| image_of(a).is_none() && image_of(b).is_none()).enumerate() {
            ui.push_id(("page", index), |ui| match blocks.first().and_then(image_of) {
                Some((name, says)) => picture_ui(ui, cx, name, says),
                None => drop(paper(cx).blocks_ui(ui, blocks, &mut reading)),
            });
        }
        follow(reading.events, out);
    }

    fn history_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, draft: &Draft, out: &mut Vec<Command>) {
        let asked = match draft {
            Draft::MyAnswer(question) => cx.progress.question(question),
            _ => None,
        };
        let versions = match draft {
            Draft::Note(note) => cx.progress.note_history(note),
            _ => asked.map_or(&[][..], |state| &state.note_history),
        };
        if let Some(text) = self.history.ui(ui, cx, versions, asked) {
            self.texts.insert(draft.clone(), text.clone());
            self.show = Show::Write;
            out.push(Command::Typed { draft: draft.clone(), text });
            out.push(Command::Settle(draft.clone()));
        }
    }
}

/// The notes that link to this question.
fn linking_ui(ui: &mut Ui, cx: &Cx<'_>, draft: &Draft, out: &mut Vec<Command>) {
    let Draft::MyAnswer(question) = draft else { return };
    let mut linking = cx.progress.linking_to(question).filter(|note| **note != Linking::Question(question.clone()));
    let Some(first) = linking.next() else { return };
    ui.add_space(14.0);
    controls::line(ui, cx.look, "Linked from", look::semibold(12.5), Role::Faint);
    for note in std::iter::once(first).chain(linking) {
        let (name, draft) = (name_of(cx.catalog, note), draft_of(note));
        if controls::button(ui, cx.look, Weight::Quiet, &name, "").clicked() {
            out.push(Command::OpenNote(draft));
        }
    }
}

/// What a note is called, which is what it is on.
pub fn name_of(catalog: &Catalog, note: &Linking) -> String {
    match note {
        Linking::Question(id) => title_of(catalog, id),
        Linking::Note(id) => {
            let topic = id.of_topic().and_then(|topic| catalog.topic(&topic));
            topic.map_or_else(|| "Scratchpad".to_owned(), |topic| format!("Notes on {}", topic.title))
        }
    }
}

fn draft_of(note: &Linking) -> Draft {
    match note {
        Linking::Question(question) => Draft::MyAnswer(question.clone()),
        Linking::Note(note) => Draft::Note(note.clone()),
    }
}

/// The picture that a block is, by its name, with what is said of it.
fn image_of(block: &Block) -> Option<(&str, &str)> {
    let BlockKind::Paragraph(spans) = &block.kind else { return None };
    let [span] = spans.as_slice() else { return None };
    let Some(Link::Other(url)) = &span.link else { return None };
    Some((url.strip_prefix("image:")?, &span.text))
}

/// A picture over the width of the page at most, or why it cannot be shown.
fn picture_ui(ui: &mut Ui, cx: &Cx<'_>, name: &str, says: &str) {
    ui.add_space(6.0);
    match cx.images.image(name) {
        Image::Ready(texture) => {
            let size = texture.size_vec2();
            let width = size.x.min(ui.available_width() - 4.0).max(1.0);
            let shown = egui::Image::new((texture.id(), size)).fit_to_exact_size(size * (width / size.x));
            ui.add(shown.corner_radius(6.0).alt_text(says));
        }
        Image::Loading => drop(controls::caption(ui, cx.look, "The picture is being read…")),
        Image::Failed(why) => drop(controls::caption(ui, cx.look, &format!("This picture cannot be shown: {why}"))),
    }
    ui.add_space(6.0);
}

fn paper<'a>(cx: &Cx<'a>) -> Paper<'a> {
    let setting = Setting { size: 14.0, line_height: 21.5, ..Setting::BODY };
    Paper { look: cx.look, hue: hue(cx), code: cx.code, setting }
}

fn follow(events: Vec<LinkEvent>, out: &mut Vec<Command>) {
    out.extend(events.into_iter().filter_map(|event| match event {
        LinkEvent::Clicked(link) => Some(Command::Follow(link)),
        LinkEvent::Hovered(_) | LinkEvent::Named(_) => None,
    }));
}

fn tab(ui: &mut Ui, cx: &Cx<'_>, name: &str, spoken: &str, here: bool) -> egui::Response {
    let font = if here { look::semibold(12.5) } else { look::regular(12.5) };
    let role = if here { Role::Ink } else { Role::Faint };
    let text = RichText::new(name).font(font).color(cx.look.color(role));
    ui.spacing_mut().button_padding.x = 3.0;
    let response = ui.add(egui::Button::new(text).frame(false).min_size(egui::vec2(0.0, 24.0)));
    response.widget_info(|| egui::WidgetInfo::selected(egui::Role::Tab, true, here, spoken));
    response
}

fn title_of(catalog: &Catalog, id: &QuestionId) -> String {
    catalog.question(id).map_or_else(|| id.to_string(), |question| question.title.clone())
}

/// Links written as `[[topic/name]]` read as the question's title.
fn titled(mut doc: Doc, catalog: &Catalog) -> Doc {
    fn spans(spans: &mut [Span], catalog: &Catalog) {
        for span in spans {
            if let Some(Link::Question(id)) = &span.link
                && span.text == *id
            {
                span.text = title_of(catalog, &QuestionId::new(id));
            }
        }
    }
    fn blocks(all: &mut [Block], catalog: &Catalog) {
        for block in all {
            match &mut block.kind {
                BlockKind::Heading { spans: of, .. } | BlockKind::Paragraph(of) => spans(of, catalog),
                BlockKind::List { items, .. } => items.iter_mut().for_each(|item| blocks(&mut item.blocks, catalog)),
                BlockKind::Quote(inner) => blocks(inner, catalog),
                BlockKind::Table { head, rows } => {
                    let cells = head.iter_mut().chain(rows.iter_mut().flatten());
                    cells.for_each(|cell| spans(cell, catalog));
                }
                BlockKind::Code { .. } | BlockKind::Rule => {}
            }
        }
    }
    blocks(&mut doc.blocks, catalog);
    doc
}
