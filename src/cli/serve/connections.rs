//! How many connections there may be at once, in whole and from one address: one too many is closed
//! before a byte is read.

use std::collections::HashMap;
use std::io::{self, IoSlice};
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use axum_server::accept::Accept;
use ipnet::IpNet;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::flows::limits::network;

/// The most connections of one listener, below the 1,024 descriptors that a process usually has.
pub(super) const MAX_CONNECTIONS: usize = 800;

/// Accepts a connection while there are fewer than the most.
#[derive(Debug, Clone)]
pub(super) struct Bounded {
    free: Arc<Semaphore>,
    peers: Arc<Peers>,
}

/// How many connections each address has.
#[derive(Debug)]
pub(super) struct Peers {
    most: NonZeroU32,
    exempt: Vec<IpNet>,
    held: Mutex<HashMap<IpAddr, u32>>,
}

impl Peers {
    /// So many connections from each address (IPv6: one /64) at once; those of `exempt` networks, which
    /// stand for many visitors, are not counted.
    pub(super) fn new(most: NonZeroU32, exempt: Vec<IpNet>) -> Self {
        Self { most, exempt, held: Mutex::default() }
    }

    /// Counts one more, where there is room.
    fn take(self: &Arc<Self>, peer: IpAddr) -> Option<Share> {
        let peer = peer.to_canonical();
        if self.exempt.iter().any(|exempt| exempt.contains(&peer)) {
            return Some(Share(None));
        }
        let address = network(peer);
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let count = held.entry(address).or_insert(0);
        if *count >= self.most.get() {
            return None;
        }
        *count += 1;
        Some(Share(Some((self.clone(), address))))
    }
}

/// One counted connection of an address, until it is dropped.
#[derive(Debug)]
struct Share(Option<(Arc<Peers>, IpAddr)>);

impl Drop for Share {
    fn drop(&mut self) {
        let Some((peers, address)) = self.0.take() else { return };
        let mut held = peers.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = held.get_mut(&address) {
            *count -= 1;
            if *count == 0 {
                held.remove(&address);
            }
        }
    }
}

impl Bounded {
    pub(super) fn new(most: usize, peers: Peers) -> Self {
        Self { free: Arc::new(Semaphore::new(most)), peers: Arc::new(peers) }
    }

    fn admit(&self, stream: TcpStream) -> io::Result<Counted> {
        let share = self.peers.take(stream.peer_addr()?.ip()).ok_or_else(|| refused("address"))?;
        let permit = self.free.clone().try_acquire_owned().map_err(|_| refused("all"))?;
        stream.set_nodelay(true)?;
        Ok(Counted { stream, _share: share, _permit: permit })
    }
}

/// Says by which limit a connection is closed.
fn refused(by: &'static str) -> io::Error {
    metrics::counter!("entente_connections_refused_total", "limit" => by).increment(1);
    io::Error::other("too many connections")
}

impl<S> Accept<TcpStream, S> for Bounded {
    type Stream = Counted;
    type Service = S;
    type Future = std::future::Ready<io::Result<(Counted, S)>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        std::future::ready(self.admit(stream).map(|counted| (counted, service)))
    }
}

/// A connection that counts until it is dropped.
#[derive(Debug)]
pub(super) struct Counted {
    stream: TcpStream,
    _share: Share,
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

    fn peers(most: u32, exempt: &[&str]) -> Peers {
        let exempt = exempt.iter().map(|network| network.parse().unwrap()).collect();
        Peers::new(NonZeroU32::new(most).unwrap(), exempt)
    }

    #[tokio::test]
    async fn one_connection_too_many_is_closed_until_another_ends() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        for bounded in [Bounded::new(1, peers(100, &[])), Bounded::new(100, peers(1, &[]))] {
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

    #[test]
    fn an_address_is_held_to_its_share_and_others_are_not() {
        let peers = Arc::new(peers(2, &["10.0.0.0/8"]));
        let take = |text: &str| peers.take(text.parse().unwrap());
        let (first, second) = (take("192.0.2.1"), take("::ffff:192.0.2.1"));
        assert!(first.is_some() && second.is_some() && take("192.0.2.1").is_none());
        assert!(take("192.0.2.2").is_some());
        let (one, neighbour) = (take("2001:db8::1"), take("2001:db8::2"));
        assert!(one.is_some() && neighbour.is_some() && take("2001:db8::3").is_none());
        let proxied: Vec<_> = (0..10).map(|_| take("10.0.0.1")).collect();
        assert!(proxied.iter().all(Option::is_some) && take("::ffff:10.0.0.1").is_some());
        drop(first);
        assert!(take("192.0.2.1").is_some());
        drop((second, one, neighbour, proxied));
        assert!(peers.held.lock().unwrap().is_empty(), "nothing is kept of who has left");
    }
}
