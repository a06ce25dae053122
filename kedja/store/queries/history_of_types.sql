-- A page of the versions of these types that the law permits, newest first; a log row for each person in it. Of each type only
-- the newest are looked at, in the order of its indexes.
WITH candidates AS MATERIALIZED (
    SELECT v.key, v.version, v.updated FROM unnest($1::text[]) AS t (type) CROSS JOIN LATERAL (
        (SELECT r.key, r.version, r.updated FROM resource r
         WHERE r.type = t.type AND {window} AND {behind} AND {persons} AND {condition}
         ORDER BY r.updated DESC, r.key DESC, r.version DESC LIMIT $4::integer)
        UNION ALL
        (SELECT r.key, r.version, r.updated FROM resource_history r
         WHERE r.type = t.type AND {window} AND {behind} AND {persons} AND {condition}
         ORDER BY r.updated DESC, r.key DESC, r.version DESC LIMIT $4::integer)
    ) v
    ORDER BY v.updated DESC, v.key DESC, v.version DESC LIMIT $4::integer
), page AS MATERIALIZED (
    SELECT r.type, r.id, r.key, r.version, r.updated, r.deleted, r.person, r.labels, {rule} AS rule, r.body,
           coalesce((SELECT p.deleted FROM resource_history p WHERE p.key = r.key AND p.version = r.version - 1), false) AS revived
    FROM candidates c JOIN resource_version r ON r.key = c.key AND r.version = c.version
), shown AS (
    SELECT * FROM page ORDER BY updated DESC, key DESC, version DESC LIMIT $4::integer - 1
), logged AS (
    INSERT INTO access_log (person, actor, action, decision, rules, resources, request, detail)
    SELECT person, $2::integer, 'history', 'permit', array_remove(array_agg(DISTINCT rule), '')
               || CASE WHEN bool_or((labels & 16777216) <> 0) THEN ARRAY['SP-3'] ELSE '{}' END,
           array_agg(type || '/' || id || '/_history/' || version ORDER BY updated DESC, key DESC, version DESC), $3::text, $5::text
    FROM shown GROUP BY person
    UNION ALL
    SELECT 0, $2::integer, 'history', 'permit', '{}', '{}', $3::text, $5::text WHERE NOT EXISTS (SELECT FROM shown)
)
SELECT type, id, key, version, updated, deleted, revived, person, labels, body, rule FROM page
ORDER BY updated DESC, key DESC, version DESC
