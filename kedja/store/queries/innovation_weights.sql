-- How a case was weighed, the newest first.
SELECT * FROM innovation_weight WHERE case_id = $1 ORDER BY version DESC LIMIT 50
