//! The image that an image was built on, found so that its layers can be left out of a count.

use super::merged::Merged;
use crate::anatomy::base_image::{NamedBase, layers_by_history, shared_layers};
use crate::anatomy::reference_text::{self, Pasted};
use crate::anatomy::steps::Steps;
use crate::oci::{ImageConfig, Reference};
use crate::service::Service;
use crate::service::image::found::{Configs, Found, find};
use crate::service::image::page::asked;
use crate::service::visit::Visit;
use crate::view::files::{BaseChoice, UsageBase};

/// What can be left out of a count, and what is.
pub(super) struct Bases {
    /// Those that an address can ask for.
    pub(super) offered: Vec<UsageBase>,
    /// The one that is left out.
    pub(super) left_out: Option<UsageBase>,
    /// Why the one that was asked for is not, as a sentence.
    pub(super) problem: Option<String>,
}

impl Bases {
    /// Looks for them. The named one is only asked for where it is to be left out.
    pub(super) async fn of(service: &Service, visit: &Visit<'_>, found: &Found, wanted: Option<BaseChoice>) -> Self {
        let mut bases = Self { offered: Vec::new(), left_out: None, problem: None };
        let Some(manifest) = found.image() else { return bases };
        let config = found.image_config();
        let none = ImageConfig::default();
        if let Some(layers) = layers_by_history(&Steps::of(manifest, config.unwrap_or(&none))) {
            bases.offered.push(UsageBase { choice: BaseChoice::History, layers: Some(number(layers)), name: None });
        }
        if let Some(named) = NamedBase::of(manifest, config) {
            let mut base = UsageBase { choice: BaseChoice::Named, layers: None, name: Some(named.name.clone()) };
            if wanted == Some(BaseChoice::Named) {
                match layers_of(service, visit, found, &named).await {
                    Ok(0) => {
                        let name = &named.name;
                        bases.problem = Some(format!("The image has no layer of {name}, which it names as its base."));
                    }
                    Ok(layers) => base.layers = Some(number(layers)),
                    Err(problem) => bases.problem = Some(format!("The base {} is not left out. {problem}", named.name)),
                }
            }
            bases.offered.push(base);
        }
        let is_it = |base: &&UsageBase| Some(base.choice) == wanted && base.layers.is_some();
        bases.left_out = bases.offered.iter().find(is_it).cloned();
        bases
    }
}

/// How many layers an image has of the base that it names.
async fn layers_of(service: &Service, visit: &Visit<'_>, found: &Found, named: &NamedBase) -> Result<usize, String> {
    let elsewhere = || "It is in a registry that is not shown here.".to_owned();
    let reference = match reference_text::parse(&named.name) {
        Pasted::Reference { host: Some(host), reference } => {
            service.reference_at(&host, &reference).ok_or_else(elsewhere)?
        }
        Pasted::Reference { host: None, reference } => {
            format!("{}{reference}", visit.registry.prefix()).parse().unwrap_or(reference)
        }
        _ => return Err("Its name is no reference.".to_owned()),
    };
    // Its tag may have moved since.
    let reference = match named.digest.as_deref().and_then(|digest| digest.parse().ok()) {
        Some(digest) => Reference::digest(reference.repository, digest),
        None => reference,
    };
    let (beside, reference) = service.locate_beside(&reference, visit).await.map_err(|failure| failure.explanation)?;
    let platform = found.platform().map(|platform| platform.to_string()).unwrap_or_default();
    let asked = asked(&platform, "").map_err(|failure| failure.explanation)?;
    let base = find(service, &beside, &reference, &asked, Configs::OfEntry).await;
    let base = base.map_err(|failure| failure.explanation)?;
    Ok(found.image().zip(base.image()).map_or(0, |(image, base)| shared_layers(image, base)))
}

fn number(layers: usize) -> u32 {
    u32::try_from(layers).unwrap_or(u32::MAX)
}

/// How many layers are left out of a tree's count.
pub(super) fn left_out(merged: &Merged, bases: &Bases) -> usize {
    let layers = bases.left_out.as_ref().and_then(|base| base.layers).unwrap_or_default();
    (layers as usize).min(merged.lists().len())
}
