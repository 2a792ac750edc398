//! What is asked of events, decoded from the words that `protocols/engine/program.py` writes.
//!
//! Nodes say what a value may be, objects what members it may have. Routes are the events of a plan; they share the object of
//! their call's envelope and bring the nodes of its first three fields, `properties`, `traits` and `context`.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

use crate::bytes::{first, word};
use crate::scan::{Scalar, Scan, Text};

pub type Table<V> = HashMap<Box<[u8]>, V, BuildHasherDefault<Mix>>;

pub const OBJECT: u32 = 1 << 7;
pub const ARRAY: u32 = 1 << 6;

/// Nodes from here on are the members that a route brings.
pub const SLOTS: u32 = u32::MAX - 2;

/// What is wrong with a scalar: one bit a keyword.
pub mod wrong {
    pub const TYPE: u32 = 1;
    pub const MINIMUM: u32 = 1 << 1;
    pub const ABOVE: u32 = 1 << 2;
    pub const MAXIMUM: u32 = 1 << 3;
    pub const BELOW: u32 = 1 << 4;
    pub const SHORT: u32 = 1 << 5;
    pub const LONG: u32 = 1 << 6;
    pub const PATTERN: u32 = 1 << 7;
    pub const LISTED: u32 = 1 << 8;
    /// Somebody else has to judge this text or number.
    pub const UNSURE: u32 = 1 << 9;
    /// There is nothing where something is missed.
    pub const ABSENT: u32 = 1 << 10;
    /// Whatever stands there, its name is the matter.
    pub const NAME: u32 = 1 << 11;
    /// Of these the text has a part in what is to be said.
    pub const BY_TEXT: u32 = LISTED | UNSURE | NAME;
}

pub struct Program {
    pub most_bytes: usize,
    pub most_depth: u32,
    pub nodes: Vec<Node>,
    pub objects: Vec<Object>,
    pub routes: Vec<Route>,
    pub calls: Table<Call>,
    automata: Vec<Automaton>,
    lists: Vec<List>,
}

pub struct Node {
    pub any: bool,
    pub kinds: u32,
    pub items: u32,
    pub least_items: u64,
    pub most_items: u64,
    pub object: u32,
    minimum: f64,
    above: f64,
    maximum: f64,
    below: f64,
    divisor: i64,
    least: usize,
    most: usize,
    pattern: Option<usize>,
    format: Option<(usize, usize)>,
    list: Option<usize>,
}

/// Whether an ASCII text matches: one step a character. A state is told by where its row begins.
struct Automaton {
    classes: [u8; 128],
    rows: Vec<u16>,
    start: u16,
    accepting: Vec<bool>,
}

/// The values of an enumeration.
struct List {
    kinds: u32,
    numbers: Vec<f64>,
    texts: HashSet<Box<[u8]>, BuildHasherDefault<Mix>>,
}

pub struct Object {
    pub fields: Vec<Field>,
    /// Whether faults of its members may be let through.
    pub is_open: bool,
    /// The node of other members; None where there may be none.
    pub extra: Option<u32>,
    /// Whether a name that the object lacks is no fault for certain.
    pub lenient: bool,
    pub least: u64,
    pub most: u64,
    pub longest_name: usize,
    /// Fields one of which has to be there and not null; bit 0 is the first.
    pub one_of: u64,
    /// Fields that have to be there.
    pub required: Vec<u64>,
    /// The keys of the fields, of which long ones are compared as a whole.
    long: Vec<Box<[u8]>>,
    /// The numbers of the fields by their keys, in a table that is twice as large as it need be.
    index: Vec<u16>,
}

/// A key as far as it is compared at once: the first and the last eight bytes, and how many there are.
#[derive(Clone, Copy, PartialEq)]
struct Key {
    head: u64,
    tail: u64,
    size: u32,
}

const NO_FIELD: u16 = u16::MAX;

pub struct Field {
    /// With the node beside it, so that a member takes one line of the cache.
    key: Key,
    pub node: u32,
    /// Whether what is said of its absence depends on nothing else.
    pub is_alone: bool,
}

