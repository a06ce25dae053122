-- What has happened to a case, the oldest first; $2: what is not open too.
SELECT * FROM innovation_event WHERE case_id = $1 AND (open OR $2::boolean) ORDER BY at, seq
