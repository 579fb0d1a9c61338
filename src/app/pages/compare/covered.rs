//! Values in commands that look like secrets: told from the rest, so that they can be covered.

use crate::anatomy::secrets;

/// What stands for a covered value where it cannot be uncovered.
const DOTS: &str = "••••••••";

/// A part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    /// Shown as it is.
    Plain(String),
    /// Looks like a secret.
    Secret(String),
}

/// A text in its parts, none of them empty.
pub(super) fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut end = 0;
    let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default().to_owned();
    for range in secrets::ranges(text).into_iter().filter(|range| !range.is_empty()) {
        pieces.push(Piece::Plain(part(end, range.start)));
        pieces.push(Piece::Secret(part(range.start, range.end)));
        end = range.end;
    }
    pieces.push(Piece::Plain(part(end, text.len())));
    pieces.retain(|piece| *piece != Piece::Plain(String::new()));
    pieces
}

/// A text with dots in the place of its secrets.
pub(super) fn covered(text: &str) -> String {
    let shown = pieces(text).into_iter().map(|piece| match piece {
        Piece::Plain(text) => text,
        Piece::Secret(_) => DOTS.to_owned(),
    });
    shown.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_covered_and_nothing_else_is() {
        for text in ["", "RUN make ü", "ENV A=1", "ENV DEPLOY_TOKEN="] {
            assert_eq!(covered(text), text);
        }
        assert_eq!(covered("ENV DEPLOY_TOKEN=abcdefg B=2"), format!("ENV DEPLOY_TOKEN={DOTS} B=2"));
        assert_eq!(
            pieces("ENV DEPLOY_TOKEN=abcdefg"),
            [Piece::Plain("ENV DEPLOY_TOKEN=".to_owned()), Piece::Secret("abcdefg".to_owned())]
        );
    }
}