pub struct Route {
    pub slots: [Slot; 3],
}

#[derive(Clone, Copy)]
pub struct Slot {
    pub node: u32,
    /// Whether it may be null or absent.
    pub empty: bool,
}

pub struct Call {
    pub object: u32,
    /// The field that tells its events apart, if it has any.
    pub name: Option<&'static [u8]>,
    /// The route of events that have no entry.
    pub section: Option<u32>,
    /// Whether it is a fault to have none, which is let through.
    pub is_strange: bool,
    pub events: Table<Event>,
}

pub struct Event {
    /// None where nothing can be said of it here.
    pub route: Option<u32>,
    /// The routes of its versions, where the event says one.
    pub versions: Vec<(i64, u32)>,
}

impl Node {
    /// What is wrong with a scalar, 0 for nothing.
    #[inline(always)]
    pub fn faults(&self, scalar: &Scalar, scan: &Scan, program: &Program) -> u32 {
        let kind = kind_of(scalar);
        let mut faults = 0;
        match scalar {
            Scalar::Integer(value) if self.kinds & (INTEGER | FLOAT) != 0 => faults = self.number_faults(*value as f64),
            Scalar::Float(value) if self.kinds & FLOAT != 0 => faults = self.number_faults(*value),
            Scalar::Float(value) if self.kinds & INTEGER != 0 => {
                faults = self.number_faults(*value) | if value.fract() == 0.0 { 0 } else { wrong::TYPE };
            }
            Scalar::Text if self.kinds & TEXT != 0 => faults = self.text_faults(&scan.last, scan.text, program),
            _ if self.kinds & kind != 0 => {}
            _ => return wrong::TYPE,
        }
        match self.list {
            Some(list) => faults | program.lists[list].faults(scalar, scan),
            None => faults,
        }
    }

    #[inline(always)]
    fn number_faults(&self, value: f64) -> u32 {
        let mut faults = 0;
        if value < self.minimum {
            faults |= wrong::MINIMUM;
        }
        if value <= self.above {
            faults |= wrong::ABOVE;
        }
        if value > self.maximum {
            faults |= wrong::MAXIMUM;
        }
        if value >= self.below {
            faults |= wrong::BELOW;
        }
        if self.divisor != 0 && (value.fract() != 0.0 || value as i64 % self.divisor != 0) {
            faults |= wrong::UNSURE;
        }
        faults
    }

    #[inline(always)]
    fn text_faults(&self, found: &Text, text: &[u8], program: &Program) -> u32 {
        let mut faults = 0;
        let size = found.end - found.start;
        if self.least > 0 || size > self.most {
            let characters = found.characters(text);
            if characters < self.least {
                faults |= wrong::SHORT;
            }
            if characters > self.most {
                faults |= wrong::LONG;
            }
        }
        if self.pattern.is_none() && self.format.is_none() {
            return faults;
        }
        if !found.is_ascii() || found.escapes > 0 {
            return faults | wrong::UNSURE;
        }
        if let Some(pattern) = self.pattern {
            if !program.automata[pattern].accepts(found.of(text)) {
                faults |= wrong::PATTERN;
            }
        }
        if let Some((format, longest)) = self.format {
            if size > longest || !program.automata[format].accepts(found.of(text)) {
                faults |= wrong::UNSURE; // an odd one may be right all the same
            }
        }
        faults
    }
}

impl Automaton {
    fn accepts(&self, text: &[u8]) -> bool {
        let mut row = self.start;
        for byte in text {
            row = self.rows[usize::from(row) + usize::from(self.classes[usize::from(byte & 0x7F)])];
        }
        self.accepting[usize::from(row)]
    }
}

