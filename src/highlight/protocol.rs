//! What is said between Strata and the process that tells parts apart: JSON, a line for each question and answer.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::view::files::PlainReason;

/// A text.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Question<'a> {
    /// The name of its file, which tells the language.
    pub(super) name: Cow<'a, str>,
    /// Its lines, without what ends them.
    pub(super) lines: Vec<Cow<'a, str>>,
}

/// What is told of it, in this order: the language, line after line from the first, why no further one, the end.
#[derive(Debug, Serialize, Deserialize, PartialEq, Eq)]
pub(super) enum Answer {
    /// Its language, where there is a grammar for it.
    Language(Option<String>),
    /// The parts of the next line.
    Line(Vec<Part>),
    /// Lines that are left are plain, for this reason.
    Plain(PlainReason),
    /// No more is told.
    End,
}

/// How a part looks, and how many bytes of the line it has. The parts of a line make up all of it.
pub(super) type Part = (Cow<'static, str>, usize);
