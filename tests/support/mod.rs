//! What integration tests share: a registry that can be told to misbehave, Strata in front of it, its answers, and captured
//! logs.
//!
//! Each test file takes what it needs, so that some of this is unused in each.
#![allow(dead_code, unused_imports, reason = "every test file uses another part of it")]

pub(crate) mod answer;
pub(crate) mod content;
pub(crate) mod fixture;
pub(crate) mod logs;
pub(crate) mod own_tables;
pub(crate) mod packages;
pub(crate) mod process;
pub(crate) mod referrers;
pub(crate) mod reply;
pub(crate) mod site;

pub(crate) use answer::Answer;
pub(crate) use content::digest_of;
pub(crate) use fixture::{Fixture, Received, dead_port, raw_listener};
pub(crate) use referrers::ReferrersApi;
pub(crate) use reply::Reply;
