//! What a registry is and can do, as far as it has been asked.

use leptos::either::Either;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::text_of;
use crate::anatomy::size::{count, decimal};
use crate::anatomy::time::Timestamp;
use crate::api::get_registry;
use crate::app::components::{ForeignText, Moment};
use crate::app::frame::{FailureReport, PageHead, loaded};
use crate::view::registry::{Capability, RegistryReport};
use crate::view::trace::status_chain;
use crate::view::{Page, RegistryFacts, link};

/// `/-/registry`
#[component]
pub fn RegistryPage() -> impl IntoView {
    let query = use_query_map();
    let name = query.with_untracked(|query| text_of(query, "registry"));
    let refresh = query.with_untracked(|query| !text_of(query, "refresh").is_empty());
    loaded(get_registry(name, refresh), |page: Page<RegistryReport>| {
        view! { <ReportView registry=page.registry report=page.content /> }
    })
}

#[component]
fn ReportView(registry: RegistryFacts, report: RegistryReport) -> impl IntoView {
    let account = report.account.unwrap_or_else(|| "none, it is read anonymously".to_owned());
    let facts = [
        ("Name in the settings", registry.name.clone()),
        ("URL", report.url),
        ("Pulled from", registry.pull_host),
        ("Account", account),
    ];
    let facts = facts.map(|(name, value)| view! { <Fact name=name.to_owned() value=value /> }).collect_view();
    let capabilities =
        report.capabilities.into_iter().map(|capability| view! { <Answer capability=capability /> }).collect_view();
    let name = registry.name.clone();
    let about = view! {
        "What Strata knows of this registry, which is called " <b>{name}</b> " in its settings. "
        <a class="link" href=link::repositories(&registry.prefix)>"Its repositories"</a>
    };
    // What went wrong has its own heading, and there is one on a page.
    let (head, problem) = match report.problem {
        None => {
            let head = view! {
                <div class="pagehead">
                    <div>
                        <h1>{registry.host.clone()}</h1>
                        <p class="sub">{about}</p>
                    </div>
                </div>
            };
            (Some(head), None)
        }
        Some(failure) => {
            let problem = view! {
                <FailureReport failure=failure />
                <p class="sub">{about}</p>
            };
            (None, Some(problem))
        }
    };
    let again = link::refreshed(&link::registry(&registry.name));
    let limits =
        report.limits.into_iter().map(|limit| view! { <Fact name=limit.name value=limit.value /> }).collect_view();
    let caches = report
        .caches
        .into_iter()
        .map(|cache| {
            let bytes = match (cache.bytes, cache.capacity) {
                (Some(bytes), Some(capacity)) => format!("{} of {}", decimal(bytes), decimal(capacity)),
                (Some(bytes), None) => decimal(bytes),
                (None, _) => String::new(),
            };
            view! {
                <tr>
                    <td>{cache.name}</td>
                    <td class="num">{count(cache.entries)}</td>
                    <td class="num">{bytes}</td>
                </tr>
            }
        })
        .collect::<Vec<_>>();
    let caches = if caches.is_empty() {
        Either::Left(view! { <p class="empty">"Nothing is kept."</p> })
    } else {
        Either::Right(view! {
            <div class="scroll">
                <table class="table">
                    <thead>
                        <tr>
                            <th>"What"</th>
                            <th>"Entries"</th>
                            <th>"Bytes"</th>
                        </tr>
                    </thead>
                    <tbody>{caches}</tbody>
                </table>
            </div>
        })
    };
    view! {
        <PageHead
            title=format!("About {}", registry.host)
            description=format!("What the registry {} is and can do.", registry.host)
        />
        {head}
        <div class="stacked">
            {problem}
            <dl class="card">{facts}</dl>
            <section class="card">
                <div class="cardhead">
                    <h2>"What its answers have shown"</h2>
                    <a class="link" rel="nofollow" href=again>"Ask again"</a>
                </div>
                <dl>{capabilities}</dl>
            </section>
            <section class="card">
                <div class="cardhead">
                    <h2>"Main limits"</h2>
                </div>
                <dl>{limits}</dl>
            </section>
            <section class="card">
                <div class="cardhead">
                    <h2>"Kept"</h2>
                </div>
                {caches}
            </section>
        </div>
    }
}

#[component]
fn Fact(name: String, value: String) -> impl IntoView {
    view! {
        <div class="kv">
            <dt>{name}</dt>
            <dd>
                <ForeignText text=value />
            </dd>
        </div>
    }
}

/// What is known of a capability, and the request that showed it.
#[component]
fn Answer(capability: Capability) -> impl IntoView {
    let evidence = capability.evidence.map(|evidence| {
        let elapsed = evidence.elapsed_ms.map(|elapsed| format!("{} ms · ", count(elapsed))).unwrap_or_default();
        let answer = format!(" · {} · {elapsed}", status_chain(&evidence.statuses));
        view! {
            <span class="evidence">
                <code>{evidence.method} " " <bdi>{evidence.url}</bdi></code>
                {answer}
                <Moment at=Timestamp::from_seconds(evidence.at) time=true />
            </span>
        }
    });
    view! {
        <div class="kv">
            <dt>{capability.name}</dt>
            <dd>
                <ForeignText text=capability.answer />
                {evidence}
            </dd>
        </div>
    }
}
