//! Certificates: authorities that are trusted, and what Strata shows of itself. Files are read here, so that a mistake is told with
//! its line; the client reads them again when it is made.

use std::path::PathBuf;

use super::error::{Said, SettingsError};
use crate::registry::certificates::check_authorities;
use crate::registry::{ClientCertificate, Origin, RegistrySettings};

/// A file of authorities.
pub(super) fn authorities(said: Said<PathBuf>) -> Result<PathBuf, SettingsError> {
    check_authorities(&said.value).map_err(|problem| said.wrong(problem))?;
    Ok(said.value)
}

/// What Strata shows of itself: a certificate and its key, which come together or not at all.
pub(super) fn of_client(
    certificate: Option<Said<PathBuf>>,
    key: Option<Said<PathBuf>>,
) -> Result<Option<ClientCertificate>, SettingsError> {
    match (certificate, key) {
        (None, None) => Ok(None),
        (Some(certificate), Some(key)) => {
            let place = certificate.clone();
            let shown = ClientCertificate { certificate_file: certificate.value, key_file: key.value };
            shown.check().map_err(|problem| place.wrong(problem))?;
            Ok(Some(shown))
        }
        (Some(said), None) => Err(said.wrong("a client certificate needs its key too, in `client_key_file`")),
        (None, Some(said)) => Err(said.wrong("a key needs its client certificate too, in `client_cert_file`")),
    }
}

/// What docker's folder of certificates has for a registry, where its own settings say nothing else:
/// `<host:port>/ca.crt`, `client.cert` and `client.key`.
pub(super) fn from_folder(folder: &Said<PathBuf>, settings: &mut RegistrySettings) -> Result<(), SettingsError> {
    let Ok(origin) = Origin::of(&settings.url) else { return Ok(()) };
    // The folder of a host alone is that of its usual port.
    let own = folder.value.join(origin.authority());
    let file = |name: &str| Some(own.join(name)).filter(|path| path.exists());
    let said = |path: PathBuf| Said::new(path, folder.place.clone());
    if settings.ca_file.is_none() {
        settings.ca_file = file("ca.crt").map(said).map(authorities).transpose()?;
    }
    if settings.client_certificate.is_none() {
        settings.client_certificate = of_client(file("client.cert").map(said), file("client.key").map(said))?;
    }
    Ok(())
}
