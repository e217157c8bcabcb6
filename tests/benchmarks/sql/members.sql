INSERT INTO members_account (opened_at, is_mixed)
SELECT now() - interval '300 days', false FROM generate_series(1, {members});

INSERT INTO members_member
  (number, account_id, email, phone, first_name, last_name, language, state, joined_at, search_text, is_staff_member, may_spend,
   street, postal_code, city)
SELECT lpad(CAST(id AS text), 10, '0'), id, 'member' || id || '@post.example', '', 'Dora', 'Duva', 'sv', 'active',
  opened_at, lpad(CAST(id AS text), 10, '0') || ' dora duva member' || id || '@post.example', false, false, '', '', ''
FROM members_account;

-- Of these two only: a table known to be empty is read whole, for as long as a connection keeps its plans.
ANALYZE members_account, members_member;
