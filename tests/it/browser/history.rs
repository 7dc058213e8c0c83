//! Going back and loading again after a sign-in: nothing is done twice, and nobody is told that it failed.
//!
//! The parties of the demo share a site, since browsers do not tell ports apart there. To a partner on
//! another site the browser goes by `127.0.0.1`.

use super::chromium::{Chromium, Scripts};
use super::{ANA, start};

/// Signs in at the partner whose page is shown, at its address on another site.
fn choose_ana_on_another_site(browser: &Chromium) {
    browser.see("Sign in at Fabrikam");
    browser.open(&browser.url().replacen("//localhost:", "//127.0.0.1:", 1));
    browser.click("button[value=ana]");
}

#[test]
fn who_goes_back_to_the_partner_hears_that_they_are_signed_in_already() {
    let Some((demo, browser)) = start(Scripts::Run) else { return };
    browser.open(&format!("{}/login", demo.payroll));
    browser.name_organization(ANA);
    choose_ana_on_another_site(&browser);
    browser.see("You are signed in");
    browser.console_is_silent();
    // The partner remembers the person and answers the same question once more.
    browser.go_back();
    browser.see("You are signed in already");
    assert_eq!(browser.url(), format!("{}/saml/sp/acs", demo.gateway));
    browser.inspect("signed-in-already");
    browser.open(&format!("{}/login", demo.travel));
    browser.see("You are signed in");
    browser.console_is_silent();
}

#[test]
fn who_loads_the_answer_again_hears_that_they_are_signed_in_already() {
    let Some((demo, browser)) = start(Scripts::Blocked) else { return };
    browser.sign_in_by_hand(&demo.payroll);
    // The partner is asked again, and this time it is on another site.
    browser.open(&format!("{}/login?prompt=login", demo.payroll));
    choose_ana_on_another_site(&browser);
    browser.click("#answer button");
    browser.see("One more step");
    browser.inspect("one-more-step");
    browser.click("#resubmit button");
    browser.see("You are signed in");
    // The browser has kept nothing of the page and asks whether to post again.
    browser.go_back();
    browser.reload();
    browser.see("One more step");
    browser.click("#resubmit button");
    browser.see("You are signed in already");
    assert_eq!(browser.url(), format!("{}/saml/sp/acs", demo.gateway));
    browser.console_is_silent();
}
