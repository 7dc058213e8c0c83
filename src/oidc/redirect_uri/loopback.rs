//! Loopback hosts, and the port that a native app may choose when it runs (RFC 8252 7.3).

use super::parts::is_port;

/// Whether `host` is 127.0.0.0/8, `[::1]` or `localhost`.
pub(super) fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host == "[::1]"
        || host.parse::<std::net::Ipv4Addr>().is_ok_and(|address| address.is_loopback())
}

/// Whether both are http on the same loopback literal and differ at most in their port.
pub(super) fn is_equal_but_for_port(registered: &str, presented: &str) -> bool {
    match (without_port(registered), without_port(presented)) {
        (Some(registered), Some(presented)) => registered == presented,
        _ => false,
    }
}

/// The literal and what follows the port. `localhost` is not among them: a name may be resolved to
/// somewhere else (RFC 8252 8.3).
fn without_port(text: &str) -> Option<(&'static str, &str)> {
    let (literal, rest) = ["http://127.0.0.1", "http://[::1]"]
        .into_iter()
        .find_map(|literal| text.strip_prefix(literal).map(|rest| (literal, rest)))?;
    let Some(after) = rest.strip_prefix(':') else {
        return starts_path(rest).then_some((literal, rest));
    };
    let (port, rest) = after.split_at(after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len()));
    (is_port(port) && starts_path(rest)).then_some((literal, rest))
}

fn starts_path(rest: &str) -> bool {
    rest.is_empty() || rest.starts_with(['/', '?'])
}
