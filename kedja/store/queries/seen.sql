-- How much of what is kept about a person, as far as they read it themselves, another reader would read; logged as their question.
WITH mine AS MATERIALIZED (
    SELECT r.type, r.regime, r.provider, r.unit, r.source, {rule} AS rule, ({reader}) AS shown
    FROM resource r
    WHERE r.person = $1::bigint AND r.type <> 'Patient' AND NOT r.deleted AND r.regime NOT IN ('control', 'directory') AND {condition}
), logged AS (
    INSERT INTO access_log (person, actor, action, decision, rules, request)
    SELECT $1, $2::integer, 'preview', 'permit', coalesce(array_agg(DISTINCT rule) FILTER (WHERE rule <> ''), '{}'), $3::text FROM mine
)
SELECT type, regime, provider, unit, source, count(*)::integer AS number, (count(*) FILTER (WHERE shown))::integer AS shown
FROM mine GROUP BY type, regime, provider, unit, source
