//! What the build did, read back from the history of a config.
//!
//! `created_by` is free text. Each builder has its own shapes of it:
//!
//! ```text
//! /bin/sh -c #(nop)  CMD ["nginx"]                     classic builder, buildah: a step that ran nothing
//! /bin/sh -c apt-get update                            classic builder: RUN
//! |1 VERSION=1.2 /bin/sh -c make                       the same with build arguments
//! RUN |1 VERSION=1.2 /bin/sh -c make # buildkit        BuildKit
//! COPY a b / # buildkit                                BuildKit
//! ENV A=b                                              BuildKit: without the mark
//! RUN apt-get update                                   kaniko: the line as it was written
//! cmd /S /C powershell.exe …                           Windows
//! bazel build ..., buildpacks, nothing at all          shown as it stands
//! ```
//!
//! - [`instruction`]: one such text taken apart
//! - `shell`: the words before the command, build arguments among them
//! - `covered`: which parts of it look like secrets
//! - [`reconstruct`]: a whole history as an approximate Dockerfile; `run` and `values` write its parts

mod covered;
pub mod instruction;
pub mod reconstruct;
mod run;
mod shell;
mod values;

pub use covered::build_argument_secret;
pub use instruction::Instruction;
pub use reconstruct::dockerfile;

/// The `NAME=value` pairs of an `ENV` or `ARG`, which builders print without their quotes. An `ARG` without a value is
/// its name alone.
pub(super) fn assignments(arguments: &str) -> Vec<&str> {
    let pairs = shell::split_pairs(arguments, usize::MAX, shell::is_argument_name);
    if pairs.is_empty() { vec![arguments] } else { pairs }
}
