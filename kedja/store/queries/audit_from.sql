-- Every leaf from a place on, in its order, with the row that it is of, where there is one.
SELECT f.position, f.seq AS leaf_seq, f.hash, l.seq, l.at, l.person, l.action, l.decision, l.rules, l.resources, l.request,
       l.detail, a.actor, a.kind, a.name, a.title, a.purpose, a.provider, a.provider_name, a.unit, a.unit_name
FROM audit_leaf f LEFT JOIN access_log l ON l.seq = f.seq LEFT JOIN log_actor a ON a.key = l.actor
WHERE f.position >= $1::bigint
ORDER BY f.position
