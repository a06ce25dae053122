-- Whoever adds a number to a person waits here for others that do.
SELECT key FROM person WHERE key = ANY ($1::bigint[]) ORDER BY key FOR NO KEY UPDATE
