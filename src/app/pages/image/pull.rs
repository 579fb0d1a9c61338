//! How to pull the image, for each tool, by tag and by digest.

use leptos::prelude::*;

use crate::anatomy::pull::PullCommand;
use crate::app::components::{CopyButton, Glyph, Icon, Prose};

/// A button that opens the commands; nothing where there are none.
#[component]
pub(super) fn PullPopup(by_tag: Vec<PullCommand>, by_digest: Vec<PullCommand>) -> impl IntoView {
    (!by_tag.is_empty() || !by_digest.is_empty()).then(|| {
        view! {
            <button type="button" class="btn" popovertarget="pulls">
                <Icon glyph=Glyph::Copy />
                "Pull command"
            </button>
            <div id="pulls" class="panel over pulls" popover="auto" role="dialog" aria-label="Pull command">
                <Commands title="By digest" remark="exactly this, whatever becomes of the tag" commands=by_digest />
                <Commands title="By tag" remark="what the tag points at when it is pulled" commands=by_tag />
            </div>
        }
    })
}

/// The commands of one kind. A note is said once, below the tools that need it.
#[component]
fn Commands(title: &'static str, remark: &'static str, commands: Vec<PullCommand>) -> impl IntoView {
    (!commands.is_empty()).then(|| {
        let mut notes: Vec<String> = Vec::new();
        for note in commands.iter().filter_map(|command| command.note) {
            let note = note.to_string();
            if !notes.contains(&note) {
                notes.push(note);
            }
        }
        let rows = commands
            .into_iter()
            .map(|PullCommand { tool, command, .. }| {
                let label = format!("Copy the command for {tool}");
                view! {
                    <div class="pull">
                        <dt>{tool.to_string()}</dt>
                        <dd>
                            <code>{command.clone()}</code>
                            <CopyButton text=command label=label icon_only=true />
                        </dd>
                    </div>
                }
                .into_any()
            })
            .collect_view();
        let notes = notes.into_iter().map(|note| view! { <p class="label"><Prose text=note /> "."</p> }).collect_view();
        view! {
            <section>
                <h2>{title} <span class="label">{remark}</span></h2>
                <dl>{rows}</dl>
                {notes}
            </section>
        }
    })
}
