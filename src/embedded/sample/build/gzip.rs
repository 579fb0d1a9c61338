//! gzip that does not try to make noise smaller.
//!
//! Most of the sample's bytes are noise, which compression only copies, slowly. Here such stretches are stored as they are
//! (RFC 1951 §3.2.4) and everything between them is deflated: any reader reads it, and it is made several times as fast.

use std::ops::Range;

use flate2::{Compress, Compression, Crc, FlushCompress};

use super::in_memory;

/// Shorter stretches are not worth a block of their own, in bytes.
const WORTH_STORING: usize = 2048;
/// Less than this between two stored stretches is stored with them, in bytes.
const WORTH_DEFLATING: usize = 1024;
/// Most bytes of a stored block.
const MAX_STORED: usize = 0xffff;

/// Compresses `bytes`; `noise` are the stretches that cannot be made smaller, in order. The header has neither name nor
/// time, so that the same bytes come out every time.
pub(super) fn gzip(bytes: &[u8], noise: &[Range<usize>], level: u32) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() / 2 + noise.iter().map(Range::len).sum::<usize>());
    // RFC 1952 §2.3: deflate, no flags, no time, whether the best level was used, an unknown system.
    out.extend([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, if level == 9 { 2 } else { 0 }, 255]);
    let mut deflater = Compress::new(Compression::new(level), false);
    let mut done = 0;
    for stored in stored_stretches(noise) {
        deflate(&mut deflater, &bytes[done..stored.start], &mut out);
        store(&bytes[stored.clone()], &mut out);
        done = stored.end;
    }
    deflate(&mut deflater, &bytes[done..], &mut out);
    // A last block without content ends the stream.
    out.extend([1, 0, 0, 0xff, 0xff]);
    let mut sum = Crc::new();
    sum.update(bytes);
    out.extend(sum.sum().to_le_bytes());
    out.extend(sum.amount().to_le_bytes());
    out
}

/// Long stretches of noise, those close together joined.
fn stored_stretches(noise: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut stretches: Vec<Range<usize>> = Vec::new();
    for stretch in noise.iter().filter(|stretch| stretch.len() >= WORTH_STORING) {
        match stretches.last_mut() {
            Some(last) if stretch.start - last.end < WORTH_DEFLATING => last.end = stretch.end,
            _ => stretches.push(stretch.clone()),
        }
    }
    stretches
}

fn store(bytes: &[u8], out: &mut Vec<u8>) {
    for block in bytes.chunks(MAX_STORED) {
        let length = u16::try_from(block.len()).unwrap_or(u16::MAX);
        out.push(0);
        out.extend(length.to_le_bytes());
        out.extend((!length).to_le_bytes());
        out.extend(block);
    }
}

/// Deflates `bytes` up to a byte's end. What came before is not referred to.
fn deflate(deflater: &mut Compress, bytes: &[u8], out: &mut Vec<u8>) {
    if bytes.is_empty() {
        return;
    }
    deflater.reset();
    loop {
        let consumed = usize::try_from(deflater.total_in()).unwrap_or(bytes.len());
        out.reserve((bytes.len() - consumed) / 2 + 64);
        in_memory(deflater.compress_vec(&bytes[consumed..], out, FlushCompress::Sync).map_err(Into::into));
        // Room that is left over says that nothing waits to be written.
        if deflater.total_in() == bytes.len() as u64 && out.len() < out.capacity() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn mixed_content_is_read_back() {
        let text = "the same words again and again ".repeat(4000).into_bytes();
        let noise = super::super::noise::noise("gzip", 200_000);
        let mut bytes = Vec::new();
        let mut ranges = Vec::new();
        for part in [&text[..], &noise, &text[..700], &noise[..5000], &text[..9000], &noise[..100], &noise] {
            if part[..10] == noise[..10] {
                ranges.push(bytes.len()..bytes.len() + part.len());
            }
            bytes.extend_from_slice(part);
        }
        for level in [1, 6, 9] {
            for ranges in [&ranges[..], &[]] {
                let packed = gzip(&bytes, ranges, level);
                let mut unpacked = Vec::new();
                flate2::read::GzDecoder::new(&packed[..]).read_to_end(&mut unpacked).expect("gzip");
                assert!(unpacked == bytes, "level {level}");
            }
        }
        assert!(gzip(&bytes, &ranges, 6).len() < bytes.len() - text.len());
    }
}
