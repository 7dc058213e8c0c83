-- Why: what partners and apps publish about themselves changes, and is fetched again and again.
--
-- What was read stands in the row of its owner, with the owner's version, since it is what decides; here
-- stands when and how it is read again. One row for each partner and each SAML app. `etags` and `warned`
-- are JSON: the validators by address, and which ends have been warned of.
create table watches (
    id blob not null,
    partner_id blob,
    app_id blob,
    etags text not null,
    read_at integer,
    next_at integer not null,
    failures integer not null,
    fault text,
    warned text not null,
    created_at integer not null default (cast(unixepoch('subsec') * 1000000 as integer)),
    constraint watches_pkey primary key (id),
    constraint watches_one_owner check ((partner_id is null) <> (app_id is null)),
    constraint watches_partner_fkey foreign key (partner_id) references partners (id) on delete cascade,
    constraint watches_app_fkey foreign key (app_id) references apps (id) on delete cascade
) strict, without rowid;
create index watches_next_at_idx on watches (next_at);
create unique index watches_partner_key on watches (partner_id);
create unique index watches_app_key on watches (app_id);
insert into watches (id, partner_id, etags, next_at, failures, warned)
select id, id, '{}', 0, 0, '{}'
from partners;
insert into watches (id, app_id, etags, next_at, failures, warned)
select id, id, '{}', 0, 0, '{}'
from apps
where protocol = 'saml';
