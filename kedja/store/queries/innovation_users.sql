-- Every other case that uses a thing: whom a signal about it is to reach.
SELECT c.id, c.org, c.pilot, c.pilot_name
FROM innovation_thing t JOIN innovation_case c ON c.id = t.case_id
WHERE t.thing = $2 AND c.id <> $1 ORDER BY c.id
