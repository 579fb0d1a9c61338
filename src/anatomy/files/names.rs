//! Which names are the same: not the same question for every system.

use std::borrow::Cow;

/// How a system compares names.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Names {
    /// Byte by byte, as Linux does.
    #[default]
    Exact,
    /// Without regard to case, as Windows does.
    WithoutCase,
}

impl Names {
    /// What all names have in common that are the same.
    pub(super) fn key(self, name: &[u8]) -> Cow<'_, [u8]> {
        match self {
            Names::Exact => Cow::Borrowed(name),
            Names::WithoutCase => match std::str::from_utf8(name) {
                Ok(name) => Cow::Owned(name.chars().map(upper).collect::<String>().into_bytes()),
                Err(_) => Cow::Owned(name.to_ascii_uppercase()),
            },
        }
    }
}

/// One character for one, as NTFS has it in its table: `ß` stays what it is.
fn upper(letter: char) -> char {
    let mut upper = letter.to_uppercase();
    match (upper.next(), upper.next()) {
        (Some(upper), None) => upper,
        _ => letter,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_all_scripts_are_compared_without_case() {
        let key = |name: &str| Names::WithoutCase.key(name.as_bytes()).into_owned();
        assert_eq!(key("System32"), key("SYSTEM32"));
        assert_eq!(key("Größe"), key("GRößE"));
        assert_ne!(key("straße"), key("STRASSE"));
        assert_ne!(key("a"), key("b"));
        assert_eq!(Names::WithoutCase.key(b"caf\xe9"), &b"CAF\xe9"[..]);
        assert_eq!(Names::Exact.key(b"System32"), &b"System32"[..]);
    }
}
