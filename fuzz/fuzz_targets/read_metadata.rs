//! A partner's metadata. What is taken in has a key, and addresses that browsers may be sent to.

#![no_main]

use entente::domain::partners::SubjectRule;
use entente::upstream::metadata::read_trust;
use entente_fuzz::{NOW, PUBLIC_URL, metadata, request_rules};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    // Half of the inputs stand in the midst of a good document.
    let inside = text.strip_prefix('+').map(|text| {
        let good = metadata();
        let at = good.find("<md:KeyDescriptor").unwrap();
        format!("{}{text}{}", &good[..at], &good[at..])
    });
    let document = inside.as_deref().unwrap_or(text);
    if let Ok(read) = read_trust(document, SubjectRule::PersistentNameId, request_rules(), &PUBLIC_URL, NOW) {
        assert!(!read.trust.keys.is_empty());
        assert!(!read.trust.entity_id.is_empty());
        assert!(read.trust.sso_redirect_url.starts_with("https://"), "{}", read.trust.sso_redirect_url);
    }
});
