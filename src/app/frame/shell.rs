//! The HTML document around every page.

use leptos::{nonce::use_nonce, prelude::*};
use leptos_meta::MetaTags;

use super::App;
use crate::view::{base_path, link};

/// Sets the reader's theme before the first paint, so that no other one flashes up, and says that scripts run: what works
/// by script alone is not shown without.
///
/// The choice is kept in the browser's local storage under `strata-theme`: `light`, `dark`, or nothing for what the system
/// says. Other tools of the same host may keep theirs beside it. Storage can be forbidden, which is the same as no choice.
const THEME: &str = r#"document.documentElement.dataset.script="";try{const t=localStorage.getItem("strata-theme");if(t==="light"||t==="dark")document.documentElement.dataset.theme=t}catch{}"#;

/// Stays where the reader is when a link only chooses another form of the same page (`data-noscroll`): the next page
/// begins at the same height, before it is painted.
const PLACE: &str = r#"try{const k="strata-place",s=sessionStorage,[h,y]=(s.getItem(k)||"").split(" ");s.removeItem(k);if(h===location.href)scrollTo(0,+y);addEventListener("click",e=>{const a=e.target.closest?.("a[data-noscroll]");if(a)s.setItem(k,a.href+" "+scrollY)})}catch{}"#;

/// Loads the browser's half, starts it, and lets it take over the islands of this page. The mark at the end says that the
/// page answers from here on; tests wait for it. Between its steps the browser may do what the reader asks for: all of them in one
/// would hold up a slow phone for half a second.
///
/// It is most of what a page loads, and none of it is needed to read the page: asked for any earlier, it takes its share of a
/// slow line from style and fonts. So it waits until the browser tells of the first paint, though no longer than two seconds:
/// a page in the background is not painted, and a browser that hides what would tell readers apart tells of no paint.
const START: &str = r#"await new Promise(go=>{new PerformanceObserver(go).observe({type:"paint",buffered:true});setTimeout(go,2e3)});const wasm=fetch("{wasm}"),strata=await import("{script}"),rest=()=>new Promise(go=>setTimeout(go));await strata.default({module_or_path:wasm});await rest();strata.start();for(const i of document.querySelectorAll("leptos-island")){await rest();strata[i.dataset.component](i)}document.documentElement.dataset.hydrated="""#;

/// Where this build's files are.
#[derive(Debug, Clone)]
pub struct Assets(String);

impl Assets {
    /// The path of one of them.
    pub fn path(&self, file: &str) -> String {
        format!("{}/{file}", self.0)
    }
}

/// The document: head with style and script, and the application as its body.
///
/// `options.site_pkg_dir` is where the server serves the assets of this build.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    // Outside of islands nothing is handed over to the browser.
    if let Some(context) = Owner::current_shared_context() {
        context.set_is_hydrating(false);
    }
    let folder = link::site(&format!("/{}", options.site_pkg_dir));
    let assets = format!("{folder}/{}", options.output_name);
    let (style, script, wasm) = (format!("{assets}.css"), format!("{assets}.js"), format!("{assets}.wasm"));
    let icon = format!("{folder}/favicon.svg");
    provide_context(Assets(folder));
    let start = START.replace("{script}", &script).replace("{wasm}", &wasm);
    // The browser makes links, too, and calls the server functions.
    let base = Some(base_path::in_force()).filter(|path| !path.is_empty());
    view! {
        <!DOCTYPE html>
        <html lang="en" data-base=base>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <script nonce=use_nonce()>{THEME}</script>
                <link rel="stylesheet" href=style />
                <link rel="icon" href=icon r#type="image/svg+xml" />
                <AutoReload options=options.clone() />
                <MetaTags />
            </head>
            <body>
                <App />
                // What has just happened, in words that are read out.
                <p id="said" class="sr-only" role="status"></p>
                <script nonce=use_nonce()>{PLACE}</script>
                <script r#type="module" nonce=use_nonce()>
                    {start}
                </script>
            </body>
        </html>
    }
}
