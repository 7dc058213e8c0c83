//! Every setting: name, type, default, meaning and effect on security, as data.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use crate::objects::shape::{Key, Kind, Presence, Shape};

/// Where connections are accepted where nothing is set.
pub const DEFAULT_LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080);
/// Requests a minute and address at the authorize endpoint where nothing is set: many people may sit
/// behind one address.
pub const DEFAULT_AUTHORIZE_LIMIT: u32 = 300;
/// The same at the assertion consumer service.
pub const DEFAULT_ACS_LIMIT: u32 = 300;
/// Answers to the page that asks for the organisation, a minute from one address, where nothing else is said.
pub const DEFAULT_ORGANIZATION_LIMIT: u32 = 60;
/// The same at the token endpoint, where all sign-ins of an app come from its server's address.
pub const DEFAULT_TOKEN_LIMIT: u32 = 6000;
/// The same at the userinfo endpoint, which the same servers ask.
pub const DEFAULT_USERINFO_LIMIT: u32 = 6000;
/// The same at the end-session endpoint.
pub const DEFAULT_END_SESSION_LIMIT: u32 = 300;
/// The same at the API, where all that one program does comes from its server's address.
pub const DEFAULT_API_LIMIT: u32 = 6000;
/// Connections of one address at once where nothing is set.
pub const DEFAULT_CONNECTIONS: u32 = 100;

/// Where mail lies where nothing is set.
pub const DEFAULT_OUTBOX: &str = "data/outbox";

/// The most that a limit can be.
const MAX_LIMIT: i64 = 1_000_000;

const fn required(name: &'static str, kind: Kind, doc: &'static str) -> Key {
    Key { name, kind, presence: Presence::Required, doc }
}

const fn optional(name: &'static str, kind: Kind, doc: &'static str) -> Key {
    Key { name, kind, presence: Presence::Optional, doc }
}

const fn default(name: &'static str, kind: Kind, text: &'static str, doc: &'static str) -> Key {
    Key { name, kind, presence: Presence::Default(text), doc }
}

/// The top level of `entente.toml`.
pub static CONFIG: Shape = Shape {
    name: "",
    doc: "Where the gateway is.",
    keys: &[
        required(
            "public_url",
            Kind::Text,
            "Where browsers and apps reach the gateway; also its OIDC issuer, exactly. `https://host` or \
             `https://host:port`, lower case, without path, query or trailing slash. http is accepted for a loopback \
             host only, and there cookies lose `Secure`. Pinned in the database at the first start: a change is \
             refused, since every app and partner knows it.",
        ),
        default(
            "listen",
            Kind::Text,
            "\"127.0.0.1:8080\"",
            "Address and port on which connections are accepted. Beyond loopback set `[tls]`, or have a proxy in front \
             of it that does TLS.",
        ),
        required("organization", Kind::Table(&ORGANIZATION), "Who runs the gateway."),
        required("database", Kind::Table(&DATABASE), "Where everything is kept."),
        required("secrets", Kind::Table(&SECRETS), "What everything secret is sealed with."),
        optional("tls", Kind::Table(&TLS), "TLS here; absent: plain HTTP, for a proxy in front of it."),
        optional("proxy", Kind::Table(&PROXY), "The proxy in front."),
        optional("metrics", Kind::Table(&METRICS), "Metrics and health with reasons, on an address of their own."),
        optional("mail", Kind::Table(&MAIL), "How mail is sent."),
        optional("log", Kind::Table(&LOG), "Logs, on standard error."),
        optional("limits", Kind::Table(&LIMITS), "How often one network address may ask."),
        optional("lifetimes", Kind::Table(&LIFETIMES), "How long things live."),
        optional("factors", Kind::Table(&FACTORS), "Which second factors there are here."),
        optional("domains", Kind::Table(&DOMAINS), "What shows that a mail domain is a partner's."),
        optional("countries", Kind::Table(&COUNTRIES), "Where network addresses are, for policies about countries."),
        optional("invitations", Kind::Table(&INVITATIONS), "What invitations need beside `[collaboration]`."),
    ],
};

/// `[organization]`.
pub static ORGANIZATION: Shape = Shape {
    name: "[organization]",
    doc: "The organisation that runs the gateway. `id` and `domain` are pinned in the database at the first start: a \
          change is refused.",
    keys: &[
        required("id", Kind::Text, "A UUID, `tid` in tokens."),
        required("name", Kind::Text, "The name on pages: 1 to 256 characters."),
        required("domain", Kind::Text, "The original default domain, with which `#EXT#` names end."),
    ],
};

/// `[database]`.
pub static DATABASE: Shape = Shape {
    name: "[database]",
    doc: "SQLite in a file beside the gateway, or PostgreSQL for several nodes.",
    keys: &[required(
        "url",
        Kind::Secret,
        "`sqlite://PATH`, the path from the folder of this file, or `postgres://USER:PASSWORD@HOST/DATABASE`. Who can \
         write there can sign in as anyone.",
    )],
};

