//! The cases of every route, one file a face of the gateway.

mod acs;
mod authorize;
mod documents;
mod end_session;
mod factors;
mod invite;
mod mail;
mod pages;
mod push;
mod relying;
mod sso;
mod start;
mod token;
mod userinfo;

use super::case::{Expect, Face, Faults};

/// What the cases need of the running gateway.
pub struct Setup {
    /// Our issuer.
    pub issuer: String,
    /// An attempt under way.
    pub attempt: String,
    /// The `Cookie` header of its browser.
    pub cookie: String,
}

/// Every route with its cases.
pub fn all(setup: &Setup) -> Vec<Face> {
    let mut faces = documents::faces();
    faces.extend(authorize::faces());
    faces.extend(token::faces());
    faces.extend(push::faces());
    faces.extend(userinfo::faces());
    faces.extend(end_session::faces());
    faces.extend(acs::faces());
    faces.extend(relying::faces());
    faces.extend(sso::faces());
    faces.extend(start::faces());
    faces.extend(mail::faces());
    faces.extend(invite::faces());
    faces.extend(pages::faces(setup));
    faces.extend(factors::faces(setup));
    faces
}

/// A refusal page of status 400.
fn refused(code: &'static str, cause: &str) -> Expect {
    Expect::Refused { status: 400, code, cause: cause.to_owned() }
}

/// The refusal page of parameters that cannot be read at all.
fn unreadable() -> Expect {
    refused("BAD_REQUEST", "parameters_badly_encoded")
}

/// Faults that the visitor is told, named after the parameter.
fn shown(name: &str, absent: Expect) -> Faults {
    let fault = |what: &str| refused("BAD_REQUEST", &format!("{name}_{what}"));
    Faults {
        absent,
        doubled: fault("doubled"),
        too_long: fault("too_long"),
        malformed: fault("malformed"),
        unreadable: unreadable(),
    }
}

/// Faults of which only doubling has a name of its own; every other value is as good as a wrong one.
fn shown_or(wrong: &Expect, absent: Expect) -> Faults {
    Faults {
        absent,
        doubled: refused("BAD_REQUEST", "parameter_doubled"),
        too_long: wrong.clone(),
        malformed: wrong.clone(),
        unreadable: unreadable(),
    }
}
