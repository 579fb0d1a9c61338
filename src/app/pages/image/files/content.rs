//! What is in a file.

use leptos::prelude::*;

use super::super::place::Place;
use crate::anatomy::files::FilePath;
use crate::anatomy::size;
use crate::anatomy::text::visible;
use crate::app::components::{NoticeBox, Prose, Segment, Segments, Tone};
use crate::view::files::{DiffLine, FileContent, HexLine, Line};

/// The contents, or what has changed in them.
#[component]
pub(super) fn Content(
    content: FileContent,
    difference: Option<Vec<DiffLine>>,
    path: FilePath,
    place: Place,
) -> impl IntoView {
    let is_hex = place.asked_files().hex;
    let forms = || {
        let segments = vec![
            Segment { label: "Text", href: place.file(&path, false), current: !is_hex },
            Segment { label: "Bytes", href: place.file_with(&path, false, &[("hex", "1")]), current: is_hex },
        ];
        view! { <Segments label="Form of the contents" segments=segments /> }
    };
    if let Some(lines) = difference {
        let against = place.asked_files().against;
        let whole = place.file(&path, false);
        return view! {
            <div class="contenthead">
                <span>{format!("What has changed since layer {against}")}</span>
                <a class="link" href=whole>"Show the whole file"</a>
            </div>
            <Difference lines=lines />
        }
        .into_any();
    }
    match content {
        FileContent::None => ().into_any(),
        FileContent::Empty => view! { <p class="px-4 py-3 text-muted">"The file is empty."</p> }.into_any(),
        FileContent::Unreadable(problem) => {
            view! { <NoticeBox tone=Tone::Bad><b>"The contents cannot be shown"</b><Prose text=problem /></NoticeBox> }
                .into_any()
        }
        FileContent::Text { language, lines, cut } => {
            let language = language.unwrap_or_else(|| "Text".to_owned());
            view! {
                <div class="contenthead"><span>{language}</span> {forms()}</div>
                <Text lines=lines />
                {cut_words(cut)}
            }
            .into_any()
        }
        FileContent::Hex { looks_like, lines, cut } => view! {
            <div class="contenthead">
                <span>{looks_like.unwrap_or_else(|| "Bytes".to_owned())}</span>
                {is_hex.then(forms)}
            </div>
            <Bytes lines=lines />
            {cut_words(cut)}
        }
        .into_any(),
    }
}

/// Says that a file goes on.
fn cut_words(cut: u64) -> Option<impl IntoView> {
    (cut > 0).then(|| {
        let words =
            format!("{} more follow. The download has all of them, checked against their digest.", size::decimal(cut));
        view! { <p class="cardfoot text-muted text-sm">{words}</p> }
    })
}

/// Lines with their numbers, each a place that a link can point at.
#[component]
fn Text(lines: Vec<Line>) -> impl IntoView {
    let lines = lines.into_iter().enumerate().map(|(position, line)| {
        let number = position + 1;
        let spans = line.0.into_iter().map(|span| {
            let text = visible(&span.text).into_owned();
            if span.style.is_empty() {
                text.into_any()
            } else {
                view! { <i class=format!("tok {}", span.style)>{text}</i> }.into_any()
            }
        });
        view! {
            <span class="line" id=format!("L{number}")>
                <a href=format!("#L{number}") aria-label=format!("Line {number}") data-line=number.to_string()></a>
                <bdi>{spans.collect_view()}</bdi>
            </span>
        }
        .into_any()
    });
    view! { <pre class="filetext" tabindex="0"><code>{lines.collect_view()}</code></pre> }
}

#[component]
fn Bytes(lines: Vec<HexLine>) -> impl IntoView {
    let mut text = String::new();
    for line in &lines {
        use std::fmt::Write as _;
        // Writing to a text does not fail.
        let _ = writeln!(text, "{:08x}  {:<47}  {}", line.at, line.bytes, line.text);
    }
    view! { <pre class="filetext plain" tabindex="0">{text}</pre> }
}

#[component]
fn Difference(lines: Vec<DiffLine>) -> impl IntoView {
    if lines.is_empty() {
        return view! { <p class="px-4 py-3 text-muted">"The contents are the same."</p> }.into_any();
    }
    let lines = lines.into_iter().map(|line| {
        let class = match line.sign {
            '+' => "line plus",
            '-' => "line minus",
            '…' => "line rest",
            _ => "line",
        };
        let text = format!("{} {}", line.sign, visible(&line.text));
        view! { <span class=class><bdi>{text}</bdi></span> }.into_any()
    });
    view! { <pre class="filetext plain" tabindex="0"><code>{lines.collect_view()}</code></pre> }.into_any()
}
