-- Attempts to write what may not be written, or is not there: a log row each; and which of them the law lets be seen.
WITH asked AS MATERIALIZED (
    SELECT DISTINCT w.type, w.id FROM unnest($1::text[], $2::text[]) AS w (type, id)
), found AS MATERIALIZED (
    SELECT r.type, r.id, r.person, coalesce({condition}, false) AS permitted
    FROM resource r JOIN asked a ON r.type = a.type AND r.id = a.id
), logged AS (
    INSERT INTO access_log (person, actor, action, decision, rules, resources, request)
    SELECT coalesce(f.person, 0), $3::integer, 'write', CASE WHEN f.person IS NULL THEN 'not-found' ELSE 'deny' END,
           '{}', ARRAY[a.type || '/' || a.id], $4::text
    FROM asked a LEFT JOIN found f ON f.type = a.type AND f.id = a.id
)
SELECT type, id FROM found WHERE permitted
