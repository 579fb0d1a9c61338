//! Image configs, good and odd.

use std::time::Duration;

use crate::oci::config::Healthcheck;
use crate::oci::{ImageConfig, Notice};

const DIGEST: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

fn config(document: &serde_json::Value) -> ImageConfig {
    ImageConfig::parse(document.to_string().as_bytes()).expect("a config")
}

fn lines(notices: &[Notice]) -> String {
    notices.iter().map(|notice| format!("{}: {}", notice.member, notice.problem)).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_config_is_read_whole() {
    let config = config(&serde_json::json!({
        "os": "windows", "architecture": "amd64", "os.version": "10.0.20348.2227", "os.features": ["win32k"],
        "created": "2026-11-21T09:14:00Z", "author": "Ann", "docker_version": "27.0",
        "config": {
            "User": "app:app", "ExposedPorts": { "80/tcp": {}, "443/tcp": {} }, "Env": ["A=1", "B="],
            "Entrypoint": ["/entry"], "Cmd": ["run"], "Volumes": { "/data": {} }, "WorkingDir": "/app",
            "Labels": { "b": "1", "a": "2" }, "StopSignal": "SIGQUIT", "Shell": ["cmd"], "OnBuild": ["RUN x"],
            "ArgsEscaped": true, "Hostname": "abc", "Domainname": null,
            "Healthcheck": { "Test": ["CMD", "x"], "Interval": 30_000_000_000_u64, "Timeout": 0, "Retries": 3 },
        },
        "rootfs": { "type": "layers", "diff_ids": [DIGEST] },
        "history": [{ "created_by": "COPY a /", "created": "x", "comment": "c", "author": "a" }, { "empty_layer": true }],
    }));
    assert_eq!(lines(&config.notices), "");
    assert_eq!(config.platform.to_string(), "windows/amd64");
    assert_eq!(config.platform.os_version.as_deref(), Some("10.0.20348.2227"));
    assert_eq!(config.run.exposed_ports, ["80/tcp", "443/tcp"]);
    assert_eq!(config.run.env, ["A=1", "B="]);
    assert_eq!(config.run.labels[0], ("b".to_owned(), "1".to_owned()));
    assert_eq!(config.run.other, [("Hostname".to_owned(), "\"abc\"".to_owned())]);
    assert_eq!(
        config.run.healthcheck,
        Some(Healthcheck {
            test: vec!["CMD".to_owned(), "x".to_owned()],
            interval: Some(Duration::from_secs(30)),
            timeout: None,
            start_period: None,
            retries: Some(3),
        })
    );
    let json = serde_json::json!({
        "test": ["CMD", "x"], "interval": 30_000_000_000_u64, "timeout": null, "start_period": null, "retries": 3,
    });
    assert_eq!(serde_json::to_value(&config.run.healthcheck).expect("JSON"), json);
    let read: Option<Healthcheck> = serde_json::from_value(json).expect("a health check");
    assert_eq!(read, config.run.healthcheck);
    let history = config.history.expect("a history");
    assert_eq!((history.len(), history[1].empty_layer, config.diff_ids.len()), (2, true, 1));
}

#[test]
fn empty_members_are_as_missing() {
    let config = config(&serde_json::json!({
        "os": "linux", "architecture": "amd64", "variant": "", "docker_version": "",
        "config": { "User": "", "WorkingDir": "", "StopSignal": "", "OnBuild": [], "Env": null, "Labels": null, "Cmd": null },
        "rootfs": { "diff_ids": null }, "history": null,
    }));
    assert_eq!(lines(&config.notices), "");
    assert_eq!((config.platform.variant, config.docker_version, config.history), (None, None, None));
    assert_eq!((config.run.user, config.run.working_dir, config.run.stop_signal), (None, None, None));
    assert_eq!((config.run.on_build, config.run.cmd, config.diff_ids.len()), (None, None, 0));
}

#[test]
fn an_empty_document_lacks_what_is_required() {
    insta::assert_snapshot!(lines(&config(&serde_json::json!({})).notices), @r"
    /architecture: the member is required and missing
    /os: the member is required and missing
    /rootfs: the member is required and missing
    ");
}

#[test]
fn members_that_are_wrong_are_noted_and_the_others_read() {
    let config = config(&serde_json::json!({
        "os": 1, "architecture": "amd64", "created": 0, "rootfs": { "diff_ids": [DIGEST, "sha256:x", null, 7] },
        "config": {
            "Cmd": "nginx -g", "Entrypoint": { "a": 1 }, "Env": ["A=1", 2], "ExposedPorts": ["80/tcp"], "Volumes": "x",
            "Labels": { "a": 1, "b": null }, "ArgsEscaped": "yes",
            "Healthcheck": { "Test": "CMD x", "Interval": -1, "Retries": 1.5 },
        },
        "history": ["x", { "created_by": 1, "empty_layer": "true" }],
    }));
    assert_eq!(config.run.cmd.as_deref(), Some(&["nginx -g".to_owned()][..]));
    assert_eq!(config.run.env, ["A=1"]);
    assert_eq!(config.run.exposed_ports, ["80/tcp"]);
    assert_eq!(config.diff_ids.iter().map(Option::is_some).collect::<Vec<_>>(), [true, false, false, false]);
    insta::assert_snapshot!(lines(&config.notices));
}

#[test]
fn what_stands_twice_is_refused_only_where_it_decides() {
    assert!(ImageConfig::parse(br#"{"rootfs":{},"rootfs":{}}"#).is_err());
    assert!(ImageConfig::parse(br#"{"config":{},"config":{}}"#).is_err());
    let labels =
        br#"{"os":"linux","architecture":"amd64","rootfs":{},"config":{"Labels":{"config":"1","config":"2"}}}"#;
    let config = ImageConfig::parse(labels).expect("a config");
    assert_eq!(config.run.labels, [("config".to_owned(), "2".to_owned())]);
    assert_eq!(lines(&config.notices), "/config/Labels/config: the member stands twice; the last one is shown");
}

#[test]
fn a_hundred_thousand_steps_are_read() {
    let step = r#"{"created":"2026-11-21T09:14:00Z","created_by":"RUN true","empty_layer":true}"#;
    let document = format!(
        r#"{{"os":"linux","architecture":"amd64","rootfs":{{}},"history":[{}]}}"#,
        vec![step; 100_000].join(",")
    );
    let config = ImageConfig::parse(document.as_bytes()).expect("a config");
    assert_eq!(config.history.map(|history| history.len()), Some(100_000));
}
