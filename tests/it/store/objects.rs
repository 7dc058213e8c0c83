//! Partners, apps, groups and guests.

use std::sync::Arc;
use std::time::Duration;

use entente::domain::apps::{
    AnswerCipher, App, AppProtocol, ApplicationType, Assignment, Confidentiality, IdTokenAlgorithm, PkceRule,
    SignedAnswers, SignedRequests,
};
use entente::domain::assurance::{AssuranceContract, Comparison, Question, StatedIn, Statement};
use entente::domain::claims::names::Protocol;
use entente::domain::claims::set::{ClaimSet, NameTable};
use entente::domain::guests::{Guest, MailStanding, NameSource, Standing, UserType};
use entente::domain::invitations::language::LanguageTag;
use entente::domain::mail::MailAddress;
use entente::domain::partners::{
    Admission, AssertionEncryption, AttributeNames, MAILED_CODE_PARTNER, MAILED_CODE_SLUG, MailAuthority, Partner,
    PassiveRequests, SubjectRule, Switch, Trust,
};
use entente::domain::policy::facts::HomeTrust;
use entente::domain::policy::methods::{Method, MethodSet};
use entente::domain::policy::strengths::StrengthId;
use entente::domain::roles::Roles;
use entente::domain::store::StoreError;
use entente::domain::store::objects::{Kept, Provenance, WholeGuest};
use entente::domain::store::sign_ins::Once;
use entente::keys::oaep::Oaep;

use super::databases::Fresh;
use super::samples::*;
use crate::support::claims::rules;
use crate::support::gateway::oidc;

/// Keys are parsed anew; everything else of a partner shows in its debug form.
fn seen(partner: &Partner) -> String {
    format!("{partner:?}")
}

/// One that says everything.
fn contract() -> AssuranceContract {
    let stated = |stated_in, method| Statement {
        stated_in,
        values: vec!["hwk".to_owned(), "user".to_owned()],
        methods: MethodSet::of(&[method]),
    };
    let question = |strength, comparison| Question { strength, words: vec!["urn:gold".to_owned()], comparison };
    AssuranceContract {
        home_trust: HomeTrust::Required,
        may_assert: MethodSet::of(&[Method::Fido2, Method::FederatedMultiFactor]),
        fresh_within: Some(Duration::from_secs(3600)),
        statements: vec![
            stated(StatedIn::Class, Method::FederatedMultiFactor),
            stated(StatedIn::Acr, Method::FederatedPhishingResistant),
            stated(StatedIn::Amr, Method::Fido2),
            stated(StatedIn::Attribute("urn:how".to_owned()), Method::Sms),
        ],
        questions: vec![
            question(StrengthId::MULTIFACTOR, Comparison::Exact),
            question(StrengthId::PASSWORDLESS, Comparison::Better),
            question(StrengthId::PHISHING_RESISTANT, Comparison::Minimum),
        ],
    }
}

