//! Image configs (image-spec, config.md; Docker's own members besides).

mod nanoseconds;

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::descriptor::read_platform;
use super::document::{DocumentError, Notice, Reader, join};
use super::{Digest, Platform};

/// Longest time that is kept, in bytes. RFC 3339 needs 35 for a nanosecond of any zone.
pub const MAX_CREATED: usize = 100;

/// What an image is made of and how it runs. Every member may be missing; notices say what was malformed.
#[derive(Debug, Clone, Default)]
pub struct ImageConfig {
    /// Where it runs.
    pub platform: Platform,
    /// When it was built, as written: RFC 3339 if the writer kept to the specification. At most [`MAX_CREATED`] bytes of it.
    pub created: Option<String>,
    /// Who built it.
    pub author: Option<String>,
    /// Version of the docker engine that built it, where that says so.
    pub docker_version: Option<String>,
    /// How it runs.
    pub run: RunConfig,
    /// Digests of the uncompressed layers, lowest first. `None` stands where one is malformed.
    pub diff_ids: Vec<Option<Digest>>,
    /// How many more of them there are than the 10,000 that are read.
    pub diff_ids_left_out: usize,
    /// The build's steps, oldest first; `None` where the config has no history at all.
    pub history: Option<Vec<History>>,
    /// How many more steps there are than the 100,000 that are read: the newest.
    pub history_left_out: usize,
    /// Whether anything of it is not read: the end of a list or of a text.
    pub is_cut: bool,
    /// Members that are not as they should be.
    pub notices: Vec<Notice>,
}

/// The `config` member: how a container of the image is started.
#[derive(Debug, Clone, Default)]
pub struct RunConfig {
    /// User or user id, and group after a colon.
    pub user: Option<String>,
    /// Ports, as `80/tcp`.
    pub exposed_ports: Vec<String>,
    /// Environment, each as `NAME=value`.
    pub env: Vec<String>,
    /// Program to start.
    pub entrypoint: Option<Vec<String>>,
    /// Arguments, or the program where there is no entrypoint.
    pub cmd: Option<Vec<String>>,
    /// Paths that are volumes.
    pub volumes: Vec<String>,
    /// Directory to start in.
    pub working_dir: Option<String>,
    /// Labels, in the document's order.
    pub labels: Vec<(String, String)>,
    /// Signal that stops it.
    pub stop_signal: Option<String>,
    /// Docker's health check.
    pub healthcheck: Option<Healthcheck>,
    /// Docker's shell form.
    pub shell: Option<Vec<String>>,
    /// Docker's triggers for images built on this one.
    pub on_build: Option<Vec<String>>,
    /// Windows: the command line is already escaped.
    pub args_escaped: Option<bool>,
    /// Members that are not known here, each with its value as JSON.
    pub other: Vec<(String, String)>,
}

/// Docker's health check of a container. As JSON its times are integers of nanoseconds, as in the config itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Healthcheck {
    /// `NONE`, `CMD` or `CMD-SHELL`, and the words of the command.
    pub test: Vec<String>,
    /// Time between two checks.
    #[serde(with = "nanoseconds")]
    pub interval: Option<Duration>,
    /// Time that a check may take.
    #[serde(with = "nanoseconds")]
    pub timeout: Option<Duration>,
    /// Time before failures count.
    #[serde(with = "nanoseconds")]
    pub start_period: Option<Duration>,
    /// Failures in a row that make it unhealthy.
    pub retries: Option<i64>,
}

/// One step of the build (config.md, `history`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    /// When, as written, at most [`MAX_CREATED`] bytes of it.
    pub created: Option<String>,
    /// The command.
    pub created_by: Option<String>,
    /// Who.
    pub author: Option<String>,
    /// A remark; BuildKit writes `buildkit.dockerfile.v0`.
    pub comment: Option<String>,
    /// Whether the step made no layer.
    pub empty_layer: bool,
}

/// Where the list of diff_ids stands.
const DIFF_IDS: &str = "/rootfs/diff_ids";
/// Where the list of steps stands.
const HISTORY: &str = "/history";

/// Members of `config` that are read above, or that mean nothing to a reader.
const KNOWN: [&str; 13] = [
    "User",
    "ExposedPorts",
    "Env",
    "Entrypoint",
    "Cmd",
    "Volumes",
    "WorkingDir",
    "Labels",
    "StopSignal",
    "Healthcheck",
    "Shell",
    "OnBuild",
    "ArgsEscaped",
];

