//! The `Cookie` header, and the records that attempts are kept as. A cookie that stands twice counts
//! as absent, nobody but us can seal, and a record that is read is written back to the same octets.

#![no_main]

use entente::base::encoding::from_base64url;
use entente::base::sealing::{Purpose, Sealer};
use entente::base::secret::SecretBytes;
use entente::domain::attempts::{Asked, Proven};
use entente::flows::next::Visitor;
use entente::http::cookies::CookieNames;
use entente_fuzz::PUBLIC_URL;
use http::{HeaderMap, HeaderValue};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Ok(asked) = Asked::from_bytes(data) {
        assert_eq!(Asked::from_bytes(&asked.to_bytes()), Ok(asked));
    }
    if let Ok(proven) = Proven::from_bytes(data) {
        assert_eq!(Proven::from_bytes(&proven.to_bytes()), Ok(proven));
    }
    let mut headers = HeaderMap::new();
    for line in data.split(|byte| *byte == b'\n') {
        let Ok(value) = HeaderValue::from_bytes(line) else { return };
        headers.append("cookie", value);
    }
    let mut visitor = Visitor::default();
    CookieNames::of(&PUBLIC_URL).read(&headers, &mut visitor);
    let sealer = Sealer::new(&SecretBytes::new(vec![7; 32]), &[]).unwrap();
    let mut ids: Vec<_> = visitor.attempts.iter().map(|(id, _)| *id).collect();
    for (id, value) in &visitor.attempts {
        let sealed = value.strip_prefix("s.").and_then(from_base64url).unwrap_or_default();
        assert!(sealer.open(Purpose::AttemptCookie, id.as_bytes(), &sealed).is_err());
    }
    ids.dedup();
    assert_eq!(ids.len(), visitor.attempts.len());
});
