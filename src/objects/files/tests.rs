mod apps;
mod assurance;
mod claims;

use std::path::PathBuf;
use std::time::Duration;

use proptest::prelude::*;

use super::{Contents, read};
use crate::domain::apps::grant_types::{GrantType, GrantTypes};
use crate::domain::apps::token_rules::{AccessTokenForm, Profile, TokenBinding};
use crate::domain::apps::{
    ApplicationType, Assignment, EncryptedAnswers, IdTokenAlgorithm, KeysSource, PkceRule, RequestRule, SignedAnswers,
    SignedRequests,
};
use crate::domain::definitions::{
    AppDefinition, CredentialDefinition, GuestReference, OidcDefinition, PartnerDefinition, ProtocolDefinition,
    SamlSource, TrustDefinition,
};
use crate::domain::partners::PartnerAlgorithm;
use crate::domain::partners::{
    Admission, AssertionEncryption, AttributeNames, MailAuthority, PassiveRequests, SubjectRule, Switch,
};
use crate::objects::sources::memory::Memory;

const PARTNER: &str = "[[partner]]\nslug = 'fabrikam'\nsaml.metadata = 'fabrikam.xml'\n";
const OIDC: &str =
    "client_id = 'payroll'\nclient_secret = '0123456789abcdef'\nredirect_uris = ['https://a.example/cb']\n";
const ID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

fn sources() -> Memory {
    Memory::default()
        .file("/files/fabrikam.xml", "<document/>")
        .file("/files/binary.xml", [0xff])
        .set("SECRET", "from the environment")
}

fn read_text(text: &str) -> Contents {
    read(&[PathBuf::from("/files/a.toml")], &sources().file("/files/a.toml", text))
}

fn faults(text: &str) -> Vec<String> {
    let told = read_text(text).faults.into_iter();
    told.map(|fault| fault.to_string().strip_prefix("/files/a.toml:").unwrap().to_owned()).collect()
}

fn refused(text: &str, expected: &[&str]) {
    assert_eq!(faults(text), expected, "{text}");
}

fn partner(text: &str) -> PartnerDefinition {
    let mut contents = read_text(text);
    assert_eq!(contents.faults, vec![], "{text}");
    contents.definitions.partners.remove(0).value
}

fn app(keys: &str, oidc: &str) -> AppDefinition {
    let text = format!("[[app]]\nslug = 'payroll'\n{keys}\n[app.oidc]\n{oidc}");
    let mut contents = read_text(&text);
    assert_eq!(contents.faults, vec![], "{text}");
    contents.definitions.apps.remove(0).value
}

fn relying_party(app: AppDefinition) -> OidcDefinition {
    match app.protocol {
        ProtocolDefinition::Oidc(oidc) => oidc,
        ProtocolDefinition::Saml(_) => panic!("`{}` speaks SAML", app.slug),
    }
}

/// Faults of a partner with `line` as its fourth line.
fn partner_refused(line: &str, expected: &str) {
    refused(&format!("{PARTNER}{line}\n"), &[&format!("4: {expected}")]);
}

/// Faults of an app with `line` as its second line.
fn app_refused(line: &str, expected: &str) {
    refused(&format!("[[app]]\n{line}\nslug = 'payroll'\n[app.oidc]\n{OIDC}"), &[&format!("2: {expected}")]);
}

fn subject_refused(subject: &str, expected: &str) {
    partner_refused(&format!("saml.subject = {subject}"), expected);
}

