//! A Dockerfile written from an image's history: for reading, not for building.

use super::Instruction;
use super::shell::{is_argument_name, is_label_name, split_pairs};
use super::{run, values};
use crate::oci::History;

/// Longest Dockerfile that is written, in bytes; past it the rest is counted only.
pub const MAX_LENGTH: usize = 1 << 20;

/// What the first lines say.
const HEAD: &str = "# Approximate: written from the image's history. The base image, the files that were copied,\n\
                    # mounts and other build stages are not recorded there.\n";

/// The history as a Dockerfile, oldest step first.
///
/// Values are quoted where a Dockerfile needs it, lists are written as JSON, long commands are broken into lines, and
/// what has no known shape stands as a comment. Values of build arguments are left out: they may be secret.
pub fn dockerfile(history: &[History]) -> String {
    let mut text = HEAD.to_owned();
    for (position, step) in history.iter().enumerate() {
        let lines = step_lines(&Instruction::of(step));
        if text.len() + lines.len() > MAX_LENGTH {
            let rest = history.len() - position;
            text.extend([
                "# ",
                &rest.to_string(),
                " more ",
                if rest == 1 { "step is" } else { "steps are" },
                " not shown.\n",
            ]);
            break;
        }
        text.push_str(&lines);
    }
    text
}

fn step_lines(instruction: &Instruction) -> String {
    let Some(keyword) = instruction.keyword.as_deref() else {
        return comment(&instruction.arguments);
    };
    let arguments = instruction.arguments.as_str();
    let written = match keyword {
        "RUN" => return run_lines(instruction),
        "ENV" | "ARG" => pairs(arguments, is_argument_name),
        "LABEL" => pairs(arguments, is_label_name),
        "ADD" | "COPY" => copied(arguments),
        _ => structured(keyword, arguments),
    };
    let written = written.unwrap_or_else(|| match keyword {
        // A heredoc may follow, and its lines belong to it.
        "ADD" | "COPY" | "ONBUILD" if arguments.contains("<<") => arguments.to_owned(),
        _ => values::one_line(arguments),
    });
    format!("{keyword} {written}").trim_end().to_owned() + "\n"
}

/// What builders print as a structure of Go, in the words of a Dockerfile.
fn structured(keyword: &str, arguments: &str) -> Option<String> {
    match keyword {
        "CMD" | "ENTRYPOINT" => start(arguments),
        "SHELL" => shell(arguments),
        "EXPOSE" => ports(arguments),
        "VOLUME" | "USER" => unwrapped(arguments),
        "HEALTHCHECK" => values::healthcheck(arguments),
        _ => None,
    }
}

impl Instruction {
    /// The step in the words of a Dockerfile, where its builder recorded a structure of Go instead (`map[80/tcp:{}]`,
    /// `&{["CMD-SHELL" "check"] "30s" …}`); nothing where what was recorded can be read as it is.
    pub fn readable(&self) -> Option<Self> {
        let written = structured(self.keyword.as_deref()?, &self.arguments)?;
        // JSON with other spaces in it is no other text for a reader.
        let is_same = |one: &str, other: &str| {
            let signs = |text: &str| text.chars().filter(|character| *character != ' ').collect::<String>();
            signs(one) == signs(other)
        };
        (!is_same(&written, &self.arguments)).then(|| Self { arguments: written, ..self.clone() })
    }
}

fn run_lines(instruction: &Instruction) -> String {
    let mut text = String::new();
    if !instruction.build_arguments.is_empty() {
        let names: Vec<&str> =
            instruction.build_arguments.iter().filter_map(|argument| argument.split('=').next()).collect();
        text.push_str(&comment(&format!("with the build arguments {}", names.join(", "))));
    }
    text.push_str("RUN ");
    text.push_str(&run::lines(&instruction.arguments));
    text.push('\n');
    text
}

/// Every line as a comment.
fn comment(text: &str) -> String {
    if text.is_empty() {
        return "# a step without a text\n".to_owned();
    }
    let text = text.strip_prefix("# ").unwrap_or(text);
    // A carriage return alone is no line break for a Dockerfile, but might look like one.
    text.replace('\r', "\\r").lines().fold(String::new(), |comment, line| comment + "# " + line + "\n")
}

