//! A Dockerfile's instructions: what each does to the image, and in whose words the history tells it.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::super::layer::Layer;
use super::{Image, Tool};

impl Image {
    /// A step that changes settings only.
    fn setting(self, instruction: &str, rest: &str) -> Self {
        let words = match self.tool {
            Tool::Classic => format!("/bin/sh -c #(nop)  {instruction} {rest}"),
            Tool::BuildKit | Tool::Silent => format!("{instruction} {rest}"),
        };
        self.step(words, None)
    }

    /// `RUN`: a command and what it left behind. Build arguments stand before it.
    pub(crate) fn run(self, command: &str, layer: Layer) -> Self {
        let mut words = String::new();
        if !self.arguments.is_empty() {
            let _ = write!(words, "|{}", self.arguments.len());
            for (name, value) in &self.arguments {
                let _ = write!(words, " {name}={value}");
            }
            words.push(' ');
        }
        let words = match self.tool {
            Tool::Classic => format!("{words}/bin/sh -c {command}"),
            Tool::BuildKit | Tool::Silent => format!("RUN {words}/bin/sh -c {command} # buildkit"),
        };
        self.step(words, Some(layer))
    }

    /// `COPY`: files from the build's folder.
    pub(crate) fn copy(self, source: &str, target: &str, layer: Layer) -> Self {
        self.take("COPY", source, target, layer)
    }

    /// `ADD`: an archive, unpacked.
    pub(crate) fn add(self, source: &str, target: &str, layer: Layer) -> Self {
        self.take("ADD", source, target, layer)
    }

    fn take(self, instruction: &str, source: &str, target: &str, layer: Layer) -> Self {
        let words = match self.tool {
            // The classic builder names files by what they hold.
            Tool::Classic => {
                format!("/bin/sh -c #(nop) {instruction} file:{} in {target} ", layer.diff_id.encoded())
            }
            Tool::BuildKit | Tool::Silent => format!("{instruction} {source} {target} # buildkit"),
        };
        self.step(words, Some(layer))
    }

    /// `ARG`: a build argument, which later `RUN` steps repeat.
    pub(crate) fn argument(mut self, name: &str, value: &str) -> Self {
        self.arguments.push((name.to_owned(), value.to_owned()));
        self.setting("ARG", &format!("{name}={value}"))
    }

    /// `ENV`
    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        let variable = format!("{name}={value}");
        let list = self.run.entry("Env").or_insert_with(|| json!([]));
        if let Value::Array(variables) = list {
            let prefix = format!("{name}=");
            variables.retain(|other| !other.as_str().is_some_and(|other| other.starts_with(&prefix)));
            variables.push(variable.as_str().into());
        }
        self.setting("ENV", &variable)
    }

    /// `LABEL`
    pub(crate) fn label(mut self, name: &str, value: &str) -> Self {
        self.set_in("Labels", name, value.into());
        self.setting("LABEL", &format!("{name}={value}"))
    }

    /// `EXPOSE`
    pub(crate) fn expose(mut self, port: &str) -> Self {
        self.set_in("ExposedPorts", port, json!({}));
        match self.tool {
            Tool::Classic => self.setting("EXPOSE", port.trim_end_matches("/tcp")),
            Tool::BuildKit | Tool::Silent => self.setting("EXPOSE", &format!("map[{port}:{{}}]")),
        }
    }

    /// `VOLUME`
    pub(crate) fn volume(mut self, path: &str) -> Self {
        self.set_in("Volumes", path, json!({}));
        self.setting("VOLUME", &format!("[{path}]"))
    }

    /// `USER`
    pub(crate) fn user(mut self, user: &str) -> Self {
        self.set("User", user.into());
        self.setting("USER", user)
    }

    /// `WORKDIR`, which makes a layer where the folder is new.
    pub(crate) fn working_directory(mut self, path: &str, layer: Option<Layer>) -> Self {
        self.set("WorkingDir", path.into());
        match layer {
            Some(layer) => self.step(format!("WORKDIR {path}"), Some(layer)),
            None => self.setting("WORKDIR", path),
        }
    }

    /// `ENTRYPOINT`
    pub(crate) fn entrypoint(mut self, words: &[&str]) -> Self {
        self.set("Entrypoint", words.into());
        self.set("Cmd", Value::Null);
        self.setting("ENTRYPOINT", &json!(words).to_string())
    }

    /// `CMD`
    pub(crate) fn command(mut self, words: &[&str]) -> Self {
        self.set("Cmd", words.into());
        self.setting("CMD", &json!(words).to_string())
    }

    /// `STOPSIGNAL`
    pub(crate) fn stop_signal(mut self, signal: &str) -> Self {
        self.set("StopSignal", signal.into());
        self.setting("STOPSIGNAL", signal)
    }

    /// `HEALTHCHECK` with a command for the shell; times in seconds.
    pub(crate) fn healthcheck(mut self, command: &str, interval: u64, timeout: u64, retries: u64) -> Self {
        let nanoseconds = |seconds: u64| seconds * 1_000_000_000;
        let check = json!({
            "Test": ["CMD-SHELL", command],
            "Interval": nanoseconds(interval),
            "Timeout": nanoseconds(timeout),
            "Retries": retries,
        });
        self.set("Healthcheck", check);
        let words =
            format!("&{{[\"CMD-SHELL\" {command:?}] \"{interval}s\" \"{timeout}s\" \"0s\" \"0s\" '\\x{retries:02x}'}}");
        self.setting("HEALTHCHECK", &words)
    }

    /// A member of the config that no step tells of.
    pub(crate) fn set(&mut self, member: &str, value: Value) {
        self.run.insert(member.to_owned(), value);
    }

    fn set_in(&mut self, member: &str, name: &str, value: Value) {
        let object = self.run.entry(member).or_insert_with(|| json!({}));
        if let Value::Object(object) = object {
            object.insert(name.to_owned(), value);
        }
    }
}
