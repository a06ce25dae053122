-- The care relations of a provider with a person that were in force at some time of a period.
SELECT unit, starts, ends FROM care_relation
WHERE person = $1::bigint AND provider = $2::text AND (starts IS NULL OR starts < $4::timestamptz) AND (ends IS NULL OR ends > $3::timestamptz)
ORDER BY starts NULLS FIRST
