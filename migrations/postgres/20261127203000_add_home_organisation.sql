-- Why: one partner may be the home organisation, whose people are members.
alter table partners add column kind text not null default 'partner';
create unique index partners_home_key on partners (kind) where kind = 'home';
