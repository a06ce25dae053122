-- Who a person is, as the population register would say it: number, name, birth date. That it was looked up is logged.
WITH logged AS (
    INSERT INTO access_log (person, actor, action, decision, rules, resources, request)
    SELECT $1::bigint, $2::integer, 'identify', 'permit',
           CASE WHEN EXISTS (SELECT FROM subject_state s WHERE s.person = $1::bigint AND s.kind = 'protected')
                THEN ARRAY['SP-3'] ELSE '{}' END, '{}', $3::text
)
SELECT (SELECT i.value FROM person_identifier i
        WHERE i.person = $1::bigint AND i.status = 'current' AND i.system LIKE 'http://electronichealth.se/identifier/%'
        ORDER BY array_position(ARRAY['personnummer', 'samordningsnummer'], split_part(i.system, '/', 5)), i.since DESC LIMIT 1) AS number,
       (SELECT r.body FROM resource r
        WHERE r.person = $1::bigint AND r.type = 'Patient' AND NOT r.deleted ORDER BY r.key LIMIT 1) AS body,
       (SELECT bool_or((r.labels & 2) <> 0) FROM resource r
        WHERE r.person = $1::bigint AND r.type = 'Patient' AND NOT r.deleted) AS protected
