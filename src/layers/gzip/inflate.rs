//! The one place that calls zlib: block stops and a begin in the middle of a stream are part of no safe interface.
#![allow(unsafe_code)]

use std::ffi::c_int;

use libz_rs_sys::{
    Z_BLOCK, Z_BUF_ERROR, Z_NO_FLUSH, Z_OK, Z_STREAM_END, inflate, inflateEnd, inflateInit2_, inflatePrime,
    inflateSetDictionary, z_stream, zlibVersion,
};

use super::GzipError;

/// Bytes that deflate may refer back to, as zlib counts them: two to this power.
const WINDOW_BITS: c_int = 15;
/// Added to the window bits: the data has gzip's header and trailer.
const GZIP: c_int = 16;

/// What surrounds the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wrapping {
    /// Deflate blocks only.
    Raw,
    /// A gzip member.
    Gzip,
}

/// Why a call has come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// There is no more input, or no more room.
    Exhausted,
    /// Between two blocks, where it was asked to stop. So many of the highest bits of the last byte that was taken belong
    /// to the next block.
    BetweenBlocks { unused_bits: u8 },
    /// The last block has ended, and with [`Wrapping::Gzip`] the member's check sums are right.
    End,
}

/// What a call has done.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step {
    pub(super) taken: usize,
    pub(super) given: usize,
    pub(super) stop: Stop,
}

/// An unpacker of one stream after another.
pub(super) struct Inflate {
    /// Boxed: zlib's state keeps a pointer to it.
    stream: Box<z_stream>,
}

// SAFETY: the pointers in the stream are its own allocations and, during a call only, the caller's slices.
unsafe impl Send for Inflate {}

impl Inflate {
    pub(super) fn new(wrapping: Wrapping) -> Inflate {
        let mut stream = Box::new(z_stream::default());
        let bits = match wrapping {
            Wrapping::Raw => -WINDOW_BITS,
            Wrapping::Gzip => WINDOW_BITS + GZIP,
        };
        let size = c_int::try_from(size_of::<z_stream>()).unwrap_or_default();
        // SAFETY: the stream is valid and has the default allocator; version and size are those of the library itself.
        let result = unsafe { inflateInit2_(&raw mut *stream, bits, zlibVersion(), size) };
        debug_assert_eq!(result, Z_OK, "these arguments are valid");
        Inflate { stream }
    }

    /// In the middle of a stream: `window` is what comes before, at most 32 KiB; `bits` are `count` bits before the next input.
    pub(super) fn within(window: &[u8], count: u8, bits: u8) -> Inflate {
        let mut inflate = Inflate::new(Wrapping::Raw);
        let length = u32::try_from(window.len()).unwrap_or_default();
        // SAFETY: the stream was initialised just now, and the window is `length` bytes long.
        let results = unsafe {
            let stream = &raw mut *inflate.stream;
            (
                inflatePrime(stream, c_int::from(count), c_int::from(bits)),
                inflateSetDictionary(stream, window.as_ptr(), length),
            )
        };
        debug_assert_eq!(results, (Z_OK, Z_OK), "a raw stream takes both before its first byte");
        inflate
    }

    /// Unpacks some of the input into some of the output.
    pub(super) fn step(
        &mut self,
        input: &[u8],
        output: &mut [u8],
        stop_between_blocks: bool,
    ) -> Result<Step, GzipError> {
        let stream = &mut *self.stream;
        let room_in = u32::try_from(input.len()).unwrap_or(u32::MAX);
        let room_out = u32::try_from(output.len()).unwrap_or(u32::MAX);
        stream.next_in = input.as_ptr();
        stream.avail_in = room_in;
        stream.next_out = output.as_mut_ptr();
        stream.avail_out = room_out;
        let flush = if stop_between_blocks { Z_BLOCK } else { Z_NO_FLUSH };
        // SAFETY: the stream was initialised by `new`; input and output are valid for as many bytes as was said, and are not
        // used by it after the call.
        let result = unsafe { inflate(stream, flush) };
        let (taken, given) = ((room_in - stream.avail_in) as usize, (room_out - stream.avail_out) as usize);
        stream.next_in = std::ptr::null();
        stream.next_out = std::ptr::null_mut();
        // Bits 0 to 2: unused bits of the last byte; 6: in the last block; 7: right after a block or a header.
        let state = stream.data_type;
        let stop = match result {
            Z_STREAM_END => Stop::End,
            Z_OK if stop_between_blocks && state & 0x80 != 0 && state & 0x40 == 0 => {
                Stop::BetweenBlocks { unused_bits: u8::try_from(state & 7).unwrap_or_default() }
            }
            // The latter says only that there was nothing to do.
            Z_OK | Z_BUF_ERROR => Stop::Exhausted,
            _ => return Err(GzipError::Damaged),
        };
        Ok(Step { taken, given, stop })
    }
}

impl Drop for Inflate {
    fn drop(&mut self) {
        // SAFETY: the stream was initialised by `new`, and is not used afterwards.
        unsafe { inflateEnd(&raw mut *self.stream) };
    }
}
