//! `/-/api/registries`

use axum::extract::State;
use axum::response::Response;
use serde::Serialize;

use super::Api;
use super::answer::{RegistryBody, document};

#[derive(Debug, Serialize)]
struct Body<'a> {
    registries: Vec<RegistryBody<'a>>,
}

/// Every registry of the settings, in their order.
pub(super) async fn list(State(api): State<Api>) -> Response {
    let list = api.service.registries();
    document(&Body { registries: list.registries.iter().map(RegistryBody::from).collect() })
}
