-- Why: codes that sign in and codes of a second factor are counted apart, so that a stranger who asks for the ones uses
-- up none of the others. A code of before is good for half an hour at most; it counts as one of a second factor.
alter table mailed_codes
add column purpose text not null default 'second_factor';
