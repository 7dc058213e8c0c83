//! Jobs that invite the rows of a file: each row once, whoever does it and whatever comes between.

use std::time::Duration;

use entente::domain::bulk::Form;
use entente::domain::bulk::job::{
    Asked, BulkJob, BulkJobId, Counts, HISTORY, JobState, Requester, RowOutcome, RowStatus,
};
use entente::domain::bulk::upload::{MAX_UPLOADS, UPLOAD_LIFE, Upload, UploadId};
use entente::domain::store::sign_ins::Once;
use entente::domain::store::{Store, StoreError, UnitOfWork};
use uuid::Uuid;

use super::databases::Fresh;
use super::samples::*;
use super::single_use::{assert_one_first, race};

fn job_id(number: u32) -> BulkJobId {
    BulkJobId::from_uuid(Uuid::from_u128(0x70b0_0000 + u128::from(number)))
}

fn job(number: u32, requester: Requester) -> BulkJob {
    BulkJob {
        id: job_id(number),
        file_name: format!("guests {number}.csv"),
        form: Form::Year2016,
        requester,
        state: JobState::Running,
        total: 3,
        next_row: 0,
        counts: Counts::default(),
        created_at: after(u64::from(number)),
        ended_at: None,
    }
}

fn operator() -> Requester {
    Requester::Operator("root".to_owned())
}

fn invited(row: u32) -> RowOutcome {
    let status = RowStatus::Invited;
    RowOutcome { row, status, code: None, message: None, guest: Some(guest_id(row)), sealed_link: Some(vec![7; 40]) }
}

fn failed(row: u32) -> RowOutcome {
    let (code, message) = (Some("EMAIL_CHARS".to_owned()), Some("why".to_owned()));
    RowOutcome { row, status: RowStatus::Failed, code, message, guest: None, sealed_link: None }
}

async fn furnish_job(store: &dyn Store) {
    let mut unit = unit(store).await;
    unit.insert_bulk_job(&job(1, operator()), b"sheet").await.unwrap();
    unit.commit().await.unwrap();
}

async fn do_row(unit: &mut dyn UnitOfWork, outcome: &RowOutcome) -> Once {
    let once = unit.take_bulk_row(job_id(1), outcome.row).await.unwrap();
    if once == Once::First {
        unit.insert_bulk_outcome(job_id(1), outcome, after(50)).await.unwrap();
    }
    once
}

pub async fn a_job_is_read_as_it_was_written(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    let mut unit = unit(&*store).await;
    let requesters = [operator(), Requester::App(app_id(1)), Requester::Person(guest_id(1))];
    for (number, requester) in (1..).zip(requesters) {
        let form = [Form::Year2015, Form::Year2016, Form::Version1][number as usize - 1];
        let job = BulkJob { form, ..job(number, requester) };
        unit.insert_bulk_job(&job, &[1, 2, 3]).await.unwrap();
        assert_eq!(unit.find_bulk_job(job.id).await, Ok(Some(job)));
    }
    assert_eq!(unit.find_bulk_sheet(job_id(1)).await, Ok(Some(vec![1, 2, 3])));
    assert_eq!(unit.find_bulk_job(job_id(9)).await, Ok(None));
    assert_eq!(unit.find_bulk_sheet(job_id(9)).await, Ok(None));
}

pub async fn a_row_is_done_by_one_of_several(fresh: Fresh) {
    let store = fresh.node("first").await.store;
    furnish_job(&*store).await;
    let act = |mut unit: Box<dyn UnitOfWork>| async move {
        let once: Result<Once, StoreError> = unit.take_bulk_row(job_id(1), 0).await;
        let once = once?;
        if once == Once::First {
            unit.insert_bulk_outcome(job_id(1), &invited(0), after(50)).await?;
        }
        unit.commit().await.map(|()| once)
    };
    assert_one_first(&race(&fresh, act).await);
    let mut unit = unit(&*store).await;
    let counts = Counts { invited: 1, ..Counts::default() };
    assert_eq!(unit.find_bulk_job(job_id(1)).await.unwrap().unwrap().counts, counts);
    assert_eq!(unit.take_bulk_row(job_id(1), 2).await, Ok(Once::Again), "rows are done in their order");
}

pub async fn what_was_not_committed_is_done_again(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    furnish_job(&*store).await;
    let mut dropped = unit(&*store).await;
    assert_eq!(do_row(&mut *dropped, &invited(0)).await, Once::First);
    drop(dropped);
    let mut unit = unit(&*store).await;
    assert_eq!(unit.list_bulk_outcomes(job_id(1), 0, 10).await, Ok(Vec::new()));
    assert_eq!(do_row(&mut *unit, &invited(0)).await, Once::First);
    assert_eq!(do_row(&mut *unit, &invited(0)).await, Once::Again);
    unit.commit().await.unwrap();
}

