//! What every fault is checked for.

use serde_json::{Value, json};

use super::site::{ENCODED_PASSWORD, PASSWORD, SITE, get};
use super::support::logs::Logs;
use super::support::{Answer, Fixture, digest_of};

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";

/// One fault, as a page and as JSON.
pub(crate) struct Fault<'a> {
    /// The registry that fails.
    pub(crate) registry: &'a str,
    /// The page, behind the registry's name.
    pub(crate) page: &'a str,
    /// The same in the JSON API, up to the registry's name.
    pub(crate) api: &'a str,
    pub(crate) status: u16,
    pub(crate) code: &'a str,
    /// The heading, or its beginning.
    pub(crate) heading: &'a str,
    /// The path of the request that failed; empty where the registry was not asked.
    pub(crate) request: &'a str,
    /// What else the page says.
    pub(crate) says: &'a [&'a str],
}

impl Fault<'_> {
    /// Opens the page and its JSON, and checks all that holds for every fault. The page is given back.
    pub(crate) fn check(&self) -> Answer {
        let page = get(&format!("/{}/{}", self.registry, self.page));
        assert_eq!(page.status, self.status, "{}: {}", page.target, page.text());
        page.says(&[self.heading, "What you can do"]);
        page.says(self.says);
        // The log of requests below the page is text as it is.
        let text = page.text();
        let main = text.split(" registry request").next().unwrap_or_default();
        assert!(!main.contains('`'), "marks of code are no text: {main}");
        if !self.request.is_empty() {
            page.says(&["The request", &self.url(), page.request_id(), "the operator finds it in the log"]);
        }
        self.check_log(&page);

        let answer = get(&format!("{}{}/{}", self.api, self.registry, self.page));
        let error = answer.json()["error"].take();
        assert_eq!((answer.status, error["code"].as_str()), (self.status, Some(self.code)), "{error}");
        assert!(error["message"].as_str().is_some_and(|message| message.contains(self.heading)), "{error}");
        assert_eq!(error["request"]["id"], answer.request_id());
        if !self.request.is_empty() {
            let url = error["request"]["to_registry"]["url"].as_str();
            assert!(url.is_some_and(|url| url.ends_with(&self.url())), "{error}");
        }
        self.check_log(&answer);

        self.others_answer();
        no_secret_is_logged();
        page
    }

    fn url(&self) -> String {
        // The dead registry's port is in its page only.
        match self.registry {
            "dead" => self.request.to_owned(),
            registry => format!("{}{}", SITE.registry(registry).origin(), self.request),
        }
    }

    /// One line for the failure and one for the answer, both with the request's name and the status.
    fn check_log(&self, answer: &Answer) {
        let lines = lines_of(answer.request_id());
        let of = |message: &str| -> Vec<&Value> { lines.iter().filter(|line| line["message"] == message).collect() };
        let [failure] = of("no page")[..] else { panic!("{}: {lines:#?}", answer.target) };
        assert_eq!((failure["status"].as_u64(), failure["code"].as_str()), (Some(self.status.into()), Some(self.code)));
        assert_eq!(failure["registry"], self.registry);
        assert!(failure["problem"].as_str().is_some_and(|problem| problem.contains(self.heading)), "{failure}");
        assert!(failure["url"].as_str().is_some_and(|url| url.ends_with(self.request)), "{failure}");
        let [answered] = of("answered")[..] else { panic!("{}: {lines:#?}", answer.target) };
        assert_eq!(answered["status"].as_u64(), Some(self.status.into()));
    }

    /// Another registry, and another repository of the same one unless the fault is the whole registry's.
    fn others_answer(&self) {
        image_opens("good");
        if ["refusing", "documents"].contains(&self.registry) {
            image_opens(self.registry);
        }
    }
}

/// Every line of a request, by its name.
pub(crate) fn lines_of(request_id: &str) -> Vec<Value> {
    let text = Logs::of_process().text();
    let lines = text.lines().filter(|line| line.contains(request_id));
    let fields =
        lines.filter_map(|line| serde_json::from_str::<Value>(line).ok()).map(|mut line| line["fields"].take());
    fields.filter(|fields| fields["request_id"] == request_id).collect()
}

/// Fails where the password that every registry of the site has stands in the log.
pub(crate) fn no_secret_is_logged() {
    let text = Logs::of_process().text();
    assert!(!text.contains(PASSWORD) && !text.contains(ENCODED_PASSWORD));
    assert!(!text.to_ascii_lowercase().contains("authorization: basic"));
}

/// Opens a sound image of a registry, with its tags.
pub(crate) fn image_opens(registry: &str) {
    put_image(SITE.registry(registry), "app/web", "1.0");
    let page = get(&format!("/{registry}/app/web:1.0"));
    assert_eq!(page.status, 200, "{}", page.text());
    page.says(&["COPY content /", "1 step, 1 layer"]);
    assert_eq!(get(&format!("/{registry}/app/web")).status, 200);
}

/// Puts a sound image under a tag; digest and size of its manifest are given back.
pub(crate) fn put_image(fixture: &Fixture, repository: &str, tag: &str) -> (String, usize) {
    let layer = digest_of(b"a layer");
    let config = json!({
        "os": "linux",
        "architecture": "amd64",
        "rootfs": { "type": "layers", "diff_ids": [layer] },
        "history": [{ "created_by": "COPY content / # buildkit" }],
    });
    put_image_with(fixture, repository, tag, config.to_string().as_bytes())
}

/// Puts an image of one layer and this config under a tag.
pub(crate) fn put_image_with(fixture: &Fixture, repository: &str, tag: &str, config: &[u8]) -> (String, usize) {
    let manifest = json!({
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": {
            "mediaType": "application/vnd.oci.image.config.v1+json",
            "digest": digest_of(config),
            "size": config.len(),
        },
        "layers": [{
            "mediaType": "application/vnd.oci.image.layer.v1.tar+gzip",
            "digest": digest_of(b"a layer"),
            "size": 7,
        }],
    });
    let manifest = manifest.to_string();
    fixture.content(|content| {
        content.blob(repository, config);
        let digest = content.manifest(repository, MANIFEST, manifest.as_bytes());
        content.tag(repository, tag, &digest);
        (digest, manifest.len())
    })
}
