-- Take the rows of the first leaves out of the log; the leaves stay, and with them every proof. That it was done is logged.
WITH pruned AS (
    INSERT INTO audit_pruned (size, before, text, signature, key) VALUES ($1::bigint, $2, $3, $4, $5)
), gone AS (
    DELETE FROM access_log l USING audit_leaf f WHERE f.seq = l.seq AND f.position < $1::bigint RETURNING 1
), logged AS (
    INSERT INTO access_log (person, actor, action, decision, request, detail) VALUES (0, $6::integer, 'log', 'permit', $7::text, $8::text)
)
SELECT count(*) FROM gone