#[test]
fn domains_that_are_nobodys_and_addresses_outside_are_refused() {
    let fault = |keys: &str| {
        let text = format!("[[partner]]\nslug = 'a'\n{keys}\n[partner.saml]\nmetadata = 'fabrikam.xml'\n");
        faults(&text)
    };
    for (keys, told) in [
        ("domains = ['co.uk']", "`co.uk` is a public suffix"),
        ("domains = ['fabrikam.example', 'GitHub.io.']", "`github.io` is a public suffix"),
        ("shared_domains = ['*.co.uk']", "`co.uk` is a public suffix"),
        ("domains = ['com']", "`com` is a single label"),
        ("domains = ['b cher.example']", "not a mail domain"),
        ("domains = ['g.example']\nshared_domains = ['g.example']", "`g.example` is in `domains` too"),
        ("domains = ['g.example']\naddresses = ['a@g.example']", "`a@g.example` lies in none of `shared_domains`"),
        (
            "kind = 'home'\ndomains = ['c.example']\nshared_domains = ['g.example']",
            "the home organisation shares no domain",
        ),
    ] {
        let found = fault(keys);
        assert!(found.len() == 1 && found[0].contains(told), "{keys}: {found:?}");
    }
    for keys in [
        "domains = ['gmail.com', 'fabrikam.co.uk', 'B\u{fc}cher.example.', '*.fabrikam.example']",
        "shared_domains = ['g.example', '*.g.example']\naddresses = ['a@g.example', 'b@eu.g.example']",
    ] {
        assert_eq!(fault(keys), Vec::<String>::new(), "{keys}");
    }
}

#[test]
fn an_app_names_at_least_one_partner() {
    let fault = |keys: &str| {
        let oidc =
            "[app.oidc]\nclient_id = 'a'\nclient_secret = '0123456789abcdef'\nredirect_uris = ['https://a.example/cb']";
        faults(&format!("[[app]]\nslug = 'a'\n{keys}\n{oidc}\n"))
    };
    assert!(fault("partners = []")[0].contains("`partners` names nobody"));
    let many: String = (0..257).map(|number| format!("'p{number}',")).collect();
    assert!(fault(&format!("partners = [{many}]"))[0].contains("256 are the most"));
    assert_eq!(fault("partners = ['fabrikam']"), Vec::<String>::new());
    assert_eq!(fault(""), Vec::<String>::new());
}

#[test]
fn an_empty_file_asks_for_nothing() {
    let contents = read_text("");
    assert_eq!(contents.faults, vec![]);
    assert!(contents.definitions.partners.is_empty() && contents.definitions.guests.is_empty());
}

#[test]
fn a_partner_has_careful_defaults() {
    let found = partner(PARTNER);
    assert_eq!((found.id, found.name.as_str(), found.domains.len()), (None, "fabrikam", 0));
    assert_eq!((found.admission, found.switch), (Admission::Invited, Switch::Disabled));
    assert_eq!((found.clock_skew, found.mail_authority), (Duration::from_secs(60), MailAuthority::Domains));
    assert_eq!(found.attributes, AttributeNames::default());
    let TrustDefinition::Saml { metadata, subject, request } = found.trust else { panic!("not SAML") };
    assert_eq!(
        (metadata.text().unwrap(), metadata.path.as_str(), metadata.origin.line),
        ("<document/>", "fabrikam.xml", 3)
    );
    assert_eq!(subject, SubjectRule::PersistentNameId);
    assert_eq!((request.name_id_format, request.requested_classes.len()), (None, 0));
    assert_eq!((request.passive, request.encryption), (PassiveRequests::Never, AssertionEncryption::Refused));
}