impl List {
    fn faults(&self, scalar: &Scalar, scan: &Scan) -> u32 {
        let listed = match scalar {
            Scalar::Integer(value) => self.numbers.contains(&(*value as f64)),
            Scalar::Float(value) => self.numbers.contains(value),
            Scalar::Text if scan.last.escapes > 0 => return wrong::UNSURE,
            Scalar::Text => self.texts.contains(scan.last.of(scan.text)),
            _ => self.kinds & kind_of(scalar) != 0,
        };
        if listed { 0 } else { wrong::LISTED }
    }
}

const NULL: u32 = 1;
const FALSE: u32 = 1 << 1;
const TRUE: u32 = 1 << 2;
const INTEGER: u32 = 1 << 3;
const FLOAT: u32 = 1 << 4;
const TEXT: u32 = 1 << 5;

/// The bit of a scalar's kind; whole and other numbers are two kinds.
pub fn kind_of(scalar: &Scalar) -> u32 {
    match scalar {
        Scalar::Null => NULL,
        Scalar::Boolean(false) => FALSE,
        Scalar::Boolean(true) => TRUE,
        Scalar::Integer(_) => INTEGER,
        Scalar::Float(_) => FLOAT,
        Scalar::Text => TEXT,
    }
}

impl Object {
    /// The field whose key stands in a text.
    #[inline(always)]
    pub fn field(&self, text: &[u8], start: usize, end: usize) -> Option<usize> {
        let key = Key::of(text, start, end);
        let last = self.index.len() - 1;
        let mut place = key.mixed() as usize & last;
        loop {
            let number = usize::from(self.index[place]);
            if self.fields.get(number)?.key == key && (key.size <= 16 || *self.long[number] == text[start..end]) {
                return Some(number);
            }
            place = (place + 1) & last;
        }
    }

    fn make_index(&mut self) {
        self.index = vec![NO_FIELD; (2 * self.fields.len() + 1).next_power_of_two()];
        let last = self.index.len() - 1;
        for (number, field) in self.fields.iter().enumerate() {
            let mut place = field.key.mixed() as usize & last;
            while self.index[place] != NO_FIELD {
                place = (place + 1) & last;
            }
            self.index[place] = number as u16;
        }
    }
}

impl Key {
    #[inline(always)]
    fn of(text: &[u8], start: usize, end: usize) -> Key {
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
        let all = (self.head ^ self.tail.rotate_left(29) ^ u64::from(self.size)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        all ^ all >> 32
    }
}

/// A hasher for tables that hold short texts of our own plans and numbers.
#[derive(Default)]
pub struct Mix(u64);

impl Hasher for Mix {
    fn write(&mut self, bytes: &[u8]) {
        for part in bytes.chunks(8) {
            self.0 = (self.0.rotate_left(5) ^ Key::of(part, 0, part.len()).mixed()).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        }
    }

    fn write_u32(&mut self, number: u32) {
        self.0 = (self.0.rotate_left(5) ^ u64::from(number)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }

    fn write_usize(&mut self, number: usize) {
        self.write_u32(number as u32);
    }

    fn finish(&self) -> u64 {
        self.0 ^ self.0 >> 29
    }
}

// Reading the words.

struct Words<'w> {
    words: &'w [u8],
    text: &'w [u8],
}

type Read<T> = Result<T, String>;

impl Program {
    /// The program in these words, each eight bytes of this machine's order; `text` holds the strings that they speak of.
    pub fn decode(words: &[u8], text: &[u8]) -> Read<Program> {
        let mut read = Words { words, text };
        if read.word()? != FORMAT {
            return Err("the kernel was built of other sources than these: install the package again".to_string());
        }
        let program = Program {
            most_bytes: read.size()?,
            most_depth: read.depth()?,
            automata: read.many(Words::automaton)?,
            lists: read.many(Words::list)?,
            nodes: read.many(Words::node)?,
            objects: read.many(Words::object)?,
            routes: read.many(Words::route)?,
            calls: read.many(Words::call)?.into_iter().collect(),
        };
        if !read.words.is_empty() {
            return Err("a program goes on behind its end".to_string());
        }
        program.check_references()?;
        Ok(program)
    }

