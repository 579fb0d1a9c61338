//! How much of a list is known.

mod wire;

use serde::{Deserialize, Serialize};

/// The state of the walk through a registry's list of names. As JSON: `{"state": "truncated", "reason": "…"}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "wire::Walk", from = "wire::Walk")]
pub enum Walk {
    /// Every name is known.
    Complete,
    /// More pages are being read.
    Reading,
    /// Every name is known of an older list, which is being read anew.
    Renewing,
    /// Every name is known of an older list, and a newer one could not be read.
    Outdated {
        /// What happened, as a sentence.
        reason: String,
    },
    /// A limit ended the walk.
    Truncated {
        /// Which one, as a sentence.
        reason: String,
    },
    /// The registry stopped answering as it should.
    Stopped {
        /// What happened, as a sentence.
        reason: String,
    },
    /// The names come from the settings, the registry gives no list.
    ByHand,
    /// The registry gives no list and the settings have none.
    NotOffered,
}

/// What a row knows beyond its name. As JSON: `{"state": "known", "value": …}`, `{"state": "unreadable", "reason": "…"}`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(into = "wire::Details<T>", from = "wire::Details<T>", bound(serialize = "T: Clone + Serialize"))]
pub enum Details<T> {
    /// Nothing was asked yet.
    #[default]
    Unasked,
    /// All of it.
    Known(T),
    /// It was asked, the deadline came first; asking again finds it sooner.
    Waiting,
    /// It cannot be read: why, as a sentence.
    Unreadable(String),
}

impl<T> Details<T> {
    /// What is known, if anything.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(details) => Some(details),
            _ => None,
        }
    }

    /// Whether asking could still help.
    pub fn is_open(&self) -> bool {
        matches!(self, Self::Unasked | Self::Waiting)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_state_is_the_same_after_a_journey_as_json() {
        for details in [
            Details::Unasked,
            Details::Known(1_u64),
            Details::Waiting,
            Details::Unreadable("The registry says 404.".to_owned()),
        ] {
            let text = serde_json::to_string(&details).unwrap();
            assert_eq!(serde_json::from_str::<Details<u64>>(&text).unwrap(), details, "{text}");
        }
        let reason = "Its list has no end.".to_owned();
        for walk in [
            Walk::Complete,
            Walk::Reading,
            Walk::Renewing,
            Walk::Outdated { reason: reason.clone() },
            Walk::Truncated { reason: reason.clone() },
            Walk::Stopped { reason },
            Walk::ByHand,
            Walk::NotOffered,
        ] {
            let text = serde_json::to_string(&walk).unwrap();
            assert_eq!(serde_json::from_str::<Walk>(&text).unwrap(), walk, "{text}");
        }
    }

    #[test]
    fn states_are_named_in_json() {
        let json = |details: &Details<u64>| serde_json::to_string(details).unwrap();
        assert_eq!(json(&Details::Unasked), r#"{"state":"unasked"}"#);
        assert_eq!(json(&Details::Known(1)), r#"{"state":"known","value":1}"#);
        assert_eq!(json(&Details::Unreadable("x".to_owned())), r#"{"state":"unreadable","reason":"x"}"#);
    }
}
