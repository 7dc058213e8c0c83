//! Makes the stored objects like the definitions of object files: all of it in one transaction, or
//! nothing.
//!
//! First documents are fetched that definitions name by their address, and [`rules`] judge what needs no
//! store. Then, in the transaction, what is stored is read, and
//! [`plan`] decides, as a pure function, what is to be added, changed and removed; every fault is
//! told at once. [`write`] carries the plan out with an audit entry for each change.

mod apps;
mod claims;
mod collaboration;
mod gather;
mod groups;
mod guests;
mod lock_out;
mod matching;
mod partner_addresses;
mod partners;
pub mod plan;
pub mod policies;
pub mod report;
pub mod rules;
mod unsolicited;
mod write;
mod write_policies;

use std::collections::BTreeMap;

use crate::domain::definitions::{Definitions, Fault};
use crate::domain::domain_proofs::DemandedProof;
use crate::domain::guests::NUMBERED_NAMES;
use crate::domain::store::{StoreError, UnitOfWork};
use crate::flows::services::Services;
use crate::flows::sign_in::MAX_TRIES;
use gather::Gathered;
pub use lock_out::LockOut;
use plan::{Context, Stored};
use policies::StoredPolicies;
use report::Report;
use rules::{Judged, Rules, StandardRules};

/// What happens to objects that an earlier apply put there and that no definition names any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pruning {
    /// They stay.
    Keep,
    /// They are removed.
    Remove,
}

/// Whether anything is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// All changes, or none.
    Write,
    /// Nothing: what would be done is reported.
    DryRun,
}

/// How definitions are applied.
#[derive(Debug, Clone)]
pub struct Options {
    /// What happens to objects without a definition.
    pub pruning: Pruning,
    /// Whether anything is written.
    pub mode: Mode,
    /// The system user's name, for the audit.
    pub operator: String,
    /// What happens to policies that would shut out everybody of an administrator's role.
    pub lock_out: LockOut,
    /// Faults that were found when the files were read: told with those found here. Where there are
    /// some nothing is written, and a reference that leads nowhere is not told, since it may lead to
    /// what could not be read.
    pub found: Vec<Fault>,
}

/// Why nothing was applied.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// The definitions have faults: all of them, by file and line.
    #[error("{} faults; nothing was changed", .0.len())]
    Faults(Vec<Fault>),
    /// Nobody of an administrator's role could sign in any more.
    #[error(
        "by these policies nobody who has the role could sign in to any app ({}); nothing was changed. Exclude one \
         of them, or say `--yes-lock-out`",
        .0.join("; ")
    )]
    LockOut(Vec<String>),
    /// The store could not.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Guests are read from the store so many at a time.
const PAGE: u32 = 500;

/// Applies definitions.
///
/// # Errors
/// [`ApplyError`]; nothing was changed then.
pub async fn apply(services: &Services, definitions: &Definitions, options: &Options) -> Result<Report, ApplyError> {
    let rules = StandardRules { public_url: services.settings.public_url.clone() };
    apply_by(services, definitions, options, &rules).await
}

/// As [`apply`], by other rules.
///
/// # Errors
/// [`ApplyError`]; nothing was changed then.
pub async fn apply_by(
    services: &Services,
    definitions: &Definitions,
    options: &Options,
    rules: &dyn Rules,
) -> Result<Report, ApplyError> {
    let now = services.clock.now();
    let gathered = gather::gather(services, definitions, rules, now).await?;
    let mut judged = rules::judge(&gathered.definitions, rules, now);
    judged.warnings.extend(gathered.warnings.iter().cloned());
    let mut clashes = BTreeMap::new();
    let mut tries = 1;
    loop {
        let context = Context {
            now,
            random: services.random.as_ref(),
            sealer: &services.sealer,
            organization: &services.settings.organization.domain,
            pruning: options.pruning,
            found: &options.found,
            clashes: &clashes,
        };
        match attempt(services, &gathered, options, &judged, &context).await {
            // The last name that is tried is nobody else's, so this ends for each guest.
            Err(Halt::NameTaken { mail_key }) => {
                let clash: &mut u32 = clashes.entry(mail_key).or_insert(0);
                if *clash >= NUMBERED_NAMES {
                    return Err(StoreError::Raced.into());
                }
                *clash += 1;
                continue;
            }
            Err(Halt::Apply(ApplyError::Store(StoreError::Raced))) if tries < MAX_TRIES => {}
            Err(Halt::Apply(error)) => return Err(error),
            Ok(report) => return Ok(report),
        }
        tries += 1;
    }
}

