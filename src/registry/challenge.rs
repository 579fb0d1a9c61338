//! The challenges of `WWW-Authenticate` (RFC 9110, section 11.6.1).
//!
//! One header may hold several, and there may be several headers. Schemes and parameter names have no case, quoted values may
//! hold commas, and a scheme may bring one bare token instead of parameters.

use http::HeaderMap;
use http::header::WWW_AUTHENTICATE;

/// Most challenges read of one answer.
const MAX_CHALLENGES: usize = 16;

/// Longest header read, in bytes.
const MAX_HEADER: usize = 8 * 1024;

/// One way to sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Challenge {
    /// The scheme as it was written.
    pub(crate) scheme: String,
    /// Names and values; of a name that stands twice, the first counts.
    pub(crate) parameters: Vec<(String, String)>,
}

impl Challenge {
    /// Every challenge of an answer.
    pub(crate) fn read_all(headers: &HeaderMap) -> Vec<Self> {
        let mut challenges = Vec::new();
        for value in headers.get_all(WWW_AUTHENTICATE) {
            let text = String::from_utf8_lossy(value.as_bytes());
            if text.len() <= MAX_HEADER {
                challenges.extend(parse(&text));
            }
        }
        challenges.truncate(MAX_CHALLENGES);
        challenges
    }

    /// Whether it is of this scheme.
    pub(crate) fn is(&self, scheme: &str) -> bool {
        self.scheme.eq_ignore_ascii_case(scheme)
    }

    /// The value of a parameter.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

/// Reads one header. What follows a mistake in it is left out.
fn parse(header: &str) -> Vec<Challenge> {
    let mut cursor = Cursor { rest: header };
    let mut challenges: Vec<Challenge> = Vec::new();
    loop {
        cursor.skip(|character| character == ',' || character.is_ascii_whitespace());
        let word = cursor.take(is_token);
        if word.is_empty() {
            return challenges;
        }
        let spaces = cursor.take(|character| character.is_ascii_whitespace());
        match challenges.last_mut() {
            Some(challenge) if cursor.rest.starts_with('=') => {
                cursor.advance(1);
                cursor.skip(|character| character.is_ascii_whitespace());
                let Some(value) = cursor.value() else { return challenges };
                challenge.parameters.push((word.to_owned(), value));
            }
            // A parameter of no challenge.
            None if cursor.rest.starts_with('=') => return challenges,
            _ => {
                challenges.push(Challenge { scheme: word.to_owned(), parameters: Vec::new() });
                if !spaces.is_empty() {
                    cursor.skip_bare_token();
                }
            }
        }
    }
}

struct Cursor<'a> {
    rest: &'a str,
}

impl<'a> Cursor<'a> {
    fn take(&mut self, wanted: impl Fn(char) -> bool) -> &'a str {
        let end = self.rest.find(|character| !wanted(character)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at(end);
        self.rest = rest;
        taken
    }

    fn skip(&mut self, unwanted: impl Fn(char) -> bool) {
        self.take(unwanted);
    }

    fn advance(&mut self, bytes: usize) {
        self.rest = self.rest.get(bytes..).unwrap_or_default();
    }

    /// A quoted or a bare value. Bare ones may hold what tokens may not, as some registries leave the quotes out.
    fn value(&mut self) -> Option<String> {
        if !self.rest.starts_with('"') {
            return Some(self.take(|character| character != ',' && !character.is_ascii_whitespace()).to_owned());
        }
        self.advance(1);
        let mut value = String::new();
        let mut characters = self.rest.char_indices();
        while let Some((position, character)) = characters.next() {
            match character {
                '"' => {
                    self.advance(position + 1);
                    return Some(value);
                }
                '\\' => value.push(characters.next()?.1),
                _ => value.push(character),
            }
        }
        None
    }

    /// Passes by what a scheme such as Negotiate brings: one token, ended by a comma or the end.
    fn skip_bare_token(&mut self) {
        let mut ahead = Cursor { rest: self.rest };
        ahead.skip(|character| character.is_ascii_alphanumeric() || "-._~+/".contains(character));
        ahead.skip(|character| character == '=');
        ahead.skip(|character| character.is_ascii_whitespace());
        if ahead.rest.is_empty() || ahead.rest.starts_with(',') {
            self.rest = ahead.rest;
        }
    }
}

