//! Signing out: at the gateway with a question, and from an app without one.

use super::chromium::Scripts;
use super::start;

#[test]
fn the_gateway_asks_before_it_signs_out() {
    let Some((demo, browser)) = start(Scripts::Run) else { return };
    browser.sign_in(&demo.payroll);
    let sign_out = format!("{}/oidc/logout", demo.gateway);
    browser.open(&sign_out);
    browser.see("Sign out?");
    browser.inspect("sign-out");
    browser.click("button[value=stay]");
    browser.see("You are still signed in");
    browser.inspect("still-signed-in");
    browser.open(&format!("{}/login", demo.travel));
    browser.see("You are signed in");
    browser.open(&sign_out);
    browser.click("button[value=sign_out]");
    browser.see("You are signed out here");
    browser.inspect("signed-out");
    browser.open(&format!("{}/login", demo.travel));
    browser.see("Which organisation are you from?");
    browser.console_is_silent();
}

#[test]
fn an_app_signs_out_of_the_gateway_too() {
    let Some((demo, browser)) = start(Scripts::Run) else { return };
    browser.sign_in(&demo.payroll);
    browser.open(&demo.payroll);
    browser.click("a[href='/logout']");
    browser.see("You are signed out");
    assert_eq!(browser.url(), format!("{}/signed-out", demo.payroll));
    browser.open(&format!("{}/login", demo.travel));
    browser.see("Which organisation are you from?");
    browser.console_is_silent();
}
