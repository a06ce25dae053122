-- What a number is to its person from now on, and who or what said so.
UPDATE person_identifier SET status = $3, basis = $4, until = CASE $3 WHEN 'former' THEN now() END
WHERE system = $1 AND value = $2
