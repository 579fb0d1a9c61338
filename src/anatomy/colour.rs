//! The colour of a digest: the same bytes have the same colour everywhere.

use serde::{Deserialize, Serialize};

use crate::oci::Digest;

/// How many hues there are.
pub const HUES: u8 = 24;

/// How many lightness steps each hue has.
pub const STEPS: u8 = 3;

/// One of 72 colours. It helps the eye only: two digests may share one, so the short digest always stands beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Colour {
    /// The hue, from 0 to 23.
    pub hue: u8,
    /// The lightness step, from 0 to 2.
    pub step: u8,
}

impl Colour {
    /// The digest's colour: its first two bytes as one number modulo 24 choose the hue, its third modulo 3 the step.
    #[must_use]
    pub fn of(digest: &Digest) -> Self {
        let [first, second, third] = leading_bytes(digest.encoded());
        let number = u16::from_be_bytes([first, second]) % u16::from(HUES);
        // The remainder of a division by 24 fits into a byte.
        Self { hue: number.to_le_bytes()[0], step: third % STEPS }
    }

    /// Its number among all colours, from 0 to 71.
    pub fn index(self) -> u8 {
        self.hue * STEPS + self.step
    }
}

/// The first three bytes of a hexadecimal digest; of any other, three bytes that hang on the whole text.
fn leading_bytes(encoded: &str) -> [u8; 3] {
    if let Some([first, second, third]) = hexadecimal(encoded) {
        return [first, second, third];
    }
    // Texts of other alphabets may begin alike, as base64 of like bytes does: a hash of the whole tells them apart.
    let [first, second, third, _] = fnv1a(encoded.as_bytes()).to_be_bytes();
    [first, second, third]
}

/// The hash FNV-1a of 32 bits (RFC 9923): small, since the browser's half has it too, and the same for ever.
fn fnv1a(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

fn hexadecimal(encoded: &str) -> Option<[u8; 3]> {
    let digits = encoded.as_bytes();
    if digits.len() < 6 || !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    let byte = |position: usize| u8::from_str_radix(encoded.get(position * 2..position * 2 + 2)?, 16).ok();
    Some([byte(0)?, byte(1)?, byte(2)?])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn colour(text: &str) -> Colour {
        Colour::of(&text.parse().expect("a digest"))
    }

    #[test]
    fn first_two_bytes_choose_the_hue_and_the_third_the_step() {
        let rest = "0".repeat(58);
        assert_eq!(colour(&format!("sha256:000000{rest}")), Colour { hue: 0, step: 0 });
        assert_eq!(colour(&format!("sha256:001701{rest}")), Colour { hue: 23, step: 1 });
        assert_eq!(colour(&format!("sha256:001802{rest}")), Colour { hue: 0, step: 2 });
        // 0xe3b0 = 58288 = 2428 × 24 + 16; 0xc4 = 196 = 65 × 3 + 1
        let empty = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(colour(empty), Colour { hue: 16, step: 1 });
        assert_eq!(colour(empty).index(), 49);
    }

    #[test]
    fn other_texts_have_colours_too() {
        assert_eq!(colour("foo+bar:QUJD="), colour("foo+bar:QUJD="));
        assert_ne!(colour("foo:QUJDa"), colour("foo:QUJDb"));
        // Too short to have three bytes.
        let _ = colour("foo:ab");
    }

    proptest! {
        #[test]
        fn every_digest_has_one_of_72_colours(text in "[a-z0-9]{1,8}:[a-zA-Z0-9=_-]{1,80}") {
            if let Ok(digest) = text.parse::<Digest>() {
                let colour = Colour::of(&digest);
                prop_assert!(colour.hue < HUES && colour.step < STEPS && colour.index() < 72);
            }
        }
    }
}