pub async fn every_partner_reads_back_as_written(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    let mut other = Partner {
        domains: Vec::new(),
        shared_domains: Vec::new(),
        addresses: Vec::new(),
        dns_proven: Vec::new(),
        admission: Admission::Anyone,
        switch: Switch::Disabled,
        clock_skew: Duration::from_millis(1_500),
        mail_authority: MailAuthority::VerifiedOnly,
        language: Some(LanguageTag::parse("nl").unwrap()),
        attributes: AttributeNames {
            email: Some("mail".to_owned()),
            name: Some("cn".to_owned()),
            given_name: Some("gn".to_owned()),
            family_name: Some("sn".to_owned()),
            rules: Some(crate::support::claims::inward("[[partner.claims]]\nname = 'name'\nsource = 'cn'\n")),
        },
        assurance: contract(),
        ..partner(2)
    };
    let Trust::Saml(saml) = &mut other.trust else { panic!("not SAML") };
    saml.valid_until = Some(after(1));
    saml.subject = SubjectRule::Attribute("urn:subject-id".to_owned());
    saml.request.name_id_format = Some("urn:format".to_owned());
    saml.request.requested_classes = vec!["urn:class".to_owned()];
    saml.request.passive = PassiveRequests::Allowed;
    saml.request.encryption = AssertionEncryption::Required;
    saml.certificates.clear();
    saml.keys.clear();
    let mut third = partner(3);
    let Trust::Saml(saml) = &mut third.trust else { panic!("not SAML") };
    saml.subject = SubjectRule::DangerousEmailNameId;
    saml.request.encryption = AssertionEncryption::Accepted;
    let mut unit = unit(&*store).await;
    for partner in [&third, &partner(1), &other] {
        unit.insert_partner(partner, Provenance::Applied).await.unwrap();
    }
    let listed = unit.list_partners().await.unwrap();
    let (built_in, listed): (Vec<_>, Vec<_>) =
        listed.into_iter().partition(|kept| kept.provenance == Provenance::BuiltIn);
    assert_eq!(
        built_in.iter().map(|kept| (kept.value.id, kept.value.slug.as_str())).collect::<Vec<_>>(),
        [(MAILED_CODE_PARTNER, MAILED_CODE_SLUG)]
    );
    assert!(matches!(built_in[0].value.trust, Trust::MailedCode));
    let expected = [partner(1), other.clone(), third];
    assert_eq!(
        listed.iter().map(|kept| seen(&kept.value)).collect::<Vec<_>>(),
        expected.iter().map(seen).collect::<Vec<_>>()
    );
    assert!(listed.iter().all(|kept| kept.provenance == Provenance::Applied));
    let read = unit.read_partner(partner_id(2)).await.unwrap().unwrap();
    assert_eq!(seen(&read), seen(&other));
    let changed = Partner { version: 2, ..partner(1) };
    let changed = Partner {
        domains: vec![domain("new.example").into()],
        shared_domains: vec![domain("y.example").into()],
        name: "New".to_owned(),
        ..changed
    };
    unit.update_partner(&changed, Provenance::Applied).await.unwrap();
    assert_eq!(seen(&unit.read_partner(partner_id(1)).await.unwrap().unwrap()), seen(&changed));
}

pub async fn every_app_reads_back_as_written(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    let mut other = app(2);
    other.switch = Switch::Disabled;
    other.assignment = Assignment::Everyone;
    oidc(&mut other).confidentiality = Confidentiality::Public;
    oidc(&mut other).application_type = ApplicationType::Native;
    oidc(&mut other).id_token_algorithm = IdTokenAlgorithm::Es256;
    oidc(&mut other).pkce = PkceRule::Required;
    oidc(&mut other).post_logout_redirect_uris = vec!["https://app.example/bye".to_owned()];
    let mut unit = unit(&*store).await;
    unit.insert_app(&other, Provenance::Applied).await.unwrap();
    unit.insert_app(&app(1), Provenance::Applied).await.unwrap();
    let listed = unit.list_apps().await.unwrap();
    let seen: Vec<_> = listed.iter().map(|kept| format!("{:?}", kept.value)).collect();
    assert_eq!(seen, [format!("{:?}", app(1)), format!("{other:?}")]);
    other.version = 2;
    other.owners.clear();
    unit.update_app(&other, Provenance::Applied).await.unwrap();
    let read = unit.read_app(app_id(2)).await.unwrap().unwrap();
    assert_eq!(format!("{read:?}"), format!("{other:?}"));
    unit.delete_app(app_id(2)).await.unwrap();
    assert!(unit.read_app(app_id(2)).await.unwrap().is_none());
    // An app that speaks SAML, by metadata and by fields; and one that speaks another protocol by now.
    for (place, answers) in [SignedAnswers::Assertion, SignedAnswers::Response, SignedAnswers::Both].iter().enumerate()
    {
        let number = 3 + u32::try_from(place).unwrap();
        let mut record = saml_app(number);
        let AppProtocol::Saml(saml) = &mut record.protocol else { panic!("no SAML") };
        saml.answers = *answers;
        if let (1, Some(encryption)) = (place, &mut saml.encryption) {
            (encryption.cipher, encryption.oaep) = (AnswerCipher::Aes128Gcm, Oaep::Sha256);
        }
        if place == 2 {
            saml.encryption = None;
        }
        if place == 1 {
            (saml.requests, saml.metadata, saml.valid_until) = (SignedRequests::Optional, None, None);
            saml.certificates.clear();
        }
        unit.insert_app(&record, Provenance::Applied).await.unwrap();
        let read = unit.read_app(record.id).await.unwrap().unwrap();
        assert_eq!(format!("{read:?}"), format!("{record:?}"));
    }
    for protocol in [app(3).protocol, saml_app(3).protocol] {
        let mut changed = unit.read_app(app_id(3)).await.unwrap().unwrap();
        let claims = if matches!(protocol, AppProtocol::Oidc(_)) { app(3).claims } else { saml_app(3).claims };
        (changed.version, changed.protocol, changed.claims) = (changed.version + 1, protocol, claims);
        unit.update_app(&changed, Provenance::Applied).await.unwrap();
        let read = unit.read_app(app_id(3)).await.unwrap().unwrap();
        assert_eq!(format!("{read:?}"), format!("{changed:?}"));
    }
}

