//! The query string of the Redirect binding. Nothing is inflated beyond the largest message, and
//! without the partner's key nothing is verified.

#![no_main]

use entente::base::params::RawParams;
use entente::domain::partners::Trust;
use entente::saml::bindings::redirect::{MessageParam, decode};
use entente::saml::bindings::{MAX_MESSAGE, MAX_RELAY_STATE_RECEIVED};
use entente_fuzz::RECORD;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Ok(params) = RawParams::parse(text) else { return };
    let Trust::Saml(trust) = &RECORD.trust else { return };
    for param in [MessageParam::Request, MessageParam::Response] {
        let Ok(message) = decode(&params, param) else { continue };
        assert!((1..=MAX_MESSAGE).contains(&message.xml.len()));
        assert!(message.relay_state.as_ref().is_none_or(|state| state.len() <= MAX_RELAY_STATE_RECEIVED));
        assert!(message.verify(&trust.keys).is_err());
    }
});