    /// All numbers of other parts are those of parts that are there.
    fn check_references(&self) -> Read<()> {
        let node = |number: u32| (number as usize) < self.nodes.len() || number >= SLOTS;
        let part = |number: Option<usize>, count: usize| number.is_none_or(|number| number < count);
        let route = |number: u32| (number as usize) < self.routes.len();
        let right = self.nodes.iter().all(|each| {
            (each.kinds & ARRAY == 0 || (each.items as usize) < self.nodes.len())
                && (each.kinds & OBJECT == 0 || (each.object as usize) < self.objects.len())
                && part(each.pattern, self.automata.len())
                && part(each.format.map(|(format, _)| format), self.automata.len())
                && part(each.list, self.lists.len())
        }) && self.objects.iter().all(|each| {
            each.fields.iter().all(|field| node(field.node)) && part(each.extra.map(|extra| extra as usize), self.nodes.len())
        })
            && self.routes.iter().all(|each| each.slots.iter().all(|slot| (slot.node as usize) < self.nodes.len()))
            && self.calls.values().all(|call| {
                (call.object as usize) < self.objects.len()
                    && call.section.is_none_or(route)
                    && call.events.values().all(|event| event.route.is_none_or(route) && event.versions.iter().all(|(_, number)| route(*number)))
            });
        if right { Ok(()) } else { Err("a program speaks of a part that it does not have".to_string()) }
    }
}

impl<'w> Words<'w> {
    fn word(&mut self) -> Read<i64> {
        let (word, rest) = self.words.split_first_chunk::<8>().ok_or("a program breaks off")?;
        self.words = rest;
        Ok(i64::from_ne_bytes(*word))
    }

    fn size(&mut self) -> Read<usize> {
        let size = u64::try_from(self.word()?).map_err(|_| "a size is below zero")?;
        Ok(usize::try_from(size).unwrap_or(usize::MAX)) // as good as no bound, where that is what it is
    }

    fn small(&mut self) -> Read<u32> {
        u32::try_from(self.word()?).map_err(|_| "a number is out of range".to_string())
    }

    fn depth(&mut self) -> Read<u32> {
        Some(self.small()?).filter(|depth| *depth <= MOST_DEPTH).ok_or_else(|| "events may be nested too deep for the stack".to_string())
    }

    fn flag(&mut self) -> Read<bool> {
        Ok(self.word()? != 0)
    }

    fn double(&mut self) -> Read<f64> {
        Ok(f64::from_bits(self.word()? as u64))
    }

    /// A number, or -1 for none.
    fn maybe(&mut self) -> Read<Option<usize>> {
        let number = self.word()?;
        if number == -1 {
            return Ok(None);
        }
        u32::try_from(number).map(|number| Some(number as usize)).map_err(|_| "a number is out of range".to_string())
    }

    fn string(&mut self) -> Read<&'w [u8]> {
        let (start, size) = (self.size()?, self.size()?);
        let end = start.checked_add(size).ok_or("a string is too long")?;
        self.text.get(start..end).ok_or_else(|| "a string lies outside of the text".to_string())
    }

    fn many<T>(&mut self, one: impl Fn(&mut Self) -> Read<T>) -> Read<Vec<T>> {
        let count = self.size()?;
        if count > self.words.len() {
            return Err("a program breaks off".to_string());
        }
        (0..count).map(|_| one(self)).collect()
    }

    fn automaton(&mut self) -> Read<Automaton> {
        let classes: [u8; 128] = self.string()?.try_into().map_err(|_| "an automaton takes 128 characters")?;
        let width = self.size()?;
        let accepting: Vec<bool> = self.string()?.iter().map(|byte| *byte != 0).collect();
        let steps: Vec<u16> = self.string()?.chunks_exact(2).map(|pair| u16::from_ne_bytes([pair[0], pair[1]])).collect();
        let fits = accepting.len() > 1
            && steps.len() == accepting.len().saturating_mul(width)
            && steps.len() <= usize::from(u16::MAX)
            && classes.iter().all(|class| usize::from(*class) < width)
            && steps.iter().all(|state| usize::from(*state) < accepting.len());
        if !fits {
            return Err("an automaton leads out of itself".to_string());
        }
        let row = |state: usize| (state * width) as u16;
        let mut ends = vec![false; steps.len()];
        accepting.iter().enumerate().for_each(|(state, is_end)| ends[state * width] = *is_end);
        Ok(Automaton { classes, rows: steps.iter().map(|state| row(usize::from(*state))).collect(), start: row(1), accepting: ends })
    }

