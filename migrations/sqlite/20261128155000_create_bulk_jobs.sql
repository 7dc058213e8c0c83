-- Why: the rows of a file are invited one after another, and whoever goes on after a crash does no row twice.
--
-- `next_row` moves in the transaction that does the row, with its outcome. The file is kept as it was handed in,
-- sealed, and read again by whoever does its rows: so taking 2,000 rows is one row here. Who asked is an operator, an
-- app or a person; none refers to a row, since a job outlives them and is refused then, row by row.
create table bulk_jobs (
    id blob not null,
    file_name text not null,
    form text not null,
    operator text,
    app_id blob,
    guest_id blob,
    state text not null,
    total integer not null,
    next_row integer not null,
    invited integer not null,
    skipped integer not null,
    failed integer not null,
    created_at integer not null,
    ended_at integer,
    leased_until integer not null,
    sealed_sheet blob not null,
    constraint bulk_jobs_pkey primary key (id)
) strict, without rowid;
create index bulk_jobs_running_idx on bulk_jobs (leased_until) where state = 'running';
create index bulk_jobs_ended_idx on bulk_jobs (ended_at) where ended_at is not null;

create table bulk_outcomes (
    job_id blob not null,
    position integer not null,
    status text not null,
    code text,
    message text,
    guest_id blob,
    sealed_link blob,
    created_at integer not null default (cast(unixepoch('subsec') * 1000000 as integer)),
    constraint bulk_outcomes_pkey primary key (job_id, position),
    constraint bulk_outcomes_job_fkey foreign key (job_id) references bulk_jobs (id) on delete cascade
) strict, without rowid;
