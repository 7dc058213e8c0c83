//! A body that is written while it is read. Its end is said: a body whose writer is gone before that is cut off, so that
//! nobody takes a part for the whole.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use axum::http::StatusCode;
use bytes::Bytes;
use hyper::body::Frame;
use tokio::sync::{mpsc, oneshot};
use tracing::Instrument as _;

use super::fault::Fault;
use super::streams::Job;
use crate::flows::directory::DirectoryError;
use crate::http::limits::{MAX_STREAM_PAUSE, STREAM_WAIT};
use crate::http::state::State;

/// Why writing stops.
#[derive(Debug)]
pub(super) enum Halt {
    /// Nobody reads any more.
    Left,
    /// It cannot go on.
    Failed(Fault),
}

impl From<DirectoryError> for Halt {
    fn from(error: DirectoryError) -> Self {
        Self::Failed(error.into())
    }
}

/// Part of a body.
enum Piece {
    Data(Bytes),
    End,
}

/// Where a body is written to.
pub(super) struct Sink {
    /// Told once, whether there is a body at all.
    head: Option<oneshot::Sender<Result<(), Fault>>>,
    pieces: mpsc::Sender<Piece>,
}

impl Sink {
    /// Lets the head of the answer go.
    pub(super) async fn start(&mut self) -> Result<(), Halt> {
        match self.head.take() {
            Some(head) => head.send(Ok(())).map_err(|_| Halt::Left),
            None => Ok(()),
        }
    }

    /// Writes, and waits until what was written before has been taken.
    pub(super) async fn write(&mut self, text: String) -> Result<(), Halt> {
        self.start().await?;
        if text.is_empty() { Ok(()) } else { self.send(Piece::Data(text.into())).await }
    }

    /// Returns when nobody reads any more.
    pub(super) async fn is_left(&self) {
        self.pieces.closed().await;
    }

    async fn send(&self, piece: Piece) -> Result<(), Halt> {
        match tokio::time::timeout(MAX_STREAM_PAUSE, self.pieces.send(piece)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(Halt::Left),
        }
    }

    async fn finish(mut self, outcome: Result<(), Halt>) {
        let outcome = match outcome {
            Ok(()) => self.start().await,
            other => other,
        };
        match outcome {
            Ok(()) => drop(self.send(Piece::End).await),
            Err(Halt::Left) => {}
            Err(Halt::Failed(fault)) => match self.head {
                Some(head) => drop(head.send(Err(fault))),
                None => tracing::error!(fault.code, "an answer was cut off"),
            },
        }
    }
}

/// Begins to write. Faults before the first piece are told, later ones cut the body off.
///
/// # Errors
/// [`Fault`], and where too many are being written.
pub(super) async fn begin(state: &Arc<State>, job: Job) -> Result<Body, Fault> {
    let permit = state.streams.clone().try_acquire_owned().map_err(|_| too_many(STREAM_WAIT))?;
    let (head, begun) = oneshot::channel();
    let (pieces, written) = mpsc::channel(1);
    let mut sink = Sink { head: Some(head), pieces };
    let state = state.clone();
    let writing = async move {
        let outcome = job.write(state.services(), &mut sink).await;
        sink.finish(outcome).await;
        drop(permit);
    };
    tokio::spawn(writing.in_current_span());
    // A writer that is gone has told nothing.
    let gone = |_| Fault::new(StatusCode::SERVICE_UNAVAILABLE, "ServiceNotAvailable", "try again later");
    begun.await.map_err(gone)??;
    Ok(Body::new(Pieces(written)))
}

fn too_many(wait: Duration) -> Fault {
    let (status, code) = (StatusCode::TOO_MANY_REQUESTS, "TooManyRequests");
    let fault = Fault::new(status, code, "too many exports are being written; wait as long as `Retry-After` says");
    Fault { wait: Some(wait), ..fault }
}

/// The end that is read.
struct Pieces(mpsc::Receiver<Piece>);

/// A body was cut off.
#[derive(Debug, thiserror::Error)]
#[error("the answer cannot be finished")]
struct CutOff;

impl hyper::body::Body for Pieces {
    type Data = Bytes;
    type Error = CutOff;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, CutOff>>> {
        self.0.poll_recv(cx).map(|piece| match piece {
            Some(Piece::Data(bytes)) => Some(Ok(Frame::data(bytes))),
            Some(Piece::End) => None,
            None => Some(Err(CutOff)),
        })
    }
}

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;

    use super::*;

    async fn read(write: impl AsyncFnOnce(&mut Sink) -> Result<(), Halt>) -> (Result<(), Fault>, Option<Bytes>) {
        let (head, begun) = oneshot::channel();
        let (pieces, written) = mpsc::channel(8);
        let mut sink = Sink { head: Some(head), pieces };
        let outcome = write(&mut sink).await;
        sink.finish(outcome).await;
        (begun.await.unwrap(), to_bytes(Body::new(Pieces(written)), 100).await.ok())
    }

    #[tokio::test]
    async fn only_what_was_finished_ends_well() {
        let failed = || Halt::Failed(Fault::bad("x"));
        let (head, body) = read(async |sink| sink.write("whole".to_owned()).await).await;
        assert_eq!((head, body), (Ok(()), Some(Bytes::from("whole"))));
        let (head, body) = read(async |_| Ok(())).await;
        assert_eq!((head, body), (Ok(()), Some(Bytes::new())));
        let (head, body) = read(async |sink| {
            sink.write("part".to_owned()).await?;
            Err(failed())
        })
        .await;
        assert_eq!((head, body), (Ok(()), None), "what was not finished is cut off");
        let (head, body) = read(async |_| Err(failed())).await;
        assert_eq!((head.unwrap_err().code, body), ("Request_BadRequest", None), "nothing was begun");
    }
}
