//! Many lines at once: how many of each route have nothing wrong, which lines somebody else has to look at, and the others, folded.
//!
//! Faults of one class, in one member and of one kind, are counted together. Of a class the first and the last sighting are told and
//! the first few different ones; of lines, which classes they have together. All of it is written as a row of numbers, which
//! `protocols/engine/checked.py` reads.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;

use crate::bytes::find;
use crate::keys::Mix;
use crate::program::{wrong, Program};
use crate::scan::Stop;
use crate::walk::{Sighting, Spot, Walk, MOST_ARRAYS};

type Map<K, V> = HashMap<K, V, BuildHasherDefault<Mix>>;

/// Different values of a class that are told.
const FEW: usize = 8;

#[derive(PartialEq, Eq, Hash)]
struct Class<'t> {
    spot: Spot,
    kind: u32,
    faults: u32,
    /// The value or the name, where it matters.
    text: &'t [u8],
}

struct Folded {
    spot: Spot,
    kind: u32,
    faults: u32,
    /// Where the text of the class stands.
    text: (usize, usize),
    count: u32,
    lines: u32,
    last_line: u32,
    last: u32,
    firsts: Vec<u32>,
    more: bool,
}

struct Placed {
    sighting: Sighting,
    class: u32,
    route: u32,
    /// Which line it is, where that begins and ends, and where its message id does.
    line: [u32; 5],
}

#[derive(Default)]
struct Fold<'t> {
    refused: Vec<[u32; 4]>,
    /// With the hasher of the standard library: texts of events are not ours, and could be chosen to collide.
    numbers: HashMap<Class<'t>, u32>,
    classes: Vec<Folded>,
    combinations: Map<Vec<u32>, u32>,
    sightings: Vec<Placed>,
}

impl Program {
    /// The route of one event, -1 where it is refused, -2 where nothing can be said of it.
    pub fn accept(&self, line: &[u8]) -> i64 {
        if std::str::from_utf8(line).is_err() {
            return -1;
        }
        let mut walk = Walk::new(self, line, false);
        match walk.line() {
            Ok(_) if find(line, walk.scan.at, b'\n') + 1 < line.len() => -1, // not one line
            Ok(route) => i64::from(route),
            Err(Stop::Refused) => -1,
            Err(Stop::Beyond) => -2,
        }
    }

    /// All lines of a text of less than 4 GB: what is said of them, and how many events of each route have nothing wrong.
    pub fn check(&self, text: &[u8], collects: bool) -> (Vec<u32>, Vec<u32>) {
        let proper = std::str::from_utf8(text).is_ok();
        let mut walk = Walk::new(self, text, collects);
        let mut accepted = vec![0; self.routes.len()];
        let mut fold = Fold::default();
        let (mut line, mut start) = (0, 0);
        while start < text.len() {
            walk.scan.at = start;
            let read = if proper || is_proper(text, start) { walk.line() } else { Err(Stop::Refused) };
            let end = match read {
                Ok(route) => {
                    let end = walk.scan.at;
                    if walk.sightings.is_empty() {
                        accepted[route as usize] += 1;
                    } else {
                        let (id, id_end) = walk.message_id(start);
                        fold.add(text, route, &walk.sightings, [line, start as u32, end as u32, id as u32, id_end as u32]);
                    }
                    end
                }
                Err(stop) => {
                    let end = find(text, start, b'\n');
                    fold.refused.push([line, start as u32, end as u32, u32::from(stop == Stop::Beyond)]);
                    end
                }
            };
            start = end + 1;
            line += 1;
        }
        (fold.written(line), accepted)
    }
}

fn is_proper(text: &[u8], start: usize) -> bool {
    std::str::from_utf8(&text[start..find(text, start, b'\n')]).is_ok()
}

impl<'t> Fold<'t> {
    fn add(&mut self, text: &'t [u8], route: u32, sightings: &[Sighting], line: [u32; 5]) {
        let mut together = vec![route];
        for sighting in sightings {
            let class = self.class(text, sighting);
            let number = self.sightings.len() as u32;
            self.sightings.push(Placed { sighting: *sighting, class, route, line });
            let folded = &mut self.classes[class as usize];
            if folded.firsts.len() < FEW {
                let is_new = sighting.faults & wrong::ABSENT != 0
                    || folded.firsts.iter().all(|first| {
                        let first = &self.sightings[*first as usize].sighting;
                        text[first.value.0..first.value.1] != text[sighting.value.0..sighting.value.1]
                    });
                if is_new {
                    folded.firsts.push(number);
                }
            } else {
                folded.more = true;
            }
            folded.count += 1;
            folded.lines += u32::from(folded.count == 1 || folded.last_line != line[0]);
            folded.last_line = line[0];
            folded.last = number;
            if !together[1..].contains(&class) {
                together.push(class);
            }
        }
        together[1..].sort_unstable();
        *self.combinations.entry(together).or_insert(0) += 1;
    }

    fn class(&mut self, text: &'t [u8], found: &Sighting) -> u32 {
        let (start, end) = match found.faults {
            faults if faults & wrong::NAME != 0 => found.name,
            faults if faults & wrong::BY_TEXT != 0 => found.value,
            _ => (0, 0),
        };
        let class = Class { spot: found.spot, kind: found.kind, faults: found.faults, text: &text[start..end] };
        let classes = &mut self.classes;
        *self.numbers.entry(class).or_insert_with(|| {
            let (spot, kind, faults, text) = (found.spot, found.kind, found.faults, (start, end));
            classes.push(Folded { spot, kind, faults, text, count: 0, lines: 0, last_line: 0, last: 0, firsts: Vec::new(), more: false });
            classes.len() as u32 - 1
        })
    }

    fn written(self, lines: u32) -> Vec<u32> {
        let mut together: Vec<(Vec<u32>, u32)> = self.combinations.into_iter().collect();
        together.sort_unstable();
        let firsts: Vec<u32> = self.classes.iter().flat_map(|each| &each.firsts).copied().collect();
        let counts = [self.refused.len(), self.classes.len(), firsts.len(), together.len(), self.sightings.len()];
        let mut out = vec![lines];
        out.extend(counts.map(|count| count as u32));
        out.extend(self.refused.iter().flatten());
        let mut place = 0;
        for each in &self.classes {
            let (text, count) = (each.text, each.firsts.len() as u32);
            out.extend([each.spot.object, each.spot.field, each.kind, each.faults, text.0 as u32, text.1 as u32]);
            out.extend([each.count, each.lines, each.last, u32::from(each.more), place, count]);
            place += count;
        }
        out.extend(firsts);
        for (classes, count) in &together {
            out.extend([*count, classes.len() as u32 - 1]);
            out.extend(classes);
        }
        for each in &self.sightings {
            let (found, arrays) = (&each.sighting, each.sighting.arrays.min(MOST_ARRAYS));
            out.extend([each.class, each.route]);
            out.extend(each.line);
            out.extend([found.value.0, found.value.1, found.name.0, found.name.1, arrays].map(|number| number as u32));
            out.extend(found.indices);
        }
        out
    }
}
