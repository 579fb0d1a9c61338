//! What a layer's own table of contents says otherwise than its archive (decision 9).

use std::sync::Arc;

use super::listing::number;
use super::merged::Merged;
use super::scope::Scope;
use super::stack::{Inside, Layer, Stack};
use crate::anatomy::files::FilePath;
use crate::anatomy::size;
use crate::anatomy::text::capitalized;
use crate::layers::{Disagreement, Disagreements, TableError, TableState};
use crate::oci::RepositoryName;
use crate::service::failure::{self, Subject};
use crate::service::image::found::Found;
use crate::service::registries::Registry;
use crate::service::visit::Visit;
use crate::service::{Service, blocking};
use crate::view::files::{EntryKind, OwnTable, TABLE_LENGTH, TableDifference};

/// What is known of the own table of the layer that is shown by itself, once the layer was read. Nothing where it announces none.
pub(super) async fn own_table(
    service: &Service,
    visit: &Visit<'_>,
    found: &Found,
    stack: &Stack,
    scope: &Scope,
) -> Option<OwnTable> {
    let layer = stack.layers.get(scope.position?)?;
    let Inside::Known(index) = &layer.inside else { return None };
    let repository = &found.reference.repository;
    let state = service.layers().table_state(visit.registry.client(), repository, &layer.descriptor).await?;
    if !index.summary.is_whole() {
        let reason = "The archive could not be read to its end, so that it is not known what else it has.".to_owned();
        return Some(OwnTable::NotCompared { reason });
    }
    let table = match state {
        TableState::Known(table) => table,
        TableState::Failed(error) => {
            let reason = reason(&error, layer, repository, visit.registry);
            return Some(OwnTable::NotCompared { reason });
        }
        TableState::Unread { most_bytes } => {
            let is_much = most_bytes > service.settings().layers.ask_bytes;
            return Some(OwnTable::Unread { is_much });
        }
    };
    // An entry takes about a quarter of a microsecond, as in a tree.
    let weight = table.files.len().saturating_add(index.files.len()).saturating_mul(64);
    let (index, merged) = (Arc::clone(index), Arc::clone(&scope.merged));
    let compare = move || compared(&table.compare(&index.files), &merged);
    blocking::work(visit.request.asker.reader, weight, compare).await
}

/// Why a table cannot be had, as a sentence.
fn reason(error: &TableError, layer: &Layer, repository: &RepositoryName, registry: &Registry) -> String {
    match (error, &layer.descriptor.digest) {
        (TableError::Registry(error), Some(digest)) => {
            format!("{}.", failure::sentence(error, &Subject::Blob(repository.clone(), digest.clone()), registry))
        }
        (error, _) => format!("{}.", capitalized(&error.to_string())),
    }
}

/// The first disagreements, those about a name together.
fn compared(found: &Disagreements, archive: &Merged) -> OwnTable {
    let first = found.listed.get(..TABLE_LENGTH).unwrap_or(&found.listed);
    let names = first.chunk_by(|one, other| one.0 == other.0).filter_map(|named| {
        let (path, _) = named.first()?;
        let words = named.iter().map(|(_, it)| words(*it).to_owned()).collect();
        Some(TableDifference { path: path.clone(), kind: kind(archive, path), words })
    });
    OwnTable::Compared { names: names.collect(), differences: found.count }
}

/// What stands under a path of the archive.
fn kind(archive: &Merged, path: &FilePath) -> Option<EntryKind> {
    let node = archive.find(path)?;
    if archive.overlay.is_directory(node) {
        return Some(EntryKind::Directory);
    }
    archive.overlay.file(node).and_then(|file| archive.entry(file)).map(|file| file.kind().into())
}

fn words(disagreement: Disagreement) -> &'static str {
    match disagreement {
        Disagreement::OnlyInTable => "only in the table",
        Disagreement::OnlyInArchive => "only in the archive",
        Disagreement::Kind => "kind",
        Disagreement::Size => "size",
        Disagreement::Digest => "contents",
        Disagreement::LinkTarget => "link target",
        Disagreement::Mode => "mode",
        Disagreement::Owner => "owner",
        Disagreement::Modified => "time",
        Disagreement::Attributes => "extended attributes",
        Disagreement::Device => "device",
    }
}

/// Whose word is shown where it is not the archive's, and where the two differ, as a sentence.
pub(super) fn remark(scope: &Scope, table: Option<&OwnTable>) -> Option<String> {
    if let Some(OwnTable::Compared { differences: 1.., .. }) = table {
        return Some(
            "The layer's own table differs from its archive. The archive counts; runtimes that load files one by one believe the table."
                .to_owned(),
        );
    }
    let named = scope.by_table.iter().take(10).map(|position| number(*position).to_string()).collect::<Vec<_>>();
    match (named.as_slice(), scope.position) {
        ([], _) => None,
        (_, Some(_)) => {
            Some("What is shown is from the layer's own table, until the layer itself has been read.".to_owned())
        }
        ([named], None) => Some(format!(
            "What is shown of layer {named} is from the layer's own table, until the layer itself has been read."
        )),
        (named, None) => {
            let more = scope.by_table.len() - named.len();
            let more = if more > 0 { format!(" and {} more", size::count(more as u64)) } else { String::new() };
            Some(format!(
                "What is shown of layers {}{more} is from their own tables, until they have been read themselves.",
                named.join(", ")
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope(position: Option<usize>, by_table: Vec<usize>) -> Scope {
        Scope {
            merged: Arc::new(Merged::of(0, Vec::new(), false)),
            below: None,
            position,
            is_provisional: true,
            is_empty: false,
            by_table,
            wanted: 20,
        }
    }

    #[test]
    fn it_is_said_of_which_layers_the_tables_are_shown() {
        let said = |position, by_table| remark(&scope(position, by_table), None).unwrap_or_default();
        assert_eq!(said(None, Vec::new()), "");
        assert!(said(Some(4), vec![4]).starts_with("What is shown is from the layer's own table, until"));
        assert!(said(None, vec![4]).starts_with("What is shown of layer 5 is from the layer's own table, until"));
        assert!(said(None, vec![0, 2]).starts_with("What is shown of layers 1, 3 is from their own tables, until"));
        let many = said(None, (0..12).collect());
        assert!(many.contains("layers 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 2 more is"), "{many}");
    }

    #[test]
    fn only_a_table_that_differs_is_warned_of() {
        let of = |differences| OwnTable::Compared { names: Vec::new(), differences };
        assert!(remark(&scope(Some(0), Vec::new()), Some(&of(1))).is_some_and(|said| said.contains("differs")));
        assert_eq!(remark(&scope(Some(0), Vec::new()), Some(&of(0))), None);
        assert_eq!(remark(&scope(Some(0), Vec::new()), Some(&OwnTable::Unread { is_much: false })), None);
    }

    #[test]
    fn the_differences_of_a_name_stand_together() {
        let path = |number: usize| FilePath::from_bytes(format!("{number:03}").as_bytes());
        let listed = (0..TABLE_LENGTH).flat_map(|number| {
            [Disagreement::Mode, Disagreement::Owner].map(|disagreement| (path(number), disagreement))
        });
        let found = Disagreements { listed: listed.collect(), count: 400 };
        let OwnTable::Compared { names, differences } = compared(&found, &Merged::of(0, Vec::new(), false)) else {
            panic!()
        };
        assert_eq!((names.len(), differences), (TABLE_LENGTH / 2, 400));
        assert!(names.iter().all(|name| name.words == ["mode", "owner"] && name.kind.is_none()));
    }
}
