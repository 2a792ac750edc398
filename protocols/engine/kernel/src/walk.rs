//! One event, walked through once: whether it is what its route asks for, and where it is not at places where that is let through.

use crate::program::{kind_of, more_words, wrong, Bounds, Call, Event, Node, Object, Program, Slot, ARRAY, MOST_FIELDS, NONE, OBJECT, SLOTS};
use crate::scan::{Scalar, Scan, Step, Stop, Text};

/// A fault that was let through, in a member of an object of the program. `start` and `end` are those of the value, and of
/// the name where that is what matters; `indices` those of the arrays on the way to it.
#[derive(Clone, Copy)]
pub struct Sighting {
    pub spot: Spot,
    pub kind: u32,
    pub faults: u32,
    pub value: (usize, usize),
    pub name: (usize, usize),
    pub indices: [u32; MOST_ARRAYS],
    pub arrays: usize,
}

/// A member of an object; `OTHER` as its field is any that the object does not have.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Spot {
    pub object: u32,
    pub field: u32,
}

pub const OTHER: u32 = u32::MAX;
/// No member: nothing is let through.
const NOWHERE: Spot = Spot { object: OTHER, field: OTHER };
/// The event as a whole, whose name is the matter.
const EVENT: Spot = Spot { object: OTHER - 1, field: OTHER };

/// Arrays in each other whose indices a sighting can tell.
pub const MOST_ARRAYS: usize = 3;

/// Faults that are let through in one line; what takes a few bytes, such as `{}` for many missing members, takes no more memory.
const MOST_SIGHTINGS: usize = 64;

pub struct Walk<'p, 't> {
    program: &'p Program,
    pub scan: Scan<'t>,
    pub sightings: Vec<Sighting>,
    /// Whether faults are let through at all, and in the rest of this line.
    collects: bool,
    lets: bool,
    slots: [Slot; 3],
    indices: [u32; MOST_ARRAYS],
    arrays: usize,
}

impl<'p, 't> Walk<'p, 't> {
    pub fn new(program: &'p Program, text: &'t [u8], collects: bool) -> Self {
        Walk { program, scan: Scan::new(text), sightings: Vec::new(), collects, lets: collects, slots: [Slot::new(0, false, true); 3], indices: [0; MOST_ARRAYS], arrays: 0 }
    }

    /// The route of the event on the line that begins here; leaves the scan at the end of the line. What is wrong at places
    /// where that is let through is in `sightings`.
    #[inline]
    pub fn line(&mut self) -> Step<u32> {
        self.sightings.clear();
        self.arrays = 0;
        self.lets = self.collects;
        let begin = self.scan.at;
        self.scan.blanks();
        let start = self.scan.at;
        let (call, number) = self.route(start)?;
        self.slots = self.program.routes[number as usize].slots;
        self.scan.at = start;
        self.object(call.object, 1)?;
        self.scan.blanks();
        if !matches!(self.scan.text.get(self.scan.at), None | Some(b'\n')) {
            return Err(Stop::Refused);
        }
        if self.scan.at - begin > self.program.most_bytes {
            return Err(Stop::Refused);
        }
        Ok(number)
    }

    /// Where the message id of the event that begins here stands, with its quotes; nowhere if it has none.
    pub fn message_id(&mut self, start: usize) -> (usize, usize) {
        self.scan.at = start;
        self.scan.blanks();
        match self.text_at(self.scan.at, b"messageId") {
            Ok(Some((id, _))) => (id.start - 1, id.end + 1),
            _ => (0, 0),
        }
    }

    // Which event it is.

