//! The command line: arguments, configuration, telemetry, wiring and commands.
//!
//! The one room that may know every other, and that constructs what they need: store, keys, clock and
//! chance. Start reading at [`run`], then [`wiring`] and [`serve`].

pub mod arguments;
pub mod commands;
pub mod config;
pub mod demo;
pub mod serve;
pub mod surroundings;
pub mod telemetry;
pub mod wiring;

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use clap::Parser as _;

use arguments::{Arguments, Command, ConfigArgument, FormatArgument};
use commands::Outcome;
use commands::print::Printer;
use config::Config;
use surroundings::Surroundings;
use wiring::{Chance, WiringError};

use crate::cli::demo::parties::Outside;
use crate::cli::demo::run::{DemoOptions, Mode};
use crate::flows::operate::Act;
use crate::flows::services::Services;
use crate::objects::files;
use crate::objects::sources::Sources as _;
use crate::outbound::client::{HttpClient, Reach};

/// What refuses or fails exits with it, the reason on standard error.
const FAILED: u8 = 1;
/// The level of logs of a command that ends, unless a filter is set.
const QUIET: &str = "warn";

/// Runs the command line of this process. Exits with 0 when it is done, 1 when it is refused or has
/// failed, 2 for wrong usage.
#[must_use]
pub fn run() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(usage) => {
            // Where even the usage cannot be printed, the exit code still tells.
            let _ = usage.print();
            return ExitCode::from(u8::try_from(usage.exit_code()).unwrap_or(FAILED));
        }
    };
    let ended = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(anyhow::Error::from)
        .and_then(|runtime| runtime.block_on(obey(arguments.command)));
    match ended {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Refused) => ExitCode::from(FAILED),
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            // Nobody is left to tell where standard error is closed.
            let _ = writeln!(io::stderr(), "entente: {error:#}");
            ExitCode::from(FAILED)
        }
    }
}

/// Whether the reader of our output has seen enough, as `head` has.
fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

async fn obey(command: Command) -> anyhow::Result<Outcome> {
    match command {
        Command::Demo(arguments) => demonstrating(&arguments).await,
        Command::Serve(arguments) => serving(&arguments.config).await,
        Command::Check(arguments) => checking(&arguments).await,
        Command::Apply(arguments) => applying(&arguments).await,
        Command::Explain(arguments) => {
            let Some(services) = installed(&arguments.config).await? else { return Ok(Outcome::Refused) };
            let mut out = io::stdout();
            commands::explain::run(&services, &arguments, &mut Printer::new(&mut out, arguments.format.format())).await
        }
        Command::Partner(noun) => {
            acting(&noun.config, noun.format, async |services, act, printer| {
                commands::partner::run(services, act, &noun.verb, printer).await
            })
            .await
        }
        Command::App(noun) => {
            acting(&noun.config, noun.format, async |services, act, printer| {
                commands::app::run(services, act, &noun.verb, printer).await
            })
            .await
        }
        Command::Invite(arguments) => {
            acting(&arguments.config, arguments.format, async |services, act, printer| {
                commands::invite::run(services, &commands::caller(act), &arguments, printer).await
            })
            .await
        }
        Command::Guest(noun) => {
            acting(&noun.config, noun.format, async |services, act, printer| {
                commands::guest::run(services, act, &noun.verb, printer).await
            })
            .await
        }
        Command::Group(noun) => {
            acting(&noun.config, noun.format, async |services, _, printer| {
                commands::group::run(services, &noun.verb, printer).await
            })
            .await
        }
        Command::Bulk(noun) => {
            judging(&noun.config, noun.format, async |services, act, printer| {
                commands::bulk::run(services, act, &noun.verb, printer).await
            })
            .await
        }
        Command::Admin(noun) => {
            acting(&noun.config, noun.format, async |services, act, printer| {
                commands::admin::run(services, act, &noun.verb, printer).await
            })
            .await
        }
        Command::Policy(noun) => about_policies(&noun).await,
        Command::Keys(noun) => {
            acting(&noun.config, noun.format, async |services, _, printer| {
                commands::keys::run(services, noun.verb, printer)
            })
            .await
        }
        Command::Mail(noun) => about_mail(&noun).await,
        Command::Audit(noun) => {
            acting(&noun.config, noun.format, async |services, _, printer| {
                commands::audit::run(services, &noun.verb, printer).await
            })
            .await
        }
        Command::Report(noun) => {
            acting(&noun.config, noun.format, async |services, _, printer| {
                commands::report::run(services, noun.verb, printer).await
            })
            .await
        }
    }
}

