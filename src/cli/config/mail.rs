//! `[mail]`: the outbox or a server, who mail comes from, and how it is written.

use std::path::PathBuf;

use super::shapes::DEFAULT_OUTBOX;
use crate::domain::organization::Organization;
use crate::objects::secrets::{MAX_SECRET_FILE, secret};
use crate::objects::table::Table;
use crate::objects::texts;
use crate::outbound::mail::Address;
use crate::outbound::mail::smtp::{Login, Security, Server, check_authorities};
use crate::texts::catalogue::Catalogue;
use crate::texts::invitation::{Part, TemplateFault, Templates, invitation, samples};
use crate::texts::language::Language;

/// How mail is sent.
#[derive(Debug, Clone)]
pub struct Mail {
    /// Who it comes from.
    pub from: Address,
    /// Which way it goes.
    pub way: MailWay,
    /// The language for those of whom none is known that is spoken here.
    pub language: Language,
    /// What an invitation looks like.
    pub templates: Templates,
}

/// Which way mail goes.
#[derive(Debug, Clone)]
pub enum MailWay {
    /// Into this folder.
    Outbox(PathBuf),
    /// To a server.
    Smtp {
        /// The server.
        server: Server,
        /// How we log in there.
        login: Option<Login>,
        /// Authorities in PEM that are trusted beside those of the machine.
        authorities: Option<Vec<u8>>,
    },
}

/// The keys that say something of a server only.
const SERVER_KEYS: [&str; 3] = ["username", "password", "ca"];

/// Reads the section; `organization` gives the sender of an outbox that names none.
pub(super) fn read(root: &Table<'_>, organization: Option<&Organization>) -> Option<Mail> {
    let outbox = |path: &str| MailWay::Outbox(root.reader().folder.join(path));
    let Some(table) = root.table("mail") else {
        return Some(Mail {
            from: no_reply(organization?)?,
            way: outbox(DEFAULT_OUTBOX),
            language: Language::FALLBACK,
            templates: Templates::default(),
        });
    };
    let from = table.parsed("from", Address::parse);
    let language = language(&table);
    let templates = templates(&table);
    if table.node("smtp").is_some() {
        if table.node("outbox").is_some() {
            table.fault("outbox", "`outbox` and `smtp` do not go together: leave one out");
        }
        if table.node("from").is_none() {
            table.reader().fault(table.origin(), "`[mail]` with `smtp` needs the key `from`");
        }
        let way = server(&table);
        return Some(Mail { from: from?, way: way?, language: language?, templates: templates? });
    }
    for name in SERVER_KEYS.into_iter().filter(|name| table.node(name).is_some()) {
        table.fault(name, format!("`{name}` goes with `smtp` only"));
    }
    let way = match table.node("outbox") {
        Some(_) => table.parsed("outbox", texts::identifier).map(|path| outbox(&path)),
        None => Some(outbox(DEFAULT_OUTBOX)),
    };
    let from = match table.node("from") {
        Some(_) => from,
        None => organization.and_then(no_reply),
    };
    Some(Mail { from: from?, way: way?, language: language?, templates: templates? })
}

fn language(table: &Table<'_>) -> Option<Language> {
    match table.text("language") {
        None => Some(Language::FALLBACK),
        // The shape tells of any other word.
        Some(tag) => Language::ALL.into_iter().find(|language| language.tag() == tag),
    }
}

/// The templates, the built-in ones where none are named. Each is tried with samples in every language.
fn templates(table: &Table<'_>) -> Option<Templates> {
    let mut templates = Templates::default();
    let mut are_whole = true;
    for part in [Part::Text, Part::Html] {
        if table.node(part.key()).is_none() {
            continue;
        }
        match template(table, part, &templates) {
            Some(with) => templates = with,
            None => are_whole = false,
        }
    }
    are_whole.then_some(templates)
}

fn template(table: &Table<'_>, part: Part, templates: &Templates) -> Option<Templates> {
    let key = part.key();
    let path = table.parsed(key, texts::identifier).map(|path| table.reader().folder.join(path))?;
    let shown = path.display();
    let read = match table.reader().sources.read(&path) {
        Ok(bytes) => String::from_utf8(bytes).map_err(|_| "is not UTF-8".to_owned()),
        Err(error) => Err(format!("cannot be read: {error}")),
    };
    let tried = read.and_then(|source| {
        let with = templates.clone().with(part, source).map_err(|fault| fault.to_string())?;
        try_out(&with).map_err(|fault| fault.to_string())?;
        Ok(with)
    });
    tried.map_err(|fault| table.fault(key, format!("`{key}`: `{shown}` {fault}"))).ok()
}

fn try_out(templates: &Templates) -> Result<(), TemplateFault> {
    // The built-in catalogue is held by tests.
    let Ok(catalogue) = Catalogue::new() else { return Ok(()) };
    for language in Language::ALL {
        for (_, said) in samples() {
            invitation(&catalogue, templates, language, &said)?;
        }
    }
    Ok(())
}

fn no_reply(organization: &Organization) -> Option<Address> {
    // A domain that makes the address too long needs a `from` of its own.
    Address::parse(&format!("no-reply@{}", organization.domain)).ok()
}

fn server(table: &Table<'_>) -> Option<MailWay> {
    let server = table.parsed("smtp", Server::parse);
    let login = login(table);
    let authorities = table.node("ca").map(|_| authorities(table));
    if server.as_ref().is_some_and(|server| server.security == Security::ThisMachine) && authorities.is_some() {
        table.fault("ca", "`ca` says nothing where `smtp` is this machine in the clear; use `smtps`");
    }
    Some(MailWay::Smtp {
        server: server?,
        login: login?,
        authorities: authorities.map_or(Some(None), |pem| pem.map(Some))?,
    })
}

/// The login; `Some(None)` where there is none, `None` where it has a fault.
fn login(table: &Table<'_>) -> Option<Option<Login>> {
    let username = table.parsed("username", texts::identifier);
    let password = secret(table, "password");
    match (table.node("username").is_some(), table.node("password").is_some()) {
        (false, false) => Some(None),
        (true, true) => {
            // A NUL would end a field of SASL PLAIN (RFC 4616 2).
            if password.as_ref().is_some_and(|password| password.expose().chars().any(char::is_control)) {
                table.fault("password", "`password` must be one line without control characters");
                return None;
            }
            Some(Some(Login { username: username?, password: password? }))
        }
        (true, false) => {
            table.fault("username", "`username` needs `password` beside it");
            None
        }
        (false, true) => {
            table.fault("password", "`password` needs `username` beside it");
            None
        }
    }
}

fn authorities(table: &Table<'_>) -> Option<Vec<u8>> {
    let path = table.parsed("ca", texts::identifier).map(|path| table.reader().folder.join(path))?;
    let shown = path.display();
    let pem = match table.reader().sources.read(&path) {
        Ok(pem) if pem.len() <= MAX_SECRET_FILE => pem,
        Ok(_) => {
            table.fault("ca", format!("`ca`: `{shown}` is longer than {MAX_SECRET_FILE} bytes"));
            return None;
        }
        Err(error) => {
            table.fault("ca", format!("`ca`: cannot read `{shown}`: {error}"));
            return None;
        }
    };
    match check_authorities(&pem) {
        Ok(()) => Some(pem),
        Err(error) => {
            table.fault("ca", format!("`ca`: `{shown}` {error}"));
            None
        }
    }
}
