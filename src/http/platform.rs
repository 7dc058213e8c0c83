//! What the device runs, as far as its browser says: unverified, since anybody can send anything. A
//! request that names no platform of ours, or two, has none.

use axum::http::{HeaderMap, header};

use crate::domain::policy::words::Platform;

/// The platform by `Sec-CH-UA-Platform` where that is sent, else by `User-Agent`.
///
/// A browser of iPadOS that asks for desktop pages, as Safari does by default, calls itself a
/// Macintosh; nothing in the request tells it from one.
///
/// # Source
/// User-Agent Client Hints 3.8 and 4.2; RFC 9110 10.1.5.
#[must_use]
pub fn platform(headers: &HeaderMap) -> Option<Platform> {
    if headers.contains_key("sec-ch-ua-platform") {
        return by_hint(only(headers, "sec-ch-ua-platform")?);
    }
    by_user_agent(only(headers, header::USER_AGENT.as_str())?)
}

/// The value of a header that stands there once.
fn only<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?;
    if values.next().is_some() { None } else { value.to_str().ok() }
}

/// By the hint, a string of RFC 8941 3.3.3. `"Chrome OS"` and `"Unknown"` are no platforms of ours.
fn by_hint(value: &str) -> Option<Platform> {
    match value.trim() {
        "\"Android\"" => Some(Platform::Android),
        "\"iOS\"" => Some(Platform::Ios),
        "\"Windows\"" => Some(Platform::Windows),
        "\"macOS\"" => Some(Platform::Macos),
        "\"Linux\"" => Some(Platform::Linux),
        _ => None,
    }
}