pub async fn every_group_reads_back_as_written(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    furnish(&*store).await;
    let mut unit = unit(&*store).await;
    unit.insert_guest(&guest(2), Provenance::Applied).await.unwrap();
    unit.upsert_group(&group(2, &[1, 2], &[1]), Provenance::Applied).await.unwrap();
    unit.upsert_group(&group(1, &[], &[]), Provenance::Applied).await.unwrap();
    let listed = unit.list_groups().await.unwrap();
    let values: Vec<_> = listed.into_iter().map(|kept| kept.value).collect();
    assert_eq!(values, [group(1, &[], &[]), group(2, &[1, 2], &[1])]);
    unit.upsert_group(&group(2, &[2], &[]), Provenance::Applied).await.unwrap();
    assert_eq!(unit.list_groups().await.unwrap()[1].value, group(2, &[2], &[]));
    let mut clashing = group(3, &[], &[]);
    clashing.group.slug = group(1, &[], &[]).group.slug;
    assert_eq!(unit.upsert_group(&clashing, Provenance::Applied).await, Err(taken("groups_slug_key")));
    unit.delete_group(group_id(2)).await.unwrap();
    assert_eq!(unit.list_groups().await.unwrap().len(), 1);
    assert_eq!(unit.groups_of(guest_id(2), 10).await, Ok(vec![]));
}

pub async fn every_guest_reads_back_as_written(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    furnish(&*store).await;
    let other = Guest {
        mail: None,
        mail_standing: MailStanding::Known,
        display_name: None,
        name_source: NameSource::Here,
        given_name: Some("Ana".to_owned()),
        family_name: Some("Lee".to_owned()),
        user_type: UserType::Member,
        pinned_partner: Some(partner_id(9)),
        standing: Standing::Blocked,
        sessions_valid_from: after(7),
        ..invited(2)
    };
    let mut unit = unit(&*store).await;
    unit.insert_guest(&other, Provenance::Applied).await.unwrap();
    let kept = unit.guest(guest_id(2)).await.unwrap().unwrap();
    assert_eq!((kept.value.guest, kept.provenance), (other.clone(), Provenance::Applied));
    let kept = unit.guest_by_mail_key("guest1@a1.example").await.unwrap().unwrap();
    assert_eq!(kept.value, WholeGuest { guest: guest(1), apps: vec![app_id(1)], roles: Roles::NONE });
    assert_eq!(kept.provenance, Provenance::SignIn);
    assert!(unit.guest_by_mail_key("Guest1@a1.example").await.unwrap().is_none());
    assert!(unit.guest(guest_id(3)).await.unwrap().is_none());
    let renamed = Guest { display_name: Some("Ana Lee".to_owned()), given_name: None, ..other.clone() };
    unit.update_guest_names(&renamed).await.unwrap();
    assert_eq!(unit.guest(guest_id(2)).await.unwrap().unwrap().value.guest, renamed);
    let mail = MailAddress::parse("New@a2.example").unwrap();
    let changed = Guest { mail: Some(mail), pinned_partner: None, name_source: NameSource::Partner, ..renamed };
    let whole = WholeGuest { guest: changed, apps: vec![app_id(1)], roles: Roles::NONE };
    unit.update_guest(&whole, Provenance::SignIn).await.unwrap();
    let kept = unit.guest(guest_id(2)).await.unwrap().unwrap();
    assert_eq!((&kept.value, kept.provenance), (&whole, Provenance::SignIn));
    unit.delete_guest(guest_id(2)).await.unwrap();
    assert!(unit.guest(guest_id(2)).await.unwrap().is_none());
}

