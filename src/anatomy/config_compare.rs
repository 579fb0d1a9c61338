//! Two image configs, member by member.

use std::collections::{HashMap, HashSet};
use std::fmt::{self, Write as _};

use serde::{Deserialize, Serialize};

use super::config_text::{healthcheck, json_list};
use super::secrets::looks_secret;
use crate::oci::config::Healthcheck;
use crate::oci::{ImageConfig, Platform};

/// Most differences that are listed; further ones are counted.
pub const MAX_DIFFERENCES: usize = 10_000;

/// What differs between two configs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfigComparison {
    /// The differences, in the order of the members.
    pub differences: Vec<ConfigDifference>,
    /// Differences past [`MAX_DIFFERENCES`].
    pub more: u64,
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfigDifference {
    /// The member.
    pub member: ConfigMember,
    /// Which entry of it: a variable's or label's name, a port, a path, a member that is not known here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The value in the first config; nothing where it was added.
    pub from: Option<String>,
    /// The value in the second config; nothing where it was removed.
    pub to: Option<String>,
    /// Whether one of the values looks like a secret.
    pub secret: bool,
}

/// Members of a config, in the order of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConfigMember {
    /// `config.Entrypoint`
    Entrypoint,
    /// `config.Cmd`
    Cmd,
    /// `config.User`
    User,
    /// `config.WorkingDir`
    WorkingDir,
    /// `config.Env`, by name
    Env,
    /// `config.ExposedPorts`
    ExposedPorts,
    /// `config.Volumes`
    Volumes,
    /// `config.Labels`, by key
    Labels,
    /// `config.Healthcheck`
    Healthcheck,
    /// `config.StopSignal`
    StopSignal,
    /// `config.Shell`
    Shell,
    /// `config.OnBuild`
    OnBuild,
    /// `config.ArgsEscaped`
    ArgsEscaped,
    /// Members of `config` that are not known here, by name
    Other,
    /// `os`, `architecture`, `variant`, `os.version` and `os.features`
    Platform,
    /// `created`
    Created,
    /// `author`
    Author,
    /// `docker_version`
    DockerVersion,
}

/// Compares two configs. History and layers are compared elsewhere.
#[must_use]
pub fn compare(from: &ImageConfig, to: &ImageConfig) -> ConfigComparison {
    use ConfigMember as Member;
    let mut comparison = ConfigComparison::default();
    let (left, right) = (&from.run, &to.run);
    let list = |list: &Option<Vec<String>>| list.as_deref().map(json_list);
    comparison.value(Member::Entrypoint, list(&left.entrypoint), list(&right.entrypoint));
    comparison.value(Member::Cmd, list(&left.cmd), list(&right.cmd));
    comparison.value(Member::User, left.user.clone(), right.user.clone());
    comparison.value(Member::WorkingDir, left.working_dir.clone(), right.working_dir.clone());
    comparison.named(Member::Env, pairs(&left.env), pairs(&right.env));
    comparison.named(Member::ExposedPorts, keys(&left.exposed_ports), keys(&right.exposed_ports));
    comparison.named(Member::Volumes, keys(&left.volumes), keys(&right.volumes));
    comparison.named(Member::Labels, labels(&left.labels), labels(&right.labels));
    let check = |check: &Option<Healthcheck>| check.as_ref().map(healthcheck);
    comparison.value(Member::Healthcheck, check(&left.healthcheck), check(&right.healthcheck));
    comparison.value(Member::StopSignal, left.stop_signal.clone(), right.stop_signal.clone());
    comparison.value(Member::Shell, list(&left.shell), list(&right.shell));
    comparison.value(Member::OnBuild, list(&left.on_build), list(&right.on_build));
    let flag = |flag: Option<bool>| flag.map(|flag| flag.to_string());
    comparison.value(Member::ArgsEscaped, flag(left.args_escaped), flag(right.args_escaped));
    comparison.named(Member::Other, labels(&left.other), labels(&right.other));
    comparison.value(Member::Platform, Some(platform(&from.platform)), Some(platform(&to.platform)));
    comparison.value(Member::Created, from.created.clone(), to.created.clone());
    comparison.value(Member::Author, from.author.clone(), to.author.clone());
    comparison.value(Member::DockerVersion, from.docker_version.clone(), to.docker_version.clone());
    comparison
}

