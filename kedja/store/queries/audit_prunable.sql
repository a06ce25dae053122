-- How many leaves from the beginning have only rows of before $1, of those that are sealed.
SELECT coalesce(
    (SELECT min(f.position) FROM access_log l JOIN audit_leaf f ON f.seq = l.seq WHERE l.at >= $1::timestamptz),
    (SELECT size FROM audit_sealed)
) AS size
