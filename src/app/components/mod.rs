//! What pages and islands are made of.
//!
//! - words and figures: [`DigestLabel`], [`Strip`], [`Size`], [`Date`], [`Moment`], [`Chip`], [`ForeignText`],
//!   [`SecretText`], [`Prose`], [`Icon`]
//! - lists: [`list_state`], [`Pager`]
//! - notices: [`NoticeBox`], [`Nothing`]
//! - controls: [`CopyButton`], [`Segments`]

pub mod chip;
pub mod copy_button;
pub mod date;
pub mod digest_label;
pub mod icon;
pub mod list_state;
pub mod notice_box;
pub mod pager;
pub mod secret_text;
pub mod segments;
pub mod size;
pub mod strip;
pub mod text;

pub use chip::{Chip, Tone};
pub use copy_button::CopyButton;
pub use date::{Date, Moment};
pub use digest_label::{DigestLabel, coloured};
pub use icon::{Glyph, Icon};
pub use notice_box::{Nothing, NoticeBox};
pub use pager::Pager;
pub use secret_text::{Cover, SecretText, covered_stretch};
pub use segments::{Segment, Segments};
pub use size::Size;
pub use strip::{Strip, StripScale};
pub use text::{ForeignText, Prose};
