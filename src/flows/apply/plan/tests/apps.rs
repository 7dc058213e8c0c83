use super::*;
use crate::base::encoding::base64url;
use crate::domain::apps::token_rules::{AccessTokenForm, Profile, TokenBinding};
use crate::domain::apps::{BackchannelLogout, ClientKeys, KeysSource, LogoutNames};
use crate::domain::partners::Network;

#[test]
fn every_key_of_an_app_is_compared() {
    let world = World::with(&whole());
    let check = |expected: &[&str], edit: &dyn Fn(&mut AppDefinition)| {
        let mut changed = whole();
        edit(&mut changed.apps[0].value);
        let plan = world.plan(&changed).unwrap();
        let [Step::Change { value, fields, .. }] = &plan.apps[..] else { panic!("{expected:?}: no change") };
        assert_eq!((fields.as_slice(), value.version), (expected, 2));
    };
    check(&["name"], &|app| app.name = "Other".to_owned());
    check(&["enabled"], &|app| app.switch = Switch::Disabled);
    check(&["owners"], &|app| app.owners = vec![mail("olga@contoso.example")]);
    check(&["assignment"], &|app| app.assignment = Assignment::Everyone);
    check(&["sector"], &|app| app.sector = Some("s".to_owned()));
    check(&["client_id", "client_secret"], &|app| oidc(app).client_id = "other".to_owned());
    check(&["client_secret"], &|app| oidc(app).client_secret = Some(SecretText::new("another secret!!".to_owned())));
    check(&["jwks"], &|app| {
        let point = crate::keys::signing::SigningKey::generate_p256().unwrap();
        let public = crate::keys::public::PublicKey::from_spki(&point.spki().unwrap()).unwrap();
        let (x, y) = public.p256_parts().map(|(x, y)| (base64url(x), base64url(y))).unwrap();
        let document = format!(r#"{{"keys":[{{"kty":"EC","crv":"P-256","x":"{x}","y":"{y}"}}]}}"#);
        oidc(app).keys = Some(ClientKeys::register(document).unwrap());
    });
    check(&["public"], &|app| oidc(app).client_secret = None);
    check(&["redirect_uris"], &|app| oidc(app).redirect_uris.push("https://b.example/".to_owned()));
    check(&["application_type"], &|app| oidc(app).application_type = ApplicationType::Native);
    check(&["id_token_signed_response_alg"], &|app| oidc(app).id_token_algorithm = IdTokenAlgorithm::Es256);
    check(&["require_pkce"], &|app| oidc(app).pkce = PkceRule::Required);
    let logout = BackchannelLogout {
        uri: "https://a.example/logout".to_owned(),
        names: LogoutNames::Any,
        network: Network::Public,
    };
    check(&["backchannel_logout_uri"], &|app| oidc(app).backchannel_logout = Some(logout.clone()));
    check(&["backchannel_logout_uri", "backchannel_logout_session_required", "dangerous_allow_private"], &|app| {
        let (names, network) = (LogoutNames::SessionRequired, Network::DangerousPrivate);
        oidc(app).backchannel_logout = Some(BackchannelLogout { names, network, ..logout.clone() });
    });
    check(&["post_logout_redirect_uris"], &|app| {
        oidc(app).post_logout_redirect_uris = vec!["https://c.example/".to_owned()]
    });
    check(&["require_pushed_authorization_requests"], &|app| oidc(app).requests = RequestRule::Pushed);
    check(&["dpop_bound_access_tokens"], &|app| oidc(app).tokens.binding = TokenBinding::Required);
    check(&["profile"], &|app| oidc(app).tokens.profile = Profile::Fapi2);
    check(&["resources"], &|app| oidc(app).tokens.resources = vec!["urn:api".to_owned()]);
    check(&["access_token_format"], &|app| oidc(app).tokens.form = AccessTokenForm::Jwt);
    check(&["serves_resources"], &|app| oidc(app).tokens.serves = vec!["urn:api".to_owned()]);
    let at = |network| ClientKeys::fetched(String::new(), KeysSource { url: "https://a.example/".to_owned(), network });
    let fetched = |app: &mut AppDefinition, network| {
        oidc(app).client_secret = None;
        oidc(app).keys = Some(at(network).unwrap());
    };
    check(&["jwks_uri", "dangerous_allow_private_jwks"], &|app| fetched(app, Network::DangerousPrivate));
    check(&["grant_types"], &|app| oidc(app).grants = GrantTypes::STANDARD.with(GrantType::RefreshToken));
}

#[test]
fn an_api_is_of_one_app() {
    let serving = |definitions: &mut Definitions| {
        oidc(&mut definitions.apps[0].value).tokens.serves = vec!["urn:api".to_owned()];
    };
    let mut one = whole();
    serving(&mut one);
    let world = World::with(&one);
    let mut second = one.apps[0].value.clone();
    second.slug = Slug::parse("other").unwrap();
    oidc(&mut second).client_id = "other".to_owned();
    let mut two = one.clone();
    two.apps.push(Located { origin: origin(40), value: second.clone() });
    let faults = |definitions: &Definitions| world.plan(definitions).unwrap_err().join(" ");
    assert!(faults(&two).contains("app `other`: the API `urn:api` is that of `payroll` too"), "{}", faults(&two));
    let mut alone = one.clone();
    alone.apps.remove(0);
    alone.groups.clear();
    alone.guests.clear();
    alone.apps.push(Located { origin: origin(40), value: second });
    assert!(faults(&alone).contains("app `other`: the API `urn:api` belongs to `payroll`"), "{}", faults(&alone));
}

#[test]
fn no_app_is_an_api_of_another() {
    let asking = |api: &str| {
        let mut one = whole();
        oidc(&mut one.apps[0].value).tokens.resources = vec![api.to_owned()];
        one
    };
    let mut second = asking("urn:other").apps[0].value.clone();
    second.slug = Slug::parse("other").unwrap();
    oidc(&mut second).client_id = "urn:other".to_owned();
    oidc(&mut second).tokens.resources = Vec::new();
    let with_second = |mut definitions: Definitions| {
        definitions.apps.push(Located { origin: origin(40), value: second.clone() });
        definitions
    };
    World::empty().plan(&with_second(asking("urn:api"))).unwrap();
    let both = World::empty().plan(&with_second(asking("urn:other"))).unwrap_err().join(" ");
    assert!(both.contains("app `payroll`: `resources`, `urn:other`: is the client_id of `other`"), "{both}");
    let mut alone = with_second(whole());
    alone.apps.drain(..2);
    alone.groups.clear();
    alone.guests.clear();
    let later = World::with(&asking("urn:other")).plan(&alone).unwrap_err().join(" ");
    assert!(later.contains("app `other`: the client_id `urn:other` is an API of `payroll`"), "{later}");
    World::with(&asking("urn:api")).plan(&alone).unwrap();
}

#[test]
fn a_sector_stays_where_the_definition_is_silent_and_its_change_is_warned_of() {
    let mut sectored = whole();
    sectored.apps[0].value.sector = Some("s".to_owned());
    let world = World::with(&sectored);
    assert!(world.plan(&whole()).unwrap().is_empty());
    sectored.apps[0].value.sector = Some("t".to_owned());
    assert_eq!(
        world.plan(&sectored).unwrap().warnings,
        ["app `payroll`: its sector changes, and with it every `sub` that it knows"]
    );
}

#[test]
fn a_secret_is_unchanged_under_a_new_root_secret() {
    let mut world = World::with(&whole());
    let previous = [SecretBytes::new(vec![1; 32])];
    world.sealer = Sealer::new(&SecretBytes::new(vec![2; 32]), &previous).unwrap();
    assert!(world.plan(&whole()).unwrap().is_empty());
    world.sealer = Sealer::new(&SecretBytes::new(vec![2; 32]), &[]).unwrap();
    assert_eq!(world.plan(&whole()).unwrap().apps.len(), 2);
}

#[test]
fn faults_of_apps_are_told_at_their_line() {
    let mut bad = whole();
    oidc(&mut bad.apps[1].value).redirect_uris = vec!["bad:1".to_owned(), "good:1".to_owned(), "bad:2".to_owned()];
    World::empty().refused(&bad, &["21: app `travel`: `bad:1` is bad", "21: app `travel`: `bad:2` is bad"]);
}

#[test]
fn a_saml_app_is_added_and_its_changes_are_told() {
    let with = |definition: AppDefinition| {
        let mut definitions = whole();
        definitions.apps.push(Located { origin: origin(40), value: definition });
        definitions
    };
    let world = World::with(&with(saml("wiki", "urn:wiki")));
    assert!(world.plan(&with(saml("wiki", "urn:wiki"))).unwrap().is_empty());
    let check = |expected: &[&str], change: &dyn Fn(&mut SamlDefinition)| {
        let mut definition = saml("wiki", "urn:wiki");
        let ProtocolDefinition::Saml(inner) = &mut definition.protocol else { panic!("no SAML") };
        change(inner);
        let plan = world.plan(&with(definition)).unwrap();
        let [Step::Change { fields, .. }] = &plan.apps[..] else { panic!("{expected:?}: no change") };
        assert_eq!(fields.as_slice(), expected);
    };
    check(&["require_signed_requests"], &|app| app.requests = SignedRequests::Required);
    check(&["signed"], &|app| app.answers = SignedAnswers::Both);
    let other = |entity_id: &str, acs: &str| SamlSource::Fields {
        entity_id: entity_id.to_owned(),
        acs: vec![acs.to_owned()],
        certificate: None,
        encryption_certificate: None,
    };
    check(&["entity_id"], &|app| app.source = other("urn:other", "https://a.example/acs"));
    check(&["acs"], &|app| app.source = other("urn:wiki", "https://b.example/acs"));
    let plan = world.plan(&with(app("wiki"))).unwrap();
    let [Step::Change { fields, .. }] = &plan.apps[..] else { panic!("no change") };
    assert_eq!(fields.as_slice(), ["protocol"]);
}

#[test]
fn an_entity_id_belongs_to_one_app() {
    let mut two = whole();
    two.apps.push(Located { origin: origin(40), value: saml("wiki", "urn:wiki") });
    two.apps.push(Located { origin: origin(50), value: saml("docs", "urn:wiki") });
    World::empty().refused(&two, &["50: app `docs`: the entity ID `urn:wiki` is that of `wiki` too"]);
    let mut one = whole();
    one.apps.push(Located { origin: origin(40), value: saml("wiki", "urn:wiki") });
    let world = World::with(&one);
    let mut other = whole();
    other.apps.push(Located { origin: origin(50), value: saml("docs", "urn:wiki") });
    world.refused(&other, &["50: app `docs`: the entity ID `urn:wiki` belongs to `wiki`"]);
    let mut bad = whole();
    bad.apps.push(Located { origin: origin(40), value: saml("wiki", "bad") });
    World::empty().refused(&bad, &["40: app `wiki`: `bad` is bad"]);
}