#[test]
fn every_key_of_a_partner_is_read() {
    let text = format!(
        "[[partner]]\nid = '{ID}'\nslug = 'fabrikam'\nname = 'Fabrikam'\nkind = 'partner'\n\
         domains = ['Fabrikam.example']\nadmission = 'anyone'\nenabled = true\nclock_skew = 300\n\
         mail_authority = 'verified_only'\n\
         [partner.attributes]\nemail = 'm'\nname = 'n'\ngiven_name = 'g'\nfamily_name = 'f'\n\
         [partner.saml]\nmetadata = '/files/fabrikam.xml'\nsubject = {{ attribute = 'urn:id' }}\n\
         name_id_format = 'urn:format'\nrequested_authn_context = ['urn:a', 'urn:b']\npassive = true\n\
         encryption = 'required'\n"
    );
    let found = partner(&text);
    assert_eq!(found.id.unwrap().to_string(), ID);
    assert_eq!((found.name.as_str(), found.domains[0].as_str()), ("Fabrikam", "fabrikam.example"));
    assert_eq!((found.admission, found.switch), (Admission::Anyone, Switch::Enabled));
    assert_eq!((found.clock_skew, found.mail_authority), (Duration::from_secs(300), MailAuthority::VerifiedOnly));
    let AttributeNames { email, name, given_name, family_name, rules: _ } = found.attributes;
    assert_eq!([email, name, given_name, family_name], ["m", "n", "g", "f"].map(|text| Some(text.to_owned())));
    let TrustDefinition::Saml { subject, request, .. } = found.trust else { panic!("not SAML") };
    assert_eq!(subject, SubjectRule::Attribute("urn:id".to_owned()));
    assert_eq!(request.name_id_format.as_deref(), Some("urn:format"));
    assert_eq!(
        (request.requested_classes.as_slice(), request.passive),
        (&["urn:a".to_owned(), "urn:b".to_owned()][..], PassiveRequests::Allowed)
    );
    assert_eq!(request.encryption, AssertionEncryption::Required);
    let accepted = partner(&text.replace("'required'", "'accepted'")).trust;
    let TrustDefinition::Saml { request, .. } = accepted else { panic!("not SAML") };
    assert_eq!(request.encryption, AssertionEncryption::Accepted);
}

#[test]
fn a_partner_needs_slug_and_metadata() {
    refused("[[partner]]\nsaml.metadata = 'fabrikam.xml'\n", &["1: `[[partner]]` needs the key `slug`"]);
    refused("\n[[partner]]\nslug = 'x'\n", &["2: a partner needs `[partner.saml]` or `[partner.oidc]`"]);
    refused("[[partner]]\nslug = 'x'\n[partner.saml]\n", &["3: `[partner.saml]` needs `metadata` or `metadata_url`"]);
}

const PROVIDER: &str = "[[partner]]\nslug = 'x'\n[partner.oidc]\nissuer = 'https://op.example'\nclient_id = 'c'\n";

#[test]
fn an_oidc_partner_has_careful_defaults() {
    let found = partner(&format!("{PROVIDER}client_secret = 's'\n"));
    let TrustDefinition::Oidc { origin, terms, credential } = found.trust else { panic!("not PROVIDER") };
    assert_eq!(origin.line, 3);
    assert_eq!((terms.issuer.as_str(), terms.client_id.as_str()), ("https://op.example", "c"));
    assert_eq!((terms.algorithm, terms.passive), (PartnerAlgorithm::Rs256, PassiveRequests::Never));
    assert_eq!((terms.scopes, terms.acr_values.len()), (vec!["profile".to_owned(), "email".to_owned()], 0));
    assert!(matches!(credential, CredentialDefinition::SecretBasic(secret) if secret.expose() == "s"));
}

#[test]
fn every_key_of_an_oidc_partner_is_read() {
    let found = partner(&format!(
        "{PROVIDER}client_secret = 's'\ntoken_endpoint_auth_method = 'client_secret_post'\n\
         id_token_signed_response_alg = 'ES256'\nscopes = ['openid', 'mail']\nacr_values = ['urn:a']\npassive = true\n"
    ));
    let TrustDefinition::Oidc { terms, credential, .. } = found.trust else { panic!("not PROVIDER") };
    assert_eq!((terms.algorithm, terms.passive), (PartnerAlgorithm::Es256, PassiveRequests::Allowed));
    assert_eq!((terms.scopes, terms.acr_values), (vec!["mail".to_owned()], vec!["urn:a".to_owned()]));
    assert!(matches!(credential, CredentialDefinition::SecretPost(_)));
    let found = partner(&format!("{PROVIDER}private_key_jwt = true\n"));
    let TrustDefinition::Oidc { credential, .. } = found.trust else { panic!("not PROVIDER") };
    assert!(matches!(credential, CredentialDefinition::PrivateKeyJwt));
}

