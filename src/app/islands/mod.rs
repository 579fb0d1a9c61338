//! The parts of pages that the browser takes over. Everything else is drawn on the server and stays as it is.
//!
//! - [`TagList`], [`RepositoryList`]: lists whose rows fill in; `live_list`: the list itself, asked for anew; `fill`: its
//!   rows; `filter_bar`: what narrows it
//! - [`PlatformCards`]: the images of an index, whose sizes are read later
//! - [`RequestBar`]: what the page asked the registry; `trace_log`: how islands add to it

#![expect(unreachable_pub, reason = "the island macro makes public what it writes")]

mod fill;
mod filter_bar;
mod live_list;
mod platform_cards;
mod repository_list;
mod request_bar;
mod tag_list;
mod trace_log;

pub use platform_cards::{Cards, PlatformCards, ShownCard, Sizes};
pub use repository_list::RepositoryList;
pub use request_bar::{RequestBar, Sum, rows};
pub use tag_list::TagList;
