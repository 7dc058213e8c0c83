//! Decides on a sign-in, a use of a session or of what was issued: gathers the facts in one place and
//! asks the policies, all inside the unit that acts on the decision.

use std::cell::RefCell;
use std::net::IpAddr;
use std::time::Duration;

use crate::base::clock::Timestamp;
use crate::domain::apps::ApplicationType;
use crate::domain::assurance::told::{Proof, method_of, strengths_of};
use crate::domain::authentication::Authentication;
use crate::domain::circumstances::Circumstances;
use crate::domain::factors::FactorKind;
use crate::domain::grants::{AppNow, PartnerNow, SessionReading};
use crate::domain::guests::{Guest, UserType};
use crate::domain::partners::MAILED_CODE_PARTNER;
use crate::domain::policy::decide::decide_beside;
use crate::domain::policy::decision::{Clause, Decision, Need, Reason, Refused, SessionTerms};
use crate::domain::policy::described::describe;
use crate::domain::policy::facts::{Asked, Fact, Facts, HomeTrust, Place, Shown};
use crate::domain::policy::methods::{Method, MethodSet};
use crate::domain::policy::object::Control;
use crate::domain::policy::outcomes::{Outcome, Outcomes};
use crate::domain::policy::strengths::StrengthId;
use crate::domain::policy::words::{ClientAppType, Flow, GuestType, State};
use crate::domain::requests::{AcrWeight, AcrWish, AppRequest, FreshProof};
use crate::domain::sessions::Session;
use crate::domain::store::UnitOfWork;
use crate::flows::next::Visitor;
use crate::flows::policies::Loaded;
use crate::flows::services::Services;

use super::Halt;
use super::memberships::Memberships;

thread_local! {
    /// Used again by every decision of this thread.
    static OUTCOMES: RefCell<Outcomes> = RefCell::new(Outcomes::new());
}

/// What is decided on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Matter<'a> {
    /// The session, written or about to be.
    pub(crate) session: &'a Session,
    /// Whose.
    pub(crate) guest: &'a Guest,
    /// Who vouched.
    pub(crate) partner: &'a PartnerNow,
    /// Who asks; absent where it has been removed.
    pub(crate) app: Option<&'a AppNow>,
    /// The browser, the time and what the app wants.
    pub(crate) circumstances: &'a Circumstances,
    /// What the partner has been asked for in this attempt.
    pub(crate) asked: AskedOfHome<'a>,
    /// What of the decision is told.
    pub(crate) told: Told,
}

/// What of a decision is told to the audit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Told {
    /// The facts and what became of each policy.
    Wholly,
    /// So where it does not allow; else the version and that it allows. For what follows a decision that has
    /// been told wholly, on the same facts.
    WhollyUnlessAllowed,
}

/// What the partner has been asked for in an attempt.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AskedOfHome<'a> {
    /// Strengths.
    pub(crate) strengths: &'a [StrengthId],
    /// A fresh sign-in.
    pub(crate) afresh: Asked,
}

impl AskedOfHome<'_> {
    /// Nothing.
    pub(crate) const NOTHING: Self = Self { strengths: &[], afresh: Asked::NotYet };
}