/// By the first comment of the user agent, where browsers say what they run on. What comes later, or
/// stands there without a comment, is about something else.
fn by_user_agent(text: &str) -> Option<Platform> {
    let (_, comment) = text.split_once('(')?;
    let (comment, _) = comment.split_once(')')?;
    let says = |word: &str| comment.contains(word);
    // Its strings name Android and the iPhone too, to be served their pages.
    if says("Windows Phone") {
        return None;
    }
    // Android before Linux, and the small Apples before "like Mac OS X", which their strings have.
    [
        ("iPhone", Platform::Ios),
        ("iPad", Platform::Ios),
        ("iPod", Platform::Ios),
        ("Android", Platform::Android),
        ("Windows", Platform::Windows),
        ("Macintosh", Platform::Macos),
        ("Linux", Platform::Linux),
    ]
    .into_iter()
    .find_map(|(word, platform)| says(word).then_some(platform))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn check(pairs: &[(&'static str, &'static str)], expected: Option<Platform>) {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, HeaderValue::from_static(value));
        }
        assert_eq!(platform(&headers), expected, "{pairs:?}");
    }

    /// Strings as browsers send them.
    #[rustfmt::skip]
    const AGENTS: &[(&str, Option<Platform>)] = &[
        // Chrome.
        ("Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36", Some(Platform::Android)),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/131.0.6778.73 Mobile/15E148 Safari/604.1", Some(Platform::Ios)),
        ("Mozilla/5.0 (iPad; CPU OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/131.0.6778.73 Mobile/15E148 Safari/604.1", Some(Platform::Ios)),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36", Some(Platform::Windows)),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36", Some(Platform::Macos)),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36", Some(Platform::Linux)),
        ("Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36", None),
        ("Mozilla/5.0 (Linux; Android 14; Pixel 8 Build/UD1A.230803.041; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/131.0.6778.39 Mobile Safari/537.36", Some(Platform::Android)),
        // Firefox.
        ("Mozilla/5.0 (Android 15; Mobile; rv:132.0) Gecko/132.0 Firefox/132.0", Some(Platform::Android)),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) FxiOS/132.0 Mobile/15E148 Safari/605.1.15", Some(Platform::Ios)),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:132.0) Gecko/20100101 Firefox/132.0", Some(Platform::Windows)),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:132.0) Gecko/20100101 Firefox/132.0", Some(Platform::Macos)),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0", Some(Platform::Linux)),
        ("Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0", Some(Platform::Linux)),
        ("Mozilla/5.0 (X11; FreeBSD amd64; rv:132.0) Gecko/20100101 Firefox/132.0", None),
        // Safari; an iPad that asks for desktop pages is a Macintosh to everybody.
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1", Some(Platform::Ios)),
        ("Mozilla/5.0 (iPad; CPU OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1", Some(Platform::Ios)),
        ("Mozilla/5.0 (iPod touch; CPU iPhone OS 15_8 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/15.6 Mobile/15E148 Safari/604.1", Some(Platform::Ios)),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15", Some(Platform::Macos)),
        // Edge.
        ("Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36 EdgA/131.0.0.0", Some(Platform::Android)),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 EdgiOS/131.0.2903.48 Mobile/15E148 Safari/605.1.15", Some(Platform::Ios)),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0", Some(Platform::Windows)),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0", Some(Platform::Macos)),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0", Some(Platform::Linux)),
        // Older ones.
        ("Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko", Some(Platform::Windows)),
        ("Mozilla/5.0 (Windows Phone 10.0; Android 6.0.1; Microsoft; Lumia 950) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/52.0.2743.116 Mobile Safari/537.36 Edge/15.15063", None),
        ("Mozilla/5.0 (Mobile; Windows Phone 8.1; Android 4.0; ARM; Trident/7.0; Touch; rv:11.0; IEMobile/11.0) like iPhone OS 7_0_3 Mac OS X AppleWebKit/537 (KHTML, like Gecko) Mobile Safari/537", None),
        // No browsers.
        ("curl/8.11.0", None),
        ("python-requests/2.32.3", None),
        ("Payroll/1.4 CFNetwork/1568.200.51 Darwin/24.1.0", None),
        ("", None),
        ("Windows", None),
        ("curl/8.11.0 Windows (x)", None),
        ("Mozilla/5.0 (Windows NT 10.0", None),
        ("Mozilla/5.0 () (Windows NT 10.0)", None),
        ("Mozilla/5.0 (windows nt 10.0)", None),
    ];

    #[test]
    fn a_user_agent_names_the_platform() {
        for (agent, expected) in AGENTS {
            check(&[("user-agent", agent)], *expected);
        }
    }

    #[test]
    fn a_hint_is_believed_before_the_user_agent() {
        let windows = ("user-agent", AGENTS[3].0);
        for (hint, expected) in [
            ("\"Android\"", Some(Platform::Android)),
            ("\"iOS\"", Some(Platform::Ios)),
            ("\"Windows\"", Some(Platform::Windows)),
            ("\"macOS\"", Some(Platform::Macos)),
            (" \"Linux\" ", Some(Platform::Linux)),
            ("\"Chrome OS\"", None),
            ("\"Chromium OS\"", None),
            ("\"Unknown\"", None),
            ("\"windows\"", None),
            ("Windows", None),
            ("\"\"", None),
            ("", None),
        ] {
            check(&[("sec-ch-ua-platform", hint), windows], expected);
            check(&[("sec-ch-ua-platform", hint)], expected);
        }
    }

    #[test]
    fn what_is_said_twice_is_not_known() {
        let (windows, linux) = (AGENTS[3].0, AGENTS[5].0);
        check(&[("user-agent", windows), ("user-agent", linux)], None);
        check(&[("user-agent", windows), ("user-agent", windows)], None);
        check(&[("sec-ch-ua-platform", "\"Windows\""), ("sec-ch-ua-platform", "\"Linux\"")], None);
        check(&[("sec-ch-ua-platform", "\"Windows\", \"Linux\"")], None);
        check(&[], None);
    }

    #[test]
    fn what_is_no_text_is_not_known() {
        let mut headers = HeaderMap::new();
        headers.insert("user-agent", HeaderValue::from_bytes(b"Mozilla/5.0 (Windows NT 10.0; \xff)").unwrap());
        assert_eq!(platform(&headers), None);
    }
}
