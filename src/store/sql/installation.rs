//! The pinned row of the installation.

use super::{Read, statements};
use crate::domain::store::StoreError;
use crate::domain::store::upkeep::InstallationRow;
use crate::store::row::{Columns, FromColumns};
use crate::store::unit::Unit;
use crate::store::value::values;

statements! {
    READ = "select organization_id, organization_domain, public_url, sealed_subject_salt, sealed_key_check
from installation
where id = 1";
    PIN = "insert into installation (id, organization_id, organization_domain, public_url, sealed_subject_salt,
    sealed_key_check)
values (1, $1, $2, $3, $4, $5)";
    PING = "select count(*)
from installation";
}

pub(in crate::store) async fn read(unit: &mut Unit) -> Result<Option<InstallationRow>, StoreError> {
    unit.one(&READ, values![]).await?.map(|row| row.read("installation")).transpose()
}

pub(in crate::store) async fn pin(unit: &mut Unit, row: &InstallationRow) -> Result<(), StoreError> {
    let values = values![
        row.organization_id.as_str(),
        row.organization_domain.as_str(),
        row.public_url.as_str(),
        row.sealed_subject_salt.as_slice(),
        row.sealed_key_check.as_slice(),
    ];
    unit.attempt(&PIN, values).await.map(drop)
}

pub(in crate::store) async fn ping(source: &mut (impl Read + Send)) -> Result<(), StoreError> {
    source.all(&PING, values![]).await.map(drop)
}

impl FromColumns for InstallationRow {
    fn from_columns(columns: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            organization_id: columns.text("organization_id")?,
            organization_domain: columns.text("organization_domain")?,
            public_url: columns.text("public_url")?,
            sealed_subject_salt: columns.bytes("sealed_subject_salt")?,
            sealed_key_check: columns.bytes("sealed_key_check")?,
        })
    }
}
