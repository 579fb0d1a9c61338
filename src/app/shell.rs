//! The HTML document around every page.

use leptos::{nonce::use_nonce, prelude::*};
use leptos_meta::MetaTags;

/// Sets the reader's theme before the first paint, so that no other one flashes up, and says that scripts run: what works
/// by script alone is not shown without.
///
/// The choice is kept in the browser's local storage under `theme`: `light`, `dark`, or nothing for
/// what the system says. Storage can be forbidden, which is the same as no choice.
const THEME: &str = r#"document.documentElement.dataset.script="";try{const t=localStorage.getItem("theme");if(t==="light"||t==="dark")document.documentElement.dataset.theme=t}catch{}"#;

/// The document: head with style and script, and the application as its body.
///
/// `options.site_pkg_dir` is where the server serves the assets of this build.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let assets = format!("/{}", options.site_pkg_dir);
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <script nonce=use_nonce()>{THEME}</script>
                <link rel="stylesheet" href=format!("{assets}/{}.css", options.output_name) />
                <link rel="icon" href=format!("{assets}/favicon.svg") type="image/svg+xml" />
                <AutoReload options=options.clone() />
                <HydrationScripts options=options defer=true />
                <MetaTags />
            </head>
            <body>
                <super::App />
            </body>
        </html>
    }
}
