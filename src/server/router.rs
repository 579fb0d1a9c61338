//! Which address is answered by what.

use std::sync::Arc;

use axum::{Router, routing::get};
use leptos::config::LeptosOptions;
use leptos_axum::{LeptosRoutes, generate_route_list};

use super::{
    assets::{self, Assets},
    policy::set_content_security_policy,
};
use crate::app::{App, shell};

/// The whole service as one router. Call it once, before listening: listing the application's
/// routes is not safe beside requests.
pub fn router(assets: Arc<Assets>) -> Router {
    let options =
        LeptosOptions::builder().output_name("strata").site_pkg_dir(assets.package_path()).reload_port(3099).build();
    let development = assets.are_on_disk();
    let pages = Router::new()
        .leptos_routes_with_context(
            &options,
            generate_route_list(App),
            move || set_content_security_policy(development),
            {
                let options = options.clone();
                move || shell(options.clone())
            },
        )
        .with_state(options);
    Router::new()
        .route("/-/assets/{build}/{*file}", get(assets::versioned))
        .route("/favicon.ico", get(assets::favicon))
        .route("/robots.txt", get(assets::robots))
        .with_state(assets)
        .merge(pages)
}