/// Runs a verb of mail: on what is installed, or on the configuration alone.
async fn about_mail(noun: &arguments::Noun<arguments::MailVerb>) -> anyhow::Result<Outcome> {
    let arguments::MailVerb::Preview(preview) = &noun.verb else {
        return acting(&noun.config, noun.format, async |services, act, printer| {
            commands::mail::run(services, act, &noun.verb, printer).await
        })
        .await;
    };
    let Some(config) = read(&noun.config)? else { return Ok(Outcome::Refused) };
    let mut out = io::stdout();
    commands::mail::preview(&config, preview, &mut Printer::new(&mut out, noun.format.format()))?;
    Ok(Outcome::Done)
}

/// Runs a verb of policies: on what is installed, or on object files that are to be tested by themselves.
async fn about_policies(noun: &arguments::Noun<arguments::PolicyVerb>) -> anyhow::Result<Outcome> {
    let Some(config) = read(&noun.config)? else { return Ok(Outcome::Refused) };
    let chance = Chance::system();
    let (mut out, mut errors) = (io::stdout(), io::stderr());
    let mut printer = Printer::new(&mut out, noun.format.format());
    let mut around =
        commands::policy::Surrounding { now: chance.clock.now(), sources: &Surroundings, errors: &mut errors };
    match &noun.verb {
        arguments::PolicyVerb::Test { objects, .. } if !objects.is_empty() => {
            let draft = wiring::open_draft(&config, &chance).await?;
            let application = commands::apply::Application::of_files(objects, operator());
            if let Some(faults) = application.faults(&draft.services).await? {
                commands::check::print_faults(&faults, around.errors)?;
                return Ok(Outcome::Refused);
            }
            commands::policy::run(&draft.services, &noun.verb, &mut around, &mut printer).await
        }
        verb => {
            let services = wiring::open_installed(&config, &chance).await?;
            commands::policy::run(&services, verb, &mut around, &mut printer).await
        }
    }
}

/// Runs a verb on what is installed, as the operator.
async fn acting<Verb>(config: &ConfigArgument, format: FormatArgument, verb: Verb) -> anyhow::Result<Outcome>
where
    Verb: AsyncFnOnce(&Services, Act<'_>, &mut Printer<'_>) -> anyhow::Result<()>,
{
    judging(config, format, async |services, act, printer| verb(services, act, printer).await.map(|()| Outcome::Done))
        .await
}

/// As [`acting`], for a verb that says whether all was well.
async fn judging<Verb>(config: &ConfigArgument, format: FormatArgument, verb: Verb) -> anyhow::Result<Outcome>
where
    Verb: AsyncFnOnce(&Services, Act<'_>, &mut Printer<'_>) -> anyhow::Result<Outcome>,
{
    let Some(services) = installed(config).await? else { return Ok(Outcome::Refused) };
    let operator = operator();
    let act = Act { operator: &operator, now: services.clock.now() };
    let mut out = io::stdout();
    let done = verb(&services, act, &mut Printer::new(&mut out, format.format())).await;
    // Nobody else would: this process is a node of its own, which ends here.
    serve::sign_heads_once(&services).await;
    done
}

/// The configuration of a command that ends; `None` where it has faults, which have been told.
fn read(config: &ConfigArgument) -> anyhow::Result<Option<Config>> {
    let Some(config) = read_config(&config.config)? else { return Ok(None) };
    let log = config::Log { level: QUIET.to_owned(), ..config.log.clone() };
    telemetry::start_log(&log, Surroundings.variable(telemetry::FILTER_VARIABLE).as_deref())?;
    Ok(Some(config))
}

fn read_config(path: &Path) -> io::Result<Option<Config>> {
    match config::read(path, &Surroundings) {
        Ok(config) => Ok(Some(config)),
        Err(faults) => commands::check::print_faults(&faults, &mut io::stderr()).map(|()| None),
    }
}

async fn installed(config: &ConfigArgument) -> anyhow::Result<Option<Services>> {
    let Some(config) = read(config)? else { return Ok(None) };
    Ok(Some(wiring::open_installed(&config, &Chance::system()).await?))
}

fn operator() -> String {
    commands::operator::name(|name| Surroundings.variable(name))
}

