-- The seven questions as one who knows the tables would write them by hand; all as of now. Whoever has said no to having
-- purchases analysed meets no condition on them: {refused} stands for that, of the member that the next line names.
-- refused
SELECT FROM members_consent AS answer
  WHERE answer.member_id = {member} AND purpose = 'profiling' AND channel = 'any' AND given_at <= %(now)s AND NOT is_given
  AND NOT EXISTS (SELECT FROM members_consent AS later WHERE later.member_id = answer.member_id
    AND later.purpose = 'profiling' AND later.channel = 'any' AND later.given_at <= %(now)s
    AND (later.given_at, later.id) > (answer.given_at, answer.id))
-- 1 repeat purchase in 90 days
SELECT id FROM members_member WHERE state = 'active' AND id IN (
  SELECT member_id FROM members_order
  WHERE placed_at BETWEEN %(days_90)s AND %(now)s AND state = 'placed' AND member_id IS NOT NULL
  GROUP BY member_id HAVING count(*) >= 2)
AND NOT EXISTS ({refused members_member.id})
-- 2 never bought
SELECT id FROM members_member WHERE state = 'active' AND NOT EXISTS (
  SELECT FROM members_order WHERE member_id = members_member.id AND state = 'placed' AND placed_at <= %(now)s
  AND NOT EXISTS ({refused members_order.member_id}))
-- 3 three orders and two returned pieces in a year
SELECT id FROM members_member WHERE state = 'active' AND id IN (
  SELECT member_id FROM members_order WHERE state = 'placed' AND placed_at <= %(now)s AND member_id IS NOT NULL
  GROUP BY member_id HAVING count(*) >= 3)
AND id IN (
  SELECT member_id FROM members_orderreturn JOIN members_orderreturnline ON order_return_id = members_orderreturn.id
  WHERE returned_at BETWEEN %(months_12)s AND %(now)s AND member_id IS NOT NULL
  GROUP BY member_id HAVING sum(quantity) >= 2)
AND NOT EXISTS ({refused members_member.id})
-- 4 one order, above 800 kr
SELECT id FROM members_member WHERE state = 'active' AND id IN (
  SELECT member_id FROM members_order WHERE state = 'placed' AND placed_at <= %(now)s AND member_id IS NOT NULL
  GROUP BY member_id HAVING count(*) = 1 AND sum(paid_ore) > 80000)
AND NOT EXISTS ({refused members_member.id})
-- 5 viewed a category in 30 days, never bought of it
SELECT id FROM members_member WHERE state = 'active' AND id IN (
  SELECT member_id FROM loyalty_act
  WHERE kind = 'web_view' AND occurred_at BETWEEN %(days_30)s AND %(now)s AND undone_at IS NULL
    AND '/' || (facts ->> 'category_path') || '/' LIKE '%%/c7/%%'
  GROUP BY member_id HAVING count(*) >= 1)
AND NOT EXISTS (
  SELECT FROM members_order JOIN members_orderline AS line ON line.order_id = members_order.id
  WHERE member_id = members_member.id AND state = 'placed' AND placed_at <= %(now)s AND line.revision = members_order.revision
    AND '/' || category_path || '/' LIKE '%%/c7/%%')
AND NOT EXISTS ({refused members_member.id})
-- 6 two areas in one order, clicked on news
SELECT id FROM members_member WHERE state = 'active' AND id IN (
  SELECT member_id FROM campaigns_response
  WHERE kind = 'click' AND is_human AND link_group = 'news' AND occurred_at BETWEEN %(days_90)s AND %(now)s)
AND (SELECT count(DISTINCT split_part(category_path, '/', 1))
  FROM members_order JOIN members_orderline AS line ON line.order_id = members_order.id
  WHERE member_id = members_member.id AND state = 'placed' AND placed_at <= %(now)s AND line.revision = members_order.revision
    AND category_path <> '') >= 2
AND (SELECT count(*) FROM members_order WHERE member_id = members_member.id AND state = 'placed' AND placed_at <= %(now)s) = 1
AND NOT EXISTS ({refused members_member.id})
-- 7 ambassador
SELECT id FROM members_member WHERE state = 'active'
AND id IN (SELECT member_id FROM loyalty_act WHERE kind = 'survey_answer' AND undone_at IS NULL AND occurred_at <= %(now)s)
AND id IN (
  SELECT friend.referrer_id FROM members_member AS friend WHERE joined_at <= %(now)s AND EXISTS (
    SELECT FROM members_order WHERE member_id = friend.id AND state = 'placed' AND placed_at <= %(now)s))
AND (SELECT count(*) FROM members_order WHERE member_id = members_member.id AND state = 'placed'
  AND placed_at BETWEEN %(days_365)s AND %(now)s) >= 3
AND NOT EXISTS (
  SELECT FROM members_orderreturn WHERE member_id = members_member.id
    AND returned_at BETWEEN %(days_365)s AND %(now)s)
AND (SELECT count(*) >= 10 AND 10 * (
    SELECT count(DISTINCT message_id) FROM campaigns_response AS response WHERE response.member_id = members_member.id
      AND kind = 'click' AND is_human AND occurred_at BETWEEN %(days_365)s AND %(now)s) >= count(*)
  FROM campaigns_message WHERE member_id = members_member.id AND state = 'accepted' AND channel = 'email'
    AND ended_at BETWEEN %(days_365)s AND %(now)s)
AND NOT EXISTS ({refused members_member.id})
