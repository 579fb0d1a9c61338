//! Names and values after the `?`. Nothing of it reaches a registry unchecked (threat T-10).

use axum::http::Uri;
use url::form_urlencoded;

use super::answer::Problem;
use crate::view::artifact::ArtifactQuery;

/// The decoded query of a request.
#[derive(Debug, Clone, Default)]
pub(super) struct Query(Vec<(String, String)>);

impl Query {
    pub(super) fn of(uri: &Uri) -> Self {
        let pairs = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
        Self(pairs.into_owned().collect())
    }

    /// A value, the first one where the name is repeated; empty where there is none.
    pub(super) fn text(&self, name: &str) -> String {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone()).unwrap_or_default()
    }

    /// Whether a switch is on: `refresh`, `refresh=1`, `refresh=true`.
    pub(super) fn switch(&self, name: &str) -> bool {
        self.0.iter().any(|(key, value)| key == name && matches!(value.as_str(), "" | "1" | "true"))
    }

    /// A number from 0 on; 0 where nothing is said.
    pub(super) fn number(&self, name: &str) -> Result<u32, Problem> {
        match self.text(name).as_str() {
            "" => Ok(0),
            text => text.parse().map_err(|_| Problem::invalid(format!("`{name}` is a whole number."))),
        }
    }

    /// What is asked of an artifact.
    pub(super) fn artifact(&self) -> Result<ArtifactQuery, Problem> {
        Ok(ArtifactQuery { read: self.text("read"), packages: self.text("packages"), from: self.number("from")? })
    }

    /// A number of rows, brought into the range from 1 to `maximum`, which is also what is meant where nothing is said.
    pub(super) fn limit(&self, name: &str, maximum: usize) -> Result<usize, Problem> {
        let text = self.text(name);
        if text.is_empty() {
            return Ok(maximum);
        }
        let digits = text.strip_prefix(['-', '+']).unwrap_or(&text);
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(Problem::invalid(format!("`{name}` is a whole number from 1 to {maximum}.")));
        }
        // What is too long to be a number here is larger than any maximum, or smaller than 1.
        let number = if text.starts_with('-') { 1 } else { digits.parse().unwrap_or(usize::MAX) };
        Ok(number.clamp(1, maximum))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(text: &str) -> Query {
        Query::of(&format!("/?{text}").parse().unwrap())
    }

    #[test]
    fn limits_are_brought_into_their_range() {
        for (text, limit) in [
            ("", Some(100)),
            ("limit=", Some(100)),
            ("limit=7", Some(7)),
            ("limit=0", Some(1)),
            ("limit=-5", Some(1)),
            ("limit=999999999", Some(100)),
            ("limit=99999999999999999999999999", Some(100)),
            ("limit=7&limit=8", Some(7)),
            ("limit=1.5", None),
            ("limit=1e3", None),
            ("limit=all", None),
        ] {
            assert_eq!(query(text).limit("limit", 100).ok(), limit, "{text}");
        }
    }

    #[test]
    fn values_are_decoded() {
        assert_eq!(query("filter=a%20b+c%2F").text("filter"), "a b c/");
        assert!(query("refresh").switch("refresh"));
        assert!(!query("refresh=0").switch("refresh"));
    }
}
