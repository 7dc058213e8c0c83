-- Why: whoever makes a request again by the same key gets the same answer, and nothing is done twice.
--
-- `id` is a hash of who asks and of the key; `fingerprint` one of what was asked. `sealed` holds the answer, which may
-- have the link of an invitation in it. A row is written by the transaction of what was asked, and goes after a day.
create table kept_answers (
    id blob not null,
    fingerprint blob not null,
    sealed blob not null,
    expires_at integer not null,
    created_at integer not null default (cast(unixepoch('subsec') * 1000000 as integer)),
    constraint kept_answers_pkey primary key (id)
) strict, without rowid;
create index kept_answers_expires_at_idx on kept_answers (expires_at);