/// `NAME=value` pairs, which builders print without their quotes.
fn pairs(arguments: &str, is_name: fn(u8) -> bool) -> Option<String> {
    let pairs = split_pairs(arguments, usize::MAX, is_name);
    if pairs.first().is_none_or(|first| !arguments.starts_with(first)) {
        return None;
    }
    let pairs: Vec<String> = pairs
        .iter()
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| format!("{name}={}", values::value(value)))
        .collect();
    Some(pairs.join(" "))
}

/// `["nginx" "-g"]` as JSON; what a shell starts, as the shell form.
fn start(arguments: &str) -> Option<String> {
    // Some docker versions print a pointer to a list.
    let arguments = arguments.strip_prefix("&{").and_then(|inner| inner.strip_suffix('}')).unwrap_or(arguments).trim();
    let (list, rest) = values::quoted_list(arguments)?;
    if !rest.trim().is_empty() {
        return None;
    }
    Some(match list.as_slice() {
        [shell, option, command] if shell == "/bin/sh" && option == "-c" && !command.contains(['\n', '\r']) => {
            command.clone()
        }
        list => values::exec_form(list),
    })
}

/// `[/bin/bash -o pipefail -c]` as JSON.
fn shell(arguments: &str) -> Option<String> {
    if let Some(list) = start(arguments).filter(|list| list.starts_with('[')) {
        return Some(list);
    }
    let inner = arguments.strip_prefix('[')?.strip_suffix(']')?;
    let words: Vec<String> = inner.split_whitespace().map(str::to_owned).collect();
    Some(values::exec_form(&words))
}

/// `map[80/tcp:{} 443/tcp:{}]` and `[80/tcp 443/tcp]` as `80/tcp 443/tcp`.
fn ports(arguments: &str) -> Option<String> {
    let inner = arguments.strip_prefix("map").unwrap_or(arguments).strip_prefix('[')?.strip_suffix(']')?;
    let ports: Vec<&str> = inner.split_whitespace().map(|port| port.strip_suffix(":{}").unwrap_or(port)).collect();
    Some(ports.join(" "))
}

/// `[/data]` as `/data`, and a JSON list as it is.
fn unwrapped(arguments: &str) -> Option<String> {
    if let Some(list) = start(arguments) {
        return Some(list);
    }
    let inner = arguments.strip_prefix('[')?.strip_suffix(']')?;
    Some(values::one_line(inner.trim()))
}

