//! The part of a list that one page shows.

use std::ops::Range;

/// A page of a list of `matching` names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Window {
    /// The positions that it shows.
    pub(crate) range: Range<usize>,
    /// The name after which the page before this one begins: its position, or the beginning; nothing for the first page.
    pub(crate) previous: Option<Previous>,
    /// The position of the name after which the next page begins.
    pub(crate) next: Option<usize>,
}

/// Where the page before begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Previous {
    /// At the beginning.
    Beginning,
    /// After the name at this position.
    After(usize),
}

impl Window {
    /// The page of at most `length` names that begins at `start`.
    pub(crate) fn new(start: usize, length: usize, matching: usize) -> Self {
        let start = start.min(matching);
        let end = start.saturating_add(length).min(matching);
        let previous = match start {
            0 => None,
            _ if start <= length => Some(Previous::Beginning),
            _ => Some(Previous::After(start - length - 1)),
        };
        Self { range: start..end, previous, next: (end < matching && end > 0).then(|| end - 1) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_follow_each_other_both_ways() {
        let first = Window::new(0, 100, 250);
        assert_eq!((first.range, first.previous, first.next), (0..100, None, Some(99)));
        let second = Window::new(100, 100, 250);
        assert_eq!((second.range, second.previous, second.next), (100..200, Some(Previous::Beginning), Some(199)));
        let third = Window::new(200, 100, 250);
        assert_eq!((third.range, third.previous, third.next), (200..250, Some(Previous::After(99)), None));
    }

    #[test]
    fn a_page_past_the_end_is_empty() {
        let past = Window::new(900, 100, 250);
        assert_eq!((past.range, past.next), (250..250, None));
        assert_eq!(Window::new(0, 100, 0), Window { range: 0..0, previous: None, next: None });
    }
}
