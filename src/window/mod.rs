//! The window: the only room that knows egui. Panes draw a read-only context and ask by commands; the app carries them out.

mod action;
mod app;
mod code;
mod cx;
mod due;
mod empty;
mod exchange_ui;
mod exchanging;
mod finder;
mod fitting;
mod frames;
mod handle;
mod layout;
mod look;
mod mending;
mod opening;
mod overlay;
mod panes;
mod pictures;
mod place;
mod planning;
mod replies;
mod run;
mod saving;
mod screen;
mod searching;
mod session;
mod settings;
mod settings_ui;
mod start;
mod toasts;
mod watch;
mod widgets;

pub use action::Action;
pub use app::{App, Clock, Setup};
pub use run::run;
