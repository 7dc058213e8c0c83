//! Who wants no more mails.

use super::attempts::once;
use super::{Read as _, statements};
use crate::base::clock::Timestamp;
use crate::domain::mails::Recipient;
use crate::domain::store::StoreError;
use crate::domain::store::sign_ins::Once;
use crate::store::unit::Unit;
use crate::store::value::values;

macro_rules! insert {
    ($answer:literal) => {
        concat!(
            "insert into blocked_mail (recipient, blocked_at)
values ($1, $2)
on conflict (recipient) do nothing",
            $answer
        )
    };
}

statements! {
    FIND = "select blocked_at
from blocked_mail
where recipient = $1";
    INSERT = insert!(""), postgres: insert!("\nreturning recipient");
    DELETE = "delete from blocked_mail
where recipient = $1
returning recipient";
}

pub(in crate::store) async fn is_blocked(unit: &mut Unit, recipient: Recipient) -> Result<bool, StoreError> {
    Ok(unit.one(&FIND, values![recipient.0.as_slice()]).await?.is_some())
}

pub(in crate::store) async fn insert(
    unit: &mut Unit,
    recipient: Recipient,
    now: Timestamp,
) -> Result<Once, StoreError> {
    Ok(once(&unit.all(&INSERT, values![recipient.0.as_slice(), now]).await?))
}

pub(in crate::store) async fn delete(unit: &mut Unit, recipient: Recipient) -> Result<Once, StoreError> {
    Ok(once(&unit.all(&DELETE, values![recipient.0.as_slice()]).await?))
}
