-- Why: whoever makes a request again by the same key gets the same answer, and nothing is done twice.
--
-- `id` is a hash of who asks and of the key; `fingerprint` one of what was asked. `sealed` holds the answer, which may
-- have the link of an invitation in it. A row is written by the transaction of what was asked, and goes after a day.
create table kept_answers (
    id bytea not null,
    fingerprint bytea not null,
    sealed bytea not null,
    expires_at bigint not null,
    created_at bigint not null default (cast(extract(epoch from clock_timestamp()) * 1000000 as bigint)),
    constraint kept_answers_pkey primary key (id)
);
create index kept_answers_expires_at_idx on kept_answers (expires_at);
