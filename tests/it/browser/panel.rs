//! The gateway itself: the access panel, and leaving.

use super::chromium::Scripts;
use super::{ENTER, TAB, start};

#[test]
fn a_person_opens_an_app_from_the_panel_and_leaves_by_keyboard_and_without_scripts() {
    let Some((demo, browser)) = start(Scripts::Blocked) else { return };
    browser.open(&format!("{}/", demo.gateway));
    browser.name_organization(super::ANA);
    browser.click("button[value=ana]");
    browser.click("#answer button");
    browser.see("Your apps");
    assert_eq!(browser.url(), format!("{}/", demo.gateway));
    browser.inspect("panel");
    browser.press_keys(TAB);
    browser.find("a.tile:focus");
    browser.press_keys(ENTER);
    assert!(!browser.url().starts_with(&demo.gateway) || browser.url().contains("/sign-in/"), "{}", browser.url());

    browser.open(&format!("{}/leave", demo.gateway));
    browser.see("Leave Contoso?");
    browser.inspect("leave");
    browser.click("a.button.second");
    browser.see("Your apps");
    browser.open(&format!("{}/leave", demo.gateway));
    browser.press_keys(TAB);
    browser.find("button[type=submit]:focus");
    browser.press_keys(ENTER);
    browser.see("You have left");
    browser.inspect("left");
    browser.open(&format!("{}/", demo.gateway));
    browser.see("Which organisation are you from?");
}
