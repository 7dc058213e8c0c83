//! Puts the demo together and keeps it running, or signs in once to each app and ends.

use std::future::Future;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use async_trait::async_trait;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::app::DemoApp;
use super::browser::Browser;
use super::browser::authenticator::Authenticator;
use super::folder::{Address, DemoFolder, OUTBOX, Registered};
use super::parties::{APPROVALS, Outside, PAYROLL, TRAVEL, app, contoso, fabrikam, wiki, woodgrove};
use super::partner::DemoPartner;
use super::ports::{PORT_BASE, Place, Wish, places};
use super::provider::DemoProvider;
use super::saml_app::DemoSamlApp;
use super::sign_in::{Someone, sign_in};

/// Who signs in, by mail address and by the partner's id.
pub const ANA: (&str, &str) = ("ana@fabrikam.example", "ana");
/// Who signs in through the partner that speaks OpenID Connect.
pub const WEN: (&str, &str) = ("wen@woodgrove.example", "wen");
/// Who signs in through the home organisation.
pub const CARA: (&str, &str) = ("cara@contoso.example", "cara");

/// What the demo is for this time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// For a person with a browser: prints the addresses and runs until it is stopped.
    Serve,
    /// For a script: signs in once to each app, prints one JSON object a line, and ends.
    SignIn,
}

/// How the demo is run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoOptions {
    /// What for.
    pub mode: Mode,
    /// Where database and documents stay; without one they are removed at the end.
    pub folder: Option<PathBuf>,
    /// The first of eight ports; 8080 without one.
    pub port_base: Option<u16>,
}

impl DemoOptions {
    /// The ports that fit: the database of a folder that is used again knows the gateway's address, so
    /// there a taken port is a failure; a script needs no port that it could remember.
    fn ports(&self) -> Wish {
        match (self.mode, &self.folder, self.port_base) {
            (_, Some(_), base) => Wish::Exactly(base.unwrap_or(PORT_BASE)),
            (Mode::SignIn, None, None) => Wish::Free,
            (_, None, base) => Wish::From(base.unwrap_or(PORT_BASE)),
        }
    }
}

/// The gateway, as the demo needs it.
#[async_trait]
pub trait Gateway: Send {
    /// Starts the gateway of this configuration on `listener`; it serves when this returns.
    async fn start(&mut self, config: &Path, listener: TcpListener) -> anyhow::Result<()>;

    /// Makes the gateway's objects like these files, as `entente apply` does.
    async fn apply(&mut self, config: &Path, files: &[PathBuf]) -> anyhow::Result<()>;

    /// Stops the gateway; everything that it has acknowledged is written.
    async fn stop(&mut self) -> anyhow::Result<()>;
}

/// Runs the demo and writes what a person or a script should read to `out`; `until` ends it.
///
/// # Errors
/// Where a part does not start, a part ends by itself, or a sign-in of [`Mode::SignIn`] fails.
pub async fn run(
    options: &DemoOptions,
    gateway: &mut dyn Gateway,
    outside: &Outside,
    out: &mut (dyn Write + Send),
    until: impl Future<Output = ()> + Send,
) -> anyhow::Result<()> {
    let folder = match &options.folder {
        Some(path) => DemoFolder::at(path)?,
        None => DemoFolder::temporary(&*outside.random)?,
    };
    let [front, idp, first, second, third, fourth, op, own] = places(options.ports()).await?;
    let demo = Demo {
        partner: fabrikam(&idp.url, &front.url, outside)?,
        provider: woodgrove(&op.url, &front.url, outside)?,
        home: contoso(&own.url, &front.url, outside)?,
        apps: [
            app(&PAYROLL, &first.url, &front.url, outside),
            app(&TRAVEL, &second.url, &front.url, outside),
            app(&APPROVALS, &third.url, &front.url, outside),
        ],
        wiki: wiki(&fourth.url, &front.url, outside)?,
        gateway_url: front.url.clone(),
    };
    let address = Address { public_url: &front.url, listen: front.listener.local_addr()? };
    folder.write(&address, &demo.partner, [&demo.provider, &demo.home], &demo.registered(), &demo.wiki)?;

    let mut parties = JoinSet::new();
    let [payroll, travel, approvals] = demo.apps.clone();
    let taken = moved(&[&front, &idp, &first, &second, &third, &fourth, &op, &own]);
    parties.spawn(demo.partner.clone().serve(idp.listener));
    parties.spawn(demo.provider.clone().serve(op.listener));
    parties.spawn(demo.home.clone().serve(own.listener));
    parties.spawn(payroll.serve(first.listener));
    parties.spawn(travel.serve(second.listener));
    parties.spawn(approvals.serve(third.listener));
    parties.spawn(demo.wiki.clone().serve(fourth.listener));
    gateway.start(&folder.config(), front.listener).await.context("the gateway does not start")?;
    let applied = gateway.apply(&folder.config(), &folder.object_files()).await;
    let outcome = match (applied, options.mode) {
        (Err(error), _) => Err(error.context("the object files are not taken")),
        (Ok(()), Mode::SignIn) => demo.sign_in_everywhere(&folder, outside, out).await,
        (Ok(()), Mode::Serve) => match demo.introduce(&folder, &taken, out) {
            Err(error) => Err(error.into()),
            Ok(()) => tokio::select! {
                () = until => Ok(()),
                Some(ended) = parties.join_next() => Err(anyhow::anyhow!("a party of the demo has ended: {ended:?}")),
            },
        },
    };
    gateway.stop().await?;
    outcome
}

