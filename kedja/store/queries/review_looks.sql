-- Who of this provider's staff looked at whose record in a period, day by day, with what the patterns of a review look at.
-- $4, $5: the parameters that patients are found by their family and given names by; $6: the hash of the mark of a celebrity.
WITH looks AS MATERIALIZED (
    SELECT l.person, a.actor AS login, min(a.name) AS name, min(a.unit) AS unit, min(l.at) AS first, max(l.at) AS last,
           count(*) AS requests
    FROM access_log l JOIN log_actor a ON a.key = l.actor
    WHERE l.at >= $2::timestamptz AND l.at < $3::timestamptz AND l.person <> 0 AND l.decision = 'permit'
      AND a.provider = $1::text AND a.kind IN ('professional', 'care_worker')
      AND l.action IN ('read', 'vread', 'search', 'history', 'ask', 'export') AND cardinality(l.resources) > 0
      AND NOT (l.rules <@ ARRAY['L-2', 'L-2.2', 'V-13.5'] AND cardinality(l.rules) > 0)
    GROUP BY l.person, a.actor, (l.at AT TIME ZONE 'Europe/Stockholm')::date
), people AS MATERIALIZED (
    SELECT DISTINCT person FROM looks
), patients AS MATERIALIZED (
    SELECT r.person, min(r.id) AS patient, bool_or((r.labels & 2) <> 0) AS protected, bool_or(r.tokens @> ARRAY[$6::bigint]) AS celebrity,
           array_agg(DISTINCT f.exact) FILTER (WHERE f.exact IS NOT NULL) AS families,
           array_agg(DISTINCT g.exact) FILTER (WHERE g.exact IS NOT NULL) AS givens
    FROM people JOIN resource r ON r.person = people.person AND r.type = 'Patient' AND NOT r.deleted
    LEFT JOIN search_string f ON f.resource = r.key AND f.param = $4::integer
    LEFT JOIN search_string g ON g.resource = r.key AND g.param = $5::integer
    GROUP BY r.person
)
SELECT looks.*, p.patient, p.protected, p.celebrity, coalesce(p.families, '{}') AS families, coalesce(p.givens, '{}') AS givens,
       count(*) OVER (PARTITION BY looks.person) AS readers,
       EXISTS (SELECT FROM care_relation c
               WHERE c.person = looks.person AND c.provider = $1::text AND c.unit IN ('', looks.unit)
                 AND (c.starts IS NULL OR c.starts <= looks.last) AND (c.ends IS NULL OR c.ends > looks.first)) AS related
FROM looks JOIN patients p USING (person)
ORDER BY looks.first, looks.person, looks.login
