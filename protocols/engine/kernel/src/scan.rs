//! The tokens of JSON (RFC 8259), read once from left to right.
//!
//! Lines are texts of their own: a line feed ends them and is never a blank. Whoever scans has made sure that the text is UTF-8.

use crate::bytes::{characters, marks, WIDTH};

/// Why a line is not accepted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Stop {
    /// It is not what the plan asks for, or no JSON.
    Refused,
    /// Nothing can be said of it here.
    Beyond,
}

pub type Step<T> = Result<T, Stop>;

/// A string between its quotes.
#[derive(Clone, Copy, Default)]
pub struct Text {
    pub start: usize,
    pub end: usize,
    /// Not 0 where it is not all ASCII.
    high: u32,
    /// Escape sequences in it, each of which stands for one character.
    pub escapes: usize,
    /// What they have more of bytes than characters.
    extra: usize,
}

#[derive(Clone, Copy)]
pub enum Scalar {
    Null,
    Boolean(bool),
    /// A number written without a point and an exponent.
    Integer(i64),
    Float(f64),
    /// The string that was read last.
    Text,
}

/// Whole numbers up to here are exact in a double, and the same in every library.
const LARGEST: u64 = (1 << 53) - 1;
/// Digits of a number whose value is a double for certain.
const MOST_DIGITS: usize = 300;

pub struct Scan<'t> {
    pub text: &'t [u8],
    pub at: usize,
    /// The string that was read last. It is not handed from function to function: a processor waits for each such copy until what
    /// it is made of has been written, which took half of all the time.
    pub last: Text,
}

impl<'t> Scan<'t> {
    pub fn new(text: &'t [u8]) -> Self {
        Scan { text, at: 0, last: Text::default() }
    }

    #[inline(always)]
    pub fn peek(&self) -> u8 {
        *self.text.get(self.at).unwrap_or(&b'\n')
    }

    #[inline(always)]
    pub fn blanks(&mut self) {
        while matches!(self.peek(), b' ' | b'\t' | b'\r') {
            self.at += 1;
        }
    }

    /// Go behind this byte; refused where another stands here.
    #[inline(always)]
    pub fn expect(&mut self, byte: u8) -> Step<()> {
        if self.peek() != byte {
            return Err(Stop::Refused);
        }
        self.at += 1;
        Ok(())
    }

    /// A key and the colon behind it. One with an escape sequence may be any name, and is beyond us.
    #[inline(always)]
    pub fn key(&mut self) -> Step<()> {
        self.expect(b'"')?;
        self.string()?;
        if self.last.escapes > 0 {
            return Err(Stop::Beyond);
        }
        self.blanks();
        self.expect(b':')?;
        self.blanks();
        Ok(())
    }

    /// Behind a member or item: whether there is one more before `end`.
    #[inline(always)]
    pub fn more(&mut self, end: u8) -> Step<bool> {
        self.blanks();
        let byte = self.peek();
        if byte != b',' && byte != end {
            return Err(Stop::Refused);
        }
        self.at += 1;
        if byte == end {
            return Ok(false);
        }
        self.blanks();
        Ok(true)
    }

    /// The rest of a string whose quote is behind us, which is the last one then.
    #[inline(always)]
    pub fn string(&mut self) -> Step<()> {
        let start = self.at;
        let (mut at, mut high) = (start, 0);
        self.last.escapes = 0;
        self.last.extra = 0;
        loop {
            while let Some(found) = marks(self.text, at) {
                let count = (found.marks | 1 << WIDTH).trailing_zeros();
                high |= found.high & ((1 << count) - 1);
                at += count as usize;
                if found.marks != 0 {
                    break;
                }
            }
            match self.text.get(at) {
                Some(b'"') => {
                    self.last.start = start;
                    self.last.end = at;
                    self.last.high = high;
                    self.at = at + 1;
                    return Ok(());
                }
                Some(b'\\') => at += self.escape(at)?,
                Some(byte) if *byte >= 0x20 => {
                    high |= u32::from(!byte.is_ascii());
                    at += 1;
                }
                _ => return Err(Stop::Refused),
            }
        }
    }

    /// The size of the escape sequence at `at`.
    #[cold]
    fn escape(&mut self, at: usize) -> Step<usize> {
        let size = match self.text.get(at + 1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => 2,
            Some(b'u') => {
                let code = self.text.get(at + 2..at + 6).ok_or(Stop::Refused)?;
                if !code.iter().all(u8::is_ascii_hexdigit) {
                    return Err(Stop::Refused);
                }
                if matches!(code[0], b'd' | b'D') && code[1] > b'7' {
                    return Err(Stop::Beyond); // half of a pair, or one alone
                }
                6
            }
            _ => return Err(Stop::Refused),
        };
        self.last.escapes += 1;
        self.last.extra += size - 1;
        Ok(size)
    }