#[test]
fn each_fault_of_an_oidc_partner_is_told() {
    refused(
        "[[partner]]\nslug = 'x'\n[partner.oidc]\nclient_secret = 's'\n",
        &["3: `[partner.oidc]` needs the key `client_id`", "3: `[partner.oidc]` needs the key `issuer`"],
    );
    refused(PROVIDER, &["3: `[partner.oidc]` needs `client_secret`, or `private_key_jwt = true`"]);
    let other = |line: &str, expected: &str| refused(&format!("{PROVIDER}{line}\n"), &[expected]);
    other(
        "private_key_jwt = true\nclient_secret = 's'",
        "7: `private_key_jwt = true` needs no `client_secret`; leave one of both out",
    );
    other(
        "private_key_jwt = true\ntoken_endpoint_auth_method = 'client_secret_post'",
        "7: `private_key_jwt = true` needs no `token_endpoint_auth_method`; leave one of both out",
    );
    other("client_secret = 's'\nscopes = ['a b']", "7: `scopes`, `a b`: is no word of printable ASCII without spaces");
    refused(
        &format!("{PROVIDER}client_secret = 's'\n[partner.saml]\nmetadata = 'fabrikam.xml'\n"),
        &["3: a partner has one of `[partner.saml]` and `[partner.oidc]`; leave the other out"],
    );
}

#[test]
fn each_key_of_a_partner_is_refused_by_cause() {
    partner_refused("id = 'x'", "`id`: not a UUID of the form `01890a5d-ac96-774b-bcce-b302099a8057`");
    partner_refused(
        "id = '00000000-0000-0000-0000-000000000000'",
        "`id`: not a UUID of the form `01890a5d-ac96-774b-bcce-b302099a8057`",
    );
    partner_refused("id = 1", "`id` must be a text, not a whole number");
    partner_refused("name = ' '", "`name`: must be 1 to 256 characters, not blank, none of them a control character");
    partner_refused("kind = 'us'", "`kind` must be one of `partner`, `home`: this version does not know `us`");
    partner_refused("kind = 'home'", "the home organisation needs `domains`: the mail domains of our own people");
    partner_refused("domains = 'x.example'", "`domains` must be a list of texts, not a text");
    let single = "`domains`, `x`: `x` is a single label; a partner's domain has two at least, as `fabrikam.example`";
    partner_refused("domains = ['x']", single);
    partner_refused("domains = [1]", "`domains` must be a list of texts; this is a whole number");
    partner_refused("domains = ['x.example', 'x.example']", "`domains` lists `x.example` twice");
    partner_refused("domains = ['x.example', 'X.example']", "`domains` lists `X.example` twice");
    partner_refused(
        "admission = 'all'",
        "`admission` must be one of `invited`, `anyone`: this version does not know `all`",
    );
    partner_refused("enabled = 'true'", "`enabled` must be `true` or `false`, not a text");
    partner_refused("clock_skew = -1", "`clock_skew` must be within 0 and 300, not -1");
    partner_refused("clock_skew = 301", "`clock_skew` must be within 0 and 300, not 301");
    partner_refused("clock_skew = 1.5", "`clock_skew` must be a whole number, not a number with a fraction");
    partner_refused(
        "mail_authority = 'none'",
        "`mail_authority` must be one of `domains`, `verified_only`: this version does not know `none`",
    );
    partner_refused("attributes = []", "`attributes` must be a table, not a list");
    partner_refused(
        "attributes.email = ''",
        "`email`: must be 1 to 1024 bytes without control characters and spaces at its ends",
    );
    partner_refused(
        "attributes.phone = 'x'",
        "unknown key `phone` in `[partner.attributes]`: not known to this version",
    );
    partner_refused("saml.passive = 1", "`passive` must be `true` or `false`, not a whole number");
    partner_refused("saml.requested_authn_context = ['x', 'x']", "`requested_authn_context` lists `x` twice");
    partner_refused(
        "saml.metadata_url = 'https://x'",
        "the document comes from one of `metadata` and `metadata_url`; leave the other out",
    );
    partner_refused("slg = 'x'", "unknown key `slg` in `[[partner]]`: not known to this version; did you mean `slug`?");
    assert_eq!(partner(&format!("{PARTNER}clock_skew = 0\n")).clock_skew, Duration::ZERO);
}

