mod apps;
mod claims;
mod guests;
mod identity;
mod partners;

use std::time::Duration;

use uuid::Uuid;

use super::*;
use crate::base::encoding::from_base64_lines;
use crate::base::random::SystemRandom;
use crate::base::secret::{SecretBytes, SecretText};
use crate::domain::apps::grant_types::{GrantType, GrantTypes};
use crate::domain::apps::token_rules::TokenRules;
use crate::domain::apps::{
    AcsEndpoint, AcsStanding, ApplicationType, Assignment, Confidentiality, EncryptedAnswers, IdTokenAlgorithm,
    PkceRule, RequestRule, SamlApp, SignedAnswers, SignedRequests,
};
use crate::domain::assurance::AssuranceContract;
use crate::domain::definitions::{
    AppDefinition, ClaimsDefinition, GroupDefinition, GuestDefinition, GuestReference, Located, MetadataDocument,
    OidcDefinition, PartnerDefinition, ProtocolDefinition, SamlDefinition, SamlSource, TrustDefinition,
};
use crate::domain::guests::{Binding, NameSource};
use crate::domain::holders::DomainPattern;
use crate::domain::mail::MailAddress;
use crate::domain::names::Slug;
use crate::domain::partners::{
    Admission, AssertionEncryption, AttributeNames, MailAuthority, PartnerKind, PassedScoping, PassiveRequests,
    SamlRequestRules, SamlTrust, SubjectRule, Switch,
};
use crate::flows::apply::Mode;
use crate::flows::apply::report::Report;
use crate::flows::apply::rules::{JudgedTrust, Rules, judge};
use crate::keys::certificates::Certificate;

const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);
const GIVEN: Uuid = Uuid::from_u128(0x0189_0a5d_ac96_774b_bcce_b302_099a_8057);

/// Rules under which the metadata text is the entity ID, perhaps followed by words.
struct WordRules;

impl Rules for WordRules {
    fn trust(&self, definition: &PartnerDefinition, _: Timestamp) -> Result<(JudgedTrust, Vec<String>), Vec<String>> {
        let (metadata, subject, request) = match &definition.trust {
            TrustDefinition::Saml { metadata, subject, request } => (metadata, subject, request),
            TrustDefinition::Oidc { terms, credential, .. } => {
                return Ok((JudgedTrust::Oidc(terms.clone(), credential.clone()), Vec::new()));
            }
        };
        let text = metadata.text().unwrap();
        let words: Vec<&str> = text.split(' ').collect();
        if words.contains(&"broken") {
            return Err(vec!["broken in one way".to_owned(), "broken in another".to_owned()]);
        }
        let pem = include_str!("../../../../tests/fixtures/saml/metadata/rsa-2048.pem");
        let body: String = pem.lines().filter(|line| !line.starts_with("---")).collect();
        let certificate = Certificate::from_der(&from_base64_lines(&body).unwrap()).unwrap();
        let keys = if words.contains(&"keyless") { vec![] } else { vec![certificate.key().clone()] };
        let valid_until = words
            .iter()
            .find_map(|word| word.strip_prefix("until+"))
            .map(|seconds| NOW.plus(Duration::from_secs(seconds.parse().unwrap())));
        let warnings = if words.contains(&"odd") { vec!["odd".to_owned()] } else { vec![] };
        let trust = SamlTrust {
            entity_id: words[0].to_owned(),
            sso_redirect_url: "https://idp.example/sso".to_owned(),
            certificates: vec![certificate],
            keys,
            valid_until,
            metadata: Some(text.to_owned()),
            source: None,
            subject: subject.clone(),
            request: request.clone(),
        };
        Ok((JudgedTrust::Saml(trust), warnings))
    }

    fn oidc_faults(&self, definition: &OidcDefinition) -> Vec<String> {
        let bad = definition.redirect_uris.iter().filter(|uri| uri.contains("bad"));
        bad.map(|uri| format!("`{uri}` is bad")).collect()
    }

    fn saml_app(&self, definition: &SamlDefinition, _: Timestamp) -> Result<(SamlApp, Vec<String>), Vec<String>> {
        let SamlSource::Fields { entity_id, acs, .. } = &definition.source else {
            return Err(vec!["has metadata".to_owned()]);
        };
        if entity_id.contains("bad") {
            return Err(vec![format!("`{entity_id}` is bad")]);
        }
        let acs = acs.iter().map(|url| AcsEndpoint { index: 0, url: url.clone(), standing: AcsStanding::Default });
        let app = SamlApp {
            entity_id: entity_id.clone(),
            acs: acs.collect(),
            certificates: vec![],
            requests: definition.requests,
            answers: definition.answers,
            encryption: None,
            idp_initiated: definition.idp_initiated.clone(),
            valid_until: None,
            metadata: None,
            source: None,
        };
        Ok((app, vec![]))
    }
}

