//! Which address is answered by what, and through which layers a request passes.

use std::sync::{Arc, LazyLock};

use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, HeaderValue, StatusCode, Version, header};
use axum::response::Response;
use axum::{Router, middleware, routing::get};
use leptos::config::LeptosOptions;
use leptos::prelude::{provide_context, use_context};
use leptos_axum::{AxumRouteListing, LeptosRoutes, generate_route_list};
use tower::Layer as _;
use tower_http::compression::predicate::{Predicate as _, SizeAbove};
use tower_http::compression::{CompressionLayer, CompressionLevel};

use super::assets::{self, Assets};
use super::forwarded::Origin;
use super::policy::{protect, set_content_security_policy};
use super::refusal::Refusal;
use super::request::{Gate, RequestId, Shared, accompany};
use super::settings::Settings;
use super::{address, base_path, cache, functions, head, json, reading};
use crate::app::{App, shell};
use crate::service::Service;
use crate::view::{self, Site};

/// Answers below this many bytes are sent as they are.
const COMPRESSED_FROM: u16 = 512;

/// The application's routes. Listing them draws the application in a way that requests must not meet, so that they are listed
/// once, before anything listens; they are the same for all settings.
static ROUTES: LazyLock<Vec<AxumRouteListing>> = LazyLock::new(|| generate_route_list(App));

/// The whole site as one router; `shared` outlives these settings. The first one in a process must stand before the first
/// request: see [`ROUTES`]. All links of a process have the first one's base path.
pub(super) fn router(service: Service, assets: Arc<Assets>, settings: &Settings, shared: &Shared) -> Router {
    view::base_path::set(settings.base_path.to_string());
    let fixed = Router::new()
        .route("/-/assets/{build}/{*file}", get(assets::versioned))
        .route("/favicon.ico", get(assets::favicon))
        .route("/robots.txt", get(assets::robots))
        .with_state(Arc::clone(&assets));
    let written = json::router(service.clone(), assets.build())
        .merge(pages(service.clone(), &assets, settings))
        .layer(middleware::from_fn_with_state(settings.limits.request_body_bytes, functions::guard))
        .layer(
            CompressionLayer::new()
                .quality(CompressionLevel::Precise(5))
                .compress_when(SizeAbove::new(COMPRESSED_FROM).and(is_page_or_json)),
        );
    let inner = fixed
        .merge(written)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(middleware::from_fn_with_state(service.clone(), reading::take))
        .layer(middleware::from_fn(cache::write_header));
    below_base_path(inner)
        .layer(middleware::from_fn_with_state(Arc::new(Gate::new(settings, shared)), accompany))
        .layer(middleware::from_fn(protect))
}

/// Where there is a base path, it is taken off before the routes are looked at, so that they need not know of it.
fn below_base_path(inner: Router) -> Router {
    if view::base_path::in_force().is_empty() {
        return inner;
    }
    let inner = middleware::from_fn(head::unmeasured).layer(inner);
    Router::new().fallback_service(inner).layer(middleware::from_fn(base_path::take_off))
}

/// Pages and the server functions that they call.
fn pages(service: Service, assets: &Assets, settings: &Settings) -> Router {
    let options =
        LeptosOptions::builder().output_name("strata").site_pkg_dir(assets.package_path()).reload_port(3099).build();
    let development = assets.are_on_disk();
    let site = Site {
        registries: service.registries().registries,
        origin: settings.public_url.as_ref().map(|url| url.origin().ascii_serialization()),
    };
    let context = {
        let service = service.clone();
        move || {
            set_content_security_policy(development);
            let extensions = use_context::<Parts>().map(|parts| parts.extensions).unwrap_or_default();
            let origin = extensions.get::<Origin>().map(|origin| Arc::clone(&origin.0));
            let mut site = site.clone();
            // The public URL is what the operator says, the origin what a proxy says of this request.
            site.origin = site.origin.or_else(|| origin.as_ref().map(|url| url.origin().ascii_serialization()));
            provide_context(site);
            let service = service.clone().reached_at(origin);
            provide_context(match extensions.get::<RequestId>() {
                Some(id) => service.for_request(id.asker()),
                None => service,
            });
        }
    };
    Router::new()
        .leptos_routes_with_context(&options, ROUTES.clone(), context, {
            let options = options.clone();
            move || shell(options.clone())
        })
        .with_state(options)
        .layer(middleware::from_fn_with_state(service.clone(), address::read))
        .merge(Router::new().route("/-/fn/reading/{*page}", get(reading::progress)).with_state(service))
}

/// Assets are compressed when Strata is built, raw bytes are sent as they are.
fn is_page_or_json(_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions) -> bool {
    let media_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    media_type.starts_with("text/html") || media_type.starts_with("application/json")
}

async fn method_not_allowed(request: Request) -> Response {
    let id = request.extensions().get::<RequestId>().cloned().unwrap_or_else(RequestId::unnamed);
    let message = format!("{} is not possible here: Strata only shows, it changes nothing.", request.method());
    let mut response =
        Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", message).answer(request.uri().path(), &id);
    // RFC 9110 §15.5.6. The addresses that the script asks are the only ones with another method.
    let allowed = if request.uri().path().starts_with(functions::FUNCTIONS) { "POST" } else { "GET, HEAD" };
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static(allowed));
    response
}
