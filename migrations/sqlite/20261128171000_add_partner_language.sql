-- Why: a partner may say in which language its people are written to, for those of whom nothing else is known. Absent,
-- the organisation's own language holds, as before.
alter table partners
add column language text;
