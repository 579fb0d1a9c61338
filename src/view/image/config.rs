//! The config of an image.

use serde::{Deserialize, Serialize};

use crate::oci::{Healthcheck, Platform};

/// A config as tables.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConfigView {
    /// Program to start.
    pub entrypoint: Option<Vec<String>>,
    /// Its arguments, or the program.
    pub cmd: Option<Vec<String>>,
    /// User, and group after a colon.
    pub user: Option<String>,
    /// Directory to start in.
    pub working_dir: Option<String>,
    /// Ports, as `80/tcp`.
    pub exposed_ports: Vec<String>,
    /// Paths that are volumes.
    pub volumes: Vec<String>,
    /// Signal that stops it.
    pub stop_signal: Option<String>,
    /// Health check.
    pub healthcheck: Option<Healthcheck>,
    /// Docker's shell form.
    pub shell: Option<Vec<String>>,
    /// Triggers for images built on this one.
    pub on_build: Option<Vec<String>>,
    /// Environment.
    pub env: Vec<NamedValue>,
    /// Labels.
    pub labels: Vec<NamedValue>,
    /// Members of `config` that are not known here, as JSON.
    pub other: Vec<NamedValue>,
    /// Where it runs.
    pub platform: Platform,
    /// When it was built, as written.
    pub created: Option<String>,
    /// Who built it.
    pub author: Option<String>,
    /// Docker engine that built it.
    pub docker_version: Option<String>,
    /// How many diff_ids there are.
    pub diff_id_count: u32,
    /// Annotations of the manifest.
    pub annotations: Vec<NamedValue>,
    /// How many rows the tables leave out, each having at most [`TABLE_LENGTH`].
    pub rows_left_out: u32,
}

/// A name and its value, from a registry: shown as text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedValue {
    /// The name.
    pub name: String,
    /// The value.
    pub value: String,
    /// Whether it looks like a secret, so that it is covered until asked for.
    pub secret: bool,
}
