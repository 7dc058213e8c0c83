-- Why: the first schema holds everything that one whole sign-in needs, so that key states, replay
-- memory, the audit's chain and the pins of the installation never have to be added to live data.
--
-- Times are microseconds since 1970 in UTC, booleans 0 and 1, ids the sixteen bytes of a UUID, lists
-- JSON. Handles of browsers and apps are kept as SHA-256, our own secrets sealed. `created_at` has a
-- default of the database where the domain hands in no time; it is there for people, nothing decides
-- by it. Sessions, codes, tokens and audit have it under the name that says what it means.

-- One row: what must never change silently. Its key check refuses a wrong secret key at start.
create table installation (
    id integer not null,
    organization_id text not null,
    organization_domain text not null,
    public_url text not null,
    sealed_subject_salt blob not null,
    sealed_key_check blob not null,
    created_at integer not null default (cast(unixepoch('subsec') * 1000000 as integer)),
    constraint installation_pkey primary key (id),
    constraint installation_one_row check (id = 1)
) strict, without rowid;

-- What only a SAML partner has may be null, so that another protocol can be added beside it.
create table partners (
    id blob not null,
    version integer not null,
    slug text not null,
    name text not null,
    handle text not null,
    enabled integer not null,
    admission text not null,
    clock_skew integer not null,
    mail_authority text not null,
    attributes text not null,
    protocol text not null,
    entity_id text,
    sso_redirect_url text,
    certificates text,
    valid_until integer,
    metadata text,
    subject_rule text,
    request_rules text,
    provenance text not null,
    created_at integer not null default (cast(unixepoch('subsec') * 1000000 as integer)),
    constraint partners_pkey primary key (id)
) strict, without rowid;
create unique index partners_slug_key on partners (slug);
create unique index partners_handle_key on partners (handle);
create unique index partners_entity_id_key on partners (entity_id);

-- A mail domain belongs to one partner.
create table partner_domains (
    domain text not null,
    partner_id blob not null,
    position integer not null,
    created_at integer not null default (cast(unixepoch('subsec') * 1000000 as integer)),
    constraint partner_domains_pkey primary key (domain),
    constraint partner_domains_partner_fkey foreign key (partner_id) references partners (id) on delete cascade
) strict, without rowid;
create index partner_domains_partner_idx on partner_domains (partner_id);

-- `secret_mac` is null for a public app.
create table apps (
    id blob not null,
    version integer not null,
    slug text not null,
    name text not null,
    enabled integer not null,
    assignment text not null,
    owners text not null,
    sector text not null,
    protocol text not null,
    client_id text,
    secret_mac blob,
    redirect_uris text,
    application_type text,
    id_token_algorithm text,
    pkce text,
    post_logout_redirect_uris text,
    provenance text not null,
    created_at integer not null default (cast(unixepoch('subsec') * 1000000 as integer)),
    constraint apps_pkey primary key (id)
) strict, without rowid;
create unique index apps_slug_key on apps (slug);
create unique index apps_client_id_key on apps (client_id);

-- `partner_id` and `pinned_partner_id` refer to no row on purpose: a guest outlives its partner, and a
-- pin that vanished with its partner would let another partner bind the guest.
create table guests (
    id blob not null,
    user_principal_name text not null,
    mail text,
    mail_key text,
    display_name text,
    name_source text not null,
    given_name text,
    family_name text,
    user_type text not null,
    partner_id blob,
    issuer text,
    subject text,
    pinned_partner_id blob,
    standing text not null,
    sessions_valid_from integer not null,
    provenance text not null,
    created_at integer not null,
    constraint guests_pkey primary key (id)
) strict, without rowid;
create unique index guests_upn_key on guests (user_principal_name);
create unique index guests_mail_key on guests (mail_key);
create unique index guests_identity_key on guests (issuer, subject);

create table groups (
    id blob not null,
    slug text not null,
    name text not null,
    provenance text not null,
    created_at integer not null default (cast(unixepoch('subsec') * 1000000 as integer)),
    constraint groups_pkey primary key (id)
) strict, without rowid;
create unique index groups_slug_key on groups (slug);

create table group_members (
    guest_id blob not null,
    group_id blob not null,
    created_at integer not null default (cast(unixepoch('subsec') * 1000000 as integer)),
    constraint group_members_pkey primary key (guest_id, group_id),
    constraint group_members_guest_fkey foreign key (guest_id) references guests (id) on delete cascade,
    constraint group_members_group_fkey foreign key (group_id) references groups (id) on delete cascade
) strict, without rowid;
create index group_members_group_idx on group_members (group_id);

create table app_guests (
    guest_id blob not null,
    app_id blob not null,
    created_at integer not null default (cast(unixepoch('subsec') * 1000000 as integer)),
    constraint app_guests_pkey primary key (guest_id, app_id),
    constraint app_guests_guest_fkey foreign key (guest_id) references guests (id) on delete cascade,
    constraint app_guests_app_fkey foreign key (app_id) references apps (id) on delete cascade
) strict, without rowid;
create index app_guests_app_idx on app_guests (app_id);

create table app_groups (
    group_id blob not null,
    app_id blob not null,
    created_at integer not null default (cast(unixepoch('subsec') * 1000000 as integer)),
    constraint app_groups_pkey primary key (group_id, app_id),
    constraint app_groups_group_fkey foreign key (group_id) references groups (id) on delete cascade,
    constraint app_groups_app_fkey foreign key (app_id) references apps (id) on delete cascade
) strict, without rowid;
create index app_groups_app_idx on app_groups (app_id);

