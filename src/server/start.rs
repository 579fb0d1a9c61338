//! From the settings to what answers.

use std::sync::Arc;

use super::clients::{Clients, StartError};
use super::settings::Settings;
use crate::registry::{DocumentCache, Meter};
use crate::service::Service;

/// Starts what the settings want shown, for one router. An embedded registry serves until `shutdown` ends.
///
/// [`super::Program`] does the same for a program that runs long and reads its settings again.
///
/// # Errors
///
/// [`StartError`], whose text says which setting is meant.
pub async fn start(
    settings: &Settings,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<Service, StartError> {
    let cache = Arc::new(DocumentCache::new(settings.limits.document_cache_bytes));
    let clients = Clients::start(settings, None, &cache, &Meter::default()).await?;
    let service = Service::new(clients.all(), settings.service.clone());
    tokio::spawn(async move {
        shutdown.await;
        drop(clients);
    });
    Ok(service)
}
