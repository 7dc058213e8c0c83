//! Partner, gateway and app on different sites over TLS, where browsers keep cookies apart: what `SameSite`
//! lets through between them decides whether a sign-in comes home.

use serde_json::{Value, json};

use super::chromium::{Chromium, Scripts};
use super::hosts::{FABRIKAM, GATE, Hosts, PAYROLL};
use super::{ANA, is_installed};

fn start(scripts: Scripts) -> Option<(Hosts, Chromium)> {
    (is_installed("chromedriver") && is_installed("chromium")).then(|| {
        let hosts = Hosts::start();
        let browser = hosts.browser(scripts);
        (hosts, browser)
    })
}

/// What the browser keeps for the gateway of attempts and sessions: names without ids, in the order of the
/// alphabet. The organisation that it remembers stays beside them.
fn kept(browser: &Chromium) -> Vec<(String, Value)> {
    let found = browser.control("Network.getCookies", json!({ "urls": [GATE] }));
    let mut kept: Vec<_> = found["cookies"]
        .as_array()
        .unwrap()
        .iter()
        .map(|cookie| {
            assert_eq!(
                (&cookie["secure"], &cookie["httpOnly"], &cookie["path"]),
                (&json!(true), &json!(true), &json!("/"))
            );
            let name = cookie["name"].as_str().unwrap();
            let kind = name.strip_prefix("__Host-entente_").unwrap_or_else(|| panic!("{name}"));
            (kind.split('_').next().unwrap().to_owned(), cookie["sameSite"].clone())
        })
        .collect();
    kept.retain(|(kind, same_site)| kind != "organisation" || *same_site != "Lax");
    kept.sort_by(|one, other| one.0.cmp(&other.0));
    kept
}

fn go_to_partner(browser: &Chromium) {
    browser.open(&format!("{PAYROLL}/login"));
    browser.name_organization(ANA);
    browser.see("Sign in at Fabrikam");
    assert!(browser.url().starts_with(FABRIKAM), "{}", browser.url());
}

fn is_welcome(browser: &Chromium) {
    browser.see("Welcome");
    assert!(browser.url().starts_with(&format!("{PAYROLL}/callback?")), "{}", browser.url());
    assert_eq!(browser.text("p"), ANA);
}

#[test]
fn a_sign_in_comes_home_across_three_sites() {
    let Some((_hosts, browser)) = start(Scripts::Run) else { return };
    go_to_partner(&browser);
    assert_eq!(kept(&browser), [("attempt".to_owned(), json!("None"))]);
    browser.click("button[value=ana]");
    is_welcome(&browser);
    assert_eq!(kept(&browser), [("session".to_owned(), json!("Lax"))]);
    browser.console_is_silent();
    // The session answers alone, until the app wants more than that.
    browser.open(&format!("{PAYROLL}/login?prompt=none"));
    is_welcome(&browser);
    browser.console_is_silent();
}

#[test]
fn five_tabs_sign_in_at_once() {
    let Some((_hosts, browser)) = start(Scripts::Run) else { return };
    let mut tabs = vec![browser.tab()];
    tabs.extend((1..5).map(|_| browser.new_tab()));
    for tab in &tabs {
        browser.switch_to(tab);
        browser.open(&format!("{PAYROLL}/login?domain_hint=fabrikam"));
        browser.see("Sign in at Fabrikam");
    }
    assert_eq!(kept(&browser).len(), 5);
    for tab in [3, 0, 4, 2, 1].map(|at| &tabs[at]) {
        browser.switch_to(tab);
        browser.click("button[value=ana]");
        is_welcome(&browser);
        browser.console_is_silent();
    }
    assert_eq!(kept(&browser), [("session".to_owned(), json!("Lax"))]);
}

#[test]
fn who_goes_back_to_a_partner_of_another_site_is_signed_in_already() {
    let Some((_hosts, browser)) = start(Scripts::Run) else { return };
    go_to_partner(&browser);
    browser.click("button[value=ana]");
    is_welcome(&browser);
    browser.go_back();
    browser.see("You are signed in already");
    assert_eq!(browser.url(), format!("{GATE}/saml/sp/acs"));
    browser.console_is_silent();
}

#[test]
fn who_loads_an_answer_from_another_site_again_is_signed_in_already() {
    let Some((_hosts, browser)) = start(Scripts::Blocked) else { return };
    go_to_partner(&browser);
    browser.click("button[value=ana]");
    browser.click("#answer button");
    is_welcome(&browser);
    // Here the answer itself shows a page, which can be loaded again.
    browser.open(&format!("{PAYROLL}/login?prompt=login%20consent"));
    browser.see("Sign in at Fabrikam");
    browser.click("button[value=ana]");
    browser.click("#answer button");
    browser.see("Sign in to Payroll?");
    assert_eq!(browser.url(), format!("{GATE}/saml/sp/acs"));
    browser.reload();
    browser.see("One more step");
    browser.click("#resubmit button");
    browser.see("You are signed in already");
    assert_eq!(browser.url(), format!("{GATE}/saml/sp/acs"));
    browser.console_is_silent();
}
