-- Why: partners may share a mail domain, and answer alone for single addresses within it. A claim with `@` is an
-- address, another one a domain; a domain of one partner stands in `partner_domains`.
create table partner_claims (
    claim text not null,
    partner_id bytea not null,
    position bigint not null,
    created_at bigint not null default (cast(extract(epoch from clock_timestamp()) * 1000000 as bigint)),
    constraint partner_claims_pkey primary key (claim, partner_id),
    constraint partner_claims_partner_fkey foreign key (partner_id) references partners (id) on delete cascade
);
create index partner_claims_partner_idx on partner_claims (partner_id);
