//! A sign-in that an app has not asked for: it begins here, as the app's record lets it.
//!
//! A SAML app is answered without a request. An OpenID Connect app is never answered so: it is asked to begin
//! its own flow, with its own state.
//!
//! # Source
//! SAML Profiles 4.1.5, OpenID Connect Core 4.

use super::Reply;
use super::oidc::ORGANIZATION_HINT;
use super::saml::MAX_HINT;
use crate::base::clock::Timestamp;
use crate::base::params::{RawParams, encode};
use crate::domain::apps::{AcsStanding, App, AppProtocol, MAX_RELAY_STATE, OidcApp, RelayStateOfLinks, SamlApp};
use crate::domain::names::Slug;
use crate::domain::organization::PublicUrl;
use crate::domain::refusal::{Code, Refusal};
use crate::domain::requests::{AppRequest, Interaction, NameIdKind, ReturnTo, SamlReturn};

/// Where sign-ins begin that no app has asked for.
pub const START_PATH: &str = "/sign-in/start";

/// What a link says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Start {
    app: Slug,
    relay_state: Option<String>,
    login_hint: Option<String>,
    domain_hint: Option<String>,
}

/// How it goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// With a sign-in, as if the app had asked.
    Here(Box<AppRequest>),
    /// At the app, which is to ask.
    AtApp(Reply),
}

impl Start {
    /// Reads a link.
    ///
    /// # Errors
    /// [`Code::BadRequest`], and [`Code::AppUnknown`] for what is no slug.
    pub fn read(params: &RawParams) -> Result<Self, Refusal> {
        let refused = |cause| Refusal::new(Code::BadRequest, cause);
        let one = |name| params.one(name).map_err(|_| refused("parameter_doubled"));
        let short = |name, most, too_long, malformed| match one(name)? {
            Some(text) if text.len() > most => Err(refused(too_long)),
            Some(text) if text.chars().any(char::is_control) => Err(refused(malformed)),
            text => Ok(text.map(str::to_owned)),
        };
        let app = Slug::parse(one("app")?.ok_or(refused("start_app_missing"))?);
        let (too_long, malformed) = ("hint_too_long", "hint_malformed");
        Ok(Self {
            relay_state: short(
                "RelayState",
                MAX_RELAY_STATE,
                "start_relay_state_too_long",
                "start_relay_state_malformed",
            )?,
            login_hint: short("login_hint", MAX_HINT, too_long, malformed)?,
            domain_hint: short("domain_hint", MAX_HINT, too_long, malformed)?,
            app: app.map_err(|_| Refusal::new(Code::AppUnknown, "app_slug_unknown"))?,
        })
    }

    /// The slug of the app.
    #[must_use]
    pub const fn app(&self) -> &Slug {
        &self.app
    }

    /// Begins a sign-in to `app`.
    ///
    /// # Errors
    /// [`Code::AppUnknown`] where the app must ask itself, as where there is none of this slug;
    /// [`Code::AppDisabled`]; and [`Code::BadRequest`] where the link says more than it may.
    pub fn begin(self, app: &App, public_url: &PublicUrl, now: Timestamp) -> Result<Begun, Refusal> {
        if !may_begin(app) {
            return Err(Refusal::new(Code::AppUnknown, "app_must_ask"));
        }
        if !app.switch.is_on() {
            return Err(Refusal::new(Code::AppDisabled, "app_disabled"));
        }
        match &app.protocol {
            AppProtocol::Oidc(oidc) => self.at_app(oidc, public_url).map(Begun::AtApp),
            AppProtocol::Saml(saml) => self.here(app, saml, now).map(|request| Begun::Here(Box::new(request))),
        }
    }

    fn here(self, app: &App, saml: &SamlApp, now: Timestamp) -> Result<AppRequest, Refusal> {
        if saml.valid_until.is_some_and(|end| end <= now) {
            return Err(Refusal::new(Code::AppDisabled, "app_metadata_expired"));
        }
        let begun = saml.idp_initiated.as_ref().ok_or(Refusal::new(Code::AppUnknown, "app_must_ask"))?;
        if self.relay_state.is_some() && begun.links == RelayStateOfLinks::Refused {
            return Err(relay_state_refused());
        }
        let acs = saml.acs.iter().find(|acs| acs.standing == AcsStanding::Default);
        Ok(AppRequest {
            app: app.id,
            app_version: app.version,
            return_to: ReturnTo::Saml(SamlReturn {
                acs: acs.ok_or(Refusal::new(Code::RedirectUriRefused, "acs_not_registered"))?.url.clone(),
                request_id: None,
                relay_state: self.relay_state.or_else(|| begun.relay_state.clone()),
                name_id: NameIdKind::AsAgreed,
                classes: Vec::new(),
                signed_by: None,
                subject: None,
                issuers: Vec::new(),
                scoping: None,
            }),
            interaction: Interaction::AS_NEEDED,
            max_age: None,
            login_hint: self.login_hint,
            domain_hint: self.domain_hint,
            expected_guest: None,
            acr: Vec::new(),
            ui_locales: Vec::new(),
        })
    }

    /// Asks the app to ask. It must give the hint back, which is where the organisation is named.
    fn at_app(self, oidc: &OidcApp, public_url: &PublicUrl) -> Result<Reply, Refusal> {
        if self.relay_state.is_some() {
            return Err(relay_state_refused());
        }
        let uri = oidc.initiate_login_uri.as_deref().ok_or(Refusal::new(Code::AppUnknown, "app_must_ask"))?;
        let by_organization = self.domain_hint.map(|organization| format!("{ORGANIZATION_HINT}{organization}"));
        let between = if uri.contains('?') { '&' } else { '?' };
        let mut address = format!("{uri}{between}iss={}", encode(public_url.as_str()));
        if let Some(hint) = self.login_hint.or(by_organization) {
            address.push_str("&login_hint=");
            address.push_str(&encode(&hint));
        }
        Ok(Reply::Redirect(address))
    }
}

fn relay_state_refused() -> Refusal {
    Refusal::new(Code::BadRequest, "relay_state_not_of_links")
}

/// Whether a sign-in to this app may begin here at all.
#[must_use]
pub fn may_begin(app: &App) -> bool {
    match &app.protocol {
        AppProtocol::Oidc(oidc) => oidc.initiate_login_uri.is_some(),
        AppProtocol::Saml(saml) => saml.idp_initiated.is_some(),
    }
}

/// Our address at which a sign-in to the app `slug` begins by the partner `partner`.
#[must_use]
pub fn address(slug: &str, partner: &str, public_url: &PublicUrl) -> String {
    public_url.join(&format!("{START_PATH}?app={}&domain_hint={}", encode(slug), encode(partner)))
}
