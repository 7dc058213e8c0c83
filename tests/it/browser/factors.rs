//! Second factors in a real browser: a passkey with Chromium's virtual authenticator, everything else
//! without scripts. The gateway runs in the test, so that its clock can be moved.

use std::time::Duration;

use super::chromium::{Chromium, Scripts};
use super::{ENTER, is_installed};
use crate::factors::person::{Demand, Phone};
use crate::support::client::{Client, Page};
use crate::support::gateway::Gateway;
use crate::support::stores::Backend;

/// A gateway with Ana signed in, and her browser with that session.
struct Place {
    runtime: tokio::runtime::Runtime,
    gateway: Gateway,
    browser: Chromium,
}

impl Place {
    /// Nothing where no browser is installed.
    fn start(scripts: Scripts) -> Option<Self> {
        if !is_installed("chromedriver") || !is_installed("chromium") {
            return None;
        }
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let gateway = runtime.block_on(Gateway::start(Backend::Sqlite));
        let place = Self { runtime, gateway, browser: Chromium::start(scripts) };
        place.browser.open(&place.security_info());
        place.browser.see("You are not signed in here");
        place.browser.inspect("security-info-signed-out");
        place.sign_in_anew();
        Some(place)
    }

    /// A session that has the partner's proof alone.
    fn sign_in_anew(&self) {
        let client: Client = self.runtime.block_on(self.gateway.sign_in_anew());
        let (name, value) = client.cookies.iter().find(|(name, _)| name.ends_with("_session")).unwrap();
        self.browser.set_cookie(name, value);
    }

    fn security_info(&self) -> String {
        format!("{}/security-info", self.gateway.url)
    }

    fn open(&self) {
        self.browser.open(&self.security_info());
    }

    /// The app that the key on the page was typed into.
    fn phone(&self) -> Phone {
        let body = format!("<code id=\"key\">{}</code>", self.browser.text("#key"));
        Phone::set_up(&Page { status: 200, headers: http::HeaderMap::new(), body })
    }

    fn type_code(&self, code: &str) {
        self.browser.find("#code");
        self.browser.ask("document.getElementById('code').focus()");
        self.browser.press_keys(code);
        self.browser.press_keys(ENTER);
    }

    fn wait_eleven_minutes(&self) {
        self.gateway.clock.advance(Duration::from_secs(660));
    }
}

#[test]
fn a_passkey_is_made_and_used_with_the_browsers_own_authenticator() {
    let Some(place) = Place::start(Scripts::Run) else { return };
    let browser = &place.browser;
    browser.add_authenticator();
    place.open();
    browser.see("Your second step");
    browser.inspect("security-info-nothing");
    browser.click("button[value=passkey]");
    browser.see("Set up a passkey");
    browser.inspect("passkey-setup");
    browser.click("#passkey button");
    browser.see("Keep your recovery codes");
    browser.inspect("recovery-codes");
    browser.click("button[value=kept]");
    browser.see("Your second step");
    assert_eq!(browser.url(), place.security_info());
    browser.inspect("security-info");
    browser.console_is_silent();

    place.wait_eleven_minutes();
    place.sign_in_anew();
    place.open();
    browser.see("Use your passkey");
    browser.inspect("passkey");
    browser.find("#passkey button:focus");
    browser.press_keys(ENTER);
    browser.see("Your second step");
    browser.console_is_silent();

    // The same authenticator is not set up twice, which the browser itself says.
    browser.click("button[value=passkey]");
    browser.see("Set up a passkey");
    browser.click("#passkey button");
    browser.find("#passkey-failed:not([hidden])");
    browser.inspect("passkey-setup-failed");
    assert!(browser.text("#passkey-failed").contains("No passkey was created."));
    browser.console_is_silent();
}

#[test]
fn who_is_not_known_to_the_authenticator_can_try_again_or_take_another_way() {
    let Some(place) = Place::start(Scripts::Run) else { return };
    let browser = &place.browser;
    let authenticator = browser.add_authenticator();
    place.open();
    browser.click("button[value=passkey]");
    browser.click("#passkey button");
    browser.click("button[value=kept]");
    browser.see("Your second step");
    browser.show_another_finger(&authenticator);
    place.wait_eleven_minutes();
    place.sign_in_anew();
    place.open();
    browser.see("Use your passkey");
    browser.click("#passkey button");
    browser.find("#passkey-failed:not([hidden])");
    browser.find("#passkey button:enabled");
    browser.click("button[value=ways]");
    browser.see("One more step");
    browser.inspect("ways");
    browser.click("button[value=recovery_code]");
    browser.see("Enter a recovery code");
    browser.inspect("recovery-code");
    place.type_code("0000-0000-0000-0000");
    assert!(browser.text("#code-fault").starts_with("Error:"));
    browser.find("#code:focus");
    browser.inspect("recovery-code-wrong");
    browser.console_is_silent();
}

