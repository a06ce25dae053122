-- Up to $1 resources, deleted ones too, that the law lets nobody keep any longer, locked, and what belongs to them. `meant`: the
-- person's own consents and blocks are about this Patient; $2 stands for `Consent.patient` in `refs`, $4 for
-- `MedicationDispense.authorizingPrescription`. What medication lists documented before $3 may be too old for them.
WITH wishing AS (
    SELECT DISTINCT person FROM block WHERE kind IN ('registry', 'biobank-care')
), found AS MATERIALIZED (
    SELECT r.key, r.self_hash, {rule} AS rule
    FROM wishing w JOIN resource r ON r.person = w.person AND r.regime IN ('registry', 'biobank')
    WHERE {condition}
    UNION ALL
    SELECT r.key, r.self_hash, {rule} AS rule
    FROM resource r
    WHERE r.regime = 'nll' AND r.doc_end < $3::timestamptz AND {condition}
    LIMIT $1::integer
), due AS (
    SELECT DISTINCT ON (key) key, rule
    FROM (
        SELECT key, rule FROM found
        UNION ALL
        SELECT d.key, f.rule
        FROM found f JOIN resource d ON d.refs @> ARRAY[f.self_hash # $4::bigint] AND d.regime = 'nll' AND d.type = 'MedicationDispense'
        WHERE f.rule = 'N-11'
    ) both_kinds
    ORDER BY key
)
SELECT r.key, r.type, r.id, r.version, r.person, r.regime, r.provider, r.unit, r.source, r.body, r.deleted, due.rule,
       r.type = 'Patient' AND EXISTS (
           SELECT FROM resource c
           WHERE c.person = r.person AND c.type = 'Consent' AND c.refs @> ARRAY[r.self_hash # $2::bigint]
       ) AS meant
FROM resource r JOIN due ON due.key = r.key
ORDER BY r.key
FOR UPDATE OF r