    /// The call and the route of the event that begins at `start`.
    fn route(&mut self, start: usize) -> Step<(&'p Call, u32)> {
        let (kind, at) = self.text_at(start, b"type")?.ok_or(Stop::Refused)?;
        let call = self.program.calls.get(kind.of(self.scan.text), &self.program.texts).ok_or(Stop::Refused)?;
        let section = call.section.ok_or(Stop::Refused).map(|route| (call, route));
        let Some(field) = call.name else {
            return section;
        };
        let Some((name, _)) = self.text_from(at.unwrap_or(start), start, field)? else {
            return Err(if call.section.is_some() { Stop::Beyond } else { Stop::Refused });
        };
        if name.escapes > 0 || name.start == name.end {
            return Err(Stop::Beyond);
        }
        match call.events.get(name.of(self.scan.text), &self.program.texts) {
            Some(Event { route: NONE, .. }) => Err(Stop::Beyond),
            Some(Event { route, versions: NONE }) => Ok((call, *route)),
            Some(Event { route, versions }) => Ok((call, self.version(start, *versions, *route)?)),
            None if call.is_strange => {
                let name = (name.start, name.end);
                self.sight(EVENT, 0, wrong::NAME, name, name)?;
                self.lets = false; // what else is wrong is said of this event, and not of all that the plan lacks
                section
            }
            None => section,
        }
    }

    /// A text among the members of the object at `start`, and where one of the next members begins; None where it is not there.
    fn text_at(&mut self, start: usize, key: &[u8]) -> Step<Option<(Text, Option<usize>)>> {
        self.scan.at = start;
        self.scan.expect(b'{')?;
        self.scan.blanks();
        if self.scan.peek() == b'}' {
            return Ok(None);
        }
        self.text_on(key)
    }

    /// The same looked for from the member at `from` on, and then from the beginning of the object.
    fn text_from(&mut self, from: usize, start: usize, key: &[u8]) -> Step<Option<(Text, Option<usize>)>> {
        if from != start {
            self.scan.at = from;
            if let Some(found) = self.text_on(key)? {
                return Ok(Some(found));
            }
        }
        self.text_at(start, key)
    }

    fn text_on(&mut self, key: &[u8]) -> Step<Option<(Text, Option<usize>)>> {
        if !self.seek(key)? {
            return Ok(None);
        }
        let Scalar::Text = self.scan.scalar()? else {
            return Err(Stop::Refused);
        };
        let found = self.scan.last;
        let more = self.scan.more(b'}')?;
        Ok(Some((found, more.then_some(self.scan.at))))
    }

    /// Go to the value of the first of the next members that has this key.
    fn seek(&mut self, key: &[u8]) -> Step<bool> {
        loop {
            self.scan.key()?;
            if self.scan.last.of(self.scan.text) == key {
                return Ok(true);
            }
            self.scan.skip(self.program.most_depth)?;
            if !self.scan.more(b'}')? {
                return Ok(false);
            }
        }
    }

    /// The route of the version that the event names in its context, or of the one that is assumed.
    fn version(&mut self, start: usize, versions: u32, assumed: u32) -> Step<u32> {
        self.scan.at = start;
        for key in [&b"context"[..], b"protocols", b"event_version"] {
            if self.scan.peek() == b'n' {
                return Ok(assumed);
            }
            self.scan.expect(b'{')?;
            self.scan.blanks();
            if self.scan.peek() == b'}' || !self.seek(key)? {
                return Ok(assumed);
            }
        }
        match self.scan.scalar()? {
            Scalar::Null => Ok(assumed),
            Scalar::Integer(version) => {
                let named = self.program.versions[versions as usize].iter().find(|(number, _)| *number == version);
                named.map(|(_, route)| *route).ok_or(Stop::Refused)
            }
            _ => Err(Stop::Refused),
        }
    }

    // What it holds.

