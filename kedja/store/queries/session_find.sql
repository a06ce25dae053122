-- A session that holds, by its own end and by when it was last used; that it is used is noted once a minute.
WITH found AS MATERIALIZED (
    SELECT key, actor, proof, extract(epoch FROM ends)::bigint AS ends, seen
    FROM session WHERE id = $1 AND ends > now() AND seen > now() - $2::interval
), used AS (
    UPDATE session s SET seen = now() FROM found f
    WHERE s.key = f.key AND f.seen < now() - least(interval '1 minute', $2::interval / 4)
)
SELECT key, actor, proof, ends FROM found
