//! Everything that can be done by name and key: the palette, the key list, the tooltips and the README read this table.

use egui::{Key, KeyboardShortcut, Modifiers};

/// When a key counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum During {
    /// Also while a text field has the focus.
    Anything,
    /// Only while no text is being typed.
    Reading,
}

/// Where an action stands in the list of keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Area {
    Everywhere,
    Question,
    Cards,
    Scene,
    Lab,
    Panes,
}

impl Area {
    pub const ALL: [Self; 6] = [Self::Everywhere, Self::Question, Self::Cards, Self::Scene, Self::Lab, Self::Panes];

    pub const fn title(self) -> &'static str {
        match self {
            Self::Everywhere => "Everywhere",
            Self::Question => "Question",
            Self::Cards => "Cards",
            Self::Scene => "Scene",
            Self::Lab => "Lab",
            Self::Panes => "Panes",
        }
    }
}

macro_rules! actions {
    ($($name:ident: $area:ident, $title:literal, $modifiers:expr, $key:expr, $during:ident;)*) => {
        /// An action, invoked by name and key.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Action { $($name),* }

        impl Action {
            pub const ALL: &[Self] = &[$(Self::$name),*];

            pub const fn info(self) -> Info {
                match self {
                    $(Self::$name => Info {
                        area: Area::$area,
                        name: $title,
                        key: KeyboardShortcut::new($modifiers, $key),
                        during: During::$during,
                    }),*
                }
            }
        }
    };
}

pub struct Info {
    pub area: Area,
    pub name: &'static str,
    pub key: KeyboardShortcut,
    pub during: During,
}

const NONE: Modifiers = Modifiers::NONE;
const CTRL: Modifiers = Modifiers::COMMAND;
const ALT: Modifiers = Modifiers::ALT;
const SHIFT: Modifiers = Modifiers::SHIFT;

actions! {
    Palette: Everywhere, "Find anything", CTRL, Key::K, Anything;
    Search: Everywhere, "Search everything that is written", CTRL, Key::F, Anything;
    Keys: Everywhere, "Show the keys", SHIFT, Key::Questionmark, Reading;
    Settings: Everywhere, "Settings", CTRL, Key::Comma, Anything;
    Progress: Everywhere, "Plan, readiness and calibration", CTRL, Key::P, Anything;
    Statistics: Everywhere, "Statistics: reviews, recall, time", CTRL.plus(SHIFT), Key::P, Anything;
    Today: Everywhere, "Today's session: begin, or go on", NONE, Key::N, Reading;
    Diagnostic: Everywhere, "Diagnostic: what do I know already?", CTRL, Key::D, Anything;
    Mock: Everywhere, "Mock interview", NONE, Key::M, Reading;
    Evening: Everywhere, "The evening before", SHIFT, Key::E, Reading;
    Export: Everywhere, "Export…", CTRL.plus(SHIFT), Key::E, Anything;
    Import: Everywhere, "Import…", CTRL.plus(SHIFT), Key::I, Anything;
    Bundle: Everywhere, "Bundle for another machine…", CTRL.plus(SHIFT), Key::B, Anything;
    MergeBundle: Everywhere, "Merge a bundle of another machine…", CTRL.plus(SHIFT), Key::U, Anything;
    Undo: Everywhere, "Undo", CTRL, Key::Z, Reading;
    UndoPlain: Everywhere, "Undo the last grade or action", NONE, Key::U, Reading;
    Redo: Everywhere, "Redo", Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::Z, Reading;
    Back: Everywhere, "Go back", ALT, Key::ArrowLeft, Anything;
    Forward: Everywhere, "Go forward", ALT, Key::ArrowRight, Anything;
    Filter: Everywhere, "Filter the tree", NONE, Key::Slash, Reading;
    NextQuestion: Everywhere, "Next question", NONE, Key::J, Reading;
    PreviousQuestion: Everywhere, "Previous question", NONE, Key::K, Reading;
    Bigger: Everywhere, "Larger interface", CTRL, Key::Plus, Anything;
    Smaller: Everywhere, "Smaller interface", CTRL, Key::Minus, Anything;
    Theme: Everywhere, "Light, dark or as the system", Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::L, Anything;

    Choose1: Question, "Guess, grade Again, or the first option", NONE, Key::Num1, Reading;
    Choose2: Question, "Shaky, grade Hard, or the second option", NONE, Key::Num2, Reading;
    Choose3: Question, "Likely, grade Good, or the third option", NONE, Key::Num3, Reading;
    Choose4: Question, "Sure, grade Easy, or the fourth option", NONE, Key::Num4, Reading;
    Reveal: Question, "Reveal the answer or the card's back", NONE, Key::Space, Reading;
    TypeAttempt: Question, "Attempt by typing", NONE, Key::T, Reading;
    SpeakAttempt: Question, "Attempt aloud against the clock", NONE, Key::V, Reading;
    FinishAttempt: Question, "Finish the attempt, save its score", CTRL, Key::Enter, Anything;
    TryAgain: Question, "Hide the answer and try again", NONE, Key::H, Reading;
    Why: Question, "Why this today? The plan", NONE, Key::Y, Reading;
    PastAttempts: Question, "Past attempts side by side", NONE, Key::O, Reading;
    MyAnswer: Question, "Write my answer", NONE, Key::A, Reading;
    Scratchpad: Question, "Scratchpad", CTRL, Key::J, Anything;
    Preview: Question, "Note as it reads, on or off", CTRL, Key::E, Anything;
    FindInNote: Question, "Find and replace in the note", CTRL, Key::H, Anything;
    NoteHistory: Question, "History of the note", CTRL.plus(SHIFT), Key::H, Anything;
    MakeCard: Question, "Make a card of the selection", CTRL.plus(SHIFT), Key::K, Anything;

    ReviewQuestion: Cards, "Review this question's cards", NONE, Key::R, Reading;
    ReviewTopic: Cards, "Review the topic's due cards", SHIFT, Key::T, Reading;
    ReviewAll: Cards, "Review all due cards", SHIFT, Key::R, Reading;
    EditCard: Cards, "Edit this card", NONE, Key::E, Reading;
    SuspendCard: Cards, "Suspend this card", NONE, Key::S, Reading;
    EndReview: Cards, "End the review, close what is open", NONE, Key::Escape, Anything;

    NextStep: Scene, "Next step of the scene or the lab", NONE, Key::ArrowRight, Reading;
    PreviousStep: Scene, "Previous step of the scene or the lab", NONE, Key::ArrowLeft, Reading;
    Fit: Scene, "Fit the scene to its pane", NONE, Key::F, Reading;
    PlayScene: Scene, "Play the scene or the lab, or stop", NONE, Key::P, Reading;
    DrawFromMemory: Scene, "Draw the scene from memory", NONE, Key::D, Reading;
    MyDiagram: Scene, "My own diagram of the question", NONE, Key::G, Reading;
    CopyScene: Scene, "Copy the scene as a picture", CTRL.plus(SHIFT), Key::C, Anything;
    CopySvg: Scene, "Copy the scene as SVG", CTRL.plus(SHIFT), Key::G, Anything;
    SaveScene: Scene, "Save the scene as SVG or PNG", CTRL.plus(SHIFT), Key::S, Anything;

    Lab: Lab, "Open the question's lab, or close it", NONE, Key::L, Reading;
    BreakLab: Lab, "Break the lab's most instructive part", NONE, Key::B, Reading;
    LabCard: Lab, "Make a card of a wrong prediction", NONE, Key::C, Reading;

    PaneTree: Panes, "Show or hide the tree", CTRL, Key::Num1, Anything;
    PaneStudy: Panes, "Show or hide the study pane", CTRL, Key::Num2, Anything;
    PaneScene: Panes, "Show or hide the scene", CTRL, Key::Num3, Anything;
    PaneAnswer: Panes, "Show or hide my answer", CTRL, Key::Num4, Anything;
    ResetLayout: Panes, "Put the panes back", CTRL, Key::Num0, Anything;
}

