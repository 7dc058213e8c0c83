//! The arguments of the command line, as the contract has them.

pub mod bulk;
pub mod guests;
pub mod reports;

use std::net::IpAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use super::commands::print::Format;
use crate::base::clock::Timestamp;
use crate::domain::attempts::AttemptId;
use crate::domain::policy::cases::{ShownBefore, country, given};
use crate::domain::policy::countries::Country;
use crate::domain::policy::what_if::Given;
use crate::domain::policy::words::{ClientAppType, Flow, Platform};
use crate::domain::roles::Role;
use crate::texts::invitation::Part;
use crate::texts::language::Language;

/// A partner-federation gateway: partners and apps speak SAML 2.0 or OpenID Connect.
#[derive(Debug, Parser)]
#[command(name = "entente", version, about, max_term_width = 100)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the gateway with two demo partners and four demo apps on loopback
    Demo(DemoArguments),
    /// Run the gateway
    Serve(ConfigArgument),
    /// Read configuration, stored objects and object files, and tell every fault at once
    Check(CheckArguments),
    /// Make the stored objects like the object files, all or nothing
    Apply(ApplyArguments),
    /// Judge a captured response or ID token as the gateway would have at that time
    Explain(ExplainArguments),
    /// Partners
    Partner(Noun<PartnerVerb>),
    /// Apps
    App(Noun<AppVerb>),
    /// Invite a person of another organisation
    Invite(guests::InviteArguments),
    /// Guests
    Guest(Noun<GuestVerb>),
    /// Groups
    Group(Noun<GroupVerb>),
    /// Invitations by the file: CSV of at most 2,000 rows
    Bulk(Noun<bulk::BulkVerb>),
    /// Administrators: who has which role
    Admin(Noun<AdminVerb>),
    /// Policies: who gets in, and how strongly proven
    Policy(Noun<PolicyVerb>),
    /// Our own keys
    Keys(Noun<KeysVerb>),
    /// What was decided, and why
    Audit(Noun<AuditVerb>),
    /// Mail on its way
    Mail(Noun<MailVerb>),
    /// Which accounts are used
    Report(Noun<reports::ReportVerb>),
}

/// Where the configuration is.
#[derive(Debug, Clone, Args)]
pub struct ConfigArgument {
    /// The configuration file
    #[arg(long, value_name = "FILE", env = "ENTENTE_CONFIG", default_value = "entente.toml", global = true)]
    pub config: PathBuf,
}

/// How to print.
#[derive(Debug, Clone, Copy, Args)]
pub struct FormatArgument {
    /// Print JSON
    #[arg(long, global = true)]
    pub json: bool,
}

impl FormatArgument {
    /// The format that was chosen.
    #[must_use]
    pub const fn format(self) -> Format {
        if self.json { Format::Json } else { Format::Text }
    }
}

/// Arguments of `demo`.
#[derive(Debug, Clone, Args)]
pub struct DemoArguments {
    /// Sign in once to each app without a browser, print one JSON object a line, and end
    #[arg(long)]
    pub sign_in: bool,
    /// The first of eight ports; without it 8080, or with `--sign-in` and no folder any free ones
    #[arg(long, value_name = "N")]
    pub port_base: Option<u16>,
    /// Where to keep the database and documents, always at the same ports; without it, a folder that is
    /// removed at the end
    #[arg(long, value_name = "DIR")]
    pub folder: Option<PathBuf>,
}

/// Arguments of `check`.
#[derive(Debug, Clone, Args)]
pub struct CheckArguments {
    #[command(flatten)]
    #[expect(missing_docs, reason = "documented at its type")]
    pub config: ConfigArgument,
    #[command(flatten)]
    #[expect(missing_docs, reason = "documented at its type")]
    pub format: FormatArgument,
    /// Object files, or folders of them
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
}

