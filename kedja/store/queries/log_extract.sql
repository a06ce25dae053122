-- A page of a person's access log, newest first, with who holds what was touched as far as the law lets the reader know it
-- (spec L-3; PDL 8:5, SVOD 4:5), and, with the first page, that it was asked for.
WITH page AS MATERIALIZED (
    SELECT l.seq, l.at, l.person, l.action, l.decision, l.rules, l.resources, l.request, l.detail,
           a.actor, a.kind, a.name, a.title, a.purpose, a.provider, a.provider_name, a.unit, a.unit_name
    FROM access_log l JOIN log_actor a ON a.key = l.actor
    WHERE l.person = ANY (ARRAY[$1::bigint] || ARRAY(
              SELECT value::bigint FROM person_identifier WHERE person = $1 AND system = $6::text))
      AND l.seq < coalesce($2::bigint, 9223372036854775807)
      AND l.at >= coalesce($7::timestamptz, '-infinity') AND l.at < coalesce($8::timestamptz, 'infinity')
    ORDER BY l.seq DESC LIMIT $3::integer
), logged AS (
    INSERT INTO access_log (person, actor, action, decision, rules, resources, request, detail)
    SELECT $1, $4::integer, 'log', 'permit', ARRAY[$9::text], '{}', $5::text, 'extract'
    WHERE $2::bigint IS NULL
), touched AS MATERIALIZED (
    SELECT DISTINCT split_part(place, '/', 1) AS type, split_part(place, '/', 2) AS id
    FROM page, unnest(resources) AS place
), holders AS MATERIALIZED (
    SELECT r.type || '/' || r.id AS place, r.provider, r.unit
    FROM touched t JOIN resource r ON r.type = t.type AND r.id = t.id
    WHERE {condition}
)
SELECT page.*, coalesce(h.held, '{}') AS held
FROM page LEFT JOIN LATERAL (
    SELECT array_agg(DISTINCT ARRAY[place, provider, unit]) AS held FROM holders
    WHERE place IN (SELECT split_part(one, '/', 1) || '/' || split_part(one, '/', 2) FROM unnest(page.resources) AS one)
      AND provider <> ''
) h ON true
ORDER BY seq DESC
