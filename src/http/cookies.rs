//! Our cookies: one session, at most eight attempts, the handles of attempts in their second life, who has
//! passed a second factor in this browser, and which organisation was chosen last.
//!
//! Over https all have the prefix `__Host-` and are `Secure`; the attempt's is `SameSite=None`, since
//! the partner's answer is posted from another site, the others are `Lax`. On plain http, which exists
//! on loopback only, there is neither prefix nor `Secure`, all are `Lax` (all of one host are one
//! site), and names carry the port, since cookies do not see ports.

use axum::http::{HeaderMap, HeaderValue, header};

use crate::domain::attempts::{ATTEMPT_LIFE, AttemptId};
use crate::domain::organization::PublicUrl;
use crate::flows::next::{CookieChange, Visitor};
use crate::flows::sign_in::remembered::REMEMBERED_LIFE;

/// The most bytes of all `Cookie` headers that are looked at.
const MAX_COOKIES: usize = 32 * 1024;
/// The most bytes of a value of ours.
const MAX_VALUE: usize = 4_096;

/// How long a browser remembers who passed a second factor in it: half a year. **Units**: seconds.
const KNOWN_LIFE: u64 = 180 * 86_400;

/// What our cookies are called and how they are set.
#[derive(Debug, Clone)]
pub struct CookieNames {
    session: String,
    attempt: String,
    step: String,
    known: String,
    remembered: String,
    attempt_attributes: &'static str,
    attributes: &'static str,
}

const LAX: &str = "; Path=/; HttpOnly; SameSite=Lax";
const SECURE_LAX: &str = "; Path=/; HttpOnly; SameSite=Lax; Secure";
const SECURE_NONE: &str = "; Path=/; HttpOnly; SameSite=None; Secure";

impl CookieNames {
    /// The names for a gateway at `public_url`.
    #[must_use]
    pub fn of(public_url: &PublicUrl) -> Self {
        if public_url.is_loopback_http() {
            let port = public_url.port().unwrap_or(80);
            Self {
                session: format!("entente_{port}_session"),
                attempt: format!("entente_{port}_attempt_"),
                step: format!("entente_{port}_step_"),
                known: format!("entente_{port}_known"),
                remembered: format!("entente_{port}_organisation"),
                attempt_attributes: LAX,
                attributes: LAX,
            }
        } else {
            Self {
                session: "__Host-entente_session".to_owned(),
                attempt: "__Host-entente_attempt_".to_owned(),
                step: "__Host-entente_step_".to_owned(),
                known: "__Host-entente_known".to_owned(),
                remembered: "__Host-entente_organisation".to_owned(),
                attempt_attributes: SECURE_NONE,
                attributes: SECURE_LAX,
            }
        }
    }

    /// Reads ours out of all `Cookie` headers. A cookie of ours that stands twice or is over-long is as
    /// good as absent, so that nobody can lay a second one over it.
    pub fn read(&self, headers: &HeaderMap, visitor: &mut Visitor) {
        let mut seen = 0;
        let (mut sessions, mut known, mut remembered) = (Vec::new(), Vec::new(), Vec::new());
        for header in headers.get_all(header::COOKIE) {
            seen += header.len();
            if seen > MAX_COOKIES {
                break;
            }
            // Another's cookie beside ours may hold any bytes; it is passed over and ours are read.
            let pairs = header.as_bytes().split(|byte| *byte == b';').filter_map(|pair| std::str::from_utf8(pair).ok());
            for (name, value) in pairs.filter_map(|pair| pair.trim().split_once('=')) {
                if value.is_empty() || value.len() > MAX_VALUE {
                    continue;
                }
                if name == self.session {
                    sessions.push(value.to_owned());
                } else if name == self.known {
                    known.push(value.to_owned());
                } else if name == self.remembered {
                    remembered.push(value.to_owned());
                } else if let Some(id) = id_after(name, &self.attempt) {
                    visitor.attempts.push((id, value.to_owned()));
                } else if let Some(id) = id_after(name, &self.step) {
                    visitor.steps.push((id, value.to_owned()));
                }
            }
        }
        visitor.session = if sessions.len() == 1 { sessions.pop() } else { None };
        visitor.known = if known.len() == 1 { known.pop() } else { None };
        visitor.remembered = if remembered.len() == 1 { remembered.pop() } else { None };
        keep_single(&mut visitor.attempts);
        keep_single(&mut visitor.steps);
    }

