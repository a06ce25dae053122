-- Of the cases that this actor ($1, of $2, with roles $3) sees, by organisation: what happened in [$4, $5). `answered`: from filing
-- to the first decision; `soon`: within $6 days.
WITH seen AS MATERIALIZED (
    SELECT c.* FROM innovation_case c WHERE innovation_level(c, $1, $2, $3::text[]) > 0
), first AS (
    SELECT s.id, s.org, s.created, min(e.at) AS at
    FROM seen s JOIN innovation_event e ON e.case_id = s.id AND e.kind IN ('decision', 'settled') GROUP BY s.id, s.org, s.created
), filed AS (
    SELECT s.org, min(s.org_name) AS org_name, count(*) AS filed, count(*) FILTER (WHERE s.giver_org <> s.org) AS outside
    FROM seen s WHERE s.created >= $4 AND s.created < $5 GROUP BY s.org
), answered AS (
    SELECT org, count(*) AS answered, count(*) FILTER (WHERE at - created <= make_interval(days => $6::integer)) AS soon,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM at - created) / 86400) AS days
    FROM first WHERE at >= $4 AND at < $5 GROUP BY org
), standing AS (
    SELECT org, min(org_name) AS org_name, count(*) FILTER (WHERE status = 'open') AS under_way,
           count(*) FILTER (WHERE status = 'closed' AND updated >= $4 AND updated < $5) AS closed
    FROM seen GROUP BY org
)
SELECT standing.org, standing.org_name, coalesce(filed, 0) AS filed, coalesce(outside, 0) AS outside, coalesce(answered, 0) AS answered,
       coalesce(soon, 0) AS soon, days, under_way, closed
FROM standing LEFT JOIN filed USING (org) LEFT JOIN answered USING (org) ORDER BY standing.org_name
