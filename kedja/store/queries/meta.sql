-- The distinct profiles, tags and security labels of what the law lets the actor see; one log row, about nobody.
WITH found AS MATERIALIZED (
    SELECT (r.body::jsonb) -> 'meta' AS meta
    FROM resource r
    WHERE ($1::text = '' OR r.type = $1) AND r.tokens && $2::bigint[] AND NOT r.deleted AND {condition}
), logged AS (
    INSERT INTO access_log (person, actor, action, decision, request, detail)
    VALUES (0, $3::integer, 'search', 'permit', $4::text, $5::text)
)
SELECT DISTINCT part.name, each.value
FROM found CROSS JOIN unnest(ARRAY['profile', 'security', 'tag']) AS part (name)
CROSS JOIN jsonb_array_elements(found.meta -> part.name) AS each (value)
ORDER BY part.name, each.value
LIMIT 1001
