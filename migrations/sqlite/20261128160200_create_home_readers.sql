-- Why: a guest whose partner shows that they may look through the partner's directory adds colleagues who need not
-- redeem anything. A row is there where the statement that began a session showed it, and goes with the session.
create table home_readers (
    session_id blob not null,
    created_at integer not null default (cast(unixepoch('subsec') * 1000000 as integer)),
    constraint home_readers_pkey primary key (session_id),
    constraint home_readers_session_fkey foreign key (session_id) references sessions (id) on delete cascade
) strict, without rowid;
