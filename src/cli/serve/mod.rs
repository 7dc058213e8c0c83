//! The running gateway: listeners, signals, sweeping, reading documents again, and an end that loses nothing.
//!
//! Owns sockets, TLS and the limits of connections; what is answered is the business of `http`. Sockets
//! and signals are handed in, so that tests and the demo bring their own. Start reading at [`run`].

mod connections;
pub mod health;
pub mod in_process;
mod listener;
pub mod signals;
pub mod tls;

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::MissedTickBehavior;

use super::config::Config;
use super::telemetry::Metrics;
use crate::flows::audit_chain::heads;
use crate::flows::backchannel::send::{Sent, send};
use crate::flows::bulk;
use crate::flows::documents;
use crate::flows::mails::send as mails;
use crate::flows::services::Services;
use crate::flows::upkeep;
use crate::http::routes;
use crate::http::state::{Settings, State};
use connections::Peers;
use listener::Listener;
use signals::{Signal, Signals};
use tls::{TlsError, TlsFiles};

/// How long requests under way may take to finish once the gateway stops.
pub const DRAIN: Duration = Duration::from_secs(20);
/// How often it is looked whether documents of partners and apps are due.
const POLL: Duration = Duration::from_secs(15);
/// How often partners and apps are read anew, whether a change was noted or not.
const FILLS: Duration = Duration::from_mins(5);
/// How often it is looked whether apps are to be told of sessions that have ended.
const NOTICES: Duration = Duration::from_secs(1);
/// How often it is looked whether mails are due.
const MAILS: Duration = Duration::from_secs(1);
/// How long no mail is tried after the mail server served nobody.
const MAIL_PAUSE: Duration = Duration::from_secs(30);
/// How often it is looked whether rows of files wait to be invited.
const ROWS: Duration = Duration::from_secs(1);
/// How often what has ended is removed.
const SWEEP: Duration = Duration::from_secs(60);

/// How often heads of the audit are signed.
const HEADS: Duration = Duration::from_secs(60);

/// Why the gateway does not serve, or serves no longer.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// An address is not to be had.
    #[error("cannot listen on `{address}`: {error}")]
    Bind {
        /// The address.
        address: SocketAddr,
        /// Why.
        error: io::Error,
    },
    /// Certificate or key.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// A listener failed.
    #[error("the listener failed: {0}")]
    Listener(#[from] io::Error),
}

/// The sockets of one gateway, bound and not yet accepting.
#[derive(Debug)]
pub struct Sockets {
    /// Toward browsers and apps.
    pub public: TcpListener,
    /// For metrics and health with reasons.
    pub metrics: Option<TcpListener>,
}

impl Sockets {
    /// Binds the addresses of `config`.
    ///
    /// # Errors
    /// [`ServeError::Bind`].
    pub fn bind(config: &Config) -> Result<Self, ServeError> {
        let bind = |address| TcpListener::bind(address).map_err(|error| ServeError::Bind { address, error });
        Ok(Self { public: bind(config.listen)?, metrics: config.metrics.map(bind).transpose()? })
    }
}

/// Serves until a signal says to stop, then finishes what is under way.
///
/// # Errors
/// [`ServeError`].
pub async fn run(
    config: &Config,
    services: Services,
    sockets: Sockets,
    metrics: Metrics,
    mut signals: Signals,
) -> Result<(), ServeError> {
    let limits = config.limits;
    let settings = Settings {
        trusted_proxies: config.trusted_proxies.clone(),
        authorize_per_minute: limits.authorize,
        organization_per_minute: limits.organization,
        acs_per_minute: limits.acs,
        token_per_minute: limits.token,
        userinfo_per_minute: limits.userinfo,
        end_session_per_minute: limits.end_session,
        api_per_minute: limits.api,
    };
    let tls = config.tls.clone().map(TlsFiles::open).transpose()?;
    let state = Arc::new(State::new(services.clone(), settings));
    let readiness = state.readiness();
    let health = health::router(services.clone(), readiness.clone(), metrics.clone());
    let peers = || Peers::new(limits.connections, config.trusted_proxies.clone());
    let aside = sockets.metrics.map(|socket| Listener::start(socket, health, None, peers())).transpose()?;
    let router = routes::router(state.clone());
    let mut public = Listener::start(sockets.public, router, tls.as_ref().map(TlsFiles::config), peers())?;
    let sweeper = tokio::spawn(sweep(services.clone(), state, metrics));
    let poller = tokio::spawn(poll(services.clone()));
    let notifier = tokio::spawn(notify(services.clone()));
    let header = tokio::spawn(sign_heads(services.clone()));
    let inviter = tokio::spawn(invite_rows(services.clone()));
    let (mails_stop, mailer) = start_mailer(services.clone());
    let filler = tokio::spawn(fill(services.clone()));
    tracing::info!(
        address = %public.address(),
        metrics = aside.as_ref().map(|listener| listener.address().to_string()),
        public_url = services.settings.public_url.as_str(),
        "serving"
    );
    let served = loop {
        tokio::select! {
            failed = public.ended() => break failed,
            signal = signals.next() => match signal {
                Signal::Reload => {
                    tls.as_ref().map_or_else(no_certificate, TlsFiles::reload);
                    read_countries_again(&services);
                }
                Signal::Stop => break Ok(()),
            },
        }
    };
    readiness.start_draining();
    tracing::info!(connections = public.connections(), "draining");
    mails_stop.stop();
    let (drained, mailed) = tokio::join!(drain(&mut public, &mut signals), drain_mails(mailer));
    if !mailed {
        tracing::warn!("a mail was on its way when the gateway stopped; it is sent again");
    }
    stop(sweeper).await;
    stop(poller).await;
    stop(notifier).await;
    stop(inviter).await;
    stop(filler).await;
    stop(header).await;
    services.refusals.flush().await;
    sign_heads_once(&services).await;
    if let Some(mut aside) = aside {
        aside.end_now();
        aside.ended().await?;
    }
    tracing::info!("stopped");
    served.and(drained).map_err(ServeError::Listener)
}

