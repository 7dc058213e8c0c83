-- Each index is one more page that a sign-in writes. These serve no question that another does not:
-- sessions by age are found by their ids, which are ordered by time; the tokens of a code by its session;
-- codes are swept by their ids, too; partners go too seldom for an index of their own.
drop index sessions_started_idx;
drop index sessions_partner_idx;
drop index codes_expiry_idx;
drop index access_tokens_code_idx;
