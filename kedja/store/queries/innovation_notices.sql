-- What somebody was told of, the newest first; the case as far as they see it now.
SELECT n.id, n.case_id, n.kind, n.what, n.at, n.seen, c.title, c.number
FROM innovation_notice n JOIN innovation_case c ON c.id = n.case_id
WHERE n.actor = $1 AND innovation_level(c, $1, $2, $3::text[]) > 0
ORDER BY n.id DESC LIMIT 100
