//! Which partner a person is led to, and whose people an app takes.

mod allowed;
mod allowed_saml;
mod proofs;
mod remembered;
mod shared;

use entente::domain::apps::{AllowedPartners, AppId};
use entente::domain::partners::PartnerId;

use crate::support::client::{Client, Page};
use crate::support::gateway::Gateway;
use crate::support::keys;
use crate::support::partner::Partner;

/// Another partner, at `woodgrove.example`.
fn woodgrove() -> Partner {
    Partner::named("urn:woodgrove", "https://idp.woodgrove.example/sso", keys::stranger())
}

/// A third one, at `tailspin.example`.
fn tailspin() -> Partner {
    Partner::named("urn:tailspin", "https://idp.tailspin.example/sso", keys::stranger())
}

/// From now on the app takes the people of these partners alone.
async fn allow(gateway: &Gateway, app: AppId, partners: &[PartnerId]) {
    let partners = AllowedPartners::Only(partners.to_vec());
    gateway.alter_app(&gateway.services, app, |app| app.partners = partners).await;
    gateway.services.directory.forget();
}

/// The answer to the organisation page.
async fn choose(client: &mut Client, attempt: &str, email: &str) -> Page {
    client.post("/sign-in/organization", &[("attempt", attempt), ("email", email)]).await
}

/// The attempt of a page that asks for the organisation.
fn asks_organization(page: &Page) -> String {
    assert_eq!(page.status, 200, "{}", page.body);
    assert!(page.body.contains("action=\"/sign-in/organization\""), "{}", page.body);
    page.field("attempt").unwrap().to_owned()
}

/// What a page says, whichever attempt it belongs to.
fn without_attempt(page: &Page) -> String {
    page.field("attempt").map_or_else(|| page.body.clone(), |attempt| page.body.replace(attempt, ""))
}
