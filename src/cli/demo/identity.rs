//! The pages that the demo's identity providers share, whatever they speak.

use askama::Template;
use axum::response::Response;
use http::StatusCode;

use super::partner::person::Person;
use super::web::{Notice, Party};

/// The page on which a person is chosen.
#[derive(Template)]
#[template(path = "demo_sign_in.html")]
pub struct SignIn<'a> {
    /// Who asks.
    pub party: &'a Party,
    /// For whom, to show.
    pub receiver: String,
    /// The handle of the question.
    pub question: String,
    /// Who may be chosen.
    pub people: &'a [Person],
}

/// The first page: who is signed in here, if anybody.
pub fn home(party: &Party, person: Option<&Person>) -> Response {
    let (title, line, link) = match person {
        Some(person) => (
            format!("Signed in at {}", party.name),
            format!("You are {}. Apps that ask through the gateway learn it without another page.", person.name),
            Some(("Sign out here", "/logout")),
        ),
        None => (
            format!("The sign-in of {}", party.name),
            "Nobody is signed in. Start at one of the demo's apps.".to_owned(),
            None,
        ),
    };
    Notice { party, title, lines: vec![line], code: None, link }.answer(StatusCode::OK)
}

/// The host and port of an address, to show.
pub fn host_of(address: &str) -> String {
    url::Url::parse(address).map_or_else(|_| address.to_owned(), |url| url.authority().to_owned())
}
