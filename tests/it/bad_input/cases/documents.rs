//! Routes that give a document to whoever asks.

use entente::flows::paths;
use entente::http::pages::assets::{CACHE_FAVICON, CACHE_WITH_VERSION, CACHE_WITHOUT_VERSION, STYLE};
use entente::http::routes::table;

use crate::bad_input::case::{Expect, Face, Faults, Kind, Parameter};

const PUBLIC: &str = "public, max-age=300";
const CSS: &str = "text/css; charset=utf-8";
const PLAIN: &str = "text/plain; charset=utf-8";

pub(super) fn faces() -> Vec<Face> {
    let document = |path, kind, kept| Face::new("GET", path, &[], Expect::Document(kind, kept));
    let mut encrypting = document(paths::SP_ENCRYPTION_METADATA, "application/samlmetadata+xml", PUBLIC);
    encrypting.asked = paths::SP_ENCRYPTION_METADATA.replace("{partner}", "nobody");
    vec![
        document(paths::DISCOVERY, "application/json", PUBLIC),
        document(paths::JWKS, "application/jwk-set+json", PUBLIC),
        document(paths::SP_METADATA, "application/samlmetadata+xml", PUBLIC),
        encrypting,
        document(paths::IDP_METADATA, "application/samlmetadata+xml", PUBLIC),
        document(table::OPENAPI, "application/json", PUBLIC),
        document(table::LIVE, PLAIN, "no-store"),
        document(table::READY, PLAIN, "no-store"),
        document(table::FAVICON, "image/svg+xml", CACHE_FAVICON),
        assets(),
    ]
}

/// The version only chooses how long the file may be kept.
fn assets() -> Face {
    let kept_shortly = Expect::Document(CSS, CACHE_WITHOUT_VERSION);
    let faults = Faults {
        absent: kept_shortly.clone(),
        doubled: kept_shortly.clone(),
        too_long: kept_shortly.clone(),
        malformed: kept_shortly.clone(),
        unreadable: kept_shortly.clone(),
    };
    let version = STYLE.version.as_str();
    let mut face = Face::new("GET", table::ASSETS, &[("v", version)], Expect::Document(CSS, CACHE_WITH_VERSION));
    face.asked = STYLE.path.to_owned();
    face.parameters = vec![
        Parameter::new("v", version, 4_096, faults)
            .wrong(&["0000000000000000", "-1", "../../etc/passwd"], &kept_shortly)
            .but(Kind::Empty, &kept_shortly),
    ];
    face
}
