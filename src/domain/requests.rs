//! What an app asks and what it is answered, without its protocol.

use super::apps::AppId;
use super::guests::GuestId;
use super::sessions::HandleHash;
use super::terms::TokenTerms;

/// What an app asks of a sign-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppRequest {
    /// Who asks.
    pub app: AppId,
    /// The version of the app's record under which the request was judged.
    pub app_version: i64,
    /// Where and how the answer goes back, in the app's protocol.
    pub return_to: ReturnTo,
    /// What may and must be shown to the person.
    pub interaction: Interaction,
    /// The oldest proof that will do. **Units**: seconds.
    pub max_age: Option<u32>,
    /// The person that the app expects, as it wrote it.
    pub login_hint: Option<String>,
    /// The partner that the app expects, by slug or domain.
    pub domain_hint: Option<String>,
    /// The account that the app expects, proven by a token of ours.
    pub expected_guest: Option<GuestId>,
    /// Assurance that the app needs or would like, the preferred first.
    pub acr: Vec<AcrWish>,
    /// Languages that the person prefers.
    pub ui_locales: Vec<String>,
}

impl AppRequest {
    /// A person who comes to the gateway itself, and to no app.
    #[must_use]
    pub const fn here(to: HereReturn, login_hint: Option<String>) -> Self {
        Self {
            app: AppId::GATEWAY,
            app_version: 0,
            return_to: ReturnTo::Here(to),
            interaction: Interaction::AS_NEEDED,
            max_age: None,
            login_hint,
            domain_hint: None,
            expected_guest: None,
            acr: Vec::new(),
            ui_locales: Vec::new(),
        }
    }

    /// The ticket of the invitation that is redeemed, where one is.
    #[must_use]
    pub const fn ticket(&self) -> Option<&HandleHash> {
        match &self.return_to {
            ReturnTo::Here(HereReturn::Invitation(ticket)) => Some(ticket),
            _ => None,
        }
    }

    /// The app that asks, where one does.
    #[must_use]
    pub fn asking(&self) -> Option<AppId> {
        (self.app != AppId::GATEWAY).then_some(self.app)
    }
}

/// A class of assurance that an app asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcrWish {
    /// The `acr` that it wants to be told.
    pub value: String,
    /// Whether it takes less.
    pub weight: AcrWeight,
}

/// Whether an app takes less than the assurance that it asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AcrWeight {
    /// One of the essential classes, or no sign-in (OIDC Core 5.5.1.1).
    Essential,
    /// It takes what is true.
    Voluntary,
}

/// What may and must be shown to the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interaction {
    /// Nothing may be shown.
    Silent,
    /// What is needed is shown, and at least this.
    Shown {
        /// Whether a fresh proof is asked of the partner.
        proof: FreshProof,
        /// Whether the person is asked to agree.
        consent: AskConsent,
        /// Whether the person is asked which account to use.
        account: AskAccount,
    },
}

/// Whether a fresh proof is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FreshProof {
    /// A session will do.
    NotAsked,
    /// The partner must prove the person again.
    Asked,
    /// The partner is asked to prove the person again, since what it has may be older than the app's
    /// `max_age`; a proof within that age will do.
    WithinMaxAge,
}

/// Whether the person is asked to agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AskConsent {
    /// Only where a rule of ours needs it.
    NotAsked,
    /// In any case.
    Asked,
}

/// Whether the person is asked which account to use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AskAccount {
    /// The session's account is used.
    NotAsked,
    /// In any case.
    Asked,
}

impl Interaction {
    /// What is shown where the app says nothing.
    pub const AS_NEEDED: Self =
        Self::Shown { proof: FreshProof::NotAsked, consent: AskConsent::NotAsked, account: AskAccount::NotAsked };

    /// Whether the partner must prove the person again.
    #[must_use]
    pub fn wants_fresh_proof(self) -> bool {
        matches!(self, Self::Shown { proof: FreshProof::Asked, .. })
    }

    /// Whether the person is asked to agree.
    #[must_use]
    pub fn wants_consent(self) -> bool {
        matches!(self, Self::Shown { consent: AskConsent::Asked, .. })
    }

    /// Whether the person is asked which account to use.
    #[must_use]
    pub fn wants_account_choice(self) -> bool {
        matches!(self, Self::Shown { account: AskAccount::Asked, .. })
    }
}

/// Where an answer goes, one variant for each protocol of apps. Only `downstream` looks inside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReturnTo {
    /// OpenID Connect, code flow.
    Oidc(OidcReturn),
    /// SAML 2.0, web browser SSO.
    Saml(SamlReturn),
    /// Nowhere: the person comes to the gateway itself.
    Here(HereReturn),
}