    fn value(&mut self, number: u32, depth: u32, spot: Spot) -> Step<()> {
        let node = &self.program.nodes[number as usize];
        if node.any {
            return self.scan.skip(self.program.most_depth - depth);
        }
        let start = self.scan.at;
        match self.scan.peek() {
            b'{' if node.kinds & OBJECT != 0 => self.object(node.object, depth + 1),
            b'[' if node.kinds & ARRAY != 0 => self.array(node, depth + 1),
            b'{' | b'[' => Err(Stop::Refused),
            _ => {
                let scalar = self.scan.scalar()?;
                let faults = node.faults(&scalar, &self.scan, self.program);
                if faults == 0 {
                    return Ok(());
                }
                if matches!(scalar, Scalar::Text) && self.scan.last.escapes > 0 {
                    return Err(Stop::Beyond);
                }
                if node.kinds == 0 {
                    return Err(Stop::Refused);
                }
                self.sight(spot, kind_of(&scalar), faults, (start, self.scan.at), (start, start))
            }
        }
    }

    /// Any value, and its kind.
    fn any(&mut self, depth: u32) -> Step<u32> {
        let kind = match self.scan.peek() {
            b'{' => OBJECT,
            b'[' => ARRAY,
            _ => return self.scan.scalar().map(|scalar| kind_of(&scalar)),
        };
        self.scan.skip(self.program.most_depth - depth)?;
        Ok(kind)
    }

    fn object(&mut self, place: u32, depth: u32) -> Step<()> {
        let object = &self.program.objects[place as usize];
        if depth > self.program.most_depth {
            return Err(Stop::Refused);
        }
        let fields = self.program.fields(object);
        let mut next = 0;
        let mut seen = [0u64; MOST_FIELDS / 64];
        let mut filled = 0u64;
        let mut count = 0;
        self.scan.expect(b'{')?;
        self.scan.blanks();
        let mut more = self.scan.peek() != b'}';
        if !more {
            self.scan.at += 1;
        }
        while more {
            self.scan.key()?;
            let (start, end) = (self.scan.last.start, self.scan.last.end);
            count += 1;
            match fields.find(self.scan.text, start, end, next) {
                Some((number, field)) => {
                    next = number + 1;
                    let bit = 1u64 << (number % 64);
                    if seen[number / 64] & bit != 0 {
                        return Err(Stop::Beyond); // the last one counts
                    }
                    seen[number / 64] |= bit;
                    if number < 64 && self.scan.peek() != b'n' {
                        filled |= bit;
                    }
                    if field.node >= SLOTS {
                        self.slot((field.node - SLOTS) as usize, depth)?;
                    } else {
                        let spot = if object.is_open { Spot { object: place, field: number as u32 } } else { NOWHERE };
                        self.value(field.node, depth, spot)?;
                    }
                }
                None => self.other(object, place, depth)?,
            }
            more = self.scan.more(b'}')?;
        }
        let bounds = &self.program.bounds[object.bounds as usize];
        if count < bounds.least || count > bounds.most {
            return Err(Stop::Beyond); // equal keys may have been counted twice
        }
        if bounds.one_of != 0 {
            self.envelope(bounds, seen[0], filled)?;
        }
        let missing = object.required & !seen[0];
        if missing != 0 {
            self.absent(object, place, 0, missing)?;
        }
        let more = &self.program.required[object.more_required as usize..][..more_words(usize::from(object.count))];
        for (word, (required, seen)) in (1..).zip(more.iter().zip(&seen[1..])) {
            let missing = required & !seen;
            if missing != 0 {
                self.absent(object, place, word, missing)?;
            }
        }
        Ok(())
    }

    /// A member that the object has no field for.
    #[inline(never)]
    fn other(&mut self, object: &Object, place: u32, depth: u32) -> Step<()> {
        let key = self.scan.last;
        if object.extra == NONE {
            if !object.is_open || !self.lets {
                return Err(if object.lenient { Stop::Beyond } else { Stop::Refused });
            }
            let start = self.scan.at;
            let kind = self.any(depth)?;
            let spot = Spot { object: place, field: OTHER };
            if self.has_met(spot, key) {
                return Err(Stop::Beyond); // the last one counts
            }
            return self.sight(spot, kind, wrong::NAME, (start, self.scan.at), (key.start, key.end));
        }
        let longest = self.program.bounds[object.bounds as usize].longest_name;
        if key.end - key.start > longest && key.characters(self.scan.text) > longest {
            return Err(Stop::Refused);
        }
        self.value(object.extra, depth, NOWHERE)
    }

