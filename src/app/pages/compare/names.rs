//! What the two sides are called: as short as tells them apart.

use crate::oci::Reference;
use crate::view::compare::Side;

/// The two sides in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Names {
    /// The first side.
    pub(super) from: String,
    /// The second side.
    pub(super) to: String,
    /// The repository, where both are of one and the names leave it out.
    repository: Option<String>,
}

impl Names {
    /// The shortest forms that differ. What is compared with itself has one name.
    pub(super) fn of(from: &Side, to: &Side) -> Self {
        let is_one_registry = from.registry.name == to.registry.name;
        let repository = (is_one_registry && from.reference.repository == to.reference.repository)
            .then(|| from.reference.repository.to_string());
        let forms: &[fn(&Side) -> String] = if repository.is_some() {
            &[tag_first, digest_first, with_platform, tag_first]
        } else {
            &[base_name, whole, with_host]
        };
        let mut both = forms.iter().map(|form| (form(from), form(to)));
        let differing = both.find(|(from, to)| from != to);
        let (from, to) = differing.unwrap_or_else(|| (tag_first(from), tag_first(to)));
        Self { from, to, repository }
    }

    /// `payments/api 1.0 → 1.1`
    pub(super) fn both(&self) -> String {
        let repository = self.repository.as_ref().map(|repository| format!("{repository} ")).unwrap_or_default();
        format!("{repository}{} → {}", self.from, self.to)
    }

    /// `Compare payments/api 1.0 with 1.1`
    pub(super) fn title(&self) -> String {
        let repository = self.repository.as_ref().map(|repository| format!("{repository} ")).unwrap_or_default();
        format!("Compare {repository}{} with {}", self.from, self.to)
    }
}

fn short_digest(reference: &Reference) -> Option<String> {
    reference.digest.as_ref().map(|digest| digest.short().to_owned())
}

fn tag(reference: &Reference) -> Option<String> {
    reference.tag.as_ref().map(ToString::to_string)
}

fn tag_first(side: &Side) -> String {
    tag(&side.reference).or_else(|| short_digest(&side.reference)).unwrap_or_default()
}

fn digest_first(side: &Side) -> String {
    short_digest(&side.reference).or_else(|| tag(&side.reference)).unwrap_or_default()
}

fn with_platform(side: &Side) -> String {
    let platform = side.platform.as_ref().map(|platform| format!(" {platform}")).unwrap_or_default();
    format!("{}{platform}", tag_first(side))
}

/// A repository's name with what stands behind it.
fn named(repository: &str, side: &Side) -> String {
    let separator = if side.reference.tag.is_some() { ':' } else { '@' };
    format!("{repository}{separator}{}", tag_first(side))
}

fn base_name(side: &Side) -> String {
    named(side.reference.repository.base_name(), side)
}

fn whole(side: &Side) -> String {
    named(side.reference.repository.as_str(), side)
}

fn with_host(side: &Side) -> String {
    format!("{}/{}", side.registry.host, whole(side))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::view::RegistryFacts;
    use crate::view::image::Identity;

    /// A side that nothing is known of but its names.
    pub(in super::super) fn side(registry: &str, reference: &str, platform: &str) -> Side {
        Side {
            registry: RegistryFacts {
                name: registry.to_owned(),
                host: format!("{registry}.example"),
                ..RegistryFacts::default()
            },
            reference: reference.parse().unwrap(),
            identity: Identity { tag: None, index: None, manifest: None, image_id: None },
            platform: platform.parse().ok(),
            size: 0,
            layer_count: 0,
            layers: Vec::new(),
            created: None,
            permalink: String::new(),
            counted: None,
        }
    }

    fn names(from: (&str, &str, &str), to: (&str, &str, &str)) -> String {
        Names::of(&side(from.0, from.1, from.2), &side(to.0, to.1, to.2)).title()
    }

    #[test]
    fn names_are_as_short_as_tells_them_apart() {
        let digest = |letter: &str| format!("sha256:{}", letter.repeat(64));
        let amd64 = "linux/amd64";
        for (from, to, title) in [
            (("hub", "a/b:1", amd64), ("hub", "a/b:2", amd64), "Compare a/b 1 with 2"),
            (("hub", "a/b:1", amd64), ("hub", "a/c:1", amd64), "Compare b:1 with c:1"),
            (("hub", "a/b:1", amd64), ("hub", "c/b:1", amd64), "Compare a/b:1 with c/b:1"),
            (("hub", "a/b:1", amd64), ("inner", "a/b:1", amd64), "Compare hub.example/a/b:1 with inner.example/a/b:1"),
            (("hub", "a/b:1", amd64), ("hub", "a/b:1", "linux/arm64"), "Compare a/b 1 linux/amd64 with 1 linux/arm64"),
            (("hub", "a/b:1", amd64), ("hub", "a/b:1", amd64), "Compare a/b 1 with 1"),
            (
                ("hub", &format!("a/b:1@{}", digest("a")), amd64),
                ("hub", &format!("a/b:1@{}", digest("b")), amd64),
                "Compare a/b aaaaaaaaaaaa with bbbbbbbbbbbb",
            ),
            (("hub", &format!("a/b@{}", digest("a")), amd64), ("hub", "c:2", amd64), "Compare b@aaaaaaaaaaaa with c:2"),
        ] {
            assert_eq!(names(from, to), title);
        }
    }
}
