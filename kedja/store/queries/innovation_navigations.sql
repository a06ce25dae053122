-- The answers that are kept with the cases that this actor ($1, of $2, with roles $3) sees whole, those of the longest ago first.
SELECT n.*, c.title, c.number, c.org, c.org_name
FROM innovation_case c
CROSS JOIN LATERAL (SELECT * FROM innovation_navigation n WHERE n.case_id = c.id ORDER BY n.version DESC LIMIT 1) n
WHERE c.status <> 'closed' AND innovation_level(c, $1, $2, $3::text[]) = 2
ORDER BY n.at, c.id
