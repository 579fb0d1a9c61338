//! The states of lists as JSON: plain objects with a `state`. Serde's own tagged enumerations look alike, but their reader
//! buffers whatever it meets, and that is a tenth of the browser's half.

use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub(super) struct Walk {
    state: WalkState,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum WalkState {
    Complete,
    Reading,
    Renewing,
    Outdated,
    Truncated,
    Stopped,
    ByHand,
    NotOffered,
}

impl From<super::Walk> for Walk {
    fn from(walk: super::Walk) -> Self {
        let (state, reason) = match walk {
            super::Walk::Complete => (WalkState::Complete, None),
            super::Walk::Reading => (WalkState::Reading, None),
            super::Walk::Renewing => (WalkState::Renewing, None),
            super::Walk::Outdated { reason } => (WalkState::Outdated, Some(reason)),
            super::Walk::Truncated { reason } => (WalkState::Truncated, Some(reason)),
            super::Walk::Stopped { reason } => (WalkState::Stopped, Some(reason)),
            super::Walk::ByHand => (WalkState::ByHand, None),
            super::Walk::NotOffered => (WalkState::NotOffered, None),
        };
        Self { state, reason }
    }
}

impl From<Walk> for super::Walk {
    fn from(Walk { state, reason }: Walk) -> Self {
        let reason = reason.unwrap_or_default();
        match state {
            WalkState::Complete => Self::Complete,
            WalkState::Reading => Self::Reading,
            WalkState::Renewing => Self::Renewing,
            WalkState::Outdated => Self::Outdated { reason },
            WalkState::Truncated => Self::Truncated { reason },
            WalkState::Stopped => Self::Stopped { reason },
            WalkState::ByHand => Self::ByHand,
            WalkState::NotOffered => Self::NotOffered,
        }
    }
}

#[derive(Serialize, Deserialize)]
pub(super) struct Details<T> {
    state: DetailsState,
    #[serde(default = "none", skip_serializing_if = "Option::is_none")]
    value: Option<T>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum DetailsState {
    Unasked,
    Known,
    Waiting,
    Unreadable,
}

fn none<T>() -> Option<T> {
    None
}

impl<T> From<super::Details<T>> for Details<T> {
    fn from(details: super::Details<T>) -> Self {
        let (state, value, reason) = match details {
            super::Details::Unasked => (DetailsState::Unasked, None, None),
            super::Details::Known(value) => (DetailsState::Known, Some(value), None),
            super::Details::Waiting => (DetailsState::Waiting, None, None),
            super::Details::Unreadable(reason) => (DetailsState::Unreadable, None, Some(reason)),
        };
        Self { state, value, reason }
    }
}

impl<T> From<Details<T>> for super::Details<T> {
    fn from(Details { state, value, reason }: Details<T>) -> Self {
        match (state, value) {
            (DetailsState::Known, Some(value)) => Self::Known(value),
            (DetailsState::Unreadable, _) => Self::Unreadable(reason.unwrap_or_default()),
            (DetailsState::Waiting, _) => Self::Waiting,
            // What is said to be known and does not come is asked for again.
            (DetailsState::Unasked | DetailsState::Known, _) => Self::Unasked,
        }
    }
}
