-- Why: a session that a partner limited is over at that time, and its apps are told then and not hours later.
create index sessions_partner_ends_idx on sessions (partner_session_ends) where partner_session_ends is not null;
