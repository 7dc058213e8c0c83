mod mail;

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::{Config, Database, LogFormat, read};
use crate::domain::factors::choice::MailedCodes;
use crate::domain::policy::methods::MethodSet;
use crate::domain::sessions::Lifetimes;
use crate::factors::passkey::Discoverable;
use crate::factors::passkey::attestation::Attestation;
use crate::flows::services::Offer;
use crate::objects::secrets::SecretSource;
use crate::objects::sources::memory::Memory;

const WHOLE: &str = "\
public_url = 'https://gate.example.com'
[organization]
id = '11111111-0000-4000-8000-000000000001'
name = 'Contoso'
domain = 'contoso.example'
[database]
url = 'sqlite://data/entente.db'
[secrets]
key = { file = 'data/secret.key' }
";

fn with(sources: Memory, text: &str) -> Result<Config, Vec<String>> {
    let sources = sources.file("/etc/entente/entente.toml", text);
    read(Path::new("/etc/entente/entente.toml"), &sources).map_err(|faults| {
        let told = faults.into_iter().map(|fault| fault.to_string());
        told.map(|text| text.replace("/etc/entente/entente.toml:", "")).collect()
    })
}

fn config(more: &str) -> Config {
    with(Memory::default(), &format!("{WHOLE}{more}")).unwrap()
}

/// `line` stands in the tenth line, or in the eleventh of a section.
fn refused(more: &str, expected: &[&str]) {
    assert_eq!(with(Memory::default(), &format!("{WHOLE}{more}\n")).unwrap_err(), expected, "{more}");
}

fn refused_in_place(from: &str, to: &str, expected: &str) {
    let text = WHOLE.replace(from, to);
    assert_ne!(text, WHOLE, "`{from}` is not there");
    assert_eq!(with(Memory::default(), &text).unwrap_err(), [expected], "{to}");
}

#[test]
fn the_least_configuration_has_the_defaults() {
    let found = config("");
    assert_eq!(
        (found.public_url.as_str(), found.listen.to_string().as_str()),
        ("https://gate.example.com", "127.0.0.1:8080")
    );
    assert_eq!(found.organization.domain.as_str(), "contoso.example");
    assert_eq!(found.database, Database::Sqlite(PathBuf::from("/etc/entente/data/entente.db")));
    assert_eq!(found.database.url().expose(), "sqlite:///etc/entente/data/entente.db");
    assert_eq!(found.secrets.key, SecretSource::File(PathBuf::from("/etc/entente/data/secret.key")));
    assert!(found.secrets.previous.is_empty() && found.tls.is_none() && found.metrics.is_none());
    assert!(found.trusted_proxies.is_empty());
    assert_eq!((found.log.format, found.log.level.as_str()), (LogFormat::Text, "info"));
    assert_eq!((found.limits.authorize.get(), found.limits.acs.get(), found.limits.token.get()), (300, 300, 6000));
    assert_eq!(found.limits.organization.get(), 60);
    assert_eq!(
        (found.limits.userinfo.get(), found.limits.end_session.get(), found.limits.connections.get()),
        (6000, 300, 100)
    );
    assert_eq!(found.lifetimes, Lifetimes::STANDARD);
}

#[test]
fn every_section_is_read() {
    let found = config(
        "previous = [{ file = '/old.key' }]\n[tls]\ncertificate = 'certs/gate.pem'\nkey = { file = 'certs/gate.key' }\n\
         [proxy]\ntrusted = ['127.0.0.1/32', '10.1.2.3/8']\n[metrics]\nlisten = '127.0.0.1:9464'\n\
         [log]\nformat = 'json'\nlevel = 'debug'\n[limits]\nauthorize = 1\norganization = 9\nacs = 2\ntoken = 1000000\nuserinfo = 3\nend_session = 4\nconnections = 5\n\
         [lifetimes]\nsession_idle = 60\nsession_whole = 60\ncode = 600\ntoken = 86400\n",
    );
    assert_eq!(found.secrets.previous, [SecretSource::File(PathBuf::from("/old.key"))]);
    let tls = found.tls.unwrap();
    assert_eq!(tls.certificate, PathBuf::from("/etc/entente/certs/gate.pem"));
    assert_eq!(tls.key, SecretSource::File(PathBuf::from("/etc/entente/certs/gate.key")));
    let networks: Vec<_> = found.trusted_proxies.iter().map(ToString::to_string).collect();
    assert_eq!(networks, ["127.0.0.1/32", "10.0.0.0/8"]);
    assert_eq!(found.metrics.unwrap().port(), 9464);
    assert_eq!((found.log.format, found.log.level.as_str()), (LogFormat::Json, "debug"));
    assert_eq!((found.limits.authorize.get(), found.limits.acs.get(), found.limits.token.get()), (1, 2, 1_000_000));
    assert_eq!(found.limits.organization.get(), 9);
    assert_eq!(
        (found.limits.userinfo.get(), found.limits.end_session.get(), found.limits.connections.get()),
        (3, 4, 5)
    );
    assert_eq!(
        (found.lifetimes.session_idle, found.lifetimes.code),
        (Duration::from_secs(60), Duration::from_secs(600))
    );
    assert_eq!(found.lifetimes.token, Duration::from_secs(86_400));
}

