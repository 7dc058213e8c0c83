//! Answers of which single bytes were changed.

use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::base::encoding::{base64url, from_base64url};

/// The answer with one byte of a member of its response changed.
fn altered(answer: &[u8], member: &str, place: prop::sample::Index, mask: u8) -> Vec<u8> {
    let mut answer: Value = serde_json::from_slice(answer).unwrap();
    let mut bytes = from_base64url(answer["response"][member].as_str().unwrap()).unwrap();
    let place = place.index(bytes.len());
    bytes[place] ^= mask;
    answer["response"][member] = base64url(bytes).into();
    answer.to_string().into_bytes()
}

proptest! {
    #[test]
    fn no_altered_authentication_is_accepted(
        member in prop::sample::select(vec!["clientDataJSON", "authenticatorData", "signature", "userHandle"]),
        place: prop::sample::Index,
        mask in 1_u8..,
    ) {
        let owner = Owner::new();
        let begun = owner.begin();
        let answer = owner.key.authenticate(&owner.ceremony(&begun));
        let answer = altered(&answer, member, place, mask);
        let found = owner.us.finish_authentication(owner.guest, &begun.state, &answer, &owner.kept(), NOW);
        prop_assert!(found.is_err(), "{member}");
    }

    #[test]
    fn an_altered_registration_never_panics(
        member in prop::sample::select(vec!["clientDataJSON", "attestationObject"]),
        place: prop::sample::Index,
        mask in 1_u8..,
    ) {
        let (us, guest, key) = (ourselves(), guest(), Authenticator::new(b"credential"));
        let begun = us.begin_registration(guest, NAMES, &[], NOW).unwrap();
        let ceremony = key.ceremony("webauthn.create", &begun.options, ORIGIN, HOST);
        let answer = altered(&key.register(&ceremony), member, place, mask);
        // Without attestation nothing is signed: what still reads well is a registration.
        let _ = us.finish_registration(guest, &begun.state, &answer, &[], NOW);
    }
}