    /// Whether this name was let through before in the same object.
    fn has_met(&self, spot: Spot, key: Text) -> bool {
        let name = key.of(self.scan.text);
        let is_here = |each: &Sighting| each.arrays == self.arrays && each.indices.get(..self.arrays) == self.indices.get(..self.arrays);
        self.sightings.iter().any(|each| each.spot == spot && is_here(each) && &self.scan.text[each.name.0..each.name.1] == name)
    }

    /// A member that the route brings.
    #[inline(never)]
    fn slot(&mut self, number: usize, depth: u32) -> Step<()> {
        let slot = self.slots[number];
        match self.scan.peek() {
            b'{' if slot.is_object() => self.object(slot.number(), depth + 1),
            b'n' if slot.empty() => self.scan.scalar().map(drop),
            _ if slot.is_object() => self.no_object(),
            _ => self.value(slot.number(), depth, NOWHERE),
        }
    }

    /// A value where only an object is right, of which nothing is let through.
    #[cold]
    fn no_object(&mut self) -> Step<()> {
        match self.scan.scalar()? {
            Scalar::Text if self.scan.last.escapes > 0 => Err(Stop::Beyond),
            _ => Err(Stop::Refused),
        }
    }

    /// What is asked of the whole event: one of its identities, and the members that its route cannot do without, which are the
    /// first three fields.
    fn envelope(&self, bounds: &Bounds, seen: u64, filled: u64) -> Step<()> {
        if filled & bounds.one_of == 0 {
            return Err(Stop::Refused);
        }
        let lacks = self.slots.iter().enumerate().any(|(number, slot)| !slot.empty() && seen & 1 << number == 0);
        if lacks { Err(Stop::Beyond) } else { Ok(()) }
    }

    #[inline(never)]
    fn absent(&mut self, object: &Object, place: u32, word: usize, mut missing: u64) -> Step<()> {
        while missing != 0 {
            let field = word * 64 + missing.trailing_zeros() as usize;
            let lets = object.is_open && self.program.fields(object).get(field).is_some_and(|field| field.is_alone);
            let spot = if lets { Spot { object: place, field: field as u32 } } else { NOWHERE };
            self.sight(spot, 0, wrong::ABSENT, (self.scan.at, self.scan.at), (self.scan.at, self.scan.at))?;
            missing &= missing - 1;
        }
        Ok(())
    }

    fn array(&mut self, node: &'p Node, depth: u32) -> Step<()> {
        if depth > self.program.most_depth {
            return Err(Stop::Refused);
        }
        self.scan.at += 1;
        self.scan.blanks();
        let level = self.arrays;
        self.arrays += 1;
        let mut count = 0u64;
        let mut more = self.scan.peek() != b']';
        if !more {
            self.scan.at += 1;
        }
        while more {
            if level < MOST_ARRAYS {
                self.indices[level] = count as u32;
            }
            count += 1;
            self.value(node.items, depth, NOWHERE)?;
            more = self.scan.more(b']')?;
        }
        self.arrays = level;
        let limits = &self.program.limits[node.limits as usize];
        if count < limits.least_items || count > limits.most_items { Err(Stop::Refused) } else { Ok(()) }
    }

    /// Let a fault through, where that is done.
    #[inline(never)]
    fn sight(&mut self, spot: Spot, kind: u32, faults: u32, value: (usize, usize), name: (usize, usize)) -> Step<()> {
        if spot == NOWHERE || !self.lets || self.arrays > MOST_ARRAYS {
            return Err(if faults & wrong::UNSURE != 0 { Stop::Beyond } else { Stop::Refused });
        }
        if self.sightings.len() == MOST_SIGHTINGS {
            return Err(Stop::Beyond);
        }
        self.sightings.push(Sighting { spot, kind, faults, value, name, indices: self.indices, arrays: self.arrays });
        Ok(())
    }
}
