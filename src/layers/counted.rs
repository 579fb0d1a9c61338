//! What was counted of several layers together, kept beside their indexes.
//!
//! It is two numbers under a key of an index's form, so that the store has one kind of entries: in place of a layer's
//! digest stands the digest of the list of layers.

use bytes::Bytes;
use sha2::{Digest as _, Sha256};

use super::reader::LayerReader;
use super::store::IndexKey;
use crate::oci::Digest;

/// What is hashed before anything else, with the version of how it is counted. Another version is counted anew.
const HEAD: &[u8] = b"strata counted\0\x01";
/// Bytes of the two numbers.
const NUMBERS: usize = 16;

impl LayerReader {
    /// Bytes of all files of these layers, from the bottom, and of those that nobody can see, where they were counted. Who
    /// asks must have been shown a manifest that lists the layers.
    pub async fn counted(&self, layers: &[Digest], is_windows: bool) -> Option<(u64, u64)> {
        let list = list_digest(layers, is_windows);
        let (store, limits) = self.store();
        let key = IndexKey::new(&list, limits);
        let bytes = store.get(&key).await?;
        let counted = decode(&list, &bytes);
        if counted.is_none() {
            tracing::warn!("what was counted of an image cannot be read; it is to be counted again");
            store.forget(&key).await;
        }
        counted
    }

    /// Keeps what was counted. Each of the layers must have been read to its end within the limits in force.
    pub async fn keep_counted(&self, layers: &[Digest], is_windows: bool, counted: (u64, u64)) {
        if self.counted(layers, is_windows).await == Some(counted) {
            return;
        }
        let list = list_digest(layers, is_windows);
        let (store, limits) = self.store();
        store.put(&IndexKey::new(&list, limits), Bytes::from(encode(&list, counted))).await;
    }
}

fn list_digest(layers: &[Digest], is_windows: bool) -> Digest {
    let mut hash = Sha256::new_with_prefix(HEAD);
    hash.update([u8::from(is_windows)]);
    for layer in layers {
        hash.update(layer.as_str());
        hash.update(b"\n");
    }
    Digest::from_sha256(&hash.finalize())
}

/// Both numbers, and a check sum that binds them to their layers.
fn encode(list: &Digest, (total, dead): (u64, u64)) -> Vec<u8> {
    let numbers = [total.to_le_bytes(), dead.to_le_bytes()].concat();
    let check = check(list, &numbers);
    [numbers, check].concat()
}

fn decode(list: &Digest, bytes: &[u8]) -> Option<(u64, u64)> {
    let (numbers, sum) = bytes.split_at_checked(NUMBERS)?;
    let (total, dead) = numbers.split_first_chunk()?;
    let is_right = check(list, numbers) == sum;
    is_right.then_some((u64::from_le_bytes(*total), u64::from_le_bytes(*dead.first_chunk()?)))
}

fn check(list: &Digest, numbers: &[u8]) -> Vec<u8> {
    Sha256::new_with_prefix(HEAD).chain_update(list.as_str()).chain_update(numbers).finalize().to_vec()
}

#[cfg(test)]
mod tests {
    use super::super::reader::ReaderSettings;
    use super::super::store::IndexStore;
    use super::*;

    fn digests(letters: &str) -> Vec<Digest> {
        letters.chars().map(|letter| format!("sha256:{}", letter.to_string().repeat(64)).parse().unwrap()).collect()
    }

    #[tokio::test]
    async fn what_was_counted_is_that_of_exactly_these_layers() {
        let reader = LayerReader::new(ReaderSettings::default(), IndexStore::in_memory(10_000));
        reader.keep_counted(&digests("ab"), false, (700, 30)).await;
        assert_eq!(reader.counted(&digests("ab"), false).await, Some((700, 30)));
        for (other, is_windows) in [("a", false), ("ba", false), ("abb", false), ("ab", true)] {
            assert_eq!(reader.counted(&digests(other), is_windows).await, None, "{other}");
        }
        reader.keep_counted(&digests("ab"), false, (700, 40)).await;
        assert_eq!(reader.counted(&digests("ab"), false).await, Some((700, 40)));
    }

    #[tokio::test]
    async fn what_is_damaged_is_counted_again() {
        let reader = LayerReader::new(ReaderSettings::default(), IndexStore::in_memory(10_000));
        let list = list_digest(&digests("ab"), false);
        let right = encode(&list, (700, 30));
        let mut other = right.clone();
        other[0] ^= 1;
        for damaged in [&other[..], &right[..40], b"", &encode(&list_digest(&digests("a"), false), (700, 30))] {
            let (store, limits) = reader.store();
            store.put(&IndexKey::new(&list, limits), Bytes::copy_from_slice(damaged)).await;
            assert_eq!(reader.counted(&digests("ab"), false).await, None);
            reader.keep_counted(&digests("ab"), false, (700, 30)).await;
            assert_eq!(reader.counted(&digests("ab"), false).await, Some((700, 30)));
        }
    }
}
