-- Why: a person who wants no more invitations gets none, with an account or without.
--
-- `recipient` is an HMAC of the address, under a key of this installation, so that the list names nobody.
create table blocked_mail (
    recipient bytea not null,
    blocked_at bigint not null,
    created_at bigint not null default (cast(extract(epoch from clock_timestamp()) * 1000000 as bigint)),
    constraint blocked_mail_pkey primary key (recipient)
);
