//! How a file's contents are shown: as text, as what its format holds, or byte by byte.

use bytes::Bytes;

use super::inside::Format;
use super::text;
use crate::view::files::{ContentForm, FileContent};

/// Shows the first bytes of a file of `size` bytes, in the form that is asked for where it can be; and all forms that there are.
pub(super) fn content(
    name: &[u8],
    bytes: &Bytes,
    size: u64,
    asked: Option<ContentForm>,
) -> (FileContent, Vec<ContentForm>) {
    let format = Format::of(name, bytes, size);
    let is_text = text::text_of(bytes, size).is_some();
    let forms: Vec<ContentForm> = ContentForm::ALL
        .into_iter()
        .filter(|form| match form {
            ContentForm::Text => is_text,
            ContentForm::Inside => format.is_some(),
            ContentForm::Bytes => true,
        })
        .collect();
    let fitting = match format {
        Some(format) if format.is_wanted_first(bytes, size) => ContentForm::Inside,
        _ if is_text => ContentForm::Text,
        _ => ContentForm::Bytes,
    };
    let form = asked.filter(|form| forms.contains(form)).unwrap_or(fitting);
    let inside = format.filter(|_| form == ContentForm::Inside).and_then(|format| format.open(bytes, size));
    let content = match inside {
        Some(inside) if size > 0 => FileContent::Inside(inside),
        _ => text::content(bytes, size, form == ContentForm::Bytes),
    };
    (content, forms)
}