    /// Writes the changes as `Set-Cookie` headers.
    pub fn write(&self, changes: &[CookieChange], headers: &mut HeaderMap) {
        let kept = changes.iter().find_map(|change| match change {
            CookieChange::KeepSession(life) => Some(format!("; Max-Age={}", life.as_secs())),
            _ => None,
        });
        for change in changes {
            match change {
                CookieChange::SetAttempt(id, value, life) => {
                    let (attributes, life) = (self.attempt_attributes, life.as_secs());
                    append(headers, format!("{}{id}={value}{attributes}; Max-Age={life}", self.attempt));
                }
                CookieChange::ClearAttempt(id) => {
                    append(headers, format!("{}{id}={}; Max-Age=0", self.attempt, self.attempt_attributes));
                }
                CookieChange::ClearStep(id) => {
                    append(headers, format!("{}{id}={}; Max-Age=0", self.step, self.attributes));
                }
                CookieChange::SetStep(id, handle) => {
                    let life = ATTEMPT_LIFE.as_secs();
                    append(headers, format!("{}{id}={handle}{}; Max-Age={life}", self.step, self.attributes));
                }
                CookieChange::SetSession(handle) => {
                    let kept = kept.as_deref().unwrap_or_default();
                    append(headers, format!("{}={handle}{}{kept}", self.session, self.attributes));
                }
                CookieChange::KeepSession(_) => {}
                CookieChange::ClearSession => {
                    append(headers, format!("{}={}; Max-Age=0", self.session, self.attributes));
                }
                CookieChange::SetKnown(value) => {
                    append(headers, format!("{}={value}{}; Max-Age={KNOWN_LIFE}", self.known, self.attributes));
                }
                CookieChange::SetRemembered(value) => {
                    let life = REMEMBERED_LIFE.as_secs();
                    append(headers, format!("{}={value}{}; Max-Age={life}", self.remembered, self.attributes));
                }
                CookieChange::ClearRemembered => {
                    append(headers, format!("{}={}; Max-Age=0", self.remembered, self.attributes));
                }
            }
        }
    }
}

fn id_after(name: &str, prefix: &str) -> Option<AttemptId> {
    AttemptId::parse(name.strip_prefix(prefix)?).ok()
}

/// Sorts by id, which is by time, and drops every id that stands more than once.
fn keep_single(pairs: &mut Vec<(AttemptId, String)>) {
    pairs.sort_by_key(|(id, _)| *id);
    let ids: Vec<AttemptId> = pairs.iter().map(|(id, _)| *id).collect();
    pairs.retain(|(id, _)| ids.iter().filter(|known| *known == id).count() == 1);
}

