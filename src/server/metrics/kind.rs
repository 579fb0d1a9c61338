//! What an address is, as a label: one of a fixed set, whatever anybody asks for (threat T-33).

use crate::server::functions::FUNCTIONS;
use crate::server::refusal::API;
use crate::view::Address;
use crate::view::address::ImageView;

/// The kind of a raw path.
pub(in crate::server) fn kind_of(path: &str) -> &'static str {
    if path.starts_with("/-/assets/") || matches!(path, "/favicon.ico" | "/robots.txt") {
        return "asset";
    }
    if path.starts_with(API) {
        return "api";
    }
    if path.starts_with(FUNCTIONS) {
        return "function";
    }
    match Address::parse(path) {
        Ok(Address::Home) => "home",
        Ok(Address::Registry(_)) => "repositories",
        Ok(Address::Tags(_)) => "tags",
        Ok(Address::Image(_, ImageView::Layers)) => "image",
        Ok(Address::Files(..) | Address::Image(_, ImageView::Files)) => "files",
        Ok(Address::Layer(..)) => "layer",
        Ok(Address::Image(_, ImageView::Config)) => "config",
        Ok(Address::Image(_, ImageView::Referrers)) => "referrers",
        Ok(Address::Image(_, ImageView::Raw)) => "raw",
        Ok(Address::Compare) => "compare",
        Ok(Address::Search) => "search",
        Ok(Address::RegistryFacts) => "registry",
        Ok(Address::ApiGuide) => "api_guide",
        Err(_) => "none",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_have_a_kind_each() {
        for (path, kind) in [
            ("/", "home"),
            ("/main/", "repositories"),
            ("/library/nginx", "tags"),
            ("/library/nginx:1.25", "image"),
            ("/library/nginx:1.25/-/raw", "raw"),
            ("/library/nginx:1.25/-/files/etc", "files"),
            ("/-/compare", "compare"),
            ("/-/api", "api_guide"),
            ("/-/api/tags/library/nginx", "api"),
            ("/-/fn/fill_tags", "function"),
            ("/-/assets/0123/strata.js", "asset"),
            ("/favicon.ico", "asset"),
            ("/a%00", "none"),
            ("/-/nothing", "none"),
        ] {
            assert_eq!(kind_of(path), kind, "{path}");
        }
    }
}
