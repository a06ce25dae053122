-- As innovation_case.sql, and nobody changes it before this transaction ends.
SELECT c.*, seen.level
FROM innovation_case c CROSS JOIN LATERAL (SELECT innovation_level(c, $2, $3, $4::text[]) AS level) seen
WHERE c.id = $1 AND seen.level > 0
FOR UPDATE OF c