impl ConfigComparison {
    fn value(&mut self, member: ConfigMember, from: Option<String>, to: Option<String>) {
        self.push(member, None, from, to);
    }

    /// Compares entries by name, whatever their order: those of the second config, then those that it has no more.
    fn named(&mut self, member: ConfigMember, from: Vec<(&str, &str)>, to: Vec<(&str, &str)>) {
        // Where a name stands twice, the last value counts, as it does when a container starts.
        let before: HashMap<&str, &str> = from.iter().copied().collect();
        let after: HashMap<&str, &str> = to.iter().copied().collect();
        let mut seen = HashSet::new();
        for (name, _) in to.iter().chain(&from) {
            if seen.insert(*name) {
                let value = |values: &HashMap<&str, &str>| values.get(name).map(|value| (*value).to_owned());
                self.push(member, Some(name), value(&before), value(&after));
            }
        }
    }

    fn push(&mut self, member: ConfigMember, name: Option<&str>, from: Option<String>, to: Option<String>) {
        if from == to {
            return;
        }
        if self.differences.len() >= MAX_DIFFERENCES {
            self.more = self.more.saturating_add(1);
            return;
        }
        let named = matches!(member, ConfigMember::Env | ConfigMember::Labels);
        let name_text = name.unwrap_or_default();
        let secret = named && [&from, &to].into_iter().flatten().any(|value| looks_secret(name_text, value));
        self.differences.push(ConfigDifference { member, name: name.map(str::to_owned), from, to, secret });
    }

    /// The differences of one member.
    pub fn of(&self, member: ConfigMember) -> impl Iterator<Item = &ConfigDifference> {
        self.differences.iter().filter(move |difference| difference.member == member)
    }
}

fn pairs(env: &[String]) -> Vec<(&str, &str)> {
    env.iter().map(|pair| pair.split_once('=').unwrap_or((pair, ""))).collect()
}

fn keys(keys: &[String]) -> Vec<(&str, &str)> {
    keys.iter().map(|key| (key.as_str(), "")).collect()
}

