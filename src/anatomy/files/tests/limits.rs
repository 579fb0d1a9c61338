//! What few bytes can make of themselves has an end (threat T-18).

use super::super::LONGEST_PATH;
use super::super::names::Names;
use super::super::overlay::Limits;
use super::*;

/// An overlay that may take so many steps.
fn within(layers: &[FileList], steps: usize) -> Overlay {
    let limits = Limits { steps, ..Limits::default() };
    Overlay::within(&layers.iter().collect::<Vec<_>>(), Names::Exact, limits)
}

fn owned(entries: &[String]) -> FileList {
    layer(&entries.iter().map(String::as_str).collect::<Vec<_>>())
}

/// Without the limit a small layer of long paths makes more directories than memory has room for.
#[test]
fn names_have_a_limit_those_of_implied_directories_too() {
    let deep = |number: usize| format!("{number}/{}x", "a/".repeat(50));
    let list = owned(&(0..10).map(deep).collect::<Vec<_>>());
    assert!(!Overlay::of(&[&list]).is_cut());
    let few = Limits { names: 100, ..Limits::default() };
    let cut = Overlay::within(&[&list], Names::Exact, few);
    assert!(cut.is_cut());
    let names = cut.nodes().count();
    assert!((100..160).contains(&names), "{names}");
    // Few long ones are as many short ones.
    let long = |letter: &str| letter.repeat(4_000);
    let list = owned(&["a", "b", "c"].map(long));
    assert_eq!(Overlay::within(&[&list], Names::Exact, few).nodes().count(), 1 + 2);
    assert_eq!(Overlay::of(&[&list]).nodes().count(), 1 + 3);
}

/// Each link leads 2,000 directories deeper than the one before.
fn links_in_links() -> Vec<String> {
    let deep = "a/".repeat(2_000);
    let path = |number: usize| (1..=number).map(|number| format!("l{number}")).collect::<Vec<_>>().join("/");
    (1..=20).map(|number| format!("{} -> {deep}", path(number))).collect()
}

#[test]
fn links_do_not_multiply_the_depth_of_a_tree() {
    let list = owned(&[links_in_links(), vec!["l1/x".to_owned(), "l1/l2/x".to_owned()]].concat());
    let made = Overlay::of(&[&list]);
    assert!(!made.is_cut());
    assert_eq!(made.nodes().map(|node| made.path(node).len()).max(), Some(4_002));
    // The root, the first link, where it leads to, and the two names behind it.
    assert_eq!(made.nodes().count(), 2 + 2_000 + 2);
    assert_eq!(made.difference_counts()[&Difference::TooLong], 18 + 1);
}

#[test]
fn whiteouts_behind_such_links_delete_nothing() {
    let directory = format!("{}a", "a/".repeat(1_999));
    let (short, long) = ("l1/.wh.kept".to_owned(), "l1/l2/l3/.wh.other".to_owned());
    let upper = [links_in_links(), vec![long, short]].concat();
    let lists = [owned(&[format!("{directory}/kept"), format!("{directory}/other")]), owned(&upper)];
    let made = overlay(&lists);
    assert_eq!(made.find(format!("{directory}/kept").as_bytes()), None);
    assert!(made.find(format!("{directory}/other").as_bytes()).is_some());
}

#[test]
fn a_path_behind_links_can_be_as_long_as_any_other() {
    let deep = "a/".repeat(2_040);
    let fits = "f".repeat(LONGEST_PATH - deep.len());
    let list = owned(&[format!("l -> {deep}"), format!("l/{fits}"), format!("l/{fits}f")]);
    let made = Overlay::of(&[&list]);
    assert!(made.find(format!("{deep}{fits}").as_bytes()).is_some());
    assert_eq!(made.nodes().map(|node| made.path(node).len()).max(), Some(LONGEST_PATH));
    let directory = made.find(deep.as_bytes()).unwrap();
    let told = [Difference::LinkOutOfLayer, Difference::TooLong].map(|difference| (directory, difference));
    assert_eq!(made.differences(), told);
}

/// Otherwise a few bytes for each name cost the whole way through the link.
#[test]
fn long_ways_have_an_end_and_what_comes_after_it_is_left_out() {
    let mut entries = vec![format!("l -> {}", "a/".repeat(1_000))];
    for number in 0..10 {
        entries.extend([format!("l/{number}"), number.to_string()]);
    }
    let lists = [owned(&entries), layer(&[".wh.0", "later"])];
    let whole = overlay(&lists);
    assert_eq!((whole.is_cut(), whole.nodes().count()), (false, 2 + 1_000 + 10 + 10));
    let cut = within(&lists, 3_500);
    assert!(cut.is_cut());
    assert!(cut.find(b"2").is_some() && cut.find(b"5").is_none());
    assert!(cut.find(b"later").is_none() && cut.find(b"0").is_some(), "later layers are left out altogether");
    // What fits exactly is no cut.
    assert!(!within(&[layer(&["a/b/c"])], 2).is_cut());
}

#[test]
fn ways_of_whiteouts_count_too() {
    let lower = layer(&["a/x", "a/y"]);
    let mut entries = vec!["a/.wh.x".to_owned(), format!("l -> {}a", "b/../".repeat(500))];
    entries.extend((0..10).map(|number| format!("l/.wh.{number}")));
    entries.push("a/.wh.y".to_owned());
    let lists = [lower, owned(&entries)];
    assert_eq!(paths(&overlay(&lists)), ["a/", "l 1"]);
    let cut = within(&lists, 3_000);
    assert!(cut.is_cut());
    assert_eq!(paths(&cut), ["a/", "a/y 0"]);
}

#[test]
fn a_directory_is_looked_through_for_one_opaque_marker_of_a_layer_alone() {
    let lower = owned(&(0..200).map(|number| format!("d/{number}")).collect::<Vec<_>>());
    let marker = "d/.wh..wh..opq";
    let upper = layer(&[marker; 1_000]);
    let lists = [lower.clone(), upper];
    let made = within(&lists, 2_000);
    assert_eq!((made.is_cut(), paths(&made)), (false, vec!["d/".to_owned()]));
    // Each layer may have one, and names that are gone are looked through, too.
    let lists = [vec![lower], vec![layer(&[marker]); 20]].concat();
    assert!(within(&lists, 2_000).is_cut());
    assert!(!within(&lists, 20 * 220).is_cut());
}

#[test]
fn whiteouts_in_directories_that_are_nowhere_cost_their_path_once() {
    let whiteouts: Vec<String> = (0..100).map(|number| format!("{number}/{}.wh.x", "a/".repeat(50))).collect();
    let made = within(&[owned(&whiteouts)], 100 * 60);
    assert_eq!((made.is_cut(), made.difference_counts()[&Difference::WhiteoutInNothing]), (false, 100));
}

#[test]
fn a_large_directory_behind_a_link_is_looked_through_once() {
    let lower = owned(&[vec!["d/s/".to_owned()], (0..200).map(|number| format!("d/{number}")).collect()].concat());
    let mut entries = vec!["l -> d".to_owned()];
    // What is there already stands behind all others.
    entries.extend((0..100).flat_map(|number| ["l/s/".to_owned(), format!("x{number}/")]));
    let made = within(&[lower, owned(&entries)], 1_000);
    assert_eq!((made.is_cut(), made.difference_counts()[&Difference::LinkOutOfLayer]), (false, 1));
}
