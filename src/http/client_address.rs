//! Whose request it is: the peer's address, or, behind trusted proxies, the last address in
//! `X-Forwarded-For` that is not itself a trusted proxy. `Host` and `Forwarded` decide nothing.

use std::net::{IpAddr, SocketAddr};

use axum::http::HeaderMap;
use ipnet::IpNet;

/// The nearest address that is known of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientAddress {
    /// The visitor's own.
    Visitor(IpAddr),
    /// That of a trusted proxy, which did not say for whom it asks in a way that can be read.
    Proxy(IpAddr),
}

impl ClientAddress {
    /// The address, whosever it is: for limits, log and audit.
    #[must_use]
    pub const fn nearest(self) -> IpAddr {
        match self {
            Self::Visitor(address) | Self::Proxy(address) => address,
        }
    }

    /// The address of the visitor, where it is known: for decisions. A proxy often stands within a
    /// network that is trusted more than its visitors.
    #[must_use]
    pub const fn of_visitor(self) -> Option<IpAddr> {
        match self {
            Self::Visitor(address) => Some(address),
            Self::Proxy(_) => None,
        }
    }
}

/// The visitor's address, as far as it is known.
///
/// Each trusted proxy adds the address of its peer at the end, be it to the last line or in a line of
/// its own, so the lines are read as one list and from its end. An entry that is no address stops the
/// walk: what stands before it was written by nobody whom we trust.
#[must_use]
pub fn client_address(peer: SocketAddr, headers: &HeaderMap, trusted: &[IpNet]) -> ClientAddress {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(&address));
    let mut nearest = peer.ip().to_canonical();
    let lines = headers.get_all("x-forwarded-for").iter();
    let entries: Vec<&[u8]> = lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b',')).collect();
    let mut entries = entries.into_iter().rev();
    while is_trusted(nearest) {
        match entries.next().and_then(entry) {
            Some(address) => nearest = address,
            None => return ClientAddress::Proxy(nearest),
        }
    }
    ClientAddress::Visitor(nearest)
}

