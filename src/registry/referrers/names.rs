//! The tags under which referrers stand where no API lists them.

use crate::oci::{Digest, Tag};

/// Longest algorithm and encoded part in a fallback tag (distribution-spec, "Referrers Tag Schema").
const MAX_ALGORITHM: usize = 32;
const MAX_ENCODED: usize = 64;

/// The fallback tag of a subject: `<algorithm>-<encoded>`, each part cut to its length, what no tag can have replaced by `-`.
pub(super) fn fallback_tag(subject: &Digest) -> Option<Tag> {
    let cut = |text: &str, most: usize| -> String { text.chars().take(most).map(allowed).collect() };
    let (algorithm, encoded) = (cut(subject.algorithm_name(), MAX_ALGORITHM), cut(subject.encoded(), MAX_ENCODED));
    format!("{algorithm}-{encoded}").parse().ok()
}

/// What cosign's tags of a subject begin with: nothing is cut, so that those of long digests are no tags.
pub(super) fn prefix(subject: &Digest) -> String {
    subject.as_str().replace(':', "-")
}

fn allowed(character: char) -> char {
    if character.is_ascii_alphanumeric() || matches!(character, '_' | '.' | '-') { character } else { '-' }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn tag(digest: &str) -> String {
        fallback_tag(&digest.parse().unwrap()).unwrap().to_string()
    }

    /// An encoded part that is not cut makes a tag of 135 characters for SHA-512, which no registry has.
    #[test]
    fn fallback_tags_are_cut_and_cleaned() {
        let sha256 = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
        assert_eq!(tag(&format!("sha256:{sha256}")), format!("sha256-{sha256}"));
        let start = "27c74670adb75075fad058d5ceaf7b20c4e7786c83bae8a32f626f9782af34c9";
        let rest = "a33c2046ef60fd2a7878d378e29fec851806bbd9a67878f3a9f1cda4830763fd";
        assert_eq!(tag(&format!("sha512:{start}{rest}")), format!("sha512-{start}"));
        assert_eq!(tag("foo+bar:QUJD="), "foo-bar-QUJD-");
        assert_eq!(tag(&format!("{}:x", "a".repeat(40))), format!("{}-x", "a".repeat(32)));
    }

    proptest! {
        #[test]
        fn every_digest_has_a_fallback_tag(
            algorithm in "[a-z0-9]{1,40}([+._-][a-z0-9]{1,20}){0,2}",
            encoded in "[a-zA-Z0-9=_-]{1,100}",
        ) {
            let digest = format!("{algorithm}:{encoded}").parse();
            prop_assume!(digest.is_ok());
            prop_assert!(fallback_tag(&digest.unwrap()).is_some());
        }
    }
}
