-- What a new idea may be like, of what this actor ($1, of $2, with roles $3, who keeps the kinds $4) sees: cases but $5, and entries
-- of the kinds $6. The newest $7.
SELECT 'case' AS kind, c.id, c.number, c.title, c.problem AS body, c.org_name, c.updated AS at
FROM innovation_case c
WHERE c.id <> $5 AND innovation_level(c, $1, $2, $3::text[]) > 0
UNION ALL
SELECT e.kind, e.number::text, e.number, e.title, e.body, e.org_name, e.at
FROM innovation_entry e
WHERE e.current AND e.kind = ANY ($6::text[]) AND innovation_entry_seen(e, $1, $2, $4::text[])
ORDER BY at DESC, kind, id
LIMIT $7::integer
