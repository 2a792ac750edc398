//! What is asked of events.
//!
//! Nodes say what a value may be, objects what members it may have. Routes are the events of a plan; they share the object of
//! their call's envelope and bring the nodes of its first three fields, `properties`, `traits` and `context`.

use crate::keys::{find, room, Key, Name, Names};
use crate::scan::{Scalar, Scan, Text};

pub const OBJECT: u32 = 1 << 7;
pub const ARRAY: u32 = 1 << 6;

/// No such part.
pub const NONE: u32 = u32::MAX;

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

/// What the parts of many events have in common is there once: those of a large plan are cold whenever one comes, and each line of
/// the cache that it touches takes longer than a member.
pub struct Program {
    pub most_bytes: usize,
    pub most_depth: u32,
    pub nodes: Vec<Node>,
    pub objects: Vec<Object>,
    pub routes: Vec<Route>,
    pub calls: Names<Call>,
    /// Versions of an event, each with its route.
    pub versions: Vec<Vec<(i64, u32)>>,
    pub limits: Vec<Limits>,
    pub bounds: Vec<Bounds>,
    pub fields: Vec<Field>,
    /// Of all objects: the numbers of their fields, the tables in which these are looked for, and which of those behind the first
    /// 64 have to be there.
    pub members: Vec<u32>,
    pub places: Vec<u16>,
    pub required: Vec<u64>,
    pub automata: Vec<Automaton>,
    pub lists: Vec<List>,
    /// The texts of all names.
    pub texts: Box<[u8]>,
}

pub struct Node {
    pub any: bool,
    pub kinds: u32,
    pub items: u32,
    pub object: u32,
    pub limits: u32,
}

/// What is asked of a value beyond its kind.
pub struct Limits {
    pub least_items: u64,
    pub most_items: u64,
    pub minimum: f64,
    pub above: f64,
    pub maximum: f64,
    pub below: f64,
    pub divisor: i64,
    pub least: usize,
    pub most: usize,
    pub pattern: Option<u32>,
    pub format: Option<u32>,
    /// Of the texts that have the format.
    pub longest: usize,
    pub list: Option<u32>,
}

/// Whether an ASCII text matches: one step a character. A state is told by where its row begins.
pub struct Automaton {
    pub classes: [u8; 128],
    pub rows: Vec<u16>,
    pub start: u16,
    pub accepting: Vec<bool>,
}

/// The values of an enumeration.
pub struct List {
    pub kinds: u32,
    pub numbers: Vec<f64>,
    pub texts: Names<()>,
}

pub struct Object {
    /// Where its fields begin, and how many there are.
    pub start: u32,
    pub count: u16,
    /// Where its table begins.
    pub places: u32,
    /// The node of other members; NONE where there may be none.
    pub extra: u32,
    /// Fields that have to be there; bit 0 is the first.
    pub required: u64,
    /// Where those of the fields behind the first 64 begin.
    pub more_required: u32,
    pub bounds: u32,
    /// Whether faults of its members may be let through.
    pub is_open: bool,
    /// Whether a name that the object lacks is no fault for certain.
    pub lenient: bool,
}

/// What is asked of the members of an object together.
pub struct Bounds {
    pub least: u64,
    pub most: u64,
    pub longest_name: usize,
    /// Fields one of which has to be there and not null; bit 0 is the first.
    pub one_of: u64,
}

pub struct Field {
    pub name: Name,
    pub node: u32,
    /// Whether what is said of its absence depends on nothing else.
    pub is_alone: bool,
}

/// The fields of an object.
pub struct Fields<'p> {
    program: &'p Program,
    numbers: &'p [u32],
    places: &'p [u16],
}

pub struct Route {
    pub slots: [Slot; 3],
}

/// A member that a route brings: the number of its node, or of its object where it can be nothing else, and two flags.
#[derive(Clone, Copy)]
pub struct Slot(u32);

pub struct Call {
    pub object: u32,
    /// The field that tells its events apart, if it has any.
    pub name: Option<&'static [u8]>,
    /// The route of events that have no entry.
    pub section: Option<u32>,
    /// Whether it is a fault to have none, which is let through.
    pub is_strange: bool,
    pub events: Names<Event>,
}

pub struct Event {
    /// NONE where nothing can be said of it here.
    pub route: u32,
    /// The number of its versions, NONE where it cannot say one.
    pub versions: u32,
}

