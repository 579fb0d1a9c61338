//! The distribution client: reads catalogs, tags, manifests and configs of a container registry (distribution-spec).
//!
//! Everything a registry sends is hostile until proved otherwise. Numbers like T-4 in comments are of `docs/security.md`.
//!
//! - [`settings`], [`limits`], [`credentials`], [`docker_config`], [`certificates`]: what the operator says
//! - [`client`]: the calls; [`request`], [`asker`], [`trace`]: who asks, and the record of what was asked
//! - `exchange` asks one question, with sign-in (`auth`, `challenge`, `keyring`; `grant` and `token` with a token service) and
//!   repetitions
//! - [`capabilities`]: what is known of the registry itself; [`probe`] and `survey` ask for it
//! - `fetch` is the one function through which every byte passes; `transport`, `redirect`, `address` say where to
//! - `documents`, `document`, `cache`: bytes that are hashed before anybody sees them
//! - `lists`, `walk`, `link`, `names`: lists and their pages
//! - [`referrers`]: what points at a manifest
//! - `queue`, [`turns`], `flight`, `pause`: how many requests at a time, and when none; [`meter`]: what is counted
//! - [`error`]: everything that can go wrong

mod address;
pub mod asker;
mod auth;
pub mod cache;
pub mod capabilities;
pub mod certificates;
mod challenge;
pub mod client;
pub mod credentials;
pub mod docker_config;
pub mod document;
mod documents;
pub mod error;
mod exchange;
mod fetch;
mod flight;
mod grant;
mod keyring;
#[cfg(any(test, fuzzing))]
pub mod laws;
pub mod limits;
mod link;
pub mod listing;
mod lists;
pub mod message;
pub mod meter;
mod names;
pub mod origin;
mod pause;
pub mod probe;
mod queue;
mod realm;
mod redirect;
pub mod referrers;
pub mod request;
mod routes;
mod schema1;
mod scope;
pub mod secret;
pub mod settings;
mod stream;
mod survey;
mod text;
mod token;
pub mod trace;
mod transport;
mod trouble;
pub mod turns;
mod walk;

pub use asker::{Asker, Reader};
pub use cache::{CacheState, DocumentCache};
pub use capabilities::{Capabilities, Evidence, Finding};
pub use certificates::ClientCertificate;
pub use client::{Client, ManifestReference};
pub use credentials::{Credentials, Proof, Renewal};
pub use docker_config::{DockerConfig, DockerConfigError};
pub use document::Document;
pub use error::{Error, FailedRequest, Phase, RealmReason, RedirectReason};
pub use limits::Limits;
pub use listing::{Listing, Truncation};
pub use message::RegistryMessage;
pub use meter::Meter;
pub use origin::{Origin, OriginError};
pub use probe::{AuthKind, Probe};
pub use referrers::Referrers;
pub use referrers::companions::{Companion, CompanionRole, Companions};
pub use referrers::support::{Asked, ReferrersSupport, ReferrersWay};
pub use request::Request;
pub use secret::Secret;
pub use settings::RegistrySettings;
pub use trace::{Entry, EntryKind, Trace};
pub use transport::SetupError;
pub use turns::{Place, Turns};
