//! The files that pages load: one style sheet, one icon, two scripts, built into the program.

use std::sync::LazyLock;

use crate::base::encoding::{hex, sha256};

/// How an asset may be cached where its address carries the right `v`: the address changes with
/// the content.
pub const CACHE_WITH_VERSION: &str = "public, max-age=31536000, immutable";

/// How an asset may be cached at its bare address.
pub const CACHE_WITHOUT_VERSION: &str = "public, no-cache";

/// How long the icon may be kept where browsers look for it by themselves: a day.
pub const CACHE_FAVICON: &str = "public, max-age=86400";

/// A file that is served as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asset {
    /// Where it is served, without query.
    pub path: &'static str,
    /// Its media type.
    pub content_type: &'static str,
    /// Its content.
    pub bytes: &'static [u8],
    /// The first 16 hex digits of its SHA-256, the `v` of its address.
    pub version: String,
    /// The value of `ETag`, quotes included.
    pub etag: String,
}

impl Asset {
    fn new(path: &'static str, content_type: &'static str, bytes: &'static [u8]) -> Self {
        let version = hex(&sha256(bytes)[..8]);
        Self { path, content_type, bytes, etag: format!("\"{version}\""), version }
    }

    /// The address that pages use, with the version of the content.
    #[must_use]
    pub fn href(&self) -> String {
        format!("{}?v={}", self.path, self.version)
    }

    /// The value of `Cache-Control` for a request with this `v`.
    #[must_use]
    pub fn cache_control(&self, version: Option<&str>) -> &'static str {
        if version == Some(&self.version) { CACHE_WITH_VERSION } else { CACHE_WITHOUT_VERSION }
    }
}

/// The style sheet of all pages.
pub static STYLE: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("/assets/entente.css", "text/css; charset=utf-8", include_bytes!("assets/entente.css"))
});

/// The icon of the tab; beside documents that name none, browsers ask for `/favicon.ico`.
pub static ICON: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("/assets/entente.svg", "image/svg+xml", include_bytes!("assets/entente.svg")));

/// The script that submits the one form of the re-submit page.
pub static RESUBMIT: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("/assets/resubmit.js", "text/javascript; charset=utf-8", include_bytes!("assets/resubmit.js"))
});

/// The script that asks the browser for a passkey.
pub static PASSKEY: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("/assets/passkey.js", "text/javascript; charset=utf-8", include_bytes!("assets/passkey.js"))
});

/// Every asset there is.
#[must_use]
pub fn all() -> [&'static Asset; 4] {
    [&STYLE, &ICON, &RESUBMIT, &PASSKEY]
}

/// The asset that is served at `path`.
#[must_use]
pub fn find(path: &str) -> Option<&'static Asset> {
    all().into_iter().find(|asset| asset.path == path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_asset_is_found_by_its_path_and_nothing_else_is() {
        for asset in all() {
            assert_eq!(find(asset.path), Some(asset));
            assert!(!asset.bytes.is_empty());
            assert_eq!(asset.etag, format!("\"{}\"", asset.version));
            assert_eq!(asset.href(), format!("{}?v={}", asset.path, asset.version));
        }
        for path in ["", "/assets/", "/assets/../entente.css", "/assets/entente.css?v=1"] {
            assert_eq!(find(path), None, "{path}");
        }
    }

    #[test]
    fn only_the_right_version_is_kept_for_good() {
        assert_eq!(STYLE.cache_control(Some(&STYLE.version)), CACHE_WITH_VERSION);
        assert_eq!(STYLE.cache_control(Some(&ICON.version)), CACHE_WITHOUT_VERSION);
        assert_eq!(STYLE.cache_control(None), CACHE_WITHOUT_VERSION);
    }

    #[test]
    fn the_style_sheet_loads_nothing() {
        let style = std::str::from_utf8(STYLE.bytes).unwrap();
        assert!(!style.contains("url(") && !style.contains("@import"));
    }
}
