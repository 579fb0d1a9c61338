//! What stands around every page. The server draws it; nothing of it is in the browser's half.
//!
//! - document: [`shell`], with the [`application`](App) as its body
//! - top: `top_bar` with `breadcrumbs`, `search_box` and `theme_switch`
//! - page: [`loaded`], [`PageHead`], [`FailurePage`], `request_bar`

#![expect(unreachable_pub, reason = "the component macro makes public what it writes")]

mod application;
mod breadcrumbs;
mod failure_page;
mod loaded;
mod page_head;
mod request_bar;
mod search_box;
mod shell;
mod theme_switch;
mod top_bar;

pub use application::App;
pub(super) use failure_page::{AddressFailure, AdviceItem, FactText, FailurePage, FailureReport};
pub(super) use loaded::loaded;
pub(super) use page_head::PageHead;
pub use shell::{Assets, shell};