/// A decision, and what it was made of.
#[derive(Debug, Clone)]
pub(crate) struct Decided {
    /// The decision of policies and app.
    pub(crate) decision: Decision,
    /// What the app would like to have beyond it, and can be had without an enrolment.
    pub(crate) wish: Option<Need>,
    /// Whether a partner that is asked for what is lacking must prove the person again, since what it
    /// has shown would do were it not too old.
    pub(crate) proof: FreshProof,
    /// For the audit; empty where there are no policies.
    pub(crate) details: Vec<(&'static str, String)>,
}

impl Decided {
    /// What the policies set for the session, where they let the person in.
    pub(crate) const fn terms(&self) -> Option<SessionTerms> {
        match &self.decision {
            Decision::Allow(terms) => Some(*terms),
            Decision::StepUp(_) | Decision::Refuse(_) => None,
        }
    }
}

/// What the app asked in an attempt that began at `started_at`, decided on as if at `judged_at`.
pub(crate) fn circumstances(
    visitor: &Visitor,
    request: &AppRequest,
    started_at: Timestamp,
    judged_at: Timestamp,
) -> Circumstances {
    let factors_since = match request.max_age {
        _ if request.interaction.wants_fresh_proof() => Some(started_at),
        Some(0) => Some(started_at),
        Some(seconds) => Some(judged_at.minus(Duration::from_secs(u64::from(seconds)))),
        None => None,
    };
    Circumstances {
        address: visitor.network,
        platform: visitor.platform,
        judged_at,
        factors_since,
        acr: request.acr.clone(),
    }
}

/// Decides in `unit`, which has read what `matter` says.
///
/// # Errors
/// [`Halt::PoliciesMoved`] where another process has changed the policies since they were loaded.
pub(crate) async fn decide(
    services: &Services,
    unit: &mut dyn UnitOfWork,
    matter: &Matter<'_>,
) -> Result<Decided, Halt> {
    let loaded = services.policies.current();
    if unit.policy_revision().await? != loaded.revision {
        return Err(Halt::PoliciesMoved);
    }
    let memberships = Memberships::read(unit, &loaded, matter.guest.id, matter.app.map(|app| app.id)).await?;
    let mut decided = judge(services, &loaded, matter, &memberships);
    if decided.wish.as_ref().is_some_and(|need| need.place == Place::Here) {
        let enrolled = unit.list_factors(matter.guest.id).await?;
        let enrolled = enrolled.iter().fold(MethodSet::EMPTY, |methods, factor| {
            methods.with(match factor.material.kind() {
                FactorKind::Passkey => Method::Fido2,
                _ => Method::SoftwareOath,
            })
        });
        decided.wish = decided.wish.filter(|need| covers(need, enrolled));
    }
    Ok(decided)
}

/// Decides by policies that are known to be the present ones. Pure.
pub(crate) fn judge(services: &Services, loaded: &Loaded, matter: &Matter<'_>, memberships: &Memberships) -> Decided {
    let circumstances = matter.circumstances;
    let at = circumstances.judged_at;
    let proof = Proof::of(matter.session, &matter.partner.assurance, circumstances.factors_since, at);
    let shown = shown(matter.session, &proof);
    let country = circumstances.address.map_or(Fact::Unknown, |address| services.countries.country(address));
    let offered = services.settings.factors.offered();
    // Who is proven by a mailed code shows nothing more by another one.
    let is_by_mail = matter.partner.id == MAILED_CODE_PARTNER;
    let offered_here = if is_by_mail { offered.without(MethodSet::of(&[Method::Email])) } else { offered };
    let facts = Facts { country, offered_here, ..facts(loaded, matter, &shown, memberships) };
    OUTCOMES.with_borrow_mut(|outcomes| {
        let essential = needed_class(&circumstances.acr, &proof);
        let decision = match essential {
            Err(reason) => Decision::Refuse(Refused { policy: None, reason }),
            Ok(beside) => ask(loaded, facts, matter.asked.strengths, &beside, at, outcomes),
        };
        let details = details(loaded, &facts, &decision, outcomes, matter);
        let again = must_prove_again(matter, &decision);
        let wish = match &decision {
            Decision::Allow(_) => wish(loaded, facts, matter, &proof, at, outcomes),
            Decision::StepUp(_) | Decision::Refuse(_) => None,
        };
        Decided { decision, wish, proof: again, details }
    })
}

fn facts<'a>(loaded: &'a Loaded, matter: &Matter<'a>, shown: &'a [Shown], memberships: &'a Memberships) -> Facts<'a> {
    let Matter { session, guest, partner, app, circumstances, asked, .. } = *matter;
    let known = |ip: Option<IpAddr>| ip.map_or(Fact::Unknown, Fact::Known);
    Facts {
        subject: Fact::Known(guest.id),
        mail: Fact::mail_of(guest),
        groups: memberships.groups_known(),
        roles: memberships.roles.as_deref().map_or(Fact::Unknown, Fact::Known),
        // Members are of the home organisation, so that they are no kind of guest.
        guest_type: Fact::Known(match guest.user_type {
            UserType::Guest => Some(GuestType::B2bCollaborationGuest),
            UserType::Member => None,
        }),
        partner: Fact::Known(partner.id),
        app: app.map_or(Fact::Unknown, |app| Fact::Known(app.id)),
        app_groups: app.map_or(Fact::Unknown, |app| Fact::Known(loaded.app_groups_of(app.id))),
        client_app_type: app.map_or(Fact::Unknown, |app| {
            Fact::Known(match app.application_type {
                ApplicationType::Web => ClientAppType::Browser,
                ApplicationType::Native => ClientAppType::MobileAppsAndDesktopClients,
            })
        }),
        platform: circumstances.platform.map_or(Fact::Unknown, Fact::Known),
        ip: known(circumstances.address),
        flow: Fact::Known(Flow::Direct),
        shown: Fact::Known(shown),
        authenticated_at: match session.authenticated_at {
            Authentication::TIME_UNKNOWN => Fact::Unknown,
            at => Fact::Known(at),
        },
        home_trust: partner.assurance.home_trust,
        home_asked: Asked::NotYet,
        asked_afresh: asked.afresh,
        ..Facts::NOTHING
    }
}

/// What the person has shown, as far as it counts.
fn shown(session: &Session, proof: &Proof<'_>) -> Vec<Shown> {
    let home = proof.home.methods().map(|method| Shown { method, place: Place::Home, at: session.authenticated_at });
    let here = proof.here().iter();
    let here = here.map(|proof| Shown { method: method_of(proof.means), place: Place::Here, at: proof.at });
    home.chain(here).collect()
}

/// The strengths of which the app needs one.
///
/// # Errors
/// Where none of the classes that it needs can be reached.
fn needed_class(wishes: &[AcrWish], proof: &Proof<'_>) -> Result<Vec<StrengthId>, Reason> {
    let mut essential = wishes.iter().filter(|wish| wish.weight == AcrWeight::Essential).peekable();
    if essential.peek().is_none() || essential.any(|wish| proof.is_true(&wish.value)) {
        return Ok(Vec::new());
    }
    let strengths = strengths_of(wishes, AcrWeight::Essential);
    if strengths.is_empty() { Err(Reason::ClassOutOfReach) } else { Ok(strengths) }
}

/// Asks the policies, and once more where the partner has already been asked for what is lacking.
fn ask(
    loaded: &Loaded,
    facts: Facts<'_>,
    asked: &[StrengthId],
    beside: &[StrengthId],
    at: Timestamp,
    outcomes: &mut Outcomes,
) -> Decision {
    let decision = decide_beside(&loaded.set, &facts, beside, at, outcomes);
    match &decision {
        Decision::StepUp(need) if need.place == Place::Home && has_been_asked(need, asked) => {
            let facts = Facts { home_asked: Asked::AlreadyAsked, ..facts };
            decide_beside(&loaded.set, &facts, beside, at, outcomes)
        }
        _ => decision,
    }
}

/// The part of a need that the partner is asked for: the strongest, since one question has one answer.
pub(crate) fn strongest(need: &Need) -> &[StrengthId] {
    let rank = |clause: &&Clause| match clause.strengths.as_slice() {
        [StrengthId::MULTIFACTOR] => 0,
        strengths if strengths.contains(&StrengthId::MULTIFACTOR) => 1,
        [StrengthId::PHISHING_RESISTANT] => 4,
        [StrengthId::PASSWORDLESS] => 3,
        _ => 2,
    };
    need.clauses.iter().max_by_key(rank).map_or(&[], |clause| clause.strengths.as_slice())
}

fn has_been_asked(need: &Need, asked: &[StrengthId]) -> bool {
    strongest(need).iter().any(|strength| asked.contains(strength))
}

/// What the app would like to have: asked of a partner that has not been asked for it, or here.
fn wish(
    loaded: &Loaded,
    facts: Facts<'_>,
    matter: &Matter<'_>,
    proof: &Proof<'_>,
    at: Timestamp,
    outcomes: &mut Outcomes,
) -> Option<Need> {
    let wishes = &matter.circumstances.acr;
    if wishes.iter().any(|wish| proof.is_true(&wish.value)) {
        return None;
    }
    let wanted = strengths_of(wishes, AcrWeight::Voluntary);
    if wanted.is_empty() {
        return None;
    }
    let asked = [matter.asked.strengths, &matter.session.asked_strengths].concat();
    match ask(loaded, facts, &asked, &wanted, at, outcomes) {
        Decision::StepUp(need) => Some(need),
        Decision::Allow(_) | Decision::Refuse(_) => None,
    }
}

fn must_prove_again(matter: &Matter<'_>, decision: &Decision) -> FreshProof {
    let Decision::StepUp(need) = decision else { return FreshProof::NotAsked };
    let contract = &matter.partner.assurance;
    let were_it_fresh = contract.accepted(matter.session.home_methods, Duration::ZERO);
    let is_trusted = contract.home_trust != HomeTrust::NotTrusted;
    if need.fresh_sign_in || (need.place == Place::Home && is_trusted && covers(need, were_it_fresh)) {
        FreshProof::Asked
    } else {
        FreshProof::NotAsked
    }
}

/// Whether `methods` are enough for every part of a need.
fn covers(need: &Need, methods: MethodSet) -> bool {
    let is_covered = |clause: &Clause| clause.gaps.iter().any(|gap| gap.is_within(methods));
    need.clauses.iter().all(is_covered)
}

/// What explains a decision years later: the version of the policies, the facts, and what became of
/// each policy. The mail address is personal and left out.
fn details(
    loaded: &Loaded,
    facts: &Facts<'_>,
    decision: &Decision,
    outcomes: &Outcomes,
    matter: &Matter<'_>,
) -> Vec<(&'static str, String)> {
    let set = &loaded.set;
    if set.policies().is_empty() {
        return Vec::new();
    }
    let mut details = vec![("policy_version", set.version().to_string())];
    let word = match decision {
        Decision::Allow(_) if matter.told == Told::WhollyUnlessAllowed => {
            details.push(("decision", "allow".to_owned()));
            return details;
        }
        Decision::Allow(_) => "allow",
        Decision::StepUp(_) => "step_up",
        Decision::Refuse(_) => "refuse",
    };
    details.extend(describe(facts).into_iter().filter(|(name, _)| *name != "user.mail"));
    let (mut enforced, mut reported) = (String::new(), String::new());
    let mut demands_more = matches!(decision, Decision::StepUp(need) if !need.clauses.is_empty())
        || !strengths_of(&matter.circumstances.acr, AcrWeight::Essential).is_empty();
    for (policy, outcome) in set.policies().iter().zip(outcomes.all()) {
        let list = match (policy.state, outcome) {
            (State::ReportOnly, _) => &mut reported,
            (_, Outcome::NotApplied(..)) => continue,
            _ => {
                let controls = policy.grant.as_ref().map_or(&[][..], |grant| &grant.controls);
                demands_more |= controls.iter().any(|control| *control != Control::Block);
                &mut enforced
            }
        };
        let space = if list.is_empty() { "" } else { " " };
        for part in [space, policy.slug.as_str(), "=", outcome.as_str(policy.state)] {
            list.push_str(part);
        }
    }
    let requirement = if demands_more { "multi_factor" } else { "single_factor" };
    details.extend([("policies", enforced), ("report_only", reported), ("decision", word.to_owned())]);
    details.push(("requirement", requirement.to_owned()));
    details
}

/// The matter of a session that has been read.
pub(crate) fn of_session<'a>(
    reading: &'a SessionReading,
    circumstances: &'a Circumstances,
    asked: AskedOfHome<'a>,
) -> Matter<'a> {
    Matter {
        session: &reading.session,
        guest: &reading.guest,
        partner: &reading.partner,
        app: reading.app.as_ref(),
        circumstances,
        asked,
        told: Told::Wholly,
    }
}
