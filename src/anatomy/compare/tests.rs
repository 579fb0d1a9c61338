use proptest::prelude::*;

use super::align::MAX_PAIRS;
use super::*;
use crate::anatomy::chain_id::chain_ids;
use crate::anatomy::dockerfile::Instruction;
use crate::anatomy::steps::{LayerFacts, Step, StepsNotice};
use crate::anatomy::time::Created;
use crate::oci::{Digest, MediaType};

fn digest(content: &str) -> Digest {
    use sha2::Digest as _;
    Digest::from_sha256(&sha2::Sha256::digest(content))
}

/// Each layer by the name of its content and its size.
fn layers(contents: &[(&str, u64)]) -> Vec<LayerFacts> {
    let diff_ids: Vec<_> = contents.iter().map(|(content, _)| Some(digest(content))).collect();
    let chain_ids = chain_ids(&diff_ids);
    contents
        .iter()
        .zip(chain_ids)
        .enumerate()
        .map(|(position, ((content, size), chain_id))| LayerFacts {
            position: u32::try_from(position).expect("few layers"),
            digest: Some(digest(&format!("stored {content}"))),
            size: Some(*size),
            media_type: MediaType::new("application/vnd.oci.image.layer.v1.tar+gzip"),
            diff_id: Some(digest(content)),
            chain_id,
            share: 0.0,
            urls: vec![],
        })
        .collect()
}

/// An image from its steps: text of `created_by`, and the content of the layer if it made one.
fn image(steps: &[(&str, Option<&str>)]) -> Steps {
    let contents: Vec<_> = steps.iter().filter_map(|(_, content)| content.map(|content| (content, 100))).collect();
    let mut layers = layers(&contents).into_iter();
    let steps = steps.iter().enumerate().map(|(position, (created_by, content))| Step {
        position: u32::try_from(position).expect("few steps"),
        instruction: Instruction::parse(created_by),
        created: Created::NotSet,
        comment: None,
        empty_layer: content.is_none(),
        layer: content.and_then(|_| layers.next()),
    });
    Steps::Joined(steps.collect())
}

fn bare(contents: &[(&str, u64)]) -> Steps {
    let notice = StepsNotice { history: None, layers: 0, diff_ids: 0, is_cut: false };
    Steps::Unjoined { history: vec![], layers: layers(contents), notice }
}

fn rows(from: &Steps, to: &Steps) -> Vec<(RowKind, Option<u32>, Option<u32>)> {
    compare(from, to).alignment.rows.iter().map(|row| (row.kind, row.from, row.to)).collect()
}

fn cause(from: &Steps, to: &Steps) -> CacheCause {
    match compare(from, to).cache {
        CacheReport::Broken(cache_break) => cache_break.cause,
        other => panic!("a break is expected, not {other:?}"),
    }
}

const BASE: (&str, Option<&str>) = ("# debian.sh --arch 'amd64' out/ 'bookworm'", Some("debian"));
const BASH: (&str, Option<&str>) = ("CMD [\"bash\"]", None);

#[test]
fn an_inserted_layer_does_not_shift_the_others() {
    let from = image(&[BASE, ("RUN /bin/sh -c a # buildkit", Some("a")), ("COPY x /x # buildkit", Some("x"))]);
    let to = image(&[
        BASE,
        ("RUN /bin/sh -c new # buildkit", Some("new")),
        ("RUN /bin/sh -c a # buildkit", Some("a")),
        ("COPY x /x # buildkit", Some("x")),
    ]);
    assert_eq!(
        rows(&from, &to),
        [
            (RowKind::Same, Some(0), Some(0)),
            (RowKind::OnlyTo, None, Some(1)),
            (RowKind::Same, Some(1), Some(2)),
            (RowKind::Same, Some(2), Some(3)),
        ]
    );
    assert_eq!(cause(&from, &to), CacheCause::StepAdded);
    assert_eq!(cause(&to, &from), CacheCause::StepRemoved);
}

