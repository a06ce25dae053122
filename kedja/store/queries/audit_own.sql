-- A page of a person's sealed log, newest first, also from before their records were linked; that it was asked for is logged.
WITH page AS MATERIALIZED (
    SELECT f.position, l.seq, l.at, l.person, l.action, l.decision, l.rules, l.resources, l.request, l.detail,
           a.actor, a.kind, a.name, a.title, a.purpose, a.provider, a.provider_name, a.unit, a.unit_name
    FROM access_log l JOIN audit_leaf f ON f.seq = l.seq JOIN log_actor a ON a.key = l.actor
    WHERE l.person = ANY (ARRAY[$1::bigint] || ARRAY(
              SELECT value::bigint FROM person_identifier WHERE person = $1 AND system = $7::text))
      AND f.position < $2::bigint
      AND l.seq < coalesce($3::bigint, 9223372036854775807)
    ORDER BY l.seq DESC LIMIT $4::integer
), logged AS (
    INSERT INTO access_log (person, actor, action, decision, rules, resources, request)
    VALUES ($1, $5::integer, 'log', 'permit', '{P-5}', '{}', $6::text)
)
SELECT * FROM page ORDER BY seq DESC
