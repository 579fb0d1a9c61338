//! What is in a file.

use leptos::prelude::*;

use super::super::place::Place;
use super::inside::InsideView;
use crate::anatomy::files::FilePath;
use crate::anatomy::size;
use crate::anatomy::text::visible;
use crate::app::components::{NoticeBox, Prose, Segment, Segments, Tone};
use crate::view::files::{ContentForm, DiffLine, FileContent, HexLine, Inside, Line, PlainText};

/// Marks the lines that the address names (`#L10` or `#L10-L20`), and lets a press with the shift key extend them.
const MARK: &str = r##"{const t=document.currentScript.previousElementSibling,at=()=>/^#L(\d+)(?:-L(\d+))?$/.exec(location.hash),mark=()=>{const m=at();for(const l of t.querySelectorAll(".marked"))l.classList.remove("marked");if(!m)return;const a=Math.min(m[1],m[2]??m[1]),b=Math.max(m[1],m[2]??m[1]);for(let n=a;n<=b;n++){const l=document.getElementById("L"+n);if(!l)break;l.classList.add("marked")}if(m[2])document.getElementById("L"+a)?.scrollIntoView({block:"center"})};t.addEventListener("click",e=>{const n=e.target.dataset?.line,m=at();if(n&&e.shiftKey&&m){e.preventDefault();history.replaceState(history.state,"","#L"+Math.min(m[1],n)+"-L"+Math.max(m[1],n));mark()}});addEventListener("hashchange",mark);mark()}"##;

/// The contents, or what has changed in them.
#[component]
pub(super) fn Content(
    content: FileContent,
    forms: Vec<ContentForm>,
    difference: Option<Vec<DiffLine>>,
    download: Option<String>,
    path: FilePath,
    place: Place,
) -> impl IntoView {
    let head = |what: String, form: ContentForm| {
        let segment = |other: ContentForm| {
            let label = match other {
                ContentForm::Text => "Text",
                ContentForm::Inside => "Inside",
                ContentForm::Bytes => "Bytes",
            };
            let href = place.file_with(&path, false, &[("as", other.as_str())]);
            Segment { label, href, current: other == form }
        };
        let segments: Vec<_> = forms.iter().copied().map(segment).collect();
        let choice =
            (segments.len() > 1).then(|| view! { <Segments label="Form of the contents" segments=segments /> });
        view! { <div class="contenthead"><span>{what}</span> {choice}</div> }
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
        FileContent::Text { language, lines, cut, plain } => {
            let language = language.unwrap_or_else(|| "Text".to_owned());
            view! {
                {head(language, ContentForm::Text)}
                <Text lines=lines />
                {plain.map(plain_words)}
                {cut_words(cut)}
            }
            .into_any()
        }
        FileContent::Inside(inside) => {
            let what = match &inside {
                Inside::Json(_) => "JSON".to_owned(),
                Inside::Certificates { certificates, .. } => size::counted(certificates.len() as u64, "certificate"),
                Inside::Archive { count, .. } => size::counted(*count, "name"),
                Inside::Picture => "Picture".to_owned(),
            };
            view! { {head(what, ContentForm::Inside)} <InsideView inside=inside download=download /> }.into_any()
        }
        FileContent::Hex { looks_like, lines, cut } => view! {
            {head(looks_like.unwrap_or_else(|| "Bytes".to_owned()), ContentForm::Bytes)}
            <Bytes lines=lines />
            {cut_words(cut)}
        }
        .into_any(),
    }
}

/// Says that colours end before the text does.
fn plain_words(plain: PlainText) -> impl IntoView {
    let words = format!("Colours end before line {}: {}.", size::count(plain.line as u64), plain.why.words());
    view! { <p class="cardfoot text-muted text-sm">{words}</p> }
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
    view! {
        <pre class="filetext" tabindex="0"><code>{lines.collect_view()}</code></pre>
        <script nonce=leptos::nonce::use_nonce()>{MARK}</script>
    }
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
