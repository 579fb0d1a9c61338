//! One row of the history: a step of the build and the layer that it made.

use leptos::prelude::*;

use super::place::anchor;
use crate::anatomy::dockerfile::{Instruction, build_argument_secret};
use crate::anatomy::layers::LayerFormat;
use crate::anatomy::steps::{LayerFacts, Step};
use crate::anatomy::time::Created;
use crate::anatomy::{size, text};
use crate::app::components::{DigestLabel, ForeignText, SecretText, coloured};
use crate::oci::Digest;

/// Most characters of a command in its row; the whole of it opens below.
const CLIPPED: usize = 320;
/// Most lines of a command in its row.
const LINES: usize = 6;

/// A step, with its layer where history and layers are joined.
#[component]
pub(super) fn StepRow(
    step: Step,
    /// Bytes of all layers.
    total: u64,
    /// Whether this row is the one that links to its layer's digest lead to.
    named: bool,
) -> impl IntoView {
    let readable = step.instruction.readable();
    let recorded = readable.is_some().then(|| step.instruction.clone());
    let step = Step { instruction: readable.unwrap_or(step.instruction), ..step };
    let end = clip(&step.instruction.arguments);
    let clipped = end < step.instruction.arguments.len();
    let secrets = step.instruction.secrets();
    let details = Details::of(&step, clipped, recorded);
    let Step { instruction, layer, .. } = step;
    let id = layer.as_ref().filter(|_| named).and_then(|layer| layer.digest.as_ref()).map(anchor);
    let class = if layer.is_some() { "step" } else { "step empty" };
    let band = layer.as_ref().and_then(|layer| layer.digest.as_ref()).map(|digest| coloured("band", digest));
    let arguments = instruction.arguments;
    let command = match (instruction.keyword, arguments.is_empty()) {
        (None, true) => view! { <i>"The history does not say what this step did"</i> }.into_any(),
        (keyword, _) => view! {
            {keyword.map(|keyword| view! { <b>{keyword}</b> " " })}
            <SecretText text=arguments secrets=secrets end=end />
            {clipped.then_some("…")}
        }
        .into_any(),
    };
    view! {
        <li class=class id=id>
            <span class=band></span>
            <code>{command}</code>
            {layer.map(|layer| view! { <LayerCells layer=layer total=total /> })}
            {details.map(DetailsList::view)}
        </li>
    }
}

/// A layer by itself, where nothing says which step made it.
#[component]
pub(super) fn LayerRow(layer: LayerFacts, total: u64, named: bool) -> impl IntoView {
    let id = layer.digest.as_ref().filter(|_| named).map(anchor);
    let band = layer.digest.as_ref().map(|digest| coloured("band", digest));
    let media_type = layer.media_type.to_string();
    let details = Details { layer: Some(layer.clone()), ..Details::default() };
    view! {
        <li class="step" id=id>
            <span class=band></span>
            <span class="text-muted text-xs wrap-anywhere">
                <ForeignText text=media_type />
            </span>
            <LayerCells layer=layer total=total />
            {DetailsList::view(DetailsList(details))}
        </li>
    }
}

/// Digest, and size with its share.
#[component]
fn LayerCells(layer: LayerFacts, total: u64) -> impl IntoView {
    let colour = layer.digest.as_ref().map_or_else(String::new, |digest| coloured("band-fill", digest));
    // The row's own address, so that its link can be copied.
    let digest = layer.digest.map(|digest| {
        let href = format!("#{}", anchor(&digest));
        view! { <DigestLabel digest=digest href=href /> }
    });
    let size = layer.size.map(|bytes| {
        let width = (layer.share * 100.0).max(1.0);
        view! {
            <small>{size::percent(bytes, total)}</small>
            <b title=size::exact(bytes)>{size::decimal(bytes)}</b>
            <svg class="meter" viewBox="0 0 100 3" preserveAspectRatio="none" aria-hidden="true">
                <rect class=colour width=format!("{width:.2}") height="3"></rect>
            </svg>
        }
    });
    view! {
        <span class="digestcell">{digest}</span>
        <span class="num sizecell">{size}</span>
    }
}

/// What opens below a row.
#[derive(Debug, Clone, Default)]
struct Details {
    /// The whole command, where the row has only its beginning.
    command: Option<Instruction>,
    /// What the history has, where the row says it in other words.
    recorded: Option<Instruction>,
    build_arguments: Vec<String>,
    shell: Option<String>,
    created: Option<String>,
    comment: Option<String>,
    layer: Option<LayerFacts>,
}