fn is_token(character: char) -> bool {
    character.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(character)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn challenge(scheme: &str, parameters: &[(&str, &str)]) -> Challenge {
        let parameters = parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Challenge { scheme: scheme.to_owned(), parameters }
    }

    #[test]
    fn measured_challenges_are_read() {
        assert_eq!(parse(r#"Basic realm="basic-realm""#), [challenge("Basic", &[("realm", "basic-realm")])]);
        assert_eq!(
            parse(r#"Bearer realm="http://h/token",service="reg",scope="repository:x:pull,push""#),
            [challenge(
                "Bearer",
                &[("realm", "http://h/token"), ("service", "reg"), ("scope", "repository:x:pull,push")]
            )]
        );
    }

    #[test]
    fn several_challenges_in_one_header_are_told_apart() {
        let read = parse(r#"Negotiate, Negotiate YWJj==, bearer Realm = "a, b=\"c\"" , service=reg, BASIC realm=x"#);
        assert_eq!(
            read,
            [
                challenge("Negotiate", &[]),
                challenge("Negotiate", &[]),
                challenge("bearer", &[("Realm", "a, b=\"c\""), ("service", "reg")]),
                challenge("BASIC", &[("realm", "x")]),
            ]
        );
        assert!(read[2].is("Bearer"));
        assert_eq!(read[2].parameter("realm"), Some("a, b=\"c\""));
    }

    #[test]
    fn values_without_quotes_are_read() {
        assert_eq!(
            parse("Bearer realm=https://h/token?a=b,service=h"),
            [challenge("Bearer", &[("realm", "https://h/token?a=b"), ("service", "h")])]
        );
    }

    #[test]
    fn mistakes_end_the_reading() {
        assert_eq!(parse(""), []);
        assert_eq!(parse("realm=\"x\""), []);
        assert_eq!(parse("Bearer realm=\"unfinished"), [challenge("Bearer", &[])]);
        assert_eq!(parse("Basic, \"x\""), [challenge("Basic", &[])]);
        assert_eq!(parse("é"), []);
    }

    #[test]
    fn all_headers_count_and_long_ones_are_left_out() {
        let mut headers = HeaderMap::new();
        headers.append(WWW_AUTHENTICATE, format!("Bearer realm=\"{}\"", "x".repeat(10_000)).parse().unwrap());
        headers.append(WWW_AUTHENTICATE, "Negotiate".parse().unwrap());
        headers.append(WWW_AUTHENTICATE, "Basic realm=\"r\"".parse().unwrap());
        let schemes: Vec<_> = Challenge::read_all(&headers).into_iter().map(|challenge| challenge.scheme).collect();
        assert_eq!(schemes, ["Negotiate", "Basic"]);
        headers.insert(WWW_AUTHENTICATE, "Basic,".repeat(1000).parse().unwrap());
        assert_eq!(Challenge::read_all(&headers).len(), MAX_CHALLENGES);
    }

    proptest! {
        #[test]
        fn any_header_is_read_without_panic(text in ".{0,200}") {
            parse(&text);
        }

        #[test]
        fn the_laws_hold_of_any_header(
            header in prop::collection::vec(prop_oneof![
                any::<u8>().prop_map(|byte| vec![byte]),
                prop::sample::select(vec!["Bearer ", "Basic ", "realm=", "\"", ",", " ", "=", "\\", "x", "\u{e9}"])
                    .prop_map(|text| text.as_bytes().to_vec()),
            ], 0..60)
        ) {
            crate::registry::laws::challenge(&header.concat());
        }

        #[test]
        fn what_is_written_by_the_rules_is_read_back(
            challenges in prop::collection::vec(
                ("[A-Za-z][A-Za-z0-9-]{0,10}", prop::collection::vec(("[a-z_]{1,10}", "[ -~]{0,30}"), 1..4)),
                1..5,
            )
        ) {
            let header = challenges
                .iter()
                .map(|(scheme, parameters)| {
                    let written: Vec<_> = parameters
                        .iter()
                        .map(|(name, value)| format!("{name}=\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\"")))
                        .collect();
                    format!("{scheme} {}", written.join(", "))
                })
                .collect::<Vec<_>>()
                .join(", ");
            let read: Vec<_> = parse(&header).into_iter().map(|read| (read.scheme, read.parameters)).collect();
            prop_assert_eq!(read, challenges);
        }
    }
}
