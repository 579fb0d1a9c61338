//! The paths that a file writes: into our own modules, into crates, into the standard library.

use crate::lexer::{Token, tokens};

/// A file without its tests.
pub(crate) struct Source {
    /// Its path below `src`.
    pub(crate) path: String,
    /// Its module: `["oci", "tag"]`; empty for `lib.rs` and `main.rs`.
    pub(crate) module: Vec<String>,
    /// Its words.
    pub(crate) tokens: Vec<Token>,
    /// Modules that it declares for tests only.
    pub(crate) test_modules: Vec<Vec<String>>,
}

/// One path.
pub(crate) struct Use {
    /// The line on which it begins.
    pub(crate) line: usize,
    /// `crate` and what follows, `std` and what follows, or a crate and the name after it.
    pub(crate) segments: Vec<String>,
    /// Whether it stands between a public function's name and its body.
    pub(crate) in_public_signature: bool,
}

impl Source {
    /// Reads a file.
    pub(crate) fn new(path: &str, text: &str) -> Self {
        let mut module: Vec<String> = path.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
        if module.last().is_some_and(|last| ["mod", "lib", "main"].contains(&last.as_str())) {
            module.pop();
        }
        let (tokens, names) = without_tests(tokens(text));
        let test_modules = names.into_iter().map(|name| [module.clone(), vec![name]].concat()).collect();
        Self { path: path.to_owned(), module, tokens, test_modules }
    }

    /// Lines on which a feature of the package decides.
    pub(crate) fn feature_lines(&self) -> impl Iterator<Item = usize> {
        let features = ["\"ssr\"", "\"hydrate\""];
        let decides = move |window: &[Token]| {
            window[0].is_word("feature") && window[1].is_word("=") && features.contains(&window[2].text.as_str())
        };
        self.tokens.windows(3).filter(move |window| decides(window)).map(|window| window[0].line)
    }
}

/// Leaves out what follows `#[cfg(test)]`, and tells the names of modules in files of their own among it.
fn without_tests(tokens: Vec<Token>) -> (Vec<Token>, Vec<String>) {
    let mark = ["#", "[", "cfg", "(", "test", ")", "]"];
    let (mut kept, mut names) = (Vec::new(), Vec::new());
    let mut at = 0;
    while at < tokens.len() {
        let marked = tokens.len() >= at + mark.len()
            && tokens[at..at + mark.len()].iter().zip(mark).all(|(token, mark)| token.is_word(mark));
        if !marked {
            kept.push(tokens[at].clone());
            at += 1;
            continue;
        }
        let item = &tokens[at + mark.len()..];
        let end = item_end(item);
        if let Some(module) = item[..end].windows(3).find(|window| window[0].is_word("mod") && window[2].is_word(";")) {
            names.push(module[1].text.clone());
        }
        at += mark.len() + end;
    }
    (kept, names)
}

/// Where an item ends: after its `;`, or after the brace that closes its body.
fn item_end(tokens: &[Token]) -> usize {
    let (mut depth, mut braces) = (0_usize, false);
    for (position, token) in tokens.iter().enumerate() {
        match token.text.as_str() {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth = depth.saturating_sub(1),
            _ => {}
        }
        braces |= token.is_word("{");
        let closed = token.is_word("}") && braces && depth == 0;
        if closed || (token.is_word(";") && depth == 0) {
            return position + 1;
        }
    }
    tokens.len()
}

