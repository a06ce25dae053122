-- The newest package of a case.
SELECT * FROM innovation_package WHERE case_id = $1 ORDER BY version DESC LIMIT 1
