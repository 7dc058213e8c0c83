//! One whole sign-in by a walker: from the app through the choice of organisation and the partner's
//! page back to the app, by what the pages offer and nothing else.

use serde_json::Value;
use url::Url;

use super::browser::page::Form;
use super::browser::{Browser, BrowserError, Page};

/// The most pages of one sign-in.
pub const MAX_PAGES: usize = 10;

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
    /// The app's statement of who is signed in is no JSON with claims.
    #[error("`{url}` has no claims")]
    NoClaims {
        /// Where they should be.
        url: String,
    },
}

/// Signs `person` in at the app, typing `mail` where the gateway asks for the organisation, and gives
/// the claims of the ID token.
///
/// # Errors
/// [`SignInError`].
pub async fn sign_in(browser: &mut Browser, app_url: &str, mail: &str, person: &str) -> Result<Value, SignInError> {
    browser.open(&format!("{app_url}/login")).await?;
    walk_to(browser, app_url, mail, person).await?;
    claims(browser, app_url).await
}

/// Goes on from the page that is shown until the app shows one of its own.
///
/// # Errors
/// [`SignInError`]; [`SignInError::Stuck`] where no page of a sign-in is shown.
pub async fn walk_to(browser: &mut Browser, app_url: &str, mail: &str, person: &str) -> Result<(), SignInError> {
    for _ in 0..MAX_PAGES {
        let Some(page) = browser.page() else { break };
        if is_at(&page.url, app_url) {
            return match page.read.text("error") {
                Some(code) => Err(SignInError::RefusedByApp { code: code.to_owned() }),
                None => Ok(()),
            };
        }
        let Some(form) = filled_in(page, mail, person) else { return Err(stuck(page)) };
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
fn filled_in(page: &Page, mail: &str, person: &str) -> Option<Form> {
    let forms = &page.read.forms;
    if let Some(form) = forms.iter().find(|form| form.has_button("person", person)) {
        let mut form = form.clone();
        form.press("person", person);
        return Some(form);
    }
    if let Some(form) = forms.iter().find(|form| form.has_field("email")) {
        // A page that still holds what was typed has refused it.
        let mut form = form.clone();
        let is_refused = form.field("email") == Some(mail);
        form.fill("email", mail);
        return Some(form).filter(|_| !is_refused);
    }
    // The partner's answer, and the gateway's page that sends it once more from its own site.
    forms.iter().find(|form| form.has_field("SAMLResponse")).cloned()
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
