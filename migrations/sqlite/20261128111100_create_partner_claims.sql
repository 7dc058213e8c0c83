-- Why: partners may share a mail domain, and answer alone for single addresses within it. A claim with `@` is an
-- address, another one a domain; a domain of one partner stands in `partner_domains`.
create table partner_claims (
    claim text not null,
    partner_id blob not null,
    position integer not null,
    created_at integer not null default (cast(unixepoch('subsec') * 1000000 as integer)),
    constraint partner_claims_pkey primary key (claim, partner_id),
    constraint partner_claims_partner_fkey foreign key (partner_id) references partners (id) on delete cascade
) strict, without rowid;
create index partner_claims_partner_idx on partner_claims (partner_id);