fn origin(line: usize) -> Origin {
    Origin { file: "a.toml".to_owned(), line }
}

fn slug(text: &str) -> Slug {
    Slug::parse(text).unwrap()
}

fn mail(text: &str) -> MailAddress {
    MailAddress::parse(text).unwrap()
}

fn partner(name: &str, domains: &[&str], metadata: &str) -> PartnerDefinition {
    PartnerDefinition {
        id: None,
        slug: slug(name),
        name: name.to_owned(),
        domains: domains.iter().map(|domain| DomainPattern::parse(domain).unwrap()).collect(),
        shared_domains: Vec::new(),
        addresses: Vec::new(),
        admission: Admission::Invited,
        switch: Switch::Enabled,
        clock_skew: Duration::from_secs(60),
        kind: PartnerKind::Partner,
        mail_authority: MailAuthority::Domains,
        language: None,
        attributes: AttributeNames::default(),
        assurance: AssuranceContract::NOTHING_TRUSTED,
        trust: TrustDefinition::Saml {
            metadata: MetadataDocument {
                origin: origin(3),
                path: "x.xml".to_owned(),
                content: Ok(metadata.to_owned()),
                source: None,
            },
            subject: SubjectRule::PersistentNameId,
            request: SamlRequestRules {
                name_id_format: None,
                requested_classes: vec![],
                passive: PassiveRequests::Never,
                encryption: AssertionEncryption::Refused,
                scoping: PassedScoping::PassedOn,
                unsolicited: None,
            },
        },
    }
}

fn app(name: &str) -> AppDefinition {
    AppDefinition {
        id: None,
        slug: slug(name),
        name: name.to_owned(),
        switch: Switch::Enabled,
        assignment: Assignment::Required,
        partners: None,
        owners: vec![],
        sector: None,
        protocol: ProtocolDefinition::Oidc(OidcDefinition {
            client_id: format!("{name}-client"),
            client_secret: Some(SecretText::new("0123456789abcdef".to_owned())),
            redirect_uris: vec!["https://a.example/cb".to_owned()],
            application_type: ApplicationType::Web,
            id_token_algorithm: IdTokenAlgorithm::Rs256,
            pkce: PkceRule::Optional,
            post_logout_redirect_uris: vec![],
            grants: GrantTypes::STANDARD,
            keys: None,
            requests: RequestRule::Any,
            initiate_login_uri: None,
            tokens: TokenRules::STANDARD,
            backchannel_logout: None,
        }),
        claims: ClaimsDefinition::NONE,
    }
}

fn saml(name: &str, entity_id: &str) -> AppDefinition {
    let source = SamlSource::Fields {
        entity_id: entity_id.to_owned(),
        acs: vec!["https://a.example/acs".to_owned()],
        certificate: None,
        encryption_certificate: None,
    };
    let definition = SamlDefinition {
        source,
        requests: SignedRequests::Optional,
        answers: SignedAnswers::Assertion,
        encryption: EncryptedAnswers::WhereOffered,
        idp_initiated: None,
    };
    AppDefinition { protocol: ProtocolDefinition::Saml(definition), ..app(name) }
}

fn oidc(app: &mut AppDefinition) -> &mut OidcDefinition {
    match &mut app.protocol {
        ProtocolDefinition::Oidc(oidc) => oidc,
        ProtocolDefinition::Saml(_) => panic!("`{}` speaks SAML", app.slug),
    }
}

fn guest(address: &str, pin: Option<&str>, apps: &[&str]) -> GuestDefinition {
    let apps = apps.iter().map(|name| slug(name)).collect();
    GuestDefinition { id: None, email: mail(address), partner: pin.map(slug), name: None, apps, roles: None }
}

fn group(name: &str, members: &[&str], apps: &[&str]) -> GroupDefinition {
    let members = members.iter().map(|member| GuestReference::Mail(mail(member))).collect();
    let apps = apps.iter().map(|name| slug(name)).collect();
    GroupDefinition { id: None, slug: slug(name), name: name.to_owned(), members, owners: None, apps }
}

