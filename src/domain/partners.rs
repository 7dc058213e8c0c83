//! Partners: the organisations whose identity providers we trust.

use std::sync::Arc;
use std::time::Duration;

use super::assurance::AssuranceContract;
use super::claims::set::ClaimSet;
use super::documents::{MetadataSource, ProviderDocuments};
use super::holders::DomainPattern;
use super::invitations::language::LanguageTag;
use super::mail::{MailAddress, MailDomain};
use super::names::Slug;
use crate::base::clock::Timestamp;
use crate::keys::certificates::Certificate;
use crate::keys::public::PublicKey;

crate::id_type!(
    /// Names a partner.
    PartnerId
);

/// The built-in partner of people without an identity provider, who are proven by codes that are mailed to them. It is
/// there from the beginning, and nothing but its switch can be changed.
pub const MAILED_CODE_PARTNER: PartnerId =
    PartnerId::from_uuid(uuid::Uuid::from_u128(0x6d61_696c_0000_8000_8000_0000_0000_0001));
/// Its name in files and commands, which no other partner may have.
pub const MAILED_CODE_SLUG: &str = "mail";
/// What its identities have for an issuer; their subject is the key of the address. No other partner may have it.
pub const MAILED_CODE_ISSUER: &str = "mail";

/// The largest clock skew that a partner may be granted.
pub const MAX_CLOCK_SKEW: Duration = Duration::from_secs(300);

/// Whether an account is made at the first sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// Only who has been invited.
    Invited,
    /// Everyone whom the partner vouches for.
    Anyone,
}

/// What an organisation is to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PartnerKind {
    /// A partner: its people are guests.
    #[default]
    Partner,
    /// The home organisation, our own workforce: its people are members. There is at most one.
    Home,
}

/// When the mail address that a partner states counts as proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailAuthority {
    /// Within the partner's domains, unless the partner says that it is not verified.
    Domains,
    /// Within the partner's domains and only where the partner says that it is verified.
    VerifiedOnly,
}

/// Whether sign-in through a partner or to an app is switched on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Switch {
    /// Switched on.
    Enabled,
    /// Switched off: nothing is issued.
    Disabled,
}

impl Switch {
    /// From the word in files and rows.
    #[must_use]
    pub const fn from_enabled(enabled: bool) -> Self {
        if enabled { Self::Enabled } else { Self::Disabled }
    }

    /// Whether it is on.
    #[must_use]
    pub fn is_on(self) -> bool {
        self == Self::Enabled
    }
}

/// A partner as it is stored, keys parsed.
#[derive(Debug, Clone)]
pub struct Partner {
    /// Its row.
    pub id: PartnerId,
    /// Grows with each change; a statement is verified under one version.
    pub version: i64,
    /// Its name in files and commands.
    pub slug: Slug,
    /// Its name on pages.
    pub name: String,
    /// What it is to us.
    pub kind: PartnerKind,
    /// A random public handle that never changes, for addresses that are the partner's own.
    pub handle: String,
    /// Mail domains that belong to it alone; where there is nothing here and in the next two, its mail is unproven
    /// and binds nothing.
    pub domains: Vec<DomainPattern>,
    /// Mail domains that it shares with other partners.
    pub shared_domains: Vec<DomainPattern>,
    /// Addresses within the domains that it shares of which it answers alone.
    pub addresses: Vec<MailAddress>,
    /// The domains that a record in the DNS shows to be its own, without `*.`; recorded beside the partner.
    pub dns_proven: Vec<MailDomain>,
    /// Whom it may bring.
    pub admission: Admission,
    /// Whether it is on.
    pub switch: Switch,
    /// How far its clock may be off.
    pub clock_skew: Duration,
    /// When its mail counts as proven.
    pub mail_authority: MailAuthority,
    /// In which language its people are written to, where nothing else is known of them.
    pub language: Option<LanguageTag>,
    /// Other names of attributes than the usual ones.
    pub attributes: AttributeNames,
    /// What it may assert of the strength of a sign-in.
    pub assurance: AssuranceContract,
    /// How it is trusted.
    pub trust: Trust,
}

impl Partner {
    /// The longest of the partner's domains, shared ones included, that covers `domain`.
    #[must_use]
    pub fn domain_of(&self, domain: &MailDomain) -> Option<&DomainPattern> {
        let covering = self.domains.iter().chain(&self.shared_domains).filter(|held| held.covers(domain));
        covering.max_by_key(|held| held.name().len())
    }

