//! Apps.

use super::app_rows::{allowed_text, more_text, read_allowed, read_more, read_saml, saml_text};
use super::attempts::once;
use super::claim_rows::{claims_text, read_claims};
use super::partner_rows::{PROVENANCES, read_slug, to_json};
use super::{Read, statements};
use crate::domain::apps::grant_types::GrantTypes;
use crate::domain::apps::{
    App, AppId, AppProtocol, ApplicationType, Assignment, Confidentiality, IdTokenAlgorithm, OidcApp, PkceRule,
    RequestRule,
};
use crate::domain::grants::AppNow;
use crate::domain::partners::Switch;
use crate::domain::store::StoreError;
use crate::domain::store::objects::{Kept, Provenance};
use crate::domain::store::sign_ins::Once;
use crate::store::row::{Columns, FromColumns, word_of};
use crate::store::unit::Unit;
use crate::store::value::{Value, values};

const ASSIGNMENTS: &[(&str, Assignment)] = &[("required", Assignment::Required), ("everyone", Assignment::Everyone)];
const APPLICATION_TYPES: &[(&str, ApplicationType)] =
    &[("web", ApplicationType::Web), ("native", ApplicationType::Native)];
const ALGORITHMS: &[(&str, IdTokenAlgorithm)] =
    &[("RS256", IdTokenAlgorithm::Rs256), ("ES256", IdTokenAlgorithm::Es256)];
const PKCE_RULES: &[(&str, PkceRule)] = &[("required", PkceRule::Required), ("optional", PkceRule::Optional)];
const OIDC: &str = "oidc";
const SAML: &str = "saml";

macro_rules! select_app {
    ($end:literal) => {
        concat!(
            "select a.id, a.version, a.slug, a.name, a.enabled, a.assignment, a.owners, a.sector, a.protocol,
    a.client_id, a.secret_mac, a.redirect_uris, a.application_type, a.id_token_algorithm, a.pkce,
    a.post_logout_redirect_uris, a.entity_id, a.saml, a.claims, a.provenance, a.oidc,
    a.partners
from apps a
",
            $end
        )
    };
}

statements! {
    LIST = select_app!("order by a.slug");
    BY_ID = select_app!("where a.id = $1");
    BY_ID_FRESH = select_app!("where a.id = $1"), postgres: select_app!("where a.id = $1\nfor share of a");
    BY_SLUG = select_app!("where a.slug = $1");
    BY_CLIENT_ID = select_app!("where a.client_id = $1");
    BY_ENTITY_ID = select_app!("where a.entity_id = $1");
    STRETCH = select_app!("where a.id > $1\norder by a.id\nlimit cast($2 as bigint)");
    INSERT = "insert into apps (id, version, slug, name, enabled, assignment, owners, sector, protocol,
    client_id, secret_mac, redirect_uris, application_type, id_token_algorithm, pkce,
    post_logout_redirect_uris, entity_id, saml, claims, provenance, oidc, partners)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)";
    UPDATE = "update apps
set version = $2, slug = $3, name = $4, enabled = $5, assignment = $6, owners = $7, sector = $8,
    protocol = $9, client_id = $10, secret_mac = $11, redirect_uris = $12, application_type = $13,
    id_token_algorithm = $14, pkce = $15, post_logout_redirect_uris = $16, entity_id = $17, saml = $18,
    claims = $19, provenance = $20, oidc = $21, partners = $22
where id = $1 and version = $2 - 1
returning id";
    SWITCH = "update apps
set enabled = $2, version = version + 1
where id = $1 and enabled <> $2
returning id";
    DELETE = "delete from apps
where id = $1";
}

pub(in crate::store) async fn list(unit: &mut Unit) -> Result<Vec<Kept<App>>, StoreError> {
    unit.all(&LIST, values![]).await?.iter().map(|row| row.read("apps")).collect()
}

/// Apps by id, after one of them.
pub(in crate::store) async fn stretch(
    source: &mut (impl Read + Send),
    after: Option<AppId>,
    limit: i64,
) -> Result<Vec<App>, StoreError> {
    let after = after.map_or_else(Vec::new, |id| id.as_bytes().to_vec());
    let rows = source.all(&STRETCH, values![after, limit]).await?;
    rows.iter().map(|row| row.read::<Kept<App>>("apps").map(|kept| kept.value)).collect()
}

pub(in crate::store) async fn fresh(unit: &mut Unit, id: AppId) -> Result<Option<App>, StoreError> {
    let row = unit.one(&BY_ID_FRESH, values![id]).await?;
    row.map(|row| row.read::<Kept<App>>("apps").map(|kept| kept.value)).transpose()
}

pub(in crate::store) async fn by_id(source: &mut (impl Read + Send), id: AppId) -> Result<Option<App>, StoreError> {
    let row = source.one(&BY_ID, values![id]).await?;
    row.map(|row| row.read::<Kept<App>>("apps").map(|kept| kept.value)).transpose()
}

pub(in crate::store) async fn by_slug(source: &mut (impl Read + Send), slug: &str) -> Result<Option<App>, StoreError> {
    let row = source.one(&BY_SLUG, values![slug]).await?;
    row.map(|row| row.read::<Kept<App>>("apps").map(|kept| kept.value)).transpose()
}

pub(in crate::store) async fn by_client_id(
    source: &mut (impl Read + Send),
    client_id: &str,
) -> Result<Option<App>, StoreError> {
    let row = source.one(&BY_CLIENT_ID, values![client_id]).await?;
    row.map(|row| row.read::<Kept<App>>("apps").map(|kept| kept.value)).transpose()
}

