-- What one unit keeps of stays in inpatient care, as far as the law permits: its own stays that go on or ended lately, and the
-- messages of lag 2017:612 that it has sent or had. Of one stay ($9 its reference, $10 its id), of one person, or of all but those
-- with protected identity. The look is logged for each person, and about nobody where there is nothing.
WITH found AS MATERIALIZED (
    (SELECT r.type, r.id, r.version, r.person, r.labels, r.body, r.key, {rule} AS rule
     FROM resource r
     WHERE r.type = 'Encounter' AND NOT r.deleted AND r.provider = $1 AND r.unit = $2
       AND CASE WHEN $10::text <> '' THEN r.id = $10 ELSE r.tokens @> $3::bigint[] OR (r.tokens @> $4::bigint[] AND r.doc_end >= $6) END
       AND ($8::bigint = 0 OR r.person = $8) AND ($8 <> 0 OR $10 <> '' OR (r.labels & 16777216) = 0) AND {condition}
     ORDER BY r.key DESC LIMIT $11::integer)
    UNION ALL
    (SELECT r.type, r.id, r.version, r.person, r.labels, r.body, r.key, {rule} AS rule
     FROM resource r
     WHERE r.type = 'Communication' AND NOT r.deleted AND r.provider = $1 AND r.unit = $2 AND r.tokens && $5::bigint[]
       AND CASE WHEN $10 <> '' THEN r.refs && ARRAY[$9::bigint] ELSE r.updated >= $7::timestamptz END
       AND ($8 = 0 OR r.person = $8) AND ($8 <> 0 OR $10 <> '' OR (r.labels & 16777216) = 0) AND {condition}
     ORDER BY r.key DESC LIMIT $11)
), logged AS (
    INSERT INTO access_log (person, actor, action, decision, rules, resources, request)
    SELECT person, $12::integer, 'search', 'permit', coalesce(array_agg(DISTINCT rule) FILTER (WHERE rule <> ''), '{}'),
           array_agg(type || '/' || id), $13::text
    FROM found GROUP BY person
    UNION ALL
    SELECT 0, $12, 'search', 'permit', '{}', '{}', $13 WHERE NOT EXISTS (SELECT FROM found)
)
SELECT type, id, version, person, labels, body, rule FROM found ORDER BY key
