-- Why: a person who wants no more invitations gets none, with an account or without.
--
-- `recipient` is an HMAC of the address, under a key of this installation, so that the list names nobody.
create table blocked_mail (
    recipient blob not null,
    blocked_at integer not null,
    created_at integer not null default (cast(unixepoch('subsec') * 1000000 as integer)),
    constraint blocked_mail_pkey primary key (recipient)
) strict, without rowid;
