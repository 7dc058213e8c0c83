//! Making 40 claims by named rules and 40 by expressions, against one raw RSA-2048 signature in the same
//! run. Prints the ratio, and the value in the unit in which a raw signature takes 354 us.

use std::hint::black_box;
use std::time::{Duration, Instant};

use entente::base::clock::Timestamp;
use entente::domain::authentication::Identity;
use entente::domain::claims::facts::{Carrier, Fact, Facts, Membership, Users};
use entente::domain::claims::names::Protocol;
use entente::domain::claims::rule::{
    BasicClaims, ClaimRule, Condition, Input, Lists, NameFormat, Operand, Output, Transform,
};
use entente::domain::claims::set::{ClaimSet, ClaimTerms, NameTable};
use entente::domain::groups::GroupId;
use entente::domain::guests::{Binding, Guest, GuestId, MailStanding, NameSource, Standing, UserType};
use entente::domain::mail::MailAddress;
use entente::domain::partners::{PartnerId, PartnerProtocol};
use entente::keys::signing::SigningKey;
use entente::oidc::jose::JwsAlgorithm;
use uuid::Uuid;

/// How often both sides are measured in turn.
const ROUNDS: usize = 40;
/// How many signatures one measurement covers.
const SIGNATURES: u32 = 10;
/// How many answers one measurement covers.
const ANSWERS: u32 = 200;
/// What a raw signature takes on the machine for which figures are given. **Units**: microseconds.
const RAW_SIGNATURE_US: f64 = 354.0;
/// How many rules an app has.
const RULES: u128 = 40;
/// In how many groups the person is.
const GROUPS: u128 = 40;

/// The same as in the specification of speed. **Units**: microseconds.
const CASES: [(&str, f64, Make); 2] = [("40 named rules", 20.0, named), ("40 expressions", 100.0, computed)];

/// Makes the rule of a number.
type Make = fn(u128) -> ClaimRule;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let key = SigningKey::generate_rsa()?;
    let message = [0x5a; 700];
    let raw = || drop(black_box(key.sign(JwsAlgorithm::Rs256.signature_algorithm(), black_box(&message))));
    let guest = guest()?;
    let groups: Vec<GroupId> = (0..GROUPS).map(|number| GroupId::from_uuid(Uuid::from_u128(number))).collect();
    let methods = ["pwd".to_owned(), "otp".to_owned(), "mfa".to_owned()];
    let facts = Facts {
        guest: Some(&guest),
        protocol: Some(PartnerProtocol::Oidc),
        groups: Membership::of(&groups),
        carrier: Carrier::Token,
        pairwise_id: "pW3kZr0v2h1cXyQeA9nB7uLmT5sGdFj8oKiRtEwQzYc",
        organization: "11111111-0000-4000-8000-000000000001",
        methods: &methods,
        stated: &[],
    };
    let names = NameTable {
        groups: groups.iter().enumerate().map(|(number, id)| (format!("g{number}"), *id)).collect(),
        partners: vec![("fabrikam".to_owned(), PartnerId::from_uuid(Uuid::from_u128(1)))],
    };
    for (name, target, make) in CASES {
        let terms = ClaimTerms { rules: (0..RULES).map(make).collect(), basic: BasicClaims::NotSent, name_id: None };
        let set = ClaimSet::compile(terms, Protocol::Oidc, &names).map_err(|faults| format!("{faults:?}"))?;
        if set.sent(&facts).count() != RULES as usize {
            return Err(format!("{name}: not every claim has a value").into());
        }
        let (mut floor, mut ours) = (Duration::MAX, Duration::MAX);
        for _ in 0..ROUNDS {
            floor = floor.min(measure(SIGNATURES, raw));
            ours = ours.min(measure(ANSWERS, || drop(black_box(black_box(&set).evaluate(black_box(&facts))))));
        }
        let ratio = ours.as_secs_f64() / floor.as_secs_f64();
        let value = ratio * RAW_SIGNATURE_US;
        println!("{name}: {ratio:.4} of a raw signature, {value:.1} us (target {target} us)");
    }
    Ok(())
}

/// The time of one act.
#[expect(clippy::disallowed_methods, reason = "a benchmark measures real time")]
fn measure(acts: u32, mut act: impl FnMut()) -> Duration {
    let start = Instant::now();
    for _ in 0..acts {
        act();
    }
    start.elapsed() / acts
}

fn rule(number: u128, otherwise: Option<Output>, conditions: Vec<Condition>) -> ClaimRule {
    let name = format!("claim-{number}");
    ClaimRule { name, format: NameFormat::ByName, lists: Lists::First, otherwise, conditions }
}

/// Facts, transformations by turns, and every second with a condition about a group.
fn named(number: u128) -> ClaimRule {
    let facts = [Fact::Mail, Fact::Name, Fact::GivenName, Fact::FamilyName, Fact::PrincipalName, Fact::Id];
    let fact = facts[(number % 6) as usize];
    let transforms = match number % 4 {
        0 => Vec::new(),
        1 => vec![Transform::ExtractMailPrefix, Transform::ToLowercase],
        2 => vec![Transform::Join { separator: ".".to_owned(), with: Operand::Fact(Fact::GivenName) }],
        _ => vec![Transform::RegexReplace {
            pattern: "^(?<first>[^@ ]+)".to_owned(),
            replacement: "{first}/{kind}".to_owned(),
            inputs: vec![("kind".to_owned(), Fact::UserType)],
            otherwise: None,
        }],
    };
    let output = Output { input: Input::Fact(fact), transforms };
    if number.is_multiple_of(2) {
        return rule(number, Some(output), Vec::new());
    }
    let groups = vec![format!("g{}", number % GROUPS)];
    rule(number, None, vec![Condition { users: Users::AllGuests, groups, output }])
}

fn computed(number: u128) -> ClaimRule {
    let source = match number % 4 {
        0 => "user.mail.lowerAscii() + ' of ' + identity_provider".to_owned(),
        1 => format!("'g{}' in user.groups && partner == 'fabrikam' ? 'inside' : 'outside'", number % GROUPS),
        2 => "authentication.methods.filter(m, m != 'pwd').map(m, 'by-' + m)".to_owned(),
        _ => "has(user.family_name) && user.name.endsWith(user.family_name) ? user.name.split(' ').join('.') : 'x'"
            .to_owned(),
    };
    let output = Output { input: Input::Expression(source), transforms: Vec::new() };
    rule(number, Some(output), Vec::new())
}

fn guest() -> Result<Guest, Box<dyn std::error::Error>> {
    let mail = MailAddress::parse("Ana@fabrikam.example")?;
    Ok(Guest {
        id: GuestId::from_uuid(Uuid::from_u128(7)),
        user_principal_name: "ana_fabrikam.example#EXT#@contoso.example".to_owned(),
        mail: Some(mail),
        mail_standing: MailStanding::Known,
        display_name: Some("Ana Almeida".to_owned()),
        name_source: NameSource::Partner,
        given_name: Some("Ana".to_owned()),
        family_name: Some("Almeida".to_owned()),
        user_type: UserType::Guest,
        binding: Binding::Accepted {
            partner: PartnerId::from_uuid(Uuid::from_u128(1)),
            identity: Identity { issuer: "https://idp.fabrikam.example".to_owned(), subject: "ana-1".to_owned() },
        },
        pinned_partner: None,
        standing: Standing::Active,
        sessions_valid_from: Timestamp::EPOCH,
        created_at: Timestamp::EPOCH,
    })
}
