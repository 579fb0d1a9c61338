//! The page of a comparison.

use std::sync::Arc;

use super::history;
use super::sides::{self, Part};
use crate::anatomy::compare::{Comparison, RowKind, compare};
use crate::anatomy::config_compare::{self, ConfigComparison};
use crate::anatomy::steps::Steps;
use crate::anatomy::text::clip;
use crate::oci::{ImageConfig, ImageManifest, Reference};
use crate::registry::Error;
use crate::service::Service;
use crate::service::blocking;
use crate::service::documents::ParsedConfig;
use crate::service::failure::{self, Subject};
use crate::view::address::ImageView;
use crate::view::compare::{
    CompareContent, ComparePage, CompareQuery, CompareView, ConfigChanges, DIFFERENCES_LENGTH, DifferenceCounts,
    LayerRows, PLATFORMS_LENGTH, Side, core_sample,
};
use crate::view::{Failure, Page, link};

/// Longest value of a difference, in characters.
const LONGEST_VALUE: usize = 2_000;

impl Service {
    /// Two images side by side.
    pub async fn compare(&self, query: &CompareQuery) -> Result<Page<ComparePage>, Failure> {
        let (from, to) = sides::read(self, query).await?;
        let input = (Input::of(&from), Input::of(&to));
        let view = query.view;
        let bytes = from.found.bytes() + to.found.bytes();
        let compared = blocking::work(self.asker().reader, bytes, move || Compared::of(&input.0, &input.1, view)).await;
        let compared = compared.ok_or_else(|| from.visit.fail(&Error::Stopped, &Subject::Registry))?;
        let problems = [&from, &to].into_iter().flat_map(|part| [problem(part), left_out(part)]).flatten().collect();
        let mut page = assemble(query, &from, &to, compared, problems);
        for (part, side) in [(&from, &mut page.from), (&to, &mut page.to)] {
            side.counted = match part.found.image() {
                Some(manifest) => self.counted(manifest, part.found.is_windows()).await,
                None => None,
            };
        }
        Ok(from.visit.beside(to.visit.registry).page(page))
    }
}

/// What one side is compared by.
struct Input {
    manifest: ImageManifest,
    config: Option<Arc<ParsedConfig>>,
}

impl Input {
    fn of(part: &Part<'_>) -> Self {
        let manifest = part.found.manifest().cloned().unwrap_or_else(empty);
        let config = part.found.config.as_ref().and_then(|config| config.as_ref().ok());
        Self { manifest, config: config.map(|config| Arc::clone(&config.parsed)) }
    }

    fn config(&self) -> Option<&ImageConfig> {
        self.config.as_ref().and_then(|config| config.as_ref().as_ref().ok())
    }

    fn history(&self) -> &[crate::oci::History] {
        self.config().and_then(|config| config.history.as_deref()).unwrap_or_default()
    }

    fn history_left_out(&self) -> bool {
        self.config().is_some_and(|config| config.history_left_out > 0)
    }

    fn steps(&self) -> Steps {
        let none = ImageConfig::default();
        Steps::of(&self.manifest, self.config().unwrap_or(&none))
    }
}

/// A manifest with nothing in it. Sides without a manifest are refused before they are compared.
fn empty() -> ImageManifest {
    ImageManifest {
        media_type: crate::oci::MediaType::new(""),
        artifact_type: None,
        config: None,
        layers: Vec::new(),
        layers_left_out: 0,
        subject: None,
        annotations: Vec::new(),
        notices: Vec::new(),
    }
}

/// What follows from both sides.
struct Compared {
    from: Steps,
    to: Steps,
    layers: Comparison,
    /// Nothing where a config is missing.
    config: Option<ConfigComparison>,
    history: (Vec<crate::view::compare::DiffLine>, bool),
}

impl Compared {
    fn of(from: &Input, to: &Input, view: CompareView) -> Self {
        let (from_steps, to_steps) = (from.steps(), to.steps());
        let config = from.config().zip(to.config()).map(|(from, to)| config_compare::compare(from, to));
        // What cannot be read is no empty history.
        let history = match view {
            CompareView::Config if config.is_some() => {
                let (lines, is_cut) = history::compare(from.history(), to.history());
                (lines, is_cut || from.history_left_out() || to.history_left_out())
            }
            CompareView::Layers | CompareView::Config => (Vec::new(), false),
        };
        Self { layers: compare(&from_steps, &to_steps), config, history, from: from_steps, to: to_steps }
    }
}

/// Why a side's config, and with it its history, is not compared.
fn problem(part: &Part<'_>) -> Option<String> {
    let found = &part.found;
    let name = &found.reference;
    match &found.config {
        Some(Ok(config)) => {
            config.parsed.as_ref().as_ref().err().map(|error| format!("The config of {name} cannot be read: {error}"))
        }
        Some(Err(error)) => {
            let digest = found.manifest().and_then(|manifest| manifest.config.as_ref()?.digest.clone());
            let subject = match digest {
                Some(digest) => Subject::Config(name.repository.clone(), digest),
                None => Subject::Manifest(name.clone()),
            };
            let reason = failure::sentence(error, &subject, part.visit.registry);
            Some(format!("The config of {name} cannot be read: {reason}"))
        }
        None => Some(format!("{name} is no container image, so it has no config and no history to compare")),
    }
}