#[test]
fn changed_layers_are_paired_by_their_instruction() {
    let from = image(&[
        BASE,
        ("RUN /bin/sh -c first # buildkit", Some("1")),
        ("COPY app /app # buildkit", Some("app 1")),
        ("COPY conf /etc # buildkit", Some("conf 1")),
    ]);
    let to = image(&[
        BASE,
        ("COPY app /app # buildkit", Some("app 2")),
        ("COPY conf.d /etc # buildkit", Some("conf 2")),
        ("RUN /bin/sh -c last # buildkit", Some("2")),
        ("RUN /bin/sh -c more # buildkit", Some("3")),
    ]);
    assert_eq!(
        rows(&from, &to),
        [
            (RowKind::Same, Some(0), Some(0)),
            (RowKind::OnlyFrom, Some(1), None),
            (RowKind::Changed, Some(2), Some(1)),
            // The same destination.
            (RowKind::Changed, Some(3), Some(2)),
            (RowKind::OnlyTo, None, Some(3)),
            (RowKind::OnlyTo, None, Some(4)),
        ]
    );
}

#[test]
fn as_many_layers_between_two_pairs_are_paired_in_turn() {
    let from = image(&[BASE, ("RUN a.sh # buildkit", Some("1")), ("COPY z /z # buildkit", Some("z"))]);
    let to = image(&[BASE, ("COPY a.sh /d # buildkit", Some("2")), ("COPY z /z # buildkit", Some("z"))]);
    assert_eq!(rows(&from, &to)[1], (RowKind::Changed, Some(1), Some(1)));
}

#[test]
fn other_compression_is_the_same_content() {
    let from = bare(&[("a", 10)]);
    let mut to = layers(&[("a", 8)]);
    to[0].digest = Some(digest("zstd a"));
    let notice = StepsNotice { history: None, layers: 1, diff_ids: 1, is_cut: false };
    let to = Steps::Unjoined { history: vec![], layers: to, notice };
    let comparison = compare(&from, &to);
    assert_eq!(comparison.alignment.rows[0].kind, RowKind::Same);
    assert!(comparison.alignment.rows[0].recompressed);
    assert_eq!(comparison.cache, CacheReport::SameLayers);
    // A pull has to fetch it all the same.
    assert_eq!(comparison.transfer.to.pull_bytes, 8);
}

#[test]
fn layers_without_diff_ids_are_known_by_their_digest() {
    let without = |contents: &[(&str, u64)]| {
        let layers =
            layers(contents).into_iter().map(|layer| LayerFacts { diff_id: None, chain_id: None, ..layer }).collect();
        Steps::Unjoined {
            history: vec![],
            layers,
            notice: StepsNotice { history: None, layers: 0, diff_ids: 0, is_cut: false },
        }
    };
    let (from, to) = (without(&[("a", 1), ("b", 1)]), bare(&[("a", 1), ("c", 1)]));
    assert_eq!(rows(&from, &to), [(RowKind::Same, Some(0), Some(0)), (RowKind::Changed, Some(1), Some(1))]);
    assert_eq!(cause(&from, &to), CacheCause::Unknown);
}

#[test]
fn bytes_are_counted_once_for_each_digest() {
    let from = bare(&[("base", 1000), ("empty", 32), ("old", 500), ("empty", 32)]);
    let to = bare(&[("base", 1000), ("empty", 32), ("new", 700), ("new", 700)]);
    let transfer = compare(&from, &to).transfer;
    assert_eq!((transfer.shared_layers, transfer.shared_bytes), (2, 1032));
    assert_eq!(transfer.to, TransferSide { layers: 3, bytes: 1732, pull_layers: 1, pull_bytes: 700 });
    assert_eq!(transfer.from, TransferSide { layers: 3, bytes: 1532, pull_layers: 1, pull_bytes: 500 });
    let huge = bare(&[("a", u64::MAX), ("b", u64::MAX)]);
    assert_eq!(compare(&huge, &huge).transfer.shared_bytes, u64::MAX);
}

