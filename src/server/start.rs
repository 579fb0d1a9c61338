//! From the settings to what answers: the embedded registry, the clients, the service.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use thiserror::Error;
use url::Url;

use super::settings::{Settings, Shown};
use crate::embedded::{self, Layout, LayoutError};
use crate::registry::{Client, DocumentCache, RegistrySettings, SetupError};
use crate::service::Service;

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

/// Starts what the settings want shown. An embedded registry serves until `shutdown` ends.
///
/// # Errors
///
/// [`StartError`], whose text says which setting is meant.
pub async fn start(
    settings: &Settings,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<Service, StartError> {
    // An error means that one is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let registries = match &settings.shown {
        Shown::Registries(registries) => registries.clone(),
        Shown::Sample => vec![embed("sample", Layout::sample(), settings, shutdown).await?],
        Shown::Layout(folder) => {
            let layout =
                Layout::open(folder).map_err(|source| StartError::Layout { folder: folder.clone(), source })?;
            vec![embed("layout", layout, settings, shutdown).await?]
        }
    };
    let cache = Arc::new(DocumentCache::new(settings.limits.document_cache_bytes));
    let clients = registries
        .into_iter()
        .map(|registry| Client::new(registry, Arc::clone(&cache)))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Service::new(clients, settings.service.clone()))
}

/// Serves a layout on a port of this machine.
async fn embed(
    name: &str,
    layout: Layout,
    settings: &Settings,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<RegistrySettings, StartError> {
    let address = embedded::serve(layout, EMBEDDED_PORT, shutdown).await.map_err(StartError::Embedded)?;
    let url = Url::parse(&format!("http://{address}"))
        .map_err(|error| StartError::Embedded(io::Error::new(io::ErrorKind::InvalidInput, error)))?;
    let mut registry = RegistrySettings::new(name, url);
    registry.limits = settings.registry_limits.clone();
    Ok(registry)
}