/// What of a side is not compared, because it is not read.
fn left_out(part: &Part<'_>) -> Option<String> {
    let name = &part.found.reference;
    let layers = part.found.manifest().is_some_and(|manifest| manifest.layers_left_out > 0);
    let config = part.found.image_config().is_some_and(|config| config.is_cut);
    let what = match (layers, config) {
        (true, true) => "more layers, and more in its config,",
        (true, false) => "more layers",
        (false, true) => "more in its config",
        (false, false) => return None,
    };
    Some(format!("{name} has {what} than is read; what is left out is not compared"))
}

fn assemble(
    query: &CompareQuery,
    from: &Part<'_>,
    to: &Part<'_>,
    compared: Compared,
    problems: Vec<String>,
) -> ComparePage {
    let (from_platforms, to_platforms) = (from.platforms(), to.platforms());
    let differing = compared.layers.alignment.rows.iter().filter(|row| row.kind != RowKind::Same).count();
    ComparePage {
        common_platforms: from_platforms.shared(&to_platforms, true, PLATFORMS_LENGTH),
        only_from: from_platforms.shared(&to_platforms, false, PLATFORMS_LENGTH),
        only_to: to_platforms.shared(&from_platforms, false, PLATFORMS_LENGTH),
        transfer: compared.layers.transfer,
        layer_differences: u32::try_from(differing).unwrap_or(u32::MAX),
        config_differences: compared.config.as_ref().map(count),
        problems,
        pinned: pinned(query, from, to),
        from: side(from, &compared.from),
        to: side(to, &compared.to),
        content: match query.view {
            CompareView::Layers => {
                CompareContent::Layers(LayerRows::of(&compared.layers, &compared.from, &compared.to, query.rows))
            }
            CompareView::Config => {
                CompareContent::Config(changes(compared.config.unwrap_or_default(), compared.history))
            }
        },
    }
}

/// How many differences there are, and of which kind those are that are listed.
fn count(config: &ConfigComparison) -> DifferenceCounts {
    let listed = config.differences.len() as u64;
    let mut counts = DifferenceCounts { total: listed.saturating_add(config.more), ..DifferenceCounts::default() };
    for difference in &config.differences {
        match (&difference.from, &difference.to) {
            (None, _) => counts.added += 1,
            (Some(_), None) => counts.removed += 1,
            (Some(_), Some(_)) => counts.changed += 1,
        }
    }
    counts
}

fn changes(
    mut config: ConfigComparison,
    (history, history_cut): (Vec<crate::view::compare::DiffLine>, bool),
) -> ConfigChanges {
    let left_out = config.differences.len().saturating_sub(DIFFERENCES_LENGTH) as u64;
    config.differences.truncate(DIFFERENCES_LENGTH);
    for difference in &mut config.differences {
        for value in [&mut difference.name, &mut difference.from, &mut difference.to].into_iter().flatten() {
            let clipped = clip(value, LONGEST_VALUE);
            if clipped.left_out > 0 {
                *value = format!("{}… ({} more characters)", clipped.text, clipped.left_out);
            }
        }
    }
    ConfigChanges { differences: config.differences, more: config.more.saturating_add(left_out), history, history_cut }
}

fn side(part: &Part<'_>, steps: &Steps) -> Side {
    let found = &part.found;
    let manifest = found.manifest();
    Side {
        registry: part.visit.registry.facts().clone(),
        reference: found.reference.clone(),
        identity: found.identity(),
        platform: found.platform(),
        size: manifest.map_or(0, ImageManifest::layers_size),
        layer_count: manifest.and_then(|manifest| u32::try_from(manifest.layer_count()).ok()).unwrap_or(0),
        layers: core_sample(&steps.layers()),
        created: found.image_config().and_then(|config| config.created.clone()),
        permalink: link::image(
            part.visit.registry.prefix(),
            &Reference::digest(found.reference.repository.clone(), found.top.document.digest.clone()),
            ImageView::default(),
            &found.choice(),
        ),
        counted: None,
    }
}

/// This comparison by digests: the indexes' with the platforms, or the manifests' where a platform is not unique.
fn pinned(query: &CompareQuery, from: &Part<'_>, to: &Part<'_>) -> String {
    let pin = |part: &Part<'_>| {
        let (found, choice) = (&part.found, part.found.choice());
        let own = found.manifest_digest().filter(|_| choice.manifest.is_some());
        let platform = choice.platform.filter(|_| own.is_none()).map(|platform| platform.to_string());
        let digest = own.unwrap_or(&found.top.document.digest).clone();
        let reference = Reference::digest(found.reference.repository.clone(), digest);
        (format!("{}{reference}", part.visit.registry.prefix()), platform.unwrap_or_default())
    };
    let ((from, from_platform), (to, to_platform)) = (pin(from), pin(to));
    let asked = CompareQuery { from, to, view: query.view, ..CompareQuery::default() };
    link::comparison(&if from_platform == to_platform {
        CompareQuery { platform: from_platform, ..asked }
    } else {
        CompareQuery { from_platform, to_platform, ..asked }
    })
}