impl Action {
    /// The key as this system writes it.
    pub fn key_text(self, ctx: &egui::Context) -> String {
        match self {
            Self::Keys => "?".to_owned(),
            Self::Filter => "/".to_owned(),
            _ => as_printed(&ctx.format_shortcut(&self.info().key)),
        }
    }

    /// The actions that are `open` whose key was pressed, longer chords first; a focused text field keeps its keys.
    pub fn pressed(ctx: &egui::Context, typing: bool, open: impl Fn(Self) -> bool) -> Vec<Self> {
        let counts = |action: &Self| (!typing || action.info().during == During::Anything) && open(*action);
        let mut candidates: Vec<Self> = Self::ALL.iter().copied().filter(counts).collect();
        candidates.sort_by_key(|action| std::cmp::Reverse(chord_length(action.info().key.modifiers)));
        ctx.input_mut(|input| {
            if input.events.is_empty() {
                return Vec::new();
            }
            // `?` and `/` sit on different keys in different layouts, so the text they type decides.
            let mut out = Vec::new();
            if !typing {
                for (text, action) in [("?", Self::Keys), ("/", Self::Filter)] {
                    let before = input.events.len();
                    input.events.retain(|event| !matches!(event, egui::Event::Text(typed) if typed == text));
                    if input.events.len() < before {
                        out.push(action);
                    }
                }
            }
            let by_text = [Self::Keys, Self::Filter];
            out.extend(
                candidates
                    .into_iter()
                    .filter(|action| !by_text.contains(action) && input.consume_shortcut(&action.info().key)),
            );
            out
        })
    }
}

/// The key's name as it is printed on the key.
fn as_printed(shortcut: &str) -> String {
    const PRINTED: [(&str, &str); 6] =
        [("Comma", ","), ("Plus", "+"), ("Minus", "−"), ("Left", "←"), ("Right", "→"), ("Escape", "Esc")];
    let known = PRINTED.iter().find_map(|(name, sign)| Some(format!("{}{sign}", shortcut.strip_suffix(name)?)));
    known.unwrap_or_else(|| shortcut.to_owned())
}

fn chord_length(modifiers: Modifiers) -> u32 {
    u32::from(modifiers.alt) + u32::from(modifiers.shift) + u32::from(modifiers.command || modifiers.ctrl)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_actions_share_a_key() {
        for (index, first) in Action::ALL.iter().enumerate() {
            for second in Action::ALL.iter().skip(index + 1) {
                assert_ne!(first.info().key, second.info().key, "{first:?} and {second:?}");
            }
        }
    }

    #[test]
    fn keys_without_a_modifier_leave_typing_alone() {
        for action in Action::ALL {
            let info = action.info();
            let plain = !info.key.modifiers.command && !info.key.modifiers.alt;
            let leaves = info.key.logical_key == Key::Escape || info.during == During::Reading;
            assert!(!plain || leaves, "{action:?} would eat a letter");
        }
    }
}
