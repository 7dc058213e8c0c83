//! One whole sign-in by a walker: from the app through the choice of organisation and the partner's
//! page back to the app, past a second factor where one is asked for, by what the pages offer and
//! nothing else.

use serde_json::Value;
use url::Url;

use super::browser::authenticator::Authenticator;
use super::browser::page::Form;
use super::browser::{Browser, BrowserError, Page};
use crate::base::clock::Timestamp;

/// The most pages of one sign-in.
pub const MAX_PAGES: usize = 14;

/// The one at the browser.
#[derive(Debug, Clone)]
pub struct Someone {
    /// What they type where they are asked for their organisation.
    pub mail: String,
    /// Who they are at the partner.
    pub person: String,
    /// The authenticator app on their phone, once they have enrolled it.
    pub authenticator: Option<Authenticator>,
}

/// Why a sign-in did not end at the app.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// The walker stopped.
    #[error(transparent)]
    Browser(#[from] BrowserError),
    /// The app did not take what came back.
    #[error("the app answered `{code}`")]
    RefusedByApp {
        /// Its code.
        code: String,
    },
    /// The gateway shows a page of refusal.
    #[error("the gateway refused with `{code}`, attempt `{attempt}`")]
    RefusedByGateway {
        /// The public code.
        code: String,
        /// For `entente audit show`.
        attempt: String,
    },
    /// A page offers nothing that leads on.
    #[error("stuck at `{url}`, status {status}, a page titled `{title}`")]
    Stuck {
        /// Where.
        url: String,
        /// Its status.
        status: u16,
        /// Its title.
        title: String,
    },
    /// The codes of the authenticator app have been typed already.
    #[error("the authenticator app has no fresh code; try again in half a minute")]
    NoFreshCode,
    /// The app's statement of who is signed in is no JSON with claims.
    #[error("`{url}` has no claims")]
    NoClaims {
        /// Where they should be.
        url: String,
    },
}

/// Signs somebody in at the app and gives the claims of the ID token.
///
/// # Errors
/// [`SignInError`].
pub async fn sign_in(browser: &mut Browser, app_url: &str, someone: &mut Someone) -> Result<Value, SignInError> {
    browser.open(&format!("{app_url}/login")).await?;
    walk_to(browser, app_url, someone).await?;
    claims(browser, app_url).await
}

/// Goes on from the page that is shown until the app shows one of its own.
///
/// # Errors
/// [`SignInError`]; [`SignInError::Stuck`] where no page of a sign-in is shown.
pub async fn walk_to(browser: &mut Browser, app_url: &str, someone: &mut Someone) -> Result<(), SignInError> {
    for _ in 0..MAX_PAGES {
        let Some(page) = browser.page() else { break };
        if is_at(&page.url, app_url) {
            return match page.read.text("error") {
                Some(code) => Err(SignInError::RefusedByApp { code: code.to_owned() }),
                None => Ok(()),
            };
        }
        let now = browser.now();
        let form = match filled_in(page, someone, now) {
            Some(form) => form,
            None if asks_for_code(page) && someone.authenticator.is_some() => return Err(SignInError::NoFreshCode),
            None => return Err(stuck(page)),
        };
        browser.submit(&form).await?;
    }
    Err(browser.page().map_or(SignInError::NoClaims { url: app_url.to_owned() }, stuck))
}

/// The claims that the app at `app_url` shows for this browser.
///
/// # Errors
/// [`SignInError::NoClaims`] where nobody is signed in there.
pub async fn claims(browser: &mut Browser, app_url: &str) -> Result<Value, SignInError> {
    let url = format!("{app_url}/me.json");
    let page = browser.open(&url).await?;
    let stated: Option<Value> = serde_json::from_str(&page.body).ok();
    stated.and_then(|mut stated| stated.get_mut("claims").map(Value::take)).ok_or(SignInError::NoClaims { url })
}

/// The form that leads on, filled in as the person would.
fn filled_in(page: &Page, someone: &mut Someone, now: Timestamp) -> Option<Form> {
    let forms = &page.read.forms;
    let pressed = |name: &str, value: &str| {
        let mut form = forms.iter().find(|form| form.has_button(name, value))?.clone();
        form.press(name, value);
        Some(form)
    };
    if let Some(form) = pressed("person", &someone.person) {
        return Some(form);
    }
    if let Some(form) = forms.iter().find(|form| form.has_field("email")) {
        // A page that still holds what was typed has refused it.
        let mut form = form.clone();
        let is_refused = form.field("email") == Some(&someone.mail);
        form.fill("email", &someone.mail);
        return Some(form).filter(|_| !is_refused);
    }
    if let Some(form) = with_code(page, someone, now) {
        return Some(form);
    }
    // The choice of a factor, and the recovery codes that are shown once.
    if let Some(form) = pressed("kind", "totp").or_else(|| pressed("action", "kept")) {
        return Some(form);
    }
    // The partner's answer, and the gateway's page that sends it once more from its own site.
    forms.iter().find(|form| form.has_field("SAMLResponse")).cloned()
}

