-- A page of the versions of one resource that the law permits, newest first; one log row. A first row says whether any
-- version may be seen, and how many there are in the window.
WITH one AS MATERIALIZED (
    SELECT key, person FROM resource WHERE type = $1::text AND id = $2::text
), found AS MATERIALIZED (
    SELECT r.key, r.version, r.updated, r.labels, {rule} AS rule, {window} AS inside, {behind} AS behind
    FROM resource_version r WHERE r.key = (SELECT key FROM one) AND coalesce({condition}, false)
), page AS MATERIALIZED (
    SELECT key, version, rule FROM found WHERE inside AND behind ORDER BY version DESC LIMIT $5::integer
), logged AS (
    INSERT INTO access_log (person, actor, action, decision, rules, resources, request)
    SELECT coalesce((SELECT person FROM one), 0), $3::integer, 'history',
           CASE WHEN NOT EXISTS (SELECT FROM one) THEN 'not-found' WHEN EXISTS (SELECT FROM found) THEN 'permit' ELSE 'deny' END,
           coalesce((SELECT array_agg(DISTINCT rule) FROM found WHERE rule <> ''), '{}')
               || CASE WHEN EXISTS (SELECT FROM found WHERE (labels & 16777216) <> 0) THEN ARRAY['SP-3'] ELSE '{}' END,
           ARRAY[$1 || '/' || $2 || '/_history'], $4::text
)
SELECT NULL::text AS type, NULL::text AS id, NULL::bigint AS key, NULL::integer AS version, NULL::timestamptz AS updated,
       false AS deleted, false AS revived, 0::bigint AS person, 0 AS labels, '' AS body, '' AS rule, count(*) > 0 AS visible, count(*) FILTER (WHERE inside) AS total
FROM found
UNION ALL
(SELECT r.type, r.id, r.key, r.version, r.updated, r.deleted,
        coalesce((SELECT p.deleted FROM resource_history p WHERE p.key = r.key AND p.version = r.version - 1), false),
        r.person, r.labels, r.body, page.rule, true, NULL
 FROM page JOIN resource_version r ON r.key = page.key AND r.version = page.version
 ORDER BY r.version DESC)
