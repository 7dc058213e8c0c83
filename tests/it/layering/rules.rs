//! What can be wrong with the layering, and the checker that finds it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::paths::{End, Path, Place, paths};
use super::table::{Folder, MAX_CODE_LINES, Room, State};
use super::tokens::{Kind, Token, code_lines, test_items, tokens};

/// One source file, named from the root of the repository with forward slashes.
#[derive(Clone, Debug)]
pub(super) struct Source {
    /// Its path, such as `src/flows/sign_in/start.rs`.
    pub(super) path: String,
    /// Its text.
    pub(super) text: String,
}

/// A rule that does not hold, with what was found.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Fault {
    #[error("table: room `{0}` is listed twice")]
    ListedTwice(&'static str),
    #[error("table: room `{room}` may import `{import}`, which is no room of an earlier row")]
    RowUpward { room: &'static str, import: &'static str },
    #[error("room `{0}` has no row in the table")]
    UnlistedRoom(String),
    #[error("room `{0}` is built by the table, and has no source")]
    MissingRoom(&'static str),
    #[error("room `{0}` is planned by the table, and has source: mark it built")]
    PlannedRoomExists(&'static str),
    #[error("this file belongs to no room")]
    StrayFile,
    #[error("`{room}` may not import `{import}`")]
    Import { room: String, import: String },
    #[error("`crate::{0}` is neither a room nor a macro of one")]
    UnknownRoot(String),
    #[error("the whole room `{0}` is imported under another name or by `*`: name what is used")]
    WholeRoom(String),
    #[error("`{0}` of another room is re-exported")]
    ReExport(String),
    #[error("lib.rs imports or re-exports: it holds the list of rooms and nothing else")]
    UseInLib,
    #[error("`super::super`: write the path from `crate`")]
    SuperSuper,
    #[error("`super` leaves the room: write the path from `crate`")]
    SuperLeavesRoom,
    #[error("`{room}` never knows the crate `{name}`")]
    BannedCrate { room: String, name: String },
    #[error("`{0}` is never named here: hold `flows::Services` instead")]
    BannedPath(&'static str),
    #[error("`{0}` hides from this fence where code comes from")]
    Hidden(&'static str),
    #[error("{0} lines of code, more than the ceiling: split by noun or by check")]
    TooLong(usize),
}

/// A fault and where it is; the table itself has no file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Finding {
    /// The file, or nothing for a fault of the table or of a whole room.
    pub(super) file: String,
    /// The line from 1, or 0 where the fault is in no line.
    pub(super) line: usize,
    /// What is wrong.
    pub(super) fault: Fault,
}

impl fmt::Display for Finding {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.file.as_str(), self.line) {
            ("", _) => write!(to, "{}", self.fault),
            (file, 0) => write!(to, "{file}: {}", self.fault),
            (file, line) => write!(to, "{file}:{line}: {}", self.fault),
        }
    }
}

/// Compares the table with itself, and all `sources` with the table.
pub(super) fn judge(rooms: &[Room], folders: &[Folder], sources: &[Source]) -> Vec<Finding> {
    let mut faults = judge_table(rooms);
    faults.extend(judge_presence(rooms, sources));
    let mut findings: Vec<Finding> =
        faults.into_iter().map(|fault| Finding { file: String::new(), line: 0, fault }).collect();

    let read: Vec<(&Source, Vec<Token<'_>>)> = sources.iter().map(|source| (source, tokens(&source.text))).collect();
    let macros = macros_by_room(&read);
    let test_files = test_files(&read);
    for (source, tokens) in &read {
        let mut report = |line, fault| findings.push(Finding { file: source.path.clone(), line, fault });
        judge_shape(&source.path, tokens, &mut report);
        let fence = Fence { rooms, folders, macros: &macros, file: &source.path };
        let tests = test_items(tokens);
        for path in paths(tokens) {
            fence.judge_path(&path, &mut report);
            if !test_files.contains(&source.path) && !tests.iter().any(|item| item.contains(&path.at)) {
                fence.judge_crate(&path, &mut report);
            }
        }
    }
    findings
}

/// The room of a file, where it lies in one: `src/<room>/...`.
fn room_of(file: &str) -> Option<&str> {
    file.strip_prefix("src/")?.split_once('/').map(|(room, _)| room)
}

fn judge_table(rooms: &[Room]) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut rows: BTreeMap<&str, u8> = BTreeMap::new();
    for room in rooms {
        if rows.insert(room.name, room.row).is_some() {
            faults.push(Fault::ListedTwice(room.name));
        }
    }
    for room in rooms {
        for import in room.may_import {
            if rows.get(import).is_none_or(|row| *row >= room.row) {
                faults.push(Fault::RowUpward { room: room.name, import });
            }
        }
    }
    faults
}

fn judge_presence(rooms: &[Room], sources: &[Source]) -> Vec<Fault> {
    let present: BTreeSet<&str> = sources.iter().filter_map(|source| room_of(&source.path)).collect();
    let unlisted = present.iter().filter(|name| rooms.iter().all(|room| room.name != **name));
    let mut faults: Vec<Fault> = unlisted.map(|name| Fault::UnlistedRoom((*name).to_owned())).collect();
    for room in rooms {
        match (room.state, present.contains(room.name)) {
            (State::Built, false) => faults.push(Fault::MissingRoom(room.name)),
            (State::Planned, true) => faults.push(Fault::PlannedRoomExists(room.name)),
            (State::Built, true) | (State::Planned, false) => {}
        }
    }
    faults
}

/// The rules that need no table: the size of a file, and nothing by which a file escapes being read.
fn judge_shape(file: &str, tokens: &[Token<'_>], report: &mut impl FnMut(usize, Fault)) {
    if room_of(file).is_none() && file != "src/lib.rs" && file != "src/main.rs" {
        report(0, Fault::StrayFile);
    }
    let lines = code_lines(tokens);
    if lines > MAX_CODE_LINES {
        report(0, Fault::TooLong(lines));
    }
    for pair in tokens.windows(3) {
        if let [first, second, third] = pair {
            match (first.kind, second.kind, third.kind) {
                (Kind::Word("extern"), Kind::Word("crate"), _) => report(first.line, Fault::Hidden("extern crate")),
                (Kind::Word("include"), Kind::Mark(b'!'), _) => report(first.line, Fault::Hidden("include!")),
                (Kind::Mark(b'['), Kind::Word("path"), Kind::Mark(b'=')) => {
                    report(first.line, Fault::Hidden("#[path]"));
                }
                _ => {}
            }
        }
    }
}

/// The files of `#[cfg(test)] mod name;`, under both names that such a file may have.
fn test_files(read: &[(&Source, Vec<Token<'_>>)]) -> BTreeSet<String> {
    let mut files = BTreeSet::new();
    for (source, tokens) in read {
        let stem = source.path.trim_end_matches(".rs");
        let parent = ["mod", "lib", "main"].iter().find_map(|door| stem.strip_suffix(&format!("/{door}")));
        for item in test_items(tokens) {
            if let Some([.., module, name, end]) = tokens.get(item)
                && let (Kind::Word("mod"), Kind::Word(name), Kind::Mark(b';')) = (module.kind, name.kind, end.kind)
            {
                let folder = parent.unwrap_or(stem);
                files.extend([format!("{folder}/{name}.rs"), format!("{folder}/{name}/mod.rs")]);
            }
        }
    }
    files
}

/// Macros defined with `macro_rules!`: an exported one is named from the crate root, not from its room.
fn macros_by_room<'s>(read: &'s [(&Source, Vec<Token<'s>>)]) -> BTreeMap<&'s str, &'s str> {
    let mut macros = BTreeMap::new();
    for (source, tokens) in read {
        for window in tokens.windows(3) {
            if let [Token { kind: Kind::Word("macro_rules"), .. }, _, Token { kind: Kind::Word(name), .. }] = window
                && let Some(room) = room_of(&source.path)
            {
                macros.insert(*name, room);
            }
        }
    }
    macros
}

struct Fence<'a> {
    rooms: &'a [Room],
    folders: &'a [Folder],
    macros: &'a BTreeMap<&'a str, &'a str>,
    file: &'a str,
}

impl Fence<'_> {
    fn judge_path(&self, path: &Path<'_>, report: &mut impl FnMut(usize, Fault)) {
        let mut report = |fault| report(path.line, fault);
        if self.file == "src/lib.rs" && path.place != Place::Code {
            report(Fault::UseInLib);
        }
        self.judge_super(path, &mut report);
        self.judge_folder(path, &mut report);
        // The binary names the library by its own name.
        if let Some((&("crate" | "entente"), rest)) = path.segments.split_first() {
            self.judge_room(path, rest, &mut report);
        }
    }

    fn judge_super(&self, path: &Path<'_>, report: &mut impl FnMut(Fault)) {
        match path.segments.iter().filter(|segment| **segment == "super").count() {
            0 => {}
            1 if path.inline_depth + self.file_depth() <= 1 => report(Fault::SuperLeavesRoom),
            1 => {}
            _ => report(Fault::SuperSuper),
        }
    }

    /// How deep the module of this file lies below the crate root: 1 for a room's `mod.rs`.
    fn file_depth(&self) -> usize {
        let folders = self.file.matches('/').count().saturating_sub(1);
        match self.file.rsplit('/').next() {
            Some("mod.rs" | "lib.rs" | "main.rs") => folders,
            _ => folders + 1,
        }
    }

    /// A banned path is found by its segments in a row, so that an imported parent does not hide it; a
    /// banned room only from the crate root.
    fn judge_folder(&self, path: &Path<'_>, report: &mut impl FnMut(Fault)) {
        for folder in self.folders.iter().filter(|folder| self.file.starts_with(folder.path)) {
            for banned in folder.never {
                let parts: Vec<&str> = banned.split("::").collect();
                let named = match path.segments.split_first() {
                    Some((&("crate" | "entente"), rest)) => rest.starts_with(&parts),
                    _ => parts.len() > 1 && path.segments.windows(parts.len()).any(|window| window == parts),
                };
                if named {
                    report(Fault::BannedPath(banned));
                }
            }
        }
    }

    /// `rest` is what follows `crate::`.
    fn judge_room(&self, path: &Path<'_>, rest: &[&str], report: &mut impl FnMut(Fault)) {
        let Some((root, below)) = rest.split_first() else {
            // `pub(crate)` and `pub(in crate)` are no imports.
            if path.end != End::Name {
                report(Fault::UnknownRoot(String::new()));
            }
            return;
        };
        let listed = self.rooms.iter().any(|room| room.name == *root);
        let Some(import) = (if listed { Some(*root) } else { self.macros.get(root).copied() }) else {
            return report(Fault::UnknownRoot((*root).to_owned()));
        };
        let own = room_of(self.file);
        if own == Some(import) {
            return;
        }
        if !self.may_import(own, import) {
            report(Fault::Import { room: own.unwrap_or(self.file).to_owned(), import: import.to_owned() });
        }
        if path.place == Place::PubUse {
            report(Fault::ReExport(rest.join("::")));
        }
        if listed && below.is_empty() && path.end != End::Name {
            report(Fault::WholeRoom(import.to_owned()));
        }
    }

    /// The binary starts `cli` and nothing else; a room that is not listed is reported once, elsewhere.
    fn may_import(&self, own: Option<&str>, import: &str) -> bool {
        match own {
            None => self.file == "src/main.rs" && import == "cli",
            Some(own) => {
                self.rooms.iter().find(|room| room.name == own).is_none_or(|room| room.may_import.contains(&import))
            }
        }
    }

    /// A word of code alone is a variable or a module's own name, not a crate.
    fn judge_crate(&self, path: &Path<'_>, report: &mut impl FnMut(usize, Fault)) {
        let Some((name, rest)) = path.segments.split_first() else { return };
        if rest.is_empty() && path.place == Place::Code && path.end == End::Name {
            return;
        }
        let own = room_of(self.file).and_then(|own| self.rooms.iter().find(|room| room.name == own));
        if let Some(room) = own
            && room.never.iter().any(|group| group.contains(name))
        {
            report(path.line, Fault::BannedCrate { room: room.name.to_owned(), name: (*name).to_owned() });
        }
    }
}
