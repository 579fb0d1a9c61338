//! Telling the parts of a text apart, so that keywords, strings and comments look different.
//!
//! Grammars of languages are programs that run over whatever a file holds, and some texts keep one of them busy for ever
//! (threat T-18). Nothing can stop a thread, so they run in a process of their own: this same program, called for it. It is
//! ended when it does not answer in time, and what it has told until then is shown.

mod highlighter;
mod parts;
mod protocol;
mod worker;

pub use highlighter::{Highlighted, Highlighter};
pub use worker::serve;