#[test]
fn the_environment_before_a_step_ends_the_cache() {
    let image_of = |version: &str, nginx: &str, last: &str| {
        let env = format!("ENV NGINX_VERSION={version}");
        image(&[
            BASE,
            BASH,
            ("LABEL maintainer=NGINX", None),
            (&env, None),
            ("RUN /bin/sh -c install # buildkit", Some(nginx)),
            ("COPY a / # buildkit", Some("a")),
            ("COPY b / # buildkit", Some(last)),
        ])
    };
    let comparison = compare(&image_of("1.24.0", "nginx 1", "b 1"), &image_of("1.25.5", "nginx 2", "b 2"));
    let CacheReport::Broken(cache_break) = &comparison.cache else { panic!("a break is expected") };
    assert_eq!((cache_break.reused_layers, cache_break.from_step, cache_break.to_step), (1, Some(4), Some(4)));
    insta::assert_snapshot!(comparison.cache, @"The build cache ends here: the environment variable NGINX_VERSION changed. 2 later layers could not reuse the cache; 1 came out identical all the same");
}

#[test]
fn causes_are_told_apart() {
    let after_base = |text: &str, content: &str| image(&[BASE, BASH, (text, Some(content))]);
    for (from, to, expected) in [
        (("RUN /bin/sh -c a # buildkit", "1"), ("RUN /bin/sh -c b # buildkit", "2"), CacheCause::Instruction),
        (("RUN /bin/sh -c a # buildkit", "1"), ("RUN /bin/sh -c a # buildkit", "2"), CacheCause::Result),
        (("COPY a / # buildkit", "1"), ("COPY a / # buildkit", "2"), CacheCause::CopiedContent),
        (
            ("/bin/sh -c #(nop) COPY file:aa11 in /app ", "1"),
            ("/bin/sh -c #(nop) COPY file:bb22 in /app ", "2"),
            CacheCause::CopiedContent,
        ),
        (
            ("RUN |2 A=1 B=2 /bin/sh -c a # buildkit", "1"),
            ("RUN |3 A=1 B=3 C=x /bin/sh -c a # buildkit", "2"),
            CacheCause::BuildArguments { names: vec!["B".to_owned(), "C".to_owned()] },
        ),
        (("bazel build ...", "1"), ("bazel build ...", "2"), CacheCause::Result),
        (("", "1"), ("", "2"), CacheCause::Unknown),
    ] {
        assert_eq!(cause(&after_base(from.0, from.1), &after_base(to.0, to.1)), expected, "{from:?}");
    }
}

#[test]
fn another_base_is_told_from_another_root() {
    let on = |base: &str| image(&[(BASE.0, Some(base)), BASH, ("COPY a / # buildkit", Some("a"))]);
    assert_eq!(cause(&on("debian 1"), &on("debian 2")), CacheCause::BaseImage);
    // The base is of several layers, and its last one differs.
    let stacked = |python: &str| {
        image(&[
            BASE,
            BASH,
            ("RUN /bin/sh -c build python # buildkit", Some(python)),
            ("CMD [\"python3\"]", None),
            ("COPY a / # buildkit", Some("a")),
        ])
    };
    assert_eq!(cause(&stacked("3.13"), &stacked("3.14")), CacheCause::BaseImage);
    // An image from nothing has no base.
    let scratch = |app: &str| image(&[("COPY app / # buildkit", Some(app)), ("CMD [\"/app\"]", None)]);
    assert_eq!(cause(&scratch("1"), &scratch("2")), CacheCause::CopiedContent);
}

