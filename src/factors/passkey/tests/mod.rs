//! Both ceremonies with a software authenticator: honest ones, and hostile ones that differ from an
//! honest one by a single change.

mod altered;
mod attested;
mod authenticator;

use std::time::Duration;

use self::authenticator::{Authenticator, BACKED_UP, BACKUP_ELIGIBLE, Ceremony, USER_PRESENT, USER_VERIFIED};
use super::authentication::{Kept, Used};
use super::registration::AccountNames;
use super::*;
use crate::base::clock::Timestamp;
use crate::base::random::SystemRandom;
use crate::domain::factors::{FactorId, KeyProtection};
use crate::domain::guests::GuestId;

const NOW: Timestamp = Timestamp::from_seconds(1_790_000_000);
const ORIGIN: &str = "https://gate.example:8443";
const HOST: &str = "gate.example";
const NAMES: AccountNames<'_> = AccountNames { name: "ana@fabrikam.example", display_name: "Ana" };

fn ourselves() -> RelyingParty {
    RelyingParty::new(ORIGIN, "Contoso", Attestation::None, Discoverable::Discouraged).unwrap()
}

fn guest() -> GuestId {
    GuestId::new(NOW, &SystemRandom)
}

/// Registers with one change.
fn register(change: impl FnOnce(&mut Ceremony)) -> Result<PasskeyMaterial, PasskeyFault> {
    let (us, guest, key) = (ourselves(), guest(), Authenticator::new(b"credential"));
    let begun = us.begin_registration(guest, NAMES, &[], NOW).unwrap();
    let mut ceremony = key.ceremony("webauthn.create", &begun.options, ORIGIN, HOST);
    change(&mut ceremony);
    us.finish_registration(guest, &begun.state, &key.register(&ceremony), &[], NOW)
}

/// A guest with one passkey, whose counter is 1.
struct Owner {
    us: RelyingParty,
    guest: GuestId,
    key: Authenticator,
    factor: FactorId,
    material: PasskeyMaterial,
}

impl Owner {
    fn new() -> Self {
        Self::with(|_| {})
    }

    fn with(change: impl FnOnce(&mut Ceremony)) -> Self {
        let (us, guest, key) = (ourselves(), guest(), Authenticator::new(b"credential"));
        let begun = us.begin_registration(guest, NAMES, &[], NOW).unwrap();
        let mut ceremony = key.ceremony("webauthn.create", &begun.options, ORIGIN, HOST);
        change(&mut ceremony);
        let material = us.finish_registration(guest, &begun.state, &key.register(&ceremony), &[], NOW).unwrap();
        Self { us, guest, key, factor: FactorId::new(NOW, &SystemRandom), material }
    }

    fn kept(&self) -> [Kept<'_>; 1] {
        [Kept { id: self.factor, material: &self.material }]
    }

    fn begin(&self) -> Begun {
        self.us.begin_authentication(self.guest, &self.kept(), NOW).unwrap()
    }

    fn ceremony(&self, begun: &Begun) -> Ceremony {
        let ceremony = self.key.ceremony("webauthn.get", &begun.options, ORIGIN, HOST);
        Ceremony { counter: 2, user_handle: Some(self.guest.as_bytes().to_vec()), ..ceremony }
    }

    /// Signs in with one change.
    fn sign_in(&self, change: impl FnOnce(&mut Ceremony)) -> Result<Used, PasskeyFault> {
        let begun = self.begin();
        let mut ceremony = self.ceremony(&begun);
        change(&mut ceremony);
        let answer = self.key.authenticate(&ceremony);
        self.us.finish_authentication(self.guest, &begun.state, &answer, &self.kept(), NOW)
    }
}

