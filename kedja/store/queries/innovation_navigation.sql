-- The answers that are kept with a case.
SELECT * FROM innovation_navigation WHERE case_id = $1 ORDER BY version DESC LIMIT 1
