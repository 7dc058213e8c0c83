//! The table of rooms: the order of the house, who may import whom, and which crates a room never names.

/// Whether a room stands already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// The room exists; its absence is a fault.
    Built,
    /// The room has its place in the order but no folder yet; turn it to `Built` with its first file.
    Planned,
}

/// One room of the house.
#[derive(Debug)]
pub(super) struct Room {
    /// The folder under `src/`.
    pub(super) name: &'static str,
    /// Its row: it may import only rooms of a smaller row, so rooms of one row are strangers.
    pub(super) row: u8,
    /// Built or planned.
    pub(super) state: State,
    /// The rooms it may import beside itself.
    pub(super) may_import: &'static [&'static str],
    /// Groups of crates that its shipped code never names: what the room must not know.
    pub(super) never: &'static [&'static [&'static str]],
}

/// A folder inside a room that is held to more than its room.
#[derive(Debug)]
pub(super) struct Folder {
    /// The folder, from the root of the repository, with a slash at the end.
    pub(super) path: &'static str,
    /// Paths from the crate root, joined by `::`, that it never names.
    pub(super) never: &'static [&'static str],
}

const XML: &[&str] = &["roxmltree", "quick_xml"];
const JWT: &[&str] = &["jsonwebtoken", "openidconnect"];
const SQL: &[&str] = &["sqlx"];
const SERDE: &[&str] = &["serde", "serde_json", "toml_edit"];
const SERVER: &[&str] = &["axum", "axum_extra", "axum_server", "hyper", "hyper_util", "tower", "tower_http"];
const WIRE: &[&str] = &["http"];
const CLIENT: &[&str] = &["reqwest", "lettre", "hickory_resolver"];
const RUNTIME: &[&str] = &["tokio", "socket2"];
const CACHE: &[&str] = &["moka"];
const SHELL: &[&str] = &["clap", "anyhow"];

use State::Built;

/// The rooms, in reading order.
pub(super) const ROOMS: &[Room] = &[
    Room {
        name: "base",
        row: 0,
        state: Built,
        may_import: &[],
        never: &[XML, JWT, SQL, SERVER, WIRE, CLIENT, CACHE, SHELL],
    },
    Room {
        name: "keys",
        row: 1,
        state: Built,
        may_import: &["base"],
        never: &[XML, JWT, SQL, SERVER, WIRE, CLIENT, CACHE, SHELL],
    },
    Room {
        name: "xmlsig",
        row: 2,
        state: Built,
        may_import: &["base", "keys"],
        never: &[JWT, SQL, SERDE, SERVER, WIRE, CLIENT, RUNTIME, CACHE, SHELL],
    },
    Room {
        name: "saml",
        row: 3,
        state: Built,
        may_import: &["base", "keys", "xmlsig"],
        never: &[JWT, SQL, SERVER, WIRE, CLIENT, RUNTIME, CACHE, SHELL],
    },
    Room {
        name: "oidc",
        row: 3,
        state: Built,
        may_import: &["base", "keys"],
        never: &[XML, SQL, SERVER, WIRE, CLIENT, RUNTIME, CACHE, SHELL],
    },
    Room {
        name: "domain",
        row: 4,
        state: Built,
        may_import: &["base", "keys"],
        never: &[XML, JWT, SQL, SERDE, SERVER, WIRE, CLIENT, RUNTIME, CACHE, SHELL],
    },
    Room {
        name: "objects",
        row: 5,
        state: Built,
        may_import: &["base", "domain"],
        never: &[XML, JWT, SQL, SERVER, WIRE, CLIENT, CACHE, SHELL],
    },
    Room {
        name: "texts",
        row: 5,
        state: Built,
        may_import: &["base", "domain"],
        never: &[XML, JWT, SQL, SERVER, WIRE, CLIENT, CACHE, SHELL],
    },
    Room {
        name: "factors",
        row: 6,
        state: Built,
        may_import: &["base", "keys", "domain"],
        never: &[XML, JWT, SQL, SERVER, WIRE, CLIENT, CACHE, SHELL],
    },
    Room {
        name: "outbound",
        row: 7,
        state: Built,
        may_import: &["base"],
        never: &[XML, JWT, SQL, &["axum", "axum_extra", "axum_server"], SHELL],
    },
    Room {
        name: "store",
        row: 8,
        state: Built,
        may_import: &["base", "keys", "domain"],
        never: &[XML, JWT, SERVER, WIRE, CLIENT, SHELL],
    },
    Room {
        name: "upstream",
        row: 9,
        state: Built,
        may_import: &["base", "keys", "saml", "oidc", "domain", "outbound"],
        never: &[SQL, SERVER, CLIENT, CACHE, SHELL],
    },
    Room {
        name: "downstream",
        row: 9,
        state: Built,
        may_import: &["base", "keys", "saml", "oidc", "domain", "outbound"],
        never: &[SQL, SERVER, CLIENT, CACHE, SHELL],
    },
    Room {
        name: "flows",
        row: 10,
        state: Built,
        may_import: &["base", "keys", "domain", "texts", "factors", "outbound", "upstream", "downstream"],
        never: &[XML, JWT, SQL, SERDE, SERVER, WIRE, CLIENT, SHELL],
    },
    Room {
        name: "http",
        row: 11,
        state: Built,
        may_import: &["base", "domain", "objects", "texts", "flows"],
        never: &[XML, JWT, SQL, CLIENT, SHELL],
    },
    Room {
        name: "cli",
        row: 12,
        state: Built,
        may_import: &[
            "base",
            "keys",
            "xmlsig",
            "saml",
            "oidc",
            "domain",
            "objects",
            "texts",
            "factors",
            "outbound",
            "store",
            "upstream",
            "downstream",
            "flows",
            "http",
        ],
        never: &[],
    },
];

/// Folders that hold `flows::Services` and therefore never see a store, neither trait nor implementation.
pub(super) const FOLDERS: &[Folder] = &[
    Folder { path: "src/http/", never: &["domain::store"] },
    Folder { path: "src/cli/commands/", never: &["domain::store", "store"] },
];

/// Lines of code that one file may have, its inline test module and its comments not counted.
pub(super) const MAX_CODE_LINES: usize = 600;
