-- Why: policies and what they name are kept here, so that a change of one decides at the next request.
--
-- `conditions`, `grant_controls`, `session_controls`, `place` and `combinations` are JSON, with every
-- reference as an id. `grant_controls` is null for a policy that only has session controls.
create table policies (
    id blob not null,
    slug text not null,
    display_name text not null,
    state text not null,
    conditions text not null,
    grant_controls text,
    session_controls text not null,
    provenance text not null,
    created_at integer not null default (cast(unixepoch('subsec') * 1000000 as integer)),
    constraint policies_pkey primary key (id)
) strict, without rowid;
create unique index policies_slug_key on policies (slug);

create table named_locations (
    id blob not null,
    slug text not null,
    display_name text not null,
    place text not null,
    provenance text not null,
    created_at integer not null default (cast(unixepoch('subsec') * 1000000 as integer)),
    constraint named_locations_pkey primary key (id)
) strict, without rowid;
create unique index named_locations_slug_key on named_locations (slug);

-- The built-in strengths have no rows.
create table authentication_strengths (
    id blob not null,
    slug text not null,
    display_name text not null,
    combinations text not null,
    provenance text not null,
    created_at integer not null default (cast(unixepoch('subsec') * 1000000 as integer)),
    constraint authentication_strengths_pkey primary key (id)
) strict, without rowid;
create unique index authentication_strengths_slug_key on authentication_strengths (slug);

-- Groups of apps, which only policies name; `app_groups` is about groups of guests and their apps.
create table application_groups (
    id blob not null,
    slug text not null,
    name text not null,
    provenance text not null,
    created_at integer not null default (cast(unixepoch('subsec') * 1000000 as integer)),
    constraint application_groups_pkey primary key (id)
) strict, without rowid;
create unique index application_groups_slug_key on application_groups (slug);

-- An app that goes leaves its groups: nobody signs in to it any more.
create table application_group_members (
    application_group_id blob not null,
    app_id blob not null,
    created_at integer not null default (cast(unixepoch('subsec') * 1000000 as integer)),
    constraint application_group_members_pkey primary key (application_group_id, app_id),
    constraint application_group_members_group_fkey foreign key (application_group_id)
        references application_groups (id) on delete cascade,
    constraint application_group_members_app_fkey foreign key (app_id) references apps (id) on delete cascade
) strict, without rowid;
create index application_group_members_app_idx on application_group_members (app_id);

-- What a policy names, one thing a row. Nothing of it can be removed while the row is there, since the
-- policy would then apply to less and demand nothing of somebody.
create table policy_references (
    policy_id blob not null,
    position integer not null,
    guest_id blob,
    group_id blob,
    partner_id blob,
    app_id blob,
    application_group_id blob,
    location_id blob,
    strength_id blob,
    created_at integer not null default (cast(unixepoch('subsec') * 1000000 as integer)),
    constraint policy_references_pkey primary key (policy_id, position),
    constraint policy_references_policy_fkey foreign key (policy_id) references policies (id) on delete cascade,
    constraint policy_references_guest_fkey foreign key (guest_id) references guests (id),
    constraint policy_references_group_fkey foreign key (group_id) references groups (id),
    constraint policy_references_partner_fkey foreign key (partner_id) references partners (id),
    constraint policy_references_app_fkey foreign key (app_id) references apps (id),
    constraint policy_references_application_group_fkey foreign key (application_group_id)
        references application_groups (id),
    constraint policy_references_location_fkey foreign key (location_id) references named_locations (id),
    constraint policy_references_strength_fkey foreign key (strength_id) references authentication_strengths (id)
) strict, without rowid;
create index policy_references_guest_idx on policy_references (guest_id);
create index policy_references_group_idx on policy_references (group_id);
create index policy_references_partner_idx on policy_references (partner_id);
create index policy_references_app_idx on policy_references (app_id);
create index policy_references_application_group_idx on policy_references (application_group_id);
create index policy_references_location_idx on policy_references (location_id);
create index policy_references_strength_idx on policy_references (strength_id);

-- The text of every policy set that decided here, by the version that the audit names. It is never
-- removed; `created_at` is when it was first seen.
create table policy_sets (
    version blob not null,
    canonical text not null,
    created_at integer not null default (cast(unixepoch('subsec') * 1000000 as integer)),
    constraint policy_sets_pkey primary key (version)
) strict, without rowid;
create index policy_sets_created_idx on policy_sets (created_at);
