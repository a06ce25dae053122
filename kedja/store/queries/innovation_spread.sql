-- Every plan of the cases that this actor ($1, of $2, with roles $3) sees: how far what is introduced is, where.
SELECT p.case_id, p.org, p.name, p.step, p.done_by, c.title, c.number, c.machine, o.tile_x, o.tile_y, o.kind, o.model
FROM innovation_plan p
JOIN innovation_case c ON c.id = p.case_id
LEFT JOIN innovation_org o ON o.org = p.org
WHERE innovation_level(c, $1, $2, $3::text[]) > 0
ORDER BY c.number, p.name
