//! Tables of names and values that a registry sent.

use leptos::either::Either;
use leptos::prelude::*;

use crate::anatomy::secrets::ranges;
use crate::anatomy::{size, text};
use crate::app::components::{Chip, CopyButton, Cover, ForeignText, SecretText, Tone};
use crate::view::image::NamedValue;

/// Longest value that is shown at once, in characters.
const SHOWN: usize = 600;

/// A card with one row a name. Nothing is drawn where there are none, unless `nothing` says what to say then.
#[component]
pub(super) fn NamedValues(
    title: &'static str,
    values: Vec<NamedValue>,
    #[prop(optional)] nothing: &'static str,
    /// Whether values are code, as those of the environment are.
    #[prop(optional)]
    code: bool,
) -> impl IntoView {
    if values.is_empty() {
        return Either::Left((!nothing.is_empty()).then(|| {
            view! {
                <section class="card">
                    <div class="cardhead">
                        <h2>{title}</h2>
                    </div>
                    <p class="px-4 py-2 text-muted text-sm">{nothing}</p>
                </section>
            }
        }));
    }
    let count = size::count(u64::try_from(values.len()).unwrap_or(u64::MAX));
    let class = if code { "kv" } else { "kv named" };
    let rows = values
        .into_iter()
        .map(|value| {
            view! {
                <div class=class>
                    <dt>
                        <ForeignText text=value.name />
                    </dt>
                    <dd>
                        <Value value=value.value secret=value.secret code=code />
                    </dd>
                </div>
            }
            .into_any()
        })
        .collect_view();
    Either::Right(view! {
        <section class="card">
            <div class="cardhead">
                <h2>{title} <span class="label ml-2 font-normal">{count}</span></h2>
            </div>
            <dl>{rows}</dl>
        </section>
    })
}

/// A value: covered where it, or a part of it, looks like a secret, a link where it is a plain web address, cut where it is
/// long.
#[component]
pub(in crate::app::pages) fn Value(value: String, secret: bool, code: bool) -> impl IntoView {
    if secret {
        // Without script it opens too; the value is in the page either way, and in the registry.
        return view! {
            <details class="secret">
                <summary>
                    <Chip text="looks like a secret" tone=Tone::Warning />
                    <Cover />
                </summary>
                <span class="flex items-center gap-1">
                    <code>
                        <ForeignText text=value.clone() />
                    </code>
                    <CopyButton text=value label="Copy value" icon_only=true />
                </span>
            </details>
        }
        .into_any();
    }
    if let Some(href) = text::link(&value).map(str::to_owned) {
        return view! {
            <a class="link" href=href target="_blank" rel="external noopener noreferrer nofollow ugc" referrerpolicy="no-referrer">
                <ForeignText text=value />
            </a>
        }
        .into_any();
    }
    let text::Clipped { text: shown, left_out } = text::clip(&value, SHOWN);
    let (secrets, end) = (ranges(&value), shown.len());
    let code = code || looks_like_code(&shown);
    let beginning = view! { <SecretText text=value.clone() secrets=secrets.clone() end=end one_line=true /> };
    let text = match (shown.is_empty(), code) {
        (true, _) => view! { <span class="text-muted">"empty"</span> }.into_any(),
        (false, true) => view! { <code>{beginning}</code> }.into_any(),
        (false, false) => beginning.into_any(),
    };
    if left_out == 0 {
        return text;
    }
    let words = format!("Show the other {} characters", size::count(left_out));
    view! {
        {text}
        <details class="rest">
            <summary class="link">{words}</summary>
            <code>
                <SecretText text=value secrets=secrets start=end one_line=true />
            </code>
        </details>
    }
    .into_any()
}

/// Short machine words, such as revisions and versions, read better in the other type.
fn looks_like_code(value: &str) -> bool {
    let machine = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'{' | b'[' | b'=' | b'/' | b':' | b'_');
    !value.contains(' ') && value.bytes().any(machine) || value.starts_with(['{', '['])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn machine_words_are_told_from_sentences() {
        for code in ["1.25.5", "a1f3c9e", "/etc/nginx", "{\"a\": 1}"] {
            assert!(looks_like_code(code), "{code}");
        }
        for words in ["NGINX Docker Maintainers", "Apache", "Version 2 of it"] {
            assert!(!looks_like_code(words), "{words}");
        }
    }
}
