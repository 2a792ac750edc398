//! The words that `protocols/engine/program.py` writes, made a program.

use std::collections::HashMap;
use std::hash::Hash;

use crate::keys::{put, room, Name, Names};
use crate::program::{Automaton, Bounds, Call, Event, Field, Limits, List, Node, Object, Program, Route, Slot};
use crate::program::{more_words, ARRAY, MOST_DEPTH, MOST_FIELDS, NONE, OBJECT, SLOTS};

struct Words<'w> {
    words: &'w [u8],
    text: &'w [u8],
}

/// Parts that others have in common, each of which is there once.
struct Shared<K, T> {
    numbers: HashMap<K, u32>,
    parts: Vec<T>,
}

/// What all objects have in the same arrays.
#[derive(Default)]
struct Objects {
    fields: Shared<[usize; 4], Field>,
    bounds: Shared<[u64; 4], Bounds>,
    members: Rows<u32, u32>,
    places: Rows<(usize, usize), u16>,
    required: Vec<u64>,
}

/// Rows one after the other, told by what they are made of; events often have the same members, and their rows are there once.
struct Rows<K, T> {
    starts: HashMap<Vec<K>, u32>,
    all: Vec<T>,
}

type Read<T> = Result<T, String>;

impl Program {
    /// The program in these words, each eight bytes of this machine's order; `text` holds the strings that they speak of.
    pub fn decode(words: &[u8], text: &[u8]) -> Read<Program> {
        let mut read = Words { words, text };
        if read.word()? != FORMAT {
            return Err("the kernel was built of other sources than these: install the package again".to_string());
        }
        if text.len() > u32::MAX as usize {
            return Err("the texts of a program are too long".to_string());
        }
        let (most_bytes, most_depth) = (read.size()?, read.depth()?);
        let (automata, lists) = (read.many(Words::automaton)?, read.many(Words::list)?);
        let mut limits = Shared::default();
        let nodes = read.many(|read| read.node(&mut limits))?;
        let mut all = Objects::default();
        let objects = read.many(|read| read.object(&mut all))?;
        let routes = read.many(|read| read.route(&nodes))?;
        let mut versions = Vec::new();
        let calls = read.many(|read| read.call(&mut versions))?;
        let program = Program {
            most_bytes,
            most_depth,
            nodes,
            objects,
            routes,
            calls: Names::new(calls, text),
            versions,
            limits: limits.parts,
            bounds: all.bounds.parts,
            fields: all.fields.parts,
            members: all.members.all,
            places: all.places.all,
            required: all.required,
            automata,
            lists,
            texts: text.into(),
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
        let part = |number: Option<u32>, count: usize| number.is_none_or(|number| (number as usize) < count);
        let route = |number: u32| (number as usize) < self.routes.len();
        let right = self.nodes.iter().all(|each| {
            (each.kinds & ARRAY == 0 || (each.items as usize) < self.nodes.len())
                && (each.kinds & OBJECT == 0 || (each.object as usize) < self.objects.len())
        }) && self.limits.iter().all(|each| {
            part(each.pattern, self.automata.len()) && part(each.format, self.automata.len()) && part(each.list, self.lists.len())
        }) && self.fields.iter().all(|each| node(each.node))
            && self.objects.iter().all(|each| each.extra == NONE || (each.extra as usize) < self.nodes.len())
            && self.routes.iter().flat_map(|each| &each.slots).all(|slot| {
                (slot.number() as usize) < if slot.is_object() { self.objects.len() } else { self.nodes.len() }
            })
            && self.calls.all().all(|call| {
                (call.object as usize) < self.objects.len()
                    && call.section.is_none_or(route)
                    && call.events.all().all(|event| event.route == NONE || route(event.route))
            })
            && self.versions.iter().flatten().all(|(_, number)| route(*number));
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
    fn maybe(&mut self) -> Read<Option<u32>> {
        let number = self.word()?;
        if number == -1 {
            return Ok(None);
        }
        u32::try_from(number).map(Some).map_err(|_| "a number is out of range".to_string())
    }

    fn string(&mut self) -> Read<&'w [u8]> {
        let (start, end) = self.span()?;
        Ok(&self.text[start..end])
    }

    fn name(&mut self) -> Read<Name> {
        let (start, end) = self.span()?;
        Ok(Name::new(self.text, start, end))
    }

    /// Where a string begins and ends.
    fn span(&mut self) -> Read<(usize, usize)> {
        let (start, size) = (self.size()?, self.size()?);
        let end = start.checked_add(size).ok_or("a string is too long")?;
        if end > self.text.len() {
            return Err("a string lies outside of the text".to_string());
        }
        Ok((start, end))
    }

    fn many<T>(&mut self, mut one: impl FnMut(&mut Self) -> Read<T>) -> Read<Vec<T>> {
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
        let (kinds, numbers, texts) = (self.small()?, self.many(Words::double)?, self.many(|read| Ok((read.name()?, ())))?);
        Ok(List { kinds, numbers, texts: Names::new(texts, self.text) })
    }

    fn node(&mut self, shared: &mut Shared<[u64; 13], Limits>) -> Read<Node> {
        let (any, kinds, items) = (self.flag()?, self.small()?, self.small()?);
        let (least_items, most_items) = (self.size()? as u64, self.size()? as u64);
        let object = self.small()?;
        let limits = Limits {
            least_items,
            most_items,
            minimum: self.double()?,
            above: self.double()?,
            maximum: self.double()?,
            below: self.double()?,
            divisor: self.word()?,
            least: self.size()?,
            most: self.size()?,
            pattern: self.maybe()?,
            format: self.maybe()?,
            longest: self.size()?,
            list: self.maybe()?,
        };
        Ok(Node { any, kinds, items, object, limits: shared.number(words_of(&limits), limits) })
    }

    fn object(&mut self, all: &mut Objects) -> Read<Object> {
        let (is_open, extra, lenient) = (self.flag()?, or_none(self.maybe()?), self.flag()?);
        let (least, most, longest_name, one_of) = (self.size()? as u64, self.size()? as u64, self.size()?, self.word()? as u64);
        let key = [least, most, longest_name as u64, one_of];
        let bounds = all.bounds.number(key, Bounds { least, most, longest_name, one_of });
        let fields = self.many(|read| Ok((read.span()?, read.small()?, read.flag()?, read.flag()?)))?;
        if fields.len() > MOST_FIELDS {
            return Err("an object has too many fields".to_string());
        }
        let more_required = place(&all.required)?;
        let mut required = [0; MOST_FIELDS / 64];
        let (mut numbers, mut spans, mut table) = (Vec::new(), Vec::new(), vec![u16::MAX; room(fields.len())]);
        for (number, ((start, end), node, is_alone, is_required)) in fields.into_iter().enumerate() {
            let name = Name::new(self.text, start, end);
            put(&mut table, name.mixed(self.text), number as u16, u16::MAX);
            required[number / 64] |= u64::from(is_required) << (number % 64);
            let key = [start, end, node as usize, usize::from(is_alone)];
            numbers.push(all.fields.number(key, Field { name, node, is_alone }));
            spans.push((start, end));
        }
        let count = numbers.len() as u16;
        let [required, more @ ..] = required;
        all.required.extend(more.iter().take(more_words(numbers.len())));
        let (start, places) = (all.members.start(numbers.clone(), numbers)?, all.places.start(spans, table)?);
        Ok(Object { start, count, places, extra, required, more_required, bounds, is_open, lenient })
    }

    fn route(&mut self, nodes: &[Node]) -> Read<Route> {
        Ok(Route { slots: [self.slot(nodes)?, self.slot(nodes)?, self.slot(nodes)?] })
    }

    fn slot(&mut self, nodes: &[Node]) -> Read<Slot> {
        let (node, empty) = (self.small()?, self.flag()?);
        Ok(match nodes.get(node as usize) {
            Some(Node { any: false, kinds: OBJECT, object, .. }) => Slot::new(*object, true, empty),
            _ => Slot::new(node, false, empty),
        })
    }

    fn call(&mut self, versions: &mut Vec<Vec<(i64, u32)>>) -> Read<(Name, Call)> {
        let (kind, object) = (self.name()?, self.small()?);
        let name: Option<&'static [u8]> = [None, Some(&b"event"[..]), Some(&b"name"[..])]
            .get(self.size()?)
            .copied()
            .ok_or("events are told apart by `event` or `name`")?;
        let (section, is_strange) = (self.maybe()?, self.flag()?);
        let events = Names::new(self.many(|read| read.event(versions))?, self.text);
        Ok((kind, Call { object, name, section, is_strange, events }))
    }

    fn event(&mut self, versions: &mut Vec<Vec<(i64, u32)>>) -> Read<(Name, Event)> {
        let (name, route) = (self.name()?, or_none(self.maybe()?));
        let own = self.many(|read| Ok((read.word()?, read.small()?)))?;
        if own.is_empty() {
            return Ok((name, Event { route, versions: NONE }));
        }
        let place = place(versions)?;
        versions.push(own);
        Ok((name, Event { route, versions: place }))
    }
}

impl<K: Eq + Hash, T> Shared<K, T> {
    /// The number of the part that has this key.
    fn number(&mut self, key: K, part: T) -> u32 {
        *self.numbers.entry(key).or_insert_with(|| {
            self.parts.push(part);
            self.parts.len() as u32 - 1
        })
    }
}

impl<K, T> Default for Shared<K, T> {
    fn default() -> Self {
        Shared { numbers: HashMap::new(), parts: Vec::new() }
    }
}

impl<K: Eq + Hash, T> Rows<K, T> {
    /// Where the row begins that is made of this.
    fn start(&mut self, key: Vec<K>, row: Vec<T>) -> Read<u32> {
        let next = place(&self.all)?;
        let start = *self.starts.entry(key).or_insert(next);
        if start == next {
            self.all.extend(row);
        }
        Ok(start)
    }
}

impl<K, T> Default for Rows<K, T> {
    fn default() -> Self {
        Rows { starts: HashMap::new(), all: Vec::new() }
    }
}

/// All of the limits, as numbers that can be compared.
fn words_of(limits: &Limits) -> [u64; 13] {
    let [minimum, above, maximum, below] = [limits.minimum, limits.above, limits.maximum, limits.below].map(f64::to_bits);
    let [least, most, longest] = [limits.least, limits.most, limits.longest].map(|size| size as u64);
    let [pattern, format, list] = [limits.pattern, limits.format, limits.list].map(|part| part.map_or(u64::MAX, u64::from));
    let (least_items, most_items, divisor) = (limits.least_items, limits.most_items, limits.divisor as u64);
    [least_items, most_items, minimum, above, maximum, below, divisor, least, most, pattern, format, longest, list]
}

/// A number that may be `NONE`; one that is too large stays one that no part has.
fn or_none(number: Option<u32>) -> u32 {
    number.map_or(NONE, |number| number.min(NONE - 1))
}

/// Where the next part begins.
fn place<T>(parts: &[T]) -> Read<u32> {
    u32::try_from(parts.len()).map_err(|_| "a program is too large".to_string())
}

/// The version of what is read here. Sources that lie in a checkout may be newer than the kernel that was built of them.
const FORMAT: i64 = 3;