#[test]
fn what_is_required_is_missed_all_at_once() {
    assert_eq!(
        with(Memory::default(), "").unwrap_err(),
        [
            "1: the top level needs the key `database`",
            "1: the top level needs the key `organization`",
            "1: the top level needs the key `public_url`",
            "1: the top level needs the key `secrets`",
        ]
    );
    for (line, expected) in [
        ("id = '11111111-0000-4000-8000-000000000001'\n", "2: `[organization]` needs the key `id`"),
        ("name = 'Contoso'\n", "2: `[organization]` needs the key `name`"),
        ("domain = 'contoso.example'\n", "2: `[organization]` needs the key `domain`"),
        ("url = 'sqlite://data/entente.db'\n", "6: `[database]` needs the key `url`"),
        ("key = { file = 'data/secret.key' }\n", "8: `[secrets]` needs the key `key`"),
    ] {
        refused_in_place(line, if line.starts_with("key") { "" } else { "\n" }, expected);
    }
    refused("[tls]", &["10: `[tls]` needs the key `certificate`", "10: `[tls]` needs the key `key`"]);
}

#[test]
fn each_setting_is_refused_by_cause() {
    refused_in_place(
        "https://gate",
        "http://gate",
        "1: `public_url`: `public_url` must be https; http is accepted only for a loopback host (127.0.0.0/8, ::1, localhost)",
    );
    refused_in_place(
        "example.com'",
        "example.com/'",
        "1: `public_url`: `public_url` must be `https://host` or `https://host:port`, without path, query or trailing slash",
    );
    refused_in_place("'contoso.example'", "'contoso'", "5: `domain`: not a mail domain of the form `fabrikam.example`");
    let url = "7: `url` must be `sqlite://PATH` or `postgres://USER:PASSWORD@HOST/DATABASE`";
    for text in ["sqlite://", "sqlite::memory:", "sqlite://x?mode=ro", "mysql://x/y", "postgres:x"] {
        refused_in_place("sqlite://data/entente.db", text, url);
    }
    let short = "9: `key` must be at least 32 bytes; make it random";
    refused_in_place("{ file = 'data/secret.key' }", &format!("'{}'", "x".repeat(31)), short);
    refused("previous = ['short']", &["10: `previous` must be at least 32 bytes; make it random"]);
    let address = "must be an address with a port, such as `127.0.0.1:8080` or `[::1]:8080`";
    refused_in_place("[organization]", "listen = '8080'\n[organization]", &format!("2: `listen`: {address}"));
    refused("[metrics]\nlisten = 'localhost'", &[&format!("11: `listen`: {address}")]);
    refused(
        "[metrics]\nlisten = '127.0.0.1:8080'",
        &["10: `metrics.listen` is the same address as `listen`; whoever reaches the one reaches the other"],
    );
    refused(
        "[proxy]\ntrusted = ['x', '0.0.0.0/0']",
        &[
            "11: `trusted`, `0.0.0.0/0`: is everyone, who could then name any address as theirs; name the networks of the proxies",
            "11: `trusted`, `x`: must be a network, such as `10.0.0.0/8`; one host is `127.0.0.1/32`",
        ],
    );
    refused(
        "[log]\nlevel = 'all'",
        &["11: `level` must be one of `error`, `warn`, `info`, `debug`, `trace`: this version does not know `all`"],
    );
    refused("[limits]\nacs = 0", &["11: `acs` must be within 1 and 1000000, not 0"]);
    refused("[limits]\nacs = 1000001", &["11: `acs` must be within 1 and 1000000, not 1000001"]);
    refused("[lifetimes]\ncode = 9", &["11: `code` must be within 10 and 600, not 9"]);
    refused("[lifetimes]\ncode = 601", &["11: `code` must be within 10 and 600, not 601"]);
    refused("[lifetimes]\nsession_whole = 28799", &["10: `session_idle` is longer than `session_whole`"]);
    refused("[metadata]\nx = 1", &["10: unknown key `metadata` in the top level: not known to this version"]);
    refused("[tsl]", &["10: unknown key `tsl` in the top level: not known to this version; did you mean `tls`?"]);
}

