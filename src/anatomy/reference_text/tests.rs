use proptest::prelude::*;

use super::*;

const DIGEST: &str = "sha256:ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb";

fn reference(host: Option<&str>, reference: &str) -> Pasted {
    Pasted::Reference { host: host.map(str::to_owned), reference: reference.parse().expect("a reference") }
}

#[test]
fn references_follow_dockers_rules() {
    let pinned = format!("a/b:1@{DIGEST}");
    for (text, host, expected) in [
        ("nginx:1.25", None, "nginx:1.25"),
        ("library/nginx:1.25", None, "library/nginx:1.25"),
        (&*pinned, None, &*pinned),
        ("registry.acme.dev/library/nginx", Some("registry.acme.dev"), "library/nginx"),
        ("registry.acme.dev:5000/a/b:1", Some("registry.acme.dev:5000"), "a/b:1"),
        ("localhost/a", Some("localhost"), "a"),
        ("localhost:5000/a", Some("localhost:5000"), "a"),
        // Docker reads this as a repository of that name.
        ("localhost:5000", None, "localhost:5000"),
        ("ACME/app:1", Some("acme"), "app:1"),
        ("[::1]:5000/a:1", Some("[::1]:5000"), "a:1"),
        ("docker.io/nginx:1", Some("docker.io"), "library/nginx:1"),
        ("index.docker.io/library/nginx:1", Some("docker.io"), "library/nginx:1"),
        ("docker.io/a/b", Some("docker.io"), "a/b"),
        ("  `nginx:1.25`  ", None, "nginx:1.25"),
        ("\n\n  nginx:1.25\nanother line", None, "nginx:1.25"),
    ] {
        assert_eq!(parse(text), reference(host, expected), "{text}");
    }
}

#[test]
fn commands_and_lines_of_files_name_their_reference() {
    for (text, host, expected) in [
        ("docker pull nginx", None, "nginx"),
        ("$ docker pull --platform linux/amd64 r.example/a:1", Some("r.example"), "a:1"),
        ("sudo docker image pull -q r.example/a:1", Some("r.example"), "a:1"),
        ("docker run -it --rm -p 80:80 -v /a:/b nginx:1.25 sh -c x", None, "nginx:1.25"),
        ("docker buildx imagetools inspect a/b:1", None, "a/b:1"),
        ("podman pull --tls-verify=false 127.0.0.1:5000/a:1", Some("127.0.0.1:5000"), "a:1"),
        ("nerdctl --insecure-registry pull r.example/a:1", Some("r.example"), "a:1"),
        ("nerdctl -n k8s.io pull r.example/a:1", Some("r.example"), "a:1"),
        ("crictl pull r.example/a:1", Some("r.example"), "a:1"),
        ("ctr images pull docker.io/library/a:1", Some("docker.io"), "library/a:1"),
        ("crane manifest --insecure r.example/a:1", Some("r.example"), "a:1"),
        ("crane ls r.example/a", Some("r.example"), "a"),
        ("/usr/bin/skopeo inspect --raw docker://r.example/a:1", Some("r.example"), "a:1"),
        ("skopeo copy --src-tls-verify=false docker://r.example/a:1 oci:a:1", Some("r.example"), "a:1"),
        ("helm pull oci://r.example/charts/a --version 1.2.3+b.1", Some("r.example"), "charts/a:1.2.3_b.1"),
        ("helm install release oci://r.example/charts/a --version=1.2.3", Some("r.example"), "charts/a:1.2.3"),
        ("kubectl run x --image=r.example/a:1", Some("r.example"), "a:1"),
        ("kubectl create deployment x --image a:1", None, "a:1"),
        ("FROM nginx", None, "nginx"),
        ("FROM --platform=$BUILDPLATFORM nginx:1.25 AS base", None, "nginx:1.25"),
        ("image: nginx", None, "nginx"),
        ("  - image: \"r.example/a:1\"  # why", Some("r.example"), "a:1"),
        ("\"image\": \"r.example/a:1\",", Some("r.example"), "a:1"),
        ("image: docker.io/nginx", Some("docker.io"), "library/nginx"),
        ("docker://r.example/a", Some("r.example"), "a"),
        ("oci://r.example/charts/a", Some("r.example"), "charts/a"),
        ("docker-pullable://r.example/a:1", Some("r.example"), "a:1"),
    ] {
        assert_eq!(parse(text), reference(host, expected), "{text}");
    }
}

