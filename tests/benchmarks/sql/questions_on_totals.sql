-- The questions that one short row per member answers, by hand: what no compiler can ask faster.
-- 1 repeat purchase in 90 days
SELECT id FROM members_member WHERE state = 'active'
AND id IN (SELECT member_id FROM segments_totals WHERE order2_at >= %(days_90)s)
AND NOT EXISTS ({refused members_member.id})
-- 2 never bought
SELECT id FROM members_member WHERE state = 'active' AND NOT EXISTS (
  SELECT FROM segments_totals WHERE member_id = members_member.id AND orders > 0
  AND NOT EXISTS ({refused segments_totals.member_id}))
-- 3 three orders and two returned pieces in a year
SELECT id FROM members_member WHERE state = 'active'
AND id IN (SELECT member_id FROM segments_totals WHERE orders >= 3 AND piece2_at >= %(months_12)s)
AND NOT EXISTS ({refused members_member.id})
-- 4 one order, above 800 kr
SELECT id FROM members_member WHERE state = 'active'
AND id IN (SELECT member_id FROM segments_totals WHERE orders = 1 AND paid_ore > 80000)
AND NOT EXISTS ({refused members_member.id})