/// Arguments of `apply`.
#[derive(Debug, Clone, Args)]
pub struct ApplyArguments {
    #[command(flatten)]
    #[expect(missing_docs, reason = "documented at its type")]
    pub config: ConfigArgument,
    #[command(flatten)]
    #[expect(missing_docs, reason = "documented at its type")]
    pub format: FormatArgument,
    /// Object files, or folders of them
    #[arg(value_name = "PATH", required = true)]
    pub paths: Vec<PathBuf>,
    /// Say what would be done and do nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Remove what an earlier apply put there and the files no longer have; guests can be restored for 30 days
    #[arg(long)]
    pub prune: bool,
    /// Write policies by which nobody of an administrator's role can sign in any more
    #[arg(long)]
    pub yes_lock_out: bool,
}

/// Arguments of `explain`.
#[derive(Debug, Clone, Args)]
pub struct ExplainArguments {
    #[command(flatten)]
    #[expect(missing_docs, reason = "documented at its type")]
    pub config: ConfigArgument,
    #[command(flatten)]
    #[expect(missing_docs, reason = "documented at its type")]
    pub format: FormatArgument,
    /// The partner that sent the response or ID token
    #[arg(long, value_name = "SLUG")]
    pub partner: String,
    /// When it came, such as 2026-11-20T09:30:00Z
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub at: Timestamp,
    /// The ID of the request that a SAML response answers
    #[arg(long, value_name = "ID")]
    pub request_id: Option<String>,
    /// The nonce of the question that an ID token answers
    #[arg(long, value_name = "NONCE", conflicts_with = "request_id")]
    pub nonce: Option<String>,
    /// A file with XML, base64, the form body or an ID token; `-` for standard input
    #[arg(value_name = "MESSAGE")]
    pub message: PathBuf,
}

/// Arguments of a noun: its verb, and what every verb takes.
#[derive(Debug, Clone, Args)]
pub struct Noun<Verb: Subcommand> {
    #[command(flatten)]
    #[expect(missing_docs, reason = "documented at its type")]
    pub config: ConfigArgument,
    #[command(flatten)]
    #[expect(missing_docs, reason = "documented at its type")]
    pub format: FormatArgument,
    /// What to do with it.
    #[command(subcommand)]
    pub verb: Verb,
}

/// Verbs of partners and apps.
#[derive(Debug, Clone, Subcommand)]
pub enum SwitchVerb {
    /// All of them
    List,
    /// One of them
    Show(SlugArgument),
    /// Switch it on
    Enable(SlugArgument),
    /// Switch it off: its sessions, codes and tokens are refused from the next request on
    Disable(SlugArgument),
    /// Fetch what it publishes now: metadata from its address, the documents of an OIDC provider
    Refresh(SlugArgument),
}

/// Verbs of partners.
#[derive(Debug, Clone, Subcommand)]
pub enum PartnerVerb {
    #[command(flatten)]
    #[expect(missing_docs, reason = "documented at its type")]
    Switch(SwitchVerb),
    /// Its mail domains, what shows that they are its own, and the DNS record that would
    Domains(SlugArgument),
    /// Ask the DNS about its mail domains, and record what it says
    Verify(VerifyArguments),
}

/// Arguments of `partner verify`.
#[derive(Debug, Clone, Args)]
pub struct VerifyArguments {
    /// The partner's slug
    #[arg(value_name = "SLUG")]
    pub slug: String,
    /// One of its domains; all where none is named
    #[arg(value_name = "DOMAIN")]
    pub domain: Option<String>,
}

/// Verbs of apps.
#[derive(Debug, Clone, Subcommand)]
pub enum AppVerb {
    #[command(flatten)]
    #[expect(missing_docs, reason = "documented at its type")]
    Switch(SwitchVerb),
    /// What it would be told of a person, and why each claim has its value
    Claims(AppClaimsArguments),
}

/// Arguments of `app claims`.
#[derive(Debug, Clone, Args)]
pub struct AppClaimsArguments {
    /// The app's slug
    #[arg(value_name = "SLUG")]
    pub slug: String,
    /// The person's mail address or id
    #[arg(long, value_name = "GUEST")]
    pub guest: String,
    /// How the person would sign in, such as pwd or mfa
    #[arg(long = "method", value_name = "METHOD")]
    pub methods: Vec<String>,
}