pub async fn the_claims_of_an_app_read_back_as_written(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    let mut unit = unit(&*store).await;
    for (mut app, protocol) in [(app(1), Protocol::Oidc), (saml_app(2), Protocol::Saml)] {
        app.claims = every_claim(protocol);
        unit.insert_app(&app, Provenance::Applied).await.unwrap();
        // The second time it is the compiled one.
        for _ in 0..2 {
            let read = unit.read_app(app.id).await.unwrap().unwrap();
            assert_eq!(read.claims, app.claims);
        }
        app.version += 1;
        app.claims = Arc::new(ClaimSet::none(protocol));
        unit.update_app(&app, Provenance::Applied).await.unwrap();
        assert_eq!(unit.read_app(app.id).await.unwrap().unwrap().claims, app.claims);
    }
}

/// Rules with everything that rules can say.
fn every_claim(protocol: Protocol) -> Arc<ClaimSet> {
    let name_id = "name_id = { source = 'user.mail', format = 'unspecified' }\n";
    let formats = "[[app.claims]]\nname = 'f'\nname_format = 'unspecified'\nvalue = 'x'\n";
    let (name_id, formats) = if protocol == Protocol::Saml { (name_id, formats) } else { ("", "") };
    let text = format!(
        "{formats}[[app.claims]]\nname = 'a'\nmultivalued = true\nsource = 'authentication.methods'\n\
         transforms = [{{ kind = 'extract_mail_prefix' }}, {{ kind = 'to_lowercase' }}]\n\
         [[app.claims.conditions]]\nusers = 'org_guests'\ngroups = ['auditors']\n\
         expression = \"'engineers' in user.groups && partner == 'fabrikam' ? 'x' : user.mail\"\n\
         [[app.claims.conditions]]\nvalue = 'x'\ntransforms = [{{ kind = 'to_uppercase' }}, \
         {{ kind = 'join', separator = '-', with = {{ source = 'user.id' }} }}]\n\
         [[app.claims.conditions]]\nusers = 'members'\nvalue = 'x'\ntransforms = [\
         {{ kind = 'contains', text = 'a', output = {{ value = 'b' }} }}, \
         {{ kind = 'start_with', text = 'a', output = {{ value = 'b' }}, otherwise = {{ source = 'user.id' }} }}]\n\
         [[app.claims.conditions]]\nusers = 'all_guests'\nvalue = 'x'\ntransforms = [\
         {{ kind = 'end_with', text = 'a', output = {{ value = 'b' }} }}, {{ kind = 'extract', after = 'a' }}]\n\
         [[app.claims.conditions]]\nusers = 'external_guests'\nvalue = 'x'\ntransforms = [\
         {{ kind = 'extract_alpha_prefix' }}, {{ kind = 'extract_alpha_suffix' }}]\n\
         [[app.claims.conditions]]\nvalue = 'x'\ntransforms = [\
         {{ kind = 'extract_numeric_prefix' }}, {{ kind = 'extract_numeric_suffix' }}]\n\
         [[app.claims.conditions]]\nvalue = 'x'\ntransforms = [{{ kind = 'if_empty', output = {{ value = 'y' }} }}, \
         {{ kind = 'if_not_empty', output = {{ value = 'z' }} }}]\n\
         [[app.claims.conditions]]\nvalue = 'x'\ntransforms = [{{ kind = 'substring', start = 1 }}, \
         {{ kind = 'regex_replace', pattern = '(?<g>x)', replacement = '{{g}}{{i}}', otherwise = {{ value = 'n' }}, \
         inputs = [{{ name = 'i', source = 'user.id' }}] }}]\n"
    );
    let names = NameTable {
        groups: vec![("auditors".to_owned(), group_id(1)), ("engineers".to_owned(), group_id(2))],
        partners: vec![("fabrikam".to_owned(), partner_id(1))],
    };
    rules(protocol, name_id, &text, &names)
}

