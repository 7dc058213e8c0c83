-- Why: a guest whose partner shows that they may look through the partner's directory adds colleagues who need not
-- redeem anything. A row is there where the statement that began a session showed it, and goes with the session.
create table home_readers (
    session_id bytea not null,
    created_at bigint not null default (cast(extract(epoch from clock_timestamp()) * 1000000 as bigint)),
    constraint home_readers_pkey primary key (session_id),
    constraint home_readers_session_fkey foreign key (session_id) references sessions (id) on delete cascade
);
