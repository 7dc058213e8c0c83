//! What every handler holds.

use std::num::NonZeroU32;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::body::Bytes;
use ipnet::IpNet;

use super::cookies::CookieNames;
use super::exports::Exports;
use super::limits::{BODY_TIME, INVITATIONS_AN_HOUR, REQUEST_TIME};
use crate::flows::limits::{PerAccount, PerAddress};
use crate::flows::repeats::InWork;
use crate::flows::services::Services;
use crate::texts::catalogue::Catalogue;

/// Settings of the edge.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Authorization requests that one address may make a minute.
    pub authorize_per_minute: NonZeroU32,
    /// Answers to "which organisation?" that one address may give a minute.
    pub organization_per_minute: NonZeroU32,
    /// Answers of partners that one address may post a minute.
    pub acs_per_minute: NonZeroU32,
    /// Token requests that one address may make a minute.
    pub token_per_minute: NonZeroU32,
    /// Userinfo requests that one address may make a minute.
    pub userinfo_per_minute: NonZeroU32,
    /// Requests to sign out that one address may make a minute.
    pub end_session_per_minute: NonZeroU32,
    /// Requests to the API that one address may make a minute.
    pub api_per_minute: NonZeroU32,
}

/// Shared by all handlers.
#[derive(Debug)]
pub struct State {
    pub(super) services: Services,
    pub(super) settings: Settings,
    pub(super) catalogue: Arc<Catalogue>,
    pub(super) cookies: CookieNames,
    pub(super) authorize: PerAddress,
    pub(super) organization: PerAddress,
    pub(super) acs: PerAddress,
    pub(super) token: PerAddress,
    pub(super) userinfo: PerAddress,
    pub(super) end_session: PerAddress,
    pub(super) api: PerAddress,
    pub(super) exports: Arc<Exports>,
    pub(super) invitations: PerAccount,
    pub(super) repeats: InWork,
    pub(super) openapi: OnceLock<Bytes>,
    pub(super) body_time: Duration,
    pub(super) request_time: Duration,
    readiness: Arc<Readiness>,
}

/// Whether this node takes new visitors.
#[derive(Debug, Default)]
pub struct Readiness {
    draining: AtomicBool,
}

impl Readiness {
    /// From now on readiness is refused, so that a balancer sends nobody any more.
    pub fn start_draining(&self) {
        self.draining.store(true, Ordering::SeqCst);
    }

    /// Whether this node is on its way out.
    #[must_use]
    pub fn is_draining(&self) -> bool {
        self.draining.load(Ordering::SeqCst)
    }
}

impl State {
    /// Puts everything together.
    #[must_use]
    pub fn new(services: Services, settings: Settings) -> Self {
        let limit = |a_minute| PerAddress::new(services.clock.clone(), a_minute);
        Self {
            catalogue: services.catalogue.clone(),
            cookies: CookieNames::of(&services.settings.public_url),
            authorize: limit(settings.authorize_per_minute),
            organization: limit(settings.organization_per_minute),
            acs: limit(settings.acs_per_minute),
            token: limit(settings.token_per_minute),
            userinfo: limit(settings.userinfo_per_minute),
            end_session: limit(settings.end_session_per_minute),
            api: limit(settings.api_per_minute),
            exports: Arc::default(),
            invitations: PerAccount::new(services.clock.clone(), INVITATIONS_AN_HOUR),
            repeats: InWork::default(),
            openapi: OnceLock::new(),
            body_time: BODY_TIME,
            request_time: REQUEST_TIME,
            readiness: Arc::default(),
            services,
            settings,
        }
    }

    /// The same, waiting otherwise for bodies and for whole requests than [`BODY_TIME`] and
    /// [`REQUEST_TIME`].
    #[must_use]
    pub const fn with_times(mut self, body: Duration, request: Duration) -> Self {
        self.body_time = body;
        self.request_time = request;
        self
    }

    /// Readiness, to be turned off when the node drains.
    #[must_use]
    pub fn readiness(&self) -> Arc<Readiness> {
        self.readiness.clone()
    }

    /// The journeys' services.
    #[must_use]
    pub const fn services(&self) -> &Services {
        &self.services
    }

    /// Forgets addresses whose counts are full again.
    pub fn sweep(&self) {
        let all = [&self.authorize, &self.organization, &self.acs, &self.token, &self.userinfo, &self.end_session];
        all.into_iter().chain([&self.api]).for_each(PerAddress::sweep);
        self.invitations.sweep();
    }
}
