//! An answer of Strata, read whole.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, header};
use serde_json::Value;
use tower::ServiceExt as _;

/// An answer that has been read whole.
pub(crate) struct Answer {
    pub(crate) target: String,
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) async fn get(router: &Router, target: &str) -> Self {
        let request = Request::get(target).header(header::HOST, "localhost:3000").body(Body::empty()).unwrap();
        let (parts, body) = router.clone().oneshot(request).await.unwrap().into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap().to_vec();
        Self { target: target.to_owned(), status: parts.status.as_u16(), headers: parts.headers, body }
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn request_id(&self) -> &str {
        self.header("x-request-id")
    }

    /// The page as a reader sees it: without scripts and tags, entities as their characters.
    pub(crate) fn text(&self) -> String {
        assert_eq!(self.header("content-type"), "text/html; charset=utf-8", "{}", self.target);
        let html = std::str::from_utf8(&self.body).unwrap();
        let mut text = String::with_capacity(html.len());
        let mut rest = html;
        while let Some(start) = rest.find('<') {
            text.push_str(&rest[..start]);
            // What a script holds is nothing that a reader sees.
            let end = if rest[start..].starts_with("<script") { "</script>" } else { ">" };
            rest = rest[start..].split_once(end).map_or("", |(_, after)| after);
        }
        text.push_str(rest);
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#x27;", "'"), ("&amp;", "&")]
            .iter()
            .fold(text, |text, (entity, character)| text.replace(entity, character))
    }

    pub(crate) fn json(&self) -> Value {
        assert_eq!(self.header("content-type"), "application/json", "{}", self.target);
        serde_json::from_slice(&self.body).unwrap()
    }

    /// Fails unless the page has all of these words.
    pub(crate) fn says(&self, words: &[&str]) {
        let text = self.text();
        for word in words {
            assert!(text.contains(word), "{} does not say `{word}`: {text}", self.target);
        }
    }
}
