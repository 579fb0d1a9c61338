//! The image that another one was built on.

use super::steps::Steps;
use crate::oci::{ImageConfig, ImageManifest};

/// The annotation and label with the base's name (image-spec, annotations.md, "Pre-Defined Annotation Keys").
const NAME: &str = "org.opencontainers.image.base.name";
/// The one with the digest of its manifest or index.
const DIGEST: &str = "org.opencontainers.image.base.digest";

/// What an image says of its base. Nobody has checked it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedBase {
    /// Its name, as it is written.
    pub name: String,
    /// The digest that it had.
    pub digest: Option<String>,
}

impl NamedBase {
    /// By annotations, and else by labels.
    pub fn of(manifest: &ImageManifest, config: Option<&ImageConfig>) -> Option<NamedBase> {
        let labels = config.map(|config| config.run.labels.as_slice()).unwrap_or_default();
        let value = |pairs: &[(String, String)], key: &str| {
            let found = pairs.iter().find(|(name, value)| name == key && !value.is_empty());
            found.map(|(_, value)| value.clone())
        };
        [manifest.annotations.as_slice(), labels]
            .into_iter()
            .find_map(|pairs| Some(NamedBase { name: value(pairs, NAME)?, digest: value(pairs, DIGEST) }))
    }
}

/// How many of the lowest layers are a base image's, as the history suggests: an image ends with the command that it runs, so that
/// layers after a command are another build's. None where no layer comes after a command.
pub fn layers_by_history(steps: &Steps) -> Option<usize> {
    let Steps::Joined(steps) = steps else { return None };
    let (mut layers, mut since_command, mut base) = (0, None, None);
    for step in steps {
        if step.layer.is_some() {
            layers += 1;
            base = since_command.take().or(base);
        } else if matches!(step.instruction.keyword.as_deref(), Some("CMD" | "ENTRYPOINT")) {
            since_command = Some(layers);
        }
    }
    base.filter(|base| *base > 0)
}

/// How many of the lowest layers two images share: those of the second one that the first one begins with.
pub fn shared_layers(image: &ImageManifest, base: &ImageManifest) -> usize {
    let pairs = image.layers.iter().zip(&base.layers);
    let shared = pairs.take_while(|(one, other)| one.digest.is_some() && one.digest == other.digest);
    shared.count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oci::{Digest, History, Manifest};

    fn steps(texts: &[&str]) -> Option<usize> {
        let layers = texts.iter().filter(|text| !text.starts_with('#')).count();
        let digest =
            |number: usize| -> Digest { format!("sha256:{}", format!("{number:02}").repeat(32)).parse().unwrap() };
        let layer = |number: usize| serde_json::json!({"mediaType": "x", "digest": digest(number), "size": 1});
        let document = serde_json::json!({
            "schemaVersion": 2,
            "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": layer(99),
            "layers": (0..layers).map(layer).collect::<Vec<_>>(),
        });
        let Ok(Manifest::Image(manifest)) = Manifest::parse(document.to_string().as_bytes(), None) else { panic!() };
        let step = |text: &&str| History {
            created_by: Some(format!("/bin/sh -c #(nop) {}", text.trim_start_matches('#'))),
            comment: None,
            created: None,
            empty_layer: text.starts_with('#'),
            author: None,
        };
        let config = ImageConfig {
            diff_ids: (0..layers).map(|number| Some(digest(number))).collect(),
            history: Some(texts.iter().map(step).collect()),
            ..ImageConfig::default()
        };
        layers_by_history(&Steps::of(&manifest, &config))
    }

    #[test]
    fn layers_after_a_command_are_another_build_s() {
        assert_eq!(steps(&["ADD a in /", "#CMD [\"sh\"]", "COPY b in /", "#CMD [\"b\"]"]), Some(1));
        assert_eq!(steps(&["ADD a in /", "#CMD [\"sh\"]", "COPY b in /", "#CMD [\"b\"]", "COPY c in /"]), Some(2));
        assert_eq!(steps(&["ADD a in /", "COPY b in /", "#CMD [\"b\"]"]), None);
        assert_eq!(steps(&["#CMD [\"sh\"]", "ADD a in /"]), None);
        assert_eq!(steps(&[]), None);
    }
}
