//! Memory that is given back to the system when a lot of it has just been freed.
#![expect(unsafe_code, reason = "the allocator is written in C")]

/// Gives back what is free. The allocator does so by itself after some milliseconds, which is too late where the next step takes as
/// much again: a layer's index is decoded right after all that its reading took was freed.
///
/// Does nothing where the program has another allocator, as tests have.
pub(super) fn give_back() {
    // SAFETY: it may be called at any time, from any thread (mimalloc.h, `mi_collect`).
    unsafe { libmimalloc_sys::mi_collect(true) }
}