#[test]
fn a_passkey_is_enrolled_and_used() {
    let owner = Owner::new();
    assert_eq!(owner.material.credential_id, b"credential");
    assert_eq!((owner.material.counter, owner.material.protection), (1, KeyProtection::Unstated));
    let used = owner.sign_in(|_| {}).unwrap();
    assert_eq!((used.id, used.material.counter), (owner.factor, 2));
    let next = Owner { material: used.material, ..owner };
    assert_eq!(next.sign_in(|ceremony| ceremony.counter = 3).map(|used| used.material.counter), Ok(3));
}

#[test]
fn what_the_browser_is_asked_for_is_a_verified_user() {
    let owner = Owner::new();
    let options = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap()["publicKey"].clone();
    let kept = [owner.material.clone()];
    let create = options(&owner.us.begin_registration(owner.guest, NAMES, &kept, NOW).unwrap().options);
    assert_eq!(create["rp"]["id"], HOST);
    assert_eq!(create["attestation"], "none");
    assert_eq!(create["authenticatorSelection"]["userVerification"], "required");
    assert_eq!(create["authenticatorSelection"]["residentKey"], "discouraged");
    assert_eq!(create["excludeCredentials"][0]["id"], crate::base::encoding::base64url(b"credential"));
    let get = options(&owner.begin().options);
    assert_eq!((&get["rpId"], &get["userVerification"]), (&HOST.into(), &"required".into()));
    assert_eq!(get["allowCredentials"].as_array().map(Vec::len), Some(1));
    let discoverable = RelyingParty::new(ORIGIN, "Contoso", Attestation::None, Discoverable::Required).unwrap();
    let create = options(&discoverable.begin_registration(owner.guest, NAMES, &[], NOW).unwrap().options);
    assert_eq!(create["authenticatorSelection"]["residentKey"], "required");
}

#[test]
fn challenges_differ() {
    let owner = Owner::new();
    assert_ne!(owner.ceremony(&owner.begin()).challenge, owner.ceremony(&owner.begin()).challenge);
}

