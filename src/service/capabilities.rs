//! What is known of a registry, as rows: each with the request that showed it.

use crate::anatomy::size::counted;
use crate::anatomy::text::visible_line;
use crate::registry::capabilities::{CatalogAnswer, ExtensionsAnswer, RangeAnswer, TagListAnswer};
use crate::registry::{AuthKind, Capabilities, Evidence, Finding, Probe, ReferrersSupport, ReferrersWay};
use crate::service::trace::{milliseconds, seconds};
use crate::view::registry::{self as view, Capability};

/// The rows, in a fixed order. `probe` is what the registry has answered just now, `catalog` what is to be said of its list of
/// repositories.
pub(crate) fn capabilities(known: &Capabilities, probe: Option<&Probe>, catalog: Option<String>) -> Vec<Capability> {
    vec![
        match (&known.api_version, &known.auth) {
            (Some(finding), _) => {
                row("api_version", "Distribution API", finding, |version| visible_line(version).into_owned())
            }
            // It has been asked, and the header is not there.
            (None, Some(finding)) => row("api_version", "Distribution API", finding, |_| "It does not say".to_owned()),
            (None, None) => unknown("api_version", "Distribution API", "Not known yet"),
        },
        match &known.auth {
            Some(finding) => row("authentication", "Sign-in", finding, |kind| authentication(kind, probe)),
            None => unknown("authentication", "Sign-in", "Not known yet"),
        },
        match (&known.catalog, catalog) {
            (Some(finding), said) => row("catalog", "List of repositories", finding, |answer| {
                said.clone().unwrap_or_else(|| catalog_answer(*answer))
            }),
            (None, said) => unknown("catalog", "List of repositories", said.as_deref().unwrap_or("Not asked for yet")),
        },
        match &known.tag_lists {
            Some(finding) => row("tag_lists", "Lists of tags", finding, |answer| tag_lists(*answer)),
            None => unknown("tag_lists", "Lists of tags", "Not known yet: no repository has been opened"),
        },
        match &known.referrers {
            Some(support) => referrers(support),
            None => unknown("referrers", "Referrers", "Not asked for yet"),
        },
        match &known.ranges {
            Some(finding) => row("ranges", "Parts of blobs", finding, |answer| ranges(*answer)),
            None => unknown("ranges", "Parts of blobs", "Not known yet: no image has been opened"),
        },
        match &known.extensions {
            Some(finding) => row("extensions", "Extensions", finding, extensions),
            None => unknown("extensions", "Extensions", "Not asked for yet"),
        },
        unknown("deletion", "Deleting", "Not tried: Strata changes nothing"),
        match &known.rate_limit {
            Some(finding) => row("rate_limit", "Limit of requests", finding, |headers| {
                headers.iter().map(|(name, value)| format!("{name}: {value}")).collect::<Vec<_>>().join(", ")
            }),
            None => unknown("rate_limit", "Limit of requests", "None has been told"),
        },
    ]
}

fn referrers(support: &ReferrersSupport) -> Capability {
    let answer = match support.way {
        ReferrersWay::Api => "By the referrers API",
        ReferrersWay::Tag => "By the fallback tag; it has no referrers API",
        ReferrersWay::None => "It has no referrers API, and no fallback tag has been met",
    };
    Capability {
        id: "referrers".to_owned(),
        name: "Referrers".to_owned(),
        answer: answer.to_owned(),
        known: true,
        // The last question is the one that decided.
        evidence: support.evidence.last().map(|asked| view::Evidence {
            method: asked.method.to_owned(),
            url: asked.url.clone(),
            statuses: asked.statuses.clone(),
            elapsed_ms: None,
            at: seconds(support.seen_at),
        }),
    }
}

/// A list of repositories that there is not.
pub(crate) fn not_listed(status: u16) -> String {
    format!("Does not list its repositories to Strata (status {status}); they can be named in the settings")
}

fn catalog_answer(answer: CatalogAnswer) -> String {
    match answer {
        CatalogAnswer::Listed { paged: true } => "Lists its repositories, in pages".to_owned(),
        CatalogAnswer::Listed { paged: false } => "Lists its repositories".to_owned(),
        CatalogAnswer::NotOffered(status) => not_listed(status),
    }
}

fn tag_lists(answer: TagListAnswer) -> String {
    let (names, how) = match answer {
        TagListAnswer::Paged { names } => (names, "Come in pages; the first one had"),
        TagListAnswer::Whole { names } => (names, "Come whole; the longest so far had"),
    };
    format!("{how} {}", counted(names as u64, "tag"))
}

fn ranges(answer: RangeAnswer) -> String {
    match answer {
        RangeAnswer::Part => "Sends a part where a part is asked for".to_owned(),
        RangeAnswer::Whole => "Sends the whole blob where a part is asked for".to_owned(),
        RangeAnswer::Refused(status) => format!("Refuses to send a part (status {status})"),
    }
}

fn extensions(answer: &ExtensionsAnswer) -> String {
    match answer {
        ExtensionsAnswer::Named(names) if names.is_empty() => "Offers the list, and nothing is in it".to_owned(),
        ExtensionsAnswer::Named(names) => visible_line(&names.join(", ")).into_owned(),
        ExtensionsAnswer::NotOffered(status) => format!("None are told (status {status})"),
    }
}

fn authentication(kind: &AuthKind, probe: Option<&Probe>) -> String {
    let way = match kind {
        AuthKind::Anonymous => "None is asked for".to_owned(),
        AuthKind::Basic => "Basic: user name and password".to_owned(),
        AuthKind::Bearer { realm } => format!("Bearer: tokens from {realm}"),
        AuthKind::Other(schemes) => format!("Only in ways that are not known here: {}", visible_line(schemes)),
    };
    match probe.and_then(|probe| probe.sign_in.as_ref()) {
        None => way,
        Some(Ok(())) => format!("{way}; Strata's sign-in is accepted"),
        Some(Err(error)) => format!("{way}; Strata's sign-in failed: {error}"),
    }
}

fn row<T>(id: &str, name: &str, finding: &Finding<T>, words: impl FnOnce(&T) -> String) -> Capability {
    Capability {
        id: id.to_owned(),
        name: name.to_owned(),
        answer: words(&finding.value),
        known: true,
        evidence: Some(evidence(&finding.evidence)),
    }
}

fn unknown(id: &str, name: &str, answer: &str) -> Capability {
    Capability { id: id.to_owned(), name: name.to_owned(), answer: answer.to_owned(), known: false, evidence: None }
}

fn evidence(evidence: &Evidence) -> view::Evidence {
    view::Evidence {
        method: evidence.method.to_owned(),
        url: evidence.url.clone(),
        statuses: evidence.statuses.clone(),
        elapsed_ms: Some(milliseconds(evidence.elapsed)),
        at: seconds(evidence.at),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_is_said_to_be_so() {
        let rows = capabilities(&Capabilities::default(), None, None);
        assert!(rows.iter().all(|row| !row.known && row.evidence.is_none() && !row.answer.is_empty()));
        let ids: Vec<_> = rows.iter().map(|row| row.id.as_str()).collect();
        assert_eq!(
            ids,
            [
                "api_version",
                "authentication",
                "catalog",
                "tag_lists",
                "referrers",
                "ranges",
                "extensions",
                "deletion",
                "rate_limit"
            ]
        );
    }
}
