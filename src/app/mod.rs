//! The pages: drawn on the server, and in part taken over by the browser.
//!
//! - server: `frame`, what stands around every page; `pages`, one file a page, or one folder where it is large
//! - both: `islands`, the parts of pages that the browser takes over; `components`, what pages and islands are made of
//! - browser: `script`, what it does on every page; `browser`, what is asked of it

mod browser;
pub mod components;
#[cfg(feature = "ssr")]
mod frame;
pub mod islands;
#[cfg(feature = "ssr")]
mod pages;
#[cfg(feature = "hydrate")]
pub(crate) mod script;

#[cfg(feature = "ssr")]
pub use frame::{App, shell};
