//! Signing in: the way there, and every page that may stand on it.

use super::chromium::Scripts;
use super::{ANA, ENTER, TAB, start};

#[test]
fn a_person_signs_in_by_keyboard_with_two_forms_and_the_second_app_asks_nothing() {
    let Some((demo, browser)) = start(Scripts::Run) else { return };
    browser.open(&demo.payroll);
    browser.see("Welcome to Payroll");
    browser.press_keys(TAB);
    browser.find("a.button:focus");
    browser.press_keys(ENTER);

    browser.see("Which organisation are you from?");
    browser.inspect("organization");
    browser.find("#email:focus");
    browser.press_keys(TAB);
    browser.find("button[type=submit]:focus");
    browser.open(&browser.url());
    browser.name_organization(ANA);

    browser.see("Sign in at Fabrikam");
    assert!(browser.url().starts_with(&demo.fabrikam));
    browser.console_is_silent();
    browser.press_keys(TAB);
    browser.find("button[value=ana]:focus");
    browser.press_keys(ENTER);

    browser.see("You are signed in");
    assert_eq!(browser.url(), format!("{}/", demo.payroll));
    assert_eq!(browser.text("#person"), "Ana Almeida");
    assert_eq!((browser.claim("aud"), browser.claim("email")), ("payroll".to_owned(), ANA.to_owned()));
    let session = browser.claim("sid");
    browser.click("a[href='/me.json']");
    assert!(browser.text("body").starts_with('{'));
    browser.console_is_silent();

    browser.open(&demo.travel);
    browser.see("Welcome to Travel");
    browser.click("a.button");
    browser.see("You are signed in");
    assert_eq!(browser.url(), format!("{}/", demo.travel));
    assert_eq!((browser.claim("aud"), browser.claim("sid")), ("travel".to_owned(), session));
    browser.console_is_silent();
}

#[test]
fn the_console_would_tell_of_a_broken_policy() {
    let Some((demo, browser)) = start(Scripts::Run) else { return };
    browser.open(&format!("{}/login", demo.payroll));
    browser.see("Which organisation are you from?");
    browser.console_is_silent();
    browser.ask("document.body.append(Object.assign(document.createElement('style'), { textContent: 'p {}' }))");
    let said = browser.console();
    assert!(said.len() == 1 && said[0].contains("Content Security Policy"), "{said:?}");
}

#[test]
fn what_is_no_address_or_belongs_to_nobody_can_be_put_right() {
    let Some((demo, browser)) = start(Scripts::Run) else { return };
    browser.open(&format!("{}/login", demo.payroll));
    browser.name_organization("ana at fabrikam");
    let fault = browser.text("#email-fault");
    assert!(fault.starts_with("Error:") && fault.contains("That is not an e-mail address."), "{fault}");
    browser.inspect("organization-fault");
    browser.find("#email:focus");
    browser.ask("document.activeElement.select()");
    browser.press_keys("ana@nobody.example");
    browser.press_keys(ENTER);
    browser.see("Sign in with a code by e-mail");
    assert_eq!(browser.text("dd"), "ana@nobody.example");
    browser.inspect("sign-in-code-offer");
    browser.press_keys(ENTER);
    browser.see("Enter the code from the e-mail");
    browser.inspect("sign-in-code");
    browser.find("#code:focus");
    browser.press_keys("00000000");
    browser.press_keys(ENTER);
    let fault = browser.text("#code-fault");
    assert!(fault.starts_with("Error:") && fault.contains("That code is not right"), "{fault}");
    browser.inspect("sign-in-code-wrong");
    browser.click("main > .acts a.button");
    browser.name_organization(ANA);
    browser.see("Sign in at Fabrikam");
    browser.console_is_silent();
}

#[test]
fn consent_is_given_or_declined() {
    let Some((demo, browser)) = start(Scripts::Run) else { return };
    browser.sign_in(&demo.payroll);
    let asking = format!("{}/login?prompt=consent", demo.payroll);
    browser.open(&asking);
    browser.see("Sign in to Payroll?");
    browser.inspect("consent");
    browser.click("button[value=accept]");
    browser.see("You are signed in");
    browser.console_is_silent();

    browser.open(&asking);
    browser.click("button[value=cancel]");
    browser.see("You could not be signed in");
    assert_eq!(browser.text("#error"), "access_denied");
    browser.console_tells_only(400);
}

#[test]
fn an_account_is_kept_or_changed() {
    let Some((demo, browser)) = start(Scripts::Run) else { return };
    browser.sign_in(&demo.payroll);
    let session = browser.claim("sid");
    let asking = format!("{}/login?prompt=select_account", demo.travel);
    browser.open(&asking);
    browser.see("Choose an account");
    browser.inspect("select-account");
    browser.click("button[value=current]");
    browser.see("You are signed in");
    assert_eq!(browser.claim("sid"), session);

    browser.open(&asking);
    browser.click("button[value=other]");
    browser.see("Which organisation are you from?");
    browser.console_is_silent();
}

#[test]
fn a_blocked_guest_is_told_so_at_the_next_request_and_finds_back_to_the_app() {
    let Some((demo, browser)) = start(Scripts::Run) else { return };
    browser.sign_in(&demo.payroll);
    demo.administer(&["guest", "block", ANA]);
    browser.open(&format!("{}/login", demo.travel));
    browser.name_organization(ANA);
    browser.see("You could not be signed in");
    assert_eq!(browser.text("#refusal-code"), "GUEST_BLOCKED");
    browser.inspect("refusal");
    browser.console_tells_only(403);
    let timeline = demo.administer(&["audit", "show", &browser.text("#attempt-id")]);
    assert!(timeline.contains("GUEST_BLOCKED"), "{timeline}");
    browser.click("a.button");
    assert_eq!(browser.text("#error"), "access_denied");
    browser.console_tells_only(400);
}

#[test]
fn requests_that_lead_nowhere_end_on_a_page() {
    let Some((demo, browser)) = start(Scripts::Run) else { return };
    browser.open(&format!("{}/oidc/authorize?client_id=nobody&redirect_uri=http://localhost:1/", demo.gateway));
    assert_eq!(browser.text("#refusal-code"), "APP_UNKNOWN");
    browser.inspect("refusal-without-app");
    browser.console_tells_only(400);
    browser.open(&format!("{}/nowhere", demo.gateway));
    browser.see("There is no such page");
    browser.inspect("no-such-page");
    browser.console_tells_only(404);
}
