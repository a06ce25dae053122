-- A page of what is held about one person, Patients first, then the newest; the log row in the same statement.
-- One row more than asked for tells whether another page follows; it is not in the log.
WITH found AS MATERIALIZED (
    SELECT r.type, r.id, r.key, r.type <> 'Patient' AS rest, r.person, r.labels, r.body, {rule} AS rule
    FROM resource r
    WHERE r.person = $1::bigint AND NOT r.deleted AND {condition}
      AND ($5::text[] IS NULL OR r.type = ANY ($5))
      AND ($6::timestamptz IS NULL OR r.updated >= $6)
      AND ($7::timestamptz IS NULL OR r.doc_end IS NULL OR r.doc_end >= $7)
      AND ($8::timestamptz IS NULL OR r.doc_start IS NULL OR r.doc_start < $8)
      AND ($9::boolean IS NULL OR (r.type <> 'Patient', -r.key) > ($9, -$10::bigint))
    ORDER BY rest, key DESC
    LIMIT $4::integer + 1
), page AS (
    SELECT * FROM found ORDER BY rest, key DESC LIMIT $4::integer
), logged AS (
    INSERT INTO access_log (person, actor, action, decision, rules, resources, request, detail)
    SELECT $1, $2::integer, 'search', 'permit',
           coalesce(array_agg(DISTINCT rule) FILTER (WHERE rule <> ''), '{}')
               || CASE WHEN bool_or((labels & 16777216) <> 0) THEN ARRAY['SP-3'] ELSE '{}' END,
           coalesce(array_agg(type || '/' || id), '{}'), $3::text, $11::text
    FROM page
)
SELECT type, id, key, rest, person, labels, body, rule FROM found ORDER BY rest, key DESC
