//! The demo's folder: the gateway's configuration and object files as an administrator would have
//! written them, to be read and played with.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::app::DemoApp;
use super::parties::{APPROVALS, WIKI};
use super::partner::DemoPartner;
use super::provider::DemoProvider;
use super::saml_app::DemoSamlApp;
use crate::base::encoding::hex;
use crate::base::random::Random;
use crate::base::secret::SecretText;

/// The configuration.
pub const CONFIG: &str = "entente.toml";
/// The object files, in the order in which they are applied.
pub const OBJECT_FILES: [&str; 4] = ["partners.toml", "apps.toml", "policies.toml", "saml_apps.toml"];
/// Where the gateway's mails lie.
pub const OUTBOX: &str = "outbox";

/// Ana's authenticator app, for a script that uses a folder again.
const PHONE: &str = "ana.phone";
const METADATA: &str = "fabrikam.xml";
/// The slugs of those that speak OpenID Connect: the partner and the home organisation.
const WOODGROVE: &str = "woodgrove";
const CONTOSO: &str = "contoso";
const APP_METADATA: &str = "wiki.xml";

/// Whether the folder stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stay {
    Kept,
    RemovedAtEnd,
}

/// A folder; a temporary one is removed when this is dropped.
#[derive(Debug)]
pub struct DemoFolder {
    path: PathBuf,
    stay: Stay,
}

impl DemoFolder {
    /// The folder that was asked for, made where it is missing.
    ///
    /// # Errors
    /// Where it cannot be made.
    pub fn at(path: &Path) -> anyhow::Result<Self> {
        make(path)?;
        Ok(Self { path: path.to_owned(), stay: Stay::Kept })
    }

    /// A fresh folder among the temporary ones, readable by this user alone.
    ///
    /// # Errors
    /// Where it cannot be made.
    pub fn temporary(random: &dyn Random) -> anyhow::Result<Self> {
        let mut name = [0; 8];
        random.fill(&mut name);
        let path = std::env::temp_dir().join(format!("entente-demo-{}", hex(&name)));
        make(&path)?;
        Ok(Self { path, stay: Stay::RemovedAtEnd })
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The configuration file.
    #[must_use]
    pub fn config(&self) -> PathBuf {
        self.path.join(CONFIG)
    }

    /// The object files.
    #[must_use]
    pub fn object_files(&self) -> Vec<PathBuf> {
        OBJECT_FILES.iter().map(|name| self.path.join(name)).collect()
    }

    /// Writes all files.
    ///
    /// # Errors
    /// Where one cannot be written.
    pub fn write(
        &self,
        gateway: &Address<'_>,
        partner: &DemoPartner,
        providers: [&DemoProvider; 2],
        apps: &[Registered<'_>],
        wiki: &DemoSamlApp,
    ) -> anyhow::Result<()> {
        self.file(CONFIG, &config(gateway))?;
        self.file(METADATA, &partner.metadata()?)?;
        self.file(OBJECT_FILES[0], &partners_file(partner, providers))?;
        for (slug, provider) in [WOODGROVE, CONTOSO].into_iter().zip(providers) {
            self.file(&secret_file(slug), provider.config().client_secret.expose())?;
        }
        self.file(OBJECT_FILES[1], &apps_file(apps))?;
        self.file(OBJECT_FILES[2], &policies_file())?;
        self.file(APP_METADATA, &wiki.metadata()?)?;
        self.file(OBJECT_FILES[3], &saml_apps_file(wiki))?;
        for app in apps {
            if let Some(secret) = &app.app.config().client_secret {
                self.file(&secret_file(app.slug), secret.expose())?;
            }
        }
        Ok(())
    }

    /// What was kept of Ana's phone.
    ///
    /// # Errors
    /// Where it is there and cannot be read.
    pub fn phone(&self) -> anyhow::Result<Option<String>> {
        let path = self.path.join(PHONE);
        match fs::read_to_string(&path) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).with_context(|| format!("cannot read `{}`", path.display())),
        }
    }

    /// Keeps Ana's phone beside the database that knows it.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn keep_phone(&self, text: &SecretText) -> anyhow::Result<()> {
        self.file(PHONE, text.expose())
    }

    fn file(&self, name: &str, text: &str) -> anyhow::Result<()> {
        let path = self.path.join(name);
        let mut options = fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let written = options.open(&path).and_then(|mut file| file.write_all(text.as_bytes()));
        written.with_context(|| format!("cannot write `{}`", path.display()))
    }
}

impl Drop for DemoFolder {
    fn drop(&mut self) {
        if self.stay == Stay::RemovedAtEnd {
            // What cannot be removed is left to whoever empties the temporary folder.
            let _ = fs::remove_dir_all(&self.path);
        }
    }
}

