//! How a server function fails.

use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::encoding::JsonText;
use crate::view::Failure;

/// Why a server function gave no answer: a sentence for the reader.
#[derive(Debug, Clone, PartialEq, Eq, Error, Serialize, Deserialize)]
#[error("{0}")]
pub struct ApiError(String);

impl From<Failure> for ApiError {
    fn from(failure: Failure) -> Self {
        Self(failure.heading)
    }
}

impl FromServerFnError for ApiError {
    type Encoder = JsonText;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        // A body that is no call is the caller's mistake. By itself the framework answers with 500.
        #[cfg(feature = "ssr")]
        if matches!(error, ServerFnErrorErr::Deserialization(_)) {
            super::response::set_page_status(400);
        }
        // The browser's own words say nothing that a reader could use.
        Self(match error {
            ServerFnErrorErr::Request(_) => "Strata could not be reached".to_owned(),
            other => format!("Strata did not answer: {other}"),
        })
    }
}
