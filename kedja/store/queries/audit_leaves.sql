-- The hashes of these ranges of leaves, for subtrees that are not kept.
SELECT f.position, f.hash
FROM unnest($1::bigint[], $2::bigint[]) AS span (first, past)
JOIN audit_leaf f ON f.position >= span.first AND f.position < span.past
