//! A file, and whoever hands it in.

use entente::domain::bulk::job::{BulkJob, JobState};
use entente::domain::permissions::Caller;
use entente::flows::bulk::{find, report::report, run, take};

use crate::support::gateway::Gateway;

pub fn operator() -> Caller {
    Caller::Operator("olga".to_owned())
}

/// Three good rows, one for somebody who is here, and two bad ones.
pub const MIXED: &str = "Email,DisplayName,InvitedToGroups\n\
    zoe@adatum.example,Zoe,\n\
    yan@adatum.example,=cmd(),\n\
    ana@fabrikam.example,Ana,\n\
    nobody,Nobody,\n\
    xia@adatum.example,Xia,strangers\n\
    wim@adatum.example,Wim,\n";

pub async fn hand_in(gateway: &Gateway, text: &str) -> BulkJob {
    take::take(&gateway.services, &operator(), "../guests.csv", text.as_bytes()).await.unwrap()
}

/// Does what is left of a job, and says how it stands.
pub async fn go_on(gateway: &Gateway, job: &BulkJob) -> BulkJob {
    run::run(&gateway.services, job, &|| false, &mut |_| {}).await.unwrap();
    now(gateway, job).await
}

pub async fn now(gateway: &Gateway, job: &BulkJob) -> BulkJob {
    find(&gateway.services, &operator(), job.id).await.unwrap()
}

/// The cells behind those of the file: line, status, code, message, account and link.
pub async fn reported(gateway: &Gateway, job: &BulkJob) -> Vec<Vec<String>> {
    let text = report(&gateway.services, &operator(), job.id).await.unwrap();
    let mut reader = entente::base::csv::Reader::new(&text, entente::base::csv::Separator::Comma, 1);
    let head = reader.record().unwrap().unwrap();
    let own = head.cells.len() - 6;
    assert_eq!(head.cells[own..], ["line", "status", "errorCode", "message", "userId", "inviteRedeemUrl"]);
    let mut rows = Vec::new();
    while let Some(record) = reader.record().unwrap() {
        rows.push(record.cells[own..].to_vec());
    }
    rows
}

pub fn is_finished(job: &BulkJob) -> bool {
    job.state == JobState::Finished
}
