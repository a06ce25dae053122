-- What a member of staff opens of a person: of some types all, of others the newest, as far as the law permits, with what came or
-- was changed since the same reader's look before this one. The log row in the same statement; its detail is the mark that the
-- next look is compared with. What the reader wrote themselves since then is not new to them.
WITH looks AS (
    SELECT at, lag(at) OVER (ORDER BY at DESC) AS next
    FROM (SELECT at FROM access_log WHERE person = $1::bigint AND actor = $4::integer AND action = 'search' AND detail = $6::text
          ORDER BY at DESC LIMIT 200) own
), since AS MATERIALIZED (
    SELECT max(at) AS at FROM looks WHERE coalesce(next, $7::timestamptz) - at > interval '30 minutes'
), written AS MATERIALIZED (
    SELECT unnest(resources) AS place FROM access_log
    WHERE person = $1 AND actor = $4 AND action IN ('create', 'update') AND at > (SELECT at FROM since)
), permitted AS MATERIALIZED (
    SELECT r.key, r.type, r.id, r.version, r.updated, r.regime, r.provider, r.unit, r.source, r.person, r.labels, r.doc_start,
           {rule} AS rule
    FROM resource r
    WHERE r.person = $1 AND r.type = ANY ($2::text[] || $3::text[]) AND NOT r.deleted AND {condition}
), placed AS MATERIALIZED (
    SELECT *, row_number() OVER (PARTITION BY type, regime ORDER BY doc_start DESC NULLS LAST, key DESC) AS place FROM permitted
), page AS MATERIALIZED (
    SELECT * FROM placed WHERE place <= CASE WHEN type = ANY ($2) THEN $9::integer ELSE $8::integer END
), logged AS (
    INSERT INTO access_log (person, actor, action, decision, rules, resources, request, detail)
    SELECT $1, $4, 'search', 'permit',
           coalesce(array_agg(DISTINCT rule) FILTER (WHERE rule <> ''), '{}')
               || CASE WHEN bool_or((labels & 16777216) <> 0) THEN ARRAY['SP-3'] ELSE '{}' END,
           coalesce(array_agg(type || '/' || id), '{}'), $5::text, $6
    FROM page
)
SELECT 'page' AS part, p.type, p.id, p.regime, p.provider, p.unit, p.source, p.person, p.labels, p.doc_start, p.rule, b.body,
       p.updated > (SELECT at FROM since)
           AND p.type || '/' || p.id || '/_history/' || p.version NOT IN (SELECT place FROM written) AS fresh,
       0 AS number
FROM page p CROSS JOIN LATERAL (SELECT body FROM resource WHERE key = p.key OFFSET 0) b
UNION ALL
SELECT 'left', type, '', '', '', '', '', 0, 0, max(doc_start), '', '', false, count(*)::integer
FROM placed WHERE place > CASE WHEN type = ANY ($2) THEN $9 ELSE $8 END GROUP BY type
UNION ALL
SELECT 'since', '', '', '', '', '', '', 0, 0, at, '', '', false, 0 FROM since