impl ImageConfig {
    /// Reads a config.
    ///
    /// # Errors
    ///
    /// [`DocumentError`] where the bytes are no JSON object or `rootfs` or `config` stands twice.
    pub fn parse(bytes: &[u8]) -> Result<Self, DocumentError> {
        let mut reader = Reader::default();
        let object = reader.parse(bytes)?;
        for required in ["architecture", "os", "rootfs"] {
            if Reader::member(&object, required).is_none() {
                reader.note(&join("", required), "the member is required and missing");
            }
        }
        let run = reader.object(&object, "", "config").map(|config| read_run(&mut reader, config)).unwrap_or_default();
        let diff_ids = reader.object(&object, "", "rootfs").map(|rootfs| read_diff_ids(&mut reader, rootfs));
        let history = Reader::member(&object, "history").map(|_| read_history(&mut reader, &object));
        Ok(Self {
            platform: read_platform(&mut reader, &object, ""),
            created: reader.text(&object, "", "created", MAX_CREATED),
            author: reader.string(&object, "", "author"),
            docker_version: reader.string(&object, "", "docker_version").filter(|version| !version.is_empty()),
            run,
            diff_ids: diff_ids.unwrap_or_default(),
            diff_ids_left_out: reader.left_out(DIFF_IDS),
            history,
            history_left_out: reader.left_out(HISTORY),
            is_cut: reader.is_cut(),
            notices: reader.finish(),
        })
    }

    /// How many diff_ids there are, those that are not read among them.
    pub fn diff_id_count(&self) -> usize {
        self.diff_ids.len() + self.diff_ids_left_out
    }
}

fn read_run(reader: &mut Reader, config: &Map<String, Value>) -> RunConfig {
    let path = "/config";
    let filled = |text: Option<String>| text.filter(|text| !text.is_empty());
    RunConfig {
        user: filled(reader.string(config, path, "User")),
        exposed_ports: reader.keys(config, path, "ExposedPorts"),
        env: reader.strings(config, path, "Env").unwrap_or_default(),
        entrypoint: reader.strings(config, path, "Entrypoint"),
        cmd: reader.strings(config, path, "Cmd"),
        volumes: reader.keys(config, path, "Volumes"),
        working_dir: filled(reader.string(config, path, "WorkingDir")),
        labels: reader.string_map(config, path, "Labels"),
        stop_signal: filled(reader.string(config, path, "StopSignal")),
        healthcheck: reader.object(config, path, "Healthcheck").map(|check| read_healthcheck(reader, check)),
        shell: reader.strings(config, path, "Shell"),
        on_build: reader.strings(config, path, "OnBuild").filter(|triggers| !triggers.is_empty()),
        args_escaped: reader.boolean(config, path, "ArgsEscaped"),
        other: reader.others(config, path, &KNOWN),
    }
}

fn read_healthcheck(reader: &mut Reader, check: &Map<String, Value>) -> Healthcheck {
    let path = "/config/Healthcheck";
    let mut duration = |name: &str| reader.duration(check, path, name).filter(|time| !time.is_zero());
    let (interval, timeout, start_period) = (duration("Interval"), duration("Timeout"), duration("StartPeriod"));
    Healthcheck {
        test: reader.strings(check, path, "Test").unwrap_or_default(),
        interval,
        timeout,
        start_period,
        retries: reader.integer(check, path, "Retries").filter(|retries| *retries != 0),
    }
}

fn read_diff_ids(reader: &mut Reader, rootfs: &Map<String, Value>) -> Vec<Option<Digest>> {
    let values = reader.array(rootfs, "/rootfs", "diff_ids");
    let mut diff_ids = Vec::with_capacity(values.len());
    for (position, value) in values.iter().enumerate() {
        let diff_id = value.as_str().and_then(|text| text.parse().ok());
        if diff_id.is_none() {
            reader.note(&join(DIFF_IDS, &position.to_string()), "a digest is expected here");
        }
        diff_ids.push(diff_id);
    }
    diff_ids
}

fn read_history(reader: &mut Reader, object: &Map<String, Value>) -> Vec<History> {
    let values = reader.array(object, "", "history");
    let mut history = Vec::with_capacity(values.len());
    for (position, value) in values.iter().enumerate() {
        let path = join(HISTORY, &position.to_string());
        let Value::Object(step) = value else {
            reader.note(&path, "a step is expected here");
            continue;
        };
        history.push(History {
            created: reader.text(step, &path, "created", MAX_CREATED),
            created_by: reader.string(step, &path, "created_by"),
            author: reader.string(step, &path, "author"),
            comment: reader.string(step, &path, "comment"),
            empty_layer: reader.boolean(step, &path, "empty_layer").unwrap_or(false),
        });
    }
    history
}