/// `[secrets]`.
pub static SECRETS: Shape = Shape {
    name: "[secrets]",
    doc: "The root secrets. All keys that seal cookies and rows are derived from them.",
    keys: &[
        required(
            "key",
            Kind::Secret,
            "The current root secret, at least 32 bytes. A file that is absent is made, readable by its owner alone, \
             but only for an empty database; a database knows its key and refuses another. Back it up apart from the \
             database: with both, everything can be read.",
        ),
        default("previous", Kind::Secrets, "[]", "Earlier root secrets, which still open what they sealed."),
    ],
};

/// `[tls]`.
pub static TLS: Shape = Shape {
    name: "[tls]",
    doc: "TLS 1.2 and 1.3. SIGHUP reads both files again.",
    keys: &[
        required("certificate", Kind::Text, "The path of the certificate chain in PEM, the own certificate first."),
        required("key", Kind::Secret, "The private key in PEM."),
    ],
};

/// `[proxy]`.
pub static PROXY: Shape = Shape {
    name: "[proxy]",
    doc: "Which proxies are believed when they name the address of a visitor. The `Host` header never decides anything.",
    keys: &[default(
        "trusted",
        Kind::Texts,
        "[]",
        "Networks whose `X-Forwarded-For` is believed, such as `10.0.0.0/8`; one host is `127.0.0.1/32`. Too many, and \
         visitors escape the rate limits and forge the address in the audit; everyone (`/0`) is refused.",
    )],
};

/// `[metrics]`.
pub static METRICS: Shape = Shape {
    name: "[metrics]",
    doc: "`/metrics` for Prometheus and `/health` with reasons.",
    keys: &[optional(
        "listen",
        Kind::Text,
        "Address and port, other than the main one. Absent: no metrics. No one is asked to sign in there, so keep it \
         within your network.",
    )],
};

/// `[mail]`.
pub static MAIL: Shape = Shape {
    name: "[mail]",
    doc: "Codes go by mail, one message to one person. A code in a mail that somebody else can read is a code for \
          somebody else.",
    keys: &[
        default(
            "outbox",
            Kind::Text,
            "\"data/outbox\"",
            "A folder in which each message becomes one `.eml` file that its owner alone can read; another program may \
             send what lies there. Nothing removes it. Not beside `smtp`.",
        ),
        optional(
            "smtp",
            Kind::Text,
            "A server that takes the messages instead: `smtps://HOST:PORT` with TLS from the first byte, or \
             `smtp://HOST:PORT`, where TLS begins by `STARTTLS` and a server without it gets nothing; only this machine \
             (localhost, 127.0.0.0/8, ::1) is reached in the clear. Without a port it is 465 or 587. Certificates are \
             verified. Prefer `smtps`: what a network puts before `STARTTLS` is not protected.",
        ),
        optional(
            "username",
            Kind::Text,
            "The user name at the server, with `password`; without both there is no login.",
        ),
        optional("password", Kind::Secret, "The password at the server."),
        optional(
            "ca",
            Kind::Text,
            "The path of certificates in PEM, of authorities that are trusted for the server beside those of this \
             machine.",
        ),
        optional(
            "from",
            Kind::Text,
            "The address that mail comes from; answers and failures go there. Required with `smtp`; for the outbox it \
             is `no-reply@` and the domain of the organisation where nothing is set.",
        ),
        default(
            "language",
            Kind::Word(&["en", "fr", "nl", "de"]),
            "\"en\"",
            "The language of mail to people of whom no language is known that is spoken here.",
        ),
        optional(
            "invitation_text",
            Kind::Text,
            "The path of a template for the text of invitations, in the place of the built-in one, which `entente mail \
             preview --template text` prints. `entente check` tells what it names that is not there. It is read at the \
             start.",
        ),
        optional(
            "invitation_html",
            Kind::Text,
            "The same for the HTML of invitations, with `--template html`. What it writes is escaped.",
        ),
    ],
};

/// `[log]`.
pub static LOG: Shape = Shape {
    name: "[log]",
    doc: "Logs never hold tokens, assertions, mail addresses or secrets, at any level.",
    keys: &[
        default("format", Kind::Word(&["text", "json"]), "\"text\"", "`text` for people, `json` for programs."),
        default(
            "level",
            Kind::Word(&["error", "warn", "info", "debug", "trace"]),
            "\"info\"",
            "The least level that is written. Decisions are `info`.",
        ),
    ],
};

