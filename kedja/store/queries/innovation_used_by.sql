-- The cases that build on an entry ($4, $5), as far as this actor ($1, of $2, with roles $3) sees them.
SELECT c.id, c.number, c.title, c.org_name, u.note
FROM innovation_used u JOIN innovation_case c ON c.id = u.case_id
WHERE u.kind = $4 AND u.number = $5::integer AND innovation_level(c, $1, $2, $3::text[]) > 0 ORDER BY c.number LIMIT 100