pub async fn a_job_ends_with_its_last_row(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    furnish_job(&*store).await;
    let mut unit = unit(&*store).await;
    let skipped = RowOutcome { status: RowStatus::Skipped, ..failed(2) };
    for outcome in [&invited(0), &failed(1)] {
        assert_eq!(do_row(&mut *unit, outcome).await, Once::First);
    }
    let before = unit.find_bulk_job(job_id(1)).await.unwrap().unwrap();
    assert_eq!((before.state, before.next_row, before.ended_at), (JobState::Running, 2, None));
    assert_eq!(unit.delete_bulk_job(job_id(1)).await, Ok(Once::Again), "a job that runs stays");
    assert_eq!(do_row(&mut *unit, &skipped).await, Once::First);
    let ended = unit.find_bulk_job(job_id(1)).await.unwrap().unwrap();
    assert_eq!((ended.state, ended.next_row, ended.ended_at), (JobState::Finished, 3, Some(after(50))));
    assert_eq!(ended.counts, Counts { invited: 1, skipped: 1, failed: 1 });
    assert_eq!(unit.list_bulk_outcomes(job_id(1), 0, 2).await, Ok(vec![invited(0), failed(1)]));
    assert_eq!(unit.list_bulk_outcomes(job_id(1), 2, 2).await, Ok(vec![skipped]));
    assert_eq!(unit.take_bulk_row(job_id(1), 3).await, Ok(Once::Again), "there are no more rows");
    assert_eq!(unit.delete_bulk_job(job_id(1)).await, Ok(Once::First));
    assert_eq!(unit.list_bulk_outcomes(job_id(1), 0, 2).await, Ok(Vec::new()));
}

pub async fn a_stopped_job_does_no_row_until_it_is_resumed(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    furnish_job(&*store).await;
    let (stop, resume) = ((JobState::Running, JobState::Stopped), (JobState::Stopped, JobState::Running));
    let mut unit = unit(&*store).await;
    assert_eq!(unit.move_bulk_job(job_id(1), stop.0, stop.1, after(60)).await, Ok(Once::First));
    assert_eq!(unit.move_bulk_job(job_id(1), stop.0, stop.1, after(61)).await, Ok(Once::Again));
    assert_eq!(unit.find_bulk_job(job_id(1)).await.unwrap().unwrap().ended_at, Some(after(60)));
    assert_eq!(unit.take_bulk_row(job_id(1), 0).await, Ok(Once::Again));
    assert_eq!(unit.claim_bulk_job(job_id(1), after(61), after(99)).await, Ok(Once::Again));
    unit.commit().await.unwrap();
    assert_eq!(store.waiting_bulk_jobs(after(62), 10).await, Ok(Vec::new()));
    let mut unit = super::samples::unit(&*store).await;
    assert_eq!(unit.move_bulk_job(job_id(1), resume.0, resume.1, after(63)).await, Ok(Once::First));
    unit.commit().await.unwrap();
    assert_eq!(store.waiting_bulk_jobs(after(64), 10).await, Ok(vec![job(1, operator())]));
    let mut unit = super::samples::unit(&*store).await;
    assert_eq!(unit.claim_bulk_job(job_id(1), after(64), after(99)).await, Ok(Once::First));
    assert_eq!(unit.claim_bulk_job(job_id(1), after(98), after(120)).await, Ok(Once::Again));
    unit.commit().await.unwrap();
    assert_eq!(store.waiting_bulk_jobs(after(98), 10).await, Ok(Vec::new()));
    assert_eq!(store.waiting_bulk_jobs(after(99), 10).await.unwrap().len(), 1);
}

pub async fn jobs_are_listed_newest_first_and_go_after_their_history(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    let mut unit = unit(&*store).await;
    for number in 1..=3 {
        unit.insert_bulk_job(&job(number, operator()), b"sheet").await.unwrap();
    }
    let ids = |jobs: Vec<BulkJob>| jobs.into_iter().map(|job| job.id).collect::<Vec<_>>();
    assert_eq!(ids(unit.list_bulk_jobs(None, 2).await.unwrap()), [job_id(3), job_id(2)]);
    assert_eq!(ids(unit.list_bulk_jobs(Some(job_id(2)), 2).await.unwrap()), [job_id(1)]);
    for number in [1, 2] {
        let ended_at = after(100 + u64::from(number));
        unit.move_bulk_job(job_id(number), JobState::Running, JobState::Stopped, ended_at).await.unwrap();
    }
    let now = after(101).plus(HISTORY);
    let sweep = unit.sweep(now.minus(Duration::from_micros(1)), now, after(0), after(0), 10).await.unwrap();
    assert_eq!(sweep.bulk_jobs, 0);
    assert_eq!(unit.sweep(now, now, after(0), after(0), 10).await.unwrap().bulk_jobs, 1);
    assert_eq!(ids(unit.list_bulk_jobs(None, 9).await.unwrap()), [job_id(3), job_id(2)]);
}

