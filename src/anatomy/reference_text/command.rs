//! The reference in a command line: `docker pull …`, `FROM …`.

use super::{Pasted, SCHEMES, after, name, unquoted};

/// Programs whose commands have a reference.
const TOOLS: &str = "docker podman nerdctl crictl skopeo crane gcrane regctl oras helm ctr buildah cosign notation syft \
    grype trivy dive kubectl diffoci singularity apptainer";

/// Words between a program and its reference.
const SUBCOMMANDS: &str = "pull push run create inspect image images i manifest copy cp digest config export ls list tag tags \
    history save rmi buildx imagetools build verify sign attach discover repo show template install \
    upgrade artifact blob tree validate fetch get scan scout head mount";

/// Options whose value is the next word.
const WITH_VALUE: &str = "--platform --arch --os --variant --authfile --creds --cert-dir --namespace -n --version --output -o \
    --username -u --password -p --publish --policy --name -v --volume -e --env --env-file --network \
    --net --entrypoint -w --workdir --mount --user --hostname -h --restart -m --memory --cpus --format \
    -f --type -t --key";

/// Most words that are looked at.
const MAX_TOKENS: usize = 200;

fn among(words: &str, word: &str) -> bool {
    words.split_whitespace().any(|known| known == word)
}

/// Finds the reference of a command line.
pub(super) fn parse(line: &str) -> Option<Pasted> {
    let mut tokens = line.split_whitespace().take(MAX_TOKENS).map(unquoted).peekable();
    tokens.next_if_eq(&"sudo");
    let first = tokens.next()?;
    if first.eq_ignore_ascii_case("from") {
        return tokens.find(|token| !token.starts_with('-')).and_then(name::parse);
    }
    let tool = first.rsplit('/').next().unwrap_or_default();
    if !among(TOOLS, tool) {
        return None;
    }
    let tokens: Vec<&str> = tokens.collect();
    // A scheme says which word it is, whatever else is there.
    if let Some(reference) = tokens.iter().find_map(|token| after(token, SCHEMES)) {
        return name::parse(reference).map(|pasted| with_version(pasted, &tokens));
    }
    // Helm's other words are names of releases and charts elsewhere.
    if tool == "helm" {
        return None;
    }
    if tool == "kubectl" {
        return option(&tokens, "--image").and_then(name::parse);
    }
    let mut rest = tokens.iter();
    let mut before_reference = true;
    while let Some(token) = rest.next() {
        if token.starts_with('-') {
            if among(WITH_VALUE, token) {
                rest.next();
            }
            continue;
        }
        before_reference &= among(SUBCOMMANDS, token);
        if before_reference {
            continue;
        }
        if let Some(pasted) = name::parse(token) {
            return Some(pasted);
        }
    }
    None
}

/// The address in a line of curl or wget, such as the one that the request bar copies.
pub(super) fn fetched(line: &str) -> Option<&str> {
    let mut tokens = line.split_whitespace().take(MAX_TOKENS).map(unquoted);
    let tool = tokens.next()?.rsplit('/').next()?;
    if !matches!(tool, "curl" | "wget") {
        return None;
    }
    tokens.find(|token| after(token, &["https://", "http://"]).is_some())
}

/// The value of `--option value` or `--option=value`.
fn option<'a>(tokens: &[&'a str], name: &str) -> Option<&'a str> {
    let after = tokens.iter().position(|token| *token == name).and_then(|position| tokens.get(position + 1)).copied();
    after.or_else(|| tokens.iter().find_map(|token| token.strip_prefix(name)?.strip_prefix('=')))
}

/// Helm has the tag apart, and writes `+` where tags have `_`.
fn with_version(pasted: Pasted, tokens: &[&str]) -> Pasted {
    match pasted {
        Pasted::Reference { host, mut reference } if !reference.names_manifest() => {
            reference.tag = option(tokens, "--version").and_then(|version| version.replace('+', "_").parse().ok());
            Pasted::Reference { host, reference }
        }
        other => other,
    }
}
