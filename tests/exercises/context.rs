//! Errors that say what was being done.

use std::fmt::Display;
use std::io;

pub trait Context<T> {
    /// `read a.md: No such file or directory`.
    fn context(self, doing: impl Display) -> io::Result<T>;
}

impl<T> Context<T> for io::Result<T> {
    fn context(self, doing: impl Display) -> Self {
        self.map_err(|error| io::Error::new(error.kind(), format!("{doing}: {error}")))
    }
}
