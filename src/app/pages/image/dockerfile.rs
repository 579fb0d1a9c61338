//! The history written as a Dockerfile.

use std::borrow::Cow;
use std::ops::Range;

use leptos::either::Either;
use leptos::prelude::*;

use crate::anatomy::secrets::{Stretch, covered, ranges, stretches};
use crate::anatomy::size;
use crate::app::components::{Chip, CopyButton, SecretText, Tone, covered_stretch};

/// Most lines whose keywords are told apart; a longer text is shown plainly.
const MOST_LINES: usize = 600;

/// The text, what it is worth, and a button that copies it.
#[component]
pub(super) fn DockerfileText(
    text: String,
    /// How many bytes were cut off.
    cut: u64,
) -> impl IntoView {
    let secrets = ranges(&text);
    let content = if text.lines().count() <= MOST_LINES {
        let line = |Line { keyword, rest }: Line<'_>| {
            view! {
                {keyword.map(|keyword| view! { <b>{keyword.to_owned()}</b> })}
                {rest.into_iter().map(|stretch| covered_stretch(stretch, true)).collect_view()}
                "\n"
            }
        };
        Either::Left(lines(&text, &secrets).into_iter().map(line).collect_view())
    } else {
        Either::Right(view! { <SecretText text=text.clone() /> })
    };
    // A text that is copied is soon pasted where others read it.
    let (copy, label) = match covered(&text) {
        Cow::Borrowed(_) => (text.clone(), "Copy"),
        Cow::Owned(covered) => (covered, "Copy without secrets"),
    };
    let cut = (cut > 0).then(|| view! { <p class="label">"The rest, " {size::decimal(cut)} ", is left out."</p> });
    view! {
        <div class="cardfoot top">
            <Chip text="approximate" tone=Tone::Warning />
            <span class="text-muted text-sm">
                "Written back from the history: what was copied, and images built in between, are not in it."
            </span>
            <CopyButton text=copy label=label />
        </div>
        <pre class="code wrap" tabindex="0" aria-label="Dockerfile">
            {content}
        </pre>
        {cut}
    }
}

/// A line of the text.
#[derive(Debug, PartialEq, Eq)]
struct Line<'a> {
    /// Its keyword, where it begins an instruction.
    keyword: Option<&'a str>,
    /// What follows, in stretches.
    rest: Vec<Stretch<'a>>,
}

/// The lines, with their keywords told apart.
fn lines<'a>(text: &'a str, secrets: &[Range<usize>]) -> Vec<Line<'a>> {
    let mut continued = false;
    let mut start = 0;
    text.split_inclusive('\n')
        .map(|whole| {
            let line = whole.trim_end_matches(['\n', '\r']);
            let begins = !continued;
            continued = line.trim_end().ends_with('\\');
            let word = line.split(' ').next().unwrap_or_default();
            let is_keyword = begins && word.len() > 1 && word.bytes().all(|byte| byte.is_ascii_uppercase());
            let keyword = is_keyword.then_some(word);
            let rest = start + keyword.map_or(0, str::len)..start + line.len();
            start += whole.len();
            Line { keyword, rest: stretches(text, rest, secrets) }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A line's keyword, and the stretches after it with whether each is a secret.
    type Shown<'a> = (Option<&'a str>, Vec<(&'a str, bool)>);

    fn shown(text: &str) -> Vec<Shown<'_>> {
        let lines = lines(text, &ranges(text)).into_iter();
        lines.map(|line| (line.keyword, line.rest.iter().map(|rest| (rest.text, rest.secret)).collect())).collect()
    }

    #[test]
    fn keywords_stand_at_the_beginning_of_instructions() {
        let text = "FROM scratch\nRUN make \\\n    CD all\n# A remark\nCMD [\"sh\"]\n";
        assert_eq!(
            shown(text),
            [
                (Some("FROM"), vec![(" scratch", false)]),
                (Some("RUN"), vec![(" make \\", false)]),
                (None, vec![("    CD all", false)]),
                (None, vec![("# A remark", false)]),
                (Some("CMD"), vec![(" [\"sh\"]", false)]),
            ]
        );
    }

    #[test]
    fn secrets_stay_secrets_over_several_lines() {
        assert_eq!(
            shown("ENV TOKEN=abc\nRUN PASSWORD='a\nb' make"),
            [
                (Some("ENV"), vec![(" TOKEN=", false), ("abc", true)]),
                (Some("RUN"), vec![(" PASSWORD='", false), ("a", true)]),
                (None, vec![("b", true), ("' make", false)]),
            ]
        );
    }
}
