//! What the company keeps in its registry.
//!
//! - `base/…`: [`linux`], [`mini`], [`python`]
//! - `payments/…`: [`api`], [`worker`], [`migrations`]; [`dependencies`] are the libraries of the first two
//! - `platform/…`: [`gateway`] and its charts, [`agent`], [`appliance`], [`toolbox`], [`status`]
//! - `lab/…`: [`odd`], [`hostile`], [`artifacts`], of which [`claims`] are what is said about one of them

pub(super) mod agent;
pub(super) mod api;
pub(super) mod appliance;
pub(super) mod artifacts;
mod claims;
mod dependencies;
pub(super) mod gateway;
pub(super) mod hostile;
pub(super) mod linux;
pub(super) mod migrations;
pub(super) mod mini;
pub(super) mod odd;
pub(super) mod python;
pub(super) mod status;
pub(super) mod toolbox;
pub(super) mod worker;
