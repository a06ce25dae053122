-- Of whom something is kept that they are to be informed of, where, by which rule; each such person's log says that it was told.
WITH due AS MATERIALIZED (
    SELECT r.person, r.provider, r.unit, r.source, r.key, r.type || '/' || r.id AS reference, {rule} AS rule
    FROM resource r
    WHERE r.regime IN ('registry', 'biobank') AND r.person <> 0 AND NOT r.deleted AND {condition}
), logged AS (
    INSERT INTO access_log (person, actor, action, decision, rules, resources, request)
    SELECT person, $1::integer, 'inform', 'permit', array_agg(DISTINCT rule), array_agg(reference ORDER BY key), $2::text
    FROM due GROUP BY person
)
SELECT rule, provider, unit, source, min(reference) AS example, count(*) AS number,
       (SELECT i.value FROM person_identifier i WHERE i.person = due.person AND i.status = 'current' ORDER BY i.system LIMIT 1) AS whom
FROM due GROUP BY due.person, rule, provider, unit, source ORDER BY rule, provider, unit, whom
