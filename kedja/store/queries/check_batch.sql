-- Current versions behind this key, in order.
SELECT key, type, id, version, updated, deleted, person, regime, provider, unit, source, labels, doc_start, doc_end,
       content_hash, self_hash, tokens, refs, body
FROM resource WHERE key > $1::bigint AND ($3::bigint[] IS NULL OR key = ANY ($3))
ORDER BY key LIMIT $2::integer
