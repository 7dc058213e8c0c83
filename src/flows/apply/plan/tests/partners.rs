use super::*;
use crate::base::secret::SecretText;
use crate::domain::apps::AllowedPartners;
use crate::domain::definitions::CredentialDefinition;
use crate::domain::invitations::language::LanguageTag;
use crate::domain::partners::{Credential, Network, OidcTerms, OidcTrust, PartnerAlgorithm, Trust};
use crate::domain::policy::facts::HomeTrust;

/// A partner that speaks OpenID Connect and knows us by this secret.
fn provider(slug: &str, credential: CredentialDefinition) -> PartnerDefinition {
    let mut definition = partner(slug, &[], "urn:unused");
    let origin = definition.trust.origin().clone();
    let terms = OidcTerms {
        issuer: "https://op.example".to_owned(),
        client_id: "c".to_owned(),
        algorithm: PartnerAlgorithm::Rs256,
        scopes: vec!["email".to_owned()],
        acr_values: Vec::new(),
        passive: PassiveRequests::Never,
        network: Network::Public,
        asked_again: None,
    };
    definition.trust = TrustDefinition::Oidc { origin, terms, credential };
    definition
}

fn secret(text: &str) -> CredentialDefinition {
    CredentialDefinition::SecretBasic(SecretText::new(text.to_owned()))
}

#[test]
fn every_key_of_an_oidc_partner_is_compared() {
    let one = |definition| definitions(vec![definition], vec![], vec![], vec![]);
    let world = World::with(&one(provider("a", secret("s"))));
    let Trust::Oidc(OidcTrust { credential: Credential::SecretBasic(sealed), .. }) =
        &world.stored.partners[0].value.trust
    else {
        panic!("no sealed secret")
    };
    assert_ne!(sealed.as_slice(), b"s");
    // The same secret stays sealed as it is.
    assert_eq!(world.plan(&one(provider("a", secret("s")))).unwrap().partners.len(), 0);
    let check = |fields: &[&str], edit: &dyn Fn(&mut OidcTerms, &mut CredentialDefinition)| {
        let mut changed = provider("a", secret("s"));
        let TrustDefinition::Oidc { terms, credential, .. } = &mut changed.trust else { panic!("not OIDC") };
        edit(terms, credential);
        let plan = world.plan(&one(changed)).unwrap();
        let [Step::Change { fields: found, .. }] = &plan.partners[..] else { panic!("{fields:?}: no change") };
        assert_eq!(found.as_slice(), fields);
    };
    check(&["issuer"], &|terms, _| terms.issuer = "https://other.example".to_owned());
    check(&["client_id"], &|terms, _| terms.client_id = "d".to_owned());
    check(&["client_secret"], &|_, credential| *credential = secret("t"));
    check(&["token_endpoint_auth_method"], &|_, credential| *credential = CredentialDefinition::PrivateKeyJwt);
    check(&["token_endpoint_auth_method"], &|_, credential| {
        *credential = CredentialDefinition::SecretPost(SecretText::new("s".to_owned()));
    });
    check(&["id_token_signed_response_alg"], &|terms, _| terms.algorithm = PartnerAlgorithm::Es256);
    check(&["scopes"], &|terms, _| terms.scopes.clear());
    check(&["acr_values"], &|terms, _| terms.acr_values.push("urn:a".to_owned()));
    check(&["passive"], &|terms, _| terms.passive = PassiveRequests::Allowed);
    check(&["dangerous_allow_private"], &|terms, _| terms.network = Network::DangerousPrivate);
    let mut moved = provider("a", secret("s"));
    let TrustDefinition::Oidc { terms, .. } = &mut moved.trust else { panic!("not OIDC") };
    terms.issuer = "https://other.example".to_owned();
    assert_eq!(
        world.plan(&one(moved)).unwrap().warnings,
        [
            "partner `a`: its issuer changes from `https://op.example` to `https://other.example`; accounts that are bound \
          already are not found by it"
        ]
    );
    let plan = world.plan(&one(partner("a", &[], "urn:a"))).unwrap();
    let [Step::Change { fields, .. }] = &plan.partners[..] else { panic!("no change") };
    assert_eq!(fields, &["protocol"]);
}

