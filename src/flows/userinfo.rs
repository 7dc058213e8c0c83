//! Userinfo: what is true of the person of an access token, read fresh and decided again at each use.

use crate::base::clock::Timestamp;
use crate::base::params::RawParams;
use crate::domain::apps::App;
use crate::domain::grants::{BearerReading, SessionReading};
use crate::domain::groups::GroupId;
use crate::domain::requests::Scopes;
use crate::domain::sessions::{AccessToken, HandleHash};
use crate::domain::store::StoreError;
use crate::domain::terms::TokenTerms;
use crate::downstream::access_tokens;
use crate::downstream::proofs::{self, KeyProof};
use crate::downstream::tokens::{self, AppAnswer, ShownToken};
use crate::flows::next::{DirectAnswer, Readers};
use crate::flows::services::Services;
use crate::flows::sign_in::decide::{self, AskedOfHome, Matter, Told};
use crate::flows::sign_in::memberships::{MAX_GROUPS, Memberships};

use super::token::possession::{AppHeaders, demands_key, spend};
use super::token::{Halt, against, alive, direct, groups_to_read, note, proof as proven, vouched};

/// Answers a userinfo request by `method`; `form` is `None` for a GET.
pub async fn userinfo(
    services: &Services,
    headers: AppHeaders<'_>,
    method: &str,
    form: Option<&RawParams>,
) -> DirectAnswer {
    let now = services.clock.now();
    let read = tokens::read_shown(headers.authorization, form).and_then(|shown| {
        let proof = proofs::at_userinfo(headers.dpop, method, &shown, &services.settings.public_url, now)?;
        Ok((shown, proof))
    });
    let answer = match read {
        Ok((shown, proof)) => {
            let answer = of_token(services, &shown, proof.as_ref(), now).await;
            if shown.is_with_proof() { tokens::toward_holder(answer) } else { answer }
        }
        Err(answer) => answer,
    };
    if let Some(cause) = answer.cause {
        note("userinfo", cause);
    }
    direct(answer, Readers::Everybody)
}

async fn of_token(services: &Services, shown: &ShownToken, proof: Option<&KeyProof>, now: Timestamp) -> AppAnswer {
    let mut tries = 0;
    loop {
        match once(services, shown, proof, now).await {
            Ok(answer) => return answer,
            Err(halt) => {
                if let Err(answer) = halt.again(services, &mut tries).await {
                    return answer;
                }
            }
        }
    }
}

async fn once(
    services: &Services,
    shown: &ShownToken,
    proof: Option<&KeyProof>,
    now: Timestamp,
) -> Result<AppAnswer, Halt> {
    if access_tokens::is_read_by_apis(shown.token()) {
        return Err(tokens::invalid_token(FOR_ANOTHER).into());
    }
    let bearer = services.store.bearer(&HandleHash::of(shown.token())).await?;
    let bearer = bearer.ok_or_else(|| tokens::invalid_token("access_token_unknown"))?;
    shown_by_its_holder(&bearer.token.terms, proof)?;
    if !bearer.token.terms.resources.is_empty() {
        return Err(tokens::invalid_token(FOR_ANOTHER).into());
    }
    let Used { token, reading, groups } = judge(services, bearer, now).await?;
    let app = services.directory.app(token.app).await?;
    let app = app.ok_or_else(|| tokens::invalid_token("app_removed"))?;
    let used = Used { token, reading, groups };
    if lacks_key(services, &app, &used).await? {
        return Err(tokens::toward_holder(tokens::invalid_token("access_token_not_bound")).into());
    }
    let Used { token, reading, groups } = used;
    if app.keeps_fapi2() && proof.is_some_and(|proof| !proof.is_strict()) {
        return Err(proofs::invalid_proof_at_resource("dpop_algorithm_refused").into());
    }
    // A document has room for all that are ever read.
    let told_of = match groups_to_read(&app, token.scopes, &token.terms) {
        0 => 0,
        _ => MAX_GROUPS + 1,
    };
    let groups = if told_of > 0 && groups.is_empty() {
        services.store.unit_of_work().await?.groups_of(token.guest, told_of).await?
    } else {
        groups
    };
    let told = &groups[..groups.len().min(told_of as usize)];
    if proof.is_some() {
        let mut unit = services.store.unit_of_work().await?;
        spend(unit.as_mut(), proof).await.map_err(|halt| match halt {
            Halt::Answer(_) => proofs::invalid_proof_at_resource("dpop_proof_replayed").into(),
            other => other,
        })?;
        unit.commit().await?;
    }
    let proven = proven(&reading, &token.circumstances);
    Ok(tokens::userinfo(
        &vouched(services, &reading, &proven, &token.circumstances, &app, told),
        token.scopes,
        token.terms.at_userinfo,
    ))
}

