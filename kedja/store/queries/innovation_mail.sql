-- Who is to get an e-mail: how many notices they have not seen and were not written to about, of the last 14 days; locked.
WITH due AS (
    SELECT n.id, n.actor FROM innovation_notice n JOIN innovation_address a ON a.actor = n.actor
    WHERE n.mailed IS NULL AND n.seen IS NULL AND n.at > $1::timestamptz - interval '14 days'
    ORDER BY n.id LIMIT 500 FOR UPDATE OF n SKIP LOCKED
)
SELECT a.email, a.language, count(*)::integer AS notices, array_agg(due.id) AS ids
FROM due JOIN innovation_address a ON a.actor = due.actor
GROUP BY a.email, a.language ORDER BY a.email
