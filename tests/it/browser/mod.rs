//! The demo in a real browser: Chromium without a window, driven by chromedriver, against the built
//! program with its five parties on ports of their own.
//!
//! Nothing is mocked and nothing sleeps: every wait is one of the driver's, for an element and with a
//! deadline. After each walk the console must be silent, so that no page breaks its own
//! Content-Security-Policy. With `ENTENTE_TEST_PICTURES` set to a folder, each page that is inspected
//! is also photographed there, light and dark, wide and narrow.

mod apart;
mod chromium;
mod demo;
mod driver;
mod factors;
mod history;
mod hosts;
mod inspect;
mod invite;
mod panel;
mod sign_in;
mod sign_out;
mod without_scripts;

use super::xmlsig_against_xmlsec1::is_installed;
use chromium::{Chromium, Scripts};
use demo::Demo;

/// The key that sends a form.
const ENTER: &str = "\u{e007}";
/// The key that moves on to the next control.
const TAB: &str = "\u{e004}";

/// Who signs in.
const ANA: &str = "ana@fabrikam.example";

/// A fresh demo and a fresh browser; nothing where no browser is installed, which `is_installed` says.
fn start(scripts: Scripts) -> Option<(Demo, Chromium)> {
    (is_installed("chromedriver") && is_installed("chromium")).then(|| (Demo::start(), Chromium::start(scripts)))
}

impl Chromium {
    /// Names the organisation on the page that asks for it.
    fn name_organization(&self, address: &str) {
        self.see("Which organisation are you from?");
        self.find("#email:focus");
        self.press_keys(address);
        self.press_keys(ENTER);
    }

    /// Signs in at an app for the first time: two forms.
    fn sign_in(&self, app: &str) {
        self.open(&format!("{app}/login"));
        self.name_organization(ANA);
        self.see("Sign in at Fabrikam");
        self.click("button[value=ana]");
        self.see("You are signed in");
    }

    /// The same where no script sends the partner's answer.
    fn sign_in_by_hand(&self, app: &str) {
        self.open(&format!("{app}/login"));
        self.name_organization(ANA);
        self.click("button[value=ana]");
        self.click("#answer button");
        self.see("You are signed in");
    }

    /// A claim as the app shows it.
    fn claim(&self, name: &str) -> String {
        self.text_at(&format!("//tr[th='{name}']/td"))
    }
}
