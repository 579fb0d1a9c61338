//! One step of a build, read from `created_by`.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::shell::Command;
use crate::oci::History;

/// What BuildKit writes as a step's comment.
const BUILDKIT_COMMENT: &str = "buildkit.dockerfile.v0";

/// Instructions of a Dockerfile.
const KEYWORDS: [&str; 18] = [
    "ADD",
    "ARG",
    "CMD",
    "COPY",
    "ENTRYPOINT",
    "ENV",
    "EXPOSE",
    "FROM",
    "HEALTHCHECK",
    "LABEL",
    "MAINTAINER",
    "ONBUILD",
    "RUN",
    "SHELL",
    "STOPSIGNAL",
    "USER",
    "VOLUME",
    "WORKDIR",
];

/// A step as a reader thinks of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instruction {
    /// `RUN`, `COPY`, `ENV`…; `None` where the text has no shape that is known, and then all of it is in `arguments`.
    pub keyword: Option<String>,
    /// What follows the keyword, without the shell of a `RUN`.
    pub arguments: String,
    /// Build arguments that were set, each as `NAME=value`. Values may be secret.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub build_arguments: Vec<String>,
    /// The shell of a `RUN`, where it is not the system's usual one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shell: Option<String>,
    /// Whether BuildKit wrote it.
    pub from_buildkit: bool,
}

impl Instruction {
    /// Reads a step of the history.
    #[must_use]
    pub fn of(step: &History) -> Self {
        let instruction = Self::parse(step.created_by.as_deref().unwrap_or_default());
        let from_buildkit = instruction.from_buildkit || step.comment.as_deref() == Some(BUILDKIT_COMMENT);
        Self { from_buildkit, ..instruction }
    }

    /// Reads the text of `created_by`.
    #[must_use]
    pub fn parse(created_by: &str) -> Self {
        let text = created_by.trim();
        let (text, from_buildkit) = match text.strip_suffix("# buildkit") {
            Some(rest) => (rest.trim_end(), true),
            None => (text, false),
        };
        let instruction = with_keyword(text)
            .or_else(|| without_keyword(text))
            .unwrap_or_else(|| Self { arguments: text.to_owned(), ..Self::default() });
        Self { from_buildkit, ..instruction }
    }

    /// Whether nothing at all is known of the step.
    pub fn is_empty(&self) -> bool {
        self.keyword.is_none() && self.arguments.is_empty()
    }

    /// Whether it is this instruction.
    pub fn is(&self, keyword: &str) -> bool {
        self.keyword.as_deref() == Some(keyword)
    }

    fn run(command: &Command<'_>) -> Self {
        Self {
            keyword: Some("RUN".to_owned()),
            arguments: command.rest.trim().to_owned(),
            build_arguments: command.build_arguments.iter().map(|&argument| argument.to_owned()).collect(),
            shell: command.unusual_shell().map(str::to_owned),
            from_buildkit: false,
        }
    }
}

impl fmt::Display for Instruction {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.keyword {
            Some(keyword) if self.arguments.is_empty() => formatter.write_str(keyword),
            Some(keyword) => write!(formatter, "{keyword} {}", self.arguments),
            None => formatter.write_str(&self.arguments),
        }
    }
}

/// `KEYWORD arguments`, as BuildKit and kaniko write it.
fn with_keyword(text: &str) -> Option<Instruction> {
    let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let keyword = KEYWORDS.iter().find(|keyword| **keyword == word)?;
    if *keyword == "RUN" {
        return Some(Instruction::run(&Command::parse(rest.trim())));
    }
    Some(Instruction {
        keyword: Some((*keyword).to_owned()),
        arguments: rest.trim().to_owned(),
        ..Instruction::default()
    })
}

/// `[|n …] shell command`, as the classic builder writes `RUN`, and with `#(nop)` everything else.
fn without_keyword(text: &str) -> Option<Instruction> {
    let command = Command::parse(text);
    if command.rest.is_empty() || (command.shell.is_none() && command.build_arguments.is_empty()) {
        return None;
    }
    let Some(nop) = after_nop(&command) else {
        return Some(Instruction::run(&command));
    };
    // A mark with something unknown behind it says nothing more than the text itself.
    with_keyword(nop.trim_start())
}

/// What follows `#(nop)`. PowerShell's preferences may stand before it.
fn after_nop<'a>(command: &Command<'a>) -> Option<&'a str> {
    const MARK: &str = "#(nop)";
    if let Some(rest) = command.rest.strip_prefix(MARK) {
        return Some(rest);
    }
    if !command.is_powershell() {
        return None;
    }
    let (preferences, rest) = command.rest.split_once(MARK)?;
    (preferences.len() < 200 && preferences.trim_end().ends_with(';')).then_some(rest)
}

#[cfg(test)]
mod tests;
