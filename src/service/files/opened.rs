//! One name of a tree, opened.

use std::fmt::Write as _;
use std::sync::Arc;

use super::hits::hex;
use super::inside::Format;
use super::listing::{Lister, number};
use super::merged::Merged;
use super::{content, text};
use crate::anatomy::files::{
    CAPABILITY_ATTRIBUTE, Difference, FileCapabilities, FileId, FileKind, FilePath, FileRef, NodeId, Resolved, history,
    readable, resolve,
};
use crate::registry::Place;
use crate::view::files::{ContentForm, DiffLine, EntryFacts, FileContent, OpenedFile, Version};

/// Most other names of one file that are listed.
const OTHER_NAMES: usize = 20;
/// Longest value of an extended attribute that is shown, in bytes.
const ATTRIBUTE: usize = 200;

/// Bytes of a file as far as they were read.
pub(super) struct Read {
    /// The first of them.
    pub(super) bytes: bytes::Bytes,
    /// Bytes of the whole file.
    pub(super) size: u64,
}

/// What was read for an opened file.
#[derive(Default)]
pub(super) struct Readings {
    /// Its bytes, or why there are none, as a sentence.
    pub(super) own: Option<Result<Read, String>>,
    /// Those of the version that it is compared with.
    pub(super) against: Option<Result<Read, String>>,
    /// A place among those who have read a large file, until it was looked at.
    pub(super) _place: Option<Place>,
}

/// The entry that has a name's contents, where it has any that can be read.
pub(super) fn contents(merged: &Merged, node: NodeId) -> Option<(FileId, FileRef<'_>)> {
    let id = merged.overlay.contents(node)?;
    let file = merged.entry(id)?;
    has_contents(file).then_some((id, file))
}

/// Whether an entry has contents that can be read: a regular file that was there to its end.
pub(super) fn has_contents(file: FileRef<'_>) -> bool {
    file.kind() == FileKind::Regular && file.digest().is_some()
}

/// Everything about a name.
pub(super) fn open(
    lister: &Lister<'_>,
    node: NodeId,
    whole: Option<&Arc<Merged>>,
    readings: Readings,
    form: Option<ContentForm>,
    download: Option<String>,
) -> OpenedFile {
    let merged = lister.merged;
    let row = lister.node(node, 0);
    let id = merged.overlay.file(node);
    let entry = id.and_then(|id| merged.entry(id));
    let contents = contents(merged, node);
    let name = row.path.name().to_vec();
    let mut remarks = remarks(merged, node, entry);
    let mut forms = Vec::new();
    let content = match (readings.own.as_ref(), entry.map(FileRef::kind)) {
        (Some(Ok(read)), _) => {
            let (content, all) = content::content(&name, &read.bytes, read.size, form);
            forms = all;
            remarks.extend(Format::too_long(&name, &read.bytes, read.size));
            content
        }
        (Some(Err(problem)), _) => FileContent::Unreadable(problem.clone()),
        (None, Some(FileKind::Sparse)) => {
            remarks
                .push("The file has holes. What is stored is not what a program reads, so it is not shown.".to_owned());
            FileContent::None
        }
        (None, Some(FileKind::Regular)) if contents.is_none() => {
            remarks.push("The layer ends, or was read no further, before the file's contents do.".to_owned());
            FileContent::None
        }
        (None, _) => FileContent::None,
    };
    let difference = difference(&readings, &mut remarks);
    let versions = whole.map(|whole| versions(whole, &merged.overlay.path(node))).unwrap_or_default();
    OpenedFile {
        facts: facts(merged, node, entry, contents.map(|(_, file)| file)),
        content,
        forms,
        download,
        versions,
        difference,
        remarks,
        row,
    }
}

fn difference(readings: &Readings, remarks: &mut Vec<String>) -> Option<Vec<DiffLine>> {
    let (own, against) = (readings.own.as_ref()?, readings.against.as_ref()?);
    let whole = |read: &Read| read.bytes.len() as u64 == read.size;
    match (own, against) {
        (Ok(own), Ok(against)) if whole(own) && whole(against) => {
            let difference = text::difference(&against.bytes, &own.bytes);
            if difference.is_none() {
                remarks.push("One of the two versions is no text, so that their lines cannot be compared.".to_owned());
            }
            difference
        }
        (Ok(_), Ok(_)) => {
            remarks.push("One of the two versions is too long to be compared here.".to_owned());
            None
        }
        (_, Err(problem)) => {
            remarks.push(problem.clone());
            None
        }
        (Err(_), _) => None,
    }
}

