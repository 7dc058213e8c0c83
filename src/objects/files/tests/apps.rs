use super::*;
use crate::domain::apps::{BackchannelLogout, LogoutNames};
use crate::domain::partners::Network;

#[test]
fn an_app_has_the_defaults_of_registration() {
    let found = app("", OIDC);
    assert_eq!((found.switch, found.assignment, &found.sector), (Switch::Enabled, Assignment::Required, &None));
    let oidc = relying_party(found);
    assert_eq!((oidc.client_id.as_str(), oidc.application_type), ("payroll", ApplicationType::Web));
    assert_eq!(oidc.client_secret.unwrap().expose(), "0123456789abcdef");
    assert_eq!((oidc.id_token_algorithm, oidc.pkce), (IdTokenAlgorithm::Rs256, PkceRule::Optional));
    assert_eq!(oidc.redirect_uris, ["https://a.example/cb"]);
    assert!(oidc.post_logout_redirect_uris.is_empty());
}

#[test]
fn every_key_of_an_app_is_read() {
    let found = app(
        &format!(
            "id = '{ID}'\nname = 'Payroll'\nenabled = false\nowners = ['olga@contoso.example']\nassignment = 'everyone'\nsector = 's'"
        ),
        "client_id = 'c'\nclient_secret = { env = 'SECRET' }\nredirect_uris = ['http://127.0.0.1/cb', 'app:/cb']\n\
         application_type = 'native'\nid_token_signed_response_alg = 'ES256'\nrequire_pkce = true\n\
         post_logout_redirect_uris = ['https://a.example/']\ngrant_types = ['authorization_code', 'refresh_token']\n",
    );
    assert_eq!(found.id.unwrap().to_string(), ID);
    assert_eq!(
        (found.name.as_str(), found.switch, found.assignment),
        ("Payroll", Switch::Disabled, Assignment::Everyone)
    );
    assert_eq!((found.owners[0].as_str(), found.sector.as_deref()), ("olga@contoso.example", Some("s")));
    let oidc = relying_party(found);
    assert_eq!(oidc.client_secret.unwrap().expose(), "from the environment");
    assert_eq!((oidc.application_type, oidc.id_token_algorithm), (ApplicationType::Native, IdTokenAlgorithm::Es256));
    assert_eq!((oidc.pkce, oidc.redirect_uris.len()), (PkceRule::Required, 2));
    assert_eq!(oidc.post_logout_redirect_uris, ["https://a.example/"]);
    assert_eq!(oidc.grants, GrantTypes::STANDARD.with(GrantType::RefreshToken));
}

#[test]
fn an_app_that_acts_for_nobody_has_no_redirect_uris() {
    let secret = "client_id = 'robot'\nclient_secret = { env = 'SECRET' }\n";
    let robot = relying_party(app("", &format!("{secret}grant_types = ['client_credentials']\n")));
    assert_eq!((robot.grants, robot.redirect_uris.len()), (GrantTypes::NONE.with(GrantType::ClientCredentials), 0));
    for (keys, expected) in [
        ("grant_types = []\n", "6: `grant_types` needs at least one grant type; or leave it out"),
        (
            "grant_types = ['refresh_token']\n",
            "6: `grant_types`: a `refresh_token` comes from a code; add `authorization_code`",
        ),
        (
            "grant_types = ['client_credentials', 'password']\n",
            "6: `grant_types`, `password`: is none of `authorization_code`, `refresh_token` and `client_credentials`",
        ),
        (
            "grant_types = ['client_credentials']\nredirect_uris = ['https://a.example/']\n",
            "7: an app without `authorization_code` in `grant_types` has no `redirect_uris`; leave one of both out",
        ),
        ("grant_types = ['authorization_code']\n", "3: `[app.oidc]` needs the key `redirect_uris`"),
    ] {
        refused(&format!("[[app]]\nslug = 'robot'\n[app.oidc]\n{secret}{keys}"), &[expected]);
    }
    let public = "client_id = 'robot'\npublic = true\ngrant_types = ['client_credentials']\n";
    let expected = "6: `grant_types`: a public app cannot have `client_credentials`, since it proves nothing";
    refused(&format!("[[app]]\nslug = 'robot'\n[app.oidc]\n{public}"), &[expected]);
}

