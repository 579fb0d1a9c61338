//! Text from registries made safe to read: what cannot be seen is shown, what is too long is cut, and only plain web
//! addresses become links.

use std::borrow::Cow;
use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use crate::oci::is_hidden;

/// A text cut for showing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clipped {
    /// The beginning.
    pub text: String,
    /// How many characters were left out.
    pub left_out: u64,
}

/// The text with everything invisible or misleading written as an escape: controls as `\x1b`, and as `\u{202e}` what
/// changes the direction of the text around it, has no width, or is no character at all. Tabs and line breaks stay.
pub fn visible(text: &str) -> Cow<'_, str> {
    escaped(text, |character| character != '\n' && character != '\t' && is_hidden(character))
}

/// The same for one line: tabs and line breaks are written as `\t` and `\n`.
pub fn visible_line(text: &str) -> Cow<'_, str> {
    escaped(text, is_hidden)
}

fn escaped(text: &str, hides: impl Fn(char) -> bool) -> Cow<'_, str> {
    let Some(first) = text.find(&hides) else {
        return Cow::Borrowed(text);
    };
    let (mut shown, rest) = (text[..first].to_owned(), &text[first..]);
    for character in rest.chars() {
        match character {
            '\n' if hides('\n') => shown.push_str("\\n"),
            '\t' if hides('\t') => shown.push_str("\\t"),
            '\r' => shown.push_str("\\r"),
            character if !hides(character) => shown.push(character),
            character if u32::from(character) < 0x100 => {
                // Writing to a String cannot fail.
                let _ = write!(shown, "\\x{:02x}", u32::from(character));
            }
            character => shown.extend(character.escape_unicode()),
        }
    }
    Cow::Owned(shown)
}

/// The first characters of a text, at most `characters` of them.
pub fn clip(text: &str, characters: usize) -> Clipped {
    match text.char_indices().nth(characters) {
        None => Clipped { text: text.to_owned(), left_out: 0 },
        Some((end, _)) => {
            let left_out = text[end..].chars().count();
            Clipped { text: text[..end].to_owned(), left_out: u64::try_from(left_out).unwrap_or(u64::MAX) }
        }
    }
}

/// A text's beginning of at most that many bytes, and how many were cut off.
pub fn cut(mut text: String, most: usize) -> (String, u64) {
    let end = text.floor_char_boundary(most);
    let left_out = text.len() - end;
    text.truncate(end);
    (text, u64::try_from(left_out).unwrap_or(u64::MAX))
}

/// The text with a capital letter, as a sentence begins.
pub fn capitalized(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}

/// Longest address that becomes a link, in bytes.
const MAX_LINK: usize = 2_000;

/// The text as an address to link to, if it is nothing but a plain `http` or `https` one: a host without user or
/// password before it, and only characters that every parser reads alike. Anything else is shown as text.
///
/// Hosts in other scripts are refused too, because they can look like others; their ASCII form (`xn--`) passes, and is
/// what the reader sees.
pub fn link(text: &str) -> Option<&str> {
    if text.len() > MAX_LINK {
        return None;
    }
    let rest = strip_scheme(text)?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let (host, port) = authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port)));
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
            && !label.starts_with('-')
    };
    // One dot may end a host's name.
    let valid_host = host.len() <= 253 && host.strip_suffix('.').unwrap_or(host).split('.').all(label);
    let valid_port =
        port.is_none_or(|port| port.parse::<u16>().is_ok() && port.bytes().all(|byte| byte.is_ascii_digit()));
    // RFC 3986 characters, without the backslash and quotes that browsers read in their own ways.
    let valid_path =
        path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(&byte));
    (valid_host && valid_port && valid_path).then_some(text)
}

