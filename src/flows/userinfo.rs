//! Userinfo: what is true of the person of an access token, read fresh and decided again at each use.

use crate::base::clock::Timestamp;
use crate::base::params::RawParams;
use crate::base::secret::SecretText;
use crate::domain::grants::{BearerReading, SessionReading};
use crate::domain::groups::GroupId;
use crate::domain::requests::Scopes;
use crate::domain::sessions::{AccessToken, HandleHash};
use crate::downstream::tokens::{self, AppAnswer};
use crate::flows::next::{DirectAnswer, Readers};
use crate::flows::services::Services;
use crate::flows::sign_in::decide::{self, AskedOfHome, Matter, Told};

use super::token::{Halt, against, alive, direct, groups_to_read, note, proof, vouched};

/// Answers a userinfo request; `form` is `None` for a GET.
pub async fn userinfo(services: &Services, authorization: &[&[u8]], form: Option<&RawParams>) -> DirectAnswer {
    let answer = match tokens::read_bearer(authorization, form) {
        Ok(token) => of_token(services, &token, services.clock.now()).await,
        Err(answer) => answer,
    };
    if let Some(cause) = answer.cause {
        note("userinfo", cause);
    }
    direct(answer, Readers::Everybody)
}

async fn of_token(services: &Services, token: &SecretText, now: Timestamp) -> AppAnswer {
    let mut tries = 0;
    loop {
        match once(services, token, now).await {
            Ok(answer) => return answer,
            Err(halt) => {
                if let Err(answer) = halt.again(services, &mut tries).await {
                    return answer;
                }
            }
        }
    }
}

async fn once(services: &Services, token: &SecretText, now: Timestamp) -> Result<AppAnswer, Halt> {
    let bearer = services.store.bearer(&HandleHash::of(token.expose())).await?;
    let bearer = bearer.ok_or_else(|| tokens::invalid_token("access_token_unknown"))?;
    let Used { token, reading, groups } = judge(services, bearer, now).await?;
    let app = services.directory.app(token.app).await?;
    let app = app.ok_or_else(|| tokens::invalid_token("app_removed"))?;
    let told_of = groups_to_read(&app, token.scopes);
    let groups = if told_of > 0 && groups.is_empty() {
        services.store.unit_of_work().await?.groups_of(token.guest, told_of).await?
    } else {
        groups
    };
    let told = &groups[..groups.len().min(told_of as usize)];
    let proof = proof(&reading, &token.circumstances);
    Ok(tokens::userinfo(&vouched(services, &reading, &proof, &token.circumstances, &app, told), token.scopes))
}

/// An access token that may be used, and what is true of it.
pub(super) struct Used {
    pub(super) token: AccessToken,
    pub(super) reading: SessionReading,
    /// The groups of the person, where the policies or the token need them.
    groups: Vec<GroupId>,
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
    let groups: Vec<GroupId> = if decides || token.scopes.has(Scopes::GROUPS) {
        services.store.unit_of_work().await?.groups_of(token.guest, decide::MAX_GROUPS + 1).await?
    } else {
        Vec::new()
    };
    // Nobody is told of one that allows.
    let told = Told::WhollyUnlessAllowed;
    let matter = Matter { told, ..decide::of_session(&reading, &token.circumstances, AskedOfHome::NOTHING) };
    let decided = decide::judge(services, &loaded, &matter, &groups);
    match against(&decided) {
        Some(cause) => Err(tokens::invalid_token(cause).into()),
        None => Ok(Used { token, reading, groups }),
    }
}
