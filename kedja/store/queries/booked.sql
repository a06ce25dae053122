-- What is booked at a unit in a span of time, as far as the law permits; each such person's log says that it was looked at.
WITH found AS MATERIALIZED (
    SELECT r.id, r.person, r.labels, r.body, r.doc_start, {rule} AS rule
    FROM resource r
    WHERE r.type = 'Appointment' AND NOT r.deleted AND r.doc_start >= $1::timestamptz AND r.doc_start < $2::timestamptz
      AND r.provider = $3::text AND r.unit = $4::text AND {condition}
), logged AS (
    INSERT INTO access_log (person, actor, action, decision, rules, resources, request)
    SELECT coalesce(person, 0), $5::integer, 'search', 'permit', array_remove(array_agg(DISTINCT rule), NULL),
           array_remove(array_agg('Appointment/' || id), NULL), $6::text
    FROM (SELECT 1) once LEFT JOIN found ON true
    GROUP BY person
)
SELECT id, person, labels, body, rule FROM found ORDER BY doc_start, id