fn append(headers: &mut HeaderMap, text: String) {
    // Values are of our own making: base64url, UUIDs and constants.
    if let Ok(value) = HeaderValue::try_from(text) {
        headers.append(header::SET_COOKIE, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";
    const OLDER: &str = "01890a5d-ac95-774b-bcce-b302099a8057";

    fn read(public_url: &str, cookies: &[&str]) -> Visitor {
        let mut headers = HeaderMap::new();
        for cookie in cookies {
            headers.append(header::COOKIE, HeaderValue::from_str(cookie).unwrap());
        }
        let mut visitor = Visitor::default();
        CookieNames::of(&PublicUrl::parse(public_url).unwrap()).read(&headers, &mut visitor);
        visitor
    }

    #[test]
    fn cookies_of_ours_are_read_oldest_first() {
        let visitor = read(
            "https://gate.example.com",
            &[
                &format!("x=1; __Host-entente_session=s; __Host-entente_attempt_{ID}=b"),
                &format!("__Host-entente_attempt_{OLDER}=a"),
            ],
        );
        assert_eq!(visitor.session.as_deref(), Some("s"));
        let values: Vec<_> = visitor.attempts.iter().map(|(_, value)| value.as_str()).collect();
        assert_eq!(values, ["a", "b"]);
    }

    #[test]
    fn a_cookie_that_stands_twice_counts_as_absent() {
        let visitor = read("https://gate.example.com", &["__Host-entente_session=s; __Host-entente_session=t"]);
        assert_eq!(visitor.session, None);
        let twice = format!("__Host-entente_attempt_{ID}=a; __Host-entente_attempt_{ID}=b");
        assert!(read("https://gate.example.com", &[&twice]).attempts.is_empty());
    }

    #[test]
    fn foreign_bytes_beside_ours_hide_nothing() {
        let mut headers = HeaderMap::new();
        let cookie = HeaderValue::from_bytes(b"a=\xff; __Host-entente_session=s; b=\xc3\xa9").unwrap();
        headers.append(header::COOKIE, cookie);
        let mut visitor = Visitor::default();
        CookieNames::of(&PublicUrl::parse("https://gate.example.com").unwrap()).read(&headers, &mut visitor);
        assert_eq!(visitor.session.as_deref(), Some("s"));
    }

    #[test]
    fn cookies_of_another_port_or_without_prefix_are_not_ours() {
        assert_eq!(read("http://localhost:8080", &["entente_8081_session=s"]).session, None);
        assert_eq!(read("http://localhost:8080", &["entente_8080_session=s"]).session.as_deref(), Some("s"));
        assert_eq!(read("https://gate.example.com", &["entente_session=s"]).session, None);
    }

    #[test]
    fn a_session_is_kept_over_the_end_of_the_browser_only_where_that_is_said() {
        let names = CookieNames::of(&PublicUrl::parse("https://gate.example.com").unwrap());
        let set = |changes: &[CookieChange]| {
            let mut headers = HeaderMap::new();
            names.write(changes, &mut headers);
            headers.get(header::SET_COOKIE).map(|value| value.to_str().unwrap().to_owned())
        };
        let session = CookieChange::SetSession("h".to_owned());
        let keep = CookieChange::KeepSession(std::time::Duration::from_secs(86_400));
        let plain = "__Host-entente_session=h; Path=/; HttpOnly; SameSite=Lax; Secure";
        assert_eq!(set(std::slice::from_ref(&session)).as_deref(), Some(plain));
        let kept = format!("{plain}; Max-Age=86400");
        assert_eq!(set(&[session.clone(), keep.clone()]), Some(kept.clone()));
        assert_eq!(set(&[keep.clone(), session]), Some(kept));
        assert_eq!(set(&[keep]), None);
    }

    #[test]
    fn attributes_are_those_of_the_contract() {
        let id = AttemptId::parse(ID).unwrap();
        let set = |url: &str| {
            let mut headers = HeaderMap::new();
            let changes = [
                CookieChange::SetAttempt(id, "v".to_owned(), ATTEMPT_LIFE),
                CookieChange::SetSession("h".to_owned()),
                CookieChange::ClearSession,
            ];
            CookieNames::of(&PublicUrl::parse(url).unwrap()).write(&changes, &mut headers);
            headers
                .get_all(header::SET_COOKIE)
                .iter()
                .map(|value| value.to_str().unwrap().to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(
            set("https://gate.example.com"),
            [
                format!("__Host-entente_attempt_{ID}=v; Path=/; HttpOnly; SameSite=None; Secure; Max-Age=900"),
                "__Host-entente_session=h; Path=/; HttpOnly; SameSite=Lax; Secure".to_owned(),
                "__Host-entente_session=; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=0".to_owned(),
            ]
        );
        assert_eq!(set("http://localhost:8080")[1], "entente_8080_session=h; Path=/; HttpOnly; SameSite=Lax");
    }
}