#[test]
fn digests_stand_alone() {
    let digest = Pasted::Digest(DIGEST.parse().expect("a digest"));
    let hexadecimal = DIGEST.strip_prefix("sha256:").expect("the algorithm");
    for text in [DIGEST, &format!("@{DIGEST}"), hexadecimal, &hexadecimal.to_uppercase(), &format!("  \"{DIGEST}\"\n")]
    {
        assert_eq!(parse(text), digest, "{text}");
    }
    // A name, not a digest, although the grammar would allow it.
    assert_eq!(parse("nginx:latest"), reference(None, "nginx:latest"));
}

#[test]
fn links_are_cut_to_their_path() {
    for (text, host, path) in [
        ("https://strata.example/library/nginx:1.25", Some("strata.example"), "/library/nginx:1.25"),
        (
            "http://localhost:3000/a@sha256:b/-/raw?platform=linux/amd64#top",
            Some("localhost:3000"),
            "/a@sha256:b/-/raw?platform=linux/amd64",
        ),
        ("HTTPS://Strata.Example", Some("strata.example"), "/"),
        ("https://strata.example?q=1", Some("strata.example"), "/?q=1"),
        ("/library/nginx:1.25", None, "/library/nginx:1.25"),
        ("//evil.example/x", None, "/evil.example/x"),
        ("https://strata.example//evil.example", Some("strata.example"), "/evil.example"),
    ] {
        assert_eq!(parse(text), Pasted::Path { host: host.map(str::to_owned), path: path.to_owned() }, "{text}");
    }
}

#[test]
fn everything_else_is_words() {
    for text in [
        "",
        "nginx",
        "library/nginx",
        "two words",
        "a:b:c",
        "docker",
        "docker pull",
        "helm install a b",
        "javascript:alert(1)",
        "https://user@host/x",
        "https://host/a b",
        "/\\evil.example",
        "r.example/",
        "r.example/A",
        "kubectl get pods",
        "é:1",
    ] {
        assert_eq!(parse(text), Pasted::Words(text.to_owned()), "{text}");
    }
    let Pasted::Words(words) = parse(&"é".repeat(100_000)) else { panic!("words are expected") };
    assert_eq!(words.chars().count(), MAX_WORDS);
}

proptest! {
    #[test]
    fn no_text_makes_it_panic_and_no_path_leaves_the_site(text in any::<String>()) {
        if let Pasted::Path { path, .. } = parse(&text) {
            prop_assert!(path.starts_with('/') && !path.starts_with("//") && !path.contains('\\'));
        }
    }

    #[test]
    fn paths_never_leave_the_site(text in "(https?://)?[a-z/\\\\.:@]{0,20}") {
        if let Pasted::Path { path, .. } = parse(&text) {
            prop_assert!(path.starts_with('/') && !path.starts_with("//") && !path.contains('\\'));
        }
    }

    #[test]
    fn what_a_command_was_built_from_is_found_again(
        repository in "[a-z0-9]{1,8}(/[a-z0-9]{1,8}){0,2}", tag in "[A-Za-z0-9_][A-Za-z0-9._-]{0,20}", insecure: bool,
    ) {
        use crate::anatomy::pull::{PullSource, PullTarget, chart_command, image_commands, inspect_command};
        let (host, repository, tag) =
            ("r.example:5000".parse().expect("a host"), repository.parse().expect("a name"), tag.parse().expect("a tag"));
        let source =
            PullSource { host: &host, plain_http: insecure, repository: &repository, target: PullTarget::Tag(&tag), platform: None };
        let expected = Pasted::Reference {
            host: Some("r.example:5000".to_owned()),
            reference: Reference::tag(repository.clone(), tag.clone()),
        };
        let mut commands = image_commands(&source);
        commands.extend([inspect_command(&source), chart_command(&source)]);
        for command in commands {
            prop_assert_eq!(parse(&command.command), expected.clone(), "{}", command.command);
        }
    }
}
