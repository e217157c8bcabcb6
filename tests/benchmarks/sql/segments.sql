-- What {members} members did in three years: four in ten never bought, the others about nine orders of three lines each;
-- returns, pages viewed, messages with clicks, surveys and friends. In the order in which it happened, as a club has it.
CREATE SCHEMA made;
SELECT setseed(0.42);
CREATE FUNCTION made.id_at(moment timestamptz) RETURNS uuid LANGUAGE sql VOLATILE AS $$
  SELECT CAST(lpad(to_hex(CAST(extract(epoch FROM moment) * 1000 AS bigint)), 12, '0')
    || right(CAST(gen_random_uuid() AS text), 22) AS uuid)
$$;
UPDATE members_member SET referrer_id = 1 + (id / 5 * 7919) % {members} WHERE id % 5 = 0;

CREATE UNLOGGED TABLE made.bought AS
SELECT made.id_at(placed_at) AS id, member_id, row_number() OVER () AS number, line_ore, area, placed_at FROM (
  SELECT member_id, 100 * (50 + floor(random() * random() * 3000))::bigint AS line_ore, floor(random() * 40)::int AS area,
    now() - random() * interval '1095 days' AS placed_at
  FROM (
    SELECT id AS member_id, 1 + floor(-ln(1 - random()) * 8.3)::int AS orders FROM members_member WHERE random() >= 0.41
  ) AS buyers CROSS JOIN LATERAL generate_series(1, orders) ORDER BY placed_at) AS in_time;

COPY members_order
  (id, source, number, revision, fingerprint, member_id, account_id, channel, currency, state, gross_ore, discount_ore,
   voucher_ore, paid_ore, facts, placed_at, recorded_at)
FROM SELECT id, 'web', number, 1, '', member_id, member_id, CASE WHEN number % 3 = 0 THEN 'web' ELSE 'shop' END, 'SEK',
  CASE WHEN number % 200 = 0 THEN 'cancelled' ELSE 'placed' END, 3 * line_ore, 0, 0, 3 * line_ore, '{{}}', placed_at, placed_at
FROM made.bought;

COPY members_orderline
  (id, order_id, revision, ref, position, sku, name, category_path, brand, flags, quantity, gross_ore, discount_ore,
   voucher_ore, paid_ore, net_ore, vat_rate, attributes)
FROM SELECT made.id_at(placed_at), id, 1, line, line, 'A-' || (number * line) % 5000, 'Lampa',
  'a' || ((area * line) % 8) || '/c' || ((area * line) % 40), '', '[]', 1, line_ore, 0, 0, line_ore, line_ore * 4 / 5, 25, '{{}}'
FROM made.bought CROSS JOIN generate_series(1, 3) AS line;

CREATE UNLOGGED TABLE made.brought_back AS
SELECT made.id_at(returned_at) AS id, line_id, sku, paid_ore, member_id, row_number() OVER () AS number, returned_at FROM (
  SELECT lines.id AS line_id, lines.sku, lines.paid_ore, bought.member_id,
    least(now(), bought.placed_at + random() * interval '30 days') AS returned_at
  FROM members_orderline AS lines TABLESAMPLE BERNOULLI (5) REPEATABLE (42) JOIN made.bought ON bought.id = lines.order_id
  ORDER BY returned_at) AS in_time;

COPY members_orderreturn
  (id, source, number, fingerprint, order_number, member_id, amount_ore, returned_at, recorded_at)
FROM SELECT id, 'web', number, '', '', member_id, paid_ore, returned_at, returned_at FROM made.brought_back;

COPY members_orderreturnline
  (id, order_return_id, order_line_id, ref, order_line_ref, sku, quantity, amount_ore)
FROM SELECT made.id_at(returned_at), id, line_id, '1', '', sku, 1, paid_ore FROM made.brought_back;

COPY loyalty_act
  (id, account_id, member_id, source, number, kind, quantity, amount_ore, facts, at_sale, because, occurred_at, recorded_at)
FROM SELECT made.id_at(at), id, id, kind, id || '-' || step, kind, 1, 0,
  jsonb_build_object('category_path', 'a' || ((id + step) % 8) || '/c' || ((id * step) % 40)), '{{}}', '[]', at, at
FROM members_member CROSS JOIN LATERAL (
  SELECT 'web_view' AS kind, step, now() - random() * interval '180 days' AS at FROM generate_series(1, 4) AS step
  UNION ALL SELECT 'survey_answer', 1, now() - random() * interval '700 days' WHERE id % 6 = 0) AS done ORDER BY at;

COPY members_activity
  (id, kind, member_id, account_id, facts, occurred_at, recorded_at, delivered_at, due_at, attempts, error)
FROM SELECT made.id_at(joined_at), 'member.joined', id, id, '{{}}', joined_at, joined_at, joined_at, joined_at, 1, ''
FROM members_member
UNION ALL SELECT made.id_at(placed_at), 'order.recorded', member_id, member_id, jsonb_build_object('order', id), placed_at, placed_at,
  placed_at, placed_at, 1, '' FROM made.bought;

COPY members_consent (id, member_id, purpose, channel, is_given, wording, origin, actor, given_at, recorded_at)
FROM SELECT made.id_at(joined_at), id, purpose, channel, is_given, '1', 'web', '', joined_at, joined_at
FROM members_member CROSS JOIN LATERAL (
  SELECT 'marketing' AS purpose, 'email' AS channel, id % 3 > 0 AS is_given
  UNION ALL SELECT 'profiling', 'any', id % 100 = 0 WHERE id % 50 = 0) AS said;

INSERT INTO campaigns_campaign (id, key, name, trigger, channel, state) VALUES (9001, 'b', 'B', 'b', 'email', 'draft');
INSERT INTO campaigns_campaignversion (id, campaign_id, number, purpose, created_at, actor) VALUES (9001, 9001, 1, 'marketing', now(), '');
INSERT INTO campaigns_step (id, version_id, position, kind, settings) VALUES (9001, 9001, 0, 'send_message', '{{}}');

COPY campaigns_message
  (id, step_id, enrolment_id, member_id, entry_no, occurrence, channel, state, reason, error, attempts, due_at, provider_id,
   planned_at, ended_at, notes)
FROM SELECT made.id_at(at), 9001, gen_random_uuid(), id, step, 1, 'email', 'accepted', '', '', 1, at, '', at, at, '[]'
FROM members_member CROSS JOIN LATERAL (
  SELECT step, now() - random() * interval '365 days' AS at FROM generate_series(1, 14) AS step) AS sent
WHERE id % 7 = 0 ORDER BY at;

COPY campaigns_response
  (id, message_id, member_id, kind, link, link_group, is_human, agent, occurred_at, recorded_at)
FROM SELECT made.id_at(ended_at), id, member_id, 'click', 'https://example.test/',
  CASE WHEN member_id % 2 = 0 THEN 'news' ELSE 'offers' END, random() < 0.8, '', least(now(), ended_at + interval '1 hour'), ended_at
FROM campaigns_message WHERE random() < 0.2;

DROP SCHEMA made CASCADE;