fn versions(whole: &Merged, path: &[u8]) -> Vec<Version> {
    let of = |version: crate::anatomy::files::Version| {
        let entry = version.file.and_then(|file| whole.entry(file));
        Version {
            layer: number(usize::from(version.layer)),
            change: version.change,
            size: entry.map_or(0, FileRef::size),
            has_contents: entry.is_some_and(has_contents),
        }
    };
    history(&whole.overlay, &whole.lists(), path).into_iter().map(of).collect()
}

fn facts(merged: &Merged, node: NodeId, entry: Option<FileRef<'_>>, contents: Option<FileRef<'_>>) -> EntryFacts {
    let Some(entry) = entry else { return EntryFacts::default() };
    let leads_to = (entry.kind() == FileKind::Symlink).then(|| {
        let parent = merged.overlay.parent(node);
        match resolve(&merged.overlay, &merged.lists(), parent, entry.link_target()) {
            Resolved::To(node) => Some(merged.path(node)).filter(|_| merged.is_shown(node)),
            Resolved::Nowhere | Resolved::Circle => None,
        }
    });
    let (other_names, more_names) = other_names(merged, node);
    EntryFacts {
        sha256: contents.and_then(FileRef::digest).map(hex),
        leads_to: leads_to.flatten(),
        other_names,
        more_names,
        device: entry.device(),
        attributes: entry.attributes().iter().map(|(name, value)| (readable(name), attribute(name, value))).collect(),
    }
}

/// Names of the same file, which are hard links of each other, and how many more of them there are.
fn other_names(merged: &Merged, node: NodeId) -> (Vec<FilePath>, u64) {
    let overlay = &merged.overlay;
    let Some(contents) = overlay.contents(node).filter(|_| !overlay.is_directory(node)) else { return (Vec::new(), 0) };
    let is_other = |other: &NodeId| *other != node && overlay.contents(*other) == Some(contents);
    let mut others = overlay.nodes().filter(|other| is_other(other) && merged.is_shown(*other));
    let names = others.by_ref().take(OTHER_NAMES).map(|other| merged.path(other)).collect();
    (names, others.count() as u64)
}

fn attribute(name: &[u8], value: &[u8]) -> String {
    if let Some(capabilities) = FileCapabilities::parse(value).filter(|_| name == CAPABILITY_ATTRIBUTE) {
        return capabilities.to_string();
    }
    let shown = &value[..value.len().min(ATTRIBUTE)];
    let rest = value.len() - shown.len();
    let is_text = std::str::from_utf8(shown).is_ok_and(|text| !text.contains(|letter: char| letter.is_control()));
    let mut text = if is_text {
        readable(shown)
    } else {
        shown.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ")
    };
    if rest > 0 {
        // Writing to a text does not fail.
        let _ = write!(text, " … {rest} more bytes");
    }
    text
}

fn remarks(merged: &Merged, node: NodeId, entry: Option<FileRef<'_>>) -> Vec<String> {
    let differences = merged.overlay.differences().iter().filter(|(at, _)| *at == node);
    let mut remarks: Vec<String> = differences.map(|(_, difference)| words(*difference).to_owned()).collect();
    if let Some(entry) = entry.filter(|entry| entry.kind() == FileKind::Symlink) {
        let parent = merged.overlay.parent(node);
        match resolve(&merged.overlay, &merged.lists(), parent, entry.link_target()) {
            Resolved::To(_) => {}
            Resolved::Nowhere => remarks.push("The link leads to nothing in this image.".to_owned()),
            Resolved::Circle => {
                remarks.push("The link leads through more than 64 others, mostly in a circle.".to_owned());
            }
        }
    }
    if let Some(entry) = entry {
        let marks = entry.marks();
        for (is_so, words) in [
            (marks.leaves_root, "Its name in the archive leads above the root by `..`. Runtimes keep it inside."),
            (
                marks.has_two_names,
                "It has two names in the archive, and programs disagree about which one counts. Shown is the one that runtimes take.",
            ),
            (marks.lost_attributes, "Its extended attributes were too large to be kept."),
        ] {
            if is_so {
                remarks.push(words.to_owned());
            }
        }
    }
    remarks
}

