//! The documents as they were received: text with its digests as links, and the exact bytes.

use std::collections::HashMap;

use leptos::prelude::*;

use crate::anatomy::size;
use crate::app::components::{Chip, CopyButton, DigestLabel, ForeignText, Glyph, Icon, Size, Tone};
use crate::view::image::{DocumentNotices, LINKS_LENGTH, RawDocument};
use crate::view::link;

use super::notices::NoticeList;

/// Every document, with what is odd about it.
#[component]
pub(super) fn Raw(documents: Vec<RawDocument>, notices: Vec<DocumentNotices>) -> impl IntoView {
    documents
        .into_iter()
        .map(|document| {
            let own = notices.iter().find(|notices| notices.document == document.name).cloned();
            view! { <Document document=document notices=own /> }.into_any()
        })
        .collect_view()
}

#[component]
fn Document(document: RawDocument, notices: Option<DocumentNotices>) -> impl IntoView {
    let label = format!("{}, as text", document.name);
    let id = link::document_anchor(&document.name);
    let cut = (document.cut > 0).then(|| {
        view! {
            <p class="label px-4 py-2">
                "The rest, " {size::decimal(document.cut)} ", is left out here; the download has all of it."
            </p>
        }
    });
    let text = document.text;
    let (pieces, all) = pieces(&text, &document.links);
    let unlinked = (!all || document.links_left_out > 0).then(|| {
        view! {
            <p class="label px-4 py-2">
                {format!("Only the first {} digests are links.", size::count(LINKS_LENGTH as u64))}
            </p>
        }
    });
    let parts = pieces
        .into_iter()
        .map(|piece| match piece {
            Piece::Text(text) => view! { <ForeignText text=text.to_owned() lines=true /> }.into_any(),
            Piece::Link(text, href) => {
                view! { <a href=href.to_owned() data-digest=text.to_owned()>{text.to_owned()}</a> }.into_any()
            }
        })
        .collect_view();
    view! {
        <section class="card mb-5">
            <div class="cardhead">
                <h2>{document.name}</h2>
                <DigestLabel digest=document.digest />
                <Chip text="verified" tone=Tone::Good />
                <span class="text-muted text-sm min-w-0 wrap-anywhere">
                    <ForeignText text=document.media_type.to_string() />
                    ", "
                    <Size bytes=document.size />
                </span>
                <span class="flex gap-2">
                    <CopyButton from=id.clone() label="Copy" />
                    <a class="btn" href=document.download download="">
                        <Icon glyph=Glyph::Download />
                        "Download"
                    </a>
                </span>
            </div>
            {notices.map(|notices| view! { <NoticeList notices=notices.notices /> })}
            <pre id=id class="code wrap tall" tabindex="0" aria-label=label>
                {parts}
            </pre>
            {unlinked} {cut}
        </section>
    }
}

/// A stretch of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Piece<'a> {
    Text(&'a str),
    /// A digest and where it leads.
    Link(&'a str, &'a str),
}

/// Takes a text apart at the digests that lead somewhere, up to [`LINKS_LENGTH`]; and whether those were all.
fn pieces<'a>(text: &'a str, links: &'a [(crate::oci::Digest, String)]) -> (Vec<Piece<'a>>, bool) {
    let known: HashMap<&str, &str> = links.iter().map(|(digest, href)| (digest.as_str(), href.as_str())).collect();
    let mut pieces = Vec::new();
    let (mut start, mut found, mut all) = (0, 0, true);
    for (colon, _) in text.match_indices(':') {
        if colon < start {
            continue;
        }
        let before = text[..colon].rfind(|letter: char| !is_algorithm(letter)).map_or(0, |end| end + 1);
        let after =
            text[colon + 1..].find(|letter: char| !is_encoded(letter)).map_or(text.len(), |end| colon + 1 + end);
        // The character before may be longer than a byte, and then `before` is inside of it: no digest stands there.
        let Some(digest) = text.get(before.max(start)..after) else { continue };
        if let Some(href) = known.get(digest) {
            if found == LINKS_LENGTH {
                all = false;
                break;
            }
            pieces.push(Piece::Text(&text[start..before.max(start)]));
            pieces.push(Piece::Link(digest, href));
            start = after;
            found += 1;
        }
    }
    pieces.push(Piece::Text(&text[start..]));
    pieces.retain(|piece| !matches!(piece, Piece::Text("")));
    (pieces, all)
}

/// Letters of a digest's algorithm.
fn is_algorithm(letter: char) -> bool {
    letter.is_ascii_lowercase() || letter.is_ascii_digit() || matches!(letter, '+' | '.' | '_' | '-')
}

/// Letters of what stands after a digest's colon.
fn is_encoded(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '=' | '_' | '-')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::oci::Digest;

    fn digest(letter: &str) -> Digest {
        format!("sha256:{}", letter.repeat(64)).parse().unwrap()
    }

    #[test]
    fn known_digests_become_links_and_nothing_is_lost() {
        let (known, other) = (digest("a"), digest("b"));
        let text = format!("{{\"digest\": \"{known}\", \"x\": \"{other}\"}}");
        let links = [(known.clone(), "/a".to_owned())];
        let rest = format!("\", \"x\": \"{other}\"}}");
        let parts = vec![Piece::Text("{\"digest\": \""), Piece::Link(known.as_str(), "/a"), Piece::Text(&rest)];
        assert_eq!(pieces(&text, &links), (parts, true));
        assert_eq!(pieces("", &links), (Vec::new(), true));
    }

    #[test]
    fn links_have_an_end_that_is_told() {
        let links = [(digest("a"), "/a".to_owned())];
        let text = |count: usize| format!("{} ", digest("a")).repeat(count);
        for (count, all) in [(LINKS_LENGTH, true), (LINKS_LENGTH + 1, false)] {
            let text = text(count);
            let (parts, told) = pieces(&text, &links);
            let found = parts.iter().filter(|piece| matches!(piece, Piece::Link(..))).count();
            assert_eq!((found, told), (LINKS_LENGTH, all), "{count}");
        }
    }

    proptest! {
        #[test]
        fn pieces_put_together_are_the_text(text in "[a-c:\"ü😀-]{0,80}") {
            let links = [("a:b".parse::<Digest>(), "/x"), ("c:a-b".parse(), "/y")];
            let links: Vec<_> = links.into_iter().filter_map(|(digest, href)| Some((digest.ok()?, href.to_owned()))).collect();
            let whole: String = pieces(&text, &links)
                .0
                .into_iter()
                .map(|piece| match piece { Piece::Text(text) | Piece::Link(text, _) => text })
                .collect();
            prop_assert_eq!(whole, text);
        }
    }
}
