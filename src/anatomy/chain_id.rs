//! Chain IDs: the identity of a stack of layers (image-spec, config.md, "Layer `ChainID`").

use sha2::{Digest as _, Sha256};

use crate::oci::Digest;

/// The chain ID of the stack up to each layer, lowest first.
///
/// The lowest layer's is its diff_id; each further one is the hash of the one below, a space and the layer's diff_id.
/// From the first diff_id that is not known on, nothing can be said.
pub fn chain_ids(diff_ids: &[Option<Digest>]) -> Vec<Option<Digest>> {
    let mut below: Option<Digest> = None;
    let mut known = true;
    diff_ids
        .iter()
        .map(|diff_id| {
            let chain_id = match (known, &below, diff_id) {
                (true, None, Some(diff_id)) => Some(diff_id.clone()),
                (true, Some(below), Some(diff_id)) => Some(stacked(below, diff_id)),
                _ => None,
            };
            known = chain_id.is_some();
            below.clone_from(&chain_id);
            chain_id
        })
        .collect()
}

fn stacked(below: &Digest, diff_id: &Digest) -> Digest {
    let mut hash = Sha256::new();
    hash.update(below.as_str());
    hash.update(" ");
    hash.update(diff_id.as_str());
    Digest::from_sha256(&hash.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    const OF_NOTHING: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    const OF_A: &str = "sha256:ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb";
    const OF_B: &str = "sha256:3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d";

    fn digests(texts: &[&str]) -> Vec<Option<Digest>> {
        texts.iter().map(|text| text.parse().ok()).collect()
    }

    #[test]
    fn each_chain_id_covers_all_layers_below() {
        let expected = [
            OF_NOTHING,
            "sha256:54310b28337ccdbb5477f2808753d5b0e7c87d84187cee28a330a3e71f6c16fc",
            "sha256:6e249d38c8038b0aefaa44893301e44ac47d767db1cb1a6cf4f2993a680add77",
        ];
        assert_eq!(chain_ids(&digests(&[OF_NOTHING, OF_A, OF_B])), digests(&expected));
    }

    #[test]
    fn nothing_is_said_above_an_unknown_layer() {
        assert_eq!(chain_ids(&digests(&[OF_NOTHING, "?", OF_B])), digests(&[OF_NOTHING, "?", "?"]));
        assert_eq!(chain_ids(&digests(&["?", OF_A])), digests(&["?", "?"]));
        assert_eq!(chain_ids(&[]), []);
    }
}
