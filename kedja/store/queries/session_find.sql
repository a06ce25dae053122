-- A session that holds, by its own end and by when it was last used, and how its human wants the pages; that it is used is noted
-- once a minute.
WITH found AS MATERIALIZED (
    SELECT key, actor, proof, subject, extract(epoch FROM ends)::bigint AS ends, seen
    FROM session WHERE id = $1 AND ends > now() AND seen > now() - $2::interval
), used AS (
    UPDATE session s SET seen = now() FROM found f
    WHERE s.key = f.key AND f.seen < now() - least(interval '1 minute', $2::interval / 4)
)
SELECT f.key, f.actor, f.proof, f.ends, coalesce(r.easy, false) AS easy, coalesce(r.large, false) AS large
FROM found f LEFT JOIN reading r ON r.subject = f.subject
