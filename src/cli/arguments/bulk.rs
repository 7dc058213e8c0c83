//! Arguments of files of invitations.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// Verbs of files of invitations.
#[derive(Debug, Clone, Subcommand)]
pub enum BulkVerb {
    /// Judge a file row by row, and do nothing
    Check(FileArgument),
    /// Invite the rows of a file; rows that are bad fail alone
    Invite(BulkInviteArguments),
    /// The jobs, newest first
    List,
    /// One of them
    Show(JobArgument),
    /// Do no more rows of it
    Stop(JobArgument),
    /// Go on with a job that was stopped
    Resume(BulkResumeArguments),
    /// The file once more, and behind each row what became of it, with the links
    Report(BulkReportArguments),
    /// Remove a job that does not run, with its file and report
    Remove(JobArgument),
}

/// Names a file.
#[derive(Debug, Clone, Args)]
pub struct FileArgument {
    /// A CSV file
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
}

/// Names a job.
#[derive(Debug, Clone, Args)]
pub struct JobArgument {
    /// The id of the job
    #[arg(value_name = "JOB")]
    pub job: String,
}

/// What to invite.
#[derive(Debug, Clone, Args)]
pub struct BulkInviteArguments {
    /// A CSV file
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Hand it in and leave its rows to the gateway that serves
    #[arg(long)]
    pub background: bool,
}

/// What to go on with.
#[derive(Debug, Clone, Args)]
pub struct BulkResumeArguments {
    /// The id of the job
    #[arg(value_name = "JOB")]
    pub job: String,
    /// Leave its rows to the gateway that serves
    #[arg(long)]
    pub background: bool,
}

/// Which report, and where to.
#[derive(Debug, Clone, Args)]
pub struct BulkReportArguments {
    /// The id of the job
    #[arg(value_name = "JOB")]
    pub job: String,
    /// Where it is written; standard output otherwise
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}
