//! One listener: HTTP/1.1 with limits on headers, time and connections, with TLS or without.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use axum::Router;
use axum_server::Handle;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use hyper_util::rt::TokioTimer;
use tokio::task::JoinHandle;

use super::connections::{Bounded, MAX_CONNECTIONS, Peers};

/// How long a client may take for the head of a request, and how long a connection may idle between
/// two. The body has the time that `http` gives to a whole request.
const HEAD_TIME: Duration = Duration::from_secs(10);
/// How long a TLS handshake may take.
const HANDSHAKE_TIME: Duration = Duration::from_secs(5);
/// The longest head of a request: the attempts in their cookies and a long query fit. **Units**: bytes.
const MAX_HEAD: usize = 48 * 1024;
/// The most headers of a request.
const MAX_HEADERS: usize = 64;

/// A listener at work.
#[derive(Debug)]
pub(super) struct Listener {
    address: SocketAddr,
    handle: Handle<SocketAddr>,
    task: JoinHandle<io::Result<()>>,
}

impl Listener {
    /// Starts to accept on `socket`.
    pub(super) fn start(
        socket: TcpListener,
        router: Router,
        tls: Option<RustlsConfig>,
        peers: Peers,
    ) -> io::Result<Self> {
        socket.set_nonblocking(true)?;
        let address = socket.local_addr()?;
        let handle = Handle::new();
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        let mut server = axum_server::from_tcp(socket)?.handle(handle.clone());
        server
            .http_builder()
            .http1()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_TIME)
            .max_buf_size(MAX_HEAD)
            .max_headers(MAX_HEADERS)
            .keep_alive(true);
        let bounded = Bounded::new(MAX_CONNECTIONS, peers);
        let task = match tls {
            None => tokio::spawn(server.acceptor(bounded).http1_only().serve(service)),
            Some(config) => {
                let acceptor = RustlsAcceptor::new(config).handshake_timeout(HANDSHAKE_TIME).acceptor(bounded);
                tokio::spawn(server.acceptor(acceptor).http1_only().serve(service))
            }
        };
        Ok(Self { address, handle, task })
    }

    /// Where it listens.
    pub(super) const fn address(&self) -> SocketAddr {
        self.address
    }

    /// How many connections there are.
    pub(super) fn connections(&self) -> usize {
        self.handle.connection_count()
    }

    /// Accepts nothing more and lets requests under way finish.
    pub(super) fn end_within(&self, time: Duration) {
        self.handle.graceful_shutdown(Some(time));
    }

    /// Accepts nothing more and closes every connection.
    pub(super) fn end_now(&self) {
        self.handle.shutdown();
    }

    /// Waits until it has ended. Must not be called again once it has returned.
    pub(super) async fn ended(&mut self) -> io::Result<()> {
        (&mut self.task).await.map_err(io::Error::other)?
    }
}
