//! The whole demo with a gateway that stands in for ours.

use std::sync::Arc;

use super::stand_in::StandIn;
use super::*;
use crate::base::clock::SystemClock;
use crate::base::random::SystemRandom;
use crate::outbound::client::{HttpClient, Reach};

fn outside() -> Outside {
    let http = HttpClient::new(Reach::Loopback).unwrap();
    Outside { clock: Arc::new(SystemClock), random: Arc::new(SystemRandom), http }
}

const SIGN_IN: DemoOptions = DemoOptions { mode: Mode::SignIn, folder: None, port_base: None };

async fn run_with(
    options: &DemoOptions,
    gateway: &mut StandIn,
    until: impl Future<Output = ()> + Send,
) -> (anyhow::Result<()>, String) {
    let mut out = Vec::new();
    let ended = run(options, gateway, &outside(), &mut out, until).await;
    (ended, String::from_utf8(out).unwrap())
}

#[tokio::test]
async fn every_pairing_signs_in_and_prints_its_claims() {
    let mut gateway = StandIn::new();
    let (ended, out) = run_with(&SIGN_IN, &mut gateway, std::future::pending()).await;
    ended.unwrap();
    let lines: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let seen: Vec<_> = lines.iter().map(|line| (&line["partner"], &line["app"], &line["claims"]["aud"])).collect();
    let (saml, oidc) = (json!("saml"), json!("oidc"));
    let apps = ["payroll", "travel", "approvals"].map(|app| json!(app));
    let wiki = json!("https://wiki.contoso.example/saml");
    let through_saml = apps.iter().map(|app| (&saml, &oidc, app)).chain([(&saml, &saml, &wiki)]);
    let through_oidc = [(&oidc, &oidc, &apps[0]), (&oidc, &saml, &wiki)];
    assert_eq!(seen, through_saml.chain(through_oidc).chain(through_oidc).collect::<Vec<_>>());
    let names: Vec<_> = lines.iter().map(|line| line["claims"]["name"].as_str().unwrap()).collect();
    assert_eq!(names, [["Ana Almeida"; 4].as_slice(), &["Wen Zhao"; 2], &["Cara Moreau"; 2]].concat());
    assert_eq!(gateway.stops, 1);
    assert!(!gateway.applied[0].exists(), "a temporary folder is removed");
}

#[tokio::test]
async fn a_failed_sign_in_is_a_failure_and_the_gateway_is_stopped() {
    let mut gateway = StandIn::new();
    gateway.nonce = Some("another");
    let (ended, out) = run_with(&SIGN_IN, &mut gateway, std::future::pending()).await;
    let expected = "8 of 8 sign-ins failed: Payroll: the app answered `id_token_nonce`; \
                    Travel: the app answered `id_token_nonce`; Approvals: the app answered `id_token_nonce`; \
                    Wiki: the app answered `confirmation_answers_another_request`; \
                    Payroll: the app answered `id_token_nonce`; \
                    Wiki: the app answered `confirmation_answers_another_request`; \
                    Payroll: the app answered `id_token_nonce`; \
                    Wiki: the app answered `confirmation_answers_another_request`";
    assert_eq!(ended.unwrap_err().to_string(), expected);
    assert_eq!((out.as_str(), gateway.stops), ("", 1));
}

#[tokio::test]
async fn a_person_is_told_where_to_go_and_the_folder_stays() {
    let kept = tempfile::tempdir().unwrap();
    let folder = kept.path().join("demo");
    // Below the ports that the system gives away, and another for each run.
    let base = 20_000 + u16::try_from(std::process::id() % 10_000).unwrap();
    let options = DemoOptions { mode: Mode::Serve, folder: Some(folder.clone()), port_base: Some(base) };
    let mut gateway = StandIn::new();
    let (ended, out) = run_with(&options, &mut gateway, std::future::ready(())).await;
    ended.unwrap();
    for (name, offset) in [
        ("Payroll, an app", 2),
        ("Travel, an app", 3),
        ("Approvals, an app", 4),
        ("Wiki, an app (SAML)", 5),
        ("Fabrikam, their organisation", 1),
        ("Woodgrove, theirs (OIDC)", 6),
        ("Contoso, our own (OIDC)", 7),
        ("The gateway", 0),
    ] {
        let line = format!("  {name:<30}http://localhost:{}\n", base + offset);
        assert!(out.contains(&line), "{line}{out}");
    }
    assert!(out.contains("ana@fabrikam.example"));
    for file in [
        "entente.toml",
        "partners.toml",
        "woodgrove.secret",
        "contoso.secret",
        "apps.toml",
        "policies.toml",
        "fabrikam.xml",
        "payroll.secret",
        "approvals.secret",
        "saml_apps.toml",
        "wiki.xml",
    ] {
        assert!(folder.join(file).is_file(), "{file}");
    }
    for (place, text) in gateway.object_texts.iter().enumerate() {
        let file: toml_edit::DocumentMut = text.parse().unwrap();
        let (kind, count) = [("partner", 3), ("app", 3), ("policy", 1), ("app", 1)][place];
        assert_eq!(file[kind].as_array_of_tables().unwrap().len(), count, "{text}");
    }
    assert!(gateway.object_texts[1].contains("client_secret = { file = \"payroll.secret\" }"));
    assert!(gateway.object_texts[1].contains("id_token_signed_response_alg = \"ES256\""));
    assert!(gateway.object_texts[1].contains(&format!("redirect_uris = [\"http://localhost:{}/callback\"]", base + 2)));
}

#[test]
fn ports_are_fixed_where_something_remembers_them() {
    let folder = || Some(PathBuf::from("demo"));
    for (mode, folder, port_base, expected) in [
        (Mode::SignIn, None, None, Wish::Free),
        (Mode::SignIn, None, Some(9000), Wish::From(9000)),
        (Mode::SignIn, folder(), None, Wish::Exactly(8080)),
        (Mode::Serve, None, None, Wish::From(8080)),
        (Mode::Serve, folder(), Some(9000), Wish::Exactly(9000)),
    ] {
        assert_eq!(DemoOptions { mode, folder, port_base }.ports(), expected);
    }
}