#[test]
fn all_faults_are_listed_together() {
    let text = "public_url = 'gate'\nlisten = 1\nport = 2\n[organization]\nid = 'x'\nname = ''\n[database]\nurl = 'x'\n[secrets\n";
    let told = with(Memory::default(), text).unwrap_err();
    let lines: Vec<_> = told.iter().map(|fault| fault.split(':').next().unwrap()).collect();
    assert_eq!(lines, ["1", "2", "3", "5", "6", "8", "9"], "{told:?}");
}

#[test]
fn tls_does_not_go_with_an_http_address() {
    let text = format!("{WHOLE}[tls]\ncertificate = 'c'\nkey = 'k'\n")
        .replace("https://gate.example.com", "http://localhost:8080");
    assert_eq!(
        with(Memory::default(), &text).unwrap_err(),
        ["10: `[tls]` is set, but `public_url` is http; make it https or leave `[tls]` out"]
    );
}

#[test]
fn a_database_url_may_be_a_secret() {
    let sources = Memory::default()
        .set("DATABASE_URL", "postgres://u:p@db.example/entente")
        .file("/etc/entente/url", "postgresql://u:p@db.example/entente\n");
    let text = |reference: &str| WHOLE.replace("'sqlite://data/entente.db'", reference);
    for (reference, expected) in [
        ("{ env = 'DATABASE_URL' }", "postgres://u:p@db.example/entente"),
        ("{ file = 'url' }", "postgresql://u:p@db.example/entente"),
    ] {
        let found = with(sources.clone(), &text(reference)).unwrap();
        let Database::Postgres(url) = &found.database else { panic!("not postgres") };
        assert_eq!(url.expose(), expected);
        assert!(!format!("{found:?}").contains("u:p"));
    }
}

#[test]
fn variables_override_the_file_by_key() {
    let sources = Memory::default()
        .set("ENTENTE_PUBLIC_URL", "http://localhost:9")
        .set("ENTENTE_ORGANIZATION__NAME", "Other")
        .set("ENTENTE_SECRETS__KEY", "0123456789abcdef0123456789abcdef")
        .set("ENTENTE_SECRETS__PREVIOUS", "[{ file = '/a' }, '0123456789abcdef0123456789abcdef']")
        .set("ENTENTE_PROXY__TRUSTED", "10.0.0.0/8, 192.168.0.1/32")
        .set("ENTENTE_LIMITS__ACS", "7")
        .set("ENTENTE_LOG__FORMAT", "json")
        .set("ENTENTE_SOMETHING_ELSE", "x")
        .set("ENTENTE_OTHER__THING", "x");
    let found = with(sources, WHOLE).unwrap();
    assert_eq!((found.public_url.as_str(), found.organization.name.as_str()), ("http://localhost:9", "Other"));
    assert!(matches!(&found.secrets.key, SecretSource::Value(value) if value.expose().len() == 32));
    assert_eq!(found.secrets.previous.len(), 2);
    assert_eq!(found.secrets.previous[0], SecretSource::File(PathBuf::from("/a")));
    assert_eq!((found.trusted_proxies.len(), found.limits.acs.get()), (2, 7));
    assert_eq!(found.log.format, LogFormat::Json);
}

#[test]
fn a_variable_may_stand_for_what_the_file_lacks_or_has_wrong() {
    let sources = Memory::default()
        .set("ENTENTE_PUBLIC_URL", "https://gate.example.com")
        .set("FROM", "x")
        .set("ENTENTE_TLS__KEY", "{ env = 'FROM' }");
    let text = WHOLE.replace("'https://gate.example.com'", "1");
    let sources = sources.set("ENTENTE_TLS__CERTIFICATE", "gate.pem");
    let found = with(sources, &text).unwrap();
    assert!(matches!(found.tls.unwrap().key, SecretSource::Value(value) if value.expose() == "x"));
}