#[test]
fn everything_but_passkeys_works_without_scripts() {
    let Some(place) = Place::start(Scripts::Blocked) else { return };
    let browser = &place.browser;
    place.open();
    browser.click("button[value=passkey]");
    browser.see("Set up a passkey");
    assert!(browser.text("noscript").contains("Passkeys need JavaScript"));
    place.open();
    browser.click("button[value=totp]");
    browser.see("Set up an authenticator app");
    let phone = place.phone();
    browser.click("#code");
    browser.press_keys("123");
    browser.press_keys(ENTER);
    assert!(browser.text("#code-fault").contains("Enter the six digits"));
    browser.press_keys(&phone.code(place.gateway.now()));
    browser.press_keys(ENTER);
    browser.see("Keep your recovery codes");
    let code = browser.text(".codes code");
    browser.click("button[value=kept]");
    browser.see("Your second step");
    browser.click("button[value=rename]");
    browser.see("Rename your second step");
    browser.press_keys(" of Ana");
    browser.press_keys(ENTER);
    browser.see("Your second step");
    assert!(browser.text(".done").contains("It has its new name."));

    place.wait_eleven_minutes();
    place.open();
    browser.see("Enter the code from your app");
    browser.find("#code:focus");
    browser.click("button[value=ways]");
    browser.click("button[value=recovery_code]");
    browser.click("#code");
    browser.press_keys(&code);
    browser.press_keys(ENTER);
    browser.see("Your second step");
    browser.click("button[value=remove]");
    browser.click("button[value=confirm_remove]");
    assert!(browser.text(".done").contains("It is removed."));
    browser.console_is_silent();
}

#[test]
fn each_page_of_codes_is_sound_also_where_something_was_wrong() {
    let Some(place) = Place::start(Scripts::Run) else { return };
    let browser = &place.browser;
    place.open();
    browser.click("button[value=totp]");
    browser.see("Set up an authenticator app");
    browser.inspect("app-setup");
    let phone = place.phone();
    place.type_code("000");
    browser.find("#code-fault");
    browser.inspect("app-setup-wrong");
    place.type_code(&phone.code(place.gateway.now()));
    browser.click("button[value=kept]");
    browser.see("Your second step");
    browser.click("button[value=rename]");
    browser.see("Rename your second step");
    browser.inspect("rename");
    browser.click("a.button");
    browser.click("button[value=remove]");
    browser.see("Remove Authenticator app?");
    browser.inspect("remove");
    place.wait_eleven_minutes();
    place.open();
    browser.see("Enter the code from your app");
    browser.inspect("code");
    for _ in 0..6 {
        place.type_code("000000");
        browser.find("#code-fault");
    }
    assert!(browser.text("#code-fault").contains("There were too many tries."));
    browser.inspect("code-wait");
    browser.console_is_silent();
}

#[test]
fn the_way_to_an_app_leads_over_a_code_by_mail() {
    let Some(place) = Place::start(Scripts::Run) else { return };
    let browser = &place.browser;
    place.runtime.block_on(place.gateway.demand("mfa", place.gateway.payroll, Demand::Mfa));
    browser.open(&format!("{}{}", place.gateway.url, place.gateway.authorize(&[])));
    browser.see("One more step");
    browser.inspect("ways-to-an-app");
    browser.click("button[value=mailed_code]");
    browser.see("Get a code by e-mail");
    browser.inspect("mail-offer");
    browser.find("button[value=send]:focus");
    browser.press_keys(ENTER);
    browser.see("Enter the code from the e-mail");
    browser.inspect("mail-code");
    browser.press_keys("1234");
    browser.press_keys(ENTER);
    browser.find("#code-fault");
    browser.inspect("mail-code-wrong");
    browser.console_is_silent();
    browser.press_keys(&place.gateway.mailbox.code("ana@fabrikam.example"));
    browser.press_keys(ENTER);
    // Nobody listens at the app's address, and the browser was sent there.
    browser.find("#main-message");
    assert!(browser.url().starts_with("http://localhost:9/payroll/callback?code="), "{}", browser.url());
}