#[test]
fn metadata_that_cannot_be_read_is_a_fault_of_its_line() {
    let text = |path: &str| format!("[[partner]]\nslug = 'x'\nsaml.metadata = '{path}'\n");
    refused(&text("none.xml"), &["3: `metadata`: cannot read `/files/none.xml`: entity not found"]);
    refused(&text("binary.xml"), &["3: `metadata`: `/files/binary.xml` is not UTF-8"]);
}

#[test]
fn a_mail_subject_needs_its_dangerous_setting_and_the_setting_needs_it() {
    let told = |subject: &str| match partner(&format!("{PARTNER}saml.subject = {subject}\n")).trust {
        TrustDefinition::Saml { subject, .. } => subject,
        TrustDefinition::Oidc { .. } => panic!("not SAML"),
    };
    assert_eq!(told("{ name_id = 'persistent' }"), SubjectRule::PersistentNameId);
    assert_eq!(told("{ name_id = 'email', dangerous_allow_mail_subject = true }"), SubjectRule::DangerousEmailNameId);
    let dangerous = "`name_id = \"email\"` is dangerous, since addresses are given to other people later; where there \
                     is no other way, add `dangerous_allow_mail_subject = true` beside it";
    let useless = "`dangerous_allow_mail_subject` allows nothing without `name_id = \"email\"`; leave it out";
    subject_refused("{ name_id = 'email' }", dangerous);
    subject_refused("{ name_id = 'email', dangerous_allow_mail_subject = false }", dangerous);
    subject_refused("{ name_id = 'persistent', dangerous_allow_mail_subject = true }", useless);
    subject_refused("{ attribute = 'x', dangerous_allow_mail_subject = true }", useless);
    subject_refused("{}", "`subject` needs exactly one of `name_id` and `attribute`");
    subject_refused(
        "{ name_id = 'persistent', attribute = 'x' }",
        "`subject` needs exactly one of `name_id` and `attribute`",
    );
    subject_refused(
        "{ name_id = 'transient' }",
        "`name_id` must be one of `persistent`, `email`: this version does not know `transient`",
    );
    subject_refused("'persistent'", "`subject` must be a table, not a text");
}

#[test]
fn groups_and_guests_are_read() {
    let text = format!(
        "[[group]]\nslug = 'auditors'\nmembers = ['ana@fabrikam.example', '{ID}']\napps = ['payroll']\n\
         [[guest]]\nid = '{ID}'\nemail = 'Ana@fabrikam.example'\npartner = 'fabrikam'\nname = 'Ana'\napps = ['travel']\n\
         [[guest]]\nemail = 'ben@fabrikam.example'\n"
    );
    let contents = read_text(&text);
    assert_eq!(contents.faults, vec![]);
    let group = &contents.definitions.groups[0].value;
    assert_eq!((group.name.as_str(), group.apps[0].as_str()), ("auditors", "payroll"));
    assert!(matches!(&group.members[..], [GuestReference::Mail(_), GuestReference::Id(id)] if id.to_string() == ID));
    let [ana, ben] = &contents.definitions.guests[..] else { panic!("two guests") };
    assert_eq!((ana.origin.line, ben.origin.line), (5, 11));
    assert_eq!(ana.value.email.as_str(), "Ana@fabrikam.example");
    assert_eq!(ana.value.partner.as_ref().map(|slug| slug.as_str()), Some("fabrikam"));
    assert_eq!((ana.value.name.as_deref(), ana.value.apps.len()), (Some("Ana"), 1));
    assert_eq!((ben.value.id, &ben.value.partner, &ben.value.name), (None, &None, &None));
}

