//! Texts of a plan among which those of events are looked for: keys of members, names of events and of calls.
//!
//! Tables of a plan with many events are cold whenever they are asked, so that all of this takes few bytes and no boxes.

use std::hash::Hasher;

use crate::bytes::{first, word};

/// A text as far as it is compared at once: the first and the last eight bytes, and how many there are.
#[derive(Clone, Copy, PartialEq)]
pub struct Key {
    head: u64,
    tail: u64,
    size: u32,
}

/// A text of the plan, and where it stands among all of them.
pub struct Name {
    key: Key,
    start: u32,
}

/// Names, each of which has the number of its place.
pub struct Names {
    names: Vec<Name>,
    places: Vec<u32>,
}

/// Bytes that are compared with a key.
const WHOLE: u32 = 16;

const ODD: u64 = 0x9E37_79B9_7F4A_7C15;

impl Key {
    #[inline(always)]
    pub fn of(text: &[u8], start: usize, end: usize) -> Key {
        let size = end - start;
        let head = match word(text, start) {
            Some(head) => head & first(size),
            None => text[start..end].iter().rev().take(8).fold(0, |all, byte| all << 8 | u64::from(*byte)),
        };
        let tail = if size > 8 { word(text, end - 8).unwrap_or(0) } else { 0 };
        Key { head, tail, size: size as u32 }
    }

    #[inline(always)]
    fn mixed(&self) -> u64 {
        let all = (self.head ^ self.tail.rotate_left(29) ^ u64::from(self.size)).wrapping_mul(ODD);
        all ^ all >> 32
    }

    /// The same of all bytes of the text, as long names differ in their middle.
    #[inline(always)]
    pub fn mixed_with(&self, text: &[u8]) -> u64 {
        let mut mixed = self.mixed();
        let mut at = 8;
        while at + 8 < text.len() {
            mixed = (mixed.rotate_left(5) ^ word(text, at).unwrap_or(0)).wrapping_mul(ODD);
            mixed ^= mixed >> 32;
            at += 8;
        }
        mixed
    }
}

impl Name {
    /// The name at this place of `texts`, which are less than 4 GB.
    pub fn new(texts: &[u8], start: usize, end: usize) -> Name {
        Name { key: Key::of(&texts[start..end], 0, end - start), start: start as u32 }
    }

    /// Whether it is the text that has this key.
    #[inline(always)]
    pub fn is(&self, key: Key, text: &[u8], texts: &[u8]) -> bool {
        self.key == key && (key.size <= WHOLE || self.of(texts) == text)
    }

    fn of<'t>(&self, texts: &'t [u8]) -> &'t [u8] {
        &texts[self.start as usize..][..self.key.size as usize]
    }

    pub fn mixed(&self, texts: &[u8]) -> u64 {
        self.key.mixed_with(self.of(texts))
    }
}

impl Names {
    /// Of equal ones the last counts.
    pub fn new(names: Vec<Name>, texts: &[u8]) -> Names {
        let mut places = vec![u32::MAX; room(names.len())];
        for (number, name) in names.iter().enumerate().rev() {
            put(&mut places, name.mixed(texts), number as u32, u32::MAX);
        }
        Names { names, places }
    }

    #[inline]
    pub fn find(&self, text: &[u8], texts: &[u8]) -> Option<usize> {
        let key = Key::of(text, 0, text.len());
        find(&self.places, key.mixed_with(text), |number| Some(self.names.get(number)?.is(key, text, texts)))
    }
}

/// The places of a table that so many things are put into: there is always an empty one.
pub fn room(count: usize) -> usize {
    (2 * count + 1).next_power_of_two()
}

/// Put a number into a table at the next place that is empty.
pub fn put<N: Copy + PartialEq>(places: &mut [N], mixed: u64, number: N, empty: N) {
    let last = places.len() - 1;
    let mut place = mixed as usize & last;
    while places[place] != empty {
        place = (place + 1) & last;
    }
    places[place] = number;
}

/// The number in a table that it is; `is` says None of those that are none.
#[inline(always)]
pub fn find<N: Copy + Into<u32>>(places: &[N], mixed: u64, is: impl Fn(usize) -> Option<bool>) -> Option<usize> {
    let last = places.len() - 1;
    let mut place = mixed as usize & last;
    loop {
        let number = places[place].into() as usize;
        if is(number)? {
            return Some(number);
        }
        place = (place + 1) & last;
    }
}

/// A hasher for tables that hold short texts of our own plans and numbers.
#[derive(Default)]
pub struct Mix(u64);

impl Hasher for Mix {
    fn write(&mut self, bytes: &[u8]) {
        for part in bytes.chunks(8) {
            self.0 = (self.0.rotate_left(5) ^ Key::of(part, 0, part.len()).mixed()).wrapping_mul(ODD);
        }
    }

    fn write_u32(&mut self, number: u32) {
        self.0 = (self.0.rotate_left(5) ^ u64::from(number)).wrapping_mul(ODD);
    }

    fn write_usize(&mut self, number: usize) {
        self.write_u32(number as u32);
    }

    fn finish(&self) -> u64 {
        self.0 ^ self.0 >> 29
    }
}
