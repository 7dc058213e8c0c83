//! The addresses of the demo's parties, each a listener on loopback that is bound before anything is
//! written down, so that what is written holds.

use std::net::Ipv4Addr;

use anyhow::Context as _;
use tokio::net::TcpListener;

/// The first of the default ports.
pub const PORT_BASE: u16 = 8080;

/// Which ports are wished for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// Any free ones.
    Free,
    /// Seven from this one on; a free one in the place of each that is taken.
    From(u16),
    /// Seven from this one on, and no others: a folder that is used again remembers its addresses.
    Exactly(u16),
}

/// A party's place.
#[derive(Debug)]
pub struct Place {
    /// Where it listens.
    pub listener: TcpListener,
    /// Its address for browsers, without trailing slash.
    pub url: String,
    /// The port that was wished for and is taken.
    pub taken: Option<u16>,
}

/// The places of the gateway, the first partner, the four apps, the second partner and the home organisation.
///
/// # Errors
/// Where no port can be had, or not the one that must be.
pub async fn places(wish: Wish) -> anyhow::Result<[Place; 8]> {
    Ok([
        place(wish, 0).await?,
        place(wish, 1).await?,
        place(wish, 2).await?,
        place(wish, 3).await?,
        place(wish, 4).await?,
        place(wish, 5).await?,
        place(wish, 6).await?,
        place(wish, 7).await?,
    ])
}

async fn place(wish: Wish, offset: u16) -> anyhow::Result<Place> {
    let wished = match wish {
        Wish::Free => 0,
        Wish::From(base) | Wish::Exactly(base) => {
            base.checked_add(offset).with_context(|| format!("port base {base} is too high"))?
        }
    };
    let (listener, taken) = match (TcpListener::bind((Ipv4Addr::LOCALHOST, wished)).await, wish) {
        (Ok(listener), _) => (listener, None),
        (Err(_), Wish::From(_)) => (TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?, Some(wished)),
        (Err(error), _) => {
            return Err(error).with_context(|| format!("port {wished} cannot be had; choose another port base"));
        }
    };
    let url = format!("http://localhost:{}", listener.local_addr()?.port());
    Ok(Place { listener, url, taken })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_taken_port_is_replaced_or_refused() {
        let held = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = held.local_addr().unwrap().port();
        let replaced = place(Wish::From(port), 0).await.unwrap();
        assert_eq!(replaced.taken, Some(port));
        assert_ne!(replaced.url, format!("http://localhost:{port}"));
        let refused = place(Wish::Exactly(port), 0).await.unwrap_err();
        assert_eq!(refused.to_string(), format!("port {port} cannot be had; choose another port base"));
        assert_eq!(place(Wish::Free, 0).await.unwrap().taken, None);
    }

    #[tokio::test]
    async fn ports_end_at_the_last_one() {
        let refused = place(Wish::From(65_533), 3).await.unwrap_err();
        assert_eq!(refused.to_string(), "port base 65533 is too high");
    }
}