/// A token for APIs opens nothing here, so that an API that was shown it learns nothing of the person from us.
pub(super) const FOR_ANOTHER: &str = "access_token_for_another_audience";

/// A token that is bound to a key is good for its holder alone, and one that is not is never shown as if it were
/// (RFC 9449 7.1, 7.2).
pub(super) fn shown_by_its_holder(terms: &TokenTerms, proof: Option<&KeyProof>) -> Result<(), AppAnswer> {
    match (&terms.key, proof) {
        (None, None) => Ok(()),
        (Some(key), Some(proof)) if proof.key() == key => Ok(()),
        (Some(_), Some(_)) => Err(tokens::invalid_token("access_token_of_another_key")),
        (Some(_), None) => Err(tokens::toward_holder(tokens::invalid_token("access_token_without_proof"))),
        (None, Some(_)) => Err(tokens::invalid_token("access_token_not_bound")),
    }
}

/// An access token that may be used, and what is true of it.
pub(super) struct Used {
    pub(super) token: AccessToken,
    pub(super) reading: SessionReading,
    /// The groups of the person, where the policies or the token need them.
    groups: Vec<GroupId>,
}

/// Whether a token is bound to no key though its app has by now none but bound ones. `app` may be older than what was
/// read with the token.
pub(super) async fn lacks_key(services: &Services, app: &App, used: &Used) -> Result<bool, StoreError> {
    if used.token.terms.key.is_some() {
        return Ok(false);
    }
    if used.reading.app.as_ref().is_some_and(|fresh| fresh.version == app.version) {
        return Ok(demands_key(app));
    }
    services.directory.forget();
    let fresh = services.store.unit_of_work().await?.read_app(used.token.app).await?;
    Ok(fresh.as_ref().is_none_or(demands_key))
}

/// Judges a use of an access token: its session, partner, guest, app and grant, and the policies, as they are now.
pub(super) async fn judge(services: &Services, bearer: BearerReading, now: Timestamp) -> Result<Used, Halt> {
    let BearerReading { token, session, policy_revision } = bearer;
    if now >= token.expires_at {
        return Err(tokens::invalid_token("access_token_expired").into());
    }
    let reading = alive(services, Some(session), token.issued_at, now).map_err(tokens::invalid_token)?;
    let loaded = services.policies.current();
    if policy_revision != loaded.revision {
        return Err(Halt::PoliciesMoved);
    }
    let decides = !loaded.set.policies().is_empty();
    let mut memberships = Memberships::default();
    if decides || token.scopes.has(Scopes::GROUPS) {
        let mut unit = services.store.unit_of_work().await?;
        if decides {
            memberships = Memberships::read(unit.as_mut(), &loaded, token.guest, Some(token.app)).await?;
        } else {
            memberships.groups = unit.groups_of(token.guest, MAX_GROUPS + 1).await?;
        }
    }
    // Nobody is told of one that allows.
    let told = Told::WhollyUnlessAllowed;
    let matter = Matter { told, ..decide::of_session(&reading, &token.circumstances, AskedOfHome::NOTHING) };
    let decided = decide::judge(services, &loaded, &matter, &memberships);
    match against(&decided) {
        Some(cause) => Err(tokens::invalid_token(cause).into()),
        None => Ok(Used { token, reading, groups: memberships.groups }),
    }
}