#[test]
fn groups_and_guests_are_refused_by_cause() {
    refused("[[group]]\n", &["1: `[[group]]` needs the key `slug`"]);
    refused("[[guest]]\n", &["1: `[[guest]]` needs the key `email`"]);
    refused(
        "[[guest]]\nemail = 'ana'\nslug = 'x'\nname = 1\npartner = 'No Slug'\napps = ['-']\n",
        &[
            "2: `email`: not a mail address of the form `ana@fabrikam.example`",
            "3: unknown key `slug` in `[[guest]]`: not known to this version",
            "4: `name` must be a text, not a whole number",
            "5: `partner`: `No Slug` is no slug: 1 to 64 of a-z, 0-9, `-` and `_`, starting with a letter or digit",
            "6: `apps`, `-`: `-` is no slug: 1 to 64 of a-z, 0-9, `-` and `_`, starting with a letter or digit",
        ],
    );
    refused(
        "[[group]]\nslug = 'x'\nmembers = ['ana', 1]\n",
        &[
            "3: `members` must be a list of texts; this is a whole number",
            "3: `members`, `ana`: not a mail address of the form `ana@fabrikam.example`",
        ],
    );
}

#[test]
fn policies_are_read_beside_everything_else() {
    let policy = "[[policy]]\nslug = 'p'\nstate = 'enabled'\nconditions.users.include_users = ['All']\n\
                  conditions.applications.include_applications = ['All']\ngrant_controls.built_in_controls = ['mfa']\n";
    let text = format!(
        "{policy}[[named_location]]\nslug = 'office'\nip_ranges = ['192.0.2.0/24']\n[[app_group]]\nslug = 'finance'\n\
         [[authentication_strength]]\nslug = 'strong'\nallowed_combinations = ['fido2']\n"
    );
    let contents = read_text(&text);
    assert_eq!(contents.faults, vec![]);
    let found = contents.definitions.policies;
    let counts = [found.policies.len(), found.locations.len(), found.strengths.len(), found.app_groups.len()];
    assert_eq!(counts, [1, 1, 1, 1]);
    refused(&format!("{policy}{policy}"), &["7: policy `p` is there twice, first at /files/a.toml:1"]);
}

#[test]
fn what_cannot_be_read_keeps_its_name_for_those_who_refer_to_it() {
    let contents =
        read_text("[[named_location]]\nslug = 'office'\n[[guest]]\nemail = 'Ana@fabrikam.example'\nage = 1\n");
    assert_eq!(contents.faults.len(), 2);
    assert!(contents.definitions.may_define("office"));
    assert!(!contents.definitions.may_define("ana@fabrikam.example"), "it was read");
    assert!(read_text("[[group]]\nslug = = 1\n").definitions.may_define("anything"));
}

#[test]
fn unknown_tables_are_refused() {
    refused(
        "[[partners]]\nslug = 'x'\n",
        &["1: unknown key `partners` in the top level: not known to this version; did you mean `partner`?"],
    );
    refused("[app]\nslug = 'x'\n", &["1: `app` must be a list of tables (`[[...]]`), not a table"]);
    refused("app = ['x']\n", &["1: `[[app]]` must be a table, not a text"]);
}

#[test]
fn all_faults_of_a_file_are_told_with_their_lines() {
    let text =
        "[[partner]]\nslug = 'Big'\nclock_skew = 999\nname = \"open\nenabledd = true\n\n[[guest]]\nemail = 'x'\n";
    let told = faults(text);
    let lines: Vec<_> = told.iter().map(|fault| fault.split(':').next().unwrap()).collect();
    assert_eq!(lines, ["2", "3", "4", "5", "8"], "{told:?}");
}

