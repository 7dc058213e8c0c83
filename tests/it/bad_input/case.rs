//! A case of the matrix: what is sent for one parameter, and what must come back.

use entente::base::params::encode;

use super::edge::{Call, Heard};

/// What is wrong with the parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// It does not stand.
    Absent,
    /// It stands without a value.
    Empty,
    /// It stands twice.
    Doubled,
    /// It is one byte longer than allowed.
    OverLong,
    /// It is of another type, or none of the values that are known.
    WrongType,
    /// It has control characters.
    Control,
    /// It has a NUL.
    Nul,
    /// A percent sign is not followed by two hex digits.
    BadPercent,
    /// Its octets are not UTF-8.
    NotUtf8,
}

impl Kind {
    /// Every kind; each parameter must have a case of each.
    pub const ALL: [Self; 9] = [
        Self::Absent,
        Self::Empty,
        Self::Doubled,
        Self::OverLong,
        Self::WrongType,
        Self::Control,
        Self::Nul,
        Self::BadPercent,
        Self::NotUtf8,
    ];
}

/// What must come back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expect {
    /// The browser is sent to the partner.
    Partner,
    /// The browser is sent to exactly this address.
    To(String),
    /// The app is told at its redirect URI, with the `state` where it can be read.
    App {
        /// The OAuth error.
        error: &'static str,
        /// Its description.
        description: String,
        /// The `state` that is echoed.
        state: Option<&'static str>,
        /// The logged cause.
        cause: String,
    },
    /// The visitor is told on a page.
    Refused {
        /// HTTP status.
        status: u16,
        /// The public code.
        code: &'static str,
        /// The logged cause.
        cause: String,
    },
    /// The app is told in JSON.
    Json {
        /// HTTP status.
        status: u16,
        /// The OAuth error.
        error: &'static str,
        /// Its description, where it has one.
        description: Option<String>,
        /// The logged cause.
        cause: String,
    },
    /// A page of ours that has this text in it.
    Shown(&'static str),
    /// Something of ours was made that has this text in it.
    Accepted(&'static str),
    /// A document with this media type and these words on caching.
    Document(&'static str, &'static str),
}

/// The redirect URI and issuer that [`Expect::App`] is about.
pub struct Told<'a> {
    /// The app's redirect URI.
    pub redirect_uri: &'a str,
    /// Our issuer.
    pub issuer: &'a str,
    /// The partner's address for requests.
    pub partner: &'a str,
}

impl Expect {
    /// Compares with what came.
    ///
    /// # Errors
    /// Both, where they differ.
    pub fn check(&self, heard: &Heard, told: &Told<'_>) -> Result<(), String> {
        let page = &heard.page;
        let location = page.headers.get("location").map(|value| value.to_str().unwrap_or("?").to_owned());
        let cause = heard.causes.join(",");
        let (expected, found) = match self {
            Self::Partner => {
                let start = location.as_deref().and_then(|url| url.split('?').next()).unwrap_or_default();
                (format!("303 {} ", told.partner), format!("{} {start} {cause}", page.status))
            }
            Self::To(url) => {
                (format!("303 {url} "), format!("{} {} {cause}", page.status, location.unwrap_or_default()))
            }
            Self::App { error, description, state, cause: expected } => {
                let state = state.map(|state| format!("&state={state}")).unwrap_or_default();
                let description = encode(description);
                let url = format!(
                    "{}?error={error}&error_description={description}{state}&iss={}",
                    told.redirect_uri,
                    encode(told.issuer)
                );
                (format!("303 {url} {expected}"), format!("{} {} {cause}", page.status, location.unwrap_or_default()))
            }
            Self::Refused { status, code, cause: expected } => {
                let found = page.refusal_code().unwrap_or("-");
                (format!("{status} {code} {expected}"), format!("{} {found} {cause}", page.status))
            }
            Self::Json { status, error, description, cause: expected } => {
                let body: serde_json::Value = serde_json::from_str(&page.body).unwrap_or_default();
                let expected_description = description.as_deref();
                (
                    format!("{status} {:?} {expected_description:?} {expected}", Some(error)),
                    format!(
                        "{} {:?} {:?} {cause}",
                        page.status,
                        body["error"].as_str(),
                        body["error_description"].as_str()
                    ),
                )
            }
            Self::Shown(mark) => {
                let found = if page.body.contains(mark) { mark } else { page.body.as_str() };
                (format!("200 {mark} "), format!("{} {found} {cause}", page.status))
            }
            Self::Accepted(mark) => {
                let found = if page.body.contains(mark) { mark } else { page.body.as_str() };
                (format!("201 {mark} "), format!("{} {found} {cause}", page.status))
            }
            Self::Document(kind, kept) => {
                let header = |name| super::invariants::text(&page.headers, name);
                (
                    format!("200 {kind} {kept} "),
                    format!("{} {} {} {cause}", page.status, header("content-type"), header("cache-control")),
                )
            }
        };
        if expected == found { Ok(()) } else { Err(format!("expected {expected}\n     found {found}")) }
    }
}

/// One case.
#[derive(Debug, Clone)]
pub struct Case {
    /// What is wrong.
    pub kind: Kind,
    /// The values as they stand in the query or form, encoded; none for an absent parameter.
    pub raw: Vec<String>,
    /// What must come back.
    pub expect: Expect,
}

/// All cases of a parameter.
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// Its cases.
    pub cases: Vec<Case>,
    /// Other parameters that stand otherwise than in the good request; `None` takes one away.
    pub with: Vec<(&'static str, Option<String>)>,
}

