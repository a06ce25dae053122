-- The answers that are kept with a case.
SELECT n.*, c.org FROM innovation_navigation n JOIN innovation_case c ON c.id = n.case_id
WHERE n.case_id = $1 ORDER BY n.version DESC LIMIT 1