    /// A value that is no array or object. Numbers beyond 2^53 are beyond us.
    #[inline(always)]
    pub fn scalar(&mut self) -> Step<Scalar> {
        match self.peek() {
            b'"' => {
                self.at += 1;
                self.string()?;
                Ok(Scalar::Text)
            }
            b't' => self.literal(b"true", Scalar::Boolean(true)),
            b'f' => self.literal(b"false", Scalar::Boolean(false)),
            b'n' => self.literal(b"null", Scalar::Null),
            b'-' | b'0'..=b'9' => self.number(),
            _ => Err(Stop::Refused),
        }
    }

    #[inline(always)]
    fn literal(&mut self, word: &[u8], value: Scalar) -> Step<Scalar> {
        if !self.text[self.at..].starts_with(word) {
            return Err(Stop::Refused);
        }
        self.at += word.len();
        Ok(value)
    }

    #[inline(always)]
    fn number(&mut self) -> Step<Scalar> {
        let start = self.at;
        let negative = self.peek() == b'-';
        self.at += usize::from(negative);
        let mut value = 0u64;
        let begin = self.at;
        let whole = self.digits(&mut value);
        if whole == 0 || (whole > 1 && self.text[begin] == b'0') {
            return Err(Stop::Refused);
        }
        let byte = self.peek();
        if byte != b'.' && byte | 0x20 != b'e' {
            if whole > 16 || value > LARGEST {
                return Err(Stop::Beyond);
            }
            return Ok(Scalar::Integer(if negative { -(value as i64) } else { value as i64 }));
        }
        let mut part = 0;
        if byte == b'.' {
            self.at += 1;
            part = self.digits(&mut value);
            if part == 0 {
                return Err(Stop::Refused);
            }
        }
        let has_power = self.peek() | 0x20 == b'e';
        if has_power {
            self.power()?;
        }
        let float = if has_power || whole + part > 15 {
            let text = std::str::from_utf8(&self.text[start..self.at]).map_err(|_| Stop::Refused)?;
            text.parse::<f64>().map_err(|_| Stop::Refused)?
        } else {
            let float = value as f64 / TENS[part]; // both are exact, so that this is the nearest double
            if negative { -float } else { float }
        };
        if float.abs() > LARGEST as f64 {
            return Err(Stop::Beyond);
        }
        Ok(Scalar::Float(float))
    }

    /// Reads digits, adds them to `value` (which is worthless when they are many), and says how many there were.
    #[inline(always)]
    fn digits(&mut self, value: &mut u64) -> usize {
        let start = self.at;
        while let digit @ b'0'..=b'9' = self.peek() {
            *value = value.wrapping_mul(10).wrapping_add(u64::from(digit - b'0'));
            self.at += 1;
        }
        self.at - start
    }

    /// An exponent; its digits' count.
    fn power(&mut self) -> Step<usize> {
        self.at += 1;
        self.at += usize::from(matches!(self.peek(), b'+' | b'-'));
        match self.digits(&mut 0) {
            0 => Err(Stop::Refused),
            count => Ok(count),
        }
    }

    /// A number of which nothing is asked but that it is one, and within the range of a double for certain.
    fn any_number(&mut self) -> Step<()> {
        self.at += usize::from(self.peek() == b'-');
        let begin = self.at;
        let whole = self.digits(&mut 0);
        if whole == 0 || (whole > 1 && self.text[begin] == b'0') {
            return Err(Stop::Refused);
        }
        if self.peek() == b'.' {
            self.at += 1;
            if self.digits(&mut 0) == 0 {
                return Err(Stop::Refused);
            }
        }
        let has_power = self.peek() | 0x20 == b'e';
        // one digit of a power makes a number up to nine digits longer
        if whole > MOST_DIGITS || (has_power && (self.power()? > 1 || whole > MOST_DIGITS - 9)) {
            return Err(Stop::Beyond);
        }
        Ok(())
    }

    /// Any value, in which arrays and objects may be nested `levels` deep.
    pub fn skip(&mut self, levels: u32) -> Step<()> {
        match self.peek() {
            b'"' => {
                self.at += 1;
                self.string()
            }
            b'{' => self.skip_all(b'}', levels, true),
            b'[' => self.skip_all(b']', levels, false),
            b'-' | b'0'..=b'9' => self.any_number(),
            _ => self.scalar().map(drop),
        }
    }

    fn skip_all(&mut self, end: u8, levels: u32, keys: bool) -> Step<()> {
        if levels == 0 {
            return Err(Stop::Refused);
        }
        self.at += 1;
        self.blanks();
        if self.peek() == end {
            self.at += 1;
            return Ok(());
        }
        loop {
            if keys {
                self.key()?;
            }
            self.skip(levels - 1)?;
            if !self.more(end)? {
                return Ok(());
            }
        }
    }
}

const TENS: [f64; 16] = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

impl Text {
    #[inline(always)]
    pub fn of<'t>(&self, text: &'t [u8]) -> &'t [u8] {
        &text[self.start..self.end]
    }

    #[inline(always)]
    pub fn is_ascii(&self) -> bool {
        self.high == 0
    }

    /// Its length in characters.
    #[inline(always)]
    pub fn characters(&self, text: &[u8]) -> usize {
        (if self.is_ascii() { self.end - self.start } else { characters(self.of(text)) }) - self.extra
    }
}