#[test]
fn an_app_may_prove_itself_by_its_keys() {
    const EC: &str = r#"{"keys":[{"kty":"EC","crv":"P-256","x":"axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpY","y":"T-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU"}]}"#;
    let text = |keys: &str| {
        format!(
            "[[app]]\nslug = 'payroll'\n[app.oidc]\nclient_id = 'c'\nredirect_uris = ['https://a.example/']\n{keys}"
        )
    };
    let read = |keys: &str, document: &str| {
        let sources = sources().file("/files/a.toml", text(keys)).file("/files/keys.json", document);
        read(&[PathBuf::from("/files/a.toml")], &sources)
    };
    let mut contents = read("jwks = 'keys.json'\n", EC);
    assert_eq!(contents.faults, vec![]);
    let oidc = relying_party(contents.definitions.apps.remove(0).value);
    assert_eq!((oidc.keys.map(|keys| keys.document().to_owned()).as_deref(), oidc.client_secret), (Some(EC), None));
    for (keys, document, expected) in [
        ("jwks = {}\n", EC, "6: `jwks` must be a text, not a table"),
        ("jwks = 'none.json'\n", EC, "6: `jwks`: cannot read `/files/none.json`: entity not found"),
        ("jwks = 'keys.json'\n", "x", "6: `jwks`, `keys.json`: the key document cannot be read"),
        (
            "jwks = 'keys.json'\n",
            r#"{"keys":[]}"#,
            "6: `jwks`, `keys.json`: the key document has no RSA, P-256 or Ed25519 key for signatures",
        ),
        (
            "jwks = 'keys.json'\n",
            &EC.replace("{\"kty", "{\"d\":\"AQ\",\"kty"),
            "6: `jwks`, `keys.json`: the key document has a private key; give the public half alone, and take the pair for lost",
        ),
        (
            "jwks = 'keys.json'\nclient_secret = '0123456789abcdef'\n",
            EC,
            "7: an app with keys of its own has no `client_secret`; leave one of both out",
        ),
        ("jwks = 'keys.json'\npublic = true\n", EC, "6: a public app has no `jwks`; leave one of both out"),
    ] {
        let told = read(keys, document).faults.into_iter().map(|fault| fault.to_string()).collect::<Vec<_>>();
        assert_eq!(told, [format!("/files/a.toml:{expected}")], "{keys} {document}");
    }
}

#[test]
fn keys_may_have_an_address() {
    let oidc = |more: &str| {
        relying_party(app("", &format!("client_id = 'c'\nredirect_uris = ['https://a.example/']\n{more}")))
    };
    let source = |more: &str| oidc(more).keys.unwrap().source().cloned().unwrap();
    let public = KeysSource { url: "https://a.example/jwks".to_owned(), network: Network::Public };
    assert_eq!(source("jwks_uri = 'https://a.example/jwks'\n"), public);
    let private = KeysSource { network: Network::DangerousPrivate, ..public };
    assert_eq!(source("jwks_uri = 'https://a.example/jwks'\ndangerous_allow_private_jwks = true\n"), private);
    let base = "[[app]]\nslug = 'payroll'\n[app.oidc]\nclient_id = 'c'\nredirect_uris = ['https://a.example/']\n";
    let uri = "jwks_uri = 'https://a.example/'\n";
    let address = "6: `jwks_uri`: must be an https address without user name and fragment, at most 2048 bytes long";
    for (keys, expected) in [
        ("jwks_uri = 'file:///etc/passwd'\n".to_owned(), address),
        ("jwks_uri = 'data:application/json,x'\n".to_owned(), address),
        ("jwks_uri = 'https://u:p@a.example/'\n".to_owned(), address),
        (format!("{uri}public = true\n"), "6: a public app has no `jwks_uri`; leave one of both out"),
        (
            format!("{uri}client_secret = '0123456789abcdef'\n"),
            "7: an app with keys of its own has no `client_secret`; leave one of both out",
        ),
        (
            "client_secret = '0123456789abcdef'\ndangerous_allow_private_jwks = true\n".to_owned(),
            "7: `dangerous_allow_private_jwks` says where `jwks_uri` may lead, which is not there; leave it out",
        ),
        (
            format!("{uri}jwks = 'keys.json'\n"),
            "6: the keys come from one of `jwks` and `jwks_uri`; leave the other out",
        ),
    ] {
        refused(&format!("{base}{keys}"), &[expected]);
    }
}