/// A line for each place that is not where it was wished for.
fn moved(places: &[&Place]) -> Vec<String> {
    let line = |place: &&Place| Some(format!("Port {} is taken; {} is used instead.", place.taken?, place.url));
    places.iter().filter_map(line).collect()
}

struct Demo {
    partner: DemoPartner,
    provider: DemoProvider,
    home: DemoProvider,
    apps: [DemoApp; 3],
    wiki: DemoSamlApp,
    gateway_url: String,
}

impl Demo {
    fn registered(&self) -> [Registered<'_>; 3] {
        let [payroll, travel, approvals] = &self.apps;
        [
            Registered { slug: PAYROLL.slug, app: payroll },
            Registered { slug: TRAVEL.slug, app: travel },
            Registered { slug: APPROVALS.slug, app: approvals },
        ]
    }

    /// Tells a person where to go and what to type.
    fn introduce(&self, folder: &DemoFolder, moved: &[String], out: &mut dyn Write) -> std::io::Result<()> {
        for line in moved {
            writeln!(out, "{line}")?;
        }
        writeln!(out, "The demo is running. Open an app and press \"Sign in\":\n")?;
        for app in &self.apps {
            writeln!(out, "  {:<30}{}", format!("{}, an app", app.config().name), app.config().base_url)?;
        }
        let wiki = self.wiki.config();
        writeln!(out, "  {:<30}{}", format!("{}, an app (SAML)", wiki.name), wiki.base_url)?;
        writeln!(out, "\nType {}, {} or {}, press \"Continue\", and choose a person.", ANA.0, WEN.0, CARA.0)?;
        writeln!(out, "{} asks for a second factor besides.\n", APPROVALS.name)?;
        writeln!(out, "  {:<30}{}", "Fabrikam, their organisation", self.partner.config().base_url)?;
        writeln!(out, "  {:<30}{}", "Woodgrove, theirs (OIDC)", self.provider.config().base_url)?;
        writeln!(out, "  {:<30}{}", "Contoso, our own (OIDC)", self.home.config().base_url)?;
        writeln!(out, "  {:<30}{}", "The gateway", self.gateway_url)?;
        writeln!(out, "  {:<30}{}", "Its files", folder.path().display())?;
        writeln!(out, "  {:<30}{}", "Its mails", folder.path().join(OUTBOX).display())?;
        writeln!(out, "\nStop with Ctrl-C.")?;
        out.flush()
    }

    /// Signs in to each app with a fresh browser, through the second partner and the home organisation to one of each
    /// protocol, and prints what each learned.
    async fn sign_in_everywhere(
        &self,
        folder: &DemoFolder,
        outside: &Outside,
        out: &mut (dyn Write + Send),
    ) -> anyhow::Result<()> {
        let someone = |(mail, person): (&str, &str), authenticator| Someone {
            mail: mail.to_owned(),
            person: person.to_owned(),
            authenticator,
        };
        let mut ana = someone(ANA, folder.phone()?.as_deref().and_then(Authenticator::of_text));
        let (mut wen, mut cara) = (someone(WEN, None), someone(CARA, None));
        let mut failed = Vec::new();
        let oidc = self.apps.iter().map(|app| ("oidc", &app.config().name, &app.config().base_url));
        let saml = ("saml", &self.wiki.config().name, &self.wiki.config().base_url);
        let one_of_each = || oidc.clone().take(1).chain([saml]);
        let through_saml = oidc.clone().chain([saml]).map(|app| ("saml", ANA, app));
        let through_oidc = one_of_each().map(|app| ("oidc", WEN, app));
        let from_home = one_of_each().map(|app| ("oidc", CARA, app));
        let all: Vec<_> = through_saml.chain(through_oidc).chain(from_home).collect();
        for (partner, who, (protocol, name, base_url)) in &all {
            let mut browser = Browser::new(outside.http.clone(), outside.clock.clone());
            let person = match *who {
                ANA => &mut ana,
                WEN => &mut wen,
                _ => &mut cara,
            };
            match sign_in(&mut browser, base_url, person).await {
                Ok(claims) => writeln!(out, "{}", pairing(partner, protocol, &claims))?,
                Err(error) => failed.push(format!("{name}: {error}")),
            }
        }
        out.flush()?;
        if let Some(authenticator) = &ana.authenticator {
            folder.keep_phone(&authenticator.to_text())?;
        }
        if !failed.is_empty() {
            bail!("{} of {} sign-ins failed: {}", failed.len(), all.len(), failed.join("; "));
        }
        Ok(())
    }
}

/// One line for a script.
fn pairing(partner: &str, app: &str, claims: &Value) -> String {
    json!({ "partner": partner, "app": app, "claims": claims }).to_string()
}

#[cfg(test)]
mod stand_in;
#[cfg(test)]
mod tests;
