//! What a running gateway is told: to stop, or to read its certificate and its countries again.

use std::io;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;

/// What is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// Finish what is under way and end.
    Stop,
    /// Read certificate, key and countries again.
    Reload,
}

/// Signals as they come.
#[derive(Debug)]
pub struct Signals {
    receiver: mpsc::Receiver<Signal>,
}

impl Signals {
    /// Signals that the holder of the other end gives; dropping it means to stop.
    #[must_use]
    pub fn by_hand() -> (mpsc::Sender<Signal>, Self) {
        let (sender, receiver) = mpsc::channel(4);
        (sender, Self { receiver })
    }

    /// The signals of this process: `SIGTERM` and `SIGINT` stop, `SIGHUP` reloads.
    ///
    /// # Errors
    /// Where the system does not let them be caught.
    pub fn of_process() -> io::Result<Self> {
        let (sender, signals) = Self::by_hand();
        let kinds = [
            (SignalKind::terminate(), Signal::Stop),
            (SignalKind::interrupt(), Signal::Stop),
            (SignalKind::hangup(), Signal::Reload),
        ];
        for (kind, meaning) in kinds {
            let mut stream = signal(kind)?;
            let sender = sender.clone();
            tokio::spawn(async move { while stream.recv().await.is_some() && sender.send(meaning).await.is_ok() {} });
        }
        Ok(signals)
    }

    /// The next signal; to stop, where none can come any more.
    pub async fn next(&mut self) -> Signal {
        self.receiver.recv().await.unwrap_or(Signal::Stop)
    }
}
