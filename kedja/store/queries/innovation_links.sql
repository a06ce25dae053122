-- What a case hangs together with, both ways, as far as this actor ($2, of $3, with roles $4) sees the other.
SELECT l.kind, l.note, l.case_id = $1 AS forward, c.id, c.number, c.title, c.org_name, c.status
FROM innovation_link l
JOIN innovation_case c ON c.id = CASE WHEN l.case_id = $1 THEN l.other ELSE l.case_id END
WHERE $1 IN (l.case_id, l.other) AND innovation_level(c, $2, $3, $4::text[]) > 0
ORDER BY l.kind, c.number