/// All paths of a file that begin with `crate`, `strata`, `super`, `std` or a crate's name.
pub(crate) fn uses(source: &Source, crates: &[String]) -> Vec<Use> {
    let tokens = &source.tokens;
    let local = local_names(tokens);
    let mut found = Vec::new();
    for (position, token) in tokens.iter().enumerate() {
        let begins = position == 0 || !(tokens[position - 1].is_word("::") || tokens[position - 1].is_word("."));
        let followed = tokens.get(position + 1).is_some_and(|next| next.is_word("::"));
        if !begins || !token.is_name() || !followed {
            continue;
        }
        let (first, start) = match token.text.as_str() {
            "crate" | "strata" => ("crate".to_owned(), position + 2),
            "super" => match leaves(source, position) {
                Some(start) => ("crate".to_owned(), start),
                None => continue,
            },
            "std" | "core" => ("std".to_owned(), position + 2),
            name if crates.iter().any(|known| known == name) && !local.contains(&name) => {
                (name.to_owned(), position + 2)
            }
            _ => continue,
        };
        let in_public_signature = in_public_signature(tokens, position);
        for path in paths(&tokens[start..], first.as_str() == "crate" || first.as_str() == "std") {
            let segments = [vec![first.clone()], path].concat();
            found.push(Use { line: token.line, segments, in_public_signature });
        }
    }
    found
}

/// Where the path goes on after `super::super::…`, if these lead out of the top module.
fn leaves(source: &Source, position: usize) -> Option<usize> {
    let mut at = position;
    let mut depth = source.module.len();
    while source.tokens.get(at).is_some_and(|token| token.is_word("super")) {
        depth = depth.saturating_sub(1);
        at += 2;
    }
    (depth == 0).then_some(at)
}

/// Names that a file declares or imports, so that they are no crates: `mod time;`, `use super::time;`.
fn local_names(tokens: &[Token]) -> Vec<&str> {
    let declared = tokens.windows(2).filter(|pair| pair[0].is_word("mod")).map(|pair| pair[1].text.as_str());
    let mut names: Vec<&str> = declared.collect();
    let mut in_use = false;
    for (position, token) in tokens.iter().enumerate() {
        in_use = (in_use || token.is_word("use")) && !token.is_word(";");
        let inner = position > 0 && ["::", "{", ","].contains(&tokens[position - 1].text.as_str());
        let last = tokens.get(position + 1).is_some_and(|next| [";", ",", "}"].contains(&next.text.as_str()));
        let self_of = tokens.get(position + 3).is_some_and(|next| next.is_word("self"));
        if in_use && inner && token.is_name() && (last || self_of) {
            names.push(&token.text);
        }
    }
    names
}

/// The names that follow, one path for each branch of a group: two for crates of ours and the standard library, else one.
fn paths(tokens: &[Token], deep: bool) -> Vec<Vec<String>> {
    let Some(first) = tokens.first() else {
        return Vec::new();
    };
    if first.is_word("{") {
        let mut branches = Vec::new();
        let mut depth = 0_usize;
        for (position, token) in tokens.iter().enumerate() {
            let begins = depth == 1 && (tokens[position - 1].is_word("{") || tokens[position - 1].is_word(","));
            if begins && token.is_name() {
                branches.extend(paths(&tokens[position..], deep));
            }
            match token.text.as_str() {
                "{" => depth += 1,
                "}" => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                break;
            }
        }
        return branches;
    }
    let mut path = vec![first.text.clone()];
    let goes_on = tokens.get(1).is_some_and(|next| next.is_word("::"));
    if deep && goes_on {
        let inner = paths(&tokens[2..], false);
        if tokens.get(2).is_some_and(Token::is_name) {
            path.extend(inner.into_iter().flatten());
        } else if !inner.is_empty() {
            // A group: one path for each, and one for the group itself.
            let branches = inner.into_iter().map(|branch| [path.clone(), branch].concat());
            return std::iter::once(path.clone()).chain(branches).collect();
        }
    }
    vec![path]
}

/// Whether a position is after `pub fn` or `pub async fn` and before the body.
fn in_public_signature(tokens: &[Token], position: usize) -> bool {
    let before = &tokens[..position];
    let Some(function) = before.iter().rposition(|token| token.is_word("fn")) else {
        return false;
    };
    let public = before[..function].iter().rev().take(2).any(|token| token.is_word("pub"));
    public && !before[function..].iter().any(|token| token.is_word("{") || token.is_word(";"))
}
