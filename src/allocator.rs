//! The allocator of the program, and its settings.
//!
//! Tiles are too large for the small-object pages of the system's allocator, which gives them back
//! to the kernel and takes them anew, page by page, for every request. mimalloc keeps them, by
//! default for a second after they are freed: under load that is more than the cache and the work
//! in hand together. Here they go back after a time in which a worker makes a few tiles, so that the
//! next tile has the pages of the one before.
//!
//! Its pages may be large ones: a region needs hundreds of MiB at once, and clearing them in steps
//! of 4 KiB took more of the processor than filling them.

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// `mi_option_purge_delay` of mimalloc's `mi_option_e`, which the binding leaves out; the numbers
/// of options are part of mimalloc's interface and keep their places.
const PURGE_DELAY: libmimalloc_sys::mi_option_t = libmimalloc_sys::mi_option_use_numa_nodes - 1;

/// Milliseconds that freed memory is kept.
const DELAY: std::ffi::c_long = 20;

/// Makes freed memory go back to the kernel soon, and memory come in large pages where the kernel
/// has them. To be called before any thread is started.
#[expect(unsafe_code, reason = "mimalloc has no safe interface to its options")]
pub(crate) fn configure() {
    // SAFETY: the function only stores a number; it must not run beside other calls that set
    // options, and nothing else does.
    unsafe {
        libmimalloc_sys::mi_option_set(PURGE_DELAY, DELAY);
        libmimalloc_sys::mi_option_set(libmimalloc_sys::mi_option_large_os_pages, 1);
    }
}
