//! A partner that speaks OpenID Connect, an app that does too.

mod documents;
mod endpoints;
mod explained;
mod freshness;
mod home;
mod mid_flow;
mod names;
mod refused;
mod shapes;
mod strangers;
mod whole;

use entente::domain::apps::{App, Assignment};
use entente::domain::partners::Partner;

use crate::support::gateway::Gateway;
use crate::support::provider::Provider;
use crate::support::stores::Backend;

/// A gateway whose confidential app is open to everyone, and a provider that it trusts as `slug`.
async fn open(backend: Backend, slug: &str, alter: impl FnOnce(&mut Partner)) -> (Gateway, Provider) {
    open_at(Gateway::start(backend).await, slug, alter).await
}

/// The same with this gateway.
async fn open_at(gateway: Gateway, slug: &str, alter: impl FnOnce(&mut Partner)) -> (Gateway, Provider) {
    let provider = Provider::start(&gateway).await;
    provider.add(&gateway, slug, alter).await;
    gateway.alter_app(&gateway.services, gateway.payroll, |app: &mut App| app.assignment = Assignment::Everyone).await;
    (gateway, provider)
}