    /// Whether it has no domains, so that it proves no address.
    #[must_use]
    pub fn is_without_domains(&self) -> bool {
        self.domains.is_empty() && self.shared_domains.is_empty()
    }
}

/// Per-partner names of attributes, which come before the usual ones.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AttributeNames {
    /// For the mail address.
    pub email: Option<String>,
    /// For the display name.
    pub name: Option<String>,
    /// For the given name.
    pub given_name: Option<String>,
    /// For the family name.
    pub family_name: Option<String>,
    /// Rules that make fields of what is stated, each in the place of its name; none where there are none.
    pub rules: Option<Arc<ClaimSet>>,
}

/// How a partner is trusted; one variant for each protocol.
#[derive(Debug, Clone)]
pub enum Trust {
    /// SAML 2.0: the partner is the identity provider, we are the service provider.
    Saml(SamlTrust),
    /// OpenID Connect: the partner is the provider, we are the relying party.
    Oidc(OidcTrust),
    /// Nobody else vouches: who types the code that was mailed to an address reads its mail.
    MailedCode,
}

/// What a partner speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartnerProtocol {
    /// SAML 2.0.
    Saml,
    /// OpenID Connect.
    Oidc,
    /// Codes by mail, which we send ourselves.
    MailedCode,
}

impl Trust {
    /// Its protocol.
    #[must_use]
    pub const fn protocol(&self) -> PartnerProtocol {
        match self {
            Self::Saml(_) => PartnerProtocol::Saml,
            Self::Oidc(_) => PartnerProtocol::Oidc,
            Self::MailedCode => PartnerProtocol::MailedCode,
        }
    }

    /// The name under which the partner vouches: its entity ID or issuer.
    #[must_use]
    pub fn issuer(&self) -> &str {
        match self {
            Self::Saml(saml) => &saml.entity_id,
            Self::Oidc(oidc) => &oidc.terms.issuer,
            Self::MailedCode => MAILED_CODE_ISSUER,
        }
    }

    /// Whether the partner may be asked without showing anything to the person.
    #[must_use]
    pub fn passive(&self) -> PassiveRequests {
        match self {
            Self::Saml(saml) => saml.request.passive,
            Self::Oidc(oidc) => oidc.terms.passive,
            Self::MailedCode => PassiveRequests::Never,
        }
    }
}

/// What an OIDC partner's record says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OidcTrust {
    /// What is agreed.
    pub terms: OidcTerms,
    /// How we prove ourselves at its token endpoint.
    pub credential: Credential,
    /// Its documents as they were read last; absent until they have been.
    pub documents: Option<ProviderDocuments>,
}

/// How an OIDC partner signs its ID tokens (RFC 7518 3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartnerAlgorithm {
    /// RS256.
    Rs256,
    /// PS256.
    Ps256,
    /// ES256.
    Es256,
}

impl PartnerAlgorithm {
    /// The name in files and rows.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Ps256 => "PS256",
            Self::Es256 => "ES256",
        }
    }

    /// The algorithm of this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Rs256, Self::Ps256, Self::Es256].into_iter().find(|one| one.as_str() == name)
    }
}

/// What is agreed with an OIDC partner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OidcTerms {
    /// Its issuer, compared exactly.
    pub issuer: String,
    /// What we are called there.
    pub client_id: String,
    /// The one algorithm of its ID tokens.
    pub algorithm: PartnerAlgorithm,
    /// Scopes that are asked for beside `openid`.
    pub scopes: Vec<String>,
    /// `acr_values` that are asked for, where the partner needs some.
    pub acr_values: Vec<String>,
    /// Whether `prompt=none` may be passed on.
    pub passive: PassiveRequests,
    /// Where its services may be.
    pub network: Network,
    /// Whether it is asked again whether an account lives, and how long it may be silent; never where absent.
    pub asked_again: Option<AskedAgain>,
}

/// How a partner is asked again whether an account lives, by the refresh token that it gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AskedAgain {
    /// How long its last word counts while it gives no answer. **Units**: whole minutes.
    pub grace: Duration,
}

/// How long a partner's word that an account lives counts before it is asked again.
pub const ASK_AGAIN_AFTER: Duration = Duration::from_secs(15 * 60);
/// How long nobody else asks while one does, or after there was no answer.
pub const ASKING: Duration = Duration::from_secs(60);
/// The longest grace.
pub const MAX_GRACE: Duration = Duration::from_secs(24 * 3600);

