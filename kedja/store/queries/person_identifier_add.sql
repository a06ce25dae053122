-- In one order, so that two batches cannot wait for each other; a number that somebody else just gave away is left out.
INSERT INTO person_identifier (system, value, person, status, source, basis, until)
SELECT system, value, person, status, $5::text, basis, CASE status WHEN 'former' THEN now() END
FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $6::text[]) AS i (system, value, person, status, basis)
ORDER BY system, value
ON CONFLICT (system, value) DO NOTHING
RETURNING system, value