/// One entry: an address, with the port that some proxies add.
fn entry(bytes: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(bytes).ok()?.trim_matches([' ', '\t']);
    let with_port = || text.parse::<SocketAddr>().map(|address| address.ip());
    text.parse::<IpAddr>().or_else(|_| with_port()).ok().map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn found(peer: &str, lines: &[&[u8]], trusted: &[&str]) -> ClientAddress {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append("x-forwarded-for", HeaderValue::from_bytes(line).unwrap());
        }
        let trusted: Vec<IpNet> = trusted.iter().map(|network| network.parse().unwrap()).collect();
        client_address(SocketAddr::new(peer.parse().unwrap(), 1), &headers, &trusted)
    }

    fn behind(peer: &str, lines: &[&str]) -> ClientAddress {
        let lines: Vec<&[u8]> = lines.iter().map(|line| line.as_bytes()).collect();
        found(peer, &lines, &["10.0.0.0/8", "2001:db8:a::/48"])
    }

    fn visitor(address: &str) -> ClientAddress {
        ClientAddress::Visitor(address.parse().unwrap())
    }

    fn proxy(address: &str) -> ClientAddress {
        ClientAddress::Proxy(address.parse().unwrap())
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        assert_eq!(behind("192.0.2.1", &["198.51.100.7"]), visitor("192.0.2.1"));
        assert_eq!(behind("11.0.0.1", &["198.51.100.7"]), visitor("11.0.0.1"));
        assert_eq!(behind("2001:db8:b::1", &["198.51.100.7"]), visitor("2001:db8:b::1"));
        assert_eq!(behind("10.0.0.1", &["198.51.100.7"]), visitor("198.51.100.7"));
        assert_eq!(behind("2001:db8:a::1", &["2001:db8:b::7"]), visitor("2001:db8:b::7"));
        assert_eq!(found("10.0.0.1", &[b"198.51.100.7"], &[]), visitor("10.0.0.1"));
    }

    #[test]
    fn a_list_is_read_from_its_end_past_trusted_proxies() {
        for (lines, expected) in [
            (&["203.0.113.9, 198.51.100.7"][..], visitor("198.51.100.7")),
            (&["203.0.113.9, 198.51.100.7, 10.0.0.2"], visitor("198.51.100.7")),
            (&["203.0.113.9,198.51.100.7,10.0.0.2,10.9.9.9"], visitor("198.51.100.7")),
            // What a visitor wrote before the first proxy, another trusted address too, counts for nothing.
            (&["10.0.0.3, 198.51.100.7, 10.0.0.2"], visitor("198.51.100.7")),
            (&["127.0.0.1, 198.51.100.7"], visitor("198.51.100.7")),
        ] {
            assert_eq!(behind("10.0.0.1", lines), expected, "{lines:?}");
        }
    }

    #[test]
    fn several_lines_are_one_list() {
        assert_eq!(behind("10.0.0.1", &["198.51.100.7", "10.0.0.2"]), visitor("198.51.100.7"));
        assert_eq!(behind("10.0.0.1", &["203.0.113.9", "198.51.100.7"]), visitor("198.51.100.7"));
        assert_eq!(behind("10.0.0.1", &["203.0.113.9, 198.51.100.7", "10.0.0.2, 10.0.0.3"]), visitor("198.51.100.7"));
    }

    #[test]
    fn an_entry_that_is_no_address_stops_the_walk() {
        for entry in
            ["unknown", "_hidden", "", "198.51.100.7x", "198.51.100", "1", "0x7f.1", "198.51.100.7:", "[::1]", "a b"]
        {
            let list = format!("203.0.113.9, {entry}");
            assert_eq!(behind("10.0.0.1", &[&list]), proxy("10.0.0.1"), "{entry}");
            assert_eq!(behind("10.0.0.1", &["203.0.113.9", entry]), proxy("10.0.0.1"), "{entry}");
            let list = format!("203.0.113.9, {entry}, 10.0.0.2");
            assert_eq!(behind("10.0.0.1", &[&list]), proxy("10.0.0.2"), "{entry}");
            let list = format!("{entry}, 198.51.100.7");
            assert_eq!(behind("10.0.0.1", &[&list]), visitor("198.51.100.7"), "{entry}");
        }
    }

    #[test]
    fn bytes_that_are_no_text_spoil_their_entry_and_no_other() {
        let trusted = ["10.0.0.0/8"];
        assert_eq!(found("10.0.0.1", &[b"203.0.113.9", b"\xff, 198.51.100.7"], &trusted), visitor("198.51.100.7"));
        assert_eq!(found("10.0.0.1", &[b"203.0.113.9", b"\xff"], &trusted), proxy("10.0.0.1"));
        assert_eq!(found("10.0.0.1", &[b"203.0.113.9, \xff\xfe"], &trusted), proxy("10.0.0.1"));
    }

    #[test]
    fn a_proxy_that_names_nobody_is_not_the_visitor() {
        assert_eq!(behind("10.0.0.1", &[]), proxy("10.0.0.1"));
        assert_eq!(behind("10.0.0.1", &["10.0.0.2"]), proxy("10.0.0.2"));
        assert_eq!(proxy("10.0.0.1").of_visitor(), None);
        assert_eq!(proxy("10.0.0.1").nearest(), "10.0.0.1".parse::<IpAddr>().unwrap());
        assert_eq!(visitor("192.0.2.1").of_visitor(), Some(visitor("192.0.2.1").nearest()));
    }

    #[test]
    fn an_address_is_read_in_the_forms_that_proxies_write() {
        for (entry, expected) in [
            ("198.51.100.7:50123", "198.51.100.7"),
            ("[2001:db8:b::7]:50123", "2001:db8:b::7"),
            ("\t198.51.100.7 ", "198.51.100.7"),
            ("::ffff:198.51.100.7", "198.51.100.7"),
            ("2001:DB8:B:0::7", "2001:db8:b::7"),
        ] {
            assert_eq!(behind("10.0.0.1", &[entry]), visitor(expected), "{entry}");
        }
        assert_eq!(behind("::ffff:10.0.0.1", &["198.51.100.7"]), visitor("198.51.100.7"));
        assert_eq!(behind("10.0.0.1", &["198.51.100.7, ::ffff:10.0.0.2"]), visitor("198.51.100.7"));
    }

    #[test]
    fn other_headers_decide_nothing() {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("forwarded", "for=203.0.113.9"),
            ("x-real-ip", "203.0.113.9"),
            ("x-client-ip", "203.0.113.9"),
            ("true-client-ip", "203.0.113.9"),
            ("cf-connecting-ip", "203.0.113.9"),
            ("host", "203.0.113.9"),
        ] {
            headers.insert(name, HeaderValue::from_static(value));
        }
        let trusted = ["10.0.0.0/8".parse().unwrap()];
        let peer = SocketAddr::from(([10, 0, 0, 1], 1));
        assert_eq!(client_address(peer, &headers, &trusted), proxy("10.0.0.1"));
    }
}