/// Verbs of guests.
#[derive(Debug, Clone, Subcommand)]
pub enum GuestVerb {
    /// All of them
    List,
    /// One of them
    Show(GuestArgument),
    /// Let it sign in no more, and end its sessions, codes and tokens
    Block(GuestArgument),
    /// Let it sign in again
    Unblock(GuestArgument),
    /// End its sessions, codes and tokens
    Revoke(GuestArgument),
    /// Remove its second factors, so that it signs in afresh and sets up new ones
    ResetFactors(GuestArgument),
    #[command(flatten)]
    #[expect(missing_docs, reason = "documented at its type")]
    Life(guests::LifeVerb),
}

/// Verbs of groups.
#[derive(Debug, Clone, Subcommand)]
pub enum GroupVerb {
    /// All of them
    List,
    /// One of them
    Show(SlugArgument),
}

/// Verbs of administrators.
#[derive(Debug, Clone, Subcommand)]
pub enum AdminVerb {
    /// Who has which role
    List,
    /// Give somebody a role; an address that has no account yet gets one, which the first sign-in that proves it takes
    Grant(RoleArguments),
    /// Take a role from somebody, at once on every node
    Revoke(RoleArguments),
}

/// Names an account and a role.
#[derive(Debug, Clone, Args)]
pub struct RoleArguments {
    /// The person's mail address or id
    #[arg(value_name = "MAIL")]
    pub guest: String,
    /// The role
    #[arg(long, value_name = "ROLE", default_value = Role::GlobalAdministrator.as_str(), value_parser = role())]
    pub role: Role,
}

/// Verbs of policies.
#[derive(Debug, Clone, Subcommand)]
pub enum PolicyVerb {
    /// All of them
    List,
    /// One of them
    Show(SlugArgument),
    /// What would be decided, by which policies
    WhatIf(WhatIfArguments),
    /// Hold the policies against the cases of a file; each case that fails is named
    Test {
        /// A file of cases
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Test these object files, or folders of them, on an empty database instead of what is stored
        #[arg(long, value_name = "PATH", num_args = 1..)]
        objects: Vec<PathBuf>,
    },
    /// Sum what policies that are only reported would have done
    Impact {
        /// Of the last so many days
        #[arg(long, value_name = "N", default_value_t = 7, value_parser = clap::value_parser!(u16).range(1..=365))]
        days: u16,
    },
    /// The policy sets that decided here, or the text of one
    History {
        /// A version, as the audit has it
        #[arg(value_name = "VERSION")]
        version: Option<String>,
    },
}

/// What is asked; what is left out of the optional ones is not given, and a policy that asks for it does
/// not apply.
#[derive(Debug, Clone, Args)]
pub struct WhatIfArguments {
    /// The guest: mail address or id
    #[arg(long)]
    pub guest: String,
    /// The app: slug or id
    #[arg(long)]
    pub app: String,
    /// What the device runs
    #[arg(long, value_parser = word(Platform::WORDS, Platform::parse))]
    pub platform: Platform,
    /// What the person uses
    #[arg(long = "client-app", value_parser = word(ClientAppType::WORDS, ClientAppType::parse))]
    pub client_app_type: ClientAppType,
    /// The network address, or `unknown`
    #[arg(long, value_parser = ip)]
    pub ip: Option<Given<IpAddr>>,
    /// The country by two capital letters, `none`, or `unknown`
    #[arg(long, value_parser = country_given)]
    pub country: Option<Given<Option<Country>>>,
    /// The authentication flow, or `unknown`
    #[arg(long, value_parser = flow)]
    pub flow: Option<Given<Flow>>,
    /// What was shown beside the sign-in at the partner: `here:METHOD` or `home:METHOD`, perhaps `@SECONDS` ago
    #[arg(long, value_parser = shown)]
    pub shown: Vec<ShownBefore>,
}

/// Verbs of keys.
#[derive(Debug, Clone, Copy, Subcommand)]
pub enum KeysVerb {
    /// All of them
    List,
}