impl Details {
    /// What a step's row leaves out; nothing where it leaves out nothing.
    fn of(step: &Step, clipped: bool, recorded: Option<Instruction>) -> Option<DetailsList> {
        let layer = step.layer.clone();
        let worth = clipped
            || recorded.is_some()
            || layer.is_some()
            || step.comment.is_some()
            || step.instruction.shell.is_some()
            || !step.instruction.build_arguments.is_empty();
        worth.then(|| {
            DetailsList(Self {
                command: clipped.then(|| step.instruction.clone()),
                recorded,
                build_arguments: step.instruction.build_arguments.clone(),
                shell: step.instruction.shell.clone(),
                created: match &step.created {
                    Created::Known(at) | Created::Reproducible(at) => Some(at.utc()),
                    Created::Invalid(text) => Some(text.clone()),
                    Created::NotSet => None,
                },
                comment: step.comment.clone(),
                layer,
            })
        })
    }
}

/// [`Details`] that are there.
struct DetailsList(Details);

impl DetailsList {
    fn view(self) -> impl IntoView {
        let Details { command, recorded, build_arguments, shell, created, comment, layer } = self.0;
        let words = command.as_ref().map(|command| {
            let characters = command.arguments.chars().count();
            format!("Show all {} characters", size::count(u64::try_from(characters).unwrap_or(u64::MAX)))
        });
        let class = if words.is_some() { "stepmore long" } else { "stepmore" };
        let row = |name: &'static str, value: String| {
            view! {
                <dt>{name}</dt>
                <dd>
                    <ForeignText text=value lines=true />
                </dd>
            }
        };
        let digest = |name: &'static str, digest: Option<Digest>| {
            row(name, digest.map_or_else(|| "not known".to_owned(), String::from))
        };
        let layer = layer.map(|layer| {
            let format = LayerFormat::of_media_type(&layer.media_type);
            let remarks = format.marks.iter().map(|mark| row("Remark", mark.help().to_owned())).collect_view();
            let urls = (!layer.urls.is_empty()).then(|| row("Said to be at", layer.urls.join("\n")));
            view! {
                {digest("Layer digest", layer.digest)} {digest("diff_id", layer.diff_id)} {digest("Chain ID", layer.chain_id)}
                {row("Media type", layer.media_type.to_string())} {row("Stored as", format.to_string())} {remarks} {urls}
                {layer.size.map(|bytes| row("Size", format!("{}, as stored", size::exact(bytes))))}
            }
        });
        let arguments = (!build_arguments.is_empty()).then(|| view! { <BuildArguments pairs=build_arguments /> });
        view! {
            <details class=class>
                <summary>{words.map_or_else(|| view! { <span class="sr-only">"More on this step"</span> }.into_any(), IntoAny::into_any)}</summary>
                {command
                    .map(|command| {
                        view! {
                            <pre class="code wrap" tabindex="0">
                                {command.keyword.clone().map(|keyword| view! { <b>{keyword}</b> " " })}
                                <SecretText secrets=command.secrets() text=command.arguments />
                            </pre>
                        }
                    })}
                <dl class="facts">
                    {layer}
                    {recorded
                        .map(|recorded| {
                            view! {
                                <dt>"Recorded as"</dt>
                                <dd>
                                    <SecretText secrets=recorded.secrets() text=recorded.arguments />
                                </dd>
                            }
                        })} {arguments} {shell.map(|shell| row("Shell", shell))}
                    {created.map(|created| row("Created", created))}
                    {comment
                        .map(|comment| {
                            view! {
                                <dt>"Comment"</dt>
                                <dd>
                                    <SecretText text=comment />
                                </dd>
                            }
                        })}
                </dl>
            </details>
        }
    }
}

/// `NAME=value` pairs, a line each.
#[component]
fn BuildArguments(pairs: Vec<String>) -> impl IntoView {
    let pair = |pair: String| {
        let secrets: Vec<_> = build_argument_secret(&pair).into_iter().collect();
        view! {
            <SecretText text=pair secrets=secrets />
            "\n"
        }
    };
    view! {
        <dt>"Build arguments"</dt>
        <dd>{pairs.into_iter().map(pair).collect_view()}</dd>
    }
}

/// How many bytes of a command its row shows.
fn clip(text: &str) -> usize {
    let by_lines = text.match_indices('\n').nth(LINES - 1).map_or(text.len(), |(end, _)| end);
    let lines = text.get(..by_lines).unwrap_or(text);
    let clipped = text::clip(lines, CLIPPED);
    if clipped.left_out == 0 && by_lines == text.len() {
        return text.len();
    }
    clipped.text.trim_end().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_commands_are_clipped_between_characters() {
        assert_eq!(clip("make"), 4);
        assert_eq!(clip(&"ü".repeat(CLIPPED + 1)), 2 * CLIPPED);
        assert_eq!(clip(&"ü".repeat(CLIPPED)), 2 * CLIPPED);
    }

    #[test]
    fn commands_of_many_lines_are_clipped_after_the_sixth() {
        assert_eq!(clip("1\n2\n3\n4\n5\n6\n7"), "1\n2\n3\n4\n5\n6".len());
        assert_eq!(clip("1\n2\n3\n4\n5\n6"), "1\n2\n3\n4\n5\n6".len());
    }
}
