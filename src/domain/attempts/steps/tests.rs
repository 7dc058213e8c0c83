use proptest::prelude::*;

use super::*;
use crate::base::random::SystemRandom;
use crate::domain::apps::AppId;
use crate::domain::attempts::managing::Managing;
use crate::domain::attempts::{AttemptId, Proven};
use crate::domain::guests::GuestId;
use crate::domain::requests::{AppRequest, Interaction, OidcReturn, ResponseMode, ReturnTo, Scopes};
use crate::domain::sessions::SessionId;

const NOW: Timestamp = Timestamp::from_seconds(1_790_000_000);

fn request() -> AppRequest {
    AppRequest {
        app: AppId::new(NOW, &SystemRandom),
        app_version: 3,
        return_to: ReturnTo::Oidc(OidcReturn {
            redirect_uri: "https://payroll.example/callback".to_owned(),
            state: None,
            nonce: None,
            scopes: Scopes::default(),
            code_challenge: None,
            mode: ResponseMode::Query,
            pushed: None,
            terms: crate::domain::terms::TokenTerms::NONE,
            subjects: Vec::new(),
        }),
        interaction: Interaction::AS_NEEDED,
        max_age: None,
        login_hint: None,
        domain_hint: None,
        expected_guest: None,
        acr: vec![],
        ui_locales: vec![],
    }
}

fn proven(step: Step) -> Proven {
    Proven {
        id: AttemptId::new(NOW, &SystemRandom),
        started_at: NOW,
        request: request(),
        guest: GuestId::new(NOW, &SystemRandom),
        session: SessionId::new(NOW, &SystemRandom),
        step,
    }
}

fn managing(step: Step) -> Managing {
    Managing {
        id: AttemptId::new(NOW, &SystemRandom),
        started_at: NOW,
        guest: GuestId::new(NOW, &SystemRandom),
        session: SessionId::new(NOW, &SystemRandom),
        step,
    }
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(any::<u8>(), 0..200)
}

fn kinds() -> impl Strategy<Value = Kinds> {
    (0..16_u8).prop_map(|bits| Kinds::from_bits(bits).unwrap())
}

fn ways() -> impl Strategy<Value = Way> {
    prop_oneof![
        Just(Way::Open),
        Just(Way::Totp),
        Just(Way::RecoveryCode),
        bytes().prop_map(|ceremony| Way::Passkey { ceremony }),
        any::<Option<u128>>()
            .prop_map(|id| Way::MailedCode { sent: id.map(|id| MailedCodeId::from_uuid(uuid::Uuid::from_u128(id))) }),
    ]
}

fn enrolling() -> impl Strategy<Value = Enrolling> {
    prop_oneof![
        (any::<u128>(), bytes()).prop_map(|(id, sealed_secret)| Enrolling::Totp {
            id: FactorId::from_uuid(uuid::Uuid::from_u128(id)),
            sealed_secret
        }),
        bytes().prop_map(|ceremony| Enrolling::Passkey { ceremony }),
    ]
}

fn proofs() -> impl Strategy<Value = FactorProof> {
    let means = [
        Means::Totp,
        Means::MailedCode,
        Means::RecoveryCode,
        Means::Passkey(KeyProtection::Attested),
        Means::Passkey(KeyProtection::Synchronised),
        Means::Passkey(KeyProtection::Unstated),
    ];
    (0..means.len(), any::<i64>())
        .prop_map(move |(place, at)| FactorProof { means: means[place], at: Timestamp::from_micros(at) })
}

fn steps() -> impl Strategy<Value = Step> {
    let codes = proptest::collection::vec(".{0,20}", 0..12);
    prop_oneof![
        Just(Step::Consent),
        (kinds(), ways()).prop_map(|(wanted, way)| Step::Challenge(Challenge { wanted, way })),
        (kinds(), enrolling()).prop_map(|(wanted, factor)| Step::Enrol(Enrolment { wanted, factor })),
        (codes, proptest::option::of((any::<[u8; 16]>(), proofs()))).prop_map(|(codes, proof)| {
            let proof = proof.map(|(id, proof)| (FactorId::from_uuid(uuid::Uuid::from_bytes(id)), proof));
            Step::RecoveryCodes(NewCodes { codes: codes.into_iter().map(SecretText::new).collect(), proof })
        }),
    ]
}

proptest! {
    #[test]
    fn what_is_written_is_read_again_and_every_cut_record_is_refused(step in steps()) {
        let proven = proven(step.clone());
        let bytes = proven.to_bytes();
        prop_assert_eq!(Proven::from_bytes(&bytes), Ok(proven));
        for end in 0..bytes.len() {
            prop_assert_eq!(Proven::from_bytes(&bytes[..end]), Err(BinaryError), "{}", end);
        }
        prop_assert_eq!(Managing::from_bytes(&bytes), Err(BinaryError));
        let managing = managing(step);
        let bytes = managing.to_bytes();
        prop_assert_eq!(Managing::from_bytes(&bytes), Ok(managing));
        for end in 0..bytes.len() {
            prop_assert_eq!(Managing::from_bytes(&bytes[..end]), Err(BinaryError), "{}", end);
        }
        prop_assert_eq!(Proven::from_bytes(&bytes), Err(BinaryError));
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = Proven::from_bytes(&bytes);
        let _ = Managing::from_bytes(&bytes);
        let _ = Step::read(&mut Reader::new(&bytes));
    }
}
