//! How the JSON API is used, with links that answer from this registry.

use leptos::either::Either;
use leptos::prelude::*;

use crate::api::example_names;
use crate::app::frame::PageHead;
use crate::oci::{RepositoryName, Tag};
use crate::view::{Site, link};

/// A member of nearly every query.
const REFRESH: (&str, &str) = ("refresh", "1: asks the registry again, whatever is kept");
const PLATFORM: (&str, &str) = ("platform", "the platform chosen in an index, such as linux/arm64/v8");
const MANIFEST: (&str, &str) =
    ("manifest", "the digest of the entry chosen in an index, where its platform is not unique");

/// One address of the API.
struct Entry {
    /// The address with names in braces where something is to be put in.
    address: &'static str,
    /// What it answers.
    answers: &'static str,
    /// Members of the query, and what they do.
    query: &'static [(&'static str, &'static str)],
    /// Where this registry has an example.
    example: Option<String>,
}

/// What examples can be made of: a repository, with its registry's name before it where there are several, and tags of it.
#[derive(Debug, Clone, Default, PartialEq)]
struct Material {
    repository: Option<String>,
    tags: Vec<String>,
}

/// `/-/api`
#[component]
pub fn ApiGuidePage() -> impl IntoView {
    let site = expect_context::<StoredValue<Site>>();
    let registry = site.with_value(|site| site.registry("").cloned().unwrap_or_default());
    view! {
        <main id="main" class="page" tabindex="-1">
            <PageHead title="JSON API" description="The views of Strata's pages, as JSON for programs." />
            <div class="pagehead">
                <div>
                    <h1>"JSON API"</h1>
                    <p class="sub">"What the pages show, for programs. Read-only, like everything here."</p>
                </div>
            </div>
            <Rules />
            {Suspend::new(async move {
                let names = example_names(&registry.name).await;
                entries(&Material::of(&registry.prefix, names)).into_iter().map(entry).collect_view()
            })}
        </main>
    }
}

impl Material {
    fn of(prefix: &str, names: Option<(RepositoryName, Vec<Tag>)>) -> Self {
        let Some((repository, tags)) = names else { return Self::default() };
        let tags = tags.into_iter().take(2).map(String::from).collect();
        Self { repository: Some(format!("{prefix}{repository}")), tags }
    }
}