pub async fn jobs_are_listed_and_counted_by_who_asked(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    let mut unit = unit(&*store).await;
    let requesters = [operator(), Requester::App(app_id(1)), Requester::Person(guest_id(1))];
    for (number, requester) in (1..).zip(requesters.iter().cycle().take(6)) {
        unit.insert_bulk_job(&job(number, requester.clone()), b"sheet").await.unwrap();
    }
    unit.move_bulk_job(job_id(6), JobState::Running, JobState::Held, after(60)).await.unwrap();
    assert_eq!(unit.find_bulk_job(job_id(6)).await.unwrap().unwrap().state, JobState::Held);
    let ids = |jobs: Vec<BulkJob>| jobs.into_iter().map(|job| job.id).collect::<Vec<_>>();
    for (number, requester) in (1..).zip(&requesters) {
        let (older, newer) = (job_id(number), job_id(number + 3));
        assert_eq!(ids(unit.list_bulk_jobs_of(requester, None, 9).await.unwrap()), [newer, older]);
        assert_eq!(ids(unit.list_bulk_jobs_of(requester, None, 1).await.unwrap()), [newer]);
        assert_eq!(ids(unit.list_bulk_jobs_of(requester, Some(newer), 9).await.unwrap()), [older]);
        let running = if number == 3 { 1 } else { 2 };
        let asked = unit.count_bulk_jobs_of(requester, after(u64::from(number))).await;
        assert_eq!(asked, Ok(Asked { running, since: 1 }), "{requester:?}");
    }
    assert_eq!(unit.list_bulk_jobs_of(&Requester::App(app_id(2)), None, 9).await, Ok(Vec::new()));
    assert_eq!(unit.count_bulk_jobs_of(&Requester::Person(guest_id(2)), after(0)).await, Ok(Asked::default()));
}

fn upload(number: u32) -> Upload {
    Upload {
        id: UploadId::from_uuid(Uuid::from_u128(0x70b1_0000 + u128::from(number))),
        guest: guest_id(1),
        file_name: format!("guests {number}.csv"),
        created_at: after(u64::from(number)),
        expires_at: after(u64::from(number)).plus(UPLOAD_LIFE),
    }
}

pub async fn files_wait_until_they_are_taken_give_way_or_end(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    furnish(&*store).await;
    let mut writing = unit(&*store).await;
    for number in 1..=MAX_UPLOADS + 1 {
        writing.insert_bulk_upload(&upload(number), &[1, 2, 3]).await.unwrap();
    }
    assert_eq!(writing.find_bulk_upload(upload(1).id).await, Ok(None), "the oldest has given way");
    assert_eq!(writing.find_bulk_upload(upload(2).id).await, Ok(Some((upload(2), vec![1, 2, 3]))));
    writing.commit().await.unwrap();
    let act = |mut unit: Box<dyn UnitOfWork>| async move {
        let once: Result<Once, StoreError> = unit.take_bulk_upload(upload(2).id).await;
        let once = once?;
        unit.commit().await.map(|()| once)
    };
    assert_one_first(&race(&fresh, act).await);
    let mut unit = unit(&*store).await;
    assert_eq!(unit.find_bulk_upload(upload(2).id).await, Ok(None));
    let end = upload(3).expires_at;
    let before = end.minus(Duration::from_micros(1));
    assert_eq!(unit.sweep(before, before, after(0), after(0), 10).await.unwrap().bulk_jobs, 0);
    assert_eq!(unit.sweep(end, end, after(0), after(0), 10).await.unwrap().bulk_jobs, 1);
    assert_eq!(unit.find_bulk_upload(upload(3).id).await, Ok(None));
    assert!(unit.find_bulk_upload(upload(4).id).await.unwrap().is_some());
}

pub async fn addresses_of_accounts_are_found_at_once(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    furnish(&*store).await;
    let mut unit = unit(&*store).await;
    let own = guest(1).mail.unwrap();
    let found = unit.mail_keys_here(&["nobody@fabrikam.example", own.key(), "o'neil\"]@x.example"]).await.unwrap();
    assert_eq!(found.into_iter().collect::<Vec<_>>(), [own.key()]);
    assert!(unit.mail_keys_here(&[]).await.unwrap().is_empty());
}
