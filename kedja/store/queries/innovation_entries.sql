-- The entries of these kinds ($4) that this actor ($1, of $2, who keeps the kinds $3) sees. What is '' or null is not asked for:
-- words ($5), states ($6), values that the body has ($7, jsonb), only by this actor ($8). `$9`: title, due, at; at most $10 after $11.
SELECT e.kind, e.number, e.version, e.state, e.open, e.title, e.body, e.due, e.language, e.author, e.org, e.org_name, e.at, e.made, e.note,
       count(*) OVER () AS total
FROM innovation_entry e
CROSS JOIN (SELECT websearch_to_tsquery('swedish', $5) || websearch_to_tsquery('english', $5) AS words) asked
WHERE e.current AND e.kind = ANY ($4::text[]) AND innovation_entry_seen(e, $1, $2, $3::text[])
  AND ($5 = '' OR e.words @@ asked.words)
  AND ($6::text[] IS NULL OR e.state = ANY ($6))
  AND ($7::text IS NULL OR e.body @> $7::text::jsonb)
  AND (NOT $8::boolean OR e.author = $1)
ORDER BY CASE WHEN $5 <> '' THEN ts_rank(e.words, asked.words) END DESC NULLS LAST,
         CASE WHEN $9 = 'due' THEN e.due < $12::date END NULLS LAST,
         CASE WHEN $9 = 'due' THEN abs(e.due - $12::date) END NULLS LAST,
         CASE WHEN $9 = 'title' THEN e.title END,
         CASE WHEN $9 = 'number' THEN e.number END,
         e.at DESC, e.kind, e.number
LIMIT $10::integer OFFSET $11::integer
