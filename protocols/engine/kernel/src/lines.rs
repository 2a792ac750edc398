//! Lines as readers look at them: whether each is one object and no body of a batch.

use crate::bytes::find;

const TYPE: &[u8] = b"{\"type\":";
const BATCH: &[u8] = b"\"batch\"";

/// How many lines a text has; -1 where one of them does not begin with a brace or may be a batch body, which has a `batch` and
/// no `type`.
pub fn lines(text: &[u8]) -> i64 {
    let (mut at, mut count) = (0, 0);
    while at < text.len() {
        let end = find(text, at, b'\n');
        let line = &text[at..end];
        if !line.starts_with(b"{") || (!line.starts_with(TYPE) && holds(line, BATCH)) {
            return -1;
        }
        at = end + 1;
        count += 1;
    }
    count
}

fn holds(line: &[u8], word: &[u8]) -> bool {
    let mut at = find(line, 0, word[0]);
    while at < line.len() {
        if line[at..].starts_with(word) {
            return true;
        }
        at = find(line, at + 1, word[0]);
    }
    false
}
