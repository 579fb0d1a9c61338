//! Certificates from files: authorities that are trusted, and what Strata shows of itself. Each in PEM.

use std::path::{Path, PathBuf};

use reqwest::{Certificate, Client, Identity};
use sha2::{Digest as _, Sha256};

use super::transport::causes;
use crate::oci::Digest;

/// Longest file read, in bytes.
const MAX_FILE: u64 = 4 * 1024 * 1024;

/// A certificate with its private key, by which a registry knows its reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientCertificate {
    /// The certificate, with those between it and its authority behind it.
    pub certificate_file: PathBuf,
    /// Its private key, not encrypted.
    pub key_file: PathBuf,
}

impl ClientCertificate {
    /// Whether both files can be used together.
    ///
    /// # Errors
    ///
    /// What is wrong, with the file's name and nothing of its content.
    pub fn check(&self) -> Result<(), String> {
        self.read().map(drop)
    }

    /// A hash of the certificate's file: another certificate is another account.
    pub(crate) fn fingerprint(&self) -> Result<String, String> {
        let bytes = read(&self.certificate_file);
        let bytes = bytes.map_err(|problem| format!("{}: {problem}", self.certificate_file.display()))?;
        Ok(Digest::from_sha256(&Sha256::digest(bytes)).to_string())
    }

    /// Reads both files.
    pub(crate) fn read(&self) -> Result<Identity, String> {
        // An error says that another provider is installed already: then that one is used.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let read = |path: &PathBuf| read(path).map_err(|problem| format!("{}: {problem}", path.display()));
        let certificate = read(&self.certificate_file)?;
        if !certificate.windows(11).any(|bytes| bytes == b"CERTIFICATE") {
            return Err(format!("there is no certificate in {}", self.certificate_file.display()));
        }
        let key = read(&self.key_file)?;
        if !key.windows(11).any(|bytes| bytes == b"PRIVATE KEY") {
            return Err(format!("there is no private key in {}", self.key_file.display()));
        }
        // In this order, wherever further keys or certificates stand in the files.
        let both = [certificate, b"\n".to_vec(), key].concat();
        let identity = Identity::from_pem(&both).map_err(|error| {
            format!(
                "{} and {} cannot be used: {}",
                self.certificate_file.display(),
                self.key_file.display(),
                causes(&error)
            )
        })?;
        // Only here it is found out whether the key is the certificate's.
        let tried = Client::builder().tls_certs_only([]).identity(identity.clone()).build();
        tried.map(|_| identity).map_err(|error| {
            format!(
                "the key in {} cannot be used with the certificate in {}: {}",
                self.key_file.display(),
                self.certificate_file.display(),
                causes(&error)
            )
        })
    }
}

/// Reads authorities.
pub(crate) fn authorities(path: &Path) -> Result<Vec<Certificate>, String> {
    let certificates = Certificate::from_pem_bundle(&read(path)?).map_err(|error| causes(&error))?;
    if certificates.is_empty() {
        return Err("there is no certificate in it".to_owned());
    }
    Ok(certificates)
}

/// Whether a file holds authorities.
///
/// # Errors
///
/// What is wrong with it.
pub fn check_authorities(path: &Path) -> Result<(), String> {
    authorities(path).map(drop).map_err(|problem| format!("{} cannot be used: {problem}", path.display()))
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    use std::io::Read as _;

    let fail = |error: std::io::Error| format!("it cannot be read: {error}");
    let file = std::fs::File::open(path).map_err(fail)?;
    let mut bytes = Vec::new();
    file.take(MAX_FILE + 1).read_to_end(&mut bytes).map_err(fail)?;
    if bytes.len() as u64 > MAX_FILE {
        return Err(format!("it is longer than {MAX_FILE} bytes"));
    }
    Ok(bytes)
}