fn strip_scheme(text: &str) -> Option<&str> {
    ["https://", "http://"].iter().find_map(|scheme| {
        let begin = text.get(..scheme.len())?;
        begin.eq_ignore_ascii_case(scheme).then(|| &text[scheme.len()..])
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_cannot_be_seen_is_shown() {
        for (text, shown) in [
            ("plain text, ünïcode 漢字 🎉", "plain text, ünïcode 漢字 🎉"),
            ("a\u{202e}b", "a\\u{202e}b"),
            ("\u{2066}x\u{2069}", "\\u{2066}x\\u{2069}"),
            ("zero\u{200b}width\u{feff}", "zero\\u{200b}width\\u{feff}"),
            ("\u{1b}[31mred\u{7}", "\\x1b[31mred\\x07"),
            ("c1\u{9b}", "c1\\x9b"),
            ("nul\0", "nul\\x00"),
            ("line\u{2028}separator", "line\\u{2028}separator"),
            ("carriage\rreturn", "carriage\\rreturn"),
            ("tag\u{e0041}", "tag\\u{e0041}"),
            ("\u{ffff}", "\\u{ffff}"),
            ("soft\u{ad}hyphen", "soft\\xadhyphen"),
        ] {
            assert_eq!(visible(text), shown);
        }
        assert_eq!(visible("a\n\tb"), "a\n\tb");
        assert_eq!(visible_line("a\n\tb"), "a\\n\\tb");
        assert!(matches!(visible("untouched"), Cow::Borrowed(_)));
    }

    #[test]
    fn clipping_counts_characters() {
        assert_eq!(clip("äöü", 3), Clipped { text: "äöü".to_owned(), left_out: 0 });
        assert_eq!(clip("äöü", 1), Clipped { text: "ä".to_owned(), left_out: 2 });
        assert_eq!(clip("", 0), Clipped { text: String::new(), left_out: 0 });
    }

    #[test]
    fn plain_web_addresses_are_links() {
        for text in [
            "https://example.com",
            "http://example.com:8080/a/b?c=d#e",
            "HTTPS://Example.com/%20",
            "https://xn--bcher-kva.example/",
            "http://localhost/",
            "http://127.0.0.1:5000/v2/",
            "https://example.com./",
            "https://github.com/owner/repo/tree/v1.0@sha",
        ] {
            assert_eq!(link(text), Some(text), "{text}");
        }
    }

    #[test]
    fn anything_else_is_no_link() {
        for text in [
            "",
            "example.com",
            "javascript:alert(1)",
            "java\tscript:alert(1)",
            " https://example.com",
            "https://example.com ",
            "data:text/html,x",
            "vbscript:x",
            "//evil.example",
            "https:/example.com",
            "https:example.com",
            "https://",
            "https:///path",
            "https://good.example@evil.example/",
            "https://user:password@evil.example/",
            "https://good.example\\@evil.example/",
            "https://evil.example:80:90/",
            "https://evil.example:99999/",
            "https://evil.example:+80/",
            "https://exämple.com",
            "https://example.com/ä",
            "https://example.com/\u{202e}",
            "https://example.com/\"onclick",
            "https://-evil.example",
            "https://a..b",
            "ftp://example.com",
            "https://[::1]/",
        ] {
            assert_eq!(link(text), None, "{text}");
        }
        assert_eq!(link(&format!("https://example.com/{}", "a".repeat(2_000))), None);
    }

    proptest! {
        #[test]
        fn nothing_hidden_is_left(text in any::<String>()) {
            prop_assert!(!visible_line(&text).chars().any(is_hidden));
            let shown = visible(&text);
            prop_assert!(!shown.chars().any(|character| is_hidden(character) && character != '\n' && character != '\t'));
            let _ = link(&text);
        }

        #[test]
        fn clipping_loses_no_count(text in any::<String>(), characters in 0..20_usize) {
            let clipped = clip(&text, characters);
            prop_assert!(text.starts_with(&clipped.text));
            let counted = u64::try_from(clipped.text.chars().count()).expect("a count") + clipped.left_out;
            prop_assert_eq!(counted, u64::try_from(text.chars().count()).expect("a count"));
        }
    }
}
