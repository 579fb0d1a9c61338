//! The list of registries, where several are configured.

use serde::{Deserialize, Serialize};

use super::RegistryFacts;

/// Every registry of the settings, in their order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegistryList {
    /// The registries.
    pub registries: Vec<RegistryFacts>,
}
