//! Whatever is posted is judged without a panic, and nothing but what the partner signed is ever read.

use std::sync::LazyLock;
use std::time::Duration;

use entente::base::encoding::base64;
use entente::base::params::{RawParams, encode};
use entente::base::random::{SystemRandom, new_handle};
use entente::domain::assurance::AssuranceContract;
use entente::domain::authentication::Authentication;
use entente::domain::names::Slug;
use entente::domain::organization::PublicUrl;
use entente::domain::partners::{
    Admission, AssertionEncryption, AttributeNames, MailAuthority, Partner as PartnerRecord, PartnerId, PartnerKind,
    PassedScoping, PassiveRequests, SamlRequestRules, SubjectRule, Switch, Trust,
};
use entente::keys::ring::KeyRing;
use entente::upstream::metadata::{ACS_PATH, SP_ENTITY_PATH, read_trust};
use entente::upstream::providers::Providers;
use entente::upstream::{Answers, Expected, judge, read_posted};
use proptest::prelude::*;

use super::attack::{Point, Post, Way};
use super::families;
use super::forge::Good;
use crate::support::keys::{self, START};
use crate::support::partner::{Partner, Signs};

static PUBLIC_URL: LazyLock<PublicUrl> = LazyLock::new(|| PublicUrl::parse("http://localhost:9").unwrap());

static RING: LazyLock<KeyRing> = LazyLock::new(keys::ring);

static RECORD: LazyLock<PartnerRecord> = LazyLock::new(|| {
    let request = SamlRequestRules {
        name_id_format: None,
        requested_classes: Vec::new(),
        passive: PassiveRequests::Never,
        encryption: AssertionEncryption::Accepted,
        scoping: PassedScoping::PassedOn,
        unsolicited: None,
    };
    let metadata = Partner::fabrikam().metadata();
    let read = read_trust(&metadata, SubjectRule::PersistentNameId, request, &PUBLIC_URL, START).unwrap();
    PartnerRecord {
        id: PartnerId::new(START, &SystemRandom),
        version: 1,
        slug: Slug::parse("fabrikam").unwrap(),
        name: "Fabrikam".to_owned(),
        handle: new_handle(&SystemRandom),
        domains: Vec::new(),
        shared_domains: Vec::new(),
        addresses: Vec::new(),
        dns_proven: Vec::new(),
        admission: Admission::Anyone,
        switch: Switch::Enabled,
        clock_skew: Duration::from_secs(60),
        kind: PartnerKind::Partner,
        mail_authority: MailAuthority::Domains,
        language: None,
        attributes: AttributeNames::default(),
        assurance: AssuranceContract::NOTHING_TRUSTED,
        trust: Trust::Saml(read.trust),
    }
});

static GOOD: LazyLock<Good> = LazyLock::new(|| {
    let partner = Partner::fabrikam().entity_id;
    Good::imagined(&partner, &PUBLIC_URL.join(ACS_PATH), &PUBLIC_URL.join(SP_ENTITY_PATH))
});

static SEALED: LazyLock<[String; 3]> =
    LazyLock::new(|| [Signs::Assertion, Signs::Response, Signs::Both].map(|signs| GOOD.draft(signs).seal()));

/// Every hostile message that needs no gateway to be made.
static HOSTILE: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let attacks = families().into_iter().flat_map(|family| family.attacks);
    let messages = attacks.filter_map(|attack| match attack.way {
        Way::Post(make) => match make(&GOOD, Point::Wrong) {
            Post::Message(message) => Some(message),
            Post::Form(_) => None,
        },
        Way::Walk => None,
    });
    messages.collect()
});

/// Judges a message as the assertion consumer service does, up to the store.
fn judged(message: &[u8]) -> Option<Authentication> {
    let form = format!("SAMLResponse={}&RelayState=x", encode(&base64(message)));
    let posted = read_posted(&RawParams::parse(&form).unwrap()).ok()?;
    let providers = Providers::of(&PUBLIC_URL);
    let answers = Answers::Request(&GOOD.request);
    let expected = Expected { answers, public_url: &PUBLIC_URL, keys: &RING, providers: &providers };
    judge(&RECORD, &posted, &expected, START).outcome.ok()
}

/// Who and what an answer vouches for.
fn meaning(authentication: &Authentication) -> impl PartialEq + std::fmt::Debug + use<> {
    (
        authentication.identity.subject.clone(),
        authentication.attributes.clone(),
        authentication.authenticated_at,
        authentication.once.id.clone(),
    )
}

#[test]
fn the_good_answers_that_are_changed_here_are_accepted() {
    for sealed in SEALED.iter() {
        assert_eq!(judged(sealed.as_bytes()).unwrap().identity.subject, "ana-1");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes_are_refused_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..2_048)) {
        prop_assert!(judged(&bytes).is_none());
    }

    #[test]
    fn arbitrary_forms_are_read_without_a_panic(form in "[A-Za-z=&%+/ ]{0,200}|SAMLResponse=[ -~]{0,200}") {
        if let Ok(params) = RawParams::parse(&form) {
            let _ = read_posted(&params);
        }
    }

    #[test]
    fn a_good_answer_with_bytes_changed_is_refused_or_means_the_same(
        which in 0_usize..3,
        at in any::<prop::sample::Index>(),
        removed in 0_usize..6,
        put in prop::collection::vec(prop::sample::select(b"<>/=\"'&;!-?[]:#x1 \r\n\xFF\0".to_vec()), 0..6),
    ) {
        let good = SEALED[which].as_bytes();
        let at = at.index(good.len());
        let bad = [&good[..at], &put, &good[(at + removed).min(good.len())..]].concat();
        if let Some(found) = judged(&bad) {
            prop_assert_eq!(meaning(&found), meaning(&judged(good).unwrap()));
        }
    }

    #[test]
    fn hostile_messages_with_pieces_moved_are_refused_or_mean_what_was_signed(
        which in any::<prop::sample::Index>(),
        from in any::<prop::sample::Index>(),
        length in 0_usize..400,
        to in any::<prop::sample::Index>(),
        kept in any::<bool>(),
    ) {
        let mut message = HOSTILE[which.index(HOSTILE.len())].clone();
        if message.len() > 1 && message.len() < 64 * 1024 {
            let from = from.index(message.len());
            let end = (from + length).min(message.len());
            let piece: Vec<u8> = if kept { message[from..end].to_vec() } else { message.drain(from..end).collect() };
            let to = to.index(message.len() + 1);
            message.splice(to..to, piece);
        }
        if let Some(found) = judged(&message) {
            prop_assert_ne!(found.identity.subject, "intruder-1");
        }
    }
}
