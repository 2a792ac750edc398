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

/// A text of the plan: its key, and where it stands among all of them, in 24 bytes.
pub struct Name {
    head: u64,
    tail: u64,
    size: u32,
    start: u32,
}

/// Things by their names.
pub struct Names<T> {
    named: Vec<(Name, T)>,
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
        let Key { head, tail, size } = Key::of(texts, start, end);
        Name { head, tail, size, start: start as u32 }
    }

    /// Whether it is the text that has this key.
    #[inline(always)]
    pub fn is(&self, key: Key, text: &[u8], texts: &[u8]) -> bool {
        self.key() == key && (key.size <= WHOLE || self.of(texts) == text)
    }

    #[inline(always)]
    fn key(&self) -> Key {
        Key { head: self.head, tail: self.tail, size: self.size }
    }

    fn of<'t>(&self, texts: &'t [u8]) -> &'t [u8] {
        &texts[self.start as usize..][..self.size as usize]
    }

    pub fn mixed(&self, texts: &[u8]) -> u64 {
        self.key().mixed_with(self.of(texts))
    }
}

impl<T> Names<T> {
    /// Of equal names the last counts.
    pub fn new(named: Vec<(Name, T)>, texts: &[u8]) -> Names<T> {
        let mut places = vec![u32::MAX; room(named.len())];
        for (number, (name, _)) in named.iter().enumerate().rev() {
            put(&mut places, name.mixed(texts), number as u32, u32::MAX);
        }
        Names { named, places }
    }

    #[inline]
    pub fn get(&self, text: &[u8], texts: &[u8]) -> Option<&T> {
        let key = Key::of(text, 0, text.len());
        let number = find(&self.places, key.mixed_with(text), |number| Some(self.named.get(number)?.0.is(key, text, texts)))?;
        Some(&self.named.get(number)?.1)
    }

    pub fn all(&self) -> impl Iterator<Item = &T> {
        self.named.iter().map(|(_, thing)| thing)
    }
}

/// The places of a table that so many things are put into: there is always an empty one.
#[inline(always)]
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

#[cfg(test)]
mod tests {
    use super::*;

    fn names<'n>(all: impl IntoIterator<Item = &'n str>) -> (Names<usize>, Vec<u8>) {
        let (mut texts, mut named) = (Vec::new(), Vec::new());
        for (number, name) in all.into_iter().enumerate() {
            let start = texts.len();
            texts.extend(name.bytes());
            named.push((start, texts.len(), number));
        }
        let named = named.into_iter().map(|(start, end, number)| (Name::new(&texts, start, end), number)).collect();
        (Names::new(named, &texts), texts)
    }

    #[test]
    fn each_name_is_found_and_no_other() {
        let mut all = vec![String::new()];
        all.extend((1..40).flat_map(|size| ["a", "b", "é"].map(|letter| letter.repeat(size))));
        let (found, texts) = names(all.iter().map(String::as_str));
        for (number, name) in all.iter().enumerate() {
            assert_eq!(found.get(name.as_bytes(), &texts), Some(&number));
            assert_eq!(found.get(format!("{name}x").as_bytes(), &texts), None);
        }
    }

    #[test]
    fn long_names_differ_in_their_middle() {
        let all = ["Amber Amber Product Viewed", "Amber Ample Product Viewed", "Amber Angle Product Viewed"];
        let (found, texts) = names(all);
        for (number, name) in all.iter().enumerate() {
            assert_eq!(found.get(name.as_bytes(), &texts), Some(&number));
        }
        assert_eq!(found.get(b"Amber Arrow Product Viewed", &texts), None);
        let mixed = all.map(|name| Key::of(name.as_bytes(), 0, name.len()).mixed_with(name.as_bytes()));
        assert!(mixed[0] != mixed[1] && mixed[1] != mixed[2]);
    }

    #[test]
    fn of_equal_names_the_last_counts() {
        let (found, texts) = names(["one", "two", "one"]);
        assert_eq!(found.get(b"one", &texts), Some(&2));
    }

    #[test]
    fn nothing_is_found_among_none() {
        let (found, texts) = names([]);
        assert_eq!(found.get(b"", &texts), None);
        assert_eq!(found.get(b"one", &texts), None);
    }

    #[test]
    fn a_key_is_the_same_wherever_its_text_stands() {
        for size in 0..24 {
            let name = &b"abcdefghijklmnopqrstuvwxyz"[..size];
            let within = [b"\"\"", name, b"\": 1, and more of it"].concat();
            assert!(Key::of(name, 0, size) == Key::of(&within, 2, 2 + size));
        }
    }
}
