SELECT member_id, max(orders) AS orders, max(paid_ore) AS paid_ore, min(first_order_at) AS first_order_at,
  max(order1_at) AS order1_at, max(order2_at) AS order2_at, max(order3_at) AS order3_at, max(order4_at) AS order4_at,
  max(order5_at) AS order5_at, max(returned_thousandths) AS returned_thousandths, max(piece0_at) AS piece0_at,
  max(piece1_at) AS piece1_at, max(piece2_at) AS piece2_at, max(piece3_at) AS piece3_at, max(latest_at) AS latest_at
FROM (
  SELECT member_id, count(*) AS orders, CAST(sum(paid_ore) AS bigint) AS paid_ore, min(placed_at) AS first_order_at,
    max(placed_at) AS order1_at,
    max(CASE WHEN place = 2 THEN placed_at END) AS order2_at, max(CASE WHEN place = 3 THEN placed_at END) AS order3_at,
    max(CASE WHEN place = 4 THEN placed_at END) AS order4_at, max(CASE WHEN place = 5 THEN placed_at END) AS order5_at,
    0 AS returned_thousandths, NULL AS piece0_at, NULL AS piece1_at, NULL AS piece2_at, NULL AS piece3_at,
    max(placed_at) AS latest_at
  FROM (
    SELECT member_id, paid_ore, placed_at, row_number() OVER (PARTITION BY member_id ORDER BY placed_at DESC) AS place
    FROM members_order WHERE state = 'placed' AND member_id IS NOT NULL {theirs}
  ) AS placed GROUP BY member_id
  UNION ALL
  SELECT member_id, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL, CAST(sum(thousandths) AS bigint),
    max(CASE WHEN so_far > 0 THEN returned_at END), max(CASE WHEN so_far >= 1000 THEN returned_at END),
    max(CASE WHEN so_far >= 2000 THEN returned_at END), max(CASE WHEN so_far >= 3000 THEN returned_at END),
    max(returned_at)
  FROM (
    SELECT member_id, returned_at, thousandths,
      sum(thousandths) OVER (PARTITION BY member_id ORDER BY returned_at DESC) AS so_far
    FROM (
      SELECT member_id, returned_at, CAST(round(quantity * 1000) AS bigint) AS thousandths
      FROM members_orderreturn JOIN members_orderreturnline ON order_return_id = members_orderreturn.id
      WHERE member_id IS NOT NULL {theirs}
    ) AS lines
  ) AS returned GROUP BY member_id
) AS parts GROUP BY member_id
