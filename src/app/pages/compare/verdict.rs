//! What became of the build cache, said between the rows where it ended.

use crate::anatomy::compare::CacheReport;
use crate::view::compare::LayerRows;

/// The sentence, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Verdict {
    /// What is said, without a full stop.
    pub(super) words: String,
    /// The row before which it stands.
    pub(super) row: u32,
    /// Whether the cache broke.
    pub(super) is_break: bool,
}

impl Verdict {
    /// What there is to say about these layers.
    pub(super) fn of(layers: &LayerRows) -> Self {
        let on_top = |more: u32| layers.row_count.saturating_sub(more);
        let row = match &layers.cache {
            CacheReport::SameLayers => 0,
            CacheReport::Extended { added: more } | CacheReport::Shortened { removed: more } => on_top(*more),
            CacheReport::Broken(_) => layers.break_row.unwrap_or(0),
        };
        let is_break = matches!(layers.cache, CacheReport::Broken(_));
        Self { words: layers.cache.to_string(), row, is_break }
    }

    /// Whether it stands among the rows of this page.
    pub(super) fn is_here(&self, layers: &LayerRows) -> bool {
        let shown = u32::try_from(layers.rows.len()).unwrap_or(u32::MAX);
        (layers.first..layers.first.saturating_add(shown)).contains(&self.row)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::anatomy::compare::{CacheBreak, CacheCause, RowKind};
    use crate::view::compare::LayerPair;

    fn layers(cache: CacheReport, break_row: Option<u32>) -> LayerRows {
        let pair = LayerPair { kind: RowKind::Same, from: None, to: None, recompressed: false };
        LayerRows { rows: vec![pair; 100], first: 100, row_count: 250, by_position: false, cache, break_row }
    }

    #[test]
    fn it_stands_where_the_images_part() {
        for (cache, break_row, row, is_here) in [
            (CacheReport::SameLayers, None, 0, false),
            (CacheReport::Extended { added: 60 }, None, 190, true),
            (CacheReport::Shortened { removed: 10 }, None, 240, false),
        ] {
            let layers = layers(cache, break_row);
            let verdict = Verdict::of(&layers);
            assert_eq!((verdict.row, verdict.is_here(&layers), verdict.is_break), (row, is_here, false), "{layers:?}");
        }
        let broken = CacheReport::Broken(CacheBreak {
            reused_layers: 120,
            from_step: None,
            to_step: None,
            cause: CacheCause::Result,
            later_layers: 2,
            later_identical: 1,
        });
        let layers = layers(broken, Some(120));
        let verdict = Verdict::of(&layers);
        assert!(verdict.is_break && verdict.is_here(&layers));
        assert!(verdict.words.starts_with("The build cache ends here: "), "{}", verdict.words);
    }
}
