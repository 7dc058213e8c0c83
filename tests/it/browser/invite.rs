//! Inviting: one guest, those of a file, and what an invited person sees.

use super::chromium::Scripts;
use super::{ENTER, TAB, start};
use crate::support::stores::Place;

const ROWS: &str = "Email,DisplayName,InvitationText\nzoe@adatum.example,Zoe,Welcome\nnobody,Nobody,\n\
                    yan@adatum.example,Yan,\nzoe@adatum.example,Zoe,\nwim@adatum.example,Wim,\n";

#[test]
fn a_person_invites_one_guest_and_those_of_a_file_without_scripts() {
    let Some((demo, browser)) = start(Scripts::Blocked) else { return };
    browser.open(&format!("{}/", demo.gateway));
    browser.name_organization(super::ANA);
    browser.click("button[value=ana]");
    browser.click("#answer button");
    browser.see("Your apps");
    browser.inspect("panel-with-inviting");
    browser.click("a[href='/invite']");
    browser.see("Invite a guest");
    browser.inspect("invite");
    browser.find("#address:focus");
    browser.press_keys("zoe");
    browser.press_keys(ENTER);
    browser.find("#address-fault");
    browser.inspect("invite-fault");
    browser.find("#address:focus");
    // The cursor stands before what was typed.
    browser.press_keys("\u{e010}@elsewhere.example");
    browser.press_keys(TAB);
    browser.press_keys("Zoe Zimmer");
    browser.press_keys(ENTER);
    browser.see("The invitation is on its way");
    browser.inspect("guest-invited");
    assert!(browser.text("#link").starts_with(&format!("{}/redeem?ticket=", demo.gateway)));

    let folder = Place::Memory.folder();
    let file = folder.path().join("guests.csv");
    std::fs::write(&file, ROWS).unwrap();
    browser.open(&format!("{}/invite/files", demo.gateway));
    browser.see("Invite the guests of a file");
    browser.inspect("invite-files");
    browser.click("button[type=submit]");
    browser.find("#file-fault");
    browser.inspect("invite-files-fault");
    browser.choose_file("#file", &file);
    browser.click("button[type=submit]");
    browser.see("What would be done");
    assert_eq!(
        (browser.text("#good"), browser.text("#skipped"), browser.text("#failed")),
        ("3".into(), "1".into(), "1".into())
    );
    browser.inspect("invite-preview");
    browser.click("button[value=confirm]");
    // The page loads itself again until the rows are done.
    browser.see("The file is done");
    assert_eq!(browser.text("#invited"), "3");
    browser.inspect("bulk-job-finished");
    browser.click("a[href^='/invite/rows']");
    browser.see("What became of each row");
    browser.inspect("bulk-rows");
    browser.click("a[href$='which=failed']");
    assert_eq!(browser.text("td code"), "CSV_ROW_EMAIL");
    browser.click("a[href^='/invite/job']");
    browser.see("The file is done");
    browser.open(&format!("{}/invite/files", demo.gateway));
    browser.find("a.job");
    browser.inspect("invite-files-own");

    // Who may assign apps gives them with the invitation.
    demo.administer(&["admin", "grant", super::ANA, "--role", "user_administrator"]);
    browser.open(&format!("{}/invite", demo.gateway));
    browser.click("input[type=checkbox]");
    browser.inspect("invite-apps");
    browser.console_is_silent();
}

#[test]
fn an_invited_person_opens_the_link_and_agrees_by_keyboard_and_without_scripts() {
    let Some((demo, browser)) = start(Scripts::Blocked) else { return };
    let redirect = format!("{}/", demo.gateway);
    let told = demo.administer(&["invite", "ben@fabrikam.example", "--redirect", &redirect]);
    let link = told.split_whitespace().find(|word| word.contains("/redeem?ticket=")).unwrap();
    browser.open(link.trim_matches('"'));
    browser.see("You are invited by Contoso");
    browser.inspect("redeem");
    browser.find("button[type=submit]:focus");
    browser.press_keys(ENTER);
    browser.click("button[value=ben]");
    browser.click("#answer button");
    browser.see("Work with Contoso?");
    browser.inspect("agree");
    browser.click("button[value=accept]");
    browser.see("Your apps");
    browser.console_is_silent();
}
