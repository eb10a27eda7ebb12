//! Other programs' SQLite files, read into plain rows and written from them. Knows their tables, not what a row means.

pub mod anki;
