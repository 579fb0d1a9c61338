//! Signatures: what they speak of. None is verified, and none gets a sign that looks as if it were (threat V-11).

use leptos::prelude::*;

use super::super::place::Place;
use super::rows::{Pairs, date, row, text, texts};
use super::statement::StatementRows;
use crate::anatomy::artifact::envelope::Envelope;
use crate::anatomy::artifact::signature::{Bundle, BundleContent, BundleKey, Notation, SimpleSigning};
use crate::anatomy::size;
use crate::app::components::{DigestLabel, ForeignText, Size};
use crate::oci::Digest;

/// The digest of what is signed.
fn signed(digest: Option<Digest>, place: &Place) -> AnyView {
    let label = match digest {
        Some(digest) => {
            let href = place.manifest(&digest);
            view! { <DigestLabel digest=digest href=href /> }.into_any()
        }
        None => view! { <span class="text-muted">"nothing that is a digest"</span> }.into_any(),
    };
    row("Signs", label)
}

/// cosign's payload.
#[component]
pub(super) fn PayloadRows(payload: SimpleSigning, place: Place) -> impl IntoView {
    view! {
        <dl>
            {signed(payload.manifest_digest, &place)} {text("Named by the signer", payload.docker_reference)}
            {text("Kind", payload.kind)}
        </dl>
        <Pairs title="Added by the signer" pairs=payload.optional />
    }
}

/// An envelope's own rows.
#[component]
pub(super) fn EnvelopeRows(envelope: Envelope) -> impl IntoView {
    let count = format!("{}, not verified", size::counted(envelope.signatures.into(), "signature"));
    view! {
        <dl>
            {row("Signed by", count)} {texts("Keys, as named", envelope.key_ids)} {text("Payload", envelope.payload_type)}
        </dl>
    }
}

/// A sigstore bundle.
#[component]
pub(super) fn BundleRows(bundle: Bundle, same: bool, place: Place) -> impl IntoView {
    let key = match bundle.key {
        BundleKey::Certificate => view! { "a certificate, which is not read here" }.into_any(),
        BundleKey::Hint(Some(hint)) => view! {
            "a key that the signer calls "
            <code>
                <ForeignText text=hint />
            </code>
        }
        .into_any(),
        BundleKey::Hint(None) => view! { "a key without a name" }.into_any(),
        BundleKey::Missing => view! { <span class="text-muted">"nothing"</span> }.into_any(),
    };
    let content = match bundle.content {
        BundleContent::Envelope { envelope, statement } => view! {
            <EnvelopeRows envelope=envelope />
            {statement.map(|statement| view! { <StatementRows statement=*statement same=same place=place /> })}
        }
        .into_any(),
        BundleContent::Message { algorithm } => {
            view! { <dl>{row("Signs", "a message's digest")} {text("Algorithm", algorithm)}</dl> }.into_any()
        }
        BundleContent::Missing => ().into_any(),
    };
    view! {
        <dl>
            {text("Format", bundle.media_type)} {row("Key", key)}
            {row("Entries of a transparency log", size::count(bundle.log_entries.into()))}
            {row("Signed timestamps", size::count(bundle.timestamps.into()))}
        </dl>
        {content}
    }
}

/// A signature of notation.
#[component]
pub(super) fn NotationRows(signature: Notation, place: Place) -> impl IntoView {
    view! {
        <dl>
            {signed(signature.target, &place)} {text("Type of what is signed", signature.target_type)}
            {signature.target_size.map(|bytes| row("Size of what is signed", view! { <Size bytes=bytes /> }))}
            {date("Signed, as the signer says", signature.signed)} {date("Meant to hold until", signature.expires)}
            {text("Algorithm", signature.algorithm)} {text("Scheme", signature.scheme)}
            {row("Certificates, not checked", size::count(signature.certificates.into()))}
            {text("Made by", signature.agent)}
        </dl>
        <Pairs title="Added by the signer" pairs=signature.annotations />
    }
}
