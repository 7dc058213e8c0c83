//! The same way with scripts switched off: every button that a script would press is there to be pressed.

use super::chromium::Scripts;
use super::{ANA, start};

#[test]
fn a_person_signs_in_and_out_without_scripts() {
    let Some((demo, browser)) = start(Scripts::Blocked) else { return };
    browser.open(&demo.payroll);
    browser.click("a.button");
    browser.name_organization(ANA);
    browser.see("Sign in at Fabrikam");
    browser.click("button[value=ana]");
    browser.find("#answer");
    browser.click("#answer button");
    browser.see("You are signed in");
    assert_eq!(browser.text("#person"), "Ana Almeida");

    browser.open(&format!("{}/login?prompt=consent", demo.travel));
    browser.click("button[value=accept]");
    browser.see("You are signed in");

    browser.open(&format!("{}/oidc/logout", demo.gateway));
    browser.click("button[value=sign_out]");
    browser.see("You are signed out here");
    browser.console_is_silent();
}
