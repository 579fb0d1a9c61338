use proptest::prelude::*;

use super::*;

fn parts(created_by: &str) -> (Option<String>, String) {
    let instruction = Instruction::parse(created_by);
    (instruction.keyword, instruction.arguments)
}

#[test]
fn every_builders_shapes_are_taken_apart() {
    for (created_by, keyword, arguments) in [
        // Classic builder.
        (r#"/bin/sh -c #(nop)  CMD ["/bin/sh"]"#, "CMD", r#"["/bin/sh"]"#),
        ("/bin/sh -c #(nop) ADD file:d48cac34 in / ", "ADD", "file:d48cac34 in /"),
        ("/bin/sh -c #(nop)\tENV A=b", "ENV", "A=b"),
        ("/bin/sh -c #(nop)  USER [nova]", "USER", "[nova]"),
        ("/bin/sh -c rm -rf /var/lib/apt/lists/*", "RUN", "rm -rf /var/lib/apt/lists/*"),
        ("|1 VERSION=1.2 /bin/sh -c make", "RUN", "make"),
        ("|1 A=b /bin/sh -c #(nop)  LABEL a=b", "LABEL", "a=b"),
        // BuildKit.
        ("COPY layer1.txt /layer1 # buildkit", "COPY", "layer1.txt /layer1"),
        ("RUN /bin/sh -c apt-get update # buildkit", "RUN", "apt-get update"),
        ("RUN |1 VERSION=1.2 /bin/sh -c make # buildkit", "RUN", "make"),
        ("EXPOSE map[80/tcp:{}]", "EXPOSE", "map[80/tcp:{}]"),
        ("VOLUME [/volume]", "VOLUME", "[/volume]"),
        ("WORKDIR /app", "WORKDIR", "/app"),
        ("RUN /bin/sh -c cat <<EOF > /a\nx\nEOF\n # buildkit", "RUN", "cat <<EOF > /a\nx\nEOF"),
        // kaniko.
        ("RUN apt-get update", "RUN", "apt-get update"),
        ("RUN --mount=type=cache,target=/x make", "RUN", "--mount=type=cache,target=/x make"),
        // Windows.
        ("cmd /S /C #(nop)  ENV A=b", "ENV", "A=b"),
        ("cmd /S /C mkdir C:\\app", "RUN", "mkdir C:\\app"),
        ("powershell -Command $ErrorActionPreference = 'Stop'; #(nop)  WORKDIR C:\\app", "WORKDIR", "C:\\app"),
        ("powershell -Command Write-Host hello", "RUN", "Write-Host hello"),
    ] {
        assert_eq!(parts(created_by), (Some(keyword.to_owned()), arguments.to_owned()), "{created_by}");
    }
}

#[test]
fn unknown_shapes_stay_as_they_are() {
    for created_by in [
        "",
        "sh",
        "/bin/sh -c",
        "bazel build ...",
        "kaniko",
        "buildpacks",
        "# debian.sh --arch 'amd64' out/ 'bookworm' '@1713916800'",
        "mkdir /proc, mkdir /sys, mkdir /base, mkfile /base/base.txt",
        "/bin/sh echo something > last",
        "/bin/sh -c #(nop) FROBNICATE all",
        "copy /a /b",
        "RUNNER x",
        "|3",
    ] {
        assert_eq!(parts(created_by), (None, created_by.to_owned()), "{created_by}");
    }
}

#[test]
fn build_arguments_and_shell_are_kept_beside_the_command() {
    let instruction = Instruction::parse("RUN |2 A=one two B=2 /bin/bash -o pipefail -c make # buildkit");
    assert_eq!(instruction.build_arguments, ["A=one two", "B=2"]);
    assert_eq!(instruction.shell.as_deref(), Some("/bin/bash -o pipefail -c"));
    assert_eq!(instruction.to_string(), "RUN make");
    assert!(instruction.from_buildkit);
    assert_eq!(Instruction::parse("|1 A=b /bin/sh -c make").shell, None);
}

#[test]
fn buildkit_is_known_by_mark_or_comment() {
    let step = |created_by: &str, comment: Option<&str>| History {
        created_by: Some(created_by.to_owned()),
        comment: comment.map(str::to_owned),
        ..History::default()
    };
    assert!(Instruction::of(&step("ENV A=b", Some("buildkit.dockerfile.v0"))).from_buildkit);
    assert!(Instruction::of(&step("COPY a / # buildkit", None)).from_buildkit);
    assert!(!Instruction::of(&step("ENV A=b", None)).from_buildkit);
    assert!(Instruction::of(&History::default()).is_empty());
}

#[test]
fn a_very_long_text_takes_no_longer_than_its_length() {
    let long = format!("|9 {}", "A=1 sh ".repeat(200_000));
    assert_eq!(Instruction::parse(&long).keyword.as_deref(), Some("RUN"));
    let heredoc = format!("/bin/sh -c {}", "echo line\n".repeat(10_000));
    assert_eq!(Instruction::parse(&heredoc).arguments.lines().count(), 10_000);
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,200}") {
        let instruction = Instruction::parse(&text);
        prop_assert!(instruction.arguments.len() <= text.len());
    }

    #[test]
    fn no_text_of_known_words_makes_it_panic(
        words in prop::collection::vec(
            prop_oneof![
                Just("/bin/sh"), Just("-c"), Just("#(nop)"), Just("|2"), Just("A=b"), Just("RUN"), Just("COPY"), Just("é"),
                Just("# buildkit"), Just("powershell"), Just("-Command"), Just(";"), Just("cmd"), Just("/C"), Just("\n"),
            ],
            0..12,
        ),
        blank in prop_oneof![Just(" "), Just("\t"), Just("")],
    ) {
        let _ = Instruction::parse(&words.join(blank));
    }
}
