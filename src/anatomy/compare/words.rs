//! What became of the build cache, in words.

use std::fmt;

use super::{CacheBreak, CacheCause, CacheReport};
use crate::anatomy::size::{count, counted};

impl fmt::Display for CacheReport {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SameLayers => formatter.write_str("All layers have the same content"),
            Self::Extended { added } => {
                write!(formatter, "All layers of the first image are reused, with {} on top", more(*added))
            }
            Self::Shortened { removed } => {
                write!(formatter, "All layers are those of the first image, which has {} on top", more(*removed))
            }
            Self::Broken(cache_break) => cache_break.fmt(formatter),
        }
    }
}

impl fmt::Display for CacheBreak {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let begin = if self.reused_layers == 0 { "No layer could be reused" } else { "The build cache ends here" };
        write!(formatter, "{begin}: {}", self.cause)?;
        if self.later_layers == 0 {
            return Ok(());
        }
        write!(formatter, ". {} could not reuse the cache", counted(self.later_layers.into(), "later layer"))?;
        if self.later_identical > 0 {
            write!(formatter, "; {} came out identical all the same", count(self.later_identical.into()))?;
        }
        Ok(())
    }
}

impl fmt::Display for CacheCause {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BaseImage => formatter.write_str("the base image changed"),
            Self::Instruction => formatter.write_str("the instruction changed"),
            Self::BuildArguments { names } => changed(formatter, "build argument", names),
            Self::Environment { names } => changed(formatter, "environment variable", names),
            Self::Setting { keyword } => write!(formatter, "{keyword} before this step changed"),
            Self::CopiedContent => formatter.write_str("the copied content changed, the instruction did not"),
            Self::Result => formatter.write_str("the same instruction came out with another result"),
            Self::StepAdded => formatter.write_str("a step was added"),
            Self::StepRemoved => formatter.write_str("a step was removed"),
            Self::Unknown => formatter.write_str("nothing says which step made the layer"),
        }
    }
}

fn changed(formatter: &mut fmt::Formatter<'_>, noun: &str, names: &[String]) -> fmt::Result {
    match names {
        [] => write!(formatter, "a {noun} changed"),
        [name] => write!(formatter, "the {noun} {name} changed"),
        names => write!(formatter, "the {noun}s {} changed", names.join(", ")),
    }
}

fn more(layers: u32) -> String {
    counted(layers.into(), "more layer")
}