#[test]
fn every_key_of_a_partner_is_compared() {
    let world = World::with(&whole());
    let check = |field: &str, edit: &dyn Fn(&mut PartnerDefinition)| {
        let mut changed = whole();
        edit(&mut changed.partners[0].value);
        let plan = world.plan(&changed).unwrap();
        let [Step::Change { value, fields, .. }] = &plan.partners[..] else { panic!("{field}: no change") };
        assert_eq!((fields.as_slice(), value.version), (&[field][..], 2));
        assert_eq!(value.handle, world.stored.partners[0].value.handle);
    };
    fn saml(partner: &mut PartnerDefinition) -> (&mut MetadataDocument, &mut SubjectRule, &mut SamlRequestRules) {
        let TrustDefinition::Saml { metadata, subject, request } = &mut partner.trust else { panic!("not SAML") };
        (metadata, subject, request)
    }
    check("name", &|partner| partner.name = "Other".to_owned());
    check("shared_domains", &|partner| partner.shared_domains.push(DomainPattern::parse("y.example").unwrap()));
    check("addresses", &|partner| partner.addresses.push(MailAddress::parse("a@y.example").unwrap()));
    check("domains", &|partner| partner.domains.push(DomainPattern::parse("x.example").unwrap()));
    check("admission", &|partner| partner.admission = Admission::Anyone);
    check("enabled", &|partner| partner.switch = Switch::Disabled);
    check("clock_skew", &|partner| partner.clock_skew = Duration::ZERO);
    check("mail_authority", &|partner| partner.mail_authority = MailAuthority::VerifiedOnly);
    check("language", &|partner| partner.language = Some(LanguageTag::parse("fr").unwrap()));
    check("attributes", &|partner| partner.attributes.email = Some("m".to_owned()));
    check("assurance", &|partner| partner.assurance.home_trust = HomeTrust::Trusted);
    check("metadata", &|partner| saml(partner).0.content.as_mut().unwrap().push_str(" more"));
    check("metadata", &|partner| saml(partner).0.content = Ok("urn:other".to_owned()));
    check("subject", &|partner| *saml(partner).1 = SubjectRule::Attribute("x".to_owned()));
    check("name_id_format", &|partner| saml(partner).2.name_id_format = Some("x".to_owned()));
    check("requested_authn_context", &|partner| saml(partner).2.requested_classes = vec!["x".to_owned()]);
    check("passive", &|partner| saml(partner).2.passive = PassiveRequests::Allowed);
}

#[test]
fn domains_entities_and_client_ids_of_others_are_refused() {
    let world = World::with(&whole());
    let mut other = app("other");
    oidc(&mut other).client_id = "payroll-client".to_owned();
    let taken = definitions(vec![partner("b", &["fabrikam.example"], "urn:fabrikam")], vec![other], vec![], vec![]);
    world.refused(
        &taken,
        &[
            "3: partner `b`: the domain `fabrikam.example` belongs to `fabrikam`",
            "3: partner `b`: the entity ID `urn:fabrikam` belongs to `fabrikam`",
            "20: app `other`: the client_id `payroll-client` belongs to `payroll`",
        ],
    );
    let plan = world.plan_with(&taken, Pruning::Remove).unwrap();
    assert!(matches!(&plan.partners[..], [Step::Remove(_), Step::Add(_)]));
    assert!(matches!(&plan.apps[..], [Step::Remove(_), Step::Remove(_), Step::Add(_)]));
    let twins = definitions(vec![partner("a", &[], "urn:x"), partner("b", &[], "urn:x 2")], vec![], vec![], vec![]);
    World::empty().refused(&twins, &["3: partner `b`: the entity ID `urn:x` is that of `a` too"]);
}

