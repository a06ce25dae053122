-- What every unit keeps of stays in inpatient care that go on ($1 tokens of the Encounter, $2 of messages), and what it has been told
-- is late and not done ($3 tokens of the Task): for the clock of lag 2017:612, which looks for all of them and shows nobody anything.
SELECT r.type, r.id, r.version, r.key, r.person, r.regime, r.provider, r.unit, r.source, r.labels, r.doc_start, r.doc_end, r.updated, r.body
FROM resource r
WHERE NOT r.deleted AND r.regime IN ('health', 'social') AND r.unit <> ''
  AND ((r.type = 'Encounter' AND r.tokens @> $1::bigint[])
    OR (r.type = 'Communication' AND r.tokens && $2::bigint[] AND r.updated >= $4::timestamptz)
    OR (r.type = 'Task' AND r.tokens @> $3::bigint[]))
ORDER BY r.provider, r.unit, r.key