#[test]
fn faults_of_variables_are_told_with_their_name() {
    let sources = Memory::default()
        .set("ENTENTE_LIMITS__ACS", "many")
        .set("ENTENTE_PROXY__TRUSTED", "[")
        .set("ENTENTE_TLS__KYE", "x")
        .set("ENTENTE_LISTEN", "x");
    let told = with(sources, WHOLE).unwrap_err();
    let names: Vec<_> = told.iter().map(|fault| fault.split(':').next().unwrap()).collect();
    assert!(
        told.contains(
            &"environment variable ENTENTE_LIMITS__ACS:1: `acs` must be a whole number, not a text".to_owned()
        ),
        "{told:?}"
    );
    assert!(told.contains(&"environment variable ENTENTE_TLS__KYE:1: no key of `[tls]` is overridden by this: not known to this version; did you mean `ENTENTE_TLS__KEY`?".to_owned()), "{told:?}");
    for name in ["ENTENTE_LISTEN", "ENTENTE_PROXY__TRUSTED"] {
        assert!(names.contains(&format!("environment variable {name}").as_str()), "{told:?}");
    }
}

#[test]
fn a_file_that_is_not_there_is_one_fault() {
    let faults = read(Path::new("/none.toml"), &Memory::default()).unwrap_err();
    assert_eq!(faults.len(), 1);
    assert_eq!(faults[0].to_string(), "/none.toml:1: cannot be read: entity not found");
}

#[test]
fn every_setting_is_refused_with_a_value_of_another_type() {
    use crate::objects::shape::Kind;
    for key in super::shapes::CONFIG.keys {
        let Kind::Table(section) = key.kind else { continue };
        for inner in section.keys {
            let text = format!("[{}]\n{} = 2026-01-01\n", key.name, inner.name);
            let told = with(Memory::default(), &text).unwrap_err();
            let expected = format!("2: `{}` must be ", inner.name);
            assert_eq!(told.iter().filter(|fault| fault.starts_with(&expected)).count(), 1, "{told:?}");
        }
    }
}

#[test]
fn second_factors_are_all_on_until_they_are_switched_off() {
    let found = config("").factors;
    assert_eq!((found.offered(), found.discoverable), (MethodSet::HERE, Discoverable::Discouraged));
    assert!(matches!(found.passkey_attestation, Attestation::None));
    let text = "[factors]\ntotp = false\npasskeys = true\nmailed_codes = false\ndiscoverable = 'required'\n";
    let found = config(text).factors;
    assert_eq!((found.totp, found.passkeys, found.mailed_codes), (Offer::Off, Offer::On, MailedCodes::Off));
    assert_eq!(found.discoverable, Discoverable::Required);
}

#[test]
fn accepted_models_of_passkeys_are_named_with_the_root_of_their_maker() {
    let text =
        format!("{WHOLE}[factors]\npasskey_attestation = ['2fc0579f-8113-47ea-b116-bb5a8db9202a = maker.pem']\n");
    let root = rcgen::generate_simple_self_signed(Vec::new()).unwrap().cert.pem();
    let read = |pem: &str| with(Memory::default().file("/etc/entente/maker.pem", pem), &text);
    assert!(matches!(read(&root).unwrap().factors.passkey_attestation, Attestation::Listed(_)));
    assert_eq!(read("none").unwrap_err(), ["11: `passkey_attestation`: each file must hold one certificate in PEM"]);
    let said = |list: &str| format!("[factors]\npasskey_attestation = ['{list}']");
    refused(&said("maker.pem"), &["11: `passkey_attestation`: each must be `AAGUID=PATH`"]);
    refused(&said("x=maker.pem"), &["11: `passkey_attestation`: the AAGUID must be a UUID"]);
}

#[test]
fn the_file_of_countries_is_beside_the_configuration() {
    assert_eq!(config("").countries, None);
    let found = config("[countries]\nfile = 'GeoLite2-Country.mmdb'\n").countries;
    assert_eq!(found, Some(PathBuf::from("/etc/entente/GeoLite2-Country.mmdb")));
    refused("[countries]", &["10: `[countries]` needs the key `file`"]);
}
