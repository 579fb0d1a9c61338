//! Helm charts: the config is `Chart.yaml` written as JSON (Helm's "Registries" and "Charts" documents).

use serde::{Deserialize, Serialize};

use super::read::Part;
use super::{MAX_ROWS, Parsed};
use crate::oci::Tag;
use crate::oci::document::Reader;

/// A chart, as it describes itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chart {
    /// Its name.
    pub name: Option<String>,
    /// Its version.
    pub version: Option<String>,
    /// The version of what it runs.
    pub app_version: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// `application` or `library`.
    pub kind: Option<String>,
    /// `v1` or `v2`: which Helm can read it.
    pub api_version: Option<String>,
    /// Which versions of Kubernetes it is for.
    pub kube_version: Option<String>,
    /// The project's page.
    pub home: Option<String>,
    /// A picture's address: shown as text, never loaded.
    pub icon: Option<String>,
    /// Where its source is.
    pub sources: Vec<String>,
    /// Words about it.
    pub keywords: Vec<String>,
    /// Who keeps it.
    pub maintainers: Vec<Maintainer>,
    /// Charts that it needs.
    pub dependencies: Vec<Dependency>,
    /// Whether its maintainers advise against it.
    pub deprecated: bool,
    /// Remarks.
    pub annotations: Vec<(String, String)>,
}

/// Who keeps a chart.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Maintainer {
    /// Name.
    pub name: Option<String>,
    /// Address of mail.
    pub email: Option<String>,
    /// A page.
    pub url: Option<String>,
}

/// A chart that another one needs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dependency {
    /// Its name.
    pub name: Option<String>,
    /// A version or a range of versions.
    pub version: Option<String>,
    /// Where it is to be had.
    pub repository: Option<String>,
    /// Another name for it.
    pub alias: Option<String>,
    /// The value that switches it on.
    pub condition: Option<String>,
    /// Words by which several are switched on together.
    pub tags: Vec<String>,
}

impl Chart {
    /// Reads a chart's config.
    pub fn parse(bytes: &[u8]) -> Parsed<Self> {
        let mut reader = Reader::default();
        let object = reader.parse(bytes)?;
        let mut part = Part::new(&mut reader, &object, "");
        let (maintainers, _) = part.list("maintainers", MAX_ROWS, |part| {
            Some(Maintainer { name: part.text("name"), email: part.text("email"), url: part.text("url") })
        });
        let (dependencies, _) = part.list("dependencies", MAX_ROWS, |part| {
            Some(Dependency {
                name: part.required("name"),
                version: part.text("version"),
                repository: part.text("repository"),
                alias: part.text("alias"),
                condition: part.text("condition"),
                tags: part.texts("tags"),
            })
        });
        let chart = Self {
            name: part.required("name"),
            version: part.required("version"),
            app_version: part.text("appVersion"),
            description: part.text("description"),
            kind: part.text("type"),
            api_version: part.required("apiVersion"),
            kube_version: part.text("kubeVersion"),
            home: part.text("home"),
            icon: part.text("icon"),
            sources: part.texts("sources"),
            keywords: part.texts("keywords"),
            maintainers,
            dependencies,
            deprecated: part.reader.boolean(&object, "", "deprecated").unwrap_or_default(),
            annotations: part.pairs("annotations"),
        };
        Ok((chart, reader.finish()))
    }
}

/// The version that a chart's tag stands for: tags cannot have a `+`, so that Helm writes `_` for it.
pub fn version_of(tag: &Tag) -> String {
    tag.as_str().replace('_', "+")
}
