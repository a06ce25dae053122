-- A person's access log, newest first (PDL 8:5, SVOD 4:5), also from before their records were linked, and that it was asked for.
WITH page AS MATERIALIZED (
    SELECT l.seq, l.at, l.action, l.decision, l.rules, l.resources, l.detail, a.actor, a.kind, a.name, a.title,
           a.purpose, a.provider, a.provider_name, a.unit, a.unit_name
    FROM access_log l JOIN log_actor a ON a.key = l.actor
    WHERE l.person = ANY (ARRAY[$1::bigint] || ARRAY(
              SELECT value::bigint FROM person_identifier WHERE person = $1 AND system = $7::text))
      AND l.seq < coalesce($2::bigint, 9223372036854775807)
      AND ($6::text IS NULL OR a.actor <> $6)
    ORDER BY l.seq DESC LIMIT $3::integer
), logged AS (
    INSERT INTO access_log (person, actor, action, decision, rules, resources, request)
    VALUES ($1, $4::integer, 'log', 'permit', ARRAY[$8::text], '{}', $5::text)
)
SELECT * FROM page ORDER BY seq DESC
