-- These entries of the directory, as far as the law permits; they are about nobody.
WITH found AS MATERIALIZED (
    SELECT r.type, r.id, r.body, {rule} AS rule
    FROM resource r JOIN unnest($1::text[], $2::text[]) AS wanted (type, id) ON r.type = wanted.type AND r.id = wanted.id
    WHERE r.person = 0 AND NOT r.deleted AND {condition}
), logged AS (
    INSERT INTO access_log (person, actor, action, decision, rules, resources, request, detail)
    SELECT 0, $3::integer, 'search', 'permit', array_agg(DISTINCT rule) FILTER (WHERE rule <> ''),
           array_agg(type || '/' || id), $4::text, $5::text
    FROM found HAVING count(*) > 0
)
SELECT type, id, body FROM found ORDER BY type, id