/// `[limits]`.
pub static LIMITS: Shape = Shape {
    name: "[limits]",
    doc: "Requests a minute from one network address; beyond it the answer is 429 and says when to come again. Lower limits slow guessing and \
          floods, and may hit many people who share one address.",
    keys: &[
        default("authorize", Kind::Integer(1, MAX_LIMIT), "300", "At the authorize endpoint, requests a minute."),
        default(
            "organization",
            Kind::Integer(1, MAX_LIMIT),
            "60",
            "Answers to the page that asks for the organisation, and to those of codes that sign in, a minute. Each of the \
             first tells whether a domain is known here.",
        ),
        default("acs", Kind::Integer(1, MAX_LIMIT), "300", "At the assertion consumer service, requests a minute."),
        default(
            "token",
            Kind::Integer(1, MAX_LIMIT),
            "6000",
            "At the token endpoint and where partners say that sessions have ended, requests a minute; all sign-ins of an \
             app come from its server's address.",
        ),
        default(
            "userinfo",
            Kind::Integer(1, MAX_LIMIT),
            "6000",
            "At the userinfo endpoint, requests a minute; they come from the apps' servers too.",
        ),
        default("end_session", Kind::Integer(1, MAX_LIMIT), "300", "At the end-session endpoint, requests a minute."),
        default(
            "api",
            Kind::Integer(1, MAX_LIMIT),
            "6000",
            "At the directory API, requests a minute; all that one program does comes from its server's address.",
        ),
        default(
            "connections",
            Kind::Integer(1, MAX_LIMIT),
            "100",
            "Connections at once; one more is closed. There are 800 for all. The address is that of the socket, and \
             networks of `[proxy] trusted` are not counted: a proxy that stands in no list there is held to it.",
        ),
    ],
};

/// `[lifetimes]`.
pub static LIFETIMES: Shape = Shape {
    name: "[lifetimes]",
    doc: "Shorter is safer: what was stolen ends sooner, and a person who left a partner is asked again sooner.",
    keys: &[
        default(
            "session_idle",
            Kind::Integer(60, 7 * 86_400),
            "28800",
            "A session that is not used, in seconds; not longer than `session_whole`.",
        ),
        default("session_whole", Kind::Integer(60, 30 * 86_400), "86400", "A session in whole, in seconds."),
        default("code", Kind::Integer(10, 600), "60", "An authorization code, in seconds."),
        default("token", Kind::Integer(60, 86_400), "3600", "An ID token and an access token, in seconds."),
    ],
};

/// `[domains]`.
pub static DOMAINS: Shape = Shape {
    name: "[domains]",
    doc: "What shows that a mail domain is a partner's. Whatever is asked, who applied it and when is recorded.",
    keys: &[
        default(
            "proof",
            Kind::Word(&["word", "dns_or_host"]),
            "\"word\"",
            "`word`: the object file is enough. `dns_or_host`: a domain leads nobody and proves no mail until the partner's \
             own host lies within it (the issuer of an OpenID provider; both the `metadata_url` and the single sign-on \
             service of a SAML partner, never metadata in a file), or `entente partner verify` has found the record in its DNS that \
             `entente partner domains` tells.",
        ),
        optional(
            "resolver",
            Kind::Text,
            "Address and port of the resolver that is asked; without it, the system's. Whoever answers there can prove \
             any domain.",
        ),
    ],
};

/// `[factors]`.
pub static FACTORS: Shape = Shape {
    name: "[factors]",
    doc: "Second factors that people enrol and show here. What is switched off cannot be enrolled any more, and what \
          is enrolled already is not accepted; a policy that nothing else meets then refuses.",
    keys: &[
        default("totp", Kind::Flag, "true", "Codes of authenticator apps (RFC 6238)."),
        default("passkeys", Kind::Flag, "true", "Passkeys; the only factor here that resists phishing."),
        default(
            "mailed_codes",
            Kind::Flag,
            "true",
            "Codes by mail, to people who have enrolled nothing better. They prove no more than that the mailbox can \
             be read.",
        ),
        default(
            "passkey_attestation",
            Kind::Texts,
            "[]",
            "The models of authenticators that are accepted as passkeys, each `AAGUID=PATH`: the model, and the root \
             certificate of its maker in PEM. Empty: any model, and nothing is asked about it.",
        ),
        default(
            "discoverable",
            Kind::Word(&["discouraged", "required"]),
            "\"discouraged\"",
            "`required`: passkeys are kept so that they are found without naming the account, which takes one of the \
             few places of a security key.",
        ),
    ],
};

/// `[invitations]`.
pub static INVITATIONS: Shape = Shape {
    name: "[invitations]",
    doc: "What invitations need beside the object `[collaboration]`.",
    keys: &[optional(
        "consumer_domains",
        Kind::Text,
        "The path of a list of mail domains at which everybody can have an address, one a line, `#` before a remark; \
         it takes the place of the list that comes with the program (`metadata/consumer-domains.txt`), and is read at \
         the start. It counts where `allow_consumer_domains = false`.",
    )],
};

/// `[countries]`.
pub static COUNTRIES: Shape = Shape {
    name: "[countries]",
    doc: "Where network addresses are. Without it every country is unknown: a policy that includes a country then \
          applies to everybody, and one that excludes it excludes nobody.",
    keys: &[required(
        "file",
        Kind::Text,
        "The path of a MaxMind DB file that names the countries of addresses, such as GeoLite2-Country or one of \
         another maker in that format. Read at the start, and again at SIGHUP; a file that cannot be read then leaves \
         the one before in use.",
    )],
};
