//! The arguments of `invite`, and of what follows an invitation.

use clap::{Args, Subcommand};

use super::{ConfigArgument, FormatArgument, GuestArgument};

/// Arguments of `invite`.
#[derive(Debug, Clone, Args)]
pub struct InviteArguments {
    #[command(flatten)]
    #[expect(missing_docs, reason = "documented at its type")]
    pub config: ConfigArgument,
    #[command(flatten)]
    #[expect(missing_docs, reason = "documented at its type")]
    pub format: FormatArgument,
    /// Who is invited
    #[arg(value_name = "MAIL")]
    pub address: String,
    /// Where the browser goes afterwards
    #[arg(long, value_name = "URL")]
    pub redirect: String,
    /// The name; without it the partner's is taken at each sign-in
    #[arg(long)]
    pub name: Option<String>,
    /// What to say in the mail, as plain text
    #[arg(long, value_name = "TEXT")]
    pub message: Option<String>,
    /// The language of the mail, such as `de`
    #[arg(long, value_name = "TAG")]
    pub language: Option<String>,
    /// Who gets a copy of the mail; the link then makes no account by a mailed code
    #[arg(long, value_name = "MAIL")]
    pub cc: Vec<String>,
    /// A group that the person joins when the invitation is redeemed: slug or id
    #[arg(long = "group", value_name = "GROUP")]
    pub groups: Vec<String>,
    /// An app that the person is assigned to when the invitation is redeemed: slug or id
    #[arg(long = "app", value_name = "APP")]
    pub apps: Vec<String>,
    /// Who answers for the account: mail address or id of an account, or slug or id of a group
    #[arg(long = "sponsor", value_name = "SPONSOR")]
    pub sponsors: Vec<String>,
    /// Invite as a member of the organisation
    #[arg(long)]
    pub member: bool,
    /// Mail the link; otherwise it is printed and handed over by hand
    #[arg(long)]
    pub send: bool,
    /// The internal account that is to be redeemed from elsewhere; its mail must be the address already
    #[arg(long, value_name = "ID")]
    pub account: Option<String>,
}

/// Verbs of guests about how accounts come, go and return.
#[derive(Debug, Clone, Subcommand)]
pub enum LifeVerb {
    /// Remove it so that it can be restored for 30 days; its sessions, codes and tokens end
    Delete(GuestArgument),
    /// Those that were removed and can be restored
    Deleted,
    /// Restore one that was removed, with its groups and apps
    Restore(GuestArgument),
    /// Remove one for good that was removed before
    Purge(GuestArgument),
    /// Make another link to one that nobody has redeemed
    Resend(AnewArguments),
    /// Let it be redeemed anew: it keeps its id, name, groups and apps, and who had it signs in no more
    Reset(ResetArguments),
    /// Who answers for it, or set that
    Sponsors(SponsorsArguments),
}

/// Arguments of `guest resend`.
#[derive(Debug, Clone, Args)]
pub struct AnewArguments {
    /// Its mail address or id
    #[arg(value_name = "GUEST")]
    pub guest: String,
    /// Where the browser goes afterwards; without it, where the last invitation said
    #[arg(long, value_name = "URL")]
    pub redirect: Option<String>,
    /// What to say in the mail, as plain text
    #[arg(long, value_name = "TEXT")]
    pub message: Option<String>,
    /// The language of the mail, such as `de`
    #[arg(long, value_name = "TAG")]
    pub language: Option<String>,
    /// Mail the link; otherwise it is printed and handed over by hand
    #[arg(long)]
    pub send: bool,
}

/// Arguments of `guest reset`.
#[derive(Debug, Clone, Args)]
pub struct ResetArguments {
    #[command(flatten)]
    #[expect(missing_docs, reason = "documented at its type")]
    pub anew: AnewArguments,
    /// The address from now on; without it, the one that it has
    #[arg(long, value_name = "MAIL")]
    pub address: Option<String>,
}

/// Arguments of `guest sponsors`.
#[derive(Debug, Clone, Args)]
pub struct SponsorsArguments {
    /// Its mail address or id
    #[arg(value_name = "GUEST")]
    pub guest: String,
    /// Exactly these: mail address or id of an account, or slug or id of a group
    #[arg(long = "set", value_name = "SPONSOR")]
    pub set: Vec<String>,
    /// Nobody
    #[arg(long, conflicts_with = "set")]
    pub none: bool,
}
