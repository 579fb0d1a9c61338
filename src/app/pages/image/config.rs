//! The config of an image, as tables.

use leptos::either::Either;
use leptos::prelude::*;

use super::identity::CheckChip;
use super::named_values::NamedValues;
use super::place::Place;
use crate::anatomy::config_text::{duration, json_list};
use crate::anatomy::size;
use crate::anatomy::time::Created;
use crate::app::components::{DigestLabel, NoticeBox, SecretText};
use crate::oci::Healthcheck;
use crate::view::address::ImageView;
use crate::view::image::{ConfigView, ImagePage};

/// The cards: how it runs, environment, labels, what it is.
#[component]
pub(super) fn Config(config: ConfigView, page: ImagePage, place: Place) -> impl IntoView {
    let left_out = (config.rows_left_out > 0).then(|| {
        view! {
            <NoticeBox>
                {format!("{} more rows are left out of these tables. ", size::count(u64::from(config.rows_left_out)))}
                <a class="link" href=place.view(ImageView::Raw)>
                    "The raw view has them all"
                </a>
            </NoticeBox>
        }
    });
    view! {
        {left_out}
        <div class="cards">
            <RunsAs config=config.clone() />
            <NamedValues title="Environment" values=config.env.clone() nothing="No variables are set." code=true />
            <NamedValues title="Labels" values=config.labels.clone() nothing="The image has no labels." />
            <WhatItIs config=config.clone() page=page />
            <NamedValues title="Annotations of the manifest" values=config.annotations />
            <NamedValues title="Other members of the config" values=config.other code=true />
        </div>
    }
}

/// What stands in a row: a value from the config, or words of this page where it has none.
enum Cell {
    Code(String),
    List(Vec<String>),
    Words(&'static str),
}

impl Cell {
    /// Words of a command, written as the JSON list that they are.
    fn command(words: Option<Vec<String>>, absent: &'static str) -> Self {
        words.map_or(Self::Words(absent), |words| Self::Code(json_list(&words)))
    }

    fn text(text: Option<String>, absent: &'static str) -> Self {
        text.map_or(Self::Words(absent), Self::Code)
    }

    fn list(values: Vec<String>, absent: &'static str) -> Self {
        if values.is_empty() { Self::Words(absent) } else { Self::List(values) }
    }

    fn view(self) -> impl IntoView {
        match self {
            Self::Code(text) => Either::Left(view! { <code><SecretText text=text one_line=true /></code> }),
            Self::List(values) => {
                let items = values
                    .into_iter()
                    .map(|value| view! { <li><code><SecretText text=value one_line=true /></code></li> });
                Either::Right(Either::Left(view! { <ul class="values">{items.collect_view()}</ul> }))
            }
            Self::Words(words) => Either::Right(Either::Right(view! { <span class="text-muted">{words}</span> })),
        }
    }
}

#[component]
fn Row(name: &'static str, cell: Cell) -> impl IntoView {
    view! {
        <div class="kv">
            <dt>{name}</dt>
            <dd>{cell.view()}</dd>
        </div>
    }
}

#[component]
fn RunsAs(config: ConfigView) -> impl IntoView {
    let ConfigView {
        entrypoint,
        cmd,
        user,
        working_dir,
        exposed_ports,
        volumes,
        stop_signal,
        healthcheck,
        shell,
        on_build,
        ..
    } = config;
    view! {
        <section class="card">
            <div class="cardhead">
                <h2>"Runs as"</h2>
            </div>
            <dl>
                <Row name="Entrypoint" cell=Cell::command(entrypoint, "not set") />
                <Row name="Cmd" cell=Cell::command(cmd, "not set") />
                <Row name="User" cell=Cell::text(user, "not set: root") />
                <Row name="Working dir" cell=Cell::text(working_dir, "not set: /") />
                <Row name="Ports" cell=Cell::list(exposed_ports, "none") />
                <Row name="Stop signal" cell=Cell::text(stop_signal, "not set: SIGTERM") />
                <Row name="Volumes" cell=Cell::list(volumes, "none") />
                <Row name="Healthcheck" cell=healthcheck_cell(healthcheck) />
                {shell.map(|shell| view! { <Row name="Shell" cell=Cell::command(Some(shell), "") /> })}
                {on_build.map(|triggers| view! { <Row name="On build" cell=Cell::list(triggers, "none") /> })}
            </dl>
        </section>
    }
}

/// The command and its times, as docker takes them.
fn healthcheck_cell(healthcheck: Option<Healthcheck>) -> Cell {
    let Some(check) = healthcheck else { return Cell::Words("none") };
    let (first, rest) = check.test.split_first().map_or(("", &[][..]), |(first, rest)| (first.as_str(), rest));
    let command = match first {
        "NONE" => return Cell::Words("switched off"),
        "" => "as the base image's".to_owned(),
        "CMD-SHELL" => rest.join(" "),
        "CMD" => json_list(rest),
        _ => check.test.join(" "),
    };
    let times = [("every", check.interval), ("timeout", check.timeout), ("start period", check.start_period)];
    let times = times.into_iter().filter_map(|(name, time)| Some(format!("{name} {}", duration(time?))));
    let retries = check.retries.map(|retries| format!("{retries} retries"));
    Cell::List(std::iter::once(command).chain(times).chain(retries).collect())
}

#[component]
fn WhatItIs(config: ConfigView, page: ImagePage) -> impl IntoView {
    let image_id = page.identity.image_id.map(|id| {
        view! {
            <div class="kv">
                <dt>"Image ID"</dt>
                <dd class="flex flex-wrap items-center gap-2">
                    <DigestLabel digest=id.digest />
                    <CheckChip check=id.check />
                </dd>
            </div>
        }
    });
    let created = match Created::of(config.created.as_deref()) {
        Created::Known(at) => Cell::Code(at.utc()),
        Created::Reproducible(at) => Cell::Code(format!("{}, as reproducible builds write it", at.utc())),
        Created::NotSet => Cell::Words("not said"),
        Created::Invalid(text) => Cell::Code(format!("{text} (not a date)")),
    };
    let platform = &config.platform;
    let os_version = platform.os_version.clone();
    let os_features = platform.os_features.clone();
    let matching = page.layer_count == Some(config.diff_id_count);
    let diff_ids = format!(
        "{}{}",
        size::count(u64::from(config.diff_id_count)),
        if matching { ", as the layers list them" } else { "; the manifest lists another number of layers" }
    );
    view! {
        <section class="card">
            <div class="cardhead">
                <h2>"Identity"</h2>
            </div>
            <dl>
                {image_id} <Row name="Platform" cell=Cell::Code(platform.to_string()) />
                {os_version.map(|version| view! { <Row name="OS version" cell=Cell::Code(version) /> })}
                {(!os_features.is_empty()).then(|| view! { <Row name="OS features" cell=Cell::List(os_features) /> })}
                <Row name="Built" cell=created />
                <Row name="Author" cell=Cell::text(config.author, "not said") />
                <Row name="Docker version" cell=Cell::text(config.docker_version, "not said") />
                <div class="kv">
                    <dt>"diff_ids"</dt>
                    <dd>{diff_ids}</dd>
                </div>
            </dl>
        </section>
    }
}
