//! A partner that speaks OpenID Connect, an app that does too.

mod documents;
mod freshness;
mod home;
mod refused;
mod shapes;
mod whole;
