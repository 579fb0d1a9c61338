//! Repositories gathered by namespace.

use super::RowDetails;
use crate::oci::RepositoryName;

/// The repositories of one namespace.
#[derive(Debug)]
pub(super) struct Group {
    /// Everything before the last `/` of their names.
    pub(super) namespace: Option<String>,
    /// Its rows, in the order of the list.
    pub(super) rows: Vec<(RepositoryName, RowDetails)>,
}

/// Gathers rows by namespace, in the order of the namespaces. Names in alphabetical order may leave a namespace for a nested
/// one and come back to it.
pub(super) fn by_namespace(rows: Vec<(RepositoryName, RowDetails)>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for row in rows {
        let namespace = row.0.namespace();
        match groups.iter_mut().find(|group| group.namespace.as_deref() == namespace) {
            Some(group) => group.rows.push(row),
            None => groups.push(Group { namespace: namespace.map(str::to_owned), rows: vec![row] }),
        }
    }
    groups.sort_by(|one, other| one.namespace.cmp(&other.namespace));
    groups
}

#[cfg(test)]
mod tests {
    use leptos::prelude::{Owner, RwSignal};

    use super::*;
    use crate::view::listing::Details;

    #[test]
    fn a_namespace_is_listed_once() {
        let groups = Owner::new().with(|| {
            let names = ["alone", "team/a/tool", "team/app", "team/deep/tool", "team/web"];
            by_namespace(names.map(|name| (name.parse().unwrap(), RwSignal::new(Details::Unasked))).into())
        });
        let names: Vec<_> = groups
            .iter()
            .map(|group| {
                let rows: Vec<_> = group.rows.iter().map(|(name, _)| name.base_name()).collect();
                format!("{}: {}", group.namespace.as_deref().unwrap_or("-"), rows.join(" "))
            })
            .collect();
        assert_eq!(names, ["-: alone", "team: app web", "team/a: tool", "team/deep: tool"]);
    }
}
