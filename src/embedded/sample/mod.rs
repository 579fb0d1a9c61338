//! The sample registry: what a small company might keep, so that the first run has something to show.
//!
//! It is generated, the same bytes every time. `docs/sample.md` lists what is in it and what each part is good for.
//!
//! - [`build`]: the tools; [`company`]: the content; [`parallel`]: both processors

mod build;
mod company;
mod parallel;
#[cfg(test)]
mod tests;

use build::repository::Shelf;
use company::{
    agent, api, appliance, artifacts, gateway, hostile, linux, migrations, mini, odd, python, status, toolbox, worker,
};
use parallel::side_by_side;

use super::layout::Layout;

/// A piece of work that makes something.
type Job<'a, T> = Box<dyn FnOnce() -> T + Send + 'a>;

/// Makes one image for each release and platform of a base.
fn images<const RELEASES: usize>(
    platforms: usize,
    make: impl Fn(usize, usize) -> build::image::Image + Sync,
) -> [Vec<build::image::Image>; RELEASES] {
    let make = &make;
    let keys = (0..RELEASES).flat_map(|release| (0..platforms).map(move |platform| (release, platform)));
    let mut results = side_by_side(keys.map(|(release, platform)| move || make(release, platform))).into_iter();
    std::array::from_fn(|_| results.by_ref().take(platforms).collect())
}

/// The sample registry.
pub(super) fn registry() -> Layout {
    let linux: linux::Images =
        images(linux::PLATFORMS.len(), |release, platform| linux::image(release, linux::PLATFORMS[platform]));
    let mini: mini::Images =
        images(mini::PLATFORMS.len(), |release, platform| mini::image(release, mini::PLATFORMS[platform]));
    let python = python::Images {
        linux: images(2, |build, platform| python::image(&linux, build, platform)),
        mini: images(2, |build, platform| python::mini_image(&mini, build, platform)),
    };
    // The largest first, so that both processors end at the same time.
    let jobs: Vec<Job<'_, Shelf>> = vec![
        Box::new(|| api::repository(&python)),
        Box::new(|| gateway::repository(&mini)),
        Box::new(|| worker::repository(&python)),
        Box::new(|| agent::repository(&mini)),
        Box::new(|| toolbox::repository(&linux)),
        Box::new(status::repository),
        Box::new(appliance::repository),
        Box::new(|| migrations::repository(&linux)),
        Box::new(odd::images),
        Box::new(|| linux::repository(&linux)),
        Box::new(|| mini::repository(&mini)),
        Box::new(|| python::repository(&python)),
        Box::new(gateway::charts),
        Box::new(odd::indexes),
        Box::new(odd::ancient),
        Box::new(odd::confusing_name),
        Box::new(hostile::repository),
        Box::new(hostile::long_names),
        Box::new(artifacts::repository),
    ];
    let mut layout = Layout::default();
    for (name, repository) in side_by_side(jobs.into_iter().map(|job| move || job().finish())) {
        layout.insert(name, repository);
    }
    layout
}