/// The refresh token of a partner, as it is kept with a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpstreamToken {
    /// The session, with which it goes.
    pub session: super::sessions::SessionId,
    /// What the partner gave, sealed for this row.
    pub sealed: Vec<u8>,
    /// When the partner said last that the account lives.
    pub confirmed_at: Timestamp,
    /// When it is to be asked again.
    pub next_at: Timestamp,
}

impl UpstreamToken {
    /// Whether the partner's word is old enough to be asked for again.
    #[must_use]
    pub fn is_due(&self, now: Timestamp) -> bool {
        now >= self.confirmed_at.plus(ASK_AGAIN_AFTER)
    }

    /// Its place, bound into the seal.
    #[must_use]
    pub fn place(session: super::sessions::SessionId) -> Vec<u8> {
        [b"upstream_tokens.sealed ".as_slice(), session.as_bytes()].concat()
    }
}

/// Where a partner's services may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Network {
    /// On the public internet.
    Public,
    /// In a private network too: dangerous, since whoever controls the name may point it anywhere.
    DangerousPrivate,
}

/// How we prove ourselves to an OIDC partner (OpenID Connect Core 9).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credential {
    /// `client_secret_basic`; the secret sealed.
    SecretBasic(Vec<u8>),
    /// `client_secret_post`; the secret sealed.
    SecretPost(Vec<u8>),
    /// `private_key_jwt` with our own key.
    PrivateKeyJwt,
}

/// The place of a partner's sealed secret, bound into the seal.
#[must_use]
pub fn secret_place(id: PartnerId) -> Vec<u8> {
    [b"partners.client_secret ".as_slice(), id.as_bytes()].concat()
}

/// What a SAML partner's metadata and record say.
#[derive(Debug, Clone)]
pub struct SamlTrust {
    /// The partner's entity ID.
    pub entity_id: String,
    /// Where AuthnRequests go by the Redirect binding.
    pub sso_redirect_url: String,
    /// Certificates whose keys sign. Absent where `metadata` is.
    pub certificates: Vec<Certificate>,
    /// The keys of the certificates, ready for verification.
    pub keys: Vec<Arc<PublicKey>>,
    /// When the metadata document ends, where it says so.
    pub valid_until: Option<Timestamp>,
    /// The metadata document, for export and comparison. Absent where the record was read to sign in through it, since
    /// that needs none; such a record cannot be written.
    pub metadata: Option<String>,
    /// Where the document comes from; absent where a file was applied.
    pub source: Option<MetadataSource>,
    /// Which part of an assertion is the subject.
    pub subject: SubjectRule,
    /// What our requests ask beyond the defaults.
    pub request: SamlRequestRules,
}

/// Which part of an assertion names the person for good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SubjectRule {
    /// A persistent NameID.
    PersistentNameId,
    /// The single value of this attribute.
    Attribute(String),
    /// A NameID that is a mail address: dangerous, since addresses are given to other people later.
    DangerousEmailNameId,
}

/// Whether a partner may be asked without showing anything to the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PassiveRequests {
    /// Never asked passively.
    Never,
    /// Asked passively for `prompt=none`.
    Allowed,
}

/// Whether a SAML partner encrypts its assertions to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AssertionEncryption {
    /// It does not; one that is encrypted is refused.
    Refused,
    /// It may.
    Accepted,
    /// It must; one in the clear is refused.
    Required,
}

/// What our AuthnRequests say beyond the defaults, since several identity providers fail on more than
/// they know; and whether the answer may be encrypted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SamlRequestRules {
    /// NameIDPolicy Format, where the partner needs one.
    pub name_id_format: Option<String>,
    /// RequestedAuthnContext classes, where the partner needs some.
    pub requested_classes: Vec<String>,
    /// Whether `prompt=none` may be passed on.
    pub passive: PassiveRequests,
    /// Whether the assertion of the answer may be encrypted.
    pub encryption: AssertionEncryption,
    /// Whether an app's Scoping is passed on.
    pub scoping: PassedScoping,
    /// The app to which an answer leads that was not asked for; such answers are refused where absent.
    pub unsolicited: Option<Slug>,
}

/// Whether a SAML partner is told how an app lets its request be passed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PassedScoping {
    /// It is (SAML Core 3.4.1.5.1).
    PassedOn,
    /// It is not, since it fails on it; that it passes nothing on is an administrator's word.
    LeftOut,
}
