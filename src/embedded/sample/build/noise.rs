//! Bytes that look like programs and text, made from a seed.

use std::fmt::Write as _;

/// The numbers of splitmix64, started from a text: fast, and the same on every machine.
struct Numbers(u64);

impl Numbers {
    fn new(seed: &str) -> Self {
        // FNV-1a.
        let hash = seed
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        Self(hash)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to `limit` − 1.
    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit.max(1) as u64).unwrap_or(0)
    }
}

/// So many bytes that no compression makes smaller.
pub(crate) fn noise(seed: &str, length: usize) -> Vec<u8> {
    let mut numbers = Numbers::new(seed);
    let mut bytes = Vec::with_capacity(length + 8);
    while bytes.len() < length {
        bytes.extend_from_slice(&numbers.next().to_le_bytes());
    }
    bytes.truncate(length);
    bytes
}

/// Words of which names in made-up source code are built.
const WORDS: [&str; 32] = [
    "account",
    "amount",
    "batch",
    "booking",
    "cache",
    "card",
    "charge",
    "client",
    "currency",
    "customer",
    "event",
    "fee",
    "gateway",
    "invoice",
    "ledger",
    "limit",
    "merchant",
    "order",
    "payment",
    "payout",
    "policy",
    "queue",
    "rate",
    "receipt",
    "refund",
    "retry",
    "session",
    "settlement",
    "status",
    "token",
    "transfer",
    "webhook",
];

/// Made-up Python of about `lines` lines.
pub(crate) fn python(seed: &str, lines: usize) -> String {
    let mut numbers = Numbers::new(seed);
    let mut source = format!("\"\"\"{} of {}.\"\"\"\n\n", capitalised(word(&mut numbers)), word(&mut numbers));
    // Six lines a function, and two above them.
    for _ in 0..lines / 6 {
        let (verb, noun, other) = (word(&mut numbers), word(&mut numbers), word(&mut numbers));
        let number = numbers.below(900) + 100;
        // Writing to a String cannot fail.
        let _ = write!(
            source,
            "\ndef {verb}_{noun}({other}, limit={number}):\n    if {other} is None or limit <= 0:\n        \
             return None\n    {noun} = {other}.get(\"{verb}\", limit)\n    return {noun}\n"
        );
    }
    source
}

/// So many lines of made-up text, `name = value` each.
pub(crate) fn settings(seed: &str, lines: usize) -> String {
    let mut numbers = Numbers::new(seed);
    let mut text = String::new();
    for _ in 0..lines {
        let (first, second) = (word(&mut numbers), word(&mut numbers));
        let _ = writeln!(text, "{first}_{second} = {}", numbers.below(10_000));
    }
    text
}

fn word(numbers: &mut Numbers) -> &'static str {
    WORDS[numbers.below(WORDS.len())]
}

fn capitalised(word: &str) -> String {
    let mut characters = word.chars();
    characters.next().map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + characters.as_str())
}
