//! Text from a registry made fit for showing: bounded, and without characters that act instead of being seen.

use url::Url;

use crate::oci::is_hidden;

/// Longest text of a registry's message that is kept, in bytes (threat T-30).
pub(crate) const MAX_MESSAGE: usize = 1024;

/// Longest URL shown, in bytes.
const MAX_URL: usize = 2048;

/// Longest name of a member of a query that is shown, in bytes. What is longer is no name.
const MAX_NAME: usize = 32;

/// Members of a query that are shown; all others may hold a signature or a token (threat T-28).
const SHOWN: [&str; 8] = ["scope", "service", "mount", "from", "digest", "n", "last", "artifactType"];

/// The text with controls, and marks that reorder or hide text, as visible escapes (threats T-28, V-6), cut to `limit` bytes.
pub(crate) fn visible(text: &str, limit: usize) -> String {
    let mut shown = String::with_capacity(text.len().min(limit));
    for character in text.chars() {
        let before = shown.len();
        match character {
            '\n' | '\r' | '\t' => shown.push(' '),
            _ if is_hidden(character) => shown.extend(character.escape_unicode()),
            _ => shown.push(character),
        }
        if shown.len() > limit {
            shown.truncate(before);
            shown.push('…');
            break;
        }
    }
    shown
}

/// A URL for pages and logs: without user and password, and with only those values of the query that hold no secret.
pub(crate) fn redacted(url: &Url) -> String {
    let mut shown = url.clone();
    // Both fail only for URLs that cannot have either.
    let _ = shown.set_username("");
    let _ = shown.set_password(None);
    shown.set_fragment(None);
    if let Some(query) = url.query() {
        let parts: Vec<_> = query.split('&').map(redacted_member).collect();
        shown.set_query(None);
        return visible(&format!("{shown}?{}", parts.join("&")), MAX_URL);
    }
    visible(shown.as_str(), MAX_URL)
}

/// A member of a query without what may be secret: a value that is not known to be harmless, and a whole member without a
/// name, since a token may stand there all by itself.
fn redacted_member(member: &str) -> String {
    match member.split_once('=') {
        Some((name, _)) if SHOWN.contains(&name) => member.to_owned(),
        Some((name, _)) if name.len() <= MAX_NAME => format!("{name}=…"),
        Some(_) => "…=…".to_owned(),
        None if member.is_empty() => String::new(),
        None => "…".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn acting_characters_are_escaped() {
        assert_eq!(visible("a\u{1b}[31m\u{202e}b\n", 100), "a\\u{1b}[31m\\u{202e}b ");
        // A list of our own was shorter than the one that pages are shown by, and these came into the logs as they were.
        assert_eq!(visible("a\u{61c}b\u{ad}c\u{e0041}", 100), "a\\u{61c}b\\u{ad}c\\u{e0041}");
        assert_eq!(visible("naïve ✓", 100), "naïve ✓");
    }

    #[test]
    fn long_text_is_cut_on_a_character() {
        assert_eq!(visible("ééé", 4), "éé…");
        assert_eq!(visible("éé", 4), "éé");
    }

    #[test]
    fn signatures_and_credentials_are_not_shown() {
        let url = Url::parse("https://u:p@s3.example/b?X-Amz-Signature=abc&n=3&last=a%2Fb&token=t#f").unwrap();
        assert_eq!(redacted(&url), "https://s3.example/b?X-Amz-Signature=…&n=3&last=a%2Fb&token=…");
    }

    #[test]
    fn a_secret_without_a_name_is_not_shown() {
        let shown = |query: &str| redacted(&Url::parse(&format!("https://h/p?{query}")).unwrap());
        assert_eq!(shown("eyJhbGciOiJub25lIn0"), "https://h/p?…");
        assert_eq!(shown("hunter2&n=3"), "https://h/p?…&n=3");
        assert_eq!(shown("eyJhbGciOiJub25lIn0eyJhbGciOiJub25lIn0="), "https://h/p?…=…");
        assert_eq!(shown(""), "https://h/p?");
    }
}
