-- What waits in the cases that this actor ($1, of $2, with roles $3) sees, the longest first.
SELECT w.*, c.title, c.number, c.machine, c.status, c.org_name AS case_org, c.pilot_name, seen.level
FROM innovation_wait w
JOIN innovation_case c ON c.id = w.case_id
CROSS JOIN LATERAL (SELECT innovation_level(c, $1, $2, $3::text[]) AS level) seen
WHERE w.done IS NULL AND seen.level = 2
ORDER BY w.since, w.id
LIMIT 500