#[test]
fn a_strict_profile_says_the_rest_by_itself_and_takes_nothing_weaker() {
    let base = "client_id = 'c'\nredirect_uris = ['https://a.example/']\njwks_uri = 'https://a.example/jwks'\n";
    let strict = relying_party(app("", &format!("{base}profile = 'fapi2'\n")));
    assert_eq!((strict.pkce, strict.requests), (PkceRule::Required, RequestRule::Pushed));
    assert_eq!((strict.tokens.binding, strict.tokens.profile), (TokenBinding::Required, Profile::Fapi2));
    assert_eq!(strict.id_token_algorithm, IdTokenAlgorithm::Es256);
    let plain = relying_party(app("", base));
    assert_eq!((plain.tokens.binding, plain.tokens.profile), (TokenBinding::AsAsked, Profile::Plain));
    let same = "profile = 'fapi2'\nrequire_pkce = true\ndpop_bound_access_tokens = true\n\
                require_pushed_authorization_requests = true\nid_token_signed_response_alg = 'ES256'\n";
    assert_eq!(relying_party(app("", &format!("{base}{same}"))).tokens, strict.tokens);
    let head = format!("[[app]]\nslug = 'payroll'\n[app.oidc]\n{base}profile = 'fapi2'\n");
    for name in ["require_pushed_authorization_requests", "require_pkce", "dpop_bound_access_tokens"] {
        let expected = format!("8: `profile = \"fapi2\"`: `{name}` cannot be `false`; leave it out");
        refused(&format!("{head}{name} = false\n"), &[&expected]);
    }
    refused(
        &format!("{head}id_token_signed_response_alg = 'RS256'\n"),
        &["8: `profile = \"fapi2\"`: `RS256` is too weak; take `ES256`, or leave it out"],
    );
    let other = "[[app]]\nslug = 'payroll'\n[app.oidc]\nclient_id = 'c'\nredirect_uris = ['https://a.example/']\n";
    refused(
        &format!("{other}profile = 'fapi2'\npublic = true\n"),
        &[
            "7: `profile = \"fapi2\"`: the app must prove itself with its own keys; give `jwks` in the place of `public`",
        ],
    );
    refused(
        &format!("{other}profile = 'fapi2'\nclient_secret = '0123456789abcdef'\n"),
        &[
            "7: `profile = \"fapi2\"`: the app must prove itself with its own keys; give `jwks` in the place of the secret",
        ],
    );
}

#[test]
fn apis_are_absolute_and_each_is_named_once() {
    let apis = "resources = ['https://api.example', 'urn:other']\naccess_token_format = 'jwt'\n\
                serves_resources = ['https://own.example']\n";
    let tokens = relying_party(app("", &format!("{OIDC}{apis}"))).tokens;
    assert_eq!((tokens.form, tokens.resources.len()), (AccessTokenForm::Jwt, 2));
    assert_eq!(tokens.serves, ["https://own.example"]);
    let base = "[[app]]\nslug = 'payroll'\n[app.oidc]\nclient_id = 'c'\nredirect_uris = ['https://a.example/']\n";
    let many: Vec<String> = (0..65).map(|number| format!("'urn:{number}'")).collect();
    for (keys, expected) in [
        ("resources = ['a']\n".to_owned(), "7: `resources`, `a`: must be an absolute URI without fragment"),
        ("resources = ['urn:a#b']\n".to_owned(), "7: `resources`, `urn:a#b`: must be an absolute URI without fragment"),
        ("resources = ['urn:a', 'urn:a']\n".to_owned(), "7: `resources` lists `urn:a` twice"),
        (format!("resources = [{}]\n", many.join(", ")), "7: `resources` has more than 64 entries"),
        (
            "access_token_format = 'jwt'\n".to_owned(),
            "7: `access_token_format = \"jwt\"` is about tokens for `resources`; give some",
        ),
    ] {
        refused(&format!("{base}client_secret = '0123456789abcdef'\n{keys}"), &[expected]);
    }
    refused(
        &format!("{base}public = true\nserves_resources = ['urn:a']\n"),
        &["7: a public app cannot ask about tokens, since it proves nothing; leave it out"],
    );
}