#[test]
fn the_built_in_partner_is_not_described() {
    let said = "is the one of people who sign in by a code that is mailed to them; it is built in, and nothing of it can be \
                set here: leave it out, and use `entente partner enable mail` or `disable mail`";
    let named = definitions(vec![partner("mail", &[], "urn:x")], vec![], vec![], vec![]);
    World::empty().refused(&named, &[&format!("10: partner `mail`: {said}")]);
    let id = uuid::Uuid::from_bytes(*crate::domain::partners::MAILED_CODE_PARTNER.as_bytes());
    let by_id = PartnerDefinition { id: Some(id), ..partner("post", &[], "urn:x") };
    World::empty()
        .refused(&definitions(vec![by_id], vec![], vec![], vec![]), &[&format!("10: partner `post`: {said}")]);
    let other = definitions(vec![partner("mail2", &[], "urn:x")], vec![], vec![], vec![]);
    assert!(World::empty().plan_with(&other, Pruning::Remove).is_ok());
}

fn sharing(name: &str, shared: &[&str], addresses: &[&str]) -> PartnerDefinition {
    let shared_domains = shared.iter().map(|domain| DomainPattern::parse(domain).unwrap()).collect();
    let addresses = addresses.iter().map(|address| mail(address)).collect();
    PartnerDefinition { shared_domains, addresses, ..partner(name, &[], &format!("urn:{name}")) }
}

#[test]
fn a_domain_is_shared_by_all_who_name_it_or_by_none() {
    let one = |partners| definitions(partners, vec![], vec![], vec![]);
    let group = || vec![sharing("a", &["g.example"], &["x@g.example"]), sharing("b", &["g.example"], &["y@g.example"])];
    let world = World::with(&one(group()));
    let alone = partner("c", &["g.example"], "urn:c");
    let told = "3: partner `c`: the domain `g.example` is one that `a` shares; name it in `shared_domains` here too, or take it \
                away there";
    let told_b = told.replace("`a`", "`b`");
    world.refused(&one(vec![alone.clone()]), &[told, &told_b]);
    World::empty().refused(&one([group(), vec![alone]].concat()), &[told, &told_b]);
    world.refused(
        &one(vec![sharing("c", &["g.example"], &["X@G.example"])]),
        &["3: partner `c`: the address `X@G.example` belongs to `a`"],
    );
    let world = World::with(&one(vec![partner("a", &["g.example"], "urn:a")]));
    world.refused(
        &one(vec![sharing("b", &["g.example"], &[])]),
        &["3: partner `b`: the domain `g.example` belongs to `a`, which must name it in `shared_domains` to share it"],
    );
    // In one step a domain of one partner becomes one that two share.
    assert_eq!(world.plan(&one(group())).unwrap().partners.len(), 2);
    let longer = partner("b", &["*.g.example"], "urn:b");
    assert_eq!(world.plan(&one(vec![longer])).unwrap().partners.len(), 1);
    let plan = world.plan(&one(vec![partner("b", &["xn--bcher-kva.example"], "urn:b")])).unwrap();
    assert!(plan.warnings[0].contains("reads `b\u{fc}cher.example`"), "{:?}", plan.warnings);
}

