//! Memory in large pages, where the system has them.

/// Asks for large pages behind memory that is read at random places: a look-up of a small page in the tables costs
/// as much as the look-up of a key.
///
/// A hint only: what the system can't do, it leaves.
#[cfg(target_os = "linux")]
#[allow(unsafe_code)]
pub fn prefer_large(words: &mut [u64]) {
    use rustix::mm::{Advice, madvise};
    const PAGE: usize = 4096;
    let bytes = size_of_val(words);
    let start = words.as_mut_ptr();
    let ahead = start.align_offset(PAGE) * size_of::<u64>();
    let whole = bytes.saturating_sub(ahead) / PAGE * PAGE;
    if whole > 0 {
        // SAFETY: the range is whole pages within `words`, which nobody else has, and the advice changes nothing
        // of what is in them. Where pages are larger, it fails, or gives its advice for a part of a page more.
        let _ = unsafe { madvise(start.byte_add(ahead).cast(), whole, Advice::LinuxHugepage) };
    }
}

/// Elsewhere the system decides.
#[cfg(not(target_os = "linux"))]
pub fn prefer_large(_words: &mut [u64]) {}