pub(in crate::store) async fn by_entity_id(
    source: &mut (impl Read + Send),
    entity_id: &str,
) -> Result<Option<App>, StoreError> {
    let row = source.one(&BY_ENTITY_ID, values![entity_id]).await?;
    row.map(|row| row.read::<Kept<App>>("apps").map(|kept| kept.value)).transpose()
}

pub(in crate::store) async fn insert(unit: &mut Unit, app: &App, provenance: Provenance) -> Result<(), StoreError> {
    unit.attempt(&INSERT, app_values(app, provenance)).await.map(drop)
}

pub(in crate::store) async fn update(unit: &mut Unit, app: &App, provenance: Provenance) -> Result<(), StoreError> {
    if unit.attempt(&UPDATE, app_values(app, provenance)).await?.is_empty() {
        return Err(StoreError::Raced);
    }
    Ok(())
}

pub(in crate::store) async fn switch(unit: &mut Unit, id: AppId, switch: Switch) -> Result<Once, StoreError> {
    Ok(once(&unit.all(&SWITCH, values![id, switch.is_on()]).await?))
}

pub(in crate::store) async fn delete(unit: &mut Unit, id: AppId) -> Result<(), StoreError> {
    unit.write(&DELETE, values![id]).await
}

fn app_values(app: &App, provenance: Provenance) -> Vec<Value> {
    let oidc = app.oidc();
    let mac = oidc.and_then(|oidc| match &oidc.confidentiality {
        Confidentiality::Secret { mac } => Some(mac.as_slice()),
        Confidentiality::Keys(_) | Confidentiality::Public => None,
    });
    let protocol = match &app.protocol {
        AppProtocol::Oidc(_) => OIDC,
        AppProtocol::Saml(_) => SAML,
    };
    values![
        app.id,
        app.version,
        app.slug.as_str(),
        app.name.as_str(),
        app.switch.is_on(),
        word_of(ASSIGNMENTS, &app.assignment),
        to_json(&app.owners),
        app.sector.as_str(),
        protocol,
        oidc.map(|oidc| oidc.client_id.as_str()),
        mac,
        oidc.map(|oidc| to_json(&oidc.redirect_uris)),
        word_of(APPLICATION_TYPES, &app.application_type()),
        oidc.map(|oidc| word_of(ALGORITHMS, &oidc.id_token_algorithm)),
        oidc.map(|oidc| word_of(PKCE_RULES, &oidc.pkce)),
        oidc.map(|oidc| to_json(&oidc.post_logout_redirect_uris)),
        app.saml().map(|saml| saml.entity_id.as_str()),
        app.saml().map(saml_text),
        claims_text(&app.claims),
        word_of(PROVENANCES, &provenance),
        oidc.map(more_text),
        allowed_text(&app.partners),
    ]
}

impl FromColumns for Kept<App> {
    fn from_columns(columns: &mut Columns<'_>) -> Result<Self, StoreError> {
        let id = AppId::from_uuid(columns.key()?);
        let version = columns.int("version")?;
        let slug = read_slug(columns)?;
        let name = columns.text("name")?;
        let switch = Switch::from_enabled(columns.flag("enabled")?);
        let assignment = columns.word("assignment", ASSIGNMENTS)?;
        let owners = columns.json("owners")?;
        let sector = columns.text("sector")?;
        let protocol = match columns.text("protocol")?.as_str() {
            OIDC => {
                let oidc = read_oidc(columns)?;
                columns.pass(SAML_COLUMNS);
                AppProtocol::Oidc(oidc)
            }
            SAML => {
                columns.pass(OIDC_COLUMNS);
                AppProtocol::Saml(read_saml(columns)?)
            }
            _ => return Err(columns.corrupt("protocol")),
        };
        let claims = read_claims(columns, &protocol)?;
        let provenance = columns.word("provenance", PROVENANCES)?;
        let protocol = read_more(columns, protocol)?;
        let partners = read_allowed(columns)?;
        let value = App { id, version, slug, name, switch, assignment, partners, owners, sector, protocol, claims };
        Ok(Self { value, provenance })
    }
}

/// How many columns are those of OpenID Connect, and of SAML.
const OIDC_COLUMNS: usize = 7;
const SAML_COLUMNS: usize = 2;

fn read_oidc(columns: &mut Columns<'_>) -> Result<OidcApp, StoreError> {
    Ok(OidcApp {
        client_id: columns.text("client_id")?,
        confidentiality: columns
            .optional_bytes("secret_mac")?
            .map_or(Confidentiality::Public, |mac| Confidentiality::Secret { mac }),
        redirect_uris: columns.json("redirect_uris")?,
        application_type: columns.word("application_type", APPLICATION_TYPES)?,
        id_token_algorithm: columns.word("id_token_algorithm", ALGORITHMS)?,
        pkce: columns.word("pkce", PKCE_RULES)?,
        post_logout_redirect_uris: columns.json("post_logout_redirect_uris")?,
        // Read from a column of its own.
        grants: GrantTypes::NONE,
        requests: RequestRule::Any,
        initiate_login_uri: None,
        tokens: crate::domain::apps::token_rules::TokenRules::STANDARD,
        backchannel_logout: None,
    })
}

impl FromColumns for AppNow {
    fn from_columns(columns: &mut Columns<'_>) -> Result<Self, StoreError> {
        columns.enter("apps");
        Ok(Self {
            id: AppId::from_uuid(columns.key()?),
            version: columns.int("version")?,
            switch: Switch::from_enabled(columns.flag("enabled")?),
            assignment: columns.word("assignment", ASSIGNMENTS)?,
            application_type: columns.word("application_type", APPLICATION_TYPES)?,
            partners: read_allowed(columns)?,
        })
    }
}
