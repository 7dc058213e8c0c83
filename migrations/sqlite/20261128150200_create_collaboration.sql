-- Why: who may invite whom, and how people redeem, is decided by one row that is read fresh.
create table collaboration (
    id integer not null,
    allow_invites_from text not null,
    domain_rule text not null,
    domains text not null,
    allow_consumer_domains integer not null,
    guest_user_role text not null,
    invitation_link_ttl_days integer not null,
    email_one_time_passcode integer not null,
    identity_provider_order text not null,
    fallback text not null,
    privacy_url text,
    privacy_contact text,
    guests_may_leave integer not null,
    provenance text not null,
    created_at integer not null default (cast(unixepoch('subsec') * 1000000 as integer)),
    constraint collaboration_pkey primary key (id),
    constraint collaboration_one_row check (id = 1)
) strict, without rowid;
insert into collaboration (id, allow_invites_from, domain_rule, domains, allow_consumer_domains, guest_user_role,
    invitation_link_ttl_days, email_one_time_passcode, identity_provider_order, fallback, guests_may_leave, provenance)
values (1, 'everyone', 'any', '[]', 1, 'limited', 0, 1,
    '["organization","external_federation","social_identity_providers"]', 'default_configured_idp', 1, 'built_in');
