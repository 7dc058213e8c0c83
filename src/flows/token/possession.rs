//! Proofs of possession: to which key tokens are bound, and that each proof is good once.

use super::Halt;
use crate::domain::apps::token_rules::TokenBinding;
use crate::domain::apps::{App, Confidentiality};
use crate::domain::store::UnitOfWork;
use crate::domain::store::sign_ins::Once;
use crate::downstream::proofs::{self, KeyProof};
use crate::downstream::tokens::{self, AppAnswer};
use crate::keys::thumbprint::Thumbprint;

/// The headers by which an app proves itself, all of each name as they came.
#[derive(Debug, Clone, Copy)]
pub struct AppHeaders<'a> {
    /// `Authorization`.
    pub authorization: &'a [&'a [u8]],
    /// `DPoP`.
    pub dpop: &'a [&'a [u8]],
}

/// The key to which new tokens of `app` are bound; `bound` is the one to which their ground is.
pub(super) fn key_of(
    app: &App,
    proof: Option<&KeyProof>,
    bound: Option<&Thumbprint>,
) -> Result<Option<Thumbprint>, AppAnswer> {
    if app.keeps_fapi2() && proof.is_some_and(|proof| !proof.is_strict()) {
        return Err(proofs::invalid_proof("dpop_algorithm_refused"));
    }
    match (proof, bound) {
        (None, None) if !demands_key(app) => Ok(None),
        (None, _) => Err(proofs::invalid_proof("dpop_proof_missing")),
        (Some(proof), Some(key)) if proof.key() != key => Err(tokens::invalid_grant("dpop_key_differs")),
        (Some(proof), _) => Ok(Some(*proof.key())),
    }
}

/// The key that whoever renews must hold. The refresh tokens of an app that proves itself at each renewal are bound to
/// the app, which may change its key (RFC 9449 5). Their key is kept all the same, since an app may be made public.
pub(super) fn key_at_renewal<'a>(app: &App, key: Option<&'a Thumbprint>) -> Option<&'a Thumbprint> {
    let is_public = app.oidc().is_none_or(|oidc| oidc.confidentiality == Confidentiality::Public);
    key.filter(|_| is_public)
}

/// Whether tokens of this app are good only if they are bound to a key.
pub(in crate::flows) fn demands_key(app: &App) -> bool {
    app.oidc().is_some_and(|oidc| oidc.tokens.binding == TokenBinding::Required) || app.keeps_fapi2()
}

/// Remembers a proof with what it is shown for.
pub(in crate::flows) async fn spend(unit: &mut dyn UnitOfWork, proof: Option<&KeyProof>) -> Result<(), Halt> {
    match proof {
        Some(proof) if unit.remember_once(&proof.once()).await? == Once::Again => {
            Err(proofs::invalid_proof("dpop_proof_replayed").into())
        }
        _ => Ok(()),
    }
}
