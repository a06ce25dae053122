-- The cases that this actor ($1, of $2, with roles $3) sees, newest first. What is '' or null is not asked for: words ($4),
-- machines ($5), statuses ($6), a phase ($7), an organisation ($8), a giver ($9). At most $10, after $11 others.
SELECT c.*, seen.level, count(*) OVER () AS total,
       CASE WHEN $4 = '' THEN 0 ELSE ts_rank(c.words, asked.words) END AS rank
FROM innovation_case c
CROSS JOIN LATERAL (SELECT innovation_level(c, $1, $2, $3::text[]) AS level) seen
CROSS JOIN (SELECT websearch_to_tsquery('swedish', $4) || websearch_to_tsquery('english', $4) AS words) asked
WHERE seen.level > 0
  AND ($4 = '' OR c.words @@ asked.words)
  AND ($5::text[] IS NULL OR c.machine = ANY ($5))
  AND ($6::text[] IS NULL OR c.status = ANY ($6))
  AND ($7 = '' OR $7 = ANY (c.phases))
  AND ($8 = '' OR c.org = $8)
  AND ($9 = '' OR c.giver = $9)
ORDER BY rank DESC, c.updated DESC, c.id
LIMIT $10::integer OFFSET $11::integer
