-- A number that is no longer the person's own: kept, with who or what said so.
UPDATE person_identifier SET status = $3, basis = $4, until = now()
WHERE system = $1 AND value = $2
