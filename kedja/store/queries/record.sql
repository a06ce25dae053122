-- One person's resources of these types, as far as the law permits; the log row in the same statement, also when there are none.
WITH found AS MATERIALIZED (
    SELECT r.type, r.id, r.regime, r.provider, r.unit, r.source, r.person, r.labels, r.body, {rule} AS rule
    FROM resource r
    WHERE r.person = $1::bigint AND r.type = ANY ($2::text[]) AND NOT r.deleted
      AND ($5::text[] IS NULL OR r.id = ANY ($5)) AND {condition}
), logged AS (
    INSERT INTO access_log (person, actor, action, decision, rules, resources, request)
    SELECT $1, $3::integer, 'search', 'permit',
           coalesce(array_agg(DISTINCT rule) FILTER (WHERE rule <> ''), '{}')
               || CASE WHEN bool_or((labels & 16777216) <> 0) THEN ARRAY['SP-3'] ELSE '{}' END,
           coalesce(array_agg(type || '/' || id), '{}'), $4::text
    FROM found
)
SELECT type, id, regime, provider, unit, source, person, labels, body, rule FROM found