#[test]
fn a_saml_app_is_read_from_its_metadata_or_by_fields() {
    let saml = |keys: &str| {
        let mut contents = read_text(&format!("[[app]]\nslug = 'wiki'\n[app.saml]\n{keys}"));
        assert_eq!(contents.faults, vec![], "{keys}");
        match contents.definitions.apps.remove(0).value.protocol {
            ProtocolDefinition::Saml(saml) => saml,
            ProtocolDefinition::Oidc(_) => panic!("no SAML"),
        }
    };
    let found = saml("metadata = 'fabrikam.xml'\n");
    assert_eq!((found.requests, found.answers), (SignedRequests::Optional, SignedAnswers::Assertion));
    assert!(matches!(found.source, SamlSource::Metadata(document) if document.text() == Ok("<document/>")));
    let found = saml(
        "entity_id = 'urn:wiki'\nacs = ['https://a.example/acs', 'https://b.example/acs']\n\
         certificate = 'fabrikam.xml'\nrequire_signed_requests = true\nsigned = 'both'\n\
         encryption_certificate = 'fabrikam.xml'\nencryption = 'required'\n",
    );
    assert_eq!((found.requests, found.answers), (SignedRequests::Required, SignedAnswers::Both));
    assert_eq!(found.encryption, EncryptedAnswers::Required);
    let SamlSource::Fields { entity_id, acs, certificate, encryption_certificate } = found.source else {
        panic!("no fields")
    };
    assert_eq!((entity_id.as_str(), acs.len()), ("urn:wiki", 2));
    assert_eq!([certificate, encryption_certificate].map(|found| found.unwrap().path), ["fabrikam.xml"; 2]);
    let encryption = |keys: &str| saml(&format!("metadata = 'fabrikam.xml'\n{keys}")).encryption;
    assert_eq!(encryption(""), EncryptedAnswers::WhereOffered);
    assert_eq!(encryption("encryption = 'never'\n"), EncryptedAnswers::Never);
    assert_eq!(saml("metadata = 'fabrikam.xml'\nsigned = 'response'\n").answers, SignedAnswers::Response);
}

#[test]
fn what_a_saml_app_lacks_or_says_twice_is_told() {
    let check = |keys: &str, expected: &[&str]| refused(&format!("[[app]]\nslug = 'x'\n[app.saml]\n{keys}"), expected);
    let missing = |name: &str| {
        format!("3: `[app.saml]` needs `metadata` or `metadata_url`, or `entity_id` and `acs`: `{name}` is missing")
    };
    check("", &[&missing("acs"), &missing("entity_id")]);
    check("entity_id = 'urn:x'\n", &[&missing("acs")]);
    check("entity_id = 'urn:x'\nacs = []\n", &["5: `acs` needs 1 to 32 addresses"]);
    check(
        "metadata = 'fabrikam.xml'\nentity_id = 'urn:x'\n",
        &["5: `entity_id` stands in the metadata; leave out one of both"],
    );
    check("metadata = 'none.xml'\n", &["4: `metadata`: cannot read `/files/none.xml`: entity not found"]);
    check(
        "metadata = 'fabrikam.xml'\nsigned = 'nothing'\n",
        &["5: `signed` must be one of `assertion`, `response`, `both`: this version does not know `nothing`"],
    );
    check(
        "metadata = 'fabrikam.xml'\nmetadata_url = 'https://x'\n",
        &["5: the document comes from one of `metadata` and `metadata_url`; leave the other out"],
    );
    check(
        "metadata_url = 'https://x'\nacs = ['https://a.example']\n",
        &["5: `acs` stands in the metadata; leave out one of both"],
    );
    check(
        "entity_id = 'urn:x'\nacs = ['https://a.example']\ndangerous_allow_private = true\n",
        &["6: `dangerous_allow_private` says how `metadata_url` is fetched, which is not there; leave it out"],
    );
    refused(
        &format!("[[app]]\nslug = 'x'\n[app.oidc]\n{OIDC}[app.saml]\nmetadata = 'fabrikam.xml'\n"),
        &["7: an app speaks one protocol; leave out one of `[app.oidc]` and `[app.saml]`"],
    );
}