/// Every address, in the order of the guide.
fn entries(material: &Material) -> Vec<Entry> {
    let repository = material.repository.as_deref();
    let tag = |position: usize| -> Option<String> {
        repository.zip(material.tags.get(position)).map(|(repository, tag)| format!("{repository}:{tag}"))
    };
    let compare =
        tag(1).zip(tag(0)).map(|(from, to)| format!("/-/api/compare?{}", link::query(&[("from", &from), ("to", &to)])));
    vec![
        Entry {
            address: "/-/api/registries",
            answers: "The configured registries: name, host, the host that people pull from, the account, and what their answers have shown so far, each with the request that showed it. Nothing is asked for it.",
            query: &[],
            example: Some("/-/api/registries".to_owned()),
        },
        Entry {
            address: "/-/api/repositories",
            answers: "The repositories of a registry, in the order of their names, 100 at a time.",
            query: &[
                ("registry", "a registry's name; the first one without it"),
                ("filter", "only names with this in them; with / at its end, only names that begin with it"),
                ("after", "only names after this one; next in the answer is the value for the next page"),
                ("limit", "at most so many, up to 100"),
                ("details", "reads the first tag of each repository from this name on"),
                REFRESH,
            ],
            example: Some("/-/api/repositories?limit=3".to_owned()),
        },
        Entry {
            address: "/-/api/tags/{repository}",
            answers: "The tags of a repository, highest version first, up to 1,000 at a time.",
            query: &[
                ("filter", "only names with this in them"),
                (
                    "sort",
                    "version, newest or size; the last two sort the tags that have been read, their number is read",
                ),
                (
                    "details",
                    "reads digest, size and date of 100 tags, from this one on; outdated names tags whose details are older",
                ),
                ("after", "only tags after this one in that order"),
                ("limit", "at most so many, up to 1,000"),
                REFRESH,
            ],
            example: repository.map(|repository| format!("/-/api/tags/{repository}?limit=3")),
        },
        Entry {
            address: "/-/api/image/{reference}",
            answers: "What stands at a tag or digest: identities, platforms, history joined with layers, config.",
            query: &[
                ("view", "layers, config or raw: what content holds; layers without it"),
                PLATFORM,
                MANIFEST,
                ("steps", "the first step of the history, from 0; 200 follow"),
                ("as", "dockerfile: layers have the history as the text of a Dockerfile in place of steps"),
                ("details", "1: reads the sizes of all platforms"),
                ("read", "the digest of a blob of an artifact that is to be read although it is not read by itself"),
                ("packages", "only packages of a bill of materials with this in them"),
                ("from", "the first of them, from 0; 300 follow"),
                REFRESH,
            ],
            example: tag(0).map(|reference| format!("/-/api/image/{reference}")),
        },
        Entry {
            address: "/-/api/referrers/{reference}",
            answers: "What speaks about it: signatures, attestations, bills of materials, reports. Present, not verified. Asks the registry for each digest's list, for its fallback tag where there is no list, and for cosign's three older tags.",
            query: &[
                PLATFORM,
                MANIFEST,
                ("artifact_type", "only those of this artifact type; none for those of which none is stated"),
                ("rows", "the first row, from 0; 100 follow"),
                ("open", "the digest of one of them: opened has what its manifest and its short blobs say"),
                ("read", "the digest of a blob of that one that is to be read although it is not read by itself"),
                ("packages", "only packages of its bill of materials with this in them"),
                ("from", "the first of them, from 0; 300 follow"),
                REFRESH,
            ],
            example: tag(0).map(|reference| format!("/-/api/referrers/{reference}")),
        },
        Entry {
            address: "/-/api/files/{reference}",
            answers: "The files of an image as its layers together make it, or of one layer: a directory with those above it, or what is found; what is open; what is known of each layer. A layer that nobody has had read yet stays unread: the image's files view reads it.",
            query: &[
                ("path", "the file or directory that is open"),
                ("path_base64", "the same where it is no UTF-8: its bytes in base 64 (RFC 4648 §4)"),
                ("layer", "the digest of one layer, in place of the whole image"),
                ("as_of", "the image after so many layers"),
                (
                    "find",
                    "a part of a name, with / of a path; an ending such as .conf; a pattern such as lib*.so.?; a sha256 digest of contents",
                ),
                ("change", "only added, changed, attributes, deleted or unchanged names, in the directory and below"),
                ("order", "name, size or time"),
                ("from", "the first row, from 0; 500 follow"),
                (
                    "as",
                    "text, inside or bytes: how the file's contents are shown, where they can be; inside is JSON taken apart, certificates, or the names in an archive",
                ),
                ("against", "the number of a layer: what has changed in the file since its version there"),
                PLATFORM,
                MANIFEST,
            ],
            example: tag(0).map(|reference| format!("/-/api/files/{reference}")),
        },
        Entry {
            address: "/-/api/content/{reference}?path={path}",
            answers: "The exact bytes of one file, by one request for a part of its layer. They are hashed on their way: where they are not what was in the layer when it was read, the answer is broken off. Of a directory, everything in it as a tar archive, its files checked one by one, with a list of those at its end whose contents cannot be sent as they are; pages of other sites are refused it. 409 as long as a layer has not been read.",
            query: &[
                ("path_base64", "in place of path, where it is no UTF-8"),
                ("layer", "the digest of one layer, in place of the whole image"),
                ("as_of", "the image after so many layers"),
                PLATFORM,
                MANIFEST,
            ],
            example: None,
        },
        Entry {
            address: "/-/api/efficiency/{reference}",
            answers: "Where the image's bytes went: files that are shipped and never seen, why, and by which layer; likely secrets, left-over caches, duplicates, the largest files, what each directory and kind of file holds. Nothing as long as layers are unread.",
            query: &[
                ("dead_from", "the first file that is never seen, from 0; 100 follow"),
                ("dive", "1: the score of dive, too"),
                (
                    "base",
                    "history or named: without the layers of the base image that the history suggests, or that the image names",
                ),
                PLATFORM,
                MANIFEST,
            ],
            example: tag(0).map(|reference| format!("/-/api/efficiency/{reference}")),
        },
        Entry {
            address: "/-/api/compare",
            answers: "Two images: layers aligned, bytes to pull having the other, where the build cache broke, config.",
            query: &[
                ("from", "the reference of the first image"),
                ("to", "the reference of the second image"),
                ("platform", "the platform chosen in both indexes"),
                ("from_platform", "the one chosen in the first index"),
                ("to_platform", "the one chosen in the second index"),
                ("view", "layers, or config with the histories"),
                ("rows", "the first row of layers, from 0; 100 follow"),
                REFRESH,
            ],
            example: compare,
        },
        Entry {
            address: "/-/api/raw/{reference}",
            answers: "The exact bytes of a manifest or index, hashed before the first byte is sent.",
            query: &[],
            example: tag(0).map(|reference| format!("/-/api/raw/{reference}")),
        },
        Entry {
            address: "/-/api/raw/{reference}?config=1",
            answers: "The exact bytes of the image's config.",
            query: &[PLATFORM, MANIFEST],
            example: tag(0).map(|reference| format!("/-/api/raw/{reference}?config=1")),
        },
        Entry {
            address: "/-/api/raw/{reference}?blob={digest}",
            answers: "The exact bytes of a blob that the manifest lists, config or layer, up to the limit artifact_bytes (40 MiB unless the operator says otherwise), hashed before the first byte is sent. A blob that it does not list is a 404.",
            query: &[PLATFORM, MANIFEST],
            example: None,
        },
    ]
}

