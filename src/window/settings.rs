//! What the reader may set, kept beside the journal.

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    pub theme: ThemeChoice,
    /// Interface scale, 0.8 to 2.0.
    pub scale: f32,
    pub reduced_motion: bool,
    /// How fast a scene plays by itself: 1 gives time to read, 2 half of it.
    pub pace: f32,
    /// New cards a day.
    pub new_cards: u16,
    /// Reviews are for practice: they are logged but do not move the schedule.
    pub extra_practice: bool,
    /// The card of the first run has been seen and is not wanted.
    pub welcomed: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: ThemeChoice::System,
            scale: 1.0,
            reduced_motion: false,
            pace: 1.0,
            new_cards: 20,
            extra_practice: false,
            welcomed: false,
        }
    }
}

pub const SMALLEST_SCALE: f32 = 0.8;
pub const LARGEST_SCALE: f32 = 2.0;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ThemeChoice {
    #[default]
    System,
    Light,
    Dark,
}

impl ThemeChoice {
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    pub const fn name(self) -> &'static str {
        match self {
            Self::System => "As the system",
            Self::Light => "Light",
            Self::Dark => "Dark",
        }
    }

    pub const fn next(self) -> Self {
        match self {
            Self::System => Self::Light,
            Self::Light => Self::Dark,
            Self::Dark => Self::System,
        }
    }

    pub const fn preference(self) -> egui::ThemePreference {
        match self {
            Self::System => egui::ThemePreference::System,
            Self::Light => egui::ThemePreference::Light,
            Self::Dark => egui::ThemePreference::Dark,
        }
    }
}