    fn list(&mut self) -> Read<List> {
        Ok(List {
            kinds: self.small()?,
            numbers: self.many(Words::double)?,
            texts: self.many(Words::string)?.into_iter().map(Box::from).collect(),
        })
    }

    fn node(&mut self) -> Read<Node> {
        Ok(Node {
            any: self.flag()?,
            kinds: self.small()?,
            items: self.small()?,
            least_items: self.size()? as u64,
            most_items: self.size()? as u64,
            object: self.small()?,
            minimum: self.double()?,
            above: self.double()?,
            maximum: self.double()?,
            below: self.double()?,
            divisor: self.word()?,
            least: self.size()?,
            most: self.size()?,
            pattern: self.maybe()?,
            format: self.maybe()?.zip(Some(self.size()?)),
            list: self.maybe()?,
        })
    }

    fn object(&mut self) -> Read<Object> {
        let mut object = Object {
            is_open: self.flag()?,
            extra: self.maybe()?.map(|node| node as u32),
            lenient: self.flag()?,
            least: self.size()? as u64,
            most: self.size()? as u64,
            longest_name: self.size()?,
            one_of: self.word()? as u64,
            fields: Vec::new(),
            required: Vec::new(),
            long: Vec::new(),
            index: Vec::new(),
        };
        let fields = self.many(|read| {
            let key = read.string()?;
            let field = Field { key: Key::of(key, 0, key.len()), node: read.small()?, is_alone: read.flag()? };
            Ok((key, field, read.flag()?))
        })?;
        if fields.len() > MOST_FIELDS {
            return Err("an object has too many fields".to_string());
        }
        object.required = vec![0; fields.len().div_ceil(64)];
        for (number, (key, field, required)) in fields.into_iter().enumerate() {
            object.required[number / 64] |= u64::from(required) << (number % 64);
            object.fields.push(field);
            object.long.push(key.into());
        }
        object.make_index();
        Ok(object)
    }

    fn route(&mut self) -> Read<Route> {
        Ok(Route { slots: [self.slot()?, self.slot()?, self.slot()?] })
    }

    fn slot(&mut self) -> Read<Slot> {
        Ok(Slot { node: self.small()?, empty: self.flag()? })
    }

    fn call(&mut self) -> Read<(Box<[u8]>, Call)> {
        let name = self.string()?.into();
        let object = self.small()?;
        let told_by: Option<&'static [u8]> = [None, Some(&b"event"[..]), Some(&b"name"[..])]
            .get(self.size()?)
            .copied()
            .ok_or("events are told apart by `event` or `name`")?;
        let section = self.maybe()?.map(|route| route as u32);
        let is_strange = self.flag()?;
        let events = self.many(|read| {
            let name: Box<[u8]> = read.string()?.into();
            let route = read.maybe()?.map(|route| route as u32);
            Ok((name, Event { route, versions: read.many(|read| Ok((read.word()?, read.small()?)))? }))
        })?;
        Ok((name, Call { object, name: told_by, section, is_strange, events: events.into_iter().collect() }))
    }
}

/// The version of what is read here. Sources that lie in a checkout may be newer than the kernel that was built of them.
const FORMAT: i64 = 1;

/// Levels of arrays and objects, each of which takes a call.
const MOST_DEPTH: u32 = 500;

/// Fields that an object may have, so that those seen fit into a few words.
pub const MOST_FIELDS: usize = 512;
