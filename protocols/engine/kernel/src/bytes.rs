//! Many bytes at a time: the few questions that are asked of every byte of an event.

const ONES: u64 = 0x0101_0101_0101_0101;
/// The highest bit of each byte; ASCII has none of them.
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// Bytes that are looked at together.
pub const WIDTH: usize = 16;

/// What `WIDTH` bytes hold, a bit for each: marks are quotes, backslashes and control characters, `high` is what is not ASCII.
#[derive(Clone, Copy)]
pub struct Marks {
    pub marks: u32,
    pub high: u32,
}

/// The marks from `at` on; None near the end of the text.
#[inline(always)]
pub fn marks(text: &[u8], at: usize) -> Option<Marks> {
    Some(sixteen(word(text, at)?, word(text, at + 8)?))
}

#[cfg(target_arch = "x86_64")]
#[inline(always)]
#[allow(unsafe_code)]
fn sixteen(low: u64, high: u64) -> Marks {
    use std::arch::x86_64::{_mm_cmpeq_epi8, _mm_min_epu8, _mm_movemask_epi8, _mm_or_si128, _mm_set1_epi8, _mm_set_epi64x};
    // SAFETY: these need SSE2, which every x86_64 has; none of them touches memory.
    unsafe {
        let bytes = _mm_set_epi64x(high as i64, low as i64);
        let quotes = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(b'"' as i8));
        let slashes = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(b'\\' as i8));
        let controls = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1F)), bytes);
        let marks = _mm_or_si128(_mm_or_si128(quotes, slashes), controls);
        Marks { marks: _mm_movemask_epi8(marks) as u32, high: _mm_movemask_epi8(bytes) as u32 }
    }
}

#[cfg(not(target_arch = "x86_64"))]
#[inline(always)]
fn sixteen(low: u64, high: u64) -> Marks {
    Marks { marks: gathered(marked(low)) | gathered(marked(high)) << 8, high: gathered(low & HIGHS) | gathered(high & HIGHS) << 8 }
}

/// The highest bit of each byte that is a mark.
#[cfg_attr(target_arch = "x86_64", allow(dead_code))]
fn marked(word: u64) -> u64 {
    let zeros = |word: u64| !(((word & !HIGHS) + !HIGHS) | word) & HIGHS;
    let controls = !((word & !HIGHS) + ONES * 0x60) & !word & HIGHS;
    zeros(word ^ (ONES * u64::from(b'"'))) | zeros(word ^ (ONES * u64::from(b'\\'))) | controls
}

/// The highest bits of eight bytes, next to each other.
#[cfg_attr(target_arch = "x86_64", allow(dead_code))]
fn gathered(word: u64) -> u32 {
    (((word & HIGHS) >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56) as u32
}

/// The eight bytes at `at`, the first in the lowest bits; None near the end of the text.
#[inline(always)]
pub fn word(text: &[u8], at: usize) -> Option<u64> {
    let (eight, _) = text.get(at..)?.split_first_chunk::<8>()?;
    Some(u64::from_le_bytes(*eight))
}

/// A mask of the first `count` bytes of eight.
#[inline(always)]
pub fn first(count: usize) -> u64 {
    if count >= 8 { u64::MAX } else { (1 << (8 * count)) - 1 }
}

/// Where `byte` stands next, from `at` on; the length of the text where it does not.
pub fn find(text: &[u8], mut at: usize, byte: u8) -> usize {
    while let Some(word) = word(text, at) {
        let zero = word ^ (ONES * u64::from(byte));
        let found = zero.wrapping_sub(ONES) & !zero & HIGHS; // the lowest one is right
        if found != 0 {
            return at + found.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    text[at.min(text.len())..].iter().position(|each| *each == byte).map_or(text.len(), |more| at + more)
}

/// Characters of a text in UTF-8.
pub fn characters(text: &[u8]) -> usize {
    text.iter().filter(|byte| **byte & 0xC0 != 0x80).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_the_same_however_they_are_found() {
        let mut seed = 7u64;
        for _ in 0..200_000 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let word = (seed >> 3) ^ (seed << 21);
            let bytes = word.to_le_bytes();
            let slow = |is: fn(u8) -> bool| bytes.iter().enumerate().map(|(at, byte)| u32::from(is(*byte)) << at).sum::<u32>();
            assert_eq!(gathered(marked(word)), slow(|byte| byte < 0x20 || byte == b'"' || byte == b'\\'));
            assert_eq!(gathered(word & HIGHS), slow(|byte| byte > 0x7F));
            let both = sixteen(word, !word);
            assert_eq!(both.marks & 0xFF, gathered(marked(word)));
            assert_eq!(both.high >> 8, gathered(!word & HIGHS));
        }
    }
}