pub async fn taken_names_are_told_by_their_constraints(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    furnish(&*store).await;
    let mut unit = unit(&*store).await;
    let slug = Partner { slug: partner(1).slug, ..partner(2) };
    let entity_id = Partner { trust: partner(1).trust, ..partner(2) };
    for (partner, constraint) in [(slug, "partners_slug_key"), (entity_id, "partners_entity_id_key")] {
        assert_eq!(unit.insert_partner(&partner, Provenance::Applied).await, Err(taken(constraint)));
    }
    let mut app_slug = app(2);
    app_slug.slug = app(1).slug;
    let mut client_id = app(2);
    oidc(&mut client_id).client_id = oidc(&mut app(1)).client_id.clone();
    unit.insert_app(&saml_app(3), Provenance::Applied).await.unwrap();
    let entity_id = App { protocol: saml_app(3).protocol, ..app(2) };
    let taken_names =
        [(app_slug, "apps_slug_key"), (client_id, "apps_client_id_key"), (entity_id, "apps_entity_id_key")];
    for (app, constraint) in taken_names {
        assert_eq!(unit.insert_app(&app, Provenance::Applied).await, Err(taken(constraint)));
    }
    let name = Guest { user_principal_name: guest(1).user_principal_name, ..guest(2) };
    let mail = Guest { mail: guest(1).mail, ..guest(2) };
    let bound = Guest { binding: guest(1).binding, ..guest(2) };
    for (guest, constraint) in
        [(name, "guests_upn_key"), (mail.clone(), "guests_mail_key"), (bound.clone(), "guests_identity_key")]
    {
        assert_eq!(unit.insert_guest(&guest, Provenance::SignIn).await, Err(taken(constraint)));
    }
    unit.insert_guest(&invited(2), Provenance::Applied).await.unwrap();
    assert_eq!(unit.bind_guest(&bound).await, Err(taken("guests_identity_key")));
    let whole = WholeGuest { guest: mail, apps: Vec::new(), roles: Roles::NONE };
    assert_eq!(unit.update_guest(&whole, Provenance::Applied).await, Err(taken("guests_mail_key")));
    let domains = Partner { domains: partner(1).domains, ..partner(2) };
    assert_eq!(unit.insert_partner(&domains, Provenance::Applied).await, Err(taken("partner_domains_pkey")));
}

pub async fn an_update_of_another_version_has_lost(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    furnish(&*store).await;
    for version in [1, 3] {
        let mut unit = unit(&*store).await;
        let partner = Partner { version, ..partner(1) };
        assert_eq!(unit.update_partner(&partner, Provenance::Applied).await, Err(StoreError::Raced));
        let mut app = app(1);
        app.version = version;
        assert_eq!(unit.update_app(&app, Provenance::Applied).await, Err(StoreError::Raced));
    }
    let mut unit = unit(&*store).await;
    unit.update_partner(&Partner { version: 2, ..partner(1) }, Provenance::Applied).await.unwrap();
    assert_eq!(unit.read_partner(partner_id(1)).await.unwrap().unwrap().version, 2);
}

