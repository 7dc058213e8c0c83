//! Removal of what has ended, oldest first, a bounded number at a time.

use super::{Read as _, bulk_jobs, bulk_uploads, session_ends, statements};
use crate::base::clock::Timestamp;
use crate::base::ids::first_uuid_after;
use crate::domain::bulk::job::HISTORY;
use crate::domain::factors::codes::SEND_WINDOW;
use crate::domain::factors::limits::TALLY_KEPT;
use crate::domain::store::StoreError;
use crate::domain::store::upkeep::Swept;
use crate::store::unit::Unit;
use crate::store::value::values;

macro_rules! sweep_mailed_codes {
    ($own:literal) => {
        concat!(
            "delete from mailed_codes
where id in (
    select id
    from mailed_codes
    where sent_at <= $1
    order by sent_at
    limit cast($2 as bigint)",
            $own,
            "
)
returning id"
        )
    };
}

macro_rules! sweep_tallies {
    ($own:literal) => {
        concat!(
            "delete from factor_tallies
where key in (
    select key
    from factor_tallies
    where last_at <= $1
    order by last_at
    limit cast($2 as bigint)",
            $own,
            "
)
returning key"
        )
    };
}

statements! {
    TOKENS = "delete from access_tokens
where handle in (
    select handle
    from access_tokens
    where expires_at <= $1
    order by expires_at
    limit cast($2 as bigint)
)
returning handle";
    REFRESH_TOKENS = "delete from refresh_tokens
where handle in (
    select handle
    from refresh_tokens
    where expires_at <= $1
    order by expires_at
    limit cast($2 as bigint)
)
returning handle";
    SERVICE_TOKENS = "delete from service_tokens
where handle in (
    select handle
    from service_tokens
    where expires_at <= $1
    order by expires_at
    limit cast($2 as bigint)
)
returning handle";
    /// A code whose tokens are alive stays, so that its second use still ends them.
    CODES = "delete from codes
where id in (
    select c.id
    from codes c
    where c.id < $3
        and c.expires_at <= $1
        and not exists (
            select 1
            from access_tokens t
            where t.session_id = c.session_id and t.code_id = c.id and t.expires_at > $1
        )
    order by c.id
    limit cast($2 as bigint)
)
returning id";
    ATTEMPTS = "delete from attempts
where handle in (
    select handle
    from attempts
    where expires_at <= $1
    order by expires_at
    limit cast($2 as bigint)
)
returning handle";
    TAKEN_ATTEMPTS = "delete from taken_attempts
where id in (
    select id
    from taken_attempts
    where expires_at <= $1
    order by expires_at
    limit cast($2 as bigint)
)
returning id";
    SEEN_MESSAGES = "delete from seen_messages
where digest in (
    select digest
    from seen_messages
    where expires_at <= $1
    order by expires_at
    limit cast($2 as bigint)
)
returning digest";
    MAILED_CODES = sweep_mailed_codes!(""), postgres: sweep_mailed_codes!("\n    for update skip locked");
    /// What a unit holds is passed over: it is being tried, and a try that is counted must stay counted.
    TALLIES = sweep_tallies!(""), postgres: sweep_tallies!("\n    for update skip locked");
}

pub(in crate::store) async fn sweep(
    unit: &mut Unit,
    now: Timestamp,
    idle_since: Timestamp,
    begun_since: Timestamp,
    codes_since: Timestamp,
    limit: u32,
) -> Result<Swept, StoreError> {
    let mut tokens = unit.all(&TOKENS, values![now, limit]).await?.len() as u64;
    tokens += unit.all(&SERVICE_TOKENS, values![now, limit]).await?.len() as u64;
    let refresh_tokens = unit.all(&REFRESH_TOKENS, values![now, limit]).await?.len() as u64;
    let codes = unit.all(&CODES, values![now, limit, first_uuid_after(codes_since)]).await?.len() as u64;
    let sessions = session_ends::old(unit, now, idle_since, begun_since, limit).await?;
    let mut attempts = 0;
    for statement in [&ATTEMPTS, &TAKEN_ATTEMPTS, &SEEN_MESSAGES] {
        attempts += unit.all(statement, values![now, limit]).await?.len() as u64;
    }
    let mailed_codes = unit.all(&MAILED_CODES, values![now.minus(SEND_WINDOW), limit]).await?.len() as u64;
    let tallies = unit.all(&TALLIES, values![now.minus(TALLY_KEPT), limit]).await?.len() as u64;
    let uploads = bulk_uploads::sweep(unit, now, limit).await?;
    let bulk_jobs = uploads + bulk_jobs::sweep(unit, now.minus(HISTORY), limit).await?;
    Ok(Swept {
        sessions,
        codes,
        tokens,
        refresh_tokens,
        attempts,
        mailed_codes,
        tallies,
        bulk_jobs,
        mails: 0,
        answers: 0,
    })
}
