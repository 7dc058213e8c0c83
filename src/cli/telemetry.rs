//! Logs and metrics of this process. Logs go to standard error, so that a command's output stays clean.

use std::io;
use std::sync::OnceLock;

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::util::{SubscriberInitExt as _, TryInitError};

use super::config::{Log, LogFormat};

/// The variable whose filter goes before the level of the configuration, such as
/// `info,entente::flows=debug`.
pub const FILTER_VARIABLE: &str = "ENTENTE_LOG_FILTER";

/// Crates that say nothing whatever the filter: they log what strangers send, byte by byte, as errors,
/// and at `trace` the state of a ceremony. What matters of it is the cause of the refusal.
const SILENT: [&str; 3] = ["webauthn_rs_core=off", "webauthn_attestation_ca=off", "crypto_glue=off"];

/// Bounds of the histograms of time. **Units**: seconds.
const SECONDS: [f64; 12] = [0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

/// Why telemetry cannot start.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The filter cannot be read.
    #[error("`{FILTER_VARIABLE}` or `log.level`: {0}")]
    Filter(#[from] tracing_subscriber::filter::ParseError),
    /// Logs are being written already.
    #[error(transparent)]
    Log(#[from] TryInitError),
    /// The bounds of a histogram or the recorder are refused.
    #[error("metrics cannot be recorded: {0}")]
    Metrics(#[from] metrics_exporter_prometheus::BuildError),
}

/// Starts to write logs as `log` says; `filter` is the text of [`FILTER_VARIABLE`].
///
/// # Errors
/// [`TelemetryError`].
pub fn start_log(log: &Log, filter: Option<&str>) -> Result<(), TelemetryError> {
    let filter = filter_of(filter.unwrap_or(&log.level))?;
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr);
    match log.format {
        LogFormat::Json => lines.json().flatten_event(true).finish().try_init()?,
        LogFormat::Text => lines.with_ansi(io::IsTerminal::is_terminal(&io::stderr())).finish().try_init()?,
    }
    Ok(())
}

fn filter_of(text: &str) -> Result<EnvFilter, TelemetryError> {
    let mut filter = EnvFilter::try_new(text)?;
    for silent in SILENT {
        filter = filter.add_directive(silent.parse()?);
    }
    Ok(filter)
}

/// The metrics of this process.
#[derive(Clone)]
pub struct Metrics {
    handle: PrometheusHandle,
}

impl std::fmt::Debug for Metrics {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Metrics")
    }
}

impl Metrics {
    /// Starts to record, once in a process; whoever asks later gets the same.
    ///
    /// # Errors
    /// [`TelemetryError::Metrics`].
    pub fn start() -> Result<Self, TelemetryError> {
        static STARTED: OnceLock<Metrics> = OnceLock::new();
        if let Some(started) = STARTED.get() {
            return Ok(started.clone());
        }
        let seconds = Matcher::Suffix("_seconds".to_owned());
        let recorder = PrometheusBuilder::new().set_buckets_for_metric(seconds, &SECONDS)?.build_recorder();
        let started = STARTED.get_or_init(|| {
            let handle = recorder.handle();
            // A recorder that another part of the process has set keeps its place; ours stays empty then.
            let _ = metrics::set_global_recorder(recorder);
            Self { handle }
        });
        Ok(started.clone())
    }

    /// All metrics in the text format of Prometheus.
    #[must_use]
    pub fn render(&self) -> String {
        self.handle.render()
    }

    /// Folds what has been measured since the last time, so that memory stays bounded when nobody asks.
    pub fn tidy(&self) {
        self.handle.run_upkeep();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_start_once_and_are_rendered() {
        let first = Metrics::start().unwrap();
        let second = Metrics::start().unwrap();
        metrics::counter!("entente_telemetry_test_total").increment(2);
        metrics::histogram!("entente_telemetry_test_seconds").record(0.002);
        let text = second.render();
        assert!(text.contains("entente_telemetry_test_total 2"), "{text}");
        assert!(text.contains("entente_telemetry_test_seconds_bucket{le=\"0.0025\"} 1"), "{text}");
        assert!(first.render().contains("entente_telemetry_test_total"));
    }

    #[test]
    fn a_filter_that_cannot_be_read_is_told() {
        let log = Log { format: LogFormat::Text, level: "info".to_owned() };
        assert!(matches!(start_log(&log, Some("entente=loud")), Err(TelemetryError::Filter(_))));
    }

    #[test]
    fn webauthn_rs_says_nothing_whatever_the_filter() {
        for text in ["trace", "trace,webauthn_rs_core=debug"] {
            let subscriber = tracing_subscriber::fmt().with_env_filter(filter_of(text).unwrap()).finish();
            tracing::subscriber::with_default(subscriber, || {
                assert!(!tracing::enabled!(target: "webauthn_rs_core::internals", tracing::Level::ERROR), "{text}");
                assert!(tracing::enabled!(target: "entente::flows", tracing::Level::TRACE), "{text}");
            });
        }
    }
}
