//! `[mail]`.

use std::path::Path;

use super::{Config, Memory, WHOLE, config, refused, with};
use crate::cli::config::MailWay;
use crate::outbound::mail::smtp::Security;

/// A certificate of an authority, made anew for each run.
fn certificate() -> String {
    let key = rcgen::KeyPair::generate().unwrap();
    rcgen::CertificateParams::new(vec!["ca.example".to_owned()]).unwrap().self_signed(&key).unwrap().pem()
}

fn with_files(more: &str) -> Result<Config, Vec<String>> {
    let sources = Memory::default()
        .file("/etc/entente/ca.pem", certificate())
        .file("/etc/entente/empty.pem", "")
        .file("/etc/entente/broken.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
        .file("/etc/entente/large.pem", "x".repeat(64 * 1024 + 1))
        .file("/etc/entente/word", "from a file\n")
        .set("WORD", "from the environment");
    with(sources, &format!("{WHOLE}{more}"))
}

fn check(more: &str, expected: &[&str]) {
    assert_eq!(with_files(more).map(|_| ()).unwrap_err(), expected, "{more}");
}

#[test]
fn mail_lies_in_an_outbox_where_nothing_is_set() {
    for (more, from, folder) in [
        ("", "no-reply@contoso.example", "data/outbox"),
        ("[mail]\n", "no-reply@contoso.example", "data/outbox"),
        ("[mail]\noutbox = 'post'\n", "no-reply@contoso.example", "post"),
        ("[mail]\nfrom = 'a@b.example'\n", "a@b.example", "data/outbox"),
    ] {
        let found = config(more).mail;
        assert_eq!(found.from.as_str(), from, "{more}");
        assert!(
            matches!(&found.way, MailWay::Outbox(path) if *path == Path::new("/etc/entente").join(folder)),
            "{more}"
        );
    }
}

#[test]
fn mail_goes_to_a_server_with_or_without_login() {
    let found = config("[mail]\nsmtp = 'smtp://mail.example'\nfrom = 'a@b.example'\n").mail;
    let MailWay::Smtp { server, login, authorities } = found.way else { panic!("not smtp") };
    assert_eq!((server.host.as_str(), server.port, server.security), ("mail.example", 587, Security::Starttls));
    assert!(login.is_none() && authorities.is_none());
    for (reference, expected) in [
        ("{ file = 'word' }", "from a file"),
        ("{ env = 'WORD' }", "from the environment"),
        ("'written out'", "written out"),
    ] {
        let more = format!(
            "[mail]\nsmtp = 'smtps://mail.example'\nfrom = 'a@b.example'\nusername = 'u'\npassword = {reference}\nca = 'ca.pem'\n"
        );
        let found = with_files(&more).unwrap();
        assert!(!format!("{found:?}").contains(expected), "{reference}");
        let MailWay::Smtp { login: Some(login), authorities: Some(_), .. } = found.mail.way else { panic!("no login") };
        assert_eq!((login.username.as_str(), login.password.expose().as_str()), ("u", expected));
    }
}

#[test]
fn a_variable_names_the_server() {
    let sources = Memory::default()
        .set("ENTENTE_MAIL__SMTP", "smtps://mail.example")
        .set("ENTENTE_MAIL__FROM", "a@b.example")
        .set("ENTENTE_MAIL__USERNAME", "u")
        .set("ENTENTE_MAIL__PASSWORD", "{ env = 'WORD' }")
        .set("WORD", "word");
    let found = with(sources, WHOLE).unwrap();
    assert!(matches!(found.mail.way, MailWay::Smtp { login: Some(_), .. }));
}

#[test]
fn each_fault_of_mail_is_told() {
    let smtp = "[mail]\nfrom = 'a@b.example'\nsmtp = 'smtps://mail.example'\n";
    refused("[mail]\nfrom = 'a'", &["11: `from`: not a mail address of the form `ana@fabrikam.example`"]);
    refused("[mail]\nfrom = 'A <a@b.example>'", &["11: `from`: not a mail address of the form `ana@fabrikam.example`"]);
    refused(
        "[mail]\noutbox = ''",
        &["11: `outbox`: must be 1 to 1024 bytes without control characters and spaces at its ends"],
    );
    refused("[mail]\nsmtp = 'smtp://m.example'", &["10: `[mail]` with `smtp` needs the key `from`"]);
    check(&format!("{smtp}outbox = 'x'"), &["13: `outbox` and `smtp` do not go together: leave one out"]);
    for text in ["mail.example", "smtp://", "smtp://m.example/x", "http://m.example"] {
        check(
            &format!("[mail]\nfrom = 'a@b.example'\nsmtp = '{text}'"),
            &["12: `smtp`: must be `smtp://HOST:PORT` or `smtps://HOST:PORT`, without path and query"],
        );
    }
    check(
        "[mail]\nfrom = 'a@b.example'\nsmtp = 'smtp://u:p@m.example'",
        &["12: `smtp`: must not hold a user name or password: they are `username` and `password`"],
    );
    check(&format!("{smtp}username = 'u'"), &["13: `username` needs `password` beside it"]);
    check(&format!("{smtp}password = 'p'"), &["13: `password` needs `username` beside it"]);
    check(
        &format!("{smtp}username = 'u'\npassword = \"a\\u0000b\""),
        &["14: `password` must be one line without control characters"],
    );
    check(
        &format!("{smtp}username = 'u'\npassword = {{ env = 'UNSET' }}"),
        &["14: `password`: the environment variable `UNSET` is not set"],
    );
    for (file, expected) in [
        ("none.pem", "cannot read `/etc/entente/none.pem`: entity not found"),
        ("empty.pem", "`/etc/entente/empty.pem` holds no certificates in PEM"),
        ("broken.pem", "`/etc/entente/broken.pem` holds no certificates in PEM"),
        ("large.pem", "`/etc/entente/large.pem` is longer than 65536 bytes"),
    ] {
        check(&format!("{smtp}ca = '{file}'"), &[&format!("13: `ca`: {expected}")]);
    }
    check(
        "[mail]\nfrom = 'a@b.example'\nsmtp = 'smtp://localhost:25'\nca = 'ca.pem'",
        &["13: `ca` says nothing where `smtp` is this machine in the clear; use `smtps`"],
    );
    refused(
        "[mail]\nusername = 'u'\npassword = 'p'\nca = 'x'",
        &[
            "11: `username` goes with `smtp` only",
            "12: `password` goes with `smtp` only",
            "13: `ca` goes with `smtp` only",
        ],
    );
    refused(
        "[mail]\nsmpt = 'x'",
        &["11: unknown key `smpt` in `[mail]`: not known to this version; did you mean `smtp`?"],
    );
}

#[test]
fn all_faults_of_mail_are_told_together() {
    check(
        "[mail]\noutbox = 'x'\nsmtp = 'x'\nfrom = 'x'\nusername = 'u'\nca = 'none.pem'",
        &[
            "11: `outbox` and `smtp` do not go together: leave one out",
            "12: `smtp`: must be `smtp://HOST:PORT` or `smtps://HOST:PORT`, without path and query",
            "13: `from`: not a mail address of the form `ana@fabrikam.example`",
            "14: `username` needs `password` beside it",
            "15: `ca`: cannot read `/etc/entente/none.pem`: entity not found",
        ],
    );
}

#[test]
fn mail_is_written_in_a_language_and_by_templates_that_may_be_replaced() {
    use crate::texts::language::Language;

    assert_eq!(config("").mail.language, Language::English);
    assert_eq!(config("[mail]\nlanguage = 'nl'\n").mail.language, Language::Dutch);
    let unknown = "11: `language` must be one of `en`, `fr`, `nl`, `de`: this version does not know `ja`";
    refused("[mail]\nlanguage = 'ja'", &[unknown]);

    let tried = |html: &str| {
        let sources = Memory::default().file("/etc/entente/mails/own.html", html);
        with(sources, &format!("{WHOLE}[mail]\ninvitation_html = 'mails/own.html'\n")).map(|found| found.mail.templates)
    };
    assert!(tried("<a href=\"{{ link }}\">{{ words.accept }}</a>").is_ok());
    let mut told = String::new();
    for html in ["{{ ticket }}", "{% if link %}", "{{ link | safe }}", "{{ message_lines[9].x }}"] {
        let faults = tried(html).unwrap_err();
        assert_eq!(faults.len(), 1, "{html}");
        assert!(faults[0].contains("`invitation_html`: `/etc/entente/mails/own.html` "), "{html}: {faults:?}");
        told.push_str(&faults[0]);
    }
    assert!(told.contains("names `ticket`, which is not there"), "{told}");
    let missing = with(Memory::default(), &format!("{WHOLE}[mail]\ninvitation_text = 'own.txt'\n")).unwrap_err();
    assert!(missing[0].contains("`invitation_text`: `/etc/entente/own.txt` cannot be read"), "{missing:?}");
}
