WITH line AS MATERIALIZED (
  SELECT benchmark_id() AS id, *
  FROM jsonb_to_recordset(CAST(:lines AS jsonb)) AS one
    (ref text, sku text, name text, category text, quantity numeric, gross_ore bigint)
), buyer AS MATERIALIZED (
  SELECT member.id AS member_id, account.id AS account_id, benchmark_id() AS order_id, benchmark_id() AS entry_id,
    (SELECT CAST(sum(gross_ore) AS bigint) FROM line) AS paid_ore,
    (SELECT max(id) FROM loyalty_programmeversion) AS version_id
  FROM members_member AS member JOIN members_account AS account ON account.id = member.account_id
  WHERE member.number = lpad(CAST(:member AS text), 10, '0')
  FOR NO KEY UPDATE OF account
), placed AS (
  INSERT INTO members_order
    (id, source, number, revision, fingerprint, member_id, account_id, channel, currency, state, gross_ore,
     discount_ore, voucher_ore, paid_ore, facts, placed_at, recorded_at)
  SELECT order_id, 'web', CAST(:number AS text), 1, encode(sha256(convert_to(CAST(:lines AS text), 'UTF8')), 'hex'),
    member_id, account_id, 'shop', 'SEK', 'placed', paid_ore, 0, 0, paid_ore, '{}', now(), now()
  FROM buyer
), lines AS (
  INSERT INTO members_orderline
    (id, order_id, revision, ref, position, sku, name, category_path, brand, flags, quantity, gross_ore, discount_ore,
     voucher_ore, paid_ore, net_ore, vat_rate, attributes)
  SELECT id, order_id, 1, ref, row_number() OVER () - 1, sku, name, category, '', '[]', quantity, gross_ore, 0, 0,
    gross_ore, gross_ore * 4 / 5, 25, '{}'
  FROM line CROSS JOIN buyer
), standing AS (
  INSERT INTO loyalty_standing AS held (account_id, sequence, computed_to, due_at, tiers, last_at, choices, holds)
  SELECT account_id, 1, now(), date_trunc('quarter', now()) + interval '3 months', '{}', jsonb_build_object('purchase', now()), '{}', '[]' FROM buyer
  ON CONFLICT (account_id) DO UPDATE
    SET sequence = held.sequence + 1, computed_to = now(), last_at = excluded.last_at, due_at = excluded.due_at
  RETURNING sequence
), earned AS MATERIALIZED (
  SELECT buyer.*, sequence, paid_ore / 100 AS points,
    jsonb_build_object('key', 'earned', 'rule', 'purchases', 'meter', 'points', 'of', 'paid', 'base', paid_ore,
      'amount', paid_ore / 100) AS because
  FROM buyer CROSS JOIN standing
), entry AS (
  INSERT INTO loyalty_entry
    (id, account_id, sequence, meter, kind, amount, rule, version_id, order_id, because, actor, reason, effective_at,
     recorded_at, counts_at, source)
  SELECT entry_id, account_id, sequence, 'points', 'earn', points, 'purchases', version_id, order_id, because, '', '',
    now(), now(), now(), 'web:' || CAST(:number AS text)
  FROM earned
), lot AS (
  INSERT INTO loyalty_lot (entry_id, account_id, meter, amount, remaining, available_from, earned_at, source)
  SELECT entry_id, account_id, 'points', points, points, now(), now(), 'web:' || CAST(:number AS text) FROM earned
), award AS (
  INSERT INTO loyalty_award (order_id, account_id, version_id, at_sale, shares, because)
  SELECT order_id, account_id, version_id, '{"answers": {}, "earns": "", "uses": [], "tiers_after": {}}',
    jsonb_build_object('purchases', (SELECT jsonb_object_agg(ref, gross_ore / 100) FROM line)),
    jsonb_build_array(because)
  FROM earned
), activity AS (
  INSERT INTO members_activity
    (id, kind, member_id, account_id, facts, occurred_at, recorded_at, due_at, attempts, error)
  SELECT benchmark_id(), kind, member_id, account_id, jsonb_build_object('order', order_id, 'paid_ore', paid_ore),
    now(), now(), now(), 0, ''
  FROM earned CROSS JOIN unnest(ARRAY['order.recorded', 'points.earned']) AS kind
), balance AS (
  INSERT INTO loyalty_balance AS held (account_id, meter, amount, debt)
  SELECT account_id, 'points', points, 0 FROM earned
  ON CONFLICT (account_id, meter) DO UPDATE SET amount = held.amount + excluded.amount
  RETURNING amount
)
SELECT order_id, points, amount, because FROM earned CROSS JOIN balance
