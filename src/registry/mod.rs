//! The distribution client: reads catalogs, tags, manifests and configs of a container registry (distribution-spec).
//!
//! Everything a registry sends is hostile until proved otherwise. Numbers like T-4 in comments are of `docs/security.md`.
//!
//! - [`settings`], [`limits`], [`docker_config`]: what the operator says
//! - [`client`]: the calls; [`request`], [`trace`]: who asks, and the record of what was asked
//! - `exchange` asks one question, with sign-in (`auth`, `challenge`, `token`) and repetitions
//! - `fetch` is the one function through which every byte passes; `transport`, `redirect`, `address` say where to
//! - `manifests`, `document`, `cache`: bytes that are hashed before anybody sees them
//! - `lists`, `walk`, `link`, `names`: lists and their pages
//! - [`error`]: everything that can go wrong

mod address;
mod auth;
pub mod cache;
mod challenge;
pub mod client;
pub mod docker_config;
pub mod document;
pub mod error;
mod exchange;
mod fetch;
mod flight;
#[cfg(any(test, fuzzing))]
pub mod laws;
pub mod limits;
mod link;
pub mod listing;
mod lists;
mod manifests;
pub mod message;
mod names;
pub mod origin;
mod pause;
pub mod probe;
mod queue;
mod realm;
mod redirect;
pub mod request;
mod routes;
mod schema1;
mod scope;
pub mod secret;
pub mod settings;
mod text;
mod token;
pub mod trace;
mod transport;
mod walk;

pub use cache::{CacheState, DocumentCache};
pub use client::{Client, ManifestReference};
pub use docker_config::{DockerConfig, DockerConfigError};
pub use document::Document;
pub use error::{Error, FailedRequest, Phase, RealmReason, RedirectReason};
pub use limits::Limits;
pub use listing::{Listing, Truncation};
pub use message::RegistryMessage;
pub use origin::{Origin, OriginError};
pub use probe::{AuthKind, Probe};
pub use request::Request;
pub use secret::Secret;
pub use settings::{Credentials, RegistrySettings};
pub use trace::{Entry, EntryKind, Trace};
pub use transport::SetupError;