/// Gives each definition a line: partners from 10, apps from 20, groups from 30, guests from 40.
fn definitions(
    partners: Vec<PartnerDefinition>,
    apps: Vec<AppDefinition>,
    groups: Vec<GroupDefinition>,
    guests: Vec<GuestDefinition>,
) -> Definitions {
    fn locate<T>(values: Vec<T>, first: usize) -> Vec<Located<T>> {
        let located = values.into_iter().enumerate();
        located.map(|(index, value)| Located { origin: origin(first + index), value }).collect()
    }
    Definitions {
        partners: locate(partners, 10),
        apps: locate(apps, 20),
        groups: locate(groups, 30),
        guests: locate(guests, 40),
        ..Definitions::default()
    }
}

fn whole() -> Definitions {
    definitions(
        vec![partner("fabrikam", &["fabrikam.example"], "urn:fabrikam")],
        vec![app("payroll"), app("travel")],
        vec![group("auditors", &["ana@fabrikam.example"], &["payroll"])],
        vec![guest("ana@fabrikam.example", Some("fabrikam"), &["travel"]), guest("ben@fabrikam.example", None, &[])],
    )
}

struct World {
    stored: Stored,
    sealer: Sealer,
    clashes: BTreeMap<String, u32>,
    found: Vec<Fault>,
}

impl World {
    fn empty() -> Self {
        let sealer = Sealer::new(&SecretBytes::new(vec![1; 32]), &[]).unwrap();
        Self { stored: Stored::default(), sealer, clashes: BTreeMap::new(), found: vec![] }
    }

    /// A world in which `definitions` have been applied.
    fn with(definitions: &Definitions) -> Self {
        let mut world = Self::empty();
        let plan = world.plan(definitions).unwrap();
        world.carry_out(&plan);
        world
    }

    fn plan_with(&self, definitions: &Definitions, pruning: Pruning) -> Result<Plan, Vec<String>> {
        let context = Context {
            now: NOW,
            random: &SystemRandom,
            sealer: &self.sealer,
            organization: &MailDomain::parse("contoso.example").unwrap(),
            pruning,
            found: &self.found,
            clashes: &self.clashes,
        };
        let judged = judge(definitions, &WordRules, NOW);
        plan(&self.stored, definitions, &judged, &context)
            .map_err(|faults| faults.into_iter().map(|fault| fault.to_string().replace("a.toml:", "")).collect())
    }

    fn plan(&self, definitions: &Definitions) -> Result<Plan, Vec<String>> {
        self.plan_with(definitions, Pruning::Keep)
    }

    fn report(&self, definitions: &Definitions) -> String {
        Report::of(&self.plan(definitions).unwrap(), Mode::Write).to_string()
    }

    fn refused(&self, definitions: &Definitions, expected: &[&str]) {
        assert_eq!(self.plan(definitions).unwrap_err(), expected);
    }

    fn carry_out(&mut self, plan: &Plan) {
        fn carry<T: Clone>(kept: &mut Vec<Kept<T>>, steps: &[Step<T>], id: impl Fn(&T) -> [u8; 16]) {
            for step in steps {
                match step {
                    Step::Add(value) => kept.push(Kept { value: value.clone(), provenance: Provenance::Applied }),
                    Step::Change { value, provenance, .. } => {
                        let place = kept.iter_mut().find(|kept| id(&kept.value) == id(value)).unwrap();
                        *place = Kept { value: value.clone(), provenance: *provenance };
                    }
                    Step::Remove(value) => kept.retain(|kept| id(&kept.value) != id(value)),
                }
            }
        }
        carry(&mut self.stored.partners, &plan.partners, |value| *value.id.as_bytes());
        carry(&mut self.stored.apps, &plan.apps, |value| *value.id.as_bytes());
        carry(&mut self.stored.groups, &plan.groups, |value| *value.group.id.as_bytes());
        carry(&mut self.stored.guests, &plan.guests, |value| *value.guest.id.as_bytes());
    }
}

#[test]
fn new_objects_are_added_and_the_same_again_changes_nothing() {
    let world = World::with(&whole());
    assert_eq!(
        World::empty().report(&whole()),
        "partner `fabrikam` added\napp `payroll` added\napp `travel` added\nguest `ana@fabrikam.example` added\n\
         guest `ben@fabrikam.example` added\ngroup `auditors` added\n6 added, 0 changed, 0 removed, 0 unchanged\n"
    );
    let again = world.plan_with(&whole(), Pruning::Remove).unwrap();
    assert!(again.is_empty());
    assert_eq!(again.unchanged, 6);
}

