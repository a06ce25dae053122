-- The answers that are kept with each case that is not closed and does not wait to be asked again already.
SELECT n.*, c.org
FROM innovation_case c
CROSS JOIN LATERAL (SELECT * FROM innovation_navigation n WHERE n.case_id = c.id ORDER BY n.version DESC LIMIT 1) n
WHERE c.status <> 'closed'
  AND NOT EXISTS (SELECT FROM innovation_wait w WHERE w.case_id = c.id AND w.what = 'navigator' AND w.done IS NULL)