#[test]
fn what_is_there_twice_is_told_within_and_across_files() {
    let one = format!("{PARTNER}domains = ['x.example']\nid = '{ID}'\n[[guest]]\nemail = 'ana@x.example'\n");
    let two = format!(
        "{PARTNER}domains = ['x.example']\n[[guest]]\nemail = 'Ana@x.example'\nid = '{ID}'\n\
         [[app]]\nslug = 'a'\n[app.oidc]\n{OIDC}[[app]]\nslug = 'b'\n[app.oidc]\n{OIDC}[[app]]\nslug = 'b'\n[app.oidc]\n{}\
         [[group]]\nslug = 'a'\n[[group]]\nslug = 'a'\n",
        OIDC.replace("payroll", "other")
    );
    let sources = sources().file("/files/one.toml", one).file("/files/two.toml", two);
    let contents = read(&["/files/one.toml".into(), "/files/two.toml".into()], &sources);
    let told: Vec<_> = contents.faults.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "/files/two.toml:1: domain `x.example` is there twice, first at /files/one.toml:1",
            "/files/two.toml:1: partner `fabrikam` is there twice, first at /files/one.toml:1",
            "/files/two.toml:5: guest `ana@x.example` is there twice, first at /files/one.toml:6",
            "/files/two.toml:5: id `01890a5d-ac96-774b-bcce-b302099a8057` is there twice, first at /files/one.toml:1",
            "/files/two.toml:14: client_id `payroll` is there twice, first at /files/two.toml:8",
            "/files/two.toml:20: app `b` is there twice, first at /files/two.toml:14",
            "/files/two.toml:28: group `a` is there twice, first at /files/two.toml:26",
        ]
    );
}

#[test]
fn a_file_that_cannot_be_read_is_a_fault_beside_those_of_others() {
    let sources = sources().file("/files/binary.toml", [0xff]).file("/files/a.toml", "x = 1\n");
    let contents = read(&["/none.toml".into(), "/files/binary.toml".into(), "/files/a.toml".into()], &sources);
    let told: Vec<_> = contents.faults.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "/files/a.toml:1: unknown key `x` in the top level: not known to this version",
            "/files/binary.toml:1: not UTF-8",
            "/none.toml:1: cannot be read: entity not found",
        ]
    );
}

#[test]
fn a_secret_is_in_no_fault_and_no_debug_text() {
    let text = format!(
        "[[app]]\nslug = 'payroll'\n[app.oidc]\n{}",
        OIDC.replace("'0123456789abcdef'", "['correct horse battery staple']")
    );
    assert!(!format!("{:?}", read_text(&text).faults).contains("horse"));
    assert!(!format!("{:?}", app("", OIDC)).contains("0123456789abcdef"));
}

proptest! {
    #[test]
    fn no_text_makes_reading_panic(text in "\\PC*") {
        let _ = read_text(&text);
    }

    #[test]
    fn no_values_of_known_keys_make_reading_panic(lines in proptest::collection::vec((
        prop_oneof![
            Just("slug"), Just("id"), Just("domains"), Just("clock_skew"), Just("enabled"), Just("saml"),
            Just("saml.subject"), Just("oidc"), Just("oidc.client_secret"), Just("members"), Just("email")
        ],
        prop_oneof![
            Just("'x'".to_owned()), Just("[]".to_owned()), Just("{}".to_owned()), Just("[[1], {}]".to_owned()),
            Just("{ env = [] }".to_owned()), Just("{ name_id = 1 }".to_owned()), any::<i64>().prop_map(|n| n.to_string()),
            "'[^'\\pC]{0,20}'"
        ],
    ), 0..6), header in prop_oneof![Just("[[partner]]"), Just("[[app]]"), Just("[[group]]"), Just("[[guest]]"), Just("[app]")]) {
        let lines: Vec<_> = lines.into_iter().map(|(key, value)| format!("{key} = {value}\n")).collect();
        let _ = read_text(&format!("{header}\n{}", lines.concat()));
    }
}