#[test]
fn addresses_within_a_domain_of_another_alone_are_warned_of() {
    let one = |partners| definitions(partners, vec![], vec![], vec![]);
    let alone = || partner("a", &["eu.g.example"], "urn:a");
    let named = |addresses: &[&str]| sharing("b", &["*.g.example"], addresses);
    let told = "partner `b`: its `addresses` take `x@eu.g.example` out of the domain `eu.g.example`, which is that of `a` alone; \
                their people are led to `b`, and what `a` states of them proves nothing";
    let both = one(vec![alone(), named(&["x@eu.g.example"])]);
    assert_eq!(World::empty().plan(&both).unwrap().warnings, [told]);
    // Also where one of them is stored, whichever it is, and every time.
    let world = World::with(&one(vec![alone()]));
    assert_eq!(world.plan(&one(vec![named(&["x@eu.g.example"])])).unwrap().warnings, [told]);
    let world = World::with(&both);
    for again in [vec![alone()], vec![named(&["x@eu.g.example"])], vec![alone(), named(&["x@eu.g.example"])]] {
        assert_eq!(world.plan(&one(again)).unwrap().warnings, [told]);
    }
    assert_eq!(world.plan(&one(vec![partner("c", &[], "urn:c")])).unwrap().warnings, [""; 0]);
    let two = one(vec![alone(), named(&["x@eu.g.example", "y@eu.g.example", "z@asia.g.example"])]);
    let counted = told.replace("`x@eu.g.example` out", "`x@eu.g.example` and 1 more out");
    assert_eq!(World::empty().plan(&two).unwrap().warnings, [counted]);
    // What is shared, or lies in no domain of another, is what `addresses` are for.
    let sharers = one(vec![sharing("a", &["eu.g.example"], &[]), named(&["x@eu.g.example", "y@us.g.example"])]);
    assert_eq!(World::empty().plan(&sharers).unwrap().warnings, [""; 0]);
    // The shorter domain is beaten by the longer one anyway.
    let shorter = DomainPattern::parse("*.g.example").unwrap();
    let shorter = PartnerDefinition { domains: vec![shorter], ..partner("a", &[], "urn:a") };
    let shorter = one(vec![shorter, sharing("b", &["eu.g.example"], &["x@eu.g.example"])]);
    assert_eq!(World::empty().plan(&shorter).unwrap().warnings, [""; 0]);
}

#[test]
fn the_partners_of_an_app_are_resolved_and_stay_while_they_are_named() {
    let named = |partners: Option<&[&str]>| {
        let partners = partners.map(|partners| partners.iter().map(|partner| slug(partner)).collect());
        AppDefinition { partners, ..app("payroll") }
    };
    let partners = || vec![partner("a", &[], "urn:a"), partner("b", &[], "urn:b")];
    let with = |app| definitions(partners(), vec![app], vec![], vec![]);
    let world = World::with(&with(named(Some(&["b", "a"]))));
    let AllowedPartners::Only(ids) = &world.stored.apps[0].value.partners else { panic!("no list") };
    assert_eq!(ids.len(), 2);
    assert!(world.plan(&with(named(Some(&["a", "b"])))).unwrap().is_empty());
    for changed in [None, Some(&["a"][..])] {
        let plan = world.plan(&with(named(changed))).unwrap();
        let [Step::Change { fields, value, .. }] = &plan.apps[..] else { panic!("no change") };
        assert_eq!((fields.as_slice(), value.version), (&["partners"][..], 2));
    }
    world.refused(&with(named(Some(&["a", "nobody"]))), &["20: app `payroll`: there is no partner `nobody`"]);
    // An app without an entry keeps its partners there.
    let lost = definitions(vec![partner("a", &[], "urn:a")], vec![], vec![], vec![]);
    assert_eq!(world.plan(&lost).unwrap().partners.len(), 0);
    let mut world = world;
    world.stored.apps[0].provenance = Provenance::SignIn;
    let faults = world.plan_with(&lost, Pruning::Remove).unwrap_err();
    assert!(faults[0].contains("its `partners` name `b`, which would be removed"), "{faults:?}");
}

#[test]
fn a_domain_is_given_up_before_it_is_taken() {
    let two = |a: &[&str], b: &[&str]| {
        definitions(vec![partner("a", a, "urn:a"), partner("b", b, "urn:b")], vec![], vec![], vec![])
    };
    let world = World::with(&two(&["x.example"], &["y.example"]));
    let plan = world.plan(&two(&["x.example", "y.example"], &[])).unwrap();
    let order = plan.partners.iter().map(|step| match step {
        Step::Change { value, .. } => value.slug.as_str(),
        _ => panic!("no change"),
    });
    assert_eq!(order.collect::<Vec<_>>(), ["b", "a"]);
}

