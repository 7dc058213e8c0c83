//! The query string of an authorization or end-session request. Whatever it says, the browser is sent
//! to a registered address or nowhere, and an address never carries a line break.

#![no_main]

use entente::base::params::RawParams;
use entente::oidc::authorize::Addressed;
use entente::oidc::client_rules::{ApplicationType, ClientRules, Confidentiality, PkceRule};
use entente::oidc::logout::EndSessionRequest;
use entente::oidc::redirect_uri::{LoopbackHttp, RedirectUri};
use libfuzzer_sys::fuzz_target;

const WEB: &str = "https://payroll.contoso.example/callback";
const NATIVE: &str = "http://127.0.0.1/callback";
const ISSUER: &str = "https://gate.contoso.example";

fn leads_home(url: &str) {
    let is_native = || {
        let rest = url.strip_prefix("http://127.0.0.1").and_then(|rest| rest.split_once('/'));
        rest.is_some_and(|(port, rest)| {
            let digits = port.strip_prefix(':').unwrap_or("1");
            digits.parse::<u16>().is_ok_and(|port| port > 0) && rest.starts_with("callback")
        })
    };
    assert!(url.starts_with(&format!("{WEB}?")) || url == WEB || is_native(), "{url}");
    assert!(url.bytes().all(|byte| byte.is_ascii_graphic()), "{url:?}");
}

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Ok(params) = RawParams::parse(text) else { return };
    let web = RedirectUri::register(WEB, ApplicationType::Web, LoopbackHttp::Refused).unwrap();
    let native = RedirectUri::register(NATIVE, ApplicationType::Native, LoopbackHttp::Refused).unwrap();
    let redirect_uris = [web, native];
    if let Ok(logout) = EndSessionRequest::read(&params)
        && let Ok(Some(url)) = logout.target(&redirect_uris[..1])
    {
        leads_home(&url);
    }
    let Ok(addressed) = Addressed::read(&params) else { return };
    let confidentiality = Confidentiality::Public;
    let rules = ClientRules { redirect_uris: &redirect_uris, confidentiality, pkce: PkceRule::Required };
    let Ok(answerable) = addressed.answerable(rules) else { return };
    match answerable.read() {
        Err(error) => leads_home(answerable.reply().with_error(&error, ISSUER).leads_to()),
        Ok(request) => {
            assert!(request.code_challenge.is_some());
            leads_home(answerable.reply().with_code("code", ISSUER).leads_to());
        }
    }
});
