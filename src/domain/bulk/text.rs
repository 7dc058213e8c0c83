//! From the bytes of a file to its text.

use super::MAX_FILE;
use super::fault::FileFault;

/// What files begin with that are no text, and what they are.
const KINDS: &[(&[u8], &str)] = &[
    (b"PK\x03\x04", "a workbook or a zip archive"),
    (b"\xd0\xcf\x11\xe0", "a workbook of an old spreadsheet"),
    (b"%PDF", "a PDF document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\xff\xfe", "UTF-16 text"),
    (b"\xfe\xff", "UTF-16 text"),
];

/// The text of a file: UTF-8, without the byte order mark that it may begin with.
pub(super) fn decode(bytes: &[u8]) -> Result<&str, FileFault> {
    if bytes.len() > MAX_FILE {
        return Err(FileFault::TooLarge { found: bytes.len() });
    }
    judge_start(bytes)?;
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
        FileFault::NotUtf8 { line: line_after(before) }
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    // UTF-16 without a mark has these between its letters.
    let control = text.char_indices().find(|(_, c)| c.is_control() && !matches!(c, '\n' | '\r' | '\t'));
    if let Some((at, character)) = control {
        let line = line_after(text.get(..at).unwrap_or_default().as_bytes());
        return Err(FileFault::ControlCharacter { line, character: u32::from(character) });
    }
    if text.trim().is_empty() { Err(FileFault::Empty) } else { Ok(text) }
}

/// Whether the first bytes are those of something that is no text, so that nobody waits for the rest.
pub(super) fn judge_start(bytes: &[u8]) -> Result<(), FileFault> {
    match KINDS.iter().find(|(start, _)| bytes.starts_with(start)) {
        Some((_, kind)) => Err(FileFault::NotText { kind }),
        None => Ok(()),
    }
}

fn line_after(before: &[u8]) -> usize {
    before.iter().filter(|b| **b == b'\n').count() + 1
}