pub async fn a_switch_turns_once_and_moves_the_version(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    furnish(&*store).await;
    let mut unit = unit(&*store).await;
    assert_eq!(unit.switch_partner(partner_id(1), Switch::Enabled).await, Ok(Once::Again));
    assert_eq!(unit.switch_partner(partner_id(1), Switch::Disabled).await, Ok(Once::First));
    assert_eq!(unit.switch_partner(partner_id(1), Switch::Disabled).await, Ok(Once::Again));
    assert_eq!(unit.switch_partner(partner_id(2), Switch::Disabled).await, Ok(Once::Again));
    let partner = unit.read_partner(partner_id(1)).await.unwrap().unwrap();
    assert_eq!((partner.version, partner.switch), (2, Switch::Disabled));
    assert_eq!(unit.switch_app(app_id(1), Switch::Disabled).await, Ok(Once::First));
    assert_eq!(unit.switch_app(app_id(1), Switch::Disabled).await, Ok(Once::Again));
    let app = unit.read_app(app_id(1)).await.unwrap().unwrap();
    assert_eq!((app.version, app.switch), (2, Switch::Disabled));
}

pub async fn a_removed_partner_leaves_its_guests(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    furnish_whole(&*store).await;
    let mut unit = unit(&*store).await;
    unit.delete_partner(partner_id(1)).await.unwrap();
    assert_eq!(unit.guest(guest_id(1)).await.unwrap().unwrap().value.guest, guest(1));
    assert_eq!(unit.read_session_by_id(session_id(1), app_id(1)).await, Ok(None));
    let reading = unit.read_sign_in(partner_id(1), app_id(1), &identity(1)).await.unwrap();
    assert_eq!((reading.partner, reading.guest), (None, Some(guest(1))));
}

pub async fn guests_are_listed_in_pages(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    furnish(&*store).await;
    let mut unit = unit(&*store).await;
    for number in [3, 2] {
        unit.insert_guest(&guest(number), Provenance::SignIn).await.unwrap();
    }
    unit.set_guest_apps(guest_id(3), &[app_id(1)]).await.unwrap();
    let listed = |kept: Vec<Kept<WholeGuest>>| -> Vec<_> {
        kept.into_iter().map(|kept| (kept.value.guest.id, kept.value.apps.len())).collect()
    };
    let first = listed(unit.list_guests(None, 2).await.unwrap());
    assert_eq!(first, [(guest_id(1), 1), (guest_id(2), 0)]);
    assert_eq!(listed(unit.list_guests(Some(guest_id(2)), 2).await.unwrap()), [(guest_id(3), 1)]);
    assert_eq!(listed(unit.list_guests(Some(guest_id(3)), 2).await.unwrap()), []);
}

pub async fn blocking_ends_sessions_once(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    furnish_whole(&*store).await;
    let mut unit = unit(&*store).await;
    let (active, blocked) = (Standing::Active, Standing::Blocked);
    assert_eq!(unit.set_guest_standing(guest_id(1), active, after(1)).await, Ok(Once::Again));
    assert!(unit.read_session_by_id(session_id(1), app_id(1)).await.unwrap().is_some());
    assert_eq!(unit.set_guest_standing(guest_id(1), blocked, after(2)).await, Ok(Once::First));
    assert_eq!(unit.read_session_by_id(session_id(1), app_id(1)).await, Ok(None));
    assert_eq!(unit.set_guest_standing(guest_id(1), blocked, after(3)).await, Ok(Once::Again));
    assert_eq!(unit.set_guest_standing(guest_id(1), active, after(4)).await, Ok(Once::First));
    let guest = unit.guest(guest_id(1)).await.unwrap().unwrap().value.guest;
    assert_eq!((guest.standing, guest.sessions_valid_from), (active, after(2)));
}

pub async fn revoking_counts_sessions(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    furnish_whole(&*store).await;
    let mut unit = unit(&*store).await;
    unit.insert_session(&session(2)).await.unwrap();
    assert_eq!(unit.revoke_guest(guest_id(2), after(1)).await, Ok(0));
    assert_eq!(unit.revoke_guest(guest_id(1), after(1)).await, Ok(2));
    assert_eq!(unit.revoke_guest(guest_id(1), after(2)).await, Ok(0));
    let guest = unit.guest(guest_id(1)).await.unwrap().unwrap().value.guest;
    assert_eq!(guest.sessions_valid_from, after(2));
}
