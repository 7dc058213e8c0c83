//! How many connections there may be at once: one too many is closed before a byte is read.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum_server::accept::Accept;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The most connections of one listener, below the 1,024 descriptors that a process usually has.
pub(super) const MAX_CONNECTIONS: usize = 800;

/// Accepts a connection while there are fewer than the most.
#[derive(Debug, Clone)]
pub(super) struct Bounded {
    free: Arc<Semaphore>,
}

impl Bounded {
    pub(super) fn new(most: usize) -> Self {
        Self { free: Arc::new(Semaphore::new(most)) }
    }
}

impl<S> Accept<TcpStream, S> for Bounded {
    type Stream = Counted;
    type Service = S;
    type Future = std::future::Ready<io::Result<(Counted, S)>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let Ok(permit) = self.free.clone().try_acquire_owned() else {
            metrics::counter!("entente_connections_refused_total").increment(1);
            return std::future::ready(Err(io::Error::other("too many connections")));
        };
        let counted = stream.set_nodelay(true).map(|()| (Counted { stream, _permit: permit }, service));
        std::future::ready(counted)
    }
}

/// A connection that counts until it is dropped.
#[derive(Debug)]
pub(super) struct Counted {
    stream: TcpStream,
    _permit: OwnedSemaphorePermit,
}

impl AsyncRead for Counted {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Counted {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_connection_too_many_is_closed_until_another_ends() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let bounded = Bounded::new(1);
        let accept = async || {
            let near = TcpStream::connect(address).await.unwrap();
            let (far, _) = listener.accept().await.unwrap();
            (near, bounded.accept(far, ()).await)
        };
        let (_near, first) = accept().await;
        let (_other, second) = accept().await;
        assert!(first.is_ok() && second.is_err());
        drop(first);
        assert!(accept().await.1.is_ok());
    }
}