/// The classic builder's `file:<hash> in /dst` as `file:<hash> /dst`: what it copied is known by its hash alone.
fn copied(arguments: &str) -> Option<String> {
    let (source, destination) = arguments.split_once(" in ")?;
    let (kind, hash) = source.split_once(':')?;
    let known = ["file", "dir", "multi"].contains(&kind) && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
    known.then(|| format!("{kind}:{} {}", hash.get(..12).unwrap_or(hash), values::one_line(destination.trim())))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(created_by: &str) -> String {
        let history = [History { created_by: Some(created_by.to_owned()), ..History::default() }];
        let text = dockerfile(&history);
        text.strip_prefix(HEAD).expect("the head").trim_end_matches('\n').to_owned()
    }

    #[test]
    fn forms_that_go_has_printed_are_repaired() {
        for (created_by, line) in [
            (r#"CMD ["nginx" "-g" "daemon off;"]"#, r#"CMD ["nginx", "-g", "daemon off;"]"#),
            (r#"/bin/sh -c #(nop)  CMD ["/bin/sh" "-c" "exec app"]"#, "CMD exec app"),
            (r#"/bin/sh -c #(nop)  ENTRYPOINT &{["/entry.sh"]}"#, r#"ENTRYPOINT ["/entry.sh"]"#),
            ("EXPOSE map[80/tcp:{} 443/tcp:{}]", "EXPOSE 80/tcp 443/tcp"),
            ("EXPOSE [80/tcp]", "EXPOSE 80/tcp"),
            ("/bin/sh -c #(nop)  EXPOSE 80/tcp", "EXPOSE 80/tcp"),
            ("VOLUME [/data]", "VOLUME /data"),
            ("/bin/sh -c #(nop)  USER [nova]", "USER nova"),
            ("SHELL [/bin/bash -o pipefail -c]", r#"SHELL ["/bin/bash", "-o", "pipefail", "-c"]"#),
            (
                "LABEL maintainer=NGINX Docker Maintainers <docker-maint@nginx.com>",
                r#"LABEL maintainer="NGINX Docker Maintainers <docker-maint@nginx.com>""#,
            ),
            ("LABEL a=b org.x/y=c d", r#"LABEL a=b org.x/y="c d""#),
            ("ENV JAVA_OPTS=-Da=b -Dc=d", r#"ENV JAVA_OPTS="-Da=b -Dc=d""#),
            ("ENV A=1\nRUN evil", r#"ENV A="1\nRUN evil""#),
            ("ENV PATH /usr/bin", "ENV PATH /usr/bin"),
            ("ARG VERSION", "ARG VERSION"),
            ("WORKDIR /app", "WORKDIR /app"),
            ("WORKDIR /app\nRUN evil", r"WORKDIR /app\nRUN evil"),
            ("/bin/sh -c #(nop) ADD file:d48cac34fac385cbc1de6adfdd88300f76f9bbe3 in / ", "ADD file:d48cac34fac3 /"),
            ("COPY layer1.txt /layer1 # buildkit", "COPY layer1.txt /layer1"),
            (r#"HEALTHCHECK &{["CMD-SHELL" "x"] "30s" "0s" "0s" '\x00'}"#, "HEALTHCHECK --interval=30s CMD x"),
            ("RUN /bin/sh -c set -e\nmake\n # buildkit", "RUN <<EOF\nset -e\nmake\nEOF"),
            ("RUN |1 TOKEN=secret /bin/sh -c make # buildkit", "# with the build arguments TOKEN\nRUN make"),
            ("bazel build ...", "# bazel build ..."),
            ("a\nRUN evil", "# a\n# RUN evil"),
            ("# debian.sh --arch 'amd64'", "# debian.sh --arch 'amd64'"),
            ("", "# a step without a text"),
        ] {
            assert_eq!(written(created_by), line, "{created_by}");
        }
    }

    #[test]
    fn structures_of_go_are_written_in_words() {
        let readable = |created_by: &str| Instruction::parse(created_by).readable().map(|step| step.to_string());
        for (created_by, words) in [
            ("EXPOSE map[80/tcp:{}]", Some("EXPOSE 80/tcp")),
            ("VOLUME [/data]", Some("VOLUME /data")),
            (r#"HEALTHCHECK &{["CMD-SHELL" "x"] "30s" "0s" "0s" '\x00'}"#, Some("HEALTHCHECK --interval=30s CMD x")),
            (r#"/bin/sh -c #(nop)  CMD ["nginx" "-g" "daemon off;"]"#, Some(r#"CMD ["nginx", "-g", "daemon off;"]"#)),
            // What is readable stays as it was recorded.
            (r#"CMD ["nginx","-g"]"#, None),
            ("EXPOSE 80/tcp", None),
            ("ENV A=b c", None),
            ("RUN make", None),
            ("HEALTHCHECK CMD curl", None),
            ("bazel build ...", None),
        ] {
            assert_eq!(readable(created_by).as_deref(), words, "{created_by}");
        }
    }

    #[test]
    fn the_whole_is_marked_as_approximate() {
        assert!(dockerfile(&[]).starts_with("# Approximate: "));
    }

    #[test]
    fn a_huge_history_is_cut_with_a_count() {
        let step = History { created_by: Some(format!("RUN {}", "x".repeat(1000))), ..History::default() };
        let text = dockerfile(&vec![step; 100_000]);
        assert!(text.len() < MAX_LENGTH + 100);
        assert!(text.ends_with("more steps are not shown.\n"), "{}", &text[text.len() - 60..]);
    }

    proptest! {
        #[test]
        fn only_known_keywords_and_comments_begin_lines_outside_heredocs(text in "[ -~\\n\\r\\té]{0,80}") {
            let written = written(&text);
            prop_assert!(written.starts_with('#') || !written.is_empty());
        }

        #[test]
        fn no_arguments_make_it_panic(
            keyword in prop_oneof![
                Just("CMD"), Just("ENV"), Just("LABEL"), Just("EXPOSE"), Just("SHELL"), Just("HEALTHCHECK"), Just("USER"),
                Just("ADD"), Just("RUN"), Just("ARG"), Just("VOLUME"),
            ],
            arguments in "[\\[\\]{}&\"'\\\\a-zé0-9:= \\n]{0,60}",
        ) {
            let _ = written(&format!("{keyword} {arguments}"));
        }
    }
}
