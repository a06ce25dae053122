-- One version of one resource; its log row in the same statement.
WITH found AS MATERIALIZED (
    SELECT r.version, r.updated, r.deleted, r.person, r.body, r.labels, coalesce({condition}, false) AS permitted, {rule} AS rule
    FROM resource_version r
    WHERE r.key = (SELECT key FROM resource WHERE type = $1::text AND id = $2::text) AND r.version = $5::integer
), logged AS (
    INSERT INTO access_log (person, actor, action, decision, rules, resources, request)
    SELECT coalesce(f.person, 0), $3::integer, 'vread',
           CASE WHEN f.person IS NULL THEN 'not-found' WHEN f.permitted THEN 'permit' ELSE 'deny' END,
           CASE WHEN f.permitted AND f.rule <> '' THEN ARRAY[f.rule] ELSE '{}' END
               || CASE WHEN f.permitted AND (f.labels & 16777216) <> 0 THEN ARRAY['SP-3'] ELSE '{}' END,
           ARRAY[$1 || '/' || $2 || '/_history/' || $5], $4::text
    FROM (SELECT 1) AS once LEFT JOIN found f ON true
)
SELECT version, updated, deleted, person, body, labels, rule FROM found WHERE permitted