/// Why one attempt ended.
enum Halt {
    /// The `#EXT#` name of a new guest is another's; the next attempt takes the next one.
    NameTaken {
        /// The lower-case address.
        mail_key: String,
    },
    Apply(ApplyError),
}

impl From<StoreError> for Halt {
    fn from(error: StoreError) -> Self {
        Self::Apply(error.into())
    }
}

async fn attempt(
    services: &Services,
    gathered: &Gathered<'_>,
    options: &Options,
    judged: &Judged,
    context: &Context<'_>,
) -> Result<Report, Halt> {
    let definitions = gathered.definitions.as_ref();
    let mut unit = services.store.unit_of_work().await?;
    // Held until the end, so that two who apply at once do not compile without each other's policies.
    unit.policy_revision().await?;
    let stored = read_stored(unit.as_mut(), definitions, options.pruning).await?;
    let plan =
        plan::plan(&stored, definitions, judged, context).map_err(|faults| Halt::Apply(ApplyError::Faults(faults)))?;
    let mut plan = plan;
    warn_of_proofs(&mut plan, services.settings.domain_proof);
    let report = Report::of(&plan, options.mode);
    // A dry run is told as well of policies that would be refused.
    let is_done = options.mode == Mode::DryRun && (plan.policies.is_empty() || options.lock_out == LockOut::Taken);
    if is_done || plan.is_empty() {
        return Ok(report);
    }
    let author =
        write::Author { operator: &options.operator, now: context.now, random: context.random, services, gathered };
    let before = if options.lock_out == LockOut::Refused { Some(lock_out::loaded(unit.as_mut()).await?) } else { None };
    write::write(unit.as_mut(), &plan, &author).await?;
    if let Some(before) = before {
        let shut_out = lock_out::shut_out(services, unit.as_mut(), &before, context.now).await?;
        if !shut_out.is_empty() {
            return Err(Halt::Apply(ApplyError::LockOut(shut_out)));
        }
    }
    if options.mode == Mode::DryRun {
        return Ok(report);
    }
    unit.commit().await?;
    services.directory.forget();
    if let Err(error) = services.policies.reload(services.store.as_ref()).await {
        // What is stored decides all the same: whoever decides next notices and loads it.
        tracing::warn!(%error, "the new policies could not be loaded yet");
    }
    Ok(report)
}

/// Domains that lead nobody yet, since nothing but the word of who applies shows them.
fn warn_of_proofs(plan: &mut plan::Plan, demanded: DemandedProof) {
    if demanded == DemandedProof::Word {
        return;
    }
    for step in &plan.partners {
        let (plan::Step::Add(partner) | plan::Step::Change { value: partner, .. }) = step else { continue };
        let all = partner.domains.iter().chain(&partner.shared_domains);
        for domain in all.filter(|domain| !partner.is_shown(domain)) {
            plan.warnings.push(format!(
                "partner `{slug}`: the domain `{domain}` leads nobody and proves no mail until the DNS shows it: `entente partner \
                 domains {slug}` tells the record, `entente partner verify {slug}` asks for it",
                slug = partner.slug
            ));
        }
    }
}

/// What the plan needs to know: all partners, apps, groups and policies, and of guests either all, where some
/// may be pruned, or those that the definitions name.
async fn read_stored(
    unit: &mut dyn UnitOfWork,
    definitions: &Definitions,
    pruning: Pruning,
) -> Result<Stored, StoreError> {
    let mut stored = Stored {
        partners: unit.list_partners().await?,
        collaboration: Some(unit.collaboration().await?),
        apps: unit.list_apps().await?,
        groups: unit.list_groups().await?,
        guests: Vec::new(),
        policies: StoredPolicies {
            policies: unit.list_policies().await?,
            locations: unit.list_named_locations().await?,
            strengths: unit.list_strengths().await?,
            app_groups: unit.list_app_groups().await?,
        },
    };
    if pruning == Pruning::Remove {
        let mut after = None;
        loop {
            let page = unit.list_guests(after, PAGE).await?;
            after = page.last().map(|kept| kept.value.guest.id);
            stored.guests.extend(page);
            if after.is_none() {
                return Ok(stored);
            }
        }
    }
    for id in matching::ids_named(definitions) {
        stored.add_guest(unit.guest(id).await?);
    }
    for key in matching::addresses_named(definitions) {
        stored.add_guest(unit.guest_by_mail_key(&key).await?);
    }
    Ok(stored)
}
