//! A browser with a profile of its own: what a person can do with it, and what its console says.

use std::process::Command;

use serde_json::{Value, json};

use super::driver::Driver;
use crate::support::stores::Place;

/// How long an element may take to appear. **Units**: milliseconds.
const DEADLINE: u64 = 30_000;
const CONTENT_SETTING_BLOCK: u8 = 2;
/// The key under which the protocol names an element (W3C WebDriver 12.1).
/// How often a click is tried that something is in the way of. Each try waits for the page to be painted.
const CLICKS: u32 = 20;
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// Whether pages may run scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scripts {
    /// As usual.
    Run,
    /// As in a browser where the person has switched them off.
    Blocked,
}

/// A browser, stopped when it is dropped, also by a panic.
pub struct Chromium {
    driver: Driver,
    session: String,
    process: u64,
    _profile: tempfile::TempDir,
}

impl Chromium {
    /// Starts it with an empty profile.
    pub fn start(scripts: Scripts) -> Self {
        Self::start_with(scripts, &[])
    }

    /// Starts it with more arguments.
    pub fn start_with(scripts: Scripts, more: &[String]) -> Self {
        let driver = Driver::start();
        let profile = Place::Memory.folder();
        let preferences = match scripts {
            Scripts::Run => json!({}),
            Scripts::Blocked => {
                json!({ "profile.managed_default_content_settings.javascript": CONTENT_SETTING_BLOCK })
            }
        };
        let arguments = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-first-run",
            "--lang=en",
            "--window-size=900,700",
            &format!("--user-data-dir={}", profile.path().display()),
        ];
        let arguments: Vec<&str> = arguments.into_iter().chain(more.iter().map(String::as_str)).collect();
        let wanted = json!({ "capabilities": { "alwaysMatch": {
            "browserName": "chrome",
            "timeouts": { "implicit": DEADLINE },
            "goog:chromeOptions": { "args": arguments, "prefs": preferences },
            "goog:loggingPrefs": { "browser": "ALL" },
        } } });
        let started = driver.command("POST", "/session", &wanted).unwrap();
        let session = format!("/session/{}", started["sessionId"].as_str().unwrap());
        let process = started["capabilities"]["goog:processID"].as_u64().unwrap();
        Self { driver, session, process, _profile: profile }
    }

    /// Goes to an address as if it had been typed.
    pub fn open(&self, url: &str) {
        self.post("url", json!({ "url": url }));
    }

    /// Where it is.
    pub fn url(&self) -> String {
        self.get("url").as_str().unwrap().to_owned()
    }

    /// The tab that is looked at.
    pub fn tab(&self) -> String {
        self.get("window").as_str().unwrap().to_owned()
    }

    /// Opens a tab behind it.
    pub fn new_tab(&self) -> String {
        self.post("window/new", json!({ "type": "tab" }))["handle"].as_str().unwrap().to_owned()
    }

    /// Looks at another tab.
    pub fn switch_to(&self, tab: &str) {
        self.post("window", json!({ "handle": tab }));
    }

    /// Goes one page back in the history.
    pub fn go_back(&self) {
        self.post("back", json!({}));
    }

    /// Loads the page again; what was posted is posted again.
    pub fn reload(&self) {
        self.post("refresh", json!({}));
    }

    /// Waits for the heading of a page.
    pub fn see(&self, heading: &str) {
        self.at(&format!("//h1[normalize-space()='{heading}']"));
    }

    /// Waits for an element by CSS selector.
    pub fn find(&self, selector: &str) -> String {
        self.element("css selector", selector)
    }

    /// Presses a button or follows a link. A busy browser may still be laying out a page whose size has changed, and
    /// says then that something else is in the way.
    pub fn click(&self, selector: &str) {
        let element = self.find(selector);
        let click = || self.driver.command("POST", &format!("{}/element/{element}/click", self.session), &json!({}));
        for _ in 0..CLICKS {
            match click() {
                Err(error) if error.contains("click intercepted") => drop(self.get("screenshot")),
                clicked => return drop(clicked.unwrap()),
            }
        }
        click().unwrap();
    }

    /// Chooses a file in a field for one.
    pub fn choose_file(&self, selector: &str, file: &std::path::Path) {
        let element = self.find(selector);
        self.post(&format!("element/{element}/value"), json!({ "text": file.to_str().unwrap() }));
    }

    /// The text of an element.
    pub fn text(&self, selector: &str) -> String {
        self.text_of(&self.find(selector))
    }

    /// The text of an element by its place.
    pub fn text_at(&self, path: &str) -> String {
        self.text_of(&self.at(path))
    }

    /// Presses keys one after the other, whatever has the focus.
    pub fn press_keys(&self, keys: &str) {
        let presses: Vec<Value> = keys
            .chars()
            .flat_map(|key| ["keyDown", "keyUp"].map(|kind| json!({ "type": kind, "value": key.to_string() })))
            .collect();
        self.post("actions", json!({ "actions": [{ "type": "key", "id": "keyboard", "actions": presses }] }));
    }

    /// What a function body returns in the page.
    pub fn ask(&self, script: &str) -> Value {
        self.post("execute/sync", json!({ "script": script, "args": [] }))
    }

    /// A command of the browser's own protocol.
    pub fn control(&self, command: &str, parameters: Value) -> Value {
        self.post("goog/cdp/execute", json!({ "cmd": command, "params": parameters }))
    }

    /// Gives it an authenticator of its own that verifies its user, and returns its id (WebAuthn Level 2,
    /// 11.3).
    pub fn add_authenticator(&self) -> String {
        let wanted = json!({
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": true,
            "hasUserVerification": true,
            "isUserConsenting": true,
            "isUserVerified": true,
        });
        self.post("webauthn/authenticator", wanted).as_str().unwrap().to_owned()
    }

    /// From now on the authenticator takes the person for somebody else.
    pub fn show_another_finger(&self, authenticator: &str) {
        self.post(&format!("webauthn/authenticator/{authenticator}/uv"), json!({ "isUserVerified": false }));
    }

    /// Gives it a cookie for the site that is open.
    pub fn set_cookie(&self, name: &str, value: &str) {
        self.post("cookie", json!({ "cookie": { "name": name, "value": value, "path": "/", "httpOnly": true } }));
    }

    /// What the console has said since it was last read.
    pub fn console(&self) -> Vec<String> {
        let entries = self.post("se/log", json!({ "type": "browser" }));
        entries.as_array().unwrap().iter().map(|entry| entry["message"].as_str().unwrap().to_owned()).collect()
    }

    /// Asserts that nothing was said.
    pub fn console_is_silent(&self) {
        assert_eq!(self.console(), [""; 0], "at {}", self.url());
    }

    /// Asserts that all that was said is the status of the page shown, as browsers say of every page that
    /// is an error.
    pub fn console_tells_only(&self, status: u16) {
        let said = self.console();
        let url = self.url();
        let is_status = |line: &String| {
            line.starts_with(&url)
                && line.contains(&format!("Failed to load resource: the server responded with a status of {status} "))
        };
        assert!(said.len() == 1 && said.iter().all(is_status), "at {url}: {said:?}");
    }

    fn at(&self, path: &str) -> String {
        self.element("xpath", path)
    }

    fn element(&self, by: &str, value: &str) -> String {
        let sought = json!({ "using": by, "value": value });
        let found = self.driver.command("POST", &format!("{}/element", self.session), &sought);
        let found = found.unwrap_or_else(|error| panic!("{error}\nat {}:\n{}", self.url(), self.get("source")));
        found[ELEMENT].as_str().unwrap().to_owned()
    }

    fn text_of(&self, element: &str) -> String {
        self.get(&format!("element/{element}/text")).as_str().unwrap().to_owned()
    }

    fn get(&self, command: &str) -> Value {
        self.driver.command("GET", &format!("{}/{command}", self.session), &Value::Null).unwrap()
    }

    fn post(&self, command: &str, body: Value) -> Value {
        self.driver.command("POST", &format!("{}/{command}", self.session), &body).unwrap()
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        if self.driver.command("DELETE", &self.session, &Value::Null).is_err() {
            // The driver cannot end it any more.
            let _ = Command::new("kill").args(["-s", "KILL", &self.process.to_string()]).status();
        }
    }
}
