-- Up to $1 resources, deleted ones too, that the law lets nobody keep any longer, locked. `meant`: the person's own consents
-- and blocks are about this Patient; $2 stands for `Consent.patient` in `refs`.
WITH wishing AS (
    SELECT DISTINCT person FROM block WHERE kind IN ('registry', 'biobank-care')
), due AS MATERIALIZED (
    SELECT r.key, {rule} AS rule
    FROM wishing w JOIN resource r ON r.person = w.person AND r.regime IN ('registry', 'biobank')
    WHERE {condition}
    LIMIT $1::integer
)
SELECT r.key, r.type, r.id, r.version, r.person, r.regime, r.provider, r.unit, r.source, r.body, r.deleted, due.rule,
       r.type = 'Patient' AND EXISTS (
           SELECT FROM resource c
           WHERE c.person = r.person AND c.type = 'Consent' AND c.refs @> ARRAY[r.self_hash # $2::bigint]
       ) AS meant
FROM resource r JOIN due ON due.key = r.key
ORDER BY r.key
FOR UPDATE OF r
