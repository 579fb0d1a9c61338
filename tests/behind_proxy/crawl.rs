//! From page to page, as far as they lead.

use std::collections::{BTreeSet, VecDeque};

use axum::Router;

use crate::BASE;
use crate::page::{collect, is_within, paths};
use crate::sites::{SITES, get};

/// Most pages that are opened of one site.
const MOST: usize = 150;

/// Kinds of pages: each is met.
const KINDS: [&str; 9] = [
    "/-/api",
    "/-/api/image/",
    "/-/api/raw/",
    "/-/api/tags/",
    "/-/compare?",
    "/-/registry",
    "/-/config",
    "/-/raw",
    "?filter=",
];

/// Two images side by side.
const COMPARISON: &str = "/-/compare?from=payments/api:1.10.0&to=payments/api:1.10.1";

/// Opens what the pages of a site lead to. Every address in them is within the site and there.
fn crawl(site: &Router, starts: &[&str]) -> BTreeSet<String> {
    let mut waiting: VecDeque<String> = starts.iter().map(|start| format!("{BASE}{start}")).collect();
    let mut seen: BTreeSet<String> = waiting.iter().cloned().collect();
    let mut opened = BTreeSet::new();
    while let Some(path) = waiting.pop_front() {
        if opened.len() >= MOST {
            break;
        }
        let answer = get(site, &path);
        let on_disk = path.starts_with(&format!("{BASE}/-/assets/"));
        assert!(answer.status.is_success() || on_disk, "{path} has the status {}", answer.status);
        opened.insert(path.clone());
        let found = match answer.header("content-type") {
            "text/html; charset=utf-8" => paths(&answer.text),
            // Paths of files are none of this site.
            "application/json" if ["/-/api/files/", "/-/api/efficiency/"].iter().any(|api| path.contains(api)) => {
                Vec::new()
            }
            "application/json" if path.contains("/-/api/") => {
                let mut found = Vec::new();
                collect(&serde_json::from_str(&answer.text).unwrap(), &mut found);
                found
            }
            _ => Vec::new(),
        };
        for link in found {
            assert!(is_within(&link), "{path} leads to {link}");
            // Forms need their fields.
            if seen.insert(shape(&link)) && !link.ends_with("/-/search") {
                waiting.push_back(link);
            }
        }
    }
    opened
}

/// One page of each shape is opened: of all repositories and tags the first is as good as the others.
fn shape(link: &str) -> String {
    let inner = link.strip_prefix(BASE).unwrap_or_default();
    let plain: String = inner.chars().map(|letter| if letter.is_ascii_digit() { '0' } else { letter }).collect();
    match plain.split_once("@sha") {
        Some((repository, rest)) => {
            format!("{repository}@{}", rest.trim_start_matches(|letter: char| letter != '/' && letter != '?'))
        }
        None => plain,
    }
}

#[test]
fn no_page_leads_out_of_the_site() {
    let opened = crawl(&SITES.one, &["/", "/payments/api", "/payments/api:1.10.1", "/-/api", COMPARISON]);
    for kind in KINDS {
        assert!(opened.iter().any(|path| path.contains(kind)), "{kind} was not met: {opened:#?}");
    }
}

#[test]
fn no_page_of_several_registries_leads_out_of_the_site() {
    let opened = crawl(&SITES.two, &["/", "/second/", "/second/payments/api"]);
    assert!(opened.contains(&format!("{BASE}/-/registry?registry=second")), "{opened:#?}");
    let answer = get(&SITES.two, &format!("{BASE}/second/base/linux:latest"));
    let address = format!("=\"https://site.example{BASE}/second/base/linux@sha256:");
    assert_eq!(answer.text.matches(&address).count(), 2, "canonical and og:url");
}

#[test]
fn no_failure_leads_out_of_the_site() {
    for (site, target) in [
        (&SITES.dead, "/"),
        (&SITES.dead, "/a/b"),
        (&SITES.dead, "/a/b:1"),
        (&SITES.dead, "/-/compare?from=a:1&to=a:2"),
        (&SITES.one, "/nothing/here"),
        (&SITES.one, "/base/linux:nothing"),
        (&SITES.one, "/base/linux:latest?platform=plan9/mips"),
        (&SITES.one, "/-/nothing"),
        (&SITES.one, "/a/../b"),
        (&SITES.one, "/A"),
        (&SITES.one, "/-/compare?in=base/linux&select=latest"),
        (&SITES.two, "/-/registry?registry=third"),
        (&SITES.two, "/-/search?q=nothing.example/a:1"),
    ] {
        let answer = get(site, &format!("{BASE}{target}"));
        let found = paths(&answer.text);
        assert!(found.len() > 3, "{target}: {}", answer.text);
        for link in found {
            assert!(is_within(&link), "{target} leads to {link}");
        }
    }
}
