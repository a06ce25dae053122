-- What one of their Patients says of who these persons are; that it was looked up is logged, with the rule that lets it be told.
WITH asked AS (
    SELECT person, rule FROM unnest($1::bigint[], $2::text[]) AS asked (person, rule)
), logged AS (
    INSERT INTO access_log (person, actor, action, decision, rules, resources, request)
    SELECT person, $3::integer, 'identify', 'permit', array_remove(array_agg(rule), ''), '{}', $4::text FROM asked GROUP BY person
)
SELECT DISTINCT asked.person, (
    SELECT r.body FROM resource r WHERE r.person = asked.person AND r.type = 'Patient' AND NOT r.deleted ORDER BY r.key LIMIT 1
) AS body
FROM asked