#[test]
fn domains_exchanged_in_a_circle_are_refused() {
    let two = |a: &str, b: &str| {
        definitions(vec![partner("a", &[a], "urn:a"), partner("b", &[b], "urn:b")], vec![], vec![], vec![])
    };
    let world = World::with(&two("x.example", "y.example"));
    world.refused(
        &two("y.example", "x.example"),
        &["3: partner `a`: domains, entity IDs or issuers are exchanged between partners; take them away in one apply and give \
           them in the next"],
    );
}

#[test]
fn a_partner_without_usable_trust_cannot_be_enabled() {
    let one = |metadata: &str, switch: Switch| {
        let mut definition = partner("a", &[], metadata);
        definition.switch = switch;
        definitions(vec![definition], vec![], vec![], vec![])
    };
    let world = World::empty();
    world.refused(
        &one("urn:a keyless", Switch::Enabled),
        &["3: partner `a`: cannot be enabled: its metadata holds no usable signing key"],
    );
    world.refused(
        &one("urn:a until+0", Switch::Enabled),
        &[&format!(
            "3: partner `a`: cannot be enabled: its metadata has expired at {NOW}; ask the partner for a new one"
        )],
    );
    assert!(world.plan(&one("urn:a until+1", Switch::Enabled)).is_ok());
    assert!(world.plan(&one("urn:a until+0", Switch::Disabled)).is_ok());
    assert!(world.plan(&one("urn:a keyless", Switch::Disabled)).is_ok());
}

#[test]
fn what_is_dangerous_or_odd_is_warned_of() {
    let mut definition = partner("a", &[], "urn:a odd");
    let TrustDefinition::Saml { subject, .. } = &mut definition.trust else { panic!("not SAML") };
    *subject = SubjectRule::DangerousEmailNameId;
    let plan = World::empty().plan(&definitions(vec![definition], vec![], vec![], vec![])).unwrap();
    assert_eq!(
        plan.warnings,
        [
            "partner `a`: odd",
            "partner `a`: a mail address names the person (`dangerous_allow_mail_subject`); who gets the address later \
             gets the account"
        ]
    );
    let world = World::with(&definitions(vec![partner("a", &[], "urn:a")], vec![], vec![], vec![]));
    let plan = world.plan(&definitions(vec![partner("a", &[], "urn:b")], vec![], vec![], vec![])).unwrap();
    assert_eq!(
        plan.warnings,
        [
            "partner `a`: its entity ID changes from `urn:a` to `urn:b`; accounts that are bound already are not found by it"
        ]
    );
}

#[test]
fn there_is_one_home_organisation() {
    let kinds = |a, b| {
        let [mut first, mut second] = [partner("a", &["a.example"], "urn:a"), partner("b", &["b.example"], "urn:b")];
        (first.kind, second.kind) = (a, b);
        definitions(vec![first, second], vec![], vec![], vec![])
    };
    let (home, other) = (PartnerKind::Home, PartnerKind::Partner);
    World::empty().refused(&kinds(home, home), &["3: partner `b`: the home organisation is `a`"]);
    let world = World::with(&kinds(home, other));
    // What is stored and stays as it is counts too.
    let mut second = partner("b", &["b.example"], "urn:b");
    second.kind = home;
    let alone = definitions(vec![second], vec![], vec![], vec![]);
    world.refused(&alone, &["3: partner `b`: the home organisation is `a`"]);
    // The first gives it up before the second takes it, whatever their order.
    let plan = world.plan(&kinds(other, home)).unwrap();
    assert_eq!(plan.partners.len(), 2);
    let order = plan.partners.iter().map(|step| match step {
        Step::Change { value, fields, .. } => (value.slug.as_str(), fields.clone()),
        _ => panic!("no change"),
    });
    assert_eq!(order.collect::<Vec<_>>(), [("a", vec!["kind"]), ("b", vec!["kind"])]);
    let back = World::with(&kinds(other, home)).plan(&kinds(home, other)).unwrap();
    let first = back.partners.iter().map(|step| match step {
        Step::Change { value, .. } => value.slug.as_str(),
        _ => panic!("no change"),
    });
    assert_eq!(first.collect::<Vec<_>>(), ["b", "a"]);
    assert_eq!(back.warnings.len(), 2);
}
