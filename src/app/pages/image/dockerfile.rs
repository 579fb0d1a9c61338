//! The history written as a Dockerfile.

use leptos::either::Either;
use leptos::prelude::*;

use crate::anatomy::size;
use crate::app::components::{Chip, CopyButton, ForeignText, Tone};

/// Most lines whose keywords are told apart; a longer text is shown plainly.
const MOST_LINES: usize = 600;

/// The text, what it is worth, and a button that copies it.
#[component]
pub(super) fn DockerfileText(
    text: String,
    /// How many bytes were cut off.
    cut: u64,
) -> impl IntoView {
    let content = if text.lines().count() <= MOST_LINES {
        let lines = highlighted(&text)
            .into_iter()
            .map(|(keyword, rest)| {
                view! {
                    {keyword.map(|keyword| view! { <b>{keyword.to_owned()}</b> })}
                    <ForeignText text=rest.to_owned() />
                    "\n"
                }
            })
            .collect_view();
        Either::Left(lines)
    } else {
        Either::Right(view! { <ForeignText text=text.clone() /> })
    };
    let cut = (cut > 0).then(|| view! { <p class="label">"The rest, " {size::decimal(cut)} ", is left out."</p> });
    view! {
        <div class="cardfoot top">
            <Chip text="approximate" tone=Tone::Warning />
            <span class="text-muted text-sm">
                "Written back from the history: what was copied, and images built in between, are not in it."
            </span>
            <CopyButton text=text label="Copy" />
        </div>
        <pre class="code wrap" tabindex="0" aria-label="Dockerfile">
            {content}
        </pre>
        {cut}
    }
}

/// Each line's keyword, where it begins an instruction, and the rest of the line.
fn highlighted(text: &str) -> Vec<(Option<&str>, &str)> {
    let mut continued = false;
    text.lines()
        .map(|line| {
            let begins = !continued;
            continued = line.trim_end().ends_with('\\');
            let end = line.find(' ').unwrap_or(line.len());
            let (word, rest) = line.split_at(end);
            let keyword = begins && word.len() > 1 && word.bytes().all(|byte| byte.is_ascii_uppercase());
            if keyword { (Some(word), rest) } else { (None, line) }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::highlighted;

    #[test]
    fn keywords_stand_at_the_beginning_of_instructions() {
        assert_eq!(
            highlighted("FROM scratch\nRUN make \\\n    CD all\n# A remark\nCMD [\"sh\"]"),
            [
                (Some("FROM"), " scratch"),
                (Some("RUN"), " make \\"),
                (None, "    CD all"),
                (None, "# A remark"),
                (Some("CMD"), " [\"sh\"]"),
            ]
        );
    }
}