#[test]
fn a_public_app_has_no_secret_and_always_pkce() {
    let public = "client_id = 'c'\nredirect_uris = ['https://a.example/cb']\npublic = true\n";
    let found = relying_party(app("", public));
    assert_eq!((found.client_secret, found.pkce), (None, PkceRule::Required));
    assert_eq!(relying_party(app("", &format!("{public}require_pkce = true"))).pkce, PkceRule::Required);
    let text = |more: &str| format!("[[app]]\nslug = 'x'\n[app.oidc]\n{public}{more}\n");
    refused(&text("require_pkce = false"), &["7: `require_pkce` cannot be `false` for a public app; leave it out"]);
    refused(
        &text("client_secret = '0123456789abcdef'"),
        &["7: a public app has no `client_secret`; leave one of both out"],
    );
}

#[test]
fn an_app_needs_a_client_id_a_redirect_uri_and_a_secret() {
    refused("[[app]]\nslug = 'x'\n", &["1: `[[app]]` needs one of `[app.oidc]` and `[app.saml]`"]);
    refused(
        "[[app]]\nslug = 'x'\n[app.oidc]\n",
        &[
            "3: `[app.oidc]` needs `client_secret`, `jwks` or `jwks_uri`, or `public = true` for an app that cannot keep any",
            "3: `[app.oidc]` needs the key `client_id`",
            "3: `[app.oidc]` needs the key `redirect_uris`",
        ],
    );
}

#[test]
fn each_key_of_an_app_is_refused_by_cause() {
    app_refused("owners = ['olga']", "`owners`, `olga`: not a mail address of the form `ana@fabrikam.example`");
    app_refused(
        "assignment = 'some'",
        "`assignment` must be one of `required`, `everyone`: this version does not know `some`",
    );
    app_refused("enabled = 1", "`enabled` must be `true` or `false`, not a whole number");
    app_refused("sector = ''", "`sector`: must be 1 to 1024 bytes without control characters and spaces at its ends");
    app_refused("colour = ['x']", "unknown key `colour` in `[[app]]`: not known to this version");
    app_refused("ws_fed = {}", "unknown key `ws_fed` in `[[app]]`: not known to this version");
    let oidc_refused = |from: &str, to: &str, expected: &str| {
        let text = format!("[[app]]\nslug = 'payroll'\n[app.oidc]\n{}", OIDC.replace(from, to));
        refused(&text, &[expected]);
    };
    let client_id = "4: `client_id`: must be 1 to 255 printable ASCII characters without spaces";
    oidc_refused("'payroll'", "''", client_id);
    oidc_refused("'payroll'", "'pay roll'", client_id);
    oidc_refused("'payroll'", &format!("'{}'", "x".repeat(256)), client_id);
    let secret = "5: `client_secret` must be 16 to 512 printable ASCII characters; make it random";
    oidc_refused("0123456789abcdef", "0123456789abcde", secret);
    oidc_refused("0123456789abcdef", &"x".repeat(513), secret);
    oidc_refused("0123456789abcdef", "0123456789abcdeé", secret);
    oidc_refused(
        "'0123456789abcdef'",
        "{ env = 'UNSET' }",
        "5: `client_secret`: the environment variable `UNSET` is not set",
    );
    oidc_refused("['https://a.example/cb']", "[]", "6: `redirect_uris` needs at least one URI");
    oidc_refused("['https://a.example/cb']", "'x'", "6: `redirect_uris` must be a list of texts, not a text");
    assert_eq!(
        relying_party(app("", &OIDC.replace("'payroll'", &format!("'{}'", "x".repeat(255))))).client_id.len(),
        255
    );
    let longest = app("", &OIDC.replace("0123456789abcdef", &"x".repeat(512)));
    assert_eq!(relying_party(longest).client_secret.unwrap().expose().len(), 512);
}