/// The form that asks for the code of an authenticator app; a page that shows a secret enrols one.
fn with_code(page: &Page, someone: &mut Someone, now: Timestamp) -> Option<Form> {
    let mut form = page.read.forms.iter().find(|form| has_code(form)).filter(|_| asks_for_code(page))?.clone();
    if let Some(secret) = page.read.text("key") {
        someone.authenticator = Authenticator::of_secret(secret);
    }
    form.fill("code", &someone.authenticator.as_mut()?.code(now)?);
    form.press("action", "check");
    Some(form)
}

/// Whether the page asks for a code. One that tells a fault has refused the last code, and another one
/// would be guessing.
fn asks_for_code(page: &Page) -> bool {
    page.read.forms.iter().any(has_code) && page.read.text("code-fault").is_none()
}

fn has_code(form: &Form) -> bool {
    form.has_field("code") && form.has_button("action", "check")
}

fn stuck(page: &Page) -> SignInError {
    match page.read.text("refusal-code") {
        Some(code) => SignInError::RefusedByGateway {
            code: code.to_owned(),
            attempt: page.read.text("attempt-id").unwrap_or_default().to_owned(),
        },
        None => SignInError::Stuck {
            url: page.url.to_string(),
            status: page.status.as_u16(),
            title: page.read.title.clone(),
        },
    }
}

fn is_at(url: &Url, base: &str) -> bool {
    Url::parse(base).is_ok_and(|base| base.origin() == url.origin())
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, StatusCode};

    use super::*;
    use crate::cli::demo::browser::page::read;

    const NOW: Timestamp = Timestamp::from_seconds(59);
    const CODE: &str = "287082";
    const SETUP: &str = r#"<code id="key">gezd gnbv gy3t qojq gezd gnbv gy3t qojq</code>
        <form method="post" action="/sign-in/factor"><input type="hidden" name="attempt" value="1">
        <input name="code" value=""><input name="label" value="Phone">
        <button name="action" value="check">Go on</button></form>"#;
    const CODE_PAGE: &str = r#"<form method="post" action="/sign-in/factor"><input name="code" value="">
        <button name="action" value="check">Go on</button></form>
        <form method="post" action="/sign-in/factor"><button name="action" value="ways">Other</button></form>"#;

    fn page(html: &str) -> Page {
        let url = Url::parse("http://localhost:8080/sign-in/factor").unwrap();
        let read = read(html, &url);
        Page { url, status: StatusCode::OK, headers: HeaderMap::new(), body: html.to_owned(), read, onward: None }
    }

    fn ana() -> Someone {
        Someone { mail: "ana@fabrikam.example".to_owned(), person: "ana".to_owned(), authenticator: None }
    }

    fn sent(html: &str, someone: &mut Someone) -> Option<Vec<(String, String)>> {
        filled_in(&page(html), someone, NOW).map(|form| form.fields)
    }

    fn pairs(list: &[(&str, &str)]) -> Option<Vec<(String, String)>> {
        Some(list.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn an_authenticator_app_is_enrolled_by_the_secret_of_the_page_and_its_code() {
        let mut someone = ana();
        let expected = pairs(&[("attempt", "1"), ("code", CODE), ("label", "Phone"), ("action", "check")]);
        assert_eq!(sent(SETUP, &mut someone), expected);
        assert!(someone.authenticator.is_some());
    }

    #[test]
    fn a_code_is_typed_by_whoever_has_the_app_and_never_twice() {
        assert_eq!(sent(CODE_PAGE, &mut ana()), None);
        let mut someone =
            Someone { authenticator: Authenticator::of_secret("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"), ..ana() };
        assert_eq!(sent(CODE_PAGE, &mut someone), pairs(&[("code", CODE), ("action", "check")]));
        assert_ne!(sent(CODE_PAGE, &mut someone), pairs(&[("code", CODE), ("action", "check")]));
    }

    #[test]
    fn a_refused_code_ends_the_walk() {
        let refused = format!("<p id=\"code-fault\">Wrong</p>{SETUP}");
        assert_eq!(sent(&refused, &mut ana()), None);
    }

    #[test]
    fn an_app_is_chosen_and_recovery_codes_are_kept() {
        let ways = r#"<form method="post" action="/sign-in/factor"><input type="hidden" name="action" value="enrol">
            <button name="kind" value="passkey">Passkey</button><button name="kind" value="totp">App</button></form>"#;
        assert_eq!(sent(ways, &mut ana()), pairs(&[("action", "enrol"), ("kind", "totp")]));
        let codes =
            r#"<form method="post" action="/sign-in/factor"><button name="action" value="kept">Kept</button></form>"#;
        assert_eq!(sent(codes, &mut ana()), pairs(&[("action", "kept")]));
        assert_eq!(sent("<p>nothing</p>", &mut ana()), None);
    }
}
