//! The clients of the registries that the settings name, and the embedded registry that stands for a sample or a folder.
//!
//! When the settings are read again, a registry whose settings are the same keeps its client, with its caches, tokens and
//! pauses.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};
use thiserror::Error;
use tokio_util::sync::{CancellationToken, DropGuard};
use url::Url;

use super::settings::{Settings, Shown};
use crate::embedded::{self, Layout, LayoutError};
use crate::registry::{Client, DocumentCache, Meter, RegistrySettings, SetupError};

/// The embedded registry's port, or the first one that is tried.
const EMBEDDED_PORT: u16 = 3001;

/// Why Strata cannot start.
#[derive(Debug, Error)]
pub enum StartError {
    /// The folder cannot be served.
    #[error("the folder {} cannot be served: {source}", folder.display())]
    Layout {
        /// The folder.
        folder: PathBuf,
        /// What is wrong in it.
        source: LayoutError,
    },
    /// The embedded registry finds no port.
    #[error("the embedded registry cannot listen: {0}")]
    Embedded(#[source] io::Error),
    /// A registry's client cannot be set up.
    #[error(transparent)]
    Registry(#[from] SetupError),
}

/// Everything that is asked, as these settings say.
#[derive(Debug)]
pub(super) struct Clients {
    known: Vec<Known>,
    embedded: Option<Embedded>,
}

/// A client, and what it was made of.
#[derive(Debug, Clone)]
struct Known {
    settings: RegistrySettings,
    files: [u8; 32],
    client: Client,
}

/// The embedded registry. It stops when nobody holds it any more.
#[derive(Debug, Clone)]
struct Embedded {
    shown: Shown,
    address: SocketAddr,
    _stop: Arc<DropGuard>,
}

/// What reading the settings again has changed: registries by their names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// Registries that were not there before.
    pub added: Vec<String>,
    /// Registries that are there no more.
    pub removed: Vec<String>,
    /// Registries with other settings; their caches begin anew, but for documents that the same account read there.
    pub changed: Vec<String>,
    /// Keys of settings that are different and only count at the next start.
    pub only_at_start: Vec<&'static str>,
}

impl Clients {
    /// The clients for these settings, taking over from `before` what stays the same. Nothing is asked yet.
    pub(super) async fn start(
        settings: &Settings,
        before: Option<&Self>,
        cache: &Arc<DocumentCache>,
        meter: &Meter,
    ) -> Result<Self, StartError> {
        // An error means that one is installed already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let (registries, embedded) = match &settings.shown {
            Shown::Registries(registries) => (registries.clone(), None),
            shown @ (Shown::Sample | Shown::Layout(_)) => {
                let kept = before.and_then(|before| before.embedded.clone()).filter(|kept| kept.shown == *shown);
                let embedded = match kept {
                    Some(kept) => kept,
                    None => Embedded::start(shown).await?,
                };
                (vec![embedded.registry(settings)?], Some(embedded))
            }
        };
        let known = |registry: RegistrySettings| {
            let files = content_of(&registry);
            let kept = before.and_then(|before| before.known.iter().find(|known| known.settings == registry));
            match kept.filter(|kept| kept.files == files) {
                Some(kept) => Ok(kept.clone()),
                None => Client::measured(registry.clone(), Arc::clone(cache), meter).map(|client| Known {
                    settings: registry,
                    files,
                    client,
                }),
            }
        };
        let known = registries.into_iter().map(known).collect::<Result<_, _>>()?;
        Ok(Self { known, embedded })
    }

    pub(super) fn all(&self) -> Vec<Client> {
        self.known.iter().map(|known| known.client.clone()).collect()
    }

    /// What is different from `before`.
    pub(super) fn changes(&self, before: &Self) -> Changes {
        let has = |clients: &Self, name: &String| clients.known.iter().any(|known| known.settings.name == *name);
        let missing = |here: &Self, there: &Self| {
            let names = here.known.iter().map(|known| &known.settings.name);
            names.filter(|name| !has(there, name)).cloned().collect()
        };
        let changed = self.known.iter().filter(|known| {
            let old = before.known.iter().find(|old| old.settings.name == known.settings.name);
            old.is_some_and(|old| old.settings != known.settings || old.files != known.files)
        });
        Changes {
            added: missing(self, before),
            removed: missing(before, self),
            changed: changed.map(|known| known.settings.name.clone()).collect(),
            only_at_start: Vec::new(),
        }
    }
}

impl Embedded {
    /// Serves what is to be shown on a port of this machine.
    async fn start(shown: &Shown) -> Result<Self, StartError> {
        let layout = match shown {
            Shown::Layout(folder) => open(folder)?,
            Shown::Sample | Shown::Registries(_) => Layout::sample(),
        };
        let stop = CancellationToken::new();
        let address = embedded::serve(layout, EMBEDDED_PORT, stop.clone().cancelled_owned())
            .await
            .map_err(StartError::Embedded)?;
        Ok(Self { shown: shown.clone(), address, _stop: Arc::new(stop.drop_guard()) })
    }

    fn registry(&self, settings: &Settings) -> Result<RegistrySettings, StartError> {
        let name = if matches!(self.shown, Shown::Layout(_)) { "layout" } else { "sample" };
        let url = Url::parse(&format!("http://{}", self.address))
            .map_err(|error| StartError::Embedded(io::Error::new(io::ErrorKind::InvalidInput, error)))?;
        let mut registry = RegistrySettings::new(name, url);
        registry.limits = settings.registry_limits.clone();
        Ok(registry)
    }
}

/// The image layouts in a folder.
pub(super) fn open(folder: &std::path::Path) -> Result<Layout, StartError> {
    Layout::open(folder).map_err(|source| StartError::Layout { folder: folder.to_path_buf(), source })
}

/// A hash of the files that the settings name: a certificate that was renewed in place is a change, too.
fn content_of(settings: &RegistrySettings) -> [u8; 32] {
    let mut hash = Sha256::new();
    for file in settings.files() {
        // One that cannot be read is refused when the client is made.
        let content = std::fs::read(file).unwrap_or_default();
        hash.update(content.len().to_be_bytes());
        hash.update(&content);
    }
    hash.finalize().into()
}