#[test]
fn an_app_says_where_it_is_told_of_sessions_that_end() {
    let logout = |more: &str| relying_party(app("", &format!("{OIDC}{more}"))).backchannel_logout;
    let uri = "backchannel_logout_uri = 'https://a.example/logout?x=1'\n";
    assert_eq!(logout(""), None);
    let plain = BackchannelLogout {
        uri: "https://a.example/logout?x=1".to_owned(),
        names: LogoutNames::Any,
        network: Network::Public,
    };
    assert_eq!(logout(uri), Some(plain.clone()));
    let more = format!("{uri}backchannel_logout_session_required = true\ndangerous_allow_private = true\n");
    let whole = BackchannelLogout { names: LogoutNames::SessionRequired, network: Network::DangerousPrivate, ..plain };
    assert_eq!(logout(&more), Some(whole));
    let check = |more: &str, expected: &str| {
        refused(&format!("[[app]]\nslug = 'x'\n[app.oidc]\n{OIDC}{more}"), &[expected]);
    };
    check("backchannel_logout_uri = '/logout'\n", "7: `backchannel_logout_uri`: relative URL without a base");
    for key in ["backchannel_logout_session_required", "dangerous_allow_private"] {
        let expected =
            format!("7: `{key}` says something of `backchannel_logout_uri`, which is not there; leave it out");
        check(&format!("{key} = true\n"), &expected);
    }
}

#[test]
fn a_malformed_redirect_uri_is_a_fault_of_its_own_line() {
    let text = "[[app]]\nslug = 'x'\n[app.oidc]\nclient_id = 'c'\npublic = true\nredirect_uris = [\n 'https://a.example/',\n 'nonsense',\n]\n";
    refused(text, &["8: `redirect_uris`, `nonsense`: relative URL without a base"]);
}

#[test]
fn permissions_are_of_apps_that_can_have_tokens_for_them() {
    let secret = "client_id = 'robot'\nclient_secret = { env = 'SECRET' }\n";
    let both = format!(
        "{secret}grant_types = ['authorization_code', 'client_credentials']\nredirect_uris = ['https://a.example/']\n"
    );
    let tokens =
        relying_party(app("permissions = ['User.Invite.All']\ndelegated_permissions = ['User.Read']", &both)).tokens;
    assert_eq!((tokens.permissions.words(), tokens.delegated.words()), (vec!["User.Invite.All"], vec!["User.Read"]));
    assert!(relying_party(app("", &both)).tokens.permissions.is_empty());
    let text = |keys: &str, oidc: &str| format!("[[app]]\nslug = 'robot'\n{keys}\n[app.oidc]\n{oidc}");
    let own = format!("{secret}grant_types = ['client_credentials']\n");
    let people = format!("{secret}redirect_uris = ['https://a.example/']\n");
    for (keys, oidc, expected) in [
        (
            "permissions = ['User.Invite.All']",
            &people,
            "3: `permissions` are of the app's own tokens; add `client_credentials` to `grant_types`",
        ),
        (
            "delegated_permissions = ['User.Read']",
            &own,
            "3: `delegated_permissions` are of tokens of people; add `authorization_code` to `grant_types`",
        ),
        (
            "permissions = ['User.Read']",
            &own,
            "3: `permissions`: `User.Read` is about a person; give it as `delegated_permissions`",
        ),
    ] {
        refused(&text(keys, oidc), &[expected]);
    }
    let known = faults(&text("permissions = ['user.invite.all']", &own));
    assert!(known.len() == 1 && known[0].contains("`user.invite.all`: is none of `User.Invite.All`, "), "{known:?}");
    let saml = "[[app]]\nslug = 'a'\npermissions = ['User.Invite.All']\n[app.saml]\nentity_id = 'urn:a'\nacs = ['https://a.example/']\n";
    let told = faults(saml);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("a SAML app has no tokens and therefore no `permissions`"), "{told:?}");
}