type Change = (&'static str, fn(&mut Ceremony), PasskeyFault);

const ANY_CEREMONY: [Change; 14] = [
    ("another challenge", |c| c.challenge[0] ^= 1, PasskeyFault::ChallengeSwapped),
    ("no challenge", |c| c.challenge.clear(), PasskeyFault::ChallengeSwapped),
    ("another host", |c| c.origin = "https://evil.example:8443".into(), PasskeyFault::OriginOfAnother),
    ("a host below", |c| c.origin = "https://a.gate.example:8443".into(), PasskeyFault::OriginOfAnother),
    ("another port", |c| c.origin = "https://gate.example".into(), PasskeyFault::OriginOfAnother),
    ("http", |c| c.origin = "http://gate.example:8443".into(), PasskeyFault::OriginOfAnother),
    ("a path", |c| c.origin = "https://gate.example:8443/".into(), PasskeyFault::OriginOfAnother),
    ("a user", |c| c.origin = "https://x@gate.example:8443".into(), PasskeyFault::OriginOfAnother),
    ("a frame", |c| c.cross_origin = Some(true), PasskeyFault::CrossOrigin),
    ("a top origin", |c| c.top_origin = Some("https://evil.example".into()), PasskeyFault::CrossOrigin),
    ("another relying party", |c| c.rp_id = "evil.example".into(), PasskeyFault::RelyingPartyOfAnother),
    ("nobody there", |c| c.flags &= !USER_PRESENT, PasskeyFault::UserNotPresent),
    ("nobody verified", |c| c.flags &= !USER_VERIFIED, PasskeyFault::UserNotVerified),
    ("a copy that cannot be", |c| c.flags |= BACKED_UP, PasskeyFault::NotHardwareBound),
];

#[test]
fn hostile_registrations_are_refused_each_by_its_cause() {
    for (name, change, fault) in ANY_CEREMONY {
        assert_eq!(register(change), Err(fault), "{name}");
    }
    assert_eq!(register(|c| c.kind = "webauthn.get".into()), Err(PasskeyFault::CeremonyMixed));
    assert_eq!(register(|c| c.algorithm = -36), Err(PasskeyFault::AlgorithmRefused));
    assert_eq!(register(|c| c.raw_id = b"another".to_vec()), Err(PasskeyFault::ResponseMalformed));
    assert!(register(|c| c.cross_origin = None).is_ok(), "older browsers do not say");
}

#[test]
fn hostile_authentications_are_refused_each_by_its_cause() {
    let owner = Owner::new();
    for (name, change, fault) in ANY_CEREMONY {
        assert_eq!(owner.sign_in(change), Err(fault), "{name}");
    }
    let another = guest().as_bytes().to_vec();
    assert_eq!(owner.sign_in(|c| c.kind = "webauthn.create".into()), Err(PasskeyFault::CeremonyMixed));
    assert_eq!(owner.sign_in(|c| c.raw_id = b"another".to_vec()), Err(PasskeyFault::CredentialUnknown));
    assert_eq!(owner.sign_in(|c| c.user_handle = Some(another)), Err(PasskeyFault::UserHandleOfAnother));
    assert!(owner.sign_in(|c| c.user_handle = None).is_ok(), "a key that is not discoverable says none");
    assert_eq!(owner.sign_in(|c| c.flags |= BACKUP_ELIGIBLE), Err(PasskeyFault::BackupChanged));
}

#[test]
fn a_counter_that_does_not_rise_is_a_clone() {
    let owner = Owner::with(|ceremony| ceremony.counter = 7);
    let with = |counter| owner.sign_in(|ceremony| ceremony.counter = counter).map(|used| used.material.counter);
    assert_eq!(with(8), Ok(8));
    for counter in [7, 6, 0] {
        assert_eq!(with(counter), Err(PasskeyFault::CounterCloned), "{counter}");
    }
    let without = Owner::with(|ceremony| ceremony.counter = 0);
    let zero = without.sign_in(|ceremony| ceremony.counter = 0).map(|used| used.material.counter);
    assert_eq!(zero, Ok(0), "an authenticator without a counter");
}

#[test]
fn the_counter_of_the_row_decides() {
    let mut owner = Owner::new();
    owner.material.counter = 5;
    assert_eq!(owner.sign_in(|ceremony| ceremony.counter = 5), Err(PasskeyFault::CounterCloned));
    assert!(owner.sign_in(|ceremony| ceremony.counter = 6).is_ok());
}

#[test]
fn another_key_under_the_same_id_is_refused() {
    let owner = Owner::new();
    let begun = owner.begin();
    let answer = Authenticator::new(b"credential").authenticate(&owner.ceremony(&begun));
    let found = owner.us.finish_authentication(owner.guest, &begun.state, &answer, &owner.kept(), NOW);
    assert_eq!(found, Err(PasskeyFault::SignatureWrong));
}

#[test]
fn an_answer_fits_its_own_challenge_guest_and_ceremony_only() {
    let (owner, other) = (Owner::new(), Owner::new());
    let (begun, again) = (owner.begin(), owner.begin());
    let answer = owner.key.authenticate(&owner.ceremony(&begun));
    let finish = |guest, state: &[u8], kept: &[Kept<'_>]| {
        owner.us.finish_authentication(guest, state, &answer, kept, NOW).map(|used| used.id)
    };
    assert_eq!(finish(owner.guest, &begun.state, &owner.kept()), Ok(owner.factor));
    assert_eq!(finish(owner.guest, &again.state, &owner.kept()), Err(PasskeyFault::ChallengeSwapped));
    assert_eq!(finish(other.guest, &begun.state, &other.kept()), Err(PasskeyFault::StateOfAnotherGuest));
    assert_eq!(finish(owner.guest, &begun.state, &[]), Err(PasskeyFault::CredentialUnknown), "removed meanwhile");
    let create = owner.us.begin_registration(owner.guest, NAMES, &[], NOW).unwrap();
    assert_eq!(finish(owner.guest, &create.state, &owner.kept()), Err(PasskeyFault::StateOfAnotherCeremony));
}

#[test]
fn a_ceremony_ends_after_five_minutes() {
    let owner = Owner::new();
    let begun = owner.begin();
    let answer = owner.key.authenticate(&owner.ceremony(&begun));
    let at = |now| owner.us.finish_authentication(owner.guest, &begun.state, &answer, &owner.kept(), now);
    let end = NOW.plus(CEREMONY_LIFE);
    assert!(at(end.minus(Duration::from_micros(1))).is_ok());
    assert_eq!(at(end), Err(PasskeyFault::Expired));
}

#[test]
fn a_kept_passkey_is_not_enrolled_again() {
    let owner = Owner::new();
    let begun = owner.us.begin_registration(owner.guest, NAMES, &[], NOW).unwrap();
    let ceremony = owner.key.ceremony("webauthn.create", &begun.options, ORIGIN, HOST);
    let answer = owner.key.register(&ceremony);
    let kept = [owner.material.clone()];
    let found = owner.us.finish_registration(owner.guest, &begun.state, &answer, &kept, NOW);
    assert_eq!(found, Err(PasskeyFault::EnrolledAlready));
}

#[test]
fn a_synchronised_passkey_is_called_so() {
    let owner = Owner::with(|ceremony| ceremony.flags |= BACKUP_ELIGIBLE | BACKED_UP);
    assert_eq!(owner.material.protection, KeyProtection::Synchronised);
    assert!(owner.sign_in(|ceremony| ceremony.flags |= BACKUP_ELIGIBLE | BACKED_UP).is_ok());
    assert_eq!(owner.sign_in(|_| {}), Err(PasskeyFault::BackupChanged));
}

#[test]
fn malformed_input_is_refused_and_never_panics() {
    let owner = Owner::new();
    let begun = owner.begin();
    let answer = owner.key.authenticate(&owner.ceremony(&begun));
    let finish = |state: &[u8], answer: &[u8]| {
        owner.us.finish_authentication(owner.guest, state, answer, &owner.kept(), NOW).map(|used| used.id)
    };
    for length in 0..begun.state.len() {
        assert_eq!(finish(&begun.state[..length], &answer), Err(PasskeyFault::StateMalformed), "{length}");
    }
    for length in 0..answer.len() {
        assert_eq!(finish(&begun.state, &answer[..length]), Err(PasskeyFault::ResponseMalformed), "{length}");
    }
    let large = vec![b' '; MAX_RESPONSE + 1];
    assert_eq!(finish(&begun.state, &large), Err(PasskeyFault::ResponseTooLarge));
    let text = String::from_utf8(answer).unwrap().replace("public-key", "password");
    assert_eq!(finish(&begun.state, text.as_bytes()), Err(PasskeyFault::ResponseMalformed));
}

#[test]
fn a_damaged_record_opens_nothing() {
    let mut owner = Owner::new();
    let begun = owner.begin();
    let answer = owner.key.authenticate(&owner.ceremony(&begun));
    owner.material.record = b"{}".to_vec();
    let found = owner.us.finish_authentication(owner.guest, &begun.state, &answer, &owner.kept(), NOW);
    assert_eq!(found, Err(PasskeyFault::RecordMalformed));
}

#[test]
fn a_host_that_is_no_domain_has_no_passkeys() {
    let make = |url| RelyingParty::new(url, "Contoso", Attestation::None, Discoverable::Discouraged).map(drop);
    assert_eq!(make("http://localhost:8080"), Ok(()));
    assert_eq!(make("https://gate.example"), Ok(()));
    for url in ["http://127.0.0.1:8080", "http://[::1]:8080", "gate.example", ""] {
        assert_eq!(make(url), Err(PasskeyFault::HostNotDomain), "{url}");
    }
}