/// Waits until what is under way has finished, for [`DRAIN`] at most; a second signal ends the waiting.
async fn drain(public: &mut Listener, signals: &mut Signals) -> io::Result<()> {
    public.end_within(DRAIN);
    loop {
        tokio::select! {
            ended = public.ended() => return ended,
            signal = signals.next() => if signal == Signal::Stop { public.end_now() },
        }
    }
}

fn read_countries_again(services: &Services) {
    if let Err(error) = services.countries.read_again() {
        tracing::error!(%error, "the file of countries could not be read again; the one before stays in use");
    }
}

fn no_certificate() {
    tracing::info!("asked to read the certificate again, but there is none: `[tls]` is not set");
}

async fn sweep(services: Services, state: Arc<State>, metrics: Metrics) {
    let mut ticks = tokio::time::interval(SWEEP);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        match upkeep::sweep(&services).await {
            Ok(swept) => tracing::debug!(?swept, "swept"),
            Err(error) => tracing::warn!(%error, "could not sweep"),
        }
        state.sweep();
        metrics.tidy();
    }
}

/// Reads documents that are due. One that is broken off by the end of the process is due again soon.
async fn poll(services: Services) {
    let mut ticks = tokio::time::interval(POLL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        match documents::poll(&services).await {
            Ok(polled) => tracing::debug!(?polled, "documents polled"),
            Err(error) => tracing::warn!(%error, "could not poll documents"),
        }
    }
}

/// Reads partners and apps ahead, so that the first sign-in through each costs what the next will; and again from time to
/// time, whatever the database has noted.
async fn fill(services: Services) {
    let mut ticks = tokio::time::interval(FILLS);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if let Err(error) = services.directory.fill().await {
            tracing::warn!(%error, "could not read partners and apps ahead");
        }
    }
}

/// Tells apps of sessions that have ended. What is broken off by the end of the process is due again soon.
async fn notify(services: Services) {
    let mut ticks = tokio::time::interval(NOTICES);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        match send(&services).await {
            Ok(sent) if sent == Sent::default() => {}
            Ok(sent) => tracing::debug!(?sent, "apps told of sessions that ended"),
            Err(error) => tracing::warn!(%error, "could not look which apps are to be told"),
        }
    }
}

/// Does the rows of files that wait to be invited. A row that is broken off is undone and done again.
async fn invite_rows(services: Services) {
    let mut ticks = tokio::time::interval(ROWS);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        match bulk::run::step(&services, &|| false).await {
            Ok(0) => {}
            Ok(rows) => tracing::info!(rows, "rows of files invited"),
            Err(error) => tracing::warn!(%error, "could not look which files wait to be invited"),
        }
    }
}

/// Signs heads of the audit.
async fn sign_heads(services: Services) {
    let mut ticks = tokio::time::interval(HEADS);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        sign_heads_once(&services).await;
    }
}

/// Signs heads of the audit, now.
pub async fn sign_heads_once(services: &Services) {
    match heads::sign(services).await {
        Ok(signed) => tracing::debug!(signed, "heads of the audit signed"),
        Err(error) => tracing::warn!(%error, "could not sign heads of the audit"),
    }
}

/// Sends the mails of the outbox until it is told to stop. What is broken off by the end of the process is due again
/// when its lease ends.
fn start_mailer(services: Services) -> (mails::Stop, JoinHandle<()>) {
    let stop = mails::Stop::default();
    let told = stop.clone();
    let task = tokio::spawn(async move {
        let mut ticks = tokio::time::interval(MAILS);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = ticks.tick() => {}
                () = told.stopped() => break,
            }
            match mails::send(&services, &told).await {
                Ok(mailed) if mailed == mails::Mailed::default() => {}
                Ok(mailed) => {
                    tracing::debug!(?mailed, "mails sent");
                    if mailed.server_fails {
                        ticks.reset_after(MAIL_PAUSE);
                    }
                }
                Err(error) => tracing::warn!(%error, "could not look which mails are due"),
            }
        }
    });
    (stop, task)
}

/// Waits until the mails under way have been handed over, for [`DRAIN`] at most; whether they have.
async fn drain_mails(mut mailer: JoinHandle<()>) -> bool {
    let ended = tokio::time::timeout(DRAIN, &mut mailer).await.is_ok();
    if !ended {
        stop(mailer).await;
    }
    ended
}

async fn stop(task: JoinHandle<()>) {
    task.abort();
    // It ends by being aborted; there is nothing to learn from how.
    let _ = task.await;
}
