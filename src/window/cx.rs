//! What every pane may read, and what panes may ask for.

use crate::catalog::{Catalog, Question};
use crate::ids::{CardId, MachineId, NoteId, QuestionId, TopicId};
use crate::search::Spot;
use crate::study::{Entry, Progress, Request};
use crate::text::Link;
use crate::time::Moment;
use crate::window::action::Action;
use crate::window::code::Highlighter;
use crate::window::due::Due;
use crate::window::exchanging::Wish;
use crate::window::fitting::Fitting;
use crate::window::images::Images;
use crate::window::look::Look;
use crate::window::machine::{Ask, Machines};
use crate::window::place::Place;
use crate::window::saving::Export;
use crate::window::screen::Screen;
use crate::window::searching::Answer;
use crate::window::session::Session;
use crate::window::settings::Settings;
use crate::window::troubles::Troubles;

/// The read-only context of one frame.
#[expect(clippy::struct_excessive_bools, reason = "each is so or not, whatever the others")]
pub struct Cx<'a> {
    pub catalog: &'a Catalog,
    pub progress: &'a Progress,
    pub due: &'a Due,
    pub place: &'a Place,
    /// The question of the place.
    pub question: &'a Question,
    pub settings: &'a Settings,
    pub data_folder: &'a std::path::Path,
    /// The reader's folders of questions.
    pub folders: &'a [std::path::PathBuf],
    /// Those of them that are not there now.
    pub missing: &'a [std::path::PathBuf],
    pub troubles: &'a Troubles,
    pub fitting: &'a Fitting,
    pub look: &'a Look,
    pub code: &'a Highlighter,
    /// What the reader points at, in the text or in the scene.
    pub pointed: Option<&'a Pointed>,
    pub now: Moment,
    /// Text that was typed and is not on disk yet.
    pub unsaved: &'a std::collections::HashMap<Draft, u64>,
    /// The last answer of the search.
    pub answer: Option<&'a Answer>,
    pub images: &'a Images,
    pub machines: &'a Machines,
    /// This one.
    pub machine: MachineId,
    /// The card under review, while its back is hidden.
    pub hidden_card: Option<&'a CardId>,
    /// The card under review, once its back is shown.
    pub revealed_card: Option<&'a CardId>,
    /// Cards are under review, and have the number keys.
    pub reviewing: bool,
    /// Today's session, while it is on.
    pub session: Option<&'a Session>,
    /// The card of the first run is shown.
    pub welcome: bool,
    /// Something the reader did is still on its way to the disk.
    pub waiting: bool,
    /// How much of an import or an export is done, 0 to 1, while one is under way.
    pub exchanging: Option<f32>,
    /// Nothing can be written: another copy has the data, or the disk refused.
    pub read_only: bool,
}

/// A node of the scene that the pointer or the keyboard is at, there or where the text names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pointed {
    pub node: String,
    pub side: Side,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Text,
    Scene,
}

/// Which cards to review.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    Question(QuestionId),
    Topic(TopicId),
    All,
    /// What today's session has next.
    Today,
}

/// Complete enough to carry out.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    Do(Action),
    Go(QuestionId),
    Follow(Link),
    /// Search for what stands in the box.
    Search(String),
    /// Show what was found; the byte of its text at which the first word stands.
    Open(Spot, usize),
    /// Ask for a file with a picture for the note that is on the desk.
    ChoosePicture,
    /// Write in this note.
    OpenNote(Draft),
    /// Show a step of the current scene.
    Step(usize),
    /// Light a node of the scene for as long as this is asked for.
    Light(String),
    /// Mark where the text names a node, for as long as this is asked for.
    Point(String),
    Review(Scope),
    EndReview,
    /// About the reader's data: goes through the store before the screen shows it.
    Study(Request),
    /// The text of my answer as it stands; written to the drafts at once and to the journal after a pause.
    Typed {
        draft: Draft,
        text: String,
    },
    /// The note is finished for now: make it one entry of its history.
    Settle(Draft),
    Toast(String),
    /// Edit a card's words.
    EditCard(CardId),
    Change(Box<Settings>),
    /// Read these folders of the reader's beside the content.
    Folders(Vec<std::path::PathBuf>),
    /// Ask for a folder of questions.
    ChooseFolder,
    Backup,
    /// Ask for a backup file, then restore it.
    ChooseRestore,
    /// Begin a new file beside data that cannot be opened.
    StartFresh,
    OpenDataFolder,
    /// Read what is to be imported, or write an export.
    Exchange(Wish),
    StopExchange,
    /// Add the entries of another journal.
    Merge(Vec<Entry>),
    /// About another machine.
    Machine(Ask),
    /// One of a note's versions, in place of what is being typed.
    Choose {
        draft: Draft,
        text: String,
        request: Request,
    },
    /// Show a screen in place of the panes.
    Show(Screen),
    /// Back from a screen to the panes.
    Close,
    LeaveSession,
    /// The card of the first run is not wanted.
    SkipWelcome,
    /// Fit the schedule's parameters to the log.
    Fit,
    StopFit,
    /// Leave the parameters as they are.
    ForgetFit,
    /// Into a file that the reader names.
    Save(Export),
    /// Open a page in the browser, which prints it.
    Print(Export),
}

/// Text that is being typed, by what it is for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Draft {
    MyAnswer(QuestionId),
    Attempt(QuestionId),
    /// A note that is on no question.
    Note(NoteId),
    /// The mock interview under way, all of it.
    Mock,
}

impl Draft {
    /// The name under which the store keeps it.
    pub fn key(&self) -> String {
        match self {
            Self::MyAnswer(question) => format!("my-answer:{question}"),
            Self::Attempt(question) => format!("attempt:{question}"),
            Self::Note(note) => format!("note:{note}"),
            Self::Mock => "mock:".to_owned(),
        }
    }

    /// Whether it becomes an entry of the journal once typing rests.
    pub const fn settles(&self) -> bool {
        matches!(self, Self::MyAnswer(_) | Self::Note(_))
    }

    pub fn from_key(key: &str) -> Option<Self> {
        let (kind, question) = key.split_once(':')?;
        match kind {
            "my-answer" => Some(Self::MyAnswer(QuestionId::new(question))),
            "note" => Some(Self::Note(NoteId::new(question))),
            "mock" => Some(Self::Mock),
            "attempt" => Some(Self::Attempt(QuestionId::new(question))),
            _ => None,
        }
    }
}