/// One address: what it answers, its query, an example.
fn entry(entry: Entry) -> impl IntoView {
    let query = entry
        .query
        .iter()
        .map(|(name, meaning)| {
            view! {
                <div class="kv">
                    <dt>
                        <code>{*name}</code>
                    </dt>
                    <dd>{*meaning}</dd>
                </div>
            }
        })
        .collect_view();
    let example = entry.example.map(|path| {
        let href = link::site(&path);
        let words = href.clone();
        view! {
            <a class="link example" href=href>
                <code>{words}</code>
            </a>
        }
    });
    view! {
        <section class="card guide">
            <div class="cardhead">
                <h2>
                    <code>"GET " {link::site(entry.address)}</code>
                </h2>
            </div>
            <p class="answers">{entry.answers}</p>
            {if entry.query.is_empty() { Either::Left(()) } else { Either::Right(view! { <dl>{query}</dl> }) }}
            {example.map(|example| view! { <p class="answers">"Try it: " {example}</p> })}
        </section>
    }
}

/// What holds for every address.
#[component]
fn Rules() -> impl IntoView {
    let rules = [
        (
            "Names",
            "snake_case, in the words of the OCI specifications. New members may come; those that are there stay.",
        ),
        (
            "Sizes and dates",
            "Sizes are integers in bytes. Dates are RFC 3339 text in UTC. The created of an image is the text of its config. The created of a step is {\"known\": date}, {\"reproducible\": date} for a day that stands in place of the true one, \"not_set\", or {\"invalid\": text}. Times of a health check are integers in nanoseconds.",
        ),
        (
            "Parts that may be missing",
            "A row's details are {\"state\"} with unasked, known and its value, waiting where the deadline came first, or unreadable and its reason.",
        ),
        (
            "Failures",
            "A true HTTP status, and {\"error\": {\"code\", \"message\", \"request\"}}. The code is stable, the message is for people, the request names the log line.",
        ),
        (
            "Caching",
            "Answers by digest have an ETag and never change for one build of Strata; send it back as If-None-Match. Raw bytes by digest are immutable.",
        ),
        (
            "References",
            "As in the addresses of pages: repository:tag, repository@sha256:…, with a registry's name before them where several are configured.",
        ),
    ];
    let rules = rules
        .map(|(name, text)| {
            view! {
                <div class="kv">
                    <dt>{name}</dt>
                    <dd>{text}</dd>
                </div>
            }
        })
        .collect_view();
    view! { <dl class="card guide">{rules}</dl> }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_member_of_a_query_is_told() {
        let entries = entries(&Material::default());
        for (address, source) in [
            ("/-/api/repositories", include_str!("../../server/json/repositories.rs")),
            ("/-/api/tags/{repository}", include_str!("../../server/json/tags.rs")),
            ("/-/api/image/{reference}", include_str!("../../server/json/image.rs")),
            ("/-/api/referrers/{reference}", include_str!("../../server/json/referrers.rs")),
            ("/-/api/compare", include_str!("../../server/json/compare.rs")),
        ] {
            let entry = entries.iter().find(|entry| entry.address == address).unwrap();
            let told: BTreeSet<&str> = entry.query.iter().map(|(name, _)| *name).collect();
            // What the handler takes: `query.text("name")` and the like.
            let calls = source.split("query.").skip(1).filter_map(|rest| rest.split_once("(\""));
            let calls = calls.filter(|(method, _)| method.chars().all(|letter| letter.is_ascii_lowercase()));
            let mut taken: BTreeSet<&str> = calls.filter_map(|(_, rest)| rest.split('"').next()).collect();
            if source.contains("query.artifact()") {
                taken.extend(["read", "packages", "from"]);
            }
            assert_eq!(told, taken, "{address}");
        }
    }
}