-- The `sub` that people had in another product before, by sector.
create table imported_subjects (
    guest_id blob not null,
    sector text not null,
    subject text not null,
    created_at integer not null default (cast(unixepoch('subsec') * 1000000 as integer)),
    constraint imported_subjects_pkey primary key (guest_id, sector),
    constraint imported_subjects_guest_fkey foreign key (guest_id) references guests (id) on delete cascade
) strict, without rowid;
create unique index imported_subjects_subject_key on imported_subjects (sector, subject);

-- A session that ends is removed, and its codes and tokens with it.
create table sessions (
    id blob not null,
    handle blob not null,
    guest_id blob not null,
    partner_id blob not null,
    attempt_id blob not null,
    started_at integer not null,
    used_at integer not null,
    authenticated_at integer not null,
    assurance_level integer not null,
    assurance_stated text not null,
    assurance_methods text not null,
    partner_session_index text,
    partner_session_ends integer,
    constraint sessions_pkey primary key (id),
    constraint sessions_guest_fkey foreign key (guest_id) references guests (id) on delete cascade,
    constraint sessions_partner_fkey foreign key (partner_id) references partners (id) on delete cascade
) strict, without rowid;
create unique index sessions_handle_key on sessions (handle);
create index sessions_guest_idx on sessions (guest_id);
create index sessions_partner_idx on sessions (partner_id);
create index sessions_used_idx on sessions (used_at);
create index sessions_started_idx on sessions (started_at);

-- A taken code stays until its tokens have ended, so that a second use of it is recognised. `app_id`
-- has no index: an app is removed rarely, and codes are few and short-lived.
create table codes (
    id blob not null,
    handle blob not null,
    app_id blob not null,
    guest_id blob not null,
    session_id blob not null,
    attempt_id blob not null,
    request blob not null,
    issued_at integer not null,
    expires_at integer not null,
    taken_at integer,
    constraint codes_pkey primary key (id),
    constraint codes_app_fkey foreign key (app_id) references apps (id) on delete cascade,
    constraint codes_session_fkey foreign key (session_id) references sessions (id) on delete cascade
) strict, without rowid;
create unique index codes_handle_key on codes (handle);
create index codes_session_idx on codes (session_id);
create index codes_expiry_idx on codes (expires_at);

-- `code_id` refers to no row on purpose: a token outlives the row of its code when that is swept.
create table access_tokens (
    handle blob not null,
    code_id blob not null,
    app_id blob not null,
    guest_id blob not null,
    session_id blob not null,
    scopes integer not null,
    issued_at integer not null,
    expires_at integer not null,
    constraint access_tokens_pkey primary key (handle),
    constraint access_tokens_app_fkey foreign key (app_id) references apps (id) on delete cascade,
    constraint access_tokens_session_fkey foreign key (session_id) references sessions (id) on delete cascade
) strict, without rowid;
create index access_tokens_code_idx on access_tokens (code_id);
create index access_tokens_session_idx on access_tokens (session_id);
create index access_tokens_expiry_idx on access_tokens (expires_at);

-- Attempts in their second life, and those too large for a cookie: sealed, under a handle that changes
-- at every step.
create table attempts (
    handle blob not null,
    id blob not null,
    sealed blob not null,
    expires_at integer not null,
    created_at integer not null default (cast(unixepoch('subsec') * 1000000 as integer)),
    constraint attempts_pkey primary key (handle)
) strict, without rowid;
create index attempts_expiry_idx on attempts (expires_at);

-- Single use of an attempt, on whichever node it ends.
create table taken_attempts (
    id blob not null,
    expires_at integer not null,
    created_at integer not null default (cast(unixepoch('subsec') * 1000000 as integer)),
    constraint taken_attempts_pkey primary key (id)
) strict, without rowid;
create index taken_attempts_expiry_idx on taken_attempts (expires_at);

-- Replay memory: a digest of issuer and message id.
create table seen_messages (
    digest blob not null,
    expires_at integer not null,
    created_at integer not null default (cast(unixepoch('subsec') * 1000000 as integer)),
    constraint seen_messages_pkey primary key (digest)
) strict, without rowid;
create index seen_messages_expiry_idx on seen_messages (expires_at);

-- Our own keys. One key of a purpose and algorithm is current.
create table keys (
    id blob not null,
    purpose text not null,
    algorithm text not null,
    state text not null,
    sealed_private blob not null,
    certificate blob,
    created_at integer not null,
    constraint keys_pkey primary key (id)
) strict, without rowid;
create unique index keys_one_current on keys (purpose, algorithm) where state = 'current';

-- The audit refers to no row: it outlives what it speaks of. `canonical` is the whole entry, node and
-- sequence included, as JSON with sorted keys: what a chain of hashes is made over.
create table audit (
    id blob not null,
    at integer not null,
    node text not null,
    sequence integer not null,
    activity text not null,
    actor text not null,
    code text,
    cause text,
    attempt_id blob,
    partner_id blob,
    app_id blob,
    guest_id blob,
    session_id blob,
    target_id blob,
    address text,
    canonical blob not null,
    constraint audit_pkey primary key (id)
) strict, without rowid;
create unique index audit_node_sequence_key on audit (node, sequence);
create index audit_at_idx on audit (at);
create index audit_attempt_idx on audit (attempt_id) where attempt_id is not null;
