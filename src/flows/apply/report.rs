//! What an apply did, or would do, for a person at a terminal.

use std::fmt;

use super::Mode;
use super::matching::ObjectKind;
use super::plan::{Plan, Step, guest_label};
use crate::base::trace::shorten;

/// What became of one object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It was added.
    Added,
    /// These keys of it were changed.
    Changed(Vec<&'static str>),
    /// It was removed.
    Removed,
}

/// One object of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What it is.
    pub kind: ObjectKind,
    /// Its slug, or a guest's address or id.
    pub name: String,
    /// What became of it.
    pub outcome: Outcome,
}

/// What an apply did. It never holds a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Whether it was written.
    pub mode: Mode,
    /// Each object that is not as it was.
    pub lines: Vec<Line>,
    /// How many objects were as asked for already.
    pub unchanged: usize,
    /// What deserves attention.
    pub warnings: Vec<String>,
}

impl Report {
    /// Of a plan.
    #[must_use]
    pub fn of(plan: &Plan, mode: Mode) -> Self {
        let mut lines = Vec::new();
        collect(&mut lines, ObjectKind::Partner, &plan.partners, |partner| partner.slug.to_string());
        collect(&mut lines, ObjectKind::App, &plan.apps, |app| app.slug.to_string());
        collect(&mut lines, ObjectKind::Guest, &plan.guests, guest_label);
        collect(&mut lines, ObjectKind::Group, &plan.groups, |group| group.group.slug.to_string());
        let policies = &plan.policies;
        collect(&mut lines, ObjectKind::NamedLocation, &policies.locations, |location| location.slug.to_string());
        let strength_kind = ObjectKind::AuthenticationStrength;
        collect(&mut lines, strength_kind, &policies.strengths, |strength| strength.slug.to_string());
        collect(&mut lines, ObjectKind::AppGroup, &policies.app_groups, |group| group.slug.to_string());
        collect(&mut lines, ObjectKind::Policy, &policies.policies, |policy| policy.slug.to_string());
        let settings = plan.collaboration.as_slice();
        collect(&mut lines, ObjectKind::Collaboration, settings, |_| "settings".to_owned());
        Self { mode, lines, unchanged: plan.unchanged, warnings: plan.warnings.clone() }
    }

    /// Whether anything is to change.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    fn count(&self, counts: impl Fn(&Outcome) -> bool) -> usize {
        self.lines.iter().filter(|line| counts(&line.outcome)).count()
    }
}

fn collect<T>(lines: &mut Vec<Line>, kind: ObjectKind, steps: &[Step<T>], name: impl Fn(&T) -> String) {
    lines.extend(steps.iter().map(|step| match step {
        Step::Add(value) => Line { kind, name: name(value), outcome: Outcome::Added },
        Step::Change { value, fields, .. } => {
            Line { kind, name: name(value), outcome: Outcome::Changed(fields.clone()) }
        }
        Step::Remove(value) => Line { kind, name: name(value), outcome: Outcome::Removed },
    }));
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let would = match self.mode {
            Mode::Write => "",
            Mode::DryRun => "would be ",
        };
        for Line { kind, name, outcome } in &self.lines {
            match outcome {
                Outcome::Added => writeln!(formatter, "{kind} `{name}` {would}added")?,
                Outcome::Changed(fields) => {
                    writeln!(formatter, "{kind} `{name}` {would}changed: {}", fields.join(", "))?;
                }
                Outcome::Removed => writeln!(formatter, "{kind} `{name}` {would}removed")?,
            }
        }
        for warning in &self.warnings {
            writeln!(formatter, "warning: {}", shorten(warning.clone()))?;
        }
        let added = self.count(|outcome| *outcome == Outcome::Added);
        let changed = self.count(|outcome| matches!(outcome, Outcome::Changed(_)));
        let removed = self.count(|outcome| *outcome == Outcome::Removed);
        let written = match self.mode {
            Mode::Write => "",
            Mode::DryRun => "; nothing was written",
        };
        writeln!(
            formatter,
            "{added} added, {changed} changed, {removed} removed, {} unchanged{written}",
            self.unchanged
        )
    }
}
