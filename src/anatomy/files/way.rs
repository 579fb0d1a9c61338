//! A path on its way through directories and symbolic links, name by name.

use super::LONGEST_PATH;

/// Most symbolic links that are followed one after another. Linux gives up after 40 (`path_resolution(7)`).
const LINKS: usize = 64;

/// A path that is walked from a root on. `At` is what its walker knows the places by.
#[derive(Debug)]
pub(super) struct Way<'a, At> {
    /// Where links lead that begin with a slash.
    root: At,
    /// Where it has begun. Nothing leads above it.
    begin: At,
    /// The names below there that led to where it is, and their places.
    walked: Vec<(&'a [u8], At)>,
    /// Names that are still to come, the next one last.
    left: Vec<&'a [u8]>,
    links: usize,
}

/// Why a link is not followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DeadEnd {
    /// It is one too many: mostly they lead in a circle.
    Circle,
    /// The path that it leads to, written out, is longer than [`LONGEST_PATH`]. Few short links can make a very long
    /// one (threat T-18).
    TooLong,
}

impl<'a, At: Copy> Way<'a, At> {
    /// From the root on.
    pub(super) fn new(root: At, path: &'a [u8]) -> Way<'a, At> {
        let mut way = Way { root, begin: root, walked: Vec::new(), left: Vec::new(), links: 0 };
        way.put_before(path);
        way
    }

    /// From elsewhere on, beside the root or above it.
    pub(super) fn beginning_at(self, begin: At) -> Way<'a, At> {
        Way { begin, ..self }
    }

    /// Where it has come.
    pub(super) fn at(&self) -> At {
        self.walked.last().map_or(self.begin, |(_, at)| *at)
    }

    /// The next name, which is not gone to yet. What leads upwards is walked.
    pub(super) fn next(&mut self) -> Option<&'a [u8]> {
        loop {
            let name = self.left.pop()?;
            if name != b".." {
                return Some(name);
            }
            self.walked.pop();
        }
    }

    /// Whether nothing follows the name that was given out last.
    pub(super) fn is_at_end(&self) -> bool {
        self.left.is_empty()
    }

    /// Goes to what stands under a name here.
    pub(super) fn go_to(&mut self, name: &'a [u8], at: At) {
        self.walked.push((name, at));
    }

    /// Goes on where a link that stands here leads to.
    ///
    /// # Errors
    ///
    /// Where it leads is not gone to.
    pub(super) fn follow(&mut self, target: &'a [u8]) -> Result<(), DeadEnd> {
        self.links += 1;
        if self.links > LINKS {
            return Err(DeadEnd::Circle);
        }
        let is_absolute = target.starts_with(b"/");
        let walked = if is_absolute { 0 } else { self.length() };
        let left: usize = self.left.iter().map(|name| name.len() + 1).sum();
        // As runtimes write it out that follow links themselves: `..` counts like any name.
        if walked + target.len() + left > LONGEST_PATH {
            return Err(DeadEnd::TooLong);
        }
        if is_absolute {
            self.begin = self.root;
            self.walked.clear();
        }
        self.put_before(target);
        Ok(())
    }

    /// Whether it has led over links.
    pub(super) fn has_links(&self) -> bool {
        self.links > 0
    }

    /// The names from where it has begun to where it is.
    pub(super) fn names(&self) -> impl Iterator<Item = &'a [u8]> {
        self.walked.iter().map(|(name, _)| *name)
    }

    /// Bytes of these names, with a slash after each.
    pub(super) fn length(&self) -> usize {
        self.names().map(|name| name.len() + 1).sum()
    }

    fn put_before(&mut self, path: &'a [u8]) {
        let names = path.split(|byte| *byte == b'/').filter(|name| !matches!(*name, b"" | b"."));
        self.left.extend(names.rev());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Walks to the end; places are known by how deep they are.
    fn end(way: &mut Way<'_, usize>) -> String {
        while let Some(name) = way.next() {
            let deeper = way.at() + 1;
            way.go_to(name, deeper);
        }
        let names: Vec<_> = way.names().map(|name| name.escape_ascii().to_string()).collect();
        names.iter().flat_map(|name| ["/", name]).collect()
    }

    #[test]
    fn nothing_leads_above_the_root() {
        let mut way = Way::new(0, b"../a/./b/../../../c//d");
        assert_eq!(end(&mut way), "/c/d");
        assert_eq!((way.at(), way.length(), way.has_links()), (2, 4, false));
    }

    #[test]
    fn links_lead_on_from_where_they_stand_or_from_the_root() {
        for (target, expected) in [(&b"x/y"[..], "/a/x/y/rest"), (b"../x", "/x/rest"), (b"/x", "/x/rest")] {
            let mut way = Way::new(0, b"a/link/rest");
            assert_eq!(way.next(), Some(&b"a"[..]));
            way.go_to(b"a", 1);
            assert_eq!((way.next(), way.is_at_end()), (Some(&b"link"[..]), false));
            assert_eq!(way.follow(target), Ok(()));
            assert_eq!((end(&mut way), way.has_links(), way.is_at_end()), (expected.to_owned(), true, true));
        }
    }

    #[test]
    fn links_and_the_paths_that_they_make_have_an_end() {
        let mut way = Way::new(0, b"");
        assert!((0..LINKS).all(|_| way.follow(b"x") == Ok(())));
        assert_eq!(way.follow(b"x"), Err(DeadEnd::Circle));

        let deep = b"a/".repeat(LONGEST_PATH / 2 - 2);
        let mut way = Way::new(0, b"link/b");
        way.next();
        // Three bytes are left after both.
        assert_eq!(way.follow(&deep), Ok(()));
        assert_eq!(end(&mut way).len(), deep.len() + 2);
        assert_eq!(way.follow(b"four"), Err(DeadEnd::TooLong));
        assert_eq!(way.follow(&[b"/", &*deep].concat()), Ok(()));
    }
}