#[test]
fn new_objects_start_as_they_should() {
    let World { stored, sealer, .. } = World::with(&whole());
    let partner = &stored.partners[0].value;
    assert_eq!((partner.version, partner.handle.len()), (1, 43));
    let payroll = &stored.apps[0].value;
    assert_eq!((payroll.version, payroll.sector.clone()), (1, payroll.id.to_string()));
    let Confidentiality::Secret { mac } = &payroll.oidc().unwrap().confidentiality else { panic!("no secret") };
    let secret = SecretText::new("0123456789abcdef".to_owned());
    assert!(crate::flows::token::has_app_secret_mac(&sealer, "payroll-client", &secret, mac));
    let WholeGuest { guest: ana, apps, .. } = &stored.guests[0].value;
    assert_eq!(ana.user_principal_name, "ana_fabrikam.example#EXT#@contoso.example");
    assert_eq!((&ana.binding, ana.pinned_partner), (&Binding::PendingAcceptance, Some(partner.id)));
    assert_eq!(
        (ana.name_source, ana.created_at, ana.sessions_valid_from),
        (NameSource::Partner, NOW, Timestamp::EPOCH)
    );
    assert_eq!(*apps, [stored.apps[1].value.id]);
    let group = &stored.groups[0].value;
    assert_eq!((&group.members[..], &group.apps[..]), (&[ana.id][..], &[payroll.id][..]));
}

#[test]
fn references_that_lead_nowhere_are_told_all_at_once() {
    let lost = definitions(
        vec![],
        vec![],
        vec![group("auditors", &["nobody@x.example"], &["none"])],
        vec![guest("ana@x.example", Some("none"), &["none", "nowhere"])],
    );
    World::empty().refused(
        &lost,
        &[
            "30: group `auditors`: there is no app `none`",
            "30: group `auditors`: there is no guest `nobody@x.example`",
            "40: guest `ana@x.example`: there is no app `none`",
            "40: guest `ana@x.example`: there is no app `nowhere`",
            "40: guest `ana@x.example`: there is no partner `none`",
        ],
    );
}

#[test]
fn references_lead_to_stored_objects_by_name_and_by_id() {
    let world = World::with(&whole());
    let payroll = world.stored.apps[0].value.id.to_string();
    let ana = uuid(world.stored.guests[0].value.guest.id.as_bytes());
    let fabrikam = world.stored.partners[0].value.id.to_string();
    let mut more = definitions(
        vec![],
        vec![],
        vec![group("more", &["ben@fabrikam.example"], &[&payroll, "travel"])],
        vec![guest("cleo@fabrikam.example", Some(&fabrikam), &["payroll"])],
    );
    more.groups[0].value.members.push(GuestReference::Id(ana));
    let plan = world.plan(&more).unwrap();
    let Step::Add(group) = &plan.groups[0] else { panic!("not added") };
    assert_eq!((group.members.len(), group.apps.len()), (2, 2));
    let Step::Add(cleo) = &plan.guests[0] else { panic!("not added") };
    assert_eq!(cleo.guest.pinned_partner, Some(world.stored.partners[0].value.id));
}

#[test]
fn faults_found_before_are_told_too_and_hide_references_that_they_may_explain() {
    let mut world = World::empty();
    world.found = vec![Fault { origin: origin(1), message: "found before".to_owned() }];
    let lost = definitions(vec![partner("x", &[], "urn:x broken")], vec![], vec![group("g", &[], &["none"])], vec![]);
    world
        .refused(&lost, &["1: found before", "3: partner `x`: broken in another", "3: partner `x`: broken in one way"]);
}

#[test]
fn pruning_removes_only_what_an_apply_put_there() {
    let mut world = World::with(&whole());
    world.stored.guests[1].provenance = Provenance::SignIn;
    assert!(world.plan(&Definitions::default()).unwrap().is_empty());
    let plan = world.plan_with(&Definitions::default(), Pruning::Remove).unwrap();
    assert_eq!(
        Report::of(&plan, Mode::DryRun).to_string(),
        "partner `fabrikam` would be removed\napp `payroll` would be removed\napp `travel` would be removed\n\
         guest `ana@fabrikam.example` would be removed\ngroup `auditors` would be removed\n\
         0 added, 0 changed, 5 removed, 0 unchanged; nothing was written\n"
    );
}

#[test]
fn what_is_pruned_cannot_be_referred_to() {
    let world = World::with(&whole());
    let mut left = whole();
    left.guests.clear();
    left.apps.remove(0);
    assert!(world.plan(&left).is_ok());
    assert_eq!(
        world.plan_with(&left, Pruning::Remove).unwrap_err(),
        [
            "30: group `auditors`: there is no app `payroll`",
            "30: group `auditors`: there is no guest `ana@fabrikam.example`",
        ]
    );
}
