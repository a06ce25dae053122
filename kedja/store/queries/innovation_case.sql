-- One case with how much of it this actor ($2, of $3, with roles $4) sees; no row where that is nothing.
SELECT c.*, seen.level
FROM innovation_case c CROSS JOIN LATERAL (SELECT innovation_level(c, $2, $3, $4::text[]) AS level) seen
WHERE c.id = $1 AND seen.level > 0