impl Node {
    /// What is wrong with a scalar, 0 for nothing.
    #[inline(always)]
    pub fn faults(&self, scalar: &Scalar, scan: &Scan, program: &Program) -> u32 {
        let kind = kind_of(scalar);
        let limits = &program.limits[self.limits as usize];
        let mut faults = 0;
        match scalar {
            Scalar::Integer(value) if self.kinds & (INTEGER | FLOAT) != 0 => faults = limits.number_faults(*value as f64),
            Scalar::Float(value) if self.kinds & FLOAT != 0 => faults = limits.number_faults(*value),
            Scalar::Float(value) if self.kinds & INTEGER != 0 => {
                faults = limits.number_faults(*value) | if value.fract() == 0.0 { 0 } else { wrong::TYPE };
            }
            Scalar::Text if self.kinds & TEXT != 0 => faults = limits.text_faults(&scan.last, scan.text, program),
            _ if self.kinds & kind != 0 => {}
            _ => return wrong::TYPE,
        }
        match limits.list {
            Some(list) => faults | program.lists[list as usize].faults(scalar, scan, program),
            None => faults,
        }
    }
}

impl Limits {
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
            if !program.automata[pattern as usize].accepts(found.of(text)) {
                faults |= wrong::PATTERN;
            }
        }
        if let Some(format) = self.format {
            if size > self.longest || !program.automata[format as usize].accepts(found.of(text)) {
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
    fn faults(&self, scalar: &Scalar, scan: &Scan, program: &Program) -> u32 {
        let listed = match scalar {
            Scalar::Integer(value) => self.numbers.contains(&(*value as f64)),
            Scalar::Float(value) => self.numbers.contains(value),
            Scalar::Text if scan.last.escapes > 0 => return wrong::UNSURE,
            Scalar::Text => self.texts.get(scan.last.of(scan.text), &program.texts).is_some(),
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

impl Slot {
    const MAY_LACK: u32 = 1 << 31;
    const IS_OBJECT: u32 = 1 << 30;
    const NUMBER: u32 = Slot::IS_OBJECT - 1;

    /// A number that is too large becomes one that no part has.
    pub fn new(number: u32, is_object: bool, empty: bool) -> Slot {
        let flags = if is_object { Slot::IS_OBJECT } else { 0 } | if empty { Slot::MAY_LACK } else { 0 };
        Slot(number.min(Slot::NUMBER) | flags)
    }

    #[inline(always)]
    pub fn number(self) -> u32 {
        self.0 & Slot::NUMBER
    }

    #[inline(always)]
    pub fn is_object(self) -> bool {
        self.0 & Slot::IS_OBJECT != 0
    }

    /// Whether it may be null or absent.
    #[inline(always)]
    pub fn empty(self) -> bool {
        self.0 & Slot::MAY_LACK != 0
    }
}

/// How many words tell the fields behind the first 64.
pub fn more_words(fields: usize) -> usize {
    fields.div_ceil(64).saturating_sub(1)
}

impl Program {
    #[inline(always)]
    pub fn fields(&self, object: &Object) -> Fields<'_> {
        let numbers = &self.members[object.start as usize..][..usize::from(object.count)];
        let places = &self.places[object.places as usize..][..room(numbers.len())];
        Fields { program: self, numbers, places }
    }
}

impl<'p> Fields<'p> {
    #[inline(always)]
    pub fn get(&self, number: usize) -> Option<&'p Field> {
        Some(&self.program.fields[*self.numbers.get(number)? as usize])
    }

    /// The field whose key stands in a text, and its number. It is looked for at `guess` first, as most members come in the order of
    /// the fields.
    #[inline(always)]
    pub fn find(&self, text: &[u8], start: usize, end: usize, guess: usize) -> Option<(usize, &'p Field)> {
        let key = Key::of(text, start, end);
        let is = |field: &Field| field.name.is(key, &text[start..end], &self.program.texts);
        if let Some(field) = self.get(guess).filter(|field| is(field)) {
            return Some((guess, field));
        }
        let number = find(self.places, key.mixed_with(&text[start..end]), |number| self.get(number).map(is))?;
        Some((number, self.get(number)?))
    }
}

/// Levels of arrays and objects, each of which takes a call.
pub const MOST_DEPTH: u32 = 500;

/// Fields that an object may have, so that those seen fit into a few words.
pub const MOST_FIELDS: usize = 512;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slot_keeps_what_it_is_made_of() {
        for (number, is_object, empty) in [(0, false, false), (7, true, false), (1 << 29, false, true), (Slot::NUMBER, true, true)] {
            let slot = Slot::new(number, is_object, empty);
            assert_eq!((slot.number(), slot.is_object(), slot.empty()), (number, is_object, empty));
        }
        assert_eq!(Slot::new(u32::MAX, false, false).number(), Slot::NUMBER);
    }

    #[test]
    fn parts_of_which_there_are_many_stay_small() {
        assert_eq!((size_of::<(Name, Event)>(), size_of::<Route>(), size_of::<Object>()), (32, 12, 32));
    }
}