fn labels(labels: &[(String, String)]) -> Vec<(&str, &str)> {
    labels.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

fn platform(platform: &Platform) -> String {
    // Writing to a String cannot fail.
    let mut text = platform.to_string();
    if let Some(version) = &platform.os_version {
        let _ = write!(text, ", os.version {version}");
    }
    if !platform.os_features.is_empty() {
        let _ = write!(text, ", os.features {}", platform.os_features.join(", "));
    }
    text
}

impl fmt::Display for ConfigMember {
    /// The member's name as the config has it.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Entrypoint => "Entrypoint",
            Self::Cmd => "Cmd",
            Self::User => "User",
            Self::WorkingDir => "WorkingDir",
            Self::Env => "Env",
            Self::ExposedPorts => "ExposedPorts",
            Self::Volumes => "Volumes",
            Self::Labels => "Labels",
            Self::Healthcheck => "Healthcheck",
            Self::StopSignal => "StopSignal",
            Self::Shell => "Shell",
            Self::OnBuild => "OnBuild",
            Self::ArgsEscaped => "ArgsEscaped",
            Self::Other => "other members",
            Self::Platform => "platform",
            Self::Created => "created",
            Self::Author => "author",
            Self::DockerVersion => "docker_version",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(run: serde_json::Value) -> ImageConfig {
        let document = serde_json::json!({
            "os": "linux", "architecture": "amd64", "created": "2026-11-21T09:14:00Z", "config": run,
            "rootfs": { "type": "layers", "diff_ids": [] },
        });
        ImageConfig::parse(document.to_string().as_bytes()).expect("a config")
    }

    fn lines(from: serde_json::Value, to: serde_json::Value) -> Vec<String> {
        let text = |value: &Option<String>| value.clone().unwrap_or_else(|| "–".to_owned());
        compare(&config(from), &config(to))
            .differences
            .iter()
            .map(|difference| {
                let name = difference.name.as_deref().map(|name| format!(" {name}")).unwrap_or_default();
                let secret = if difference.secret { " (secret)" } else { "" };
                format!("{}{name}: {} → {}{secret}", difference.member, text(&difference.from), text(&difference.to))
            })
            .collect()
    }

    #[test]
    fn members_are_compared_one_by_one() {
        let from = serde_json::json!({
            "Env": ["PATH=/bin", "VERSION=1.24", "OLD=x", "DEPLOY_TOKEN=abc"],
            "Cmd": ["nginx"], "User": "root", "ExposedPorts": { "80/tcp": {} }, "Labels": { "a": "1", "b": "2" },
            "Volumes": { "/data": {} }, "StopSignal": "SIGTERM", "Mystery": 1,
        });
        let to = serde_json::json!({
            "Env": ["VERSION=1.25", "DEPLOY_TOKEN=def", "PATH=/bin", "NEW=y"],
            "Cmd": ["nginx", "-g", "daemon off;"], "ExposedPorts": { "80/tcp": {}, "443/tcp": {} },
            "Labels": { "b": "2", "a": "3" }, "StopSignal": "SIGTERM", "Mystery": [2],
            "Healthcheck": { "Test": ["CMD-SHELL", "x"], "Interval": 90_000_000_000_u64, "Retries": 3 },
        });
        insta::assert_snapshot!(lines(from, to).join("\n"), @r#"
        Cmd: ["nginx"] → ["nginx", "-g", "daemon off;"]
        User: root → –
        Env VERSION: 1.24 → 1.25
        Env DEPLOY_TOKEN: abc → def (secret)
        Env NEW: – → y
        Env OLD: x → –
        ExposedPorts 443/tcp: – → 
        Volumes /data:  → –
        Labels a: 1 → 3
        Healthcheck: – → ["CMD-SHELL", "x"], interval 1m30s, retries 3
        other members Mystery: 1 → [2]
        "#);
    }

    #[test]
    fn the_order_of_a_set_does_not_count_and_the_last_of_a_name_does() {
        let (left, right) =
            (serde_json::json!({ "Env": ["A=1", "B=2"] }), serde_json::json!({ "Env": ["B=2", "A=1"] }));
        assert!(lines(left, right).is_empty());
        let (left, right) = (serde_json::json!({ "Env": ["A=1", "A=2"] }), serde_json::json!({ "Env": ["A=2", "B"] }));
        assert_eq!(lines(left, right), ["Env B: – → "]);
    }

    #[test]
    fn what_stands_outside_of_config_is_compared_too() {
        let from = config(serde_json::json!({}));
        let mut to = from.clone();
        to.platform.os_version = Some("10.0.20348.2227".to_owned());
        to.created = None;
        to.docker_version = Some("27.0".to_owned());
        let comparison = compare(&from, &to);
        let members: Vec<_> = comparison.differences.iter().map(|difference| difference.member).collect();
        assert_eq!(members, [ConfigMember::Platform, ConfigMember::Created, ConfigMember::DockerVersion]);
        assert_eq!(comparison.of(ConfigMember::Platform).count(), 1);
    }

    #[test]
    fn more_than_can_be_listed_is_counted() {
        // A list has no more than that itself.
        let env: Vec<String> = (0..MAX_DIFFERENCES - 5).map(|number| format!("A{number}=1")).collect();
        let labels: serde_json::Map<_, _> = (0..10).map(|number| (number.to_string(), "".into())).collect();
        let run = serde_json::json!({ "Env": env, "Labels": labels });
        let comparison = compare(&config(serde_json::json!({})), &config(run));
        assert_eq!((comparison.differences.len(), comparison.more), (MAX_DIFFERENCES, 5));
    }
}