fn make(path: &Path) -> anyhow::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).with_context(|| format!("cannot make the folder `{}`", path.display()))
}

/// Where the gateway is.
#[derive(Debug, Clone, Copy)]
pub struct Address<'a> {
    /// For browsers.
    pub public_url: &'a str,
    /// For the listener.
    pub listen: std::net::SocketAddr,
}

/// An app and the slug under which it is registered.
#[derive(Clone, Copy)]
pub struct Registered<'a> {
    /// Its slug.
    pub slug: &'a str,
    /// The app.
    pub app: &'a DemoApp,
}

fn config(gateway: &Address<'_>) -> String {
    format!(
        r#"# The demo's gateway. Paths are from this folder.
public_url = {}
listen = {}

[organization]
id = "11111111-0000-4000-8000-000000000001"
name = "Contoso"
domain = "contoso.example"

[database]
url = "sqlite://entente.db"

[secrets]
key = {{ file = "secret.key" }}

[mail]
outbox = "{OUTBOX}"
"#,
        quoted(gateway.public_url),
        quoted(&gateway.listen.to_string())
    )
}

fn partners_file(partner: &DemoPartner, [provider, home]: [&DemoProvider; 2]) -> String {
    format!(
        r#"# Whom guests ask about their data. With it they may end their account here themselves.
[collaboration]
privacy_contact = "privacy@contoso.example"

# A partner that speaks SAML 2.0. Its people get an account at their first sign-in.
[[partner]]
slug = "fabrikam"
name = {}
domains = ["fabrikam.example"]
admission = "anyone"
enabled = true

[partner.saml]
metadata = "{METADATA}"

# A partner that speaks OpenID Connect.
[[partner]]
slug = "{WOODGROVE}"
name = {}
domains = ["woodgrove.example"]
admission = "anyone"
enabled = true

[partner.oidc]
issuer = {}
client_id = {}
client_secret = {{ file = {} }}

# The organisation whose gateway this is: its own people come in as members.
[[partner]]
slug = "{CONTOSO}"
name = {}
kind = "home"
domains = ["contoso.example"]
admission = "anyone"
enabled = true

[partner.oidc]
issuer = {}
client_id = {}
client_secret = {{ file = {} }}
"#,
        quoted(&partner.config().name),
        quoted(&provider.config().name),
        quoted(&provider.config().base_url),
        quoted(&provider.config().client_id),
        quoted(&secret_file(WOODGROVE)),
        quoted(&home.config().name),
        quoted(&home.config().base_url),
        quoted(&home.config().client_id),
        quoted(&secret_file(CONTOSO)),
    )
}

fn apps_file(apps: &[Registered<'_>]) -> String {
    let mut text = "# Apps that speak OpenID Connect. Everybody who may sign in here may use them.\n".to_owned();
    for Registered { slug, app } in apps {
        let config = app.config();
        let proof = match &config.client_secret {
            Some(_) => format!("client_secret = {{ file = {} }}", quoted(&secret_file(slug))),
            None => "public = true".to_owned(),
        };
        text.push_str(&format!(
            r#"
[[app]]
slug = {}
name = {}
assignment = "everyone"

[app.oidc]
client_id = {}
{proof}
redirect_uris = [{}]
post_logout_redirect_uris = [{}]
id_token_signed_response_alg = "{:?}"
"#,
            quoted(slug),
            quoted(&config.name),
            quoted(&config.client_id),
            quoted(&app.redirect_uri()),
            quoted(&app.post_logout_redirect_uri()),
            config.algorithm,
        ));
    }
    text
}

fn saml_apps_file(wiki: &DemoSamlApp) -> String {
    format!(
        r#"# An app that speaks SAML 2.0. It takes our metadata from /saml/idp/metadata.
[[app]]
slug = "{WIKI}"
name = {}
assignment = "everyone"

[app.saml]
metadata = "{APP_METADATA}"
"#,
        quoted(&wiki.config().name)
    )
}

fn policies_file() -> String {
    format!(
        r#"# Who gets in, and how strongly proven. Fabrikam's own word for a second factor is not taken, so it is
# passed here.
[[policy]]
slug = "second-factor-for-approvals"
display_name = "Second factor for Approvals"
state = "enabled"

[policy.conditions.users]
include_users = ["All"]

[policy.conditions.applications]
include_applications = [{}]

[policy.grant_controls]
operator = "OR"
built_in_controls = ["mfa"]
"#,
        quoted(APPROVALS.slug)
    )
}

fn secret_file(slug: &str) -> String {
    format!("{slug}.secret")
}

/// A TOML string.
fn quoted(text: &str) -> String {
    toml_edit::Value::from(text).to_string()
}