/// Verbs of the audit.
#[derive(Debug, Clone, Subcommand)]
pub enum AuditVerb {
    /// Entries, newest first
    List(AuditArguments),
    /// One sign-in as a timeline, with every check
    Show {
        /// The attempt, as the refusal page shows it
        #[arg(value_name = "ATTEMPT", value_parser = attempt)]
        attempt: AttemptId,
    },
    /// The directory audit or the sign-in log, newest first
    Export(Box<reports::ExportArguments>),
    /// Hold every entry against its chain and the signed heads
    Verify {
        /// Heads that were kept elsewhere, as `audit heads` prints them
        #[arg(long, value_name = "FILE")]
        against: Option<PathBuf>,
    },
    /// Print the signed heads, one JSON object a line, to be kept elsewhere
    Heads {
        /// Behind the head with this serial
        #[arg(long, value_name = "SERIAL", default_value_t = 0, value_parser = clap::value_parser!(i64).range(0..))]
        after: i64,
    },
}

/// Names one object.
#[derive(Debug, Clone, Args)]
pub struct SlugArgument {
    /// Its slug
    #[arg(value_name = "SLUG")]
    pub slug: String,
}

/// Names one guest.
#[derive(Debug, Clone, Args)]
pub struct GuestArgument {
    /// Its mail address or id
    #[arg(value_name = "GUEST")]
    pub guest: String,
}

/// Which entries.
#[derive(Debug, Clone, Args)]
pub struct AuditArguments {
    /// Of this attempt
    #[arg(long, value_parser = attempt)]
    pub attempt: Option<AttemptId>,
    /// Of this guest: mail address or id
    #[arg(long)]
    pub guest: Option<String>,
    /// Of this partner: slug or id
    #[arg(long)]
    pub partner: Option<String>,
    /// Of this app: slug or id
    #[arg(long)]
    pub app: Option<String>,
    /// With this activity, such as `sign_in_refused`
    #[arg(long, value_parser = activity())]
    pub activity: Option<String>,
    /// With this public code, such as `SAML_SIGNATURE_REFUSED`
    #[arg(long)]
    pub code: Option<String>,
    /// Not before, such as 2026-11-20T09:30:00Z
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub since: Option<Timestamp>,
    /// Before
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub until: Option<Timestamp>,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub limit: u32,
}

/// Verbs of mail.
#[derive(Debug, Clone, Subcommand)]
pub enum MailVerb {
    /// The outbox, the newest first
    List(MailListArguments),
    /// One mail: to whom, while that is kept, and what became of it
    Show(MailArgument),
    /// Have one tried again that was given up or waits
    Retry(MailArgument),
    /// Show invitations as they would be sent, with samples for what they say
    Preview(PreviewArguments),
}

/// Which mails.
#[derive(Debug, Clone, Args)]
pub struct MailListArguments {
    /// Those that were given up
    #[arg(long, conflicts_with = "unsent")]
    pub failed: bool,
    /// Those that are neither sent nor given up
    #[arg(long)]
    pub unsent: bool,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub limit: u32,
}

/// Which mail.
#[derive(Debug, Clone, Args)]
pub struct MailArgument {
    /// Its id
    #[arg(value_name = "MAIL")]
    pub mail: String,
}

/// How to preview.
#[derive(Debug, Clone, Args)]
pub struct PreviewArguments {
    /// In this language instead of that of `[mail]`: `en`, `fr`, `nl` or `de`
    #[arg(long, value_name = "TAG", value_parser = spoken)]
    pub language: Option<Language>,
    /// Write each mail into this folder, as `.txt` and `.html`
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Print the built-in template of this part instead
    #[arg(long, value_name = "PART", conflicts_with_all = ["language", "out"])]
    pub template: Option<TemplatePart>,
}

/// A part of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum TemplatePart {
    /// Plain text
    Text,
    /// HTML
    Html,
}

impl TemplatePart {
    /// The part.
    #[must_use]
    pub const fn part(self) -> Part {
        match self {
            Self::Text => Part::Text,
            Self::Html => Part::Html,
        }
    }
}

fn spoken(text: &str) -> Result<Language, String> {
    let spoken = Language::ALL.into_iter().find(|language| language.tag() == text);
    spoken.ok_or_else(|| format!("none of `{}`", Language::ALL.map(Language::tag).join("`, `")))
}

