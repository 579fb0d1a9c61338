//! The HTTP server: settings, routes, headers, the JSON API, and the files of the front end.
//!
//! - [`settings`]: everything that can be set; [`check`]: whether it can be used; [`log`]: where log lines go
//! - [`Program`]: what runs, and goes on with other settings; `clients`: whom it asks; [`signals`]: when
//! - `run`: the loop that takes connections; `shares`: how much each reader has at a time; `held`: until when
//! - `health`, `metrics`: for operators
//! - `router`: which address is answered by what
//! - `request`: the name, the time and the log line of each request; `hosts`: which host names are answered to;
//!   `forwarded`: what a proxy says of a request
//! - `policy`: the headers that protect a page; `cache`: how long an answer may be kept; `head`: answers without a body
//! - `base_path`: what stands before every path; `address`: the raw path of a page; `functions`: the guard before the server functions;
//!   `reading`: layers that a page has read
//! - `json`: the JSON API; `error_document`: its errors; `refusal`: answers of the server itself
//! - [`readiness`]: asks a running Strata whether it is well
//! - [`assets`]: script, wasm, style, fonts and fixed files, embedded into the binary

mod address;
pub mod assets;
mod base_path;
mod cache;
mod check;
mod clients;
mod error_document;
mod forwarded;
mod forwarded_for;
mod functions;
mod head;
mod health;
mod held;
mod hosts;
mod json;
pub mod log;
mod metrics;
mod policy;
mod program;
pub mod readiness;
mod reading;
mod refusal;
mod request;
mod router;
mod run;
pub mod settings;
mod shares;
pub mod signals;

pub use check::check;
pub use clients::{Changes, StartError};
pub use health::Health;
pub use metrics::Metrics;
pub use program::Program;
