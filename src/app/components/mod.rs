//! What several pages use.
//!
//! - frame: [`TopBar`], [`Breadcrumbs`](breadcrumbs), [`SearchBox`](search_box), [`ThemeSwitch`](theme_switch), [`RequestBar`]
//! - page: [`PageHead`], [`loaded`], [`FailurePage`], [`NoticeBox`], [`Nothing`], [`Pager`]
//! - words and figures: [`DigestLabel`], [`Strip`], [`Size`], [`Date`], [`Moment`], [`Chip`], [`ForeignText`], [`SecretText`], [`Icon`]
//! - lists: [`list_state`]
//! - controls: [`CopyButton`], [`FilterBar`], [`Segments`]
//! - `mark`, `keyboard`, `clock`: what the script adds to all pages

pub mod breadcrumbs;
pub mod chip;
pub mod clock;
pub mod copy_button;
pub mod date;
pub mod digest_label;
pub mod failure_page;
pub mod filter_bar;
pub mod icon;
pub mod keyboard;
pub mod list_state;
pub mod loaded;
pub mod mark;
pub mod notice_box;
pub mod page_head;
pub mod pager;
pub mod request_bar;
pub mod search_box;
pub mod secret_text;
pub mod segments;
pub mod size;
pub mod strip;
pub mod text;
pub mod theme_switch;
pub mod top_bar;

pub use chip::{Chip, Tone};
pub use clock::provide_clock;
pub use copy_button::CopyButton;
pub use date::{Date, Moment};
pub use digest_label::DigestLabel;
pub use failure_page::{AddressFailure, FailurePage, FailureReport};
pub use filter_bar::FilterBar;
pub use icon::{Glyph, Icon};
pub use keyboard::{SEARCH_FIELD, listen_to_keys};
pub use loaded::loaded;
pub use mark::mark_digests;
pub use notice_box::{Nothing, NoticeBox};
pub use page_head::PageHead;
pub use pager::Pager;
pub use request_bar::{RequestBar, TraceLog};
pub use secret_text::{SecretText, covered_stretch};
pub use segments::{Segment, Segments};
pub use size::Size;
pub use strip::{Strip, StripScale};
pub use text::ForeignText;
pub use top_bar::TopBar;
