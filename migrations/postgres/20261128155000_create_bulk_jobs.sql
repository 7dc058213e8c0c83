-- Why: the rows of a file are invited one after another, and whoever goes on after a crash does no row twice.
--
-- `next_row` moves in the transaction that does the row, with its outcome. The file is kept as it was handed in,
-- sealed, and read again by whoever does its rows: so taking 2,000 rows is one row here. Who asked is an operator, an
-- app or a person; none refers to a row, since a job outlives them and is refused then, row by row.
create table bulk_jobs (
    id bytea not null,
    file_name text not null,
    form text not null,
    operator text,
    app_id bytea,
    guest_id bytea,
    state text not null,
    total bigint not null,
    next_row bigint not null,
    invited bigint not null,
    skipped bigint not null,
    failed bigint not null,
    created_at bigint not null,
    ended_at bigint,
    leased_until bigint not null,
    sealed_sheet bytea not null,
    constraint bulk_jobs_pkey primary key (id)
);
create index bulk_jobs_running_idx on bulk_jobs (leased_until) where state = 'running';
create index bulk_jobs_ended_idx on bulk_jobs (ended_at) where ended_at is not null;

create table bulk_outcomes (
    job_id bytea not null,
    position bigint not null,
    status text not null,
    code text,
    message text,
    guest_id bytea,
    sealed_link bytea,
    created_at bigint not null default (cast(extract(epoch from clock_timestamp()) * 1000000 as bigint)),
    constraint bulk_outcomes_pkey primary key (job_id, position),
    constraint bulk_outcomes_job_fkey foreign key (job_id) references bulk_jobs (id) on delete cascade
);
