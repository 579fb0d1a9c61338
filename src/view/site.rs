//! What every page knows before its own data: the registries of the settings, and this site's own address.

use serde::{Deserialize, Serialize};

use super::RegistryFacts;
use crate::oci::{Reference, RepositoryName};

/// The settings as far as pages show them. The server puts it into each page's context.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Site {
    /// The registries, in the order of the settings.
    pub registries: Vec<RegistryFacts>,
    /// Scheme, host and port under which this site is reached from outside, where they are known: `https://strata.example`.
    pub origin: Option<String>,
}

impl Site {
    /// The registry of that name; the first one where the name is empty.
    pub fn registry(&self, name: &str) -> Option<&RegistryFacts> {
        match name {
            "" => self.registries.first(),
            name => self.registries.iter().find(|registry| registry.name == name),
        }
    }

    /// Whether several registries are configured.
    pub fn has_several(&self) -> bool {
        self.registries.len() > 1
    }

    /// The registry that a path's reference speaks of, and the repository in it, as far as the settings tell: with several
    /// registries a first component that is one's name names it, everything else belongs to the first one.
    pub fn split(&self, reference: &Reference) -> (Option<&RegistryFacts>, RepositoryName) {
        if let (first, Some(rest)) = reference.repository.split_first()
            && self.has_several()
            && let Some(registry) = self.registries.iter().find(|registry| registry.name == first)
        {
            return (Some(registry), rest);
        }
        (self.registries.first(), reference.repository.clone())
    }

    /// The whole address of a [`link`](super::link), for readers elsewhere, where it is known.
    pub fn absolute(&self, link: &str) -> Option<String> {
        self.origin.as_ref().map(|origin| format!("{origin}{link}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site() -> Site {
        let registry = |name: &str| RegistryFacts {
            name: name.to_owned(),
            prefix: format!("{name}/"),
            one_of_several: true,
            ..RegistryFacts::default()
        };
        Site { registries: vec![registry("hub"), registry("inner")], origin: None }
    }

    #[test]
    fn first_component_may_name_a_registry() {
        let site = site();
        let split = |text: &str| {
            let (registry, repository) = site.split(&text.parse().unwrap());
            (registry.unwrap().name.clone(), repository.to_string())
        };
        assert_eq!(split("inner/team/app:1"), ("inner".to_owned(), "team/app".to_owned()));
        assert_eq!(split("hub/team/app:1"), ("hub".to_owned(), "team/app".to_owned()));
        assert_eq!(split("docker.io/library/x"), ("hub".to_owned(), "docker.io/library/x".to_owned()));
        assert_eq!(split("inner"), ("hub".to_owned(), "inner".to_owned()));
    }

    #[test]
    fn an_only_registry_keeps_its_own_name_as_a_repository() {
        let mut site = site();
        site.registries.truncate(1);
        assert_eq!(site.split(&"hub/app".parse().unwrap()).1.as_str(), "hub/app");
    }
}