/// Where runtimes come to different results, as a sentence.
pub(super) fn words(difference: Difference) -> &'static str {
    match difference {
        Difference::RecreatedDirectory => {
            "A layer deletes this directory and makes it anew. Shown is the image without its old contents, as the specification says; overlay mounts show them again."
        }
        Difference::LateWhiteout => {
            "A layer has this name and, after it, a whiteout for it. Shown is the new entry; some runtimes refuse the image."
        }
        Difference::LinkBelow => {
            "It is a hard link to a file of a lower layer only. Shown is that file; some runtimes refuse the image."
        }
        Difference::LinkToNothing => "It is a hard link to a file that is not there. Runtimes refuse the image.",
        Difference::ImpliedDirectory => {
            "A layer has something in this directory without an entry for it. Shown are the lower layer's mode and owner; some runtimes show the usual ones."
        }
        Difference::DeviceWhiteout => {
            "A layer has a character device 0:0 here, which overlay mounts take for a deletion. So does what is shown."
        }
        Difference::OpaqueAttribute => {
            "It has an attribute that overlay mounts take for an opaque directory. Shown is the image without obeying it."
        }
        Difference::LowerSymlink => {
            "A directory of this path is a symbolic link in a lower layer. Shown is the path as it is written; runtimes that unpack one layer after the other follow the link."
        }
        Difference::WhiteoutInNothing => {
            "A layer deletes something here in a directory that is nowhere. Some runtimes show that directory, empty."
        }
        Difference::TwiceInLayer => {
            "A layer has this path twice. Shown is the last one; some runtimes refuse the image."
        }
        Difference::LinkOutOfLayer => {
            "A layer has this behind a symbolic link to a directory that it does not have itself. Shown is where the link leads to; some runtimes refuse the image."
        }
        Difference::TooLong => {
            "A layer has something behind symbolic links of its own, which lead from here to a path longer than Linux takes. It is left out; some runtimes refuse the image."
        }
        Difference::MalformedWhiteout => "A whiteout here has no name. Runtimes refuse the image.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::anatomy::files::{FileEntry, FileList};
    use crate::service::files::merged::Source;

    /// In revision 2.
    const NET_RAW: &[u8] = &[1, 0, 0, 2, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

    #[test]
    fn capabilities_are_named_and_other_attributes_shown_as_they_are() {
        assert_eq!(attribute(b"security.capability", NET_RAW), "cap_net_raw=ep");
        assert_eq!(attribute(b"security.capability", &NET_RAW[..5]), "01 00 00 02 00");
        assert!(attribute(b"user.copy", NET_RAW).starts_with("01 00 00 02"));
        assert_eq!(attribute(b"user.remark", b"a remark"), "a remark");
        assert!(attribute(b"user.remark", &[b'x'; 250]).ends_with("x … 50 more bytes"));
    }

    fn entry(path: &str, kind: FileKind, link_target: &str) -> FileEntry {
        FileEntry { link_target: link_target.into(), ..FileEntry::new(FilePath::from_bytes(path.as_bytes()), kind) }
    }

    #[test]
    fn names_of_one_file_that_are_not_listed_are_counted() {
        let mut files = FileList::default();
        files.push(entry("file", FileKind::Regular, ""));
        files.push(entry("other", FileKind::Regular, ""));
        for number in 0..25 {
            files.push(entry(&format!("link-{number}"), FileKind::HardLink, "file"));
        }
        let merged = Merged::of(0, vec![Source::Early(Arc::new(files))], false);
        let names = |path: &[u8]| other_names(&merged, merged.find(&FilePath::from_bytes(path)).unwrap());
        for path in [&b"file"[..], b"link-7"] {
            let (names, more) = names(path);
            assert_eq!((names.len(), more), (20, 5));
        }
        assert_eq!(names(b"other"), (Vec::new(), 0));
    }
}
