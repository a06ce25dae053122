-- A stretch of one person's timeline, newest first, as far as the law permits: the log row in the same statement, also when there
-- is nothing. `facet` counts all that there is to choose among; `page` is what was chosen and fits; `earlier` is what results of
-- the page are compared with. A page ends with a whole month, or day where a month is long, so that nothing is split. No two of
-- these sets are joined: without statistics of a person's many entries that would be each with each.
WITH looks AS (
    SELECT at, lag(at) OVER (ORDER BY at DESC) AS next
    FROM (SELECT at FROM access_log WHERE person = $1::bigint AND actor = $3::integer AND action = 'search'
          ORDER BY at DESC LIMIT 2000) own
), since AS (
    SELECT max(at) AS at FROM looks WHERE coalesce(next, $5::timestamptz) - at > interval '30 minutes'
), mine AS MATERIALIZED (
    SELECT r.key, r.type, r.id, r.regime, r.provider, r.unit, r.source, r.person, r.labels, r.doc_start, {rule} AS rule,
           r.updated > (SELECT at FROM since) AS fresh,
           {matches} AND ($6::text[] IS NULL OR r.regime = ANY ($6)) AND ($7::text[] IS NULL OR r.type = ANY ($7))
               AND ($8::text = '' OR coalesce(nullif(r.unit, ''), r.provider) = $8)
               AND ($9::boolean IS NOT TRUE OR r.updated > (SELECT at FROM since))
               AND ($10::timestamptz IS NULL OR r.doc_start >= $10) AND ($11::timestamptz IS NULL OR r.doc_start < $11) AS chosen
    FROM resource r
    WHERE r.person = $1 AND r.type = ANY ($2::text[]) AND NOT r.deleted AND r.regime <> 'control' AND {condition}
), placed AS MATERIALIZED (
    SELECT *, regime = 'wellness' AS own,
           row_number() OVER (PARTITION BY chosen, regime = 'wellness' ORDER BY doc_start DESC NULLS LAST, key DESC) AS place
    FROM mine
), edge AS (
    SELECT date_trunc('day', max(doc_start), 'Europe/Stockholm') AS day,
           date_trunc('month', max(doc_start), 'Europe/Stockholm') AS month
    FROM placed
    WHERE chosen AND place = CASE WHEN own THEN $13::integer ELSE $12::integer END
), cut AS MATERIALIZED (
    SELECT CASE WHEN (SELECT count(*) FROM mine WHERE chosen AND doc_start >= month AND doc_start < day) <= $12 THEN month
                ELSE day END AS at
    FROM edge
), page AS MATERIALIZED (
    SELECT * FROM placed WHERE chosen AND ((SELECT at FROM cut) IS NULL OR doc_start >= (SELECT at FROM cut))
), earlier AS MATERIALIZED (
    SELECT * FROM placed
    WHERE type = 'Observation' AND NOT own AND (chosen AND doc_start >= (SELECT at FROM cut)) IS NOT TRUE
      AND (NOT chosen OR (SELECT at FROM cut) IS NOT NULL) AND doc_start <= (SELECT max(doc_start) FROM page)
    ORDER BY doc_start DESC LIMIT $12
), logged AS (
    INSERT INTO access_log (person, actor, action, decision, rules, resources, request)
    SELECT $1, $3, 'search', 'permit',
           coalesce(array_agg(DISTINCT rule) FILTER (WHERE rule <> ''), '{}')
               || CASE WHEN bool_or((labels & 16777216) <> 0) THEN ARRAY['SP-3'] ELSE '{}' END,
           coalesce(array_agg(type || '/' || id), '{}'), $4::text
    FROM (SELECT * FROM page UNION ALL SELECT * FROM earlier) seen
)
SELECT s.part, s.type, s.id, s.regime, s.provider, s.unit, s.source, s.person, s.labels, s.doc_start, s.fresh, s.rule, r.body,
       0 AS number
FROM (SELECT 'page' AS part, * FROM page UNION ALL SELECT 'earlier', * FROM earlier) s
CROSS JOIN LATERAL (SELECT body FROM resource WHERE key = s.key OFFSET 0) r
UNION ALL
SELECT 'facet', type, '', regime, provider, unit, '', 0, bit_or(labels), NULL, fresh, '', '', count(*)::integer
FROM mine GROUP BY type, regime, provider, unit, fresh
UNION ALL
SELECT 'since', '', '', '', '', '', '', 0, 0, at, false, '', '', 0 FROM since
UNION ALL
SELECT 'older', '', '', '', '', '', '', 0, 0, cut.at, false, '', '', 0 FROM cut
WHERE cut.at IS NOT NULL AND EXISTS (SELECT FROM mine WHERE chosen AND (doc_start < cut.at OR doc_start IS NULL))