/// Runs the demo until a signal says to stop, or its sign-ins once.
async fn demonstrating(arguments: &arguments::DemoArguments) -> anyhow::Result<Outcome> {
    let log = config::Log { format: config::LogFormat::Text, level: QUIET.to_owned() };
    telemetry::start_log(&log, Surroundings.variable(telemetry::FILTER_VARIABLE).as_deref())?;
    let options = DemoOptions {
        mode: if arguments.sign_in { Mode::SignIn } else { Mode::Serve },
        folder: arguments.folder.clone(),
        port_base: arguments.port_base,
    };
    let chance = Chance::system();
    let http = HttpClient::new(Reach::Loopback)?;
    let outside = Outside { clock: chance.clock.clone(), random: chance.random.clone(), http };
    let mut gateway = serve::in_process::InProcess::new(chance);
    let mut signals = serve::signals::Signals::of_process()?;
    let stopped = async move { while signals.next().await != serve::signals::Signal::Stop {} };
    demo::run::run(&options, &mut gateway, &outside, &mut io::stdout(), stopped).await?;
    Ok(Outcome::Done)
}

async fn serving(path: &Path) -> anyhow::Result<Outcome> {
    let Some(config) = read_config(path)? else { return Ok(Outcome::Refused) };
    telemetry::start_log(&config.log, Surroundings.variable(telemetry::FILTER_VARIABLE).as_deref())?;
    let metrics = telemetry::Metrics::start()?;
    let signals = serve::signals::Signals::of_process()?;
    let sockets = serve::Sockets::bind(&config)?;
    // Tried before anything is installed, so that a start that fails here pins nothing.
    config.tls.clone().map(serve::tls::TlsFiles::open).transpose()?;
    let services = wiring::open(&config, &Chance::system()).await?;
    serve::run(&config, services, sockets, metrics, signals).await?;
    Ok(Outcome::Done)
}

/// Applies object files. An empty database is tried on a draft first, so that a dry run and files with
/// faults install nothing.
async fn applying(arguments: &arguments::ApplyArguments) -> anyhow::Result<Outcome> {
    let Some(config) = read(&arguments.config)? else { return Ok(Outcome::Refused) };
    let application = commands::apply::Application::read(arguments, operator());
    let (mut out, mut faults) = (io::stdout(), io::stderr());
    let mut printer = Printer::new(&mut out, arguments.format.format());
    let chance = Chance::system();
    let services = match wiring::open_installed(&config, &chance).await {
        Err(WiringError::NotInstalled) => {
            let draft = wiring::open_draft(&config, &chance).await?;
            if application.is_dry_run() || application.has_faults(&draft.services).await? {
                return application.run(&draft.services, &mut printer, &mut faults).await;
            }
            wiring::open(&config, &chance).await?
        }
        other => other?,
    };
    let applied = application.run(&services, &mut printer, &mut faults).await;
    serve::sign_heads_once(&services).await;
    applied
}

async fn checking(arguments: &arguments::CheckArguments) -> anyhow::Result<Outcome> {
    let contents = (!arguments.paths.is_empty())
        .then(|| files::read(&surroundings::object_files(&arguments.paths), &Surroundings));
    let Some(config) = read(&arguments.config)? else {
        // The faults of object files are told too, those that can be found without a configuration.
        let faults = contents.map(|contents| contents.faults).unwrap_or_default();
        commands::check::print_faults(&faults, &mut io::stderr())?;
        return Ok(Outcome::Refused);
    };
    let chance = Chance::system();
    let mut installed = match wiring::open_installed(&config, &chance).await {
        Ok(services) => Ok(Some(services)),
        Err(WiringError::NotInstalled) => Ok(None),
        Err(error) => Err(error.to_string()),
    };
    let mut draft = None;
    if matches!(installed, Ok(None)) {
        match wiring::open_draft(&config, &chance).await {
            Ok(opened) => draft = Some(opened),
            Err(error) => installed = Err(error.to_string()),
        }
    }
    let draft = draft.as_ref().map(|draft| &draft.services);
    let checked = commands::check::Checked { config: &config, installed, draft, contents, now: chance.clock.now() };
    let (mut out, mut faults) = (io::stdout(), io::stderr());
    let mut printer = Printer::new(&mut out, arguments.format.format());
    commands::check::run(checked, &mut printer, &mut faults).await
}
