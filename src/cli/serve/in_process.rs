//! A gateway inside another program, the demo: started by the path of a configuration file, on a socket
//! that is handed in, and stopped by hand.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use async_trait::async_trait;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::signals::{Signal, Signals};
use super::{ServeError, Sockets};
use crate::cli::config::{self, Config};
use crate::cli::demo::run::Gateway;
use crate::cli::surroundings::Surroundings;
use crate::cli::telemetry::Metrics;
use crate::cli::wiring::{self, Chance};
use crate::flows::apply::{ApplyError, LockOut, Mode, Options, Pruning, apply};
use crate::flows::services::Services;
use crate::objects::files;

/// Who acts in the audit.
const OPERATOR: &str = "demo";

/// The gateway, before and after it is started.
#[derive(Debug)]
pub struct InProcess {
    chance: Chance,
    running: Option<Running>,
}

#[derive(Debug)]
struct Running {
    services: Services,
    signals: mpsc::Sender<Signal>,
    task: JoinHandle<Result<(), ServeError>>,
}

impl InProcess {
    /// A gateway that is not started yet.
    #[must_use]
    pub const fn new(chance: Chance) -> Self {
        Self { chance, running: None }
    }
}

#[async_trait]
impl Gateway for InProcess {
    async fn start(&mut self, config: &Path, listener: tokio::net::TcpListener) -> anyhow::Result<()> {
        let config = read(config)?;
        let services = wiring::open(&config, &self.chance).await?;
        let metrics = Metrics::start()?;
        let sockets = Sockets { public: listener.into_std()?, metrics: None };
        let (sender, signals) = Signals::by_hand();
        let served = services.clone();
        let task = tokio::spawn(async move { super::run(&config, served, sockets, metrics, signals).await });
        self.running = Some(Running { services, signals: sender, task });
        Ok(())
    }

    async fn apply(&mut self, _config: &Path, files: &[PathBuf]) -> anyhow::Result<()> {
        let running = self.running.as_ref().context("the gateway is not started")?;
        let contents = files::read(files, &Surroundings);
        let options = Options {
            pruning: Pruning::Keep,
            mode: Mode::Write,
            operator: OPERATOR.to_owned(),
            lock_out: LockOut::Refused,
            found: contents.faults,
        };
        match apply(&running.services, &contents.definitions, &options).await {
            Ok(_) => Ok(()),
            Err(ApplyError::Faults(faults)) => bail!(lines(&faults)),
            Err(error) => Err(error.into()),
        }
    }

    async fn stop(&mut self) -> anyhow::Result<()> {
        let Some(running) = self.running.take() else { return Ok(()) };
        // Where nobody listens any more, the gateway has ended already, and says why below.
        let _ = running.signals.send(Signal::Stop).await;
        Ok(running.task.await??)
    }
}

fn read(path: &Path) -> anyhow::Result<Config> {
    config::read(path, &Surroundings).map_err(|faults| anyhow::anyhow!(lines(&faults)))
}

fn lines(faults: &[crate::domain::definitions::Fault]) -> String {
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}
