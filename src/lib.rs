//! Strata shows what a container registry really holds.
#![recursion_limit = "256"]
