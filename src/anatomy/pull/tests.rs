use proptest::prelude::*;

use super::*;

const DIGEST: &str = "sha256:ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb";

fn commands(host: &str, plain_http: bool, by_digest: bool) -> String {
    let (host, repository) = (host.parse().expect("a host"), "library/nginx".parse().expect("a name"));
    let (tag, digest) = ("1.25".parse().expect("a tag"), DIGEST.parse().expect("a digest"));
    let target = if by_digest { PullTarget::Digest(&digest) } else { PullTarget::Tag(&tag) };
    let source = PullSource { host: &host, plain_http, repository: &repository, target, platform: None };
    let mut commands = image_commands(&source);
    commands.push(inspect_command(&source));
    let lines: Vec<String> = commands
        .into_iter()
        .map(|command| match command.note {
            Some(note) => format!("{}: {} ({note:?})", command.tool, command.command),
            None => format!("{}: {}", command.tool, command.command),
        })
        .collect();
    lines.join("\n").replace(DIGEST, "DIGEST")
}

#[test]
fn commands_by_tag() {
    insta::assert_snapshot!(commands("registry.acme.dev", false, false), @r"
    docker: docker pull registry.acme.dev/library/nginx:1.25
    podman: podman pull registry.acme.dev/library/nginx:1.25
    nerdctl: nerdctl pull registry.acme.dev/library/nginx:1.25
    crictl: crictl pull registry.acme.dev/library/nginx:1.25
    skopeo: skopeo copy docker://registry.acme.dev/library/nginx:1.25 oci:nginx:1.25
    crane: crane pull registry.acme.dev/library/nginx:1.25 nginx.tar
    Kubernetes: image: registry.acme.dev/library/nginx:1.25
    skopeo: skopeo inspect --raw docker://registry.acme.dev/library/nginx:1.25
    ");
}

#[test]
fn commands_by_digest_over_plain_http() {
    insta::assert_snapshot!(commands("10.0.0.1:5000/mirror", true, true), @r"
    docker: docker pull 10.0.0.1:5000/mirror/library/nginx@DIGEST (DockerInsecureRegistry)
    podman: podman pull --tls-verify=false 10.0.0.1:5000/mirror/library/nginx@DIGEST
    nerdctl: nerdctl --insecure-registry pull 10.0.0.1:5000/mirror/library/nginx@DIGEST
    crictl: crictl pull 10.0.0.1:5000/mirror/library/nginx@DIGEST (RuntimeInsecureRegistry)
    skopeo: skopeo copy --src-tls-verify=false docker://10.0.0.1:5000/mirror/library/nginx@DIGEST oci:nginx
    crane: crane pull --insecure 10.0.0.1:5000/mirror/library/nginx@DIGEST nginx.tar
    Kubernetes: image: 10.0.0.1:5000/mirror/library/nginx@DIGEST (RuntimeInsecureRegistry)
    skopeo: skopeo inspect --raw --tls-verify=false docker://10.0.0.1:5000/mirror/library/nginx@DIGEST
    ");
}

#[test]
fn a_platform_is_asked_for_where_a_tool_can() {
    let (host, repository) = ("registry.acme.dev".parse().expect("a host"), "app".parse().expect("a name"));
    let tag = "1".parse().expect("a tag");
    let lines = |platform: &Platform| -> Vec<String> {
        let source = PullSource {
            host: &host,
            plain_http: false,
            repository: &repository,
            target: PullTarget::Tag(&tag),
            platform: Some(platform),
        };
        image_commands(&source).into_iter().map(|command| command.command).collect()
    };
    insta::assert_snapshot!(lines(&Platform::new("linux", "arm64", Some("v8"))).join("\n"), @r"
    docker pull --platform linux/arm64/v8 registry.acme.dev/app:1
    podman pull --platform linux/arm64/v8 registry.acme.dev/app:1
    nerdctl pull --platform linux/arm64/v8 registry.acme.dev/app:1
    crictl pull registry.acme.dev/app:1
    skopeo --override-os linux --override-arch arm64 --override-variant v8 copy docker://registry.acme.dev/app:1 oci:app:1
    crane pull --platform linux/arm64/v8 registry.acme.dev/app:1 app.tar
    image: registry.acme.dev/app:1
    ");
    // What a document may say of itself is no word of a command.
    let hostile = lines(&Platform::new("linux", "arm64; reboot", None)).join(" ");
    assert!(!hostile.contains("reboot") && !hostile.contains("--platform"), "{hostile}");
}

#[test]
fn engines_trust_this_machine() {
    for host in ["127.0.0.1:5000", "127.8.8.8", "localhost:5000", "[::1]:5000"] {
        assert!(!commands(host, true, false).contains("Insecure"), "{host}");
    }
}

#[test]
fn a_charts_version_has_its_plus_back() {
    let (host, repository) = ("r.example".parse().expect("a host"), "charts/app".parse().expect("a name"));
    let (tag, digest) = ("1.2.3_build.5".parse().expect("a tag"), DIGEST.parse().expect("a digest"));
    let source = PullSource {
        host: &host,
        plain_http: false,
        repository: &repository,
        target: PullTarget::Tag(&tag),
        platform: None,
    };
    assert_eq!(chart_command(&source).command, "helm pull oci://r.example/charts/app --version 1.2.3+build.5");
    let pinned = chart_command(&PullSource { plain_http: true, target: PullTarget::Digest(&digest), ..source });
    assert_eq!(pinned.command, format!("helm pull oci://r.example/charts/app@{DIGEST} --plain-http"));
    assert_eq!(pinned.note, Some(PullNote::HelmDigest));
}

#[test]
fn hosts_are_checked() {
    for text in [
        "localhost",
        "r.example",
        "r.example:5000",
        "10.0.0.1",
        "[::1]:5000",
        "[fe80::1]",
        "r.example/a/b",
        "a_b.example",
    ] {
        assert!(text.parse::<PullHost>().is_ok(), "{text}");
    }
    for text in [
        "",
        "r.example:",
        "r.example:0",
        "r.example:99999",
        "r.example:+1",
        "a b",
        "r;x",
        "$(x)",
        "-r",
        "r..x",
        "r.example/",
        "r.example/A",
        "[::1",
        "[x]",
        "[::1]5000",
        "http://r.example",
        "user@r.example",
        "é.example",
        "r.example\n",
    ] {
        assert!(text.parse::<PullHost>().is_err(), "{text}");
    }
}

proptest! {
    #[test]
    fn no_command_has_a_character_that_a_shell_reads(
        host in "[a-z\\[\\]:.$;/0-9 _-]{1,20}",
        repository in "[a-z0-9._/-]{1,20}",
        tag in "[A-Za-z0-9_.-]{1,20}",
        plain_http: bool,
    ) {
        if let (Ok(host), Ok(repository), Ok(tag)) = (host.parse(), repository.parse(), tag.parse()) {
            let source = PullSource { host: &host, plain_http, repository: &repository, target: PullTarget::Tag(&tag), platform: None };
            let mut commands = image_commands(&source);
            commands.extend([inspect_command(&source), chart_command(&source)]);
            for PullCommand { command, .. } in commands {
                // Brackets mean something only beside a file of that name.
                let safe = |byte: u8| byte.is_ascii_alphanumeric() || b" -_./:=+@[]".contains(&byte);
                prop_assert!(command.bytes().all(safe), "{command}");
            }
        }
    }
}