/// Where a person goes who comes to the gateway itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HereReturn {
    /// To their access panel.
    Panel,
    /// To where the invitation of this ticket leads, which they redeem.
    Invitation(HandleHash),
}

/// The return of a SAML request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SamlReturn {
    /// The assertion consumer service, one of the app's.
    pub acs: String,
    /// The ID of the request, which the answer repeats and which is answered once; none where the sign-in began
    /// here, as the app's record lets it.
    pub request_id: Option<String>,
    /// Given back untouched.
    pub relay_state: Option<String>,
    /// The identifier that is asked for.
    pub name_id: NameIdKind,
    /// The classes of authentication that the app takes, the preferred first; any where there are none.
    pub classes: Vec<String>,
    /// The fingerprint of the app's certificate whose key signed the request; none where it is not signed.
    pub signed_by: Option<String>,
    /// The only person of whom an answer is wanted, as the app knows them.
    pub subject: Option<String>,
    /// The issuers whose word the app takes; any where there are none.
    pub issuers: Vec<String>,
    /// How the request may be passed on, where it says so.
    pub scoping: Option<Scoping>,
}

/// How an app lets its request be passed on (SAML Core 3.4.1.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scoping {
    /// How often, at least once; no limit where absent.
    pub proxy_count: Option<u32>,
    /// The identity providers that are taken, as the app wrote them; any where there are none.
    pub idps: Vec<String>,
    /// On whose behalf it is asked: whom the app names, and the app itself last.
    pub requesters: Vec<String>,
}

/// How a person is named to a SAML app.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameIdKind {
    /// The same at each sign-in, and another for each sector of apps.
    Persistent,
    /// The proven mail address.
    Email,
    /// Another at each sign-in.
    Transient,
    /// The request leaves it open: by the app's record, else as [`Persistent`](Self::Persistent).
    AsAgreed,
}

/// In which way an OpenID Connect answer travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResponseMode {
    /// In the query of the redirect URI.
    Query,
    /// As fields of a form that the browser posts to it.
    FormPost,
}

/// The return of an OpenID Connect request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OidcReturn {
    /// The redirect URI of the request, one of the app's.
    pub redirect_uri: String,
    /// Given back untouched.
    pub state: Option<String>,
    /// Put into the ID token.
    pub nonce: Option<String>,
    /// Scopes that are known here.
    pub scopes: Scopes,
    /// PKCE challenge, S256.
    pub code_challenge: Option<String>,
    /// In which way the answer goes back.
    pub mode: ResponseMode,
    /// What a pushed request is known by, so that it is answered once; none for one that was not pushed.
    pub pushed: Option<String>,
    /// What the tokens are to be bound to and for.
    pub terms: TokenTerms,
    /// The `sub` of the only persons of whom an answer is wanted; anybody where there are none.
    pub subjects: Vec<String>,
}

/// The scopes that mean something here; `openid` is always among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Scopes(u8);

impl Scopes {
    /// Name, given name, family name and preferred user name.
    pub const PROFILE: Self = Self(1);
    /// The mail address.
    pub const EMAIL: Self = Self(2);
    /// Group ids.
    pub const GROUPS: Self = Self(4);
    /// A refresh token.
    pub const OFFLINE_ACCESS: Self = Self(8);

    /// Both together.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether all of `other` is in it.
    #[must_use]
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// As a number for rows and sealed records.
    #[must_use]
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// From a row or sealed record; unknown bits are dropped.
    #[must_use]
    pub const fn from_bits(bits: u8) -> Self {
        Self(bits & 15)
    }

    /// All but `other`.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}

/// What an app may be told of a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AppError {
    /// Nothing may be shown, and the person is not signed in.
    LoginRequired,
    /// Nothing may be shown, and something would have to be.
    InteractionRequired,
    /// Nothing may be shown, and the person would have to agree.
    ConsentRequired,
    /// Nothing may be shown, and the person would have to choose an account.
    AccountSelectionRequired,
    /// The person or a rule said no.
    AccessDenied,
    /// The asked assurance cannot be had.
    UnmetRequirements,
    /// The person cannot be named in the way that is asked.
    IdentifierUnavailable,
    /// None of those whose word the app takes vouches.
    NoSupportedPartner,
    /// We are overloaded or being repaired.
    TemporarilyUnavailable,
    /// We failed.
    ServerError,
}
