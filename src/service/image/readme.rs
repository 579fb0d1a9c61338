//! The readme of a chart: the one file that is read out of an archive, within limits (threats T-18, T-19).

use std::io::Read;

use flate2::read::MultiGzDecoder;
use tar::{Archive, EntryType};

use crate::anatomy::artifact::MAX_FILE;
use crate::anatomy::artifact::provenance::SourceFile;

/// Most bytes that are unpacked.
const MAX_UNPACKED: u64 = 16 << 20;
/// Most entries that are looked at.
const MAX_ENTRIES: usize = 5_000;
/// Longest path that is compared, in bytes.
const MAX_PATH: usize = 1_000;

/// The readme at the top of a chart's archive, `{chart}/README.md`.
///
/// # Errors
///
/// A sentence where there is none, or the archive cannot be read.
pub(super) fn find(bytes: &[u8]) -> Result<SourceFile, String> {
    let unpacked = MultiGzDecoder::new(bytes).take(MAX_UNPACKED);
    let mut archive = Archive::new(unpacked);
    let entries = archive.entries().map_err(|_| broken())?;
    for (position, entry) in entries.enumerate() {
        if position == MAX_ENTRIES {
            return Err(format!(
                "the first {MAX_ENTRIES} files of the archive have no readme, and no more are looked at"
            ));
        }
        let mut entry = match entry {
            Ok(entry) => entry,
            // The end of what is unpacked looks like an archive that is cut off.
            Err(_) if position > 0 => return Err("the archive has no readme as far as it is read".to_owned()),
            Err(_) => return Err(broken()),
        };
        let path = entry.path_bytes().into_owned();
        if entry.header().entry_type() != EntryType::Regular || !is_readme(&path) {
            continue;
        }
        let size = entry.size();
        let mut content = Vec::new();
        let most = u64::try_from(MAX_FILE).unwrap_or(u64::MAX);
        Read::by_ref(&mut entry).take(most).read_to_end(&mut content).map_err(|_| broken())?;
        let left_out = size.saturating_sub(content.len() as u64);
        return Ok(SourceFile {
            name: Some(String::from_utf8_lossy(&path).into_owned()),
            text: String::from_utf8_lossy(&content).into_owned(),
            left_out,
        });
    }
    Err("the chart has no readme".to_owned())
}

fn broken() -> String {
    "the archive cannot be unpacked".to_owned()
}

/// A file of that name in the only folder at the top.
fn is_readme(path: &[u8]) -> bool {
    if path.len() > MAX_PATH {
        return false;
    }
    let path = path.strip_prefix(b"./").unwrap_or(path);
    let mut parts = path.split(|byte| *byte == b'/');
    let (folder, name, rest) = (parts.next(), parts.next(), parts.next());
    let named =
        name.is_some_and(|name| name.eq_ignore_ascii_case(b"readme.md") || name.eq_ignore_ascii_case(b"readme"));
    folder.is_some_and(|folder| !folder.is_empty() && folder != b"..") && named && rest.is_none()
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::GzEncoder;
    use proptest::prelude::*;
    use tar::{Builder, Header};

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut builder = Builder::new(Vec::new());
        for (path, content) in files {
            let mut header = Header::new_gnu();
            header.set_size(content.len() as u64);
            header.set_mode(0o644);
            builder.append_data(&mut header, path, *content).unwrap();
        }
        gzip(&builder.into_inner().unwrap())
    }

    #[test]
    fn the_readme_at_the_top_is_found() {
        let bytes = archive(&[
            ("web/Chart.yaml", b"name: web"),
            ("web/charts/db/README.md", b"not this one"),
            ("web/README.md", b"# web"),
        ]);
        let file = find(&bytes).unwrap();
        assert_eq!((file.name.as_deref(), file.text.as_str(), file.left_out), (Some("web/README.md"), "# web", 0));
        assert_eq!(find(&archive(&[("web/Chart.yaml", b"")])), Err("the chart has no readme".to_owned()));
        assert_eq!(find(b"no gzip"), Err("the archive cannot be unpacked".to_owned()));
    }

    #[test]
    fn a_long_readme_is_cut() {
        let long = vec![b'x'; MAX_FILE + 7];
        let file = find(&archive(&[("web/readme", &long)])).unwrap();
        assert_eq!((file.text.len(), file.left_out), (MAX_FILE, 7));
    }

    /// Without [`MAX_UNPACKED`] this is a gigabyte of zeros (threat T-18).
    #[test]
    fn a_bomb_is_not_unpacked_to_its_end() {
        let mut header = Header::new_gnu();
        header.set_path("web/values.yaml").unwrap();
        header.set_size(1 << 30);
        header.set_cksum();
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(header.as_bytes()).unwrap();
        let zeros = vec![0; 1 << 20];
        for _ in 0..(MAX_UNPACKED >> 20) + 4 {
            encoder.write_all(&zeros).unwrap();
        }
        let bytes = encoder.finish().unwrap();
        assert_eq!(find(&bytes), Err("the archive has no readme as far as it is read".to_owned()));
    }

    /// Without [`MAX_ENTRIES`] every one of them is looked at.
    #[test]
    fn an_archive_of_very_many_files_is_given_up() {
        let mut builder = Builder::new(Vec::new());
        for _ in 0..=MAX_ENTRIES {
            let mut header = Header::new_gnu();
            header.set_size(0);
            builder.append_data(&mut header, "web/x", &b""[..]).unwrap();
        }
        let bytes = gzip(&builder.into_inner().unwrap());
        assert!(find(&bytes).unwrap_err().contains("no more are looked at"));
    }

    #[test]
    fn only_plain_files_in_the_top_folder_count() {
        for path in ["README.md", "../README.md", "a/b/README.md", "web/README.md/x", "/README.md"] {
            assert!(!is_readme(path.as_bytes()), "{path}");
        }
        assert!(is_readme(b"./web/ReadMe.md"));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
            let _ = find(&bytes);
            let _ = find(&gzip(&bytes));
        }
    }
}
