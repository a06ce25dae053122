-- Up to $2 resources, deleted ones too, that a registry may no longer hold at $1, since the person opposes it. `meant`: the
-- person's own consents and blocks are about this Patient. $3 stands for `Consent.patient` in `refs`.
WITH opposed AS (
    SELECT person, provider AS registry FROM block
    WHERE kind = 'registry' AND (starts IS NULL OR starts <= $1::timestamptz) AND (ends IS NULL OR ends > $1)
), due AS MATERIALIZED (
    SELECT DISTINCT r.key
    FROM opposed o JOIN resource r ON r.person = o.person AND r.regime = 'registry' AND o.registry IN ('', r.source)
    LIMIT $2::integer
)
SELECT r.key, r.type, r.id, r.version, r.person, r.source, r.body, r.deleted,
       r.type = 'Patient' AND EXISTS (
           SELECT FROM resource c
           WHERE c.person = r.person AND c.type = 'Consent' AND c.refs @> ARRAY[r.self_hash # $3::bigint]
       ) AS meant
FROM resource r JOIN due ON due.key = r.key
ORDER BY r.key
FOR UPDATE OF r
