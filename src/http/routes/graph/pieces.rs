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
use crate::domain::permissions::Caller;
use crate::flows::directory::DirectoryError;
use crate::http::exports::Turn;
use crate::http::limits::{MAX_STREAM_PAUSE, MAX_STREAM_TIME, STREAM_WAIT};
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
        if self.pieces.is_closed() {
            return Err(Halt::Left);
        }
        if text.is_empty() { Ok(()) } else { self.send(Piece::Data(text.into())).await }
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

/// Begins to write for `caller`. Faults before the first piece are told, later ones cut the body off.
///
/// # Errors
/// [`Fault`], and where too many are being written.
pub(super) async fn begin(state: &Arc<State>, caller: &Caller, job: Job) -> Result<Body, Fault> {
    let turn = turn(state, caller)?;
    let (head, begun) = oneshot::channel();
    let (pieces, written) = mpsc::channel(1);
    let reader = pieces.clone();
    let mut sink = Sink { head: Some(head), pieces };
    let state = state.clone();
    let writing = async move {
        let outcome = while_read(&reader, MAX_STREAM_TIME, job.write(state.services(), &mut sink)).await;
        // The end frees the caller's place, so that whoever has seen it may ask for the next.
        drop((turn, reader));
        sink.finish(outcome).await;
    };
    tokio::spawn(writing.in_current_span());
    // A writer that is gone has told nothing.
    let gone = |_| Fault::new(StatusCode::SERVICE_UNAVAILABLE, "ServiceNotAvailable", "try again later");
    begun.await.map_err(gone)??;
    Ok(Body::new(Pieces(written)))
}

/// A place among what is being written.
///
/// # Errors
/// [`Fault`] where the caller has one, or the node all of them.
pub(super) fn turn(state: &State, caller: &Caller) -> Result<Turn, Fault> {
    let (status, code) = (StatusCode::TOO_MANY_REQUESTS, "TooManyRequests");
    let message = "an export of yours or too many others are being written; wait as long as `Retry-After` says";
    let fault = || Fault { wait: Some(STREAM_WAIT), ..Fault::new(status, code, message) };
    state.exports.begin(caller).ok_or_else(fault)
}

/// Writes as long as somebody reads, in whatever the writer waits for, and no longer than `time`.
async fn while_read(
    reader: &mpsc::Sender<Piece>,
    time: Duration,
    writing: impl Future<Output = Result<(), Halt>>,
) -> Result<(), Halt> {
    let bounded = tokio::time::timeout(time, writing);
    tokio::select! {
        outcome = bounded => outcome.unwrap_or_else(|_| {
            let message = "the answer takes too long to be written: ask for less at a time";
            Err(Halt::Failed(Fault::new(StatusCode::SERVICE_UNAVAILABLE, "ServiceNotAvailable", message)))
        }),
        () = reader.closed() => Err(Halt::Left),
    }
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

    #[tokio::test]
    async fn writing_ends_with_its_reader_and_its_time() {
        let (pieces, mut written) = mpsc::channel(1);
        let mut sink = Sink { head: None, pieces: pieces.clone() };
        assert!(sink.write(String::new()).await.is_ok());
        let done = while_read(&pieces, MAX_STREAM_TIME, async { Ok(()) }).await;
        assert!(done.is_ok(), "{done:?}");
        let late = while_read(&pieces, Duration::ZERO, std::future::pending()).await;
        assert!(matches!(&late, Err(Halt::Failed(fault)) if fault.status == 503), "{late:?}");
        written.close();
        let left = while_read(&pieces, MAX_STREAM_TIME, std::future::pending()).await;
        assert!(matches!(left, Err(Halt::Left)), "{left:?}");
        // Also one that finds nothing to write.
        assert!(matches!(sink.write(String::new()).await, Err(Halt::Left)));
    }
}
