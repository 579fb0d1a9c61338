//! What a file of a known format holds: JSON that can be folded, certificates, the names in an archive, a picture.

mod archive;
mod certificates;
mod json;

use std::sync::LazyLock;

use crate::anatomy::size;
use crate::registry::{Place, Reader, Turns};
use crate::view::files::Inside;

/// Longest file that is read whole for what it holds, in bytes; certificates and JSON are looked at only where a page reads all of
/// them anyway.
pub(super) const LONGEST: u64 = 8 << 20;
/// How many large files are read whole at the same time.
const AT_ONCE: usize = 4;

/// Whoever waits here is a request, whose number has a limit of its own.
static TURNS: LazyLock<Turns> = LazyLock::new(|| Turns::new(AT_ONCE, usize::MAX));

/// A place among those who read a large file whole.
pub(super) async fn place(reader: Reader) -> Option<Place> {
    TURNS.place(reader).await
}

/// Longest line of JSON that is read as text, in bytes; with longer ones it is shown folded.
const LONGEST_LINE: usize = 2_000;
/// How many bytes of a name or subject are shown.
const TEXT: usize = 300;

/// What a file's name and first bytes say of its format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Json,
    Certificates,
    Archive(archive::Packing),
    Picture,
}

impl Format {
    /// Of a file that begins with these bytes; `is_whole` says whether they are all.
    pub(super) fn of(name: &[u8], bytes: &[u8], size: u64) -> Option<Format> {
        let is_whole = bytes.len() as u64 == size;
        if let Some(packing) = archive::Packing::of(name, bytes).filter(|_| size <= LONGEST) {
            return Some(Format::Archive(packing));
        }
        if is_picture(bytes) && size <= LONGEST {
            return Some(Format::Picture);
        }
        if !is_whole {
            return None;
        }
        if certificates::are_in(name, bytes) {
            return Some(Format::Certificates);
        }
        json::is_json(bytes).then_some(Format::Json)
    }

    /// What is said of a file that is too long to be looked into.
    pub(super) fn too_long(name: &[u8], bytes: &[u8], size: u64) -> Option<String> {
        let is_known = archive::Packing::of(name, bytes).is_some() || is_picture(bytes);
        (is_known && size > LONGEST).then(|| {
            format!(
                "What it holds is not shown: it has more than {}. The download has all of it.",
                size::decimal(LONGEST)
            )
        })
    }

    /// Whether somebody who opens the file wants to see what it holds rather than its text or bytes.
    pub(super) fn is_wanted_first(self, bytes: &[u8], size: u64) -> bool {
        match self {
            Format::Json => bytes.split(|byte| *byte == b'\n').any(|line| line.len() > LONGEST_LINE),
            Format::Certificates | Format::Picture => true,
            Format::Archive(_) => bytes.len() as u64 == size,
        }
    }

    /// What the file holds, where it is as its format says. An archive is only looked into where all of it is here.
    pub(super) fn open(self, bytes: &bytes::Bytes, size: u64) -> Option<Inside> {
        match self {
            Format::Json => json::parse(bytes).map(Inside::Json),
            Format::Certificates => certificates::read(bytes),
            Format::Archive(packing) if bytes.len() as u64 == size => Some(archive::list(packing, bytes)),
            Format::Archive(_) => None,
            Format::Picture => Some(Inside::Picture),
        }
    }
}

/// What browsers draw and what runs nothing: a drawing with scripts is text.
fn is_picture(bytes: &[u8]) -> bool {
    let shown = ["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/bmp", "image/x-icon"];
    infer::get(bytes).is_some_and(|kind| shown.contains(&kind.mime_type()))
}

/// A part of a text that is not too long.
fn clipped(text: &str) -> String {
    crate::anatomy::text::clip(text, TEXT).text
}