#[test]
fn settings_that_a_step_does_not_use_do_not_count() {
    let with = |setting: &str, step: &str, content: &str| image(&[BASE, BASH, (setting, None), (step, Some(content))]);
    let (run, copy) = ("RUN /bin/sh -c a # buildkit", "COPY a . # buildkit");
    assert_eq!(cause(&with("LABEL a=1", run, "1"), &with("LABEL a=2", run, "2")), CacheCause::Result);
    assert_eq!(cause(&with("ENV A=1", copy, "1"), &with("ENV A=2", copy, "2")), CacheCause::CopiedContent);
    assert_eq!(
        cause(&with("WORKDIR /a", copy, "1"), &with("WORKDIR /b", copy, "2")),
        CacheCause::Setting { keyword: "WORKDIR".to_owned() }
    );
    // The classic builder starts each step from all of them.
    let classic = "/bin/sh -c a";
    assert_eq!(
        cause(&with("LABEL a=1", classic, "1"), &with("LABEL a=2", classic, "2")),
        CacheCause::Setting { keyword: "LABEL".to_owned() }
    );
}

#[test]
fn images_that_only_grow_have_no_break() {
    let (short, long) = (image(&[BASE]), image(&[BASE, ("COPY a / # buildkit", Some("a"))]));
    assert_eq!(compare(&short, &short).cache, CacheReport::SameLayers);
    assert_eq!(compare(&short, &long).cache, CacheReport::Extended { added: 1 });
    assert_eq!(compare(&long, &short).cache, CacheReport::Shortened { removed: 1 });
    insta::assert_snapshot!(compare(&short, &long).cache, @"All layers of the first image are reused, with 1 more layer on top");
    assert_eq!(compare(&bare(&[]), &bare(&[])).cache, CacheReport::SameLayers);
}

#[test]
fn too_many_layers_are_paired_by_position() {
    let names: Vec<String> = (0..MAX_PAIRS.isqrt() + 2).map(|number| number.to_string()).collect();
    let from: Vec<_> = names.iter().map(|name| (name.as_str(), 1)).collect();
    let mut to = from.clone();
    to.reverse();
    let comparison = compare(&bare(&from), &bare(&to));
    assert!(comparison.alignment.by_position);
    assert_eq!(comparison.alignment.rows.len(), names.len());
    // Common ends are taken off first, so that long images of one base are still aligned.
    let mut longer = from.clone();
    longer.insert(1, ("new", 1));
    let comparison = compare(&bare(&from), &bare(&longer));
    assert!(!comparison.alignment.by_position);
    assert_eq!(comparison.alignment.rows[1].kind, RowKind::OnlyTo);
}

proptest! {
    #[test]
    fn every_layer_stands_in_one_row_in_order(
        from in prop::collection::vec(("[a-d]", prop::option::of("[RC]")), 0..12),
        to in prop::collection::vec(("[a-d]", prop::option::of("[RC]")), 0..12),
    ) {
        let texts = |steps: &[(String, Option<String>)]| -> Steps {
            let named: Vec<(String, &str)> = steps
                .iter()
                .map(|(content, keyword)| match keyword.as_deref() {
                    Some("R") => (format!("RUN {content} # buildkit"), content.as_str()),
                    Some(_) => ("COPY x /y # buildkit".to_owned(), content.as_str()),
                    None => (String::new(), content.as_str()),
                })
                .collect();
            let steps: Vec<_> = named.iter().map(|(text, content)| (text.as_str(), Some(*content))).collect();
            image(&steps)
        };
        let comparison = compare(&texts(&from), &texts(&to));
        let seen = |side: fn(&Row) -> Option<u32>| comparison.alignment.rows.iter().filter_map(side).collect::<Vec<_>>();
        prop_assert_eq!(seen(|row| row.from), (0..from.len()).map(|at| u32::try_from(at).expect("few")).collect::<Vec<_>>());
        prop_assert_eq!(seen(|row| row.to), (0..to.len()).map(|at| u32::try_from(at).expect("few")).collect::<Vec<_>>());
        let _ = comparison.cache.to_string();
        let transfer = comparison.transfer;
        prop_assert_eq!(transfer.to.bytes, transfer.shared_bytes + transfer.to.pull_bytes);
    }
}
