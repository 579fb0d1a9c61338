//! What pages and islands ask: one line each into `service`.
//!
//! - [`functions`]: server functions, which islands call from the browser; they live under `/-/fn` and are for this site's
//!   own script. Others use the JSON API under `/-/api`. `encoding` and `error` are how they talk and fail
//! - `pages`: what pages ask, on the server; `response`: how its failures become the page's status

mod encoding;
mod error;
pub mod functions;
#[cfg(feature = "ssr")]
mod pages;
#[cfg(feature = "ssr")]
mod response;

pub use error::ApiError;
#[cfg(feature = "ssr")]
pub use pages::{compare_images, example_names, find, get_image, get_registry, list_repositories, list_tags};
#[cfg(feature = "ssr")]
pub use response::{redirect_page, request_id, set_page_status};
