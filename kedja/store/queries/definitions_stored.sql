SELECT key, body FROM resource WHERE key = ANY ($1::bigint[]) AND NOT deleted
