-- Orders of three lines: one of every member, and the others of the first {favourites} in turn, evenly up to now.
CREATE TEMPORARY TABLE bought AS
SELECT
  gen_random_uuid() AS order_id,
  gen_random_uuid() AS entry_id,
  1 + (number - 1) % (CASE WHEN number > {members} THEN {favourites} ELSE {members} END) AS member_id,
  CAST(NULL AS integer) AS sequence,
  number,
  3 * (20000 + 100 * (number % 400)) AS paid_ore,
  now() - interval '1 day' * (1 + (({orders} - number) / {members})) AS placed_at
FROM generate_series(1, {orders}) AS number;

UPDATE bought SET sequence = counted.sequence
FROM (SELECT number, row_number() OVER (PARTITION BY member_id ORDER BY number) AS sequence FROM bought) AS counted
WHERE bought.number = counted.number;

INSERT INTO members_order
  (id, source, number, revision, fingerprint, member_id, account_id, channel, currency, state, gross_ore, discount_ore,
   voucher_ore, paid_ore, facts, placed_at, recorded_at)
SELECT order_id, 'web', 'before-' || number, 1, md5(CAST(number AS text)), member_id, member_id, 'shop', 'SEK', 'placed',
  paid_ore, 0, 0, paid_ore, '{{}}', placed_at, placed_at
FROM bought;

INSERT INTO members_orderline
  (id, order_id, revision, ref, position, sku, name, category_path, brand, flags, quantity, gross_ore, discount_ore,
   voucher_ore, paid_ore, net_ore, vat_rate, attributes)
SELECT gen_random_uuid(), order_id, 1, CAST(line AS text), line, 'A-' || line, 'Lampa', 'home/light', '', '[]', 1,
  paid_ore / 3, 0, 0, paid_ore / 3, paid_ore * 4 / 15, 25, '{{}}'
FROM bought CROSS JOIN generate_series(1, 3) AS line;

INSERT INTO loyalty_entry
  (id, account_id, sequence, meter, kind, amount, rule, version_id, order_id, because, actor, reason, effective_at,
   recorded_at, counts_at, source)
SELECT entry_id, member_id, sequence, 'points', 'earn', paid_ore / 100, 'purchases', version.id, order_id,
  jsonb_build_object('key', 'earned', 'rule', 'purchases', 'meter', 'points', 'of', 'paid', 'base', paid_ore,
    'amount', paid_ore / 100),
  '', '', placed_at, placed_at, placed_at, 'web:before-' || number
FROM bought CROSS JOIN loyalty_programmeversion AS version;

INSERT INTO loyalty_lot (entry_id, account_id, meter, amount, remaining, available_from, earned_at, source)
SELECT entry_id, member_id, 'points', paid_ore / 100, paid_ore / 100, placed_at, placed_at, 'web:before-' || number FROM bought;

INSERT INTO loyalty_award (order_id, account_id, version_id, at_sale, shares, because)
SELECT order_id, account_id, version_id, '{{"answers": {{}}, "earns": "", "uses": [], "tiers_after": {{}}}}',
  jsonb_build_object('purchases', jsonb_build_object('1', amount / 3, '2', amount / 3, '3', amount - 2 * (amount / 3))),
  jsonb_build_array(because)
FROM loyalty_entry;

INSERT INTO members_activity
  (id, kind, member_id, account_id, facts, occurred_at, recorded_at, delivered_at, due_at, attempts, error)
SELECT gen_random_uuid(), kind, member_id, member_id, jsonb_build_object('order', order_id, 'paid_ore', paid_ore),
  placed_at, placed_at, placed_at, placed_at, 1, ''
FROM bought CROSS JOIN unnest(ARRAY['order.recorded', 'points.earned']) AS kind;

INSERT INTO loyalty_balance (account_id, meter, amount, debt)
SELECT account_id, meter, sum(amount), 0 FROM loyalty_entry GROUP BY account_id, meter;

INSERT INTO loyalty_standing (account_id, sequence, computed_to, due_at, tiers, last_at, choices, holds)
SELECT member_id, max(sequence), max(placed_at),
  CASE WHEN sum(paid_ore) >= 200000 THEN date_trunc('quarter', now()) + interval '3 months'
    ELSE max(placed_at) + interval '24 months' END, '{{}}',
  jsonb_build_object('purchase', max(placed_at)), '{{}}', '[]'
FROM bought GROUP BY member_id;

ANALYZE;