/// What a common fault of a parameter comes to.
pub struct Faults {
    /// Absent or empty.
    pub absent: Expect,
    /// Standing twice.
    pub doubled: Expect,
    /// One byte too long.
    pub too_long: Expect,
    /// Control characters or NUL.
    pub malformed: Expect,
    /// Anything that makes all parameters unreadable.
    pub unreadable: Expect,
}

impl Parameter {
    /// The cases that every parameter has. `good` is a value that is accepted, `limit` the most bytes.
    pub fn new(name: &'static str, good: &str, limit: usize, faults: Faults) -> Self {
        let good = encode(good);
        let once = |kind, raw: &str, expect: &Expect| Case { kind, raw: vec![raw.to_owned()], expect: expect.clone() };
        let mut cases = vec![
            Case { kind: Kind::Absent, raw: Vec::new(), expect: faults.absent.clone() },
            once(Kind::Empty, "", &faults.absent),
            Case { kind: Kind::Doubled, raw: vec![good.clone(), good.clone()], expect: faults.doubled.clone() },
            Case { kind: Kind::Doubled, raw: vec![good.clone(), "other".to_owned()], expect: faults.doubled.clone() },
            Case { kind: Kind::Doubled, raw: vec![String::new(), good.clone()], expect: faults.doubled.clone() },
            once(Kind::OverLong, &"a".repeat(limit + 1), &faults.too_long),
            once(Kind::Control, &format!("{good}%0d%0aX:1"), &faults.malformed),
            once(Kind::Control, "%09", &faults.malformed),
            once(Kind::Control, "%7f", &faults.malformed),
            once(Kind::Nul, &format!("{good}%00"), &faults.malformed),
            once(Kind::Nul, "%00", &faults.malformed),
        ];
        for raw in ["%", "%f", "%zz", "%%41", "%u0041"] {
            cases.push(once(Kind::BadPercent, &format!("{good}{raw}"), &faults.unreadable));
        }
        for raw in ["%ff", "%c0%af", "%ed%a0%80", "%f4%90%80%80", "%e2%82"] {
            cases.push(once(Kind::NotUtf8, &format!("{good}{raw}"), &faults.unreadable));
        }
        Self { name, cases, with: Vec::new() }
    }

    /// With values of a wrong type.
    pub fn wrong(mut self, values: &[&str], expect: &Expect) -> Self {
        let values = values.iter().map(|value| encode(value));
        self.cases.extend(values.map(|raw| Case { kind: Kind::WrongType, raw: vec![raw], expect: expect.clone() }));
        self
    }

    /// With another parameter standing otherwise.
    pub fn with(mut self, name: &'static str, value: Option<&str>) -> Self {
        self.with.push((name, value.map(str::to_owned)));
        self
    }

    /// With another outcome for all cases of a kind.
    pub fn but(mut self, kind: Kind, expect: &Expect) -> Self {
        for case in self.cases.iter_mut().filter(|case| case.kind == kind) {
            case.expect = expect.clone();
        }
        self
    }

    /// With another outcome where this value, as it stands, comes after the good one.
    pub fn but_with_second(mut self, second: &str, expect: &Expect) -> Self {
        for case in self.cases.iter_mut().filter(|case| case.raw.len() == 2 && case.raw[1] == second) {
            case.expect = expect.clone();
        }
        self
    }

    /// With another outcome for one value as it stands, encoded.
    pub fn but_for(mut self, raw: &str, expect: &Expect) -> Self {
        for case in self.cases.iter_mut().filter(|case| case.raw == [raw]) {
            case.expect = expect.clone();
        }
        self
    }
}

/// One route with its good request and the cases of its parameters.
pub struct Face {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// The path as it stands in the route table.
    pub path: &'static str,
    /// The path that is asked.
    pub asked: String,
    /// The good request's parameters, not encoded.
    pub base: Vec<(&'static str, String)>,
    /// Headers of every request.
    pub headers: Vec<(&'static str, String)>,
    /// What the good request comes to.
    pub good: Expect,
    /// The parameters.
    pub parameters: Vec<Parameter>,
}

impl Face {
    /// A route whose path is asked as it stands.
    pub fn new(method: &'static str, path: &'static str, base: &[(&'static str, &str)], good: Expect) -> Self {
        let base = base.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        Self { method, path, asked: path.to_owned(), base, headers: Vec::new(), good, parameters: Vec::new() }
    }

    /// The good request.
    pub fn good_call(&self) -> Call {
        let pairs = self.base.iter().map(|(name, value)| format!("{name}={}", encode(value)));
        self.call(&pairs.collect::<Vec<_>>().join("&"))
    }

    /// The good request with one case of one parameter.
    pub fn bad_call(&self, parameter: &Parameter, case: &Case) -> Call {
        let changed = |name: &str| name == parameter.name || parameter.with.iter().any(|(other, _)| *other == name);
        let kept = self.base.iter().filter(|(name, _)| !changed(name));
        let mut pairs: Vec<String> = kept.map(|(name, value)| format!("{name}={}", encode(value))).collect();
        for (name, value) in &parameter.with {
            pairs.extend(value.as_ref().map(|value| format!("{name}={}", encode(value))));
        }
        pairs.extend(case.raw.iter().map(|raw| format!("{}={raw}", parameter.name)));
        self.call(&pairs.join("&"))
    }

    fn call(&self, params: &str) -> Call {
        let call = match self.method {
            "GET" if params.is_empty() => Call::new("GET", &self.asked),
            "GET" => Call::new("GET", &format!("{}?{params}", self.asked)),
            _ => Call::form(&self.asked, params),
        };
        self.headers.iter().fold(call, |call, (name, value)| call.header(name, value))
    }
}
