//! Out and in: the content and the reader's words in formats that others defined. Pure: values in, text out.

pub mod svg;
