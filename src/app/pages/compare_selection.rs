//! Two tags that were ticked in a list, sent by its form: leads on to their comparison.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use leptos_router::params::ParamsMap;

use super::text_of;
use crate::api::redirect_page;
use crate::app::components::Nothing;
use crate::app::frame::PageHead;
use crate::oci::Reference;
use crate::view::link;

/// `/-/compare?in={repository}&select={tag}&select={tag}`
#[component]
pub fn CompareSelection() -> impl IntoView {
    let query = use_query_map().get_untracked();
    // What is no reference leads nowhere else.
    let back = text_of(&query, "in").parse::<Reference>().map_or_else(|_| String::new(), |place| place.to_string());
    if let Some(path) = comparison(&query) {
        redirect_page(&path);
    }
    view! {
        <main id="main" class="page" tabindex="-1">
            <PageHead title="Compare" description="Two tags side by side." />
            <Nothing title="Two tags make a comparison">
                <a class="link" href=link::repositories(&back)>"Back to the list"</a>
            </Nothing>
        </main>
    }
}

/// The comparison of the first two of the ticked tags. The list has the newer one first, and what people ask is what comes
/// with it: from the older to the newer.
fn comparison(query: &ParamsMap) -> Option<String> {
    let repository: Reference = text_of(query, "in").parse().ok()?;
    let tags = query.get_all("select")?;
    let [newer, older, ..] = tags.as_slice() else { return None };
    Some(link::compare(&format!("{repository}:{older}"), &format!("{repository}:{newer}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(pairs: &[(&'static str, &str)]) -> Option<String> {
        let mut query = ParamsMap::new();
        for (name, value) in pairs {
            query.insert(*name, (*value).to_owned());
        }
        comparison(&query)
    }

    #[test]
    fn ticked_tags_are_compared_from_the_older_to_the_newer() {
        assert_eq!(
            path(&[("in", "a/b"), ("select", "1.1"), ("select", "1.0")]).as_deref(),
            Some("/-/compare?from=a/b:1.0&to=a/b:1.1")
        );
        assert_eq!(path(&[("in", "a/b"), ("select", "1.1")]), None);
        assert_eq!(path(&[("in", "/evil.example"), ("select", "1.1"), ("select", "1.0")]), None);
    }
}
