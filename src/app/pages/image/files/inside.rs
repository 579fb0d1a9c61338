//! What a file of a known format holds.

use leptos::prelude::*;

use super::Remarks;
use crate::anatomy::size;
use crate::anatomy::time::Timestamp;
use crate::app::components::{Chip, CopyButton, ForeignText, Glyph, Icon, Moment, Size};
use crate::view::files::{ArchiveEntry, Certificate, EntryKind, Inside, JsonMember, JsonValue};

/// Levels of JSON that are open at first.
const OPEN: usize = 2;

/// JSON, certificates, names or a picture.
#[component]
pub(super) fn InsideView(inside: Inside, download: Option<String>) -> impl IntoView {
    match inside {
        Inside::Json(value) => view! { <div class="json">{json(None, value, 0)}</div> }.into_any(),
        Inside::Certificates { certificates, left_out } => {
            view! { <Certificates certificates=certificates left_out=left_out /> }.into_any()
        }
        Inside::Archive { entries, count, remarks } => {
            view! { <Archive entries=entries count=count remarks=remarks /> }.into_any()
        }
        // Its bytes come as the download that they are: nothing else of it reaches the page.
        Inside::Picture => download
            .map(|source| view! { <p class="picture"><img src=source alt="The picture in the file" loading="lazy" /></p> })
            .into_any(),
    }
}

fn json(name: Option<String>, value: JsonValue, depth: usize) -> AnyView {
    let name = name.map(|name| view! { <b><ForeignText text=name /></b> ": " });
    match value {
        JsonValue::Text(text) => view! { <div>{name} <ForeignText text=text /></div> }.into_any(),
        JsonValue::Members { is_list, members, left_out } => {
            let count = members.len() + left_out;
            let (open, close) = if is_list { ("[", "]") } else { ("{", "}") };
            if count == 0 {
                return view! { <div>{name} {open} {close}</div> }.into_any();
            }
            let words =
                format!("{open} {} {close}", size::counted(count as u64, if is_list { "value" } else { "member" }));
            let inner =
                members.into_iter().map(|JsonMember { name, value }| json(name, value, depth + 1)).collect_view();
            let more = (left_out > 0).then(|| {
                let words = format!("{} more are not shown here.", size::count(left_out as u64));
                view! { <div class="text-muted">{words}</div> }
            });
            let is_open = depth < OPEN && count <= 100;
            view! {
                <details open=is_open>
                    <summary>{name} <span class="text-muted">{words}</span></summary>
                    {inner} {more}
                </details>
            }
            .into_any()
        }
    }
}

#[component]
fn Certificates(certificates: Vec<Certificate>, left_out: usize) -> impl IntoView {
    let rows = certificates.into_iter().map(certificate).collect_view();
    let more = (left_out > 0).then(|| {
        let words = format!("{} more cannot be read or are not shown.", size::count(left_out as u64));
        view! { <p class="cardfoot text-muted text-sm">{words}</p> }
    });
    view! {
        <p class="px-4 pt-3 text-muted text-sm">"As they say of themselves. Nothing about them was verified."</p>
        <ol class="certificates">{rows}</ol>
        {more}
    }
}

fn certificate(certificate: Certificate) -> AnyView {
    let Certificate {
        subject,
        issuer,
        is_self_issued,
        not_before,
        not_after,
        names,
        key,
        is_authority,
        serial,
        sha256,
    } = certificate;
    let subject = if subject.is_empty() { "No subject".to_owned() } else { subject };
    let issuer = (!is_self_issued)
        .then(|| view! { <div class="kv"><dt>"Issued by"</dt><dd><ForeignText text=issuer /></dd></div> });
    let names = (!names.is_empty()).then(|| {
        view! { <div class="kv"><dt>"Names"</dt><dd><ForeignText text=names.join(", ") /></dd></div> }
    });
    let is_self_issued = is_self_issued.then(|| view! { <Chip text="self-issued" /> });
    let is_authority = is_authority.then(|| view! { <Chip text="authority" /> });
    view! {
        <li>
            <details>
                <summary>
                    <ForeignText text=subject /> " " {is_authority} " " {is_self_issued}
                    <span class="text-muted text-sm">
                        " until " <Moment at=Timestamp::from_seconds(not_after) />
                    </span>
                </summary>
                <dl>
                    {issuer}
                    <div class="kv"><dt>"Valid from"</dt><dd><Moment at=Timestamp::from_seconds(not_before) time=true /></dd></div>
                    <div class="kv"><dt>"Until"</dt><dd><Moment at=Timestamp::from_seconds(not_after) time=true /></dd></div>
                    {names}
                    <div class="kv"><dt>"Key"</dt><dd>{key}</dd></div>
                    <div class="kv"><dt>"Serial number"</dt><dd><code class="wraps"><ForeignText text=serial /></code></dd></div>
                    <div class="kv">
                        <dt>"SHA-256"</dt>
                        <dd>
                            <code class="wraps">{sha256.clone()}</code>
                            " "
                            <CopyButton text=sha256 label="Copy the fingerprint" icon_only=true />
                        </dd>
                    </div>
                </dl>
            </details>
        </li>
    }
    .into_any()
}

#[component]
fn Archive(entries: Vec<ArchiveEntry>, count: u64, remarks: Vec<String>) -> impl IntoView {
    let left_out = count.saturating_sub(entries.len() as u64);
    let more = (left_out > 0).then(|| {
        let words = format!("{} more names are not shown here.", size::count(left_out));
        view! { <p class="cardfoot text-muted text-sm">{words}</p> }
    });
    let rows = entries.into_iter().map(|ArchiveEntry { name, kind, size }| {
        let is_directory = kind == EntryKind::Directory;
        let glyph = if is_directory { Glyph::Folder } else { Glyph::File };
        let size = (!is_directory).then(|| view! { <Size bytes=size /> });
        view! { <li><span class="min-w-0"><Icon glyph=glyph /> " " <ForeignText text=name /></span> <span class="figure">{size}</span></li> }
    });
    view! {
        <Remarks texts=remarks />
        <ul class="filelist">{rows.collect_view()}</ul>
        {more}
    }
}