fn word<T: Copy + Send + Sync + 'static>(
    words: &'static [&'static str],
    parse: fn(&str) -> Option<T>,
) -> impl clap::builder::TypedValueParser<Value = T> {
    use clap::builder::TypedValueParser as _;
    clap::builder::PossibleValuesParser::new(words).try_map(move |text| parse(&text).ok_or("not known"))
}

fn role() -> impl clap::builder::TypedValueParser<Value = Role> {
    use clap::builder::TypedValueParser as _;
    clap::builder::PossibleValuesParser::new(Role::ALL.map(Role::as_str))
        .try_map(|text| Role::parse(&text).ok_or("not known"))
}

fn ip(text: &str) -> Result<Given<IpAddr>, String> {
    given(text, |text| text.parse().map_err(|_| "neither an IPv4 or IPv6 address nor `unknown`".to_owned()))
}

fn country_given(text: &str) -> Result<Given<Option<Country>>, String> {
    given(text, country).map_err(|error| error.to_string())
}

fn flow(text: &str) -> Result<Given<Flow>, String> {
    let expected = || format!("none of `{}` and `unknown`", Flow::WORDS.join("`, `"));
    given(text, |text| Flow::parse(text).ok_or_else(expected))
}

fn shown(text: &str) -> Result<ShownBefore, String> {
    ShownBefore::parse(text).ok_or_else(|| "not `here:METHOD` or `home:METHOD`, perhaps with `@SECONDS`".to_owned())
}

fn time(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse(text).map_err(|error| error.to_string())
}

fn attempt(text: &str) -> Result<AttemptId, String> {
    AttemptId::parse(text).map_err(|error| error.to_string())
}

fn activity() -> clap::builder::PossibleValuesParser {
    crate::domain::audit::Activity::ALL.map(crate::domain::audit::Activity::as_str).into()
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    fn refused(line: &str) -> i32 {
        Arguments::try_parse_from(line.split(' ')).unwrap_err().exit_code()
    }

    #[test]
    fn the_definition_holds() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn config_and_json_may_stand_on_either_side_of_the_verb() {
        for line in
            ["entente partner list --config other.toml --json", "entente partner --config other.toml --json list"]
        {
            let Command::Partner(noun) = Arguments::try_parse_from(line.split(' ')).unwrap().command else {
                panic!("{line}")
            };
            assert_eq!((noun.config.config, noun.format.json), (PathBuf::from("other.toml"), true), "{line}");
        }
    }

    #[test]
    fn what_cannot_be_meant_is_wrong_usage() {
        for line in [
            "entente",
            "entente sell",
            "entente partner",
            "entente partner show",
            "entente apply",
            "entente explain --partner fabrikam --at yesterday message.xml",
            "entente explain --partner fabrikam message.xml",
            "entente audit show 12",
            "entente audit list --limit 0",
            "entente audit list --limit 10001",
            "entente audit list --activity singing",
            "entente demo --port-base 70000",
            "entente policy what-if --guest ana@fabrikam.example --app payroll --platform linux",
            "entente policy what-if --guest a --app b --platform solaris --client-app browser",
            "entente policy what-if --guest a --app b --platform linux --client-app browser --ip home",
            "entente policy what-if --guest a --app b --platform linux --client-app browser --country de",
            "entente policy what-if --guest a --app b --platform linux --client-app browser --flow slow",
            "entente policy what-if --guest a --app b --platform linux --client-app browser --shown fido2",
            "entente policy impact --days 0",
            "entente policy impact --days 366",
            "entente policy test",
            "entente admin grant",
            "entente admin grant olga@contoso.example --role emperor",
            "entente mail",
            "entente mail show",
            "entente mail list --failed --unsent",
            "entente mail preview --language ja",
            "entente mail preview --template text --out x",
        ] {
            assert_eq!(refused(line), 2, "{line}");
        }
        assert_eq!(refused("entente --help"), 0);
        assert_eq!(refused("entente --version"), 0);
    }
}
