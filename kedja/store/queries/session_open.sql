-- A new session; and those of long ago are forgotten.
WITH over AS (
    DELETE FROM session WHERE key IN (
        SELECT key FROM session WHERE ends < now() ORDER BY ends LIMIT 100 FOR UPDATE SKIP LOCKED)
)
INSERT INTO session (id, subject, actor, proof, assignment, browser, ends)
VALUES ($1, $2, $3, $4, $5, $6, now() + $7::interval)
